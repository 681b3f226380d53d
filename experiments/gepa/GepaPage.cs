using System.Globalization;
using System.Text;

namespace Ansatz.Experiments.Reflective;

/// <summary>Writes <c>docs/gepa.md</c> from the raw results.</summary>
internal static class GepaPage
{
    public static void Write(string path, Results results)
    {
        StringBuilder page = new();
        page.Append(
            $"""
            # GEPA in a world of rules

            **What was verified here is the mechanism, in a synthetic world with a mock reflector; not the effect with a large language model.**

            Twelve hidden rules belong to one of two steps each, six to either. An item needs one to three of them and is right if all of them are written in the instruction of
            their step. The metric names one rule that is missing. The mock reflector appends a rule that the feedback names to the instruction that it is asked to rewrite, whichever step that
            is; with probability 0.15 it also loses a rule or adds a wrong one, which breaks 10 % of the items. An instruction holds a number of rules, and a new one pushes the oldest out. Where only
            scores are told, reflector and OPRO's proposer append any of 24 ideas, half of which are the rules. 30 train, 30 validation and 100 test items, {Arms.Seeds} worlds, all arms on the same
            worlds at the same budget; the optimizers are those that work on real prompts, with their defaults but for the length of an instruction. The settings were chosen on other seeds. This
            page and nothing else is written from the [raw results](../experiments/gepa/results) by

            ```sh
            dotnet run -c Release --project experiments/gepa
            ```


            """.ReplaceLineEndings("\n"));

        page.Append(
            """
            ## How to read it

            - *Feedback* and *lessons that add up* are what carries GEPA here: with 600 rollouts next to nothing is learnt without either.
            - *Pareto selection* against the current best: at first every candidate is wrong on nearly everything. The current best is then the first of equals, and the search stays there; Pareto
              selection lets a child take the place of an equal parent, which is how it gets off the ground. With three times the rollouts the current best gets there too.
            - *The validation gate* costs a run on all validation items for each child that is accepted, here most of the budget. In the roomy world what helps on three items hardly ever hurts on
              others, so the gate buys nothing and the search without it learns more. Where a new rule crowds out an old one that advantage is gone, and on the longer budget the gate pays. A real
              task may be like either.
            - *Merging* needs two lineages on the front that have learnt different steps. In the roomy world a child is right nearly wherever its parent is, so the front is mostly one line and merges
              are rare; what two lineages have learnt adds up there. In the crowded world they are frequent on the longer budget, and as often worse than the better parent as better.

            """.ReplaceLineEndings("\n"));
        page.Append('\n');
        foreach ((string world, int maxCharacters, int rollouts) in Arms.Worlds)
        {
            page.Append(CultureInfo.InvariantCulture, $"## The {world} world: an instruction holds {(maxCharacters + 1) / 9} rules, {rollouts:N0} rollouts\n\n");
            World(page, results, world);
        }

        File.WriteAllText(path, page.ToString().TrimEnd() + "\n");
    }

    private static void World(StringBuilder page, Results results, string world)
    {
        page.Append("| search | test, % | 95 % interval | validation, % | candidates | spread, % | all test values |\n|---|---|---|---|---|---|---|\n");
        foreach (string arm in Arms.Names)
        {
            Result[] runs = results.Of(world, arm);
            double[] test = [.. runs.Select(r => r.Test)];
            double[] spread = [.. runs.Select(r => r.Spread).OfType<double>()];
            page.Append(CultureInfo.InvariantCulture, $"| {arm} | {100 * test.Average():0.0} | {Of(StudentT.Interval(test))} | {100 * runs.Average(r => r.Validation):0.0} | {runs.Average(r => r.Completed):0.0} | {(spread.Length == 0 ? "" : (100 * spread.Average()).ToString("0.0", CultureInfo.InvariantCulture))} | {string.Join(" ", test.Select(t => (100 * t).ToString("0", CultureInfo.InvariantCulture)))} |\n");
        }

        page.Append(
            """

            Candidates: those that were run on all validation items. Spread: the share of validation items on which two of them differ, over all pairs. Intervals are t over the worlds.

            | difference on test, points | mean | 95 % interval | p | expected | came out |
            |---|---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        Compare(Arms.Gepa, Arms.ScoreOnly, least: 1, level: 0.01);
        Compare(Arms.ScoreOnly, Arms.Opro, least: 1, level: 0.01);
        Compare(Arms.Gepa, Arms.OneReflection, least: 1, level: 0.05);
        Compare(Arms.NoMerge, Arms.CurrentBest, least: 0, level: 0.05);
        Compare(Arms.Gepa, Arms.NoMerge, least: 1, level: 0.05);
        Compare(Arms.Gepa, Arms.NoGate, least: 1, level: 0.05);

        double[] spreads = [.. results.Of(world, Arms.NoMerge).Zip(results.Of(world, Arms.CurrentBest), (a, b) => (a.Spread ?? 0) - (b.Spread ?? 0))];
        page.Append(CultureInfo.InvariantCulture, $"\np is that of Wilcoxon's signed-rank test, two-sided and exact, paired by world. What was expected was written down before these runs.\n\nSpread, Pareto minus current best (both without merging): {Points(spreads.Average())} points ({Of(StudentT.Interval(spreads))}, p {P(spreads)}).\n\n");

        double[] gains = [.. results.Of(world, Arms.Gepa).SelectMany(r => r.MergeGains)];
        int worlds = results.Of(world, Arms.Gepa).Count(r => r.MergeGains.Length > 0);
        page.Append(gains.Length < 2
            ? string.Create(CultureInfo.InvariantCulture, $"Merges: {gains.Length} accepted.\n\n")
            : string.Create(CultureInfo.InvariantCulture, $"Merges: {gains.Length} accepted in {worlds} of {Arms.Seeds} worlds. On test, a merged candidate is {Points(gains.Average())} points from the parent that is better on validation, on average ({gains.Count(g => g > 0)} better, {gains.Count(g => g == 0)} equal, {gains.Count(g => g < 0)} worse; lowest {Points(gains.Min())}, highest {Points(gains.Max())}).\n\n"));

        // least: 1 where it was expected to be above 0, 0 where it was expected not to be below.
        void Compare(string one, string other, int least, double level)
        {
            double[] differences = [.. results.Of(world, one).Zip(results.Of(world, other), (a, b) => a.Test - b.Test)];
            double mean = differences.Average();
            bool isTold = TwoSided(differences) < level;
            string expected = least == 0 ? "not below 0" : string.Create(CultureInfo.InvariantCulture, $"above 0, p < {level}");
            string came = isTold ? (mean > 0 ? "yes" : "**no, the opposite**") : least == 0 ? "yes" : "cannot be told";
            page.Append(CultureInfo.InvariantCulture, $"| {one} - {other} | {Points(mean)} | {Of(StudentT.Interval(differences))} | {P(differences)} | {expected} | {came} |\n");
        }
    }

    private static string P(double[] differences)
    {
        double p = TwoSided(differences);
        return p < 0.0001 ? "< 0.0001" : p.ToString("0.0000", CultureInfo.InvariantCulture);
    }

    private static double TwoSided(double[] differences) =>
        Math.Min(1, 2 * Math.Min(Wilcoxon.SignedRank(differences), Wilcoxon.SignedRank([.. differences.Select(d => -d)])));

    private static string Points(double difference) => (100 * difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string Of(Interval interval) => string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Low:0.0} to {100 * interval.High:0.0}");
}
