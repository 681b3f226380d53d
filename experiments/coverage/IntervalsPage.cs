using System.Globalization;
using System.Text;

namespace Ansatz.Experiments.Coverage;

/// <summary>docs/intervals.md, written from the rows.</summary>
internal static class IntervalsPage
{
    private const double Short = 0.93; // two points below nominal: said aloud

    public static string Render(IReadOnlyList<CoverageRow> rows)
    {
        StringBuilder page = new();
        page.Append($"""
            # How far to trust the intervals

            A 95 % interval should hold the truth in 95 of 100 studies. Here is how often each interval does, at the sizes that studies have:
            80 validation items, 300 test items, 10 seeds. This page and [its raw results](../experiments/coverage/results.csv) are written by

            ```sh
            dotnet run -c Release --project experiments/coverage
            ```

            which takes two to three minutes on one core and gives the same numbers every time.

            - **Wilson** and **Tango** (scale *binary*) are computed, not simulated: every possible table is weighed with its probability.
            - **BCa** (scales *unit* and *real*): {SimulatedCoverage.BcaRuns:N0} samples a row, {SimulatedCoverage.BcaResamples:N0} resamples a sample (a study takes 10,000). Standard error of a coverage of 95 %: 0.4 points.
              Beside it the t-interval of the same samples, for comparison: studies do not use it over items.
            - **t** (over seeds): {SimulatedCoverage.SeedRuns:N0} samples a row, standard error 0.1 points.

            In brackets: how often the whole interval lay *below / above* the truth, 2.5 / 2.5 being ideal. Width is the mean width.

            ## Wilson: the share of items that come out right

            {SizesTable(rows, "Wilson", "true share")}
            By symmetry the same holds for 1 minus the share.

            ## Tango: the difference between two on the same items

            The cases say on what share of items only the first, or only the second, is right. Where the two are equal there is no
            difference, and 100 minus the coverage is how often one would be claimed.

            {SizesTable(rows, "Tango", "true disagreement")}
            ## BCa: the mean of scores that are not just right or wrong

            {SizesTable(rows, "BCa", "values", beside: "t over items")}
            ## t: a method over 10 seeds

            {SeedsTable(rows)}
            ## What falls short


            """);
        foreach (string sentence in Shortcomings(rows))
        {
            page.Append(CultureInfo.InvariantCulture, $"- {sentence}\n");
        }

        page.Append($"""

            All cases below {Percent(Short)} %, of the intervals that studies use:

            | interval | case | n | coverage |
            |---|---|---|---|

            """);
        foreach (CoverageRow row in rows.Where(r => r.Coverage < Short && r.Method != "t over items").OrderBy(r => r.Coverage))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {row.Method} | {row.Case} | {row.N} | {Percent(row.Coverage)} |\n");
        }

        page.Append("""

            ## What no interval here covers

            - Items that come from somewhere else than those of the study: an interval speaks of more items like these.
            - The choice of the winner: search and selection happen on other items, so it does no harm on the test items, but the same test items
              judged again and again lose that property. The verdict says how often they were.
            - Over seeds, the test items are the same for all seeds: the t-interval says how much the *method* varies from seed to seed on these
              items, not how it would do on others.

            """);
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static IEnumerable<string> Shortcomings(IReadOnlyList<CoverageRow> rows)
    {
        CoverageRow rareFailure = Of("t over seeds", "one seed in twenty fails", 10);
        CoverageRow someFail = Of("t over seeds", "one seed in five fails", 10);
        CoverageRow skewedSeeds = Of("t over seeds", "skewed", 10);
        yield return $"**Seeds of which few fail.** When one seed in twenty fails badly, ten seeds mostly show no failure, and the interval knows nothing of it: {Percent(rareFailure.Coverage)} %. "
            + $"One in five: {Percent(someFail.Coverage)} %; merely skewed: {Percent(skewedSeeds.Coverage)} %. No formula repairs that with ten values: this is why all of them are printed. Look at them.";

        CoverageRow ties = Of("BCa", "difference: 80 % ties, others uniform in −1 to 1", 80);
        CoverageRow tiesT = Of("t over items", "difference: 80 % ties, others uniform in −1 to 1", 80);
        CoverageRow tiesLarge = Of("BCa", "difference: 80 % ties, others uniform in −1 to 1", 300);
        yield return $"**Differences that are mostly ties.** With 80 items of which four in five tie, BCa rests on 16 values: {Percent(ties.Coverage)} %, so that without any difference one is claimed in "
            + $"{Percent(1 - ties.Coverage)} % of studies instead of 5 % (the t-interval: {Percent(1 - tiesT.Coverage)} %). With 300 items it is {Percent(1 - tiesLarge.Coverage)} %.";

        CoverageRow log = Of("BCa", "real: log-normal", 80);
        CoverageRow logLarge = Of("BCa", "real: log-normal", 300);
        yield return $"**Long tails.** The mean of a log-normal is carried by values that a sample often lacks: {Percent(log.Coverage)} % with 80 items, {Percent(logLarge.Coverage)} % with 300; BCa errs less to one side than t does.";

        CoverageRow perfect = Of("BCa", "unit: 99 %", 80);
        CoverageRow perfectT = Of("t over items", "unit: 99 %", 80);
        yield return $"**Nearly perfect scores.** Where 99 % of scores are exactly 1, nearly half of all samples of 80 hold nothing else. A plain bootstrap then claims certainty, as t does ({Percent(perfectT.Coverage)} %); "
            + $"since the range of the scale is known, ours leaves room for what was not seen ({Percent(perfect.Coverage)} %). A sample with one or two other values gets no such help.";

        CoverageRow wilson = rows.Where(r => r.Method == "Wilson").MinBy(r => r.Coverage)!;
        CoverageRow tango = rows.Where(r => r.Method == "Tango").MinBy(r => r.Coverage)!;
        yield return $"**Counts jump.** A count takes whole numbers, so no interval of a share reaches 95 % everywhere. Wilson's worst is {Percent(wilson.Coverage)} % ({wilson.N} items), Tango's {Percent(tango.Coverage)} % ({tango.N} items), "
            + "each next to cases above 95 %. With few disagreements Tango's interval is less strict than McNemar's exact test: 5 against 0 gives an interval above 0 and p = 0.0625.";

        CoverageRow Of(string method, string start, int n) =>
            rows.Single(r => r.Method == method && r.N == n && r.Case.StartsWith(start, StringComparison.Ordinal));
    }

    // One line a case, the sizes side by side; the worst cases differ between sizes and get a line each.
    private static string SizesTable(IReadOnlyList<CoverageRow> rows, string method, string caseTitle, string? beside = null)
    {
        bool hasOther = beside is not null;
        StringBuilder table = new();
        table.Append(CultureInfo.InvariantCulture, $"| {caseTitle} |{(hasOther ? " n = 80 | t | width | n = 300 | t | width |" : " n = 80 | width | n = 300 | width |")}\n");
        table.Append(hasOther ? "|---|---|---|---|---|---|---|\n" : "|---|---|---|---|---|\n");
        foreach (IGrouping<string, CoverageRow> group in rows.Where(r => r.Method == method).GroupBy(r => r.Case))
        {
            table.Append(CultureInfo.InvariantCulture, $"| {group.Key} |");
            foreach (int n in (int[])[80, 300])
            {
                CoverageRow? row = group.SingleOrDefault(r => r.N == n);
                CoverageRow? other = rows.SingleOrDefault(r => r.Method == beside && r.Case == group.Key && r.N == n);
                string t = hasOther ? $" {(other is null ? "" : Percent(other.Coverage))} |" : "";
                table.Append(row is null ? $" |{t} |" : $" {Cell(row)} |{t} {row.Width.ToString("0.000", CultureInfo.InvariantCulture)} |");
            }

            table.Append('\n');
        }

        return table.ToString();
    }

    private static string SeedsTable(IReadOnlyList<CoverageRow> rows)
    {
        StringBuilder table = new("| values | n = 10 | width |\n|---|---|---|\n");
        foreach (CoverageRow row in rows.Where(r => r.Method == "t over seeds"))
        {
            table.Append(CultureInfo.InvariantCulture, $"| {row.Case} | {Cell(row)} | {row.Width:0.000} |\n");
        }

        return table.ToString();
    }

    private static string Cell(CoverageRow row)
    {
        string cell = $"{Percent(row.Coverage)} ({Percent(row.TooLow)} / {Percent(row.TooHigh)})";
        return row.Coverage < Short ? $"**{cell}**" : cell;
    }

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
