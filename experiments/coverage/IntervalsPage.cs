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

            which takes some four minutes on one core and gives the same numbers every time.

            - **Wilson** and **Tango** (scale *binary*) are computed, not simulated: every possible table is weighed with its probability.
            - **Mean** (scales *unit* and *real*): at each end whichever of BCa and t over items reaches further. {SimulatedCoverage.BcaRuns:N0} samples a row, {SimulatedCoverage.BcaResamples:N0} resamples a sample (a study takes 10,000).
              Standard error of a coverage of 95 %: 0.4 points. Beside it what either of the two would do alone on the same samples.
            - **Balanced accuracy** and **macro-F1**: MOVER over the labels with continuity-corrected limits, as many samples.
            - **t** (over seeds): {SimulatedCoverage.SeedRuns:N0} samples a row, standard error 0.1 points.

            In brackets: how often the whole interval lay *below / above* the truth, 2.5 / 2.5 being ideal. Width is the mean width.

            ## Wilson: the share of items that come out right

            {SizesTable(rows, "Wilson", "true share")}
            By symmetry the same holds for 1 minus the share.

            ## Tango: the difference between two on the same items

            The cases say on what share of items only the first, or only the second, is right. Where the two are equal there is no
            difference, and 100 minus the coverage is how often one would be claimed.

            {SizesTable(rows, "Tango", "true disagreement")}
            ## Mean: scores that are not just right or wrong

            Where the truth is no difference, 100 minus the coverage is how often one would be claimed.

            {MeansTable(rows, 80, 300)}
            Few items, such as instances of a problem:

            {MeansTable(rows, 5, 20)}
            ## Balanced accuracy and macro-F1

            {SizesTable(rows, "label summary", "two classes")}
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
        foreach (CoverageRow row in rows.Where(r => r.Coverage < Short && r.Method is not ("t over items" or "BCa alone")).OrderBy(r => r.Coverage))
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

        CoverageRow ties = Of("mean", "difference: 97 % ties, others uniform in −1 to 1", 300);
        CoverageRow tiesAlone = Of("BCa alone", "difference: 97 % ties, others uniform in −1 to 1", 300);
        CoverageRow few = Of("mean", "real: normal", 5);
        CoverageRow fewAlone = Of("BCa alone", "real: normal", 5);
        yield return $"**Why not the bootstrap alone.** Where few items differ, or there are few items, it is too sure. With 300 items of which 97 % tie it claims a difference where there is none in {Percent(1 - tiesAlone.Coverage)} % of studies instead of 5 % "
            + $"(as used here: {Percent(1 - ties.Coverage)} %), with 5 items in {Percent(1 - fewAlone.Coverage)} % ({Percent(1 - few.Coverage)} %).";

        CoverageRow log = Of("mean", "real: log-normal", 80);
        CoverageRow logLarge = Of("mean", "real: log-normal", 300);
        CoverageRow logFew = Of("mean", "real: log-normal", 5);
        yield return $"**Long tails.** The mean of a log-normal is carried by values that a sample often lacks: {Percent(log.Coverage)} % with 80 items, {Percent(logLarge.Coverage)} % with 300, {Percent(logFew.Coverage)} % with 5.";

        CoverageRow perfect = Of("mean", "unit: 99 %", 80);
        CoverageRow perfectT = Of("t over items", "unit: 99 %", 80);
        yield return $"**Nearly perfect scores.** Where 99 % of scores are exactly 1, nearly half of all samples of 80 hold nothing else. A plain bootstrap then claims certainty, as t does ({Percent(perfectT.Coverage)} %); "
            + $"since the range of the scale is known, ours leaves room for what was not seen ({Percent(perfect.Coverage)} %). A sample with one or two other values gets no such help.";

        CoverageRow wilson = rows.Where(r => r.Method == "Wilson").MinBy(r => r.Coverage)!;
        CoverageRow tango = rows.Where(r => r.Method == "Tango").MinBy(r => r.Coverage)!;
        yield return $"**Counts jump.** A count takes whole numbers, so no interval of a share reaches 95 % everywhere. Wilson's worst is {Percent(wilson.Coverage)} % ({wilson.N} items), Tango's {Percent(tango.Coverage)} % ({tango.N} items), "
            + "each next to cases above 95 %. With few disagreements Tango's interval is less strict than McNemar's exact test: 4 against 0 of 300 gives an interval above 0 and p = 0.125.";

        CoverageRow Of(string method, string start, int n) =>
            rows.Single(r => r.Method == method && r.N == n && r.Case.StartsWith(start, StringComparison.Ordinal));
    }

    // One line a case, the sizes side by side; the worst cases differ between sizes and get a line each.
    private static string SizesTable(IReadOnlyList<CoverageRow> rows, string method, string caseTitle)
    {
        StringBuilder table = new();
        table.Append(CultureInfo.InvariantCulture, $"| {caseTitle} | n = 80 | width | n = 300 | width |\n|---|---|---|---|---|\n");
        foreach (IGrouping<string, CoverageRow> group in rows.Where(r => r.Method == method).GroupBy(r => r.Case))
        {
            table.Append(CultureInfo.InvariantCulture, $"| {group.Key} |");
            foreach (int n in (int[])[80, 300])
            {
                CoverageRow? row = group.SingleOrDefault(r => r.N == n);
                table.Append(row is null ? " | |" : string.Create(CultureInfo.InvariantCulture, $" {Cell(row)} | {row.Width:0.000} |"));
            }

            table.Append('\n');
        }

        return table.ToString();
    }

    private static string MeansTable(IReadOnlyList<CoverageRow> rows, params int[] sizes)
    {
        StringBuilder table = new("| values |");
        table.Append(string.Concat(sizes.Select(n => FormattableString.Invariant($" n = {n} | BCa alone | t alone | width |")))).Append("\n|---|").Append(string.Concat(sizes.Select(_ => "---|---|---|---|"))).Append('\n');
        foreach (IGrouping<string, CoverageRow> group in rows.Where(r => r.Method == "mean" && sizes.Contains(r.N)).GroupBy(r => r.Case))
        {
            table.Append(CultureInfo.InvariantCulture, $"| {group.Key} |");
            foreach (CoverageRow row in group)
            {
                table.Append(CultureInfo.InvariantCulture, $" {Cell(row)} | {Alone("BCa alone", row)} | {Alone("t over items", row)} | {row.Width:0.000} |");
            }

            table.Append('\n');
        }

        return table.ToString();

        string Alone(string method, CoverageRow row) => Percent(rows.Single(r => r.Method == method && r.Case == row.Case && r.N == row.N).Coverage);
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
