using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Prompts;

namespace Ansatz.Experiments.OproPaper;

/// <summary>Level A: OPRO with a simulated optimizer on a planted scorer, the whole real code between them. 20 seeds, five settings, 600 steps of 8.</summary>
internal static class LevelA
{
    public const int Seeds = 20, Steps = 600;

    /// <summary>The training score that has to be reached.</summary>
    public const double Goal = 0.9;

    public const string Ascending = "ascending", Descending = "descending", Shuffled = "random order", Hidden = "K = 0", OneStep = "one step";

    public static ImmutableArray<string> Settings { get; } = [Ascending, Descending, Shuffled, Hidden, OneStep];

    /// <summary>One run as a study of its own, with its journal in memory where the system has files there.</summary>
    public static async Task<LevelARun> RunAsync(string setting, int seed, int steps = Steps, CancellationToken cancellationToken = default)
    {
        using Scratch scratch = new();
        ReplyCounts counts = new();
        PlantedTask task = new(seed);
        await using Study<Prompt> study = Open(scratch.File("run.db"), task, setting, seed, steps, counts);
        await foreach (StudyEvent _ in study.RunAsync(cancellationToken))
        {
        }

        (string Text, string Origin, double Mean)[] history =
        [
            .. study.Trials("found").Select(t => (t.Candidate, Block: t.Blocks.FirstOrDefault(b => b.Ask.Split == Split.Train)))
                .Where(t => t.Block is not null)
                .Select(t => (t.Candidate.Value.Instruction, t.Candidate.Origin, t.Block!.Mean!.Value)),
        ];
        ImmutableArray<Outcome> test = await task.Objective.EvaluateAsync(
            new(study.Winner("found")!, Split.Test, [.. Enumerable.Range(0, task.Splits.Test.Length)]), Replies.None, cancellationToken);
        return new()
        {
            Setting = setting,
            Seed = seed,
            Steps = steps,
            StepsToGoal = history.Where(h => h.Mean >= Goal).Select(h => (int?)StepOf(h.Origin)).Min(),
            BestTrain = history.Max(h => h.Mean),
            WinnerTest = test.MeanScore(Scale.Binary)!.Value,
            Proposed = steps * PerStep,
            Scored = history.Length,
            Malformed = counts.Malformed,
            Repeated = counts.Repeated,
            ScoredTwice = history.Length - history.DistinctBy(h => Words(h.Text)).Count(),
            MalformedScored = history.Count(h => h.Text.Contains(SimulatedProposer.Garbled, StringComparison.OrdinalIgnoreCase) || h.Text.Contains('<', StringComparison.Ordinal)),
        };

        static string Words(string text) => string.Join(' ', text.ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Runs once in one piece and once stopped at random effects, and compares the histories byte for byte.</summary>
    /// <returns>At how many stops the second run was left, and whether its history is the same.</returns>
    public static async Task<ResumedRun> ResumeAsync(int seed, int steps, int stops, CancellationToken cancellationToken = default)
    {
        using Scratch scratch = new();
        PlantedTask task = new(seed);
        ImmutableArray<string> whole = await HistoryAsync(Open(scratch.File("whole.db"), task, Ascending, seed, steps, null), int.MaxValue, cancellationToken);

        Rng rng = new(seed, "stops");
        int[] lengths = [.. Enumerable.Range(0, stops).Select(_ => 1 + rng.Next(2 * whole.Length / (stops + 1)))]; // on average they cover the run evenly
        int left = 0;
        foreach (int length in lengths)
        {
            ImmutableArray<string> part = await HistoryAsync(Open(scratch.File("pieces.db"), task, Ascending, seed, steps, null), length, cancellationToken);
            left += part.Length < whole.Length ? 1 : 0;
        }

        ImmutableArray<string> pieces = await HistoryAsync(Open(scratch.File("pieces.db"), task, Ascending, seed, steps, null), int.MaxValue, cancellationToken);
        return new(seed, left, whole.Length, whole.SequenceEqual(pieces));
    }

    private const int PerStep = 8;

    private static Study<Prompt> Open(string database, PlantedTask task, string setting, int seed, int steps, ReplyCounts? counts)
    {
        Opro opro = new(SimulatedProposer.OfInstructions(counts))
        {
            Steps = steps,
            PerStep = PerStep,
            Shown = setting == Hidden ? 0 : 20,
            Order = setting switch { Descending => HistoryOrder.Descending, Shuffled => HistoryOrder.Random, _ => HistoryOrder.Ascending },
            Simplify = null,
        };
        return Study.Open(
            database,
            task.Objective,
            setting == OneStep ? new OneStep(opro) : opro,
            Budget.Unlimited,
            seed,
            new() { Workers = PerStep, Controls = [Arm<Prompt>.OfYours()] });
    }

    /// <summary>The history after a run that was left when it had told so many effects that are not replayed.</summary>
    private static async Task<ImmutableArray<string>> HistoryAsync(Study<Prompt> study, int events, CancellationToken cancellationToken)
    {
        await using (study)
        {
            int told = 0;
            await foreach (StudyEvent e in study.RunAsync(cancellationToken))
            {
                if (e is BlockEvaluated { IsReplayed: false } or CallAnswered { IsReplayed: false } && ++told == events)
                {
                    break;
                }
            }

            return [.. study.Journal.History(study.Journal.Find(study.Name)!)];
        }
    }

    // "step 12" is 12; the starts came before the first step.
    private static int StepOf(string origin) => origin.StartsWith("step ", StringComparison.Ordinal) ? int.Parse(origin.AsSpan(5), CultureInfo.InvariantCulture) : 0;
}

/// <summary>What came of one run of <see cref="LevelA"/>.</summary>
internal sealed record LevelARun
{
    public required string Setting { get; init; }

    public required int Seed { get; init; }

    public required int Steps { get; init; }

    /// <summary>The first step that reached the goal on train; none if none did.</summary>
    public int? StepsToGoal { get; init; }

    public required double BestTrain { get; init; }

    /// <summary>The winner, as chosen on validation, on 200 items that no search saw.</summary>
    public required double WinnerTest { get; init; }

    public required int Proposed { get; init; }

    public required int Scored { get; init; }

    public required int Malformed { get; init; }

    public required int Repeated { get; init; }

    public required int ScoredTwice { get; init; }

    public required int MalformedScored { get; init; }
}

/// <summary>A run of <see cref="LevelA"/> that was stopped and went on.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Stops">How often it was left before its end.</param>
/// <param name="Effects">Lines of its history.</param>
/// <param name="IsSame">Whether the history is that of the run in one piece.</param>
internal sealed record ResumedRun(int Seed, int Stops, int Effects, bool IsSame);

/// <summary>A folder for journals that nobody keeps: in memory where the system has one there, since a journal waits for its disk.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.Exists("/dev/shm")
        ? Directory.CreateDirectory(Path.Combine("/dev/shm", $"ansatz-opro-{Guid.NewGuid():N}"))
        : Directory.CreateTempSubdirectory("ansatz-opro-");

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
