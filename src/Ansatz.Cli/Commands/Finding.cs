using System.Text.Json.Nodes;

namespace Ansatz.Cli.Commands;

/// <summary>What a stored study found, whatever its open part, read from what is stored.</summary>
internal abstract class Finding(Surroundings surroundings)
{
    /// <summary>All forms that there are, of any open part.</summary>
    public static readonly string[] AllForms = ["text", "messages", "csharp", "agent", "patch", "project"];

    /// <summary>The forms in which it can be taken away, the usual one first.</summary>
    public abstract IReadOnlyList<string> Forms { get; }

    /// <summary>What its user has to know before it is taken away; none where there is nothing.</summary>
    public virtual string? Remark => null;

    /// <summary>What commands see of the world.</summary>
    protected Surroundings Surroundings => surroundings;

    /// <summary>Reads it.</summary>
    /// <exception cref="InputException">There is nothing yet, or its texts were erased.</exception>
    public static Finding Of(Journal journal, StoredStudy study, Surroundings surroundings)
    {
        bool isProgram = study.Description?["program"] is not null;
        return isProgram ? ProgramFinding.Of(journal, study, surroundings) : PromptFinding.Of(journal, study, surroundings);
    }

    /// <summary>As <see cref="Of"/>; none where there is nothing to show: not yet, not any more, or not begun by a study file.</summary>
    public static Finding? TryOf(Journal journal, StoredStudy study, Surroundings surroundings)
    {
        JsonObject? description = study.Description;
        return study.Settings["forgotten"] is not null ? null
            : description?["program"] is not null ? (FoundProgram.Of(journal, study) is null ? null : ProgramFinding.Of(journal, study, surroundings))
            : (description?["prompt"] ?? description?["pipeline"]) is not null && study.Verdict?.Found.CandidateId is not null ? PromptFinding.Of(journal, study, surroundings)
            : null;
    }

    /// <summary>What stands above its lines.</summary>
    public virtual string Title => "Found:";

    /// <summary>It as lines for a person.</summary>
    public abstract IEnumerable<string> Lines();

    /// <summary>It in a form to take away.</summary>
    /// <param name="form">One of <see cref="Forms"/>.</param>
    /// <param name="options">What else export was told.</param>
    public abstract string Export(string form, ExportOptions options);

    /// <summary>Tries it.</summary>
    public abstract Task TryAsync(TryOptions options, CancellationToken cancellationToken);
}

/// <summary>What export was told.</summary>
/// <param name="To">The folder for forms that are more than one file; none: a usual one.</param>
/// <param name="Input">The input that a project runs on.</param>
internal sealed record ExportOptions(string? To, int Input);

/// <summary>What try was told.</summary>
/// <param name="IsYours">Whether your own is tried.</param>
/// <param name="Trial">Another trial than the one found.</param>
/// <param name="Input">One input instead of all.</param>
internal sealed record TryOptions(bool IsYours, int? Trial, int? Input);
