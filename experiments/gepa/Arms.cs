using System.Collections.Immutable;
using Ansatz.Prompts;

namespace Ansatz.Experiments.Reflective;

/// <summary>The searches that are compared, and one run of one of them.</summary>
internal static class Arms
{
    public const int Seeds = 20;

    public const string Gepa = "GEPA", NoMerge = "no merge", CurrentBest = "current best, no merge", ScoreOnly = "scores alone", Opro = "OPRO, one step after the other",
        OneReflection = "one reflection", NoGate = "no validation gate";

    public static readonly ImmutableArray<string> Names = [Gepa, NoMerge, CurrentBest, ScoreOnly, Opro, OneReflection, NoGate];

    /// <summary>The worlds, by how many characters an instruction holds, and the budget in them.</summary>
    public static readonly ImmutableArray<(string Name, int MaxCharacters, int Rollouts)> Worlds =
        [("roomy", RuleWorld.Roomy, 600), ("crowded", RuleWorld.Crowded, 600), ("crowded, longer", RuleWorld.Crowded, 1800)];

    public static async Task<Result> RunAsync(string world, string arm, int seed)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ansatz-gepa-");
        try
        {
            PipelineObjective objective = new RuleWorld(seed).Objective;
            (_, int maxCharacters, int rollouts) = Worlds.First(w => w.Name == world);
            await using Study<Pipeline> study = Study.Open(
                Path.Combine(folder.FullName, "gepa.db"), objective, Optimizer(arm, maxCharacters), Budget.Rollouts(rollouts), seed, new() { Controls = [Arm<Pipeline>.OfYours()] });
            Cost spent = Cost.Zero;
            await foreach (StudyEvent e in study.RunAsync())
            {
                spent = e is ArmEnded { Arm: "found" } ended ? ended.Spent : spent;
            }

            IReadOnlyList<Trial<Pipeline>> trials = study.Trials("found");
            Trial<Pipeline>[] pool = [.. trials.Where(t => t.State == TrialState.Completed)];
            Candidate<Pipeline> winner = study.Winner("found")!;
            List<double> gains = [];
            foreach (Candidate<Pipeline> merged in pool.Select(t => t.Candidate).Where(c => c.Origin.StartsWith("merge", StringComparison.Ordinal)))
            {
                // The parent that one would have kept: choosing it by its test score would flatter it.
                Trial<Pipeline> parent = merged.Parents.Select(p => trials.First(t => t.Candidate.Id == p)).MaxBy(t => t.MeanOn(Split.Validation, objective.Count(Split.Validation), Scale.Binary))!;
                gains.Add(await TestAsync(merged) - await TestAsync(parent.Candidate));
            }

            return new(
                world, arm, seed, await TestAsync(winner), await MeanAsync(winner, Split.Validation), spent.Rollouts, spent.Calls, pool.Length, arm == NoGate ? null : Spread(pool, objective), [.. gains]);

            Task<double> TestAsync(Candidate<Pipeline> candidate) => MeanAsync(candidate, Split.Test);

            // Afterwards, outside the study: nothing of this reaches a search.
            async Task<double> MeanAsync(Candidate<Pipeline> candidate, Split split) =>
                (await objective.EvaluateAsync(new(candidate, split, [.. Enumerable.Range(0, objective.Count(split))]), Replies.None, CancellationToken.None)).MeanScore(Scale.Binary)!.Value;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static Optimizer<Pipeline> Optimizer(string arm, int maxCharacters)
    {
        return arm switch
        {
            Gepa => With(),
            NoMerge => With(merges: 0),
            CurrentBest => With(ParentSelection.CurrentBest, merges: 0),
            ScoreOnly => With(withFeedback: false),
            OneReflection => new OneReflection<Pipeline>(With()),
            NoGate => With(ParentSelection.LastAccepted, merges: 0),
            _ => new CoordinateSearch<Pipeline>(
                new Opro(RuleWorld.Guesser()) { Steps = 2, PerStep = 2, Finalists = 1, MaxCharacters = maxCharacters, Simplify = null })
            {
                Rounds = 20, // the budget ends it
            },
        };

        Gepa<Pipeline> With(ParentSelection selection = ParentSelection.Pareto, bool withFeedback = true, int merges = 5) => new(RuleWorld.Reflector())
        {
            Iterations = 1000, // the budget ends it
            Selection = selection,
            WithFeedback = withFeedback,
            Merges = merges,
            MaxCharacters = maxCharacters,
            Simplify = null,
        };
    }

    /// <summary>How different the candidates are: the share of validation items on which two of them differ, over all pairs.</summary>
    private static double? Spread(Trial<Pipeline>[] pool, PipelineObjective objective)
    {
        double[][] scores = [.. pool.Select(t => t.OutcomesOn(Split.Validation, objective.Count(Split.Validation)).Select(o => o!.ScoreOn(Scale.Binary)).ToArray())];
        double[] distances =
        [
            .. from i in Enumerable.Range(0, scores.Length)
               from j in Enumerable.Range(i + 1, scores.Length - i - 1)
               select scores[i].Zip(scores[j], (a, b) => Math.Abs(a - b)).Average(),
        ];
        return distances.Length == 0 ? null : distances.Average();
    }
}
