using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Ansatz.Programs;
using Ansatz.Sandbox;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Cli;

/// <summary>What a search of programs found, from what is stored alone: what was judged, or else the best so far.</summary>
/// <param name="Lineage">From the start program, or a random one, to it: each was made from the one before, and perhaps from others.</param>
/// <param name="Remark">What its user has to know of it; none where it was judged.</param>
internal sealed record FoundProgram(ImmutableArray<StoredTrial> Lineage, string? Remark)
{
    /// <summary>All that it came from, itself last.</summary>
    public ImmutableArray<StoredTrial> Family { get; private init; } = Lineage;

    // Of the search that found it.
    private StoredTrial[] Trials { get; init; } = [];

    /// <summary>The trial.</summary>
    public StoredTrial Trial => Lineage[^1];

    /// <summary>The program.</summary>
    public ProgramSource Program => Read(Trial);

    /// <summary>A trial's program.</summary>
    public static ProgramSource Read(StoredTrial trial) => new(JsonNode.Parse(trial.Candidate.Text)!["text"]!.GetValue<string>());

    /// <summary>Reads it from the journal; none where no program has a score yet.</summary>
    public static FoundProgram? Of(Journal journal, StoredStudy study)
    {
        StoredArm[] searches = [.. journal.Arms(study).Where(a => a.Role == ArmRole.Search)];
        string? judged = study.Verdict?.Found.CandidateId;
        StoredTrial[] best = [];
        StoredTrial? winner = null;
        foreach (StoredArm arm in searches)
        {
            StoredTrial[] trials = StoredTrial.Of(journal, study, arm.Name);
            int validated = trials.Length == 0 ? 0 : trials.Max(t => t.ValidationItems);
            StoredTrial? first = judged is not null
                ? trials.FirstOrDefault(t => t.Candidate.Id == judged)
                : trials.Where(t => t.ValidationItems == validated && (t.Validation ?? t.Train) is not null).Aggregate((StoredTrial?)null, (b, t) => t.IsBetterThan(b) ? t : b);
            if (first is not null && first.IsBetterThan(winner))
            {
                (winner, best) = (first, trials);
            }
        }

        string? remark = judged is not null ? null
            : study.Verdict is null ? "The best so far, and not judged: whether it is better than yours nobody knows yet."
            : string.Create(CultureInfo.InvariantCulture, $"The best of {searches.Length} seeds, chosen among them: what the verdict says is true of a seed on average, not of it.");
        return winner is null ? null : new(LineageOf(winner, best), remark) { Family = FamilyOf(winner, best), Trials = best };
    }

    /// <summary>Another trial of the search that found it, by its number, with its lineage; none where there is none. Of a search over seeds: of its seed.</summary>
    public FoundProgram? Other(int number) => Trials.FirstOrDefault(t => t.Candidate.Number == number) is { } trial ? new(LineageOf(trial, Trials), null) { Trials = Trials } : null;

    /// <summary>What it is, in words.</summary>
    public string InWords(ProgramObjective objective)
    {
        if (Program == objective.Part.Yours)
        {
            return $"What was found is your own program: nothing did better on {(objective.Count(Split.Validation) > 0 ? "validation" : "the train inputs")}.";
        }

        string sizes = Size(Simplified(Program, objective), objective) is { } size && Size(objective.Part.Yours, objective) is { } yours
            ? string.Create(CultureInfo.InvariantCulture, $"a program of {size:N0} nodes{(objective.Part.Process is null ? " when simplified" : "")} (yours has {yours:N0})")
            : "a program";
        string root = Read(Lineage[0]) == objective.Part.Yours ? "yours" : "a random program", trial = string.Create(CultureInfo.InvariantCulture, $"trial {Trial.Candidate.Number:N0}");
        string from = Lineage.Length == 1 ? $"{trial}, {root}" : string.Create(CultureInfo.InvariantCulture, $"{trial}, {Lineage.Length - 1:N0} {PlainText.Plural(Lineage.Length - 1, "step")} from {root}");
        return $"What was found: {sizes}, {from}.{(Remark is null ? "" : $" {Remark}")}";
    }

    /// <summary>A smaller program of the same meaning, checked on every train and validation input; the program itself where there is none.</summary>
    public static ProgramSource Simplified(ProgramSource program, ProgramObjective objective)
    {
        if (objective.Part.Process is not null || !objective.Part.Compiler.TryRead(program.Text, out HoleSyntax? syntax, out IReadOnlyList<Refusal> _))
        {
            return program; // every check would take a process an input
        }

        ProgramSource simple = new(Simplifier.Simplify(syntax).ToString());
        return simple != program && IsSame(Split.Train) && IsSame(Split.Validation) ? simple : program;

        bool IsSame(Split split)
        {
            int[] items = [.. Enumerable.Range(0, objective.Count(split))];
            return objective.Rerun(program, split, items).Select(r => r.Outcome).SequenceEqual(objective.Rerun(simple, split, items).Select(r => r.Outcome));
        }
    }

    private static int? Size(ProgramSource program, ProgramObjective objective) =>
        objective.Part.Compiler.TryRead(program.Text, out HoleSyntax? syntax, out IReadOnlyList<Refusal> _) ? syntax.Size : null;

    private static ImmutableArray<StoredTrial> FamilyOf(StoredTrial trial, StoredTrial[] trials)
    {
        Dictionary<string, StoredTrial> byId = trials.ToDictionary(t => t.Candidate.Id);
        HashSet<StoredTrial> family = [trial];
        Queue<StoredTrial> open = new(family);
        while (open.TryDequeue(out StoredTrial? child))
        {
            foreach (string parent in child.Candidate.Parents)
            {
                if (byId.TryGetValue(parent, out StoredTrial? from) && family.Add(from))
                {
                    open.Enqueue(from);
                }
            }
        }

        return [.. family.OrderBy(t => t.Candidate.Number)];
    }

    // The parent that counts is the one that it was made from, and stands last; random programs and yours have none.
    private static ImmutableArray<StoredTrial> LineageOf(StoredTrial trial, StoredTrial[] trials)
    {
        Dictionary<string, StoredTrial> byId = trials.ToDictionary(t => t.Candidate.Id);
        List<StoredTrial> lineage = [trial];
        while (lineage[^1].Candidate.Parents is [.., var parent] && byId.TryGetValue(parent, out StoredTrial? from) && from.Candidate.Number < lineage[^1].Candidate.Number)
        {
            lineage.Add(from);
        }

        lineage.Reverse();
        return [.. lineage];
    }
}
