using System.Globalization;
using System.Text;
using Ansatz.Experiments.Tasks;

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
            The means have a 95 % t-interval over the ten seeds; differences are paired by seed. This page and nothing else is written from the
            [raw results](../experiments/method/results) by

            ```sh
            dotnet run -c Release --project experiments/method
            ```

            which goes on where it was stopped; `-- --page` writes the page alone.


            """.ReplaceLineEndings("\n"));
        foreach (LabelTask task in tasks.Select(t => t.Task))
        {
            Verdict[] verdicts = [.. experiment.ResultsOf(task.Name).BySeed.Values.Select(r => r.Verdict)];
            page.Append(CultureInfo.InvariantCulture, $"## {task.Name}\n\n{task.Data}\n\n");
            if (verdicts.Length < LabelTask.Seeds)
            {
                page.Append(CultureInfo.InvariantCulture, $"**Not yet measured**: {verdicts.Length} of {LabelTask.Seeds} seeds have run.\n\n");
            }

            if (verdicts.Length >= 2)
            {
                Table(page, verdicts);
            }
        }

        File.WriteAllText(path, page.ToString().TrimEnd() + "\n");
    }

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

        page.Append("\n*Flattered by*: how much validation overstates, that is the validation score of what was chosen minus its test score.");
        if (series.Rows.FirstOrDefault(r => r.DrawRange is not null) is { DrawRange: { } draws })
        {
            page.Append(CultureInfo.InvariantCulture, $" Single draws that nobody chose span {Of(draws)}.");
        }

        int better = verdicts.Count(v => v.AgainstYours.Finding == Finding.Better), control = verdicts.Count(v => v.AgainstStrongest?.Finding == Finding.Better);
        page.Append(CultureInfo.InvariantCulture, $" Taken one by one, {better} of {verdicts.Length} verdicts say \"it helped\", and {control} that it beats the strongest control, which was {string.Join(", ", verdicts.CountBy(v => v.AgainstStrongest!.Right).OrderByDescending(c => c.Value).Select(c => $"{c.Key} ({c.Value.ToString(CultureInfo.InvariantCulture)})"))}.\n\n");
        foreach ((string left, string right) in ((string, string)[])[("OPRO", "OPRO's one step"), ("OPRO", "best of 6 hand-written"), ("found", "OPRO"), ("found", "naive Bayes")])
        {
            if (Row(left) is { } first && Row(right) is { } second)
            {
                Comparison pair = series.Compare(first, second);
                page.Append(CultureInfo.InvariantCulture, $"- {first} minus {second}: {Points(pair.Difference)} ({Of(pair.Interval)}).\n");
            }
        }

        page.Append('\n');

        string? Row(string name) => series.Rows.FirstOrDefault(r => r.Name.StartsWith(name, StringComparison.Ordinal) && (name != "OPRO" || r.Name == name))?.Name;
    }

    private static string Points(double difference) => (100 * difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string Of(Interval interval) => string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Low:0.0} to {100 * interval.High:0.0}");
}
