using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Ansatz.Programs;
using Ansatz.Web;

namespace Ansatz.Cli;

/// <summary>Gathers everything that the report of a program study shows: from its journal and its verdict.</summary>
internal sealed class ProgramReport
{
    private const int MostTrials = 200, MostFailures = 50;

    private readonly ProgramStudy _study;
    private readonly Journal _journal;
    private readonly Verdict _verdict;
    private readonly StoredStudy _stored;
    private readonly StoredArm[] _arms;
    private readonly Dictionary<string, StoredBlock[]> _blocks;
    private readonly Dictionary<string, StoredTrial[]> _trials;
    private readonly FoundProgram _found;

    public ProgramReport(ProgramStudy study, Journal journal, Verdict verdict)
    {
        (_study, _journal, _verdict) = (study, journal, verdict);
        _stored = journal.Find(verdict.Study)!;
        _arms = [.. journal.Arms(_stored)];
        _blocks = _arms.ToDictionary(a => a.Name, a => StoredBlock.Of(journal, _stored, a.Name));
        _trials = _arms.ToDictionary(a => a.Name, a => StoredTrial.Of(journal, _stored, a.Name, _blocks[a.Name]));
        _found = FoundProgram.Of(journal, _stored)!;
    }

    /// <summary>The report as data.</summary>
    public Report Make(string command)
    {
        (Split split, int items) = _study.Objective.Count(Split.Validation) is > 0 and int validation ? (Split.Validation, validation) : (Split.Train, _study.Objective.Count(Split.Train));
        StoredTrial[] all = [.. _trials.Values.SelectMany(t => t)];
        return new()
        {
            Verdict = _verdict,
            Task = _study.About,
            Model = _study.ModelInWords,
            ModelLabel = "Written by",
            Elapsed = StoredBlock.Computed(_journal, _verdict.Study),
            Found = FoundProgram.Simplified(_found.Program, _study.Objective).Text,
            Yours = _study.Objective.Part.Yours.Text,
            Progress = [.. _arms.Select(a => Seeded(ReportCurves.Of(a, _blocks[a.Name], split, items, _verdict.Scale))).Where(c => c.Points.Length > 0)],
            Lineage = [.. _found.Lineage.Select(t => Shown(t))],
            Family = Family(),
            Yields = [.. Yields()],
            Trials = Worth(all),
            TrialCount = all.Length,
            Failures = [.. all.Where(t => t.Rejected is not null).Take(MostFailures).Select(Failure)],
            FailureCount = all.Count(t => t.Rejected is not null),
            Notes = [_found.InWords(_study.Objective), .. Notes()],
            Command = command,
            Facts = Facts(),
        };
    }

    // "found (seed 3)" is an arm of a study over seeds.
    private static ProgressCurve Seeded(ProgressCurve curve) =>
        curve.Arm.LastIndexOf(" (seed ", StringComparison.Ordinal) is > 0 and int at && int.TryParse(curve.Arm.AsSpan(at + " (seed ".Length).TrimEnd(')'), CultureInfo.InvariantCulture, out int seed)
            ? curve with { Arm = curve.Arm[..at], Seed = seed }
            : curve;

    // What was validated, then what did best on train: nobody reads thousands.
    private ImmutableArray<ReportTrial> Worth(StoredTrial[] all)
    {
        HashSet<StoredTrial> shown = [.. _found.Lineage];
        foreach (StoredTrial trial in all.Where(t => t.ValidationItems > 0).Reverse().Concat(all.OrderByDescending(t => t.Train ?? double.NegativeInfinity)))
        {
            if (shown.Count >= Math.Max(MostTrials, _found.Lineage.Length))
            {
                break;
            }

            shown.Add(trial);
        }

        return [.. all.Where(shown.Contains).Select(Shown)];
    }

    private ReportTrial Shown(StoredTrial trial)
    {
        ProgramSource program = FoundProgram.Read(trial);
        return new(
            trial.Candidate.Number,
            trial.Arm,
            trial.Candidate.Id,
            trial.Candidate.IsPruned ? TrialState.Pruned : trial.Validation is not null ? TrialState.Completed : TrialState.Running,
            trial.Train,
            trial.Validation,
            trial.ValidationItems > 0 ? trial.ValidationItems : trial.TrainItems,
            [.. trial.Candidate.Parents.Reverse()], // the one that it was made from first
            trial.Candidate.Origin,
            _study.Objective.Part.Describe(program),
            program.Text);
    }

    private ImmutableArray<FamilyMember> Family()
    {
        Dictionary<string, int> numbers = _found.Family.ToDictionary(t => t.Candidate.Id, t => t.Candidate.Number);
        HashSet<StoredTrial> line = [.. _found.Lineage];
        return [.. _found.Family.Select(t => new FamilyMember(t.Candidate.Number, t.Train ?? double.NaN, [.. t.Candidate.Parents.Select(p => numbers[p])], line.Contains(t)))];
    }

    private IEnumerable<ProposerYield> Yields()
    {
        foreach (StoredArm arm in _arms)
        {
            Dictionary<string, StoredTrial> byId = _trials[arm.Name].ToDictionary(t => t.Candidate.Id);
            IEnumerable<StoredTrial> proposed = _trials[arm.Name].Where(t => t.Candidate.Number > 0 && t.TrainItems > 0);
            foreach (IGrouping<string, StoredTrial> by in proposed.GroupBy(t => t.Candidate.Origin).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                yield return new(
                    arm.Name,
                    by.Key,
                    by.Count(),
                    by.Count(t => !IsRefused(t) || FoundProgram.Read(t).Parses()),
                    by.Count(t => !IsRefused(t)),
                    by.Count(t => t.Train is not null),
                    by.Count(t => t.Candidate.Parents is [.., var parent] && byId.TryGetValue(parent, out StoredTrial? from) && t.TrainItems == from.TrainItems && t.Train > from.Train));
            }
        }

        static bool IsRefused(StoredTrial trial) => trial.Rejected?.StartsWith(ProgramObjective.Refused, StringComparison.Ordinal) == true;
    }

    private static ReportFailure Failure(StoredTrial trial) =>
        new(trial.Arm, trial.Candidate.Number, trial.Candidate.Origin, trial.Rejected!, FoundProgram.Read(trial).Text);

    private IEnumerable<string> Notes()
    {
        if (_journal.Repeated(_stored) is > 0 and long repeated)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"The study was cut off and went on; {repeated:N0} {PlainText.Plural(repeated, "question that was out then was", "questions that were out then were")} asked again.");
        }
    }

    private ImmutableArray<Fact> Facts() =>
    [
        new("Ansatz", _stored.Version),
        new("begun", _stored.Created.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
        new(".NET", RuntimeInformation.FrameworkDescription),
        new("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}"),
        new("hole", _study.Program.Name),
        new("seed", _study.File.Seed.ToString(CultureInfo.InvariantCulture)),
        new("objective", _study.Objective.Identity.ToJsonString()),
        new("search", _study.Optimizer().Settings.ToJsonString()),
    ];
}
