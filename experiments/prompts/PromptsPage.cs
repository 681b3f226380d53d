using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ansatz.Experiments.Tasks;

namespace Ansatz.Experiments.Prompts;

/// <summary>Writes <c>docs/optimizers-measured.md</c> from the raw results.</summary>
internal static class PromptsPage
{
    private const double NoWorse = 0.03; // the margin for "no worse": 3 points
    private const string Found = "found"; // what a verdict calls the search that its study was opened with

    // An optimizer and what it has to beat: the same proposals without its mechanism.
    private static readonly ImmutableArray<(string Name, string Control)> s_pairs =
    [
        .. new[] { "OPRO", "GrIPS", "EvoPrompt GA", "EvoPrompt DE", "GEPA", "bootstrapped few-shot", "MIPROv2" }.Select(n => (n, PromptMethods.ControlOf(n))),
    ];

    public static void Write(string path, string folder, ImmutableArray<PromptTask> tasks)
    {
        StringBuilder page = new();
        page.Append(
            $"""
            # Optimizers of prompts, measured

            **What is verified here for OPRO, GEPA, MIPROv2 and EvoPrompt is the mechanism, with a proposer of 135 million parameters; not the effect with a large one.**

            Every optimizer and its search control on four tasks, at most {PromptMethods.Rollouts:N0} rollouts an arm, in ten studies a task with train and validation items of their own. All of them, and everything that they
            are compared with, are judged on items that no search saw. The embedded SmolLM2-135M-Instruct (Q8_0) answers, by the log-probability of each label after plain text, and writes the proposals: as a
            plain language model that goes on with a text, for GEPA as a chat model. Instructions have at most 160 characters; settings otherwise as in `experiments/prompts/PromptMethods.cs`. Means have a
            95 % t-interval over the seeds; differences are paired by seed. This page is written from the [raw results](../experiments/prompts/results) by

            ```sh
            dotnet run -c Release --project experiments/prompts
            ```

            which goes on where it was stopped; `-- --page` writes the page alone. It takes about half an hour a study on two cores.


            """.ReplaceLineEndings("\n"));

        Measured[] measured = [.. tasks.Select(t => new Measured(t, [.. new SeedVerdicts(Path.Combine(folder, "results", $"{t.Task.Name}.jsonl")).BySeed.Values]))];
        if (measured.Any(m => m.Results.Length < LabelTask.Seeds))
        {
            page.Append(CultureInfo.InvariantCulture, $"**Not yet measured**, of {LabelTask.Seeds} seeds have run: {string.Join(", ", measured.Select(m => $"{m.Task.Task.Name} {m.Results.Length.ToString(CultureInfo.InvariantCulture)}"))}.\n\n");
        }

        Measured[] told = [.. measured.Where(m => m.Results.Length >= 2)];
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

            Each optimizer minus its search control, on test, in points. *All tasks*: the mean of the tasks' differences of a seed, over the seeds that all tasks have. p is of the sign-flip test over
            these, adjusted by Holm's method over the rows; *told* where the interval lies above 0 and the adjusted p is below 0.05, *no worse* where it lies above -3.


            """.ReplaceLineEndings("\n"));
        page.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", tasks.Select(t => t.Task.Task.Name))} | all tasks | p | adjusted | |\n|---|{string.Concat(tasks.Select(_ => "---|"))}---|---|---|---|\n");
        List<(string Row, double[] Pooled, double? P)> rows = [];
        foreach ((string name, string control) in s_pairs)
        {
            string each = string.Join(" | ", tasks.Select(t => Difference(t.Differences(name, control))));
            int seeds = tasks.Min(t => t.Results.Length);
            double[][] differences = [.. tasks.Select(t => t.Differences(name, control))];
            double[] pooled = [.. Enumerable.Range(0, seeds).Select(s => differences.Average(d => d[s]))];
            rows.Add(($"| {name} - {control[..1].ToLowerInvariant()}{control[1..]} | {each} | {Difference(pooled)}", pooled, pooled.Length >= SignFlip.Fewest ? SignFlip.PValue(pooled, new Rng(1, name)) : null));
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

    // Where an instruction means nothing it should be worth nothing.
    private static void Elsewhere(StringBuilder page, Measured[] tasks)
    {
        page.Append(
            """
            ## Is it the task that was learnt?

            A sceptic's check: what was found without demonstrations, put unchanged into the prompt of another task with the same template (reviews and text messages; a bank's and an assistant's messages), minus that task's own
            instruction, on 80 or 60 validation items there. A gain that is as great there as at home is no knowledge of the task, but a text under which this model answers less one-sidedly. There is no second model
            to move to on a machine without a network.


            """.ReplaceLineEndings("\n"));
        page.Append(CultureInfo.InvariantCulture, $"| points over the task's own instruction | {string.Join(" | ", tasks.Select(t => $"{t.Task.Task.Name}, at home | moved to {t.Task.Elsewhere.Name}"))} |\n|---|{string.Concat(tasks.Select(_ => "---|---|"))}\n");
        foreach (string arm in (IEnumerable<string>)["no instruction", .. s_pairs.SelectMany(p => (string[])[p.Name, p.Control])])
        {
            string[] cells = [.. tasks.SelectMany(t => t.Moved(arm))];
            if (cells.Any(c => c.Length > 0))
            {
                page.Append(CultureInfo.InvariantCulture, $"| {arm} | {string.Join(" | ", cells)} |\n");
            }
        }

        page.Append("\nSeeds in which an arm ended with demonstrations are left out.\n\n");
    }

    private static void Arms(StringBuilder page, Measured task)
    {
        SeriesVerdict series = SeriesVerdict.Of([.. task.Results.Select(r => r.Verdict)]);
        page.Append("| test accuracy, % | mean | 95 % interval | minus yours | all values | flattered by | rollouts of its search | tokens of its proposer and solver |\n|---|---|---|---|---|---|---|---|\n");
        foreach (SeriesRow row in series.Rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {(row.Name == Found ? PromptMethods.FewShot : row.Name)} | {100 * row.Mean:0.0} | {Of(row.Interval)} ");
            page.Append(row.AgainstYours is { } c ? $"| {Points(c.Difference)} ({Of(c.Interval)}) " : "| ");
            page.Append(CultureInfo.InvariantCulture, $"| {string.Join(" ", row.Values.Select(m => (100 * m).ToString("0.0", CultureInfo.InvariantCulture)))} ");
            page.Append(row is { Flattery: { } flattery, FlatteryInterval: { } interval } ? $"| {Points(flattery)} ({Of(interval)}) " : "| ");
            page.Append(row.Spent.Rollouts > 0
                ? string.Create(CultureInfo.InvariantCulture, $"| {row.Spent.Rollouts / task.Results.Length:N0} | {(row.Spent.InputTokens + row.Spent.OutputTokens) / task.Results.Length:N0} |\n")
                : "| | |\n");
        }

        page.Append('\n');
        if (series.Rows.FirstOrDefault(r => r.DrawRange is not null) is { DrawRange: { } draws })
        {
            page.Append(CultureInfo.InvariantCulture, $"Single draws that nobody chose span {Of(draws)}. ");
        }

        page.Append("*Flattered by*: the validation score of what was chosen minus its test score.");
        page.Append(series.LeftOut.IsEmpty ? "\n\n" : $" Left out, since a seed lacks them: {string.Join(", ", series.LeftOut)}.\n\n");
    }

    private static string Difference(double[] differences) => differences.Length < 2 ? "" : $"{Points(differences.Average())} ({Of(StudentT.Interval(differences))})";

    private static string Points(double difference) => (100 * difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string Of(Interval interval) => string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Low:0.0} to {100 * interval.High:0.0}");

    /// <summary>A task with what was measured of it.</summary>
    private sealed record Measured(PromptTask Task, ImmutableArray<SeedVerdict> Results)
    {
        /// <summary>One arm's test score minus another's, seed by seed.</summary>
        public double[] Differences(string one, string other) => [.. Results.Select(r => Mean(r, one) - Mean(r, other))];

        /// <summary>The gain of an arm's instructions at home and elsewhere, over the seeds in which it ended without demonstrations.</summary>
        public string[] Moved(string arm)
        {
            SeedVerdict[] without = [.. Results.Where(r => r.Elsewhere!.Value.Any(m => m.Arm == arm))];
            return without.Length < 2
                ? ["", ""]
                : [
                    Difference([.. without.Select(r => Mean(r, arm) - Mean(r, "yours"))]),
                    Difference([.. without.Select(r => Score(r, arm) - Score(r, PromptTask.Theirs))]),
                ];
        }

        private static double Mean(SeedVerdict result, string arm) => result.Verdict.Rows.First(r => r.Name == arm).Mean;

        private static double Score(SeedVerdict result, string arm) => result.Elsewhere!.Value.First(m => m.Arm == arm).Score;
    }
}
