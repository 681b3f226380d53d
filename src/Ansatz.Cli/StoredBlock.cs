using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ansatz.Cli;

/// <summary>An evaluated block of a journal.</summary>
/// <param name="Asked">What was asked.</param>
/// <param name="Outcomes">The answers.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record StoredBlock(StoredAsk Asked, ImmutableArray<Outcome> Outcomes, long? Milliseconds)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>The blocks of one arm, in order.</summary>
    public static StoredBlock[] Of(Journal journal, StoredStudy study, string arm) =>
    [
        .. journal.Effects(study, arm).Where(e => e.Kind == "evaluate" && e.Answer is not null).Select(e => new StoredBlock(
            JsonSerializer.Deserialize(e.Asked, StoredJson.Default.StoredAsk)!,
            JsonSerializer.Deserialize(e.Answer!, StoredJson.Default.ImmutableArrayOutcome),
            e.Milliseconds)),
    ];

    /// <summary>The answers of one candidate on the items of a split: the first answer of each.</summary>
    public static Outcome[] OnItems(IEnumerable<StoredBlock> blocks, Split split) =>
        [.. blocks.Where(b => b.Asked.Split == split).SelectMany(b => b.Asked.Items.Zip(b.Outcomes)).DistinctBy(answer => answer.First).Select(answer => answer.Second)];

    /// <summary>How long a study's effects took, over all its runs.</summary>
    /// <remarks>Times are whole milliseconds, and what is done between two effects is part of the work: only longer gaps are pauses between runs.</remarks>
    public static TimeSpan Computed(Journal journal, string name)
    {
        StoredStudy study = journal.Find(name)!;
        IEnumerable<(DateTimeOffset From, DateTimeOffset To)> spans = journal.Arms(study).Select(a => a.Name).Append("judge").SelectMany(arm => journal.Effects(study, arm))
            .Where(e => e is { Finished: not null, Milliseconds: not null }).Select(e => (e.Finished!.Value.AddMilliseconds(-e.Milliseconds!.Value), e.Finished.Value)).OrderBy(s => s.Item1);
        (TimeSpan sum, DateTimeOffset until) = (TimeSpan.Zero, DateTimeOffset.MinValue);
        foreach ((DateTimeOffset from, DateTimeOffset to) in spans.Where(s => s.To > until)) // what ran at once counts once
        {
            (sum, until) = (sum + (to - (from > until + Pause ? from : until)), to);
        }

        return sum;
    }
}

/// <summary>What a block asked for, as journals write it.</summary>
internal sealed record StoredAsk(string Candidate, Split Split, ImmutableArray<int> Items, int Sample = 0);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StoredAsk))]
[JsonSerializable(typeof(ImmutableArray<Outcome>))]
internal sealed partial class StoredJson : JsonSerializerContext;
