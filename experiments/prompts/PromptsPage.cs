using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ansatz.Experiments.Tasks;

namespace Ansatz.Experiments.Prompts;

/// <summary>Writes <c>docs/optimizers-measured.md</c> from the raw results.</summary>
internal static class PromptsPage
{
    private const double NoWorse = 0.03; // the margin for "no worse": 3 points
    private const int FewestForIntervals = 3; // seeds: of two, an interval is wider than all that there is
    private const string Found = "found"; // what a verdict calls the search that its study was opened with

    public static void Write(string path, SeededExperiment experiment, ImmutableArray<PromptTask> tasks)
    {
        StringBuilder page = new();
        page.Append(
            $"""
            # Optimizers of prompts, measured

            **What is verified here for OPRO, GEPA, MIPROv2 and EvoPrompt is the mechanism, with a proposer of 135 million parameters; not the effect with a large one.**

            Few-shot search beside draws that nobody chose, and every other optimizer beside its search control, on four tasks, at most {PromptMethod.Rollouts:N0} rollouts an arm, in ten studies a task with train and validation items of
            their own. All of them, and everything that they are compared with, are judged on items that no search saw; a study's test items are those of the other nine, which are judged one after the other (of banking77, where each set
            has intents of its own, all test messages of its six), and nothing is chosen by them. The embedded SmolLM2-135M-Instruct (Q8_0) answers, by the log-probability of each label after plain text, and writes the proposals: as a
            plain language model that goes on with a text, for GEPA as a chat model. Instructions have at most 200 characters, and nothing is simplified; settings as in `experiments/prompts/PromptMethod.cs`. Means have a
            95 % t-interval over the seeds; differences are paired by seed. This page is written from the [raw results](../experiments/prompts/results) by

            ```sh
            dotnet run -c Release --project experiments/prompts
            ```

            which goes on where it was stopped; `-- --page` writes the page alone. It takes half an hour to an hour a study on two cores.


            """.ReplaceLineEndings("\n"));

        Measured[] measured = [.. tasks.Select(t => new Measured(t, [.. experiment.ResultsOf(t.Task.Name).BySeed.Values]))];
        if (measured.Any(m => m.Results.Length < LabelTask.Seeds))
        {
            page.Append(CultureInfo.InvariantCulture, $"**Not yet measured**, of {LabelTask.Seeds} seeds have run: {string.Join(", ", measured.Select(m => $"{m.Task.Task.Name} {m.Results.Length.ToString(CultureInfo.InvariantCulture)}"))}.\n\n");
        }

        Measured[] told = [.. measured.Where(m => m.Results.Length >= FewestForIntervals)];
        if (told.Length > 0)
        {
            Mechanisms(page, told);
            Elsewhere(page, told);
        }

        foreach (Measured task in measured)
        {
            page.Append(CultureInfo.InvariantCulture, $"## {task.Task.Task.Name}\n\n{task.Task.Task.Data}\n\n");
            if (task.Results.Length >= 2)
            {
                Arms(page, task);
            }
        }

        File.WriteAllText(path, page.ToString().TrimEnd() + "\n");
    }

    // The claim of each method: better than the same proposals without the mechanism.
    private static void Mechanisms(StringBuilder page, Measured[] tasks)
    {
        page.Append(
            """
            ## Does the mechanism help?

            Each optimizer minus its search control, on test, in points. *All tasks*: the mean of the tasks' differences of a seed, over the seeds that all these tasks have. p is of the sign-flip test over
            these, adjusted by Holm's method over the rows. *Told*, or *the opposite*: the interval lies above 0, or below, and the adjusted p is under 0.05. *No worse*: the interval, which is not adjusted, lies above -3. The
            columns of single tasks describe.


            """.ReplaceLineEndings("\n"));
        int[] seeds = [.. tasks.Select(t => t.Results.Select(r => r.Seed)).Aggregate((a, b) => a.Intersect(b)).Order()];
        page.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", tasks.Select(t => t.Task.Task.Name))} | {(tasks.Length == 1 ? "the one task" : $"all {tasks.Length} tasks")}, {seeds.Length} seeds | p | adjusted | |\n|---|{string.Concat(tasks.Select(_ => "---|"))}---|---|---|---|\n");
        List<(string Row, double[] Pooled, double? P)> rows = [];
        foreach (PromptMethod method in PromptMethod.All)
        {
            string each = string.Join(" | ", tasks.Select(t => Difference([.. t.Differences(method.Name, method.Control).Values])));
            Dictionary<int, double>[] differences = [.. tasks.Select(t => t.Differences(method.Name, method.Control))];
            double[] pooled = [.. seeds.Where(s => differences.All(d => d.ContainsKey(s))).Select(s => differences.Average(d => d[s]))];
            rows.Add(($"| {method.Name} - {method.Control} | {each} | {Difference(pooled)}", pooled, pooled.Length >= SignFlip.Fewest ? SignFlip.PValue(pooled, new Rng(1, method.Name), size: 2 * pooled.Length) : null));
        }

        ImmutableArray<double> adjusted = rows.All(r => r.P is not null) ? Holm.Adjust([.. rows.Select(r => r.P!.Value)]) : [];
        for (int i = 0; i < rows.Count; i++)
        {
            (string row, double[] pooled, double? p) = rows[i];
            if (adjusted.IsEmpty)
            {
                page.Append(CultureInfo.InvariantCulture, $"{row} | | | too few seeds |\n");
                continue;
            }

            Interval interval = StudentT.Interval(pooled);
            string words = interval.Low > 0 && adjusted[i] < 0.05 ? "**told**" : interval.High < 0 && adjusted[i] < 0.05 ? "**the opposite**" : interval.Low > -NoWorse ? "no worse, better cannot be told" : "cannot be told";
            page.Append(CultureInfo.InvariantCulture, $"{row} | {p:0.000} | {adjusted[i]:0.000} | {words} |\n");
        }

        page.Append('\n');
    }

    // A text under which this model answers better whatever is asked is no knowledge of a task.
    private static void Elsewhere(StringBuilder page, Measured[] tasks)
    {
        page.Append(
            """
            ## Is it the task that was learnt?

            A sceptic's check: what was found without demonstrations, on validation items at home, which chose it and so flatter it, minus the user's own there; and unchanged, with the items and labels of an unlike task under the same
            template, minus that task's own instruction. What helps there as much as at home has not learnt the task, but is a text under which this model answers better whatever is asked. What loses there may have learnt
            it, or may only name labels that are none there: this check cannot tell which. There is no second model to move to on a machine without a network.


            """.ReplaceLineEndings("\n"));
        page.Append(CultureInfo.InvariantCulture, $"| points over the task's own instruction | {string.Join(" | ", tasks.Select(t => $"{t.Task.Task.Name}, at home | with the items of {t.Task.Elsewhere.Name}"))} |\n|---|{string.Concat(tasks.Select(_ => "---|---|"))}\n");
        foreach (string arm in (IEnumerable<string>)["no instruction", Found, .. PromptMethod.All.SelectMany(p => (string[])[p.Name, p.Control])])
        {
            string[] cells = [.. tasks.SelectMany(t => t.Moved(arm))];
            if (cells.Any(c => c.Length > 0))
            {
                page.Append(CultureInfo.InvariantCulture, $"| {Called(arm)} | {string.Join(" | ", cells)} |\n");
            }
        }

        page.Append("\nSeeds in which an arm ended with demonstrations are left out.\n\n");
    }

    private static void Arms(StringBuilder page, Measured task)
    {
        SeriesVerdict series = SeriesVerdict.Of([.. task.Results.Select(r => r.Verdict)]);
        page.Append("| test accuracy, % | mean | 95 % interval | minus yours | all values | flattered by | rollouts of its search | prompts scored | replies of its proposer | cut off |\n|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (SeriesRow row in series.Rows)
        {
            bool hasIntervals = task.Results.Length >= FewestForIntervals;
            page.Append(CultureInfo.InvariantCulture, $"| {Called(row.Name)} | {100 * row.Mean:0.0} | {(hasIntervals ? Of(row.Interval) : "")} ");
            page.Append(row.AgainstYours is { } c ? $"| {Points(c.Difference)}{(hasIntervals ? $" ({Of(c.Interval)})" : "")} " : "| ");
            page.Append(CultureInfo.InvariantCulture, $"| {string.Join(" ", row.Values.Select(m => (100 * m).ToString("0.0", CultureInfo.InvariantCulture)))} ");
            page.Append(row is { Flattery: { } flattery, FlatteryInterval: { } interval } ? $"| {Points(flattery)}{(hasIntervals ? $" ({Of(interval)})" : "")} " : "| ");
            ArmCount[] ends = [.. task.Results.SelectMany(r => r.Arms!.Value.Where(a => a.Arm == row.Name))];
            page.Append(row.Spent.Rollouts > 0 && ends.Length > 0
                ? string.Create(CultureInfo.InvariantCulture, $"| {row.Spent.Rollouts / task.Results.Length:N0} | {ends.Average(e => e.Candidates):0} | {ends.Average(e => e.Calls):0} | {ends.Count(e => e.Ended != "done")} |\n")
                : "| | | | |\n");
        }

        page.Append('\n');
        if (series.Rows.FirstOrDefault(r => r.DrawRange is not null) is { DrawRange: { } draws })
        {
            page.Append(CultureInfo.InvariantCulture, $"Single draws that nobody chose span {Of(draws)}. ");
        }

        page.Append(task.Results.Length < FewestForIntervals ? "So few seeds have no intervals. " : "");
        page.Append("*Flattered by*: the validation score of what was chosen minus its test score. *Cut off*: in how many seeds the limit ended the search; GEPA has no other end. All have the same limit and not the same spending: GrIPS ends where it finds no new edits.");
        page.Append(series.LeftOut.IsEmpty ? "\n\n" : $" Left out, since a seed lacks them: {string.Join(", ", series.LeftOut)}.\n\n");
    }

    private static string Called(string arm) => arm == Found ? "few-shot search" : arm;

    private static string Difference(double[] differences) => differences.Length < 2 ? "" : $"{Points(differences.Average())} ({Of(StudentT.Interval(differences))})";

    private static string Points(double difference) => (100 * difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string Of(Interval interval) => !double.IsFinite(interval.High - interval.Low) ? "none" : string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Low:0.0} to {100 * interval.High:0.0}");

    /// <summary>A task with what was measured of it.</summary>
    private sealed record Measured(PromptTask Task, ImmutableArray<SeedVerdict> Results)
    {
        /// <summary>One arm's test score minus another's, by seed; without the seeds that lack one of them.</summary>
        public Dictionary<int, double> Differences(string one, string other) => Results
            .Where(r => Mean(r, one) is not null && Mean(r, other) is not null)
            .ToDictionary(r => r.Seed, r => Mean(r, one)!.Value - Mean(r, other)!.Value);

        /// <summary>The gain of an arm's instructions at home and elsewhere, over the seeds in which it ended without demonstrations.</summary>
        public string[] Moved(string arm)
        {
            (Moved Its, Moved Yours, Moved Theirs)[] pairs =
            [
                .. Results.Select(r => r.Elsewhere!.Value).Where(e => e.Any(m => m.Arm == arm)).Select(e => (Of(e, arm), Of(e, "yours"), Of(e, PromptTask.Theirs))),
            ];
            return pairs.Length < 2 ? ["", ""] : [Difference([.. pairs.Select(p => p.Its.Home - p.Yours.Home)]), Difference([.. pairs.Select(p => p.Its.Score - p.Theirs.Score)])];

            static Moved Of(ImmutableArray<Moved> moved, string arm) => moved.First(m => m.Arm == arm);
        }

        private static double? Mean(SeedVerdict result, string arm) => result.Verdict.Rows.FirstOrDefault(r => r.Name == arm)?.Mean;
    }
}
