using System.Globalization;
using System.Text;
using Ansatz.Experiments.Tasks;
using Ansatz.Language;

namespace Ansatz.Experiments.Method;

/// <summary>Writes <c>docs/method.md</c> from the raw results.</summary>
internal static class MethodPage
{
    public static void Write(string path, SeededExperiment experiment, IEnumerable<MethodTask> tasks)
    {
        StringBuilder page = new();
        page.Append(
            """
            # Does searching for prompts help?

            A statement about the method, not about one prompt: ten studies a task, each with train and validation items of its own. Every arm and
            every control is judged on items that no search saw. The model is the embedded SmolLM2-135M-Instruct (Q8_0, AVX2 kernels); the search is few-shot
            random search with its defaults (48 candidates, five finalists, simplification); labels are scored by their log-probability after plain text.
            The means have a 95 % t-interval over the ten seeds; differences are paired by seed. Such an interval says what other train and validation items would give on *these* test items: reviews and CLINC150 have the same 300
            for all ten seeds, judged one seed after the other, nothing chosen by them; other test items would move all arms besides (see [intervals](intervals.md)). The tables are written from the [raw results](../experiments/method/results),
            and the learning curves of the word counts from the data, by

            ```sh
            dotnet run -c Release --project experiments/method
            ```

            which goes on where it was stopped; `-- --page` writes the page alone.

            OPRO, whose studies take twice as long, runs on the first task alone, with the embedded model of 135 million parameters as its own proposer (six steps of eight, the layout for pre-trained models): it writes the instruction and nothing else, where few-shot search also
            chooses examples, so "found minus OPRO" compares what is searched, not how. How the optimizers do against each other is asked [elsewhere](optimizers-measured.md).


            """.ReplaceLineEndings("\n"));
        Overview(page, [.. tasks.Select(t => (t.Task.Name, Verdicts(experiment, t.Task))).Where(t => t.Item2.Length >= 2)]);
        foreach (LabelTask task in tasks.Select(t => t.Task))
        {
            Verdict[] verdicts = Verdicts(experiment, task);
            page.Append(CultureInfo.InvariantCulture, $"## {task.Name}\n\n{task.Data}\n\n");
            if (verdicts.Length < LabelTask.Seeds)
            {
                page.Append(CultureInfo.InvariantCulture, $"**Not yet measured**: {verdicts.Length} of {LabelTask.Seeds} seeds have run.\n\n");
            }

            if (verdicts.Length >= 2)
            {
                Table(page, verdicts);
                Curve(page, task);
            }
        }

        File.WriteAllText(path, page.ToString().TrimEnd() + "\n");
    }

    private static Verdict[] Verdicts(SeededExperiment experiment, LabelTask task) => [.. experiment.ResultsOf(task.Name).BySeed.Values.Select(r => r.Verdict)];

    // The answer in one table.
    private static void Overview(StringBuilder page, (string Task, Verdict[] Verdicts)[] tasks)
    {
        page.Append("| points, found minus | yours | draws that nobody chose | word counts (naive Bayes on the same labels) | taken one by one: helped, made worse |\n|---|---|---|---|---|\n");
        foreach ((string task, Verdict[] verdicts) in tasks)
        {
            SeriesVerdict series = SeriesVerdict.Of(verdicts);
            page.Append(CultureInfo.InvariantCulture, $"| {task} ");
            foreach (string other in (string[])["yours", "8 random draws", "naive Bayes"])
            {
                Comparison pair = series.Compare("found", RowOf(series, other)!);
                page.Append(CultureInfo.InvariantCulture, $"| {Points(pair.Difference)} ({Of(pair.Interval)}) ");
            }

            page.Append(CultureInfo.InvariantCulture, $"| {verdicts.Count(v => v.AgainstYours.Finding == Finding.Better)}, {verdicts.Count(v => v.AgainstYours.Finding == Finding.Worse)} of {verdicts.Length} |\n");
        }

        if (tasks.Length > 0 && tasks[0].Task == "reviews-closed")
        {
            Comparison gain = SeriesVerdict.Of(tasks[0].Verdicts).Rows.First(r => r.Role == ArmRole.Search).AgainstYours!;
            page.Append(CultureInfo.InvariantCulture, $"\nWhat was asked beforehand, of the first: at least 30 points, the interval above 20: {(gain.Difference >= 0.3 && gain.Interval.Low > 0.2 ? "met" : "not met")}.\n");
        }

        page.Append('\n');
    }

    // What the word counts get from fewer labels, a mean over the seeds: computed from the data, since it needs no model.
    private static void Curve(StringBuilder page, LabelTask task)
    {
        CurvePoint[][] curves = [.. Enumerable.Range(1, LabelTask.Seeds).Select(seed => TextBaselines.Of(task.Splits(seed), new LabelScorer()).Select(b => b.LearningCurve().ToArray()).First(c => c.Length > 0))];
        page.Append("Word counts alone, by how many labels they learn from: ");
        page.AppendJoin("; ", Enumerable.Range(0, curves[0].Length).Select(i =>
        {
            double[] means = [.. curves.Select(c => 100 * c[i].Mean)];
            Interval interval = StudentT.Interval(means);
            return string.Create(CultureInfo.InvariantCulture, $"{curves[0][i].Labels} labels {means.Average():0.0} ({interval.Low:0.0} to {interval.High:0.0})");
        }));
        page.Append(".\n\n");
    }

    private static string? RowOf(SeriesVerdict series, string name) =>
        series.Rows.FirstOrDefault(r => r.Name.StartsWith(name, StringComparison.Ordinal) && (name != "OPRO" || r.Name == name))?.Name;

    private static void Table(StringBuilder page, Verdict[] verdicts)
    {
        SeriesVerdict series = SeriesVerdict.Of(verdicts);
        Comparison gain = series.Rows.First(r => r.Role == ArmRole.Search).AgainstYours!;
        page.Append(CultureInfo.InvariantCulture, $"**Found minus yours: {Points(gain.Difference)} points** ({Of(gain.Interval)}{(gain.PValue is { } p ? string.Create(CultureInfo.InvariantCulture, $"; p = {p:0.####}, sign-flip") : "")}).\n\n");

        page.Append("| test accuracy, % | mean | 95 % interval | minus yours | all values | flattered by | rollouts of its search |\n|---|---|---|---|---|---|---|\n");
        foreach (SeriesRow row in series.Rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {row.Name} | {100 * row.Mean:0.0} | {Of(row.Interval)} ");
            page.Append(row.AgainstYours is { } c ? $"| {Points(c.Difference)} ({Of(c.Interval)}) " : "| ");
            page.Append(CultureInfo.InvariantCulture, $"| {string.Join(" ", row.Values.Select(m => (100 * m).ToString("0.0", CultureInfo.InvariantCulture)))} ");
            page.Append(row is { Flattery: { } flattery, FlatteryInterval: { } interval } ? $"| {Points(flattery)} ({Of(interval)}) " : "| ");
            page.Append(row.Spent.Rollouts > 0 ? string.Create(CultureInfo.InvariantCulture, $"| {row.Spent.Rollouts / verdicts.Length:N0} |\n") : "| |\n");
        }

        page.Append("\n*Flattered by*: the validation score minus the test score of the same candidate; naive Bayes is cross-validated over train and validation items. ");
        double[] overstated = [.. verdicts.Select(v => Overstated(v, ArmRole.Search) - Overstated(v, ArmRole.Yours))];
        page.Append(CultureInfo.InvariantCulture, $"Yours was chosen by nothing, so what selection flattered is the difference, paired by seed: {Points(overstated.Average())} ({Of(StudentT.Interval(overstated))}).");
        if (series.Rows.FirstOrDefault(r => r.DrawRange is not null) is { DrawRange: { } draws })
        {
            page.Append(CultureInfo.InvariantCulture, $" Single draws that nobody chose span {Of(draws)}.");
        }

        int kept = verdicts.Count(v => v.Rows.First(r => r.Role == ArmRole.Search).CandidateId == v.Rows.First(r => r.Role == ArmRole.Yours).CandidateId);
        if (kept > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $" In {kept} of {verdicts.Length} seeds what was found is yours.");
        }

        page.Append(CultureInfo.InvariantCulture, $"\n\nTaken one by one, {Findings(verdicts, v => v.AgainstYours, "yours")}; {Findings(verdicts, v => v.AgainstStrongest, "the strongest control")}, which was {string.Join(", ", verdicts.CountBy(v => v.AgainstStrongest!.Right).OrderByDescending(c => c.Value).Select(c => $"{c.Key} ({c.Value.ToString(CultureInfo.InvariantCulture)})"))}.\n\n");
        foreach ((string left, string right) in ((string, string)[])[("found", "naive Bayes"), ("found", "8 random draws"), ("found", "OPRO"), ("OPRO", "OPRO's one step"), ("OPRO", "best of 6 hand-written"), ("OPRO", "no instruction")])
        {
            if (RowOf(series, left) is { } first && RowOf(series, right) is { } second)
            {
                Comparison pair = series.Compare(first, second);
                page.Append(CultureInfo.InvariantCulture, $"- {first} minus {second}: {Points(pair.Difference)} ({Of(pair.Interval)}).\n");
            }
        }

        page.Append('\n');
    }

    private static double Overstated(Verdict verdict, ArmRole role) => verdict.Rows.First(r => r.Role == role) switch { var row => row.Validation!.Value - row.Mean };

    private static string Findings(Verdict[] verdicts, Func<Verdict, Comparison?> of, string other) => string.Create(
        CultureInfo.InvariantCulture,
        $"{verdicts.Count(v => of(v)?.Finding == Finding.Better)} of {verdicts.Length} verdicts say that it is better than {other}, {verdicts.Count(v => of(v)?.Finding == Finding.Worse)} that it is worse");

    private static string Points(double difference) => (100 * difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string Of(Interval interval) => string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Low:0.0} to {100 * interval.High:0.0}");
}
