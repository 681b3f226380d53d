using System.Globalization;
using System.Text;

namespace Ansatz.Experiments.Method;

/// <summary>Writes <c>docs/method.md</c> from the raw results.</summary>
internal static class MethodPage
{
    public static void Write(string path, string folder, IEnumerable<MethodTask> tasks)
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
        foreach (MethodTask task in tasks)
        {
            Verdict[] verdicts = [.. new Results(Path.Combine(folder, "results", $"{task.Name}.jsonl")).BySeed.Values];
            page.Append(CultureInfo.InvariantCulture, $"## {task.Name}\n\n{task.Data}\n\n");
            if (verdicts.Length < MethodTask.Seeds)
            {
                page.Append(CultureInfo.InvariantCulture, $"**Not yet measured**: {verdicts.Length} of {MethodTask.Seeds} seeds have run.\n\n");
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
        string[] rows = [.. verdicts[0].Rows.Select(r => Key(r.Name))];
        double[] Means(string row) => [.. verdicts.Select(v => v.Rows.Single(r => Key(r.Name) == row).Mean)];
        double[] found = Means("found"), yours = Means("yours");

        double[] gain = Minus(found, yours);
        page.Append(CultureInfo.InvariantCulture, $"**Found minus yours: {Points(gain.Average())} points** ({Of(StudentT.Interval(gain))}");
        page.Append(gain.Length >= 6 ? string.Create(CultureInfo.InvariantCulture, $"; p = {SignFlip.PValue(gain, new Rng(1, "page")):0.####}, sign-flip).\n\n") : ").\n\n");

        page.Append("| test accuracy, % | mean | 95 % interval | minus yours | all values |\n|---|---|---|---|---|\n");
        foreach (string row in rows)
        {
            double[] means = Means(row);
            string difference = row == "yours" || verdicts[0].Rows.First(r => Key(r.Name) == row).Role == ArmRole.Draw
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $"{Points(Minus(means, yours).Average())} ({Of(StudentT.Interval(Minus(means, yours)))})");
            page.Append(CultureInfo.InvariantCulture, $"| {row} | {100 * means.Average():0.0} | {Of(StudentT.Interval(means))} | {difference} | {string.Join(" ", means.Select(m => (100 * m).ToString("0.0", CultureInfo.InvariantCulture)))} |\n");
        }

        page.Append('\n');
        double[] draws = [.. verdicts.SelectMany(v => v.Rows.Where(r => r.Role == ArmRole.Draw).SelectMany(r => r.Values))];
        if (draws.Length > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"The {draws.Length} random draws that nobody chose span {100 * draws.Min():0.0} to {100 * draws.Max():0.0}.\n\n");
        }

        page.Append("How much validation scores overstate (validation minus test, points; a mean over the seeds):");
        string[] flattered = [.. rows
            .Select(row => (row, Values: verdicts.Select(v => v.Rows.Single(r => Key(r.Name) == row)).Where(r => r.Validation is not null).Select(r => r.Validation!.Value - r.Mean).ToArray()))
            .Where(r => r.Values.Length > 1)
            .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.row} {Points(r.Values.Average())} ({Of(StudentT.Interval(r.Values))})"))];
        page.Append(CultureInfo.InvariantCulture, $" {string.Join("; ", flattered)}.\n\n");

        int better = verdicts.Count(v => v.AgainstYours.Finding == Finding.Better), control = verdicts.Count(v => v.AgainstStrongest?.Finding == Finding.Better);
        page.Append(CultureInfo.InvariantCulture, $"Taken one by one, {better} of {verdicts.Length} verdicts say \"it helped\", and {control} that it beats the strongest control, which was {string.Join(", ", verdicts.CountBy(v => Key(v.AgainstStrongest!.Right)).OrderByDescending(c => c.Value).Select(c => $"{c.Key} ({c.Value.ToString(CultureInfo.InvariantCulture)})"))}.\n\n");

        Cost cost = verdicts.Aggregate(Cost.Zero, (sum, v) => sum + v.Account.Search);
        Cost rest = verdicts.Aggregate(Cost.Zero, (sum, v) => sum + v.Account.Controls + v.Account.Judge);
        page.Append(CultureInfo.InvariantCulture, $"Spent a study: {cost.Rollouts / verdicts.Length:N0} rollouts by the search, {rest.Rollouts / verdicts.Length:N0} by the controls and the judge.\n\n");
    }

    // The majority class names itself, and which it is may differ between sets.
    private static string Key(string row) => row.StartsWith("majority", StringComparison.Ordinal) ? "majority class" : row;

    private static double[] Minus(double[] first, double[] second) => [.. first.Zip(second, (a, b) => a - b)];

    private static string Points(double difference) => (100 * difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string Of(Interval interval) => string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Low:0.0} to {100 * interval.High:0.0}");
}
