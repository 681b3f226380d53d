using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Ansatz.Programs;

namespace Ansatz.Experiments.ProgramSearch;

/// <summary>One task with one set of settings: what is searched, and how.</summary>
internal sealed record ProgramTask
{
    public const int Seeds = 10;

    private const int CurvePoints = 32;

    public required string Name { get; init; }

    public string Variant { get; init; } = "default";

    public required Func<int, Objective<ProgramSource>> Objective { get; init; }

    public required FunSearch Search { get; init; }

    /// <summary>Whether random programs and the hill climber run too.</summary>
    public bool HasControls { get; init; } = true;

    /// <summary>What else is measured on the winner.</summary>
    public Func<ProgramSource, ImmutableSortedDictionary<string, double>> Measure { get; init; } = _ => ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Runs one seed, in a database of its own, so that a run that was stopped goes on.</summary>
    public async Task<RunResult> RunAsync(string folder, int seed, CancellationToken cancellationToken)
    {
        Objective<ProgramSource> objective = Objective(seed);
        Arm<ProgramSource> search = new("found", ArmRole.Search, Search, Budget.Unlimited);
        IReadOnlyList<Arm<ProgramSource>> controls = HasControls ? objective.Open.Controls(search) : [Arm<ProgramSource>.OfYours()];
        Dictionary<string, (double Score, string Program)> winners = [];
        Dictionary<string, List<double>> curves = [];
        if (objective.Count(Split.Test) == 0)
        {
            foreach (Arm<ProgramSource> arm in controls.Prepend(search))
            {
                MemorySearch one = new(objective, seed, arm.Name, CurveOf(curves, arm.Name));
                await arm.Optimizer.SearchAsync(one, cancellationToken);
                winners[arm.Name] = (one.BestScore, one.Best.Text);
            }
        }
        else
        {
            await StudyAsync(objective, controls, folder, seed, winners, curves, cancellationToken);
        }

        return new(
            Name,
            Variant,
            seed,
            winners.ToImmutableSortedDictionary(w => w.Key, w => w.Value.Score),
            curves.Where(c => c.Value.Count > 1).ToImmutableSortedDictionary(c => c.Key, c => Thinned(c.Value)),
            winners.ToImmutableSortedDictionary(w => w.Key, w => w.Value.Program),
            Measure(new(winners["found"].Program)));
    }

    // A study of its own, judged on its test inputs. Its database goes when the result is kept.
    private async Task StudyAsync(
        Objective<ProgramSource> objective,
        IReadOnlyList<Arm<ProgramSource>> controls,
        string folder,
        int seed,
        Dictionary<string, (double Score, string Program)> winners,
        Dictionary<string, List<double>> curves,
        CancellationToken cancellationToken)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Name}-{Variant}-{seed}"), database = Path.Combine(folder, $"{name}.db");
        await using (Study<ProgramSource> study = Study.Open(database, objective, Search, Budget.Unlimited, seed, new() { Name = name, Series = Name, Controls = controls, Workers = 2 }))
        {
            await foreach (StudyEvent e in study.RunAsync(cancellationToken))
            {
                if (e is BlockEvaluated { Split: Split.Train } block)
                {
                    List<double> curve = CurveOf(curves, block.Arm);
                    curve.Add(Math.Max(curve.LastOrDefault(double.NegativeInfinity), block.Mean ?? double.NegativeInfinity));
                }
            }

            Verdict<ProgramSource> verdict = await study.JudgeAsync(cancellationToken);
            StoredStudy stored = study.Journal.Find(name)!;
            foreach (VerdictRow row in verdict.Summary.Rows.Where(r => r.CandidateId is not null))
            {
                StoredCandidate winner = study.Journal.Candidates(stored, row.Name).First(c => c.Id == row.CandidateId);
                winners[row.Name] = (row.Mean, JsonSerializer.Deserialize(winner.Text, objective.Codec)!.Text);
            }
        }

        foreach (string file in Directory.GetFiles(folder, $"{name}.db*"))
        {
            File.Delete(file);
        }
    }

    private static List<double> CurveOf(Dictionary<string, List<double>> curves, string arm) => curves.TryGetValue(arm, out List<double>? curve) ? curve : curves[arm] = [];

    private static ImmutableArray<double> Thinned(List<double> curve) => [.. Enumerable.Range(1, CurvePoints).Select(i => curve[Math.Max(0, (int)((long)i * curve.Count / CurvePoints) - 1)])];
}
