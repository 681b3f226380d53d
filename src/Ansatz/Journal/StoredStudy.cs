using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Ansatz;

/// <summary>A study as it stands in a journal.</summary>
public sealed record StoredStudy
{
    /// <summary>Its number in the file.</summary>
    public required long Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The version of Ansatz that began it.</summary>
    public required string Version { get; init; }

    /// <summary>All that decides its history.</summary>
    public required JsonObject Settings { get; init; }

    /// <summary>What a face described, in the circumstances of the last run; none where it described nothing.</summary>
    public JsonObject? Description
    {
        get
        {
            JsonObject? described = (JsonObject?)Settings["description"]?.DeepClone();
            if (described is not null && Settings[StudySettings.Circumstances] is JsonObject circumstances)
            {
                StudySettings.Lay(circumstances, described);
            }

            return described;
        }
    }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Whether judging has begun: then its search is over for good.</summary>
    public required bool IsSealed { get; init; }

    /// <summary>How many of its test items other studies of this file had been judged on when its own judging began.</summary>
    public required int JudgedBefore { get; init; }

    /// <summary>The verdict; none before judging is over.</summary>
    public required Verdict? Verdict { get; init; }
}

/// <summary>An arm as it stands in a journal.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Budget">What it may spend.</param>
/// <param name="Ended">How it ended ("done", or where its budget stopped it); none while it goes on.</param>
public sealed record StoredArm(string Name, ArmRole Role, Budget Budget, string? Ended);

/// <summary>A candidate as it stands in a journal.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Number">Its number in the arm.</param>
/// <param name="Text">Its JSON text.</param>
/// <param name="Parents">Ids of what it was made from.</param>
/// <param name="Origin">How it came about.</param>
/// <param name="IsPruned">Whether the optimizer gave it up.</param>
public sealed record StoredCandidate(string Id, int Number, string Text, ImmutableArray<string> Parents, string Origin, bool IsPruned);

/// <summary>An effect as it stands in a journal.</summary>
/// <param name="Number">Its number in the arm.</param>
/// <param name="Kind">"evaluate", "call" or "baseline".</param>
/// <param name="Question">Hash of what was asked.</param>
/// <param name="Asked">What was asked, as JSON.</param>
/// <param name="Answer">The answer, as JSON; none while it is out.</param>
/// <param name="Attempts">How often it was asked: more than once where a run was cut off while it was out, if it calls anybody.</param>
/// <param name="Milliseconds">How long the answer took.</param>
/// <param name="Finished">When it was there.</param>
public sealed record StoredEffect(long Number, string Kind, string Question, string Asked, string? Answer, int Attempts, long? Milliseconds, DateTimeOffset? Finished);

/// <summary>What an evaluation asked for, as it is written in the journal.</summary>
internal sealed record AskedBlock(string Candidate, Split Split, ImmutableArray<int> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Sample = 0);

/// <summary>How the core's records are written in a journal.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ImmutableArray<Outcome>))]
[JsonSerializable(typeof(AskedBlock))]
[JsonSerializable(typeof(Budget))]
[JsonSerializable(typeof(Cost))]
[JsonSerializable(typeof(Verdict))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(string))]
internal sealed partial class JournalJson : JsonSerializerContext;
