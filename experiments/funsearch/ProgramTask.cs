using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Ansatz.Programs;

namespace Ansatz.Experiments.ProgramSearch;

/// <summary>One task with one set of settings: what is searched, and how.</summary>
internal sealed record ProgramTask
{
    /// <summary>How many seeds a task has.</summary>
    public const int Seeds = 10;

    /// <summary>Under 1 to 50 the defaults of before were measured, which were changed then; 51 to 60 were begun, and given up when a review found a fault.</summary>
    public const int FirstSeed = 61;

    /// <summary>The search with the paper's choice of parents: clusters drawn by the softmax of their means alone.</summary>
    public const string Boltzmann = "Boltzmann";

    private const int CurvePoints = 32;

    public required string Name { get; init; }

    public string Variant { get; init; } = "default";

    public required Func<int, Objective<ProgramSource>> Objective { get; init; }

    public required FunSearch Search { get; init; }

    /// <summary>Whether controls run too.</summary>
    public bool HasControls { get; init; } = true;

    /// <summary>Whether the front of score and size is kept.</summary>
    public bool HasFront { get; init; }

    /// <summary>What else is measured on the winners, by their arms.</summary>
    public Func<IReadOnlyDictionary<string, string>, ImmutableSortedDictionary<string, double>> Measure { get; init; } = _ => ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Runs one seed, in a database of its own, so that a run that was stopped goes on.</summary>
    /// <param name="folder">Where the database is.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="keep">Keeps the result; then the database goes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(string folder, int seed, Action<RunResult> keep, CancellationToken cancellationToken)
    {
        Objective<ProgramSource> objective = Objective(seed);
        Arm<ProgramSource> search = new("found", ArmRole.Search, Search, Budget.Unlimited);
        IReadOnlyList<Arm<ProgramSource>> controls = HasControls
            ? [.. objective.Open.Controls(search), new(Boltzmann, ArmRole.Control, WithoutLexicase(Search), search.Budget)]
            : [Arm<ProgramSource>.OfYours()];
        Dictionary<string, (double Score, string Program)> winners = [];
        Dictionary<string, List<double>> curves = [];
        ImmutableArray<FrontProgram> front = default;
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
            front = await StudyAsync(objective, controls, folder, seed, winners, curves, cancellationToken);
        }

        ImmutableSortedDictionary<string, string> programs = winners.ToImmutableSortedDictionary(w => w.Key, w => w.Value.Program);
        keep(new(
            Name,
            Variant,
            seed,
            winners.ToImmutableSortedDictionary(w => w.Key, w => w.Value.Score),
            curves.Where(c => c.Value.Count > 1).ToImmutableSortedDictionary(c => c.Key, c => Thinned(c.Value)),
            programs,
            Measure(programs))
        { Front = front });
        foreach (string file in Directory.GetFiles(folder, $"{NameOf(seed)}.db*"))
        {
            File.Delete(file);
        }
    }

    private static FunSearch WithoutLexicase(FunSearch search) => new(search.Proposers)
    {
        Evaluations = search.Evaluations,
        Window = search.Window,
        Finalists = search.Finalists,
        Database = (search.Database ?? DatabaseSettings.For(search.Evaluations)) with { LexicasePool = null },
    };

    private string NameOf(int seed) => string.Create(CultureInfo.InvariantCulture, $"{Name}-{Variant}-{seed}");

    // A study of its own, judged on its test inputs.
    private async Task<ImmutableArray<FrontProgram>> StudyAsync(
        Objective<ProgramSource> objective,
        IReadOnlyList<Arm<ProgramSource>> controls,
        string folder,
        int seed,
        Dictionary<string, (double Score, string Program)> winners,
        Dictionary<string, List<double>> curves,
        CancellationToken cancellationToken)
    {
        string name = NameOf(seed), database = Path.Combine(folder, $"{name}.db");
        Dictionary<string, double> means = []; // on train, of what the search scored
        ImmutableArray<FrontProgram> front = default;
        await using (Study<ProgramSource> study = Study.Open(database, objective, Search, Budget.Unlimited, seed, new() { Name = name, Series = Name, Controls = controls, Workers = 2 }))
        {
            await foreach (StudyEvent e in study.RunAsync(cancellationToken))
            {
                if (e is BlockEvaluated { Split: Split.Train } block)
                {
                    List<double> curve = CurveOf(curves, block.Arm);
                    curve.Add(Math.Max(curve.LastOrDefault(double.NegativeInfinity), block.Mean ?? double.NegativeInfinity));
                    if (block.Arm == "found" && block.Mean is { } mean)
                    {
                        means[block.Candidate] = mean;
                    }
                }
            }

            Verdict<ProgramSource> verdict = await study.JudgeAsync(cancellationToken);
            StoredStudy stored = study.Journal.Find(name)!;
            foreach (VerdictRow row in verdict.Summary.Rows.Where(r => r.CandidateId is not null))
            {
                StoredCandidate winner = study.Journal.Candidates(stored, row.Name).First(c => c.Id == row.CandidateId);
                winners[row.Name] = (double.IsNaN(row.Mean) ? double.NegativeInfinity : row.Mean, JsonSerializer.Deserialize(winner.Text, objective.Codec)!.Text);
            }

            if (HasFront)
            {
                front = FrontOf(
                    (ProgramObjective)objective,
                    study.Journal.Candidates(stored, "found").Where(c => means.ContainsKey(c.Id)).Select(c => (JsonSerializer.Deserialize(c.Text, objective.Codec)!, means[c.Id])));
            }
        }

        return front;
    }

    private static ImmutableArray<FrontProgram> FrontOf(ProgramObjective objective, IEnumerable<(ProgramSource Program, double Train)> scored)
    {
        List<FrontProgram> front = [];
        foreach ((int size, ProgramSource program, double train) in scored.Select(s => (SizeOf(s.Program), s.Program, s.Train)).OrderBy(s => s.Item1).ThenByDescending(s => s.Train))
        {
            if (front.Count == 0 || train > front[^1].Train)
            {
                ImmutableArray<Outcome> test = [.. objective.Rerun(program, Split.Test, Enumerable.Range(0, objective.Count(Split.Test))).Select(r => r.Outcome)];
                front.Add(new(size, train, test.MeanScore(objective.Scale), program.Text));
            }
        }

        return [.. front];
    }

    // Of the body: the header is the same for all.
    private static int SizeOf(ProgramSource program) => program.Text[(program.Text.IndexOf(')', StringComparison.Ordinal) + 1)..].Count(c => !char.IsWhiteSpace(c));

    private static List<double> CurveOf(Dictionary<string, List<double>> curves, string arm) => curves.TryGetValue(arm, out List<double>? curve) ? curve : curves[arm] = [];

    private static ImmutableArray<double> Thinned(List<double> curve) => [.. Enumerable.Range(1, CurvePoints).Select(i => curve[Math.Max(0, (int)((long)i * curve.Count / CurvePoints) - 1)])];
}
