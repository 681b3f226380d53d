using System.Globalization;
using System.Text;

namespace Ansatz.Experiments.Racing;

/// <summary>docs/racing.md, written from the rows.</summary>
internal static class RacingPage
{
    private const int Goal = 4; // times fewer rollouts
    private const double Margin = 0.5; // points of true quality below "all items" that count as the same

    public static string Render(IReadOnlyList<RacingRow> rows, int candidates, int worlds)
    {
        int[] sizes = [.. rows.Select(r => r.Validation).Distinct()];
        string[] kinds = [.. rows.Select(r => r.World).Distinct()];
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Racing: what it costs to choose the best candidate

            To choose one of {candidates} candidates, one can run every candidate on every validation item. A race asks all of them for a block of {Design.Block} items, drops who is more than
            z standard errors behind the leader, item by item, asks the others for the next block, and so on; whoever is left has all items. Here is what that saves and what it costs. This page and
            [its raw results](../experiments/racing/results.csv) are written by

            ```sh
            dotnet run -c Release --project experiments/racing
            ```

            which takes a few minutes on one core and gives the same numbers every time (`-- --page` only writes the page again). The race is the one that ships (`Race`, z = {Design.Shipped}).

            The candidates are **planted**, not prompts of a language model: candidate c is right on item i where z_c + √ρ u_i + √(1−ρ) e_ci > 0, with normal u and e, so its true
            quality Φ(z_c) is known and candidates agree on which items are hard. In *drawn examples* the true qualities run from about 32 % to 86 %, which is what drawn demonstration sets
            gave in a pilot on reviews with a small model; in *reworded instructions* they lie close together, from 51 % to 71 %. {rows.Max(r => r.Seed)} seeds of {worlds} worlds each; every
            design chooses in the same worlds. Intervals are 95 % t-intervals over seeds.

            ## The race that ships

            Ratio: rollouts on all items by rollouts of the race. Difference: true quality of the candidate that the race chose minus that of the one chosen on all items, in points; beside it
            the same for the mean on all validation items, which a race can never raise.

            | world | validation items | rollouts, all items | rollouts, race | ratio | difference in true quality | in validation mean |
            |---|---|---|---|---|---|---|

            """);
        foreach (string kind in kinds)
        {
            foreach (int size in sizes)
            {
                RacingRow[] full = Of(rows, kind, size, candidates, "all items"), race = Of(rows, kind, size, candidates, Design.NameOf(Design.Shipped));
                page.Append(CultureInfo.InvariantCulture, $"| {kind} | {size} | {full[0].Rollouts:N0} | {race.Average(r => r.Rollouts):N0} | {Ratio([.. full.Zip(race, (f, r) => Math.Log(f.Rollouts / r.Rollouts))])} | {Points(Differences(race, full, r => r.Quality))} | {Points(Differences(race, full, r => r.ValidationMean))} |\n");
            }
        }

        page.Append(CultureInfo.InvariantCulture, $"""

            {Verdict(rows, kinds, sizes, candidates)}

            ## How far could one go?

            With a z that is chosen by the true quality, which nobody knows beforehand, so this is not what a user gets. For each seed: the boldest race (of those below, from z = 3 down) that, like every more careful one, chooses a candidate whose true quality is at most {Margin} points below that of the one
            chosen on all items. The ratio is how many times fewer rollouts it takes; geometric mean and interval over seeds.

            | world | validation items | ratio at the same quality | boldest race, median |
            |---|---|---|---|

            """);
        foreach (string kind in kinds)
        {
            foreach (int size in sizes)
            {
                (double[] ratios, string boldest) = Boldest(rows, kind, size, candidates);
                page.Append(CultureInfo.InvariantCulture, $"| {kind} | {size} | {Ratio(ratios)} | {boldest} |\n");
            }
        }

        page.Append(CultureInfo.InvariantCulture, $"""

            ## Every design

            Rollouts, and the difference in true quality from all items, in points. *One in η goes on* is successive halving over the same blocks: its rollouts are fixed beforehand. A race spends more
            where candidates are close and less where they are not, and so, from 160 items on, loses less than one in 2 to 4 does for the same rollouts; against one in 6 to 12, and with 80 items, there is little between them. The line with training items is what a few-shot search does by default.


            """);
        foreach (string kind in kinds)
        {
            page.Append(CultureInfo.InvariantCulture, $"### {char.ToUpperInvariant(kind[0])}{kind[1..]}\n\n| design |{string.Concat(sizes.Select(s => $" {s} items: rollouts | difference |"))}\n|---|{string.Concat(sizes.Select(_ => "---|---|"))}\n");
            foreach (string design in rows.Where(r => r.Candidates == candidates).Select(r => r.Design).Distinct())
            {
                page.Append(CultureInfo.InvariantCulture, $"| {design} |");
                foreach (int size in sizes)
                {
                    RacingRow[] these = Of(rows, kind, size, candidates, design);
                    string difference = design == "all items" ? string.Create(CultureInfo.InvariantCulture, $"(true quality {100 * these.Average(r => r.Quality):0.0})") : Points(Differences(these, Of(rows, kind, size, candidates, "all items"), r => r.Quality));
                    page.Append(CultureInfo.InvariantCulture, $" {these.Average(r => r.Rollouts):N0} | {difference} |");
                }

                page.Append('\n');
            }

            page.Append('\n');
        }

        page.Append("""
            ## Few-shot search: training items first, or a race?

            A few-shot search scores its candidates on 40 training items and takes the best 5 to all validation items. The same rollouts also pay for a race among more candidates, on the
            validation items alone. Difference: true quality of what the race chose minus that of what the search chose, in points.

            | world | validation items | rollouts | race among as many candidates | its rollouts | race among more candidates | how many | its rollouts |
            |---|---|---|---|---|---|---|---|

            """);
        foreach (string kind in kinds)
        {
            foreach (int size in sizes)
            {
                RacingRow[] search = Of(rows, kind, size, candidates, "40 train items, then 5 finalists"), race = Of(rows, kind, size, candidates, Design.NameOf(Design.Shipped));
                RacingRow[] equal = [.. rows.Where(r => r.World == kind && r.Validation == size && r.Candidates != candidates)];
                page.Append(CultureInfo.InvariantCulture, $"| {kind} | {size} | {search[0].Rollouts:N0} | {Points(Differences(race, search, r => r.Quality))} | {race.Average(r => r.Rollouts):N0} | {Points(Differences(equal, search, r => r.Quality))} | {equal[0].Candidates} | {equal.Average(r => r.Rollouts):N0} |\n");
            }
        }

        return page.ToString();
    }

    /// <summary>Whether the race that ships reaches the goal: so many times fewer rollouts, and a mean quality at most the margin below.</summary>
    private static string Verdict(IReadOnlyList<RacingRow> rows, string[] kinds, int[] sizes, int candidates)
    {
        List<string> missed = [];
        int cases = 0, sure = 0;
        foreach (string kind in kinds)
        {
            foreach (int size in sizes.Where(s => s >= 160))
            {
                RacingRow[] full = Of(rows, kind, size, candidates, "all items"), race = Of(rows, kind, size, candidates, Design.NameOf(Design.Shipped));
                double[] logarithms = [.. full.Zip(race, (f, r) => Math.Log(f.Rollouts / r.Rollouts))], differences = [.. Differences(race, full, r => r.Quality)];
                (double ratio, double difference) = (Math.Exp(logarithms.Average()), differences.Average());
                cases++;
                sure += Math.Exp(StudentT.Interval(logarithms).Low) >= Goal && StudentT.Interval(differences).Low >= -Margin ? 1 : 0;
                if (ratio < Goal || difference < -Margin)
                {
                    missed.Add(string.Create(CultureInfo.InvariantCulture, $"{kind} with {size} items ({ratio:0.0} times fewer, {difference:+0.00;-0.00;0.00} points)"));
                }
            }
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"The goal was {Goal} times fewer rollouts at 160 validation items or more, for at most {Margin} points of true quality: reached in {cases - missed.Count} of {cases} cases{(missed.Count == 0 ? "" : $"; not in: {string.Join("; ", missed)}")}. With the lower limits in the place of the means it is reached in {sure}. z = 1.5 was chosen with these figures at hand.");
    }

    private static (double[] Logarithms, string Boldest) Boldest(IReadOnlyList<RacingRow> rows, string kind, int size, int candidates)
    {
        RacingRow[] full = Of(rows, kind, size, candidates, "all items");
        RacingRow[][] races = [.. Design.Races.Select(d => Of(rows, kind, size, candidates, d.Name))];
        List<int> boldest = [];
        List<double> ratios = [];
        for (int s = 0; s < full.Length; s++)
        {
            int passed = races.TakeWhile(r => 100 * (full[s].Quality - r[s].Quality) <= Margin).Count();
            boldest.Add(passed);
            ratios.Add(Math.Log(passed == 0 ? 1 : full[s].Rollouts / races[passed - 1][s].Rollouts));
        }

        int median = boldest.Order().ElementAt(boldest.Count / 2);
        return ([.. ratios], median == 0 ? "none" : Design.Races[median - 1].Name);
    }

    private static RacingRow[] Of(IReadOnlyList<RacingRow> rows, string kind, int size, int candidates, string design) =>
        [.. rows.Where(r => r.World == kind && r.Validation == size && r.Candidates == candidates && r.Design == design).OrderBy(r => r.Seed)];

    private static double[] Differences(RacingRow[] one, RacingRow[] other, Func<RacingRow, double> value) =>
        [.. one.Zip(other, (a, b) => 100 * (value(a) - value(b)))];

    // Geometric mean and interval, of logarithms.
    private static string Ratio(double[] logarithms)
    {
        Interval interval = StudentT.Interval(logarithms);
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Exp(logarithms.Average()):0.0} ({Math.Exp(interval.Low):0.0} to {Math.Exp(interval.High):0.0})");
    }

    private static string Points(double[] differences)
    {
        Interval interval = StudentT.Interval(differences);
        return string.Create(CultureInfo.InvariantCulture, $"{differences.Average():+0.00;-0.00;0.00} ({interval.Low:+0.00;-0.00;0.00} to {interval.High:+0.00;-0.00;0.00})");
    }
}
