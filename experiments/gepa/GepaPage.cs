using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Ansatz.Experiments.Reflective;

/// <summary>Writes <c>docs/gepa.md</c> from the raw results.</summary>
internal static class GepaPage
{
    private const double NoWorse = 0.03; // the margin for "no worse": 3 points
    private const int Steps = 2; // of the pipeline
    private const string SpreadOf = "spread";

    // What was expected of the first minus the second: above 0, or no worse; none where the comparison was added later. And the level.
    private static readonly (string One, string Other, bool? IsAbove, double Level)[] Expected =
    [
        (Arms.Gepa, Arms.ScoreOnly, true, 0.01),
        (Arms.ScoreOnly, Arms.Opro, true, 0.01),
        (Arms.Gepa, Arms.OneReflection, true, 0.05),
        (Arms.NoMerge, Arms.CurrentBest, false, 0.05),
        (Arms.Gepa, Arms.NoMerge, true, 0.05),
        (Arms.Gepa, Arms.NoGate, true, 0.05),
        (Arms.NoMerge, Arms.NoGate, null, 0.05), // both without merging
    ];

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
            worlds at the same budget; the optimizers are those that work on real prompts, with the settings below, which were chosen on other seeds. This
            page and nothing else is written from the [raw results](../experiments/gepa/results) by

            ```sh
            dotnet run -c Release --project experiments/gepa
            ```


            """.ReplaceLineEndings("\n"));

        Settings(page, results);
        Dictionary<(string World, string One, string Other), Told> told = Tell(results);
        (int better, int equal, int worse) = Merged(results, "crowded, longer");
        double[] withBoth = [.. Arms.Worlds.Where(w => w.Rollouts == 600).Select(w => results.Of(w.Name, Arms.Gepa).Average(r => r.Test))];
        double[] without = [.. Arms.Worlds.Where(w => w.Rollouts == 600).SelectMany(w => new[] { Arms.ScoreOnly, Arms.OneReflection }.Select(a => results.Of(w.Name, a).Average(r => r.Test)))];
        page.Append(string.Create(CultureInfo.InvariantCulture, $"""
            ## How to read it

            Differences on test in points; *told* where the p value, adjusted over this page, is below 0.05. The reasons given are ours: they fit what the runs did, and no run was made to test them.

            - *Feedback* and *lessons that add up* are what carries GEPA here: with 600 rollouts {100 * withBoth.Min():0} to {100 * withBoth.Max():0} % of the test items come out right with both, and {100 * without.Min():0} to {100 * without.Max():0} % without one of them; with 1,800 rollouts scores alone come to {100 * results.Of("crowded, longer", Arms.ScoreOnly).Average(r => r.Test):0} %.
            - *Pareto selection* minus the current best, both without merging: {Sentence(told, Arms.NoMerge, Arms.CurrentBest)}. At first every candidate is wrong on nearly everything; the current best is then
              the first of equals, and the search stays there, while Pareto selection lets a child take the place of an equal parent.
            - *The validation gate, and parents from the pool that it makes*, which go together, minus the search without both, neither with merging: {Sentence(told, Arms.NoMerge, Arms.NoGate)}. The gate costs a run on all validation items for each child that is accepted, here most of the
              budget; in the roomy world what helps on three items hardly ever hurts on others, in the crowded ones a new rule crowds out an old one. A real task may be like either.
            - *Merging*, GEPA minus the search without it: {Sentence(told, Arms.Gepa, Arms.NoMerge)}. It needs two lineages on the front that have learnt different steps. With the longer budget, where merges
              are frequent, {better} merged candidates were better on test than the better parent, {equal} equal and {worse} worse.


            """).ReplaceLineEndings("\n"));
        foreach ((string world, int maxCharacters, int rollouts) in Arms.Worlds)
        {
            page.Append(CultureInfo.InvariantCulture, $"## The {world} world: an instruction holds {(maxCharacters + 1) / 9} rules, {rollouts:N0} rollouts\n\n");
            World(page, results, world, told);
        }

        File.WriteAllText(path, page.ToString().TrimEnd() + "\n");
    }

    private static void World(StringBuilder page, Results results, string world, Dictionary<(string World, string One, string Other), Told> told)
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

            | difference on test, points | mean | 95 % interval | p | adjusted p | expected | came out |
            |---|---|---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach ((string one, string other, bool? isAbove, double level) in Expected)
        {
            Told t = told[(world, one, other)];
            string expected = isAbove is not { } above ? "nothing, added later" : above ? string.Create(CultureInfo.InvariantCulture, $"above 0, p < {level}") : string.Create(CultureInfo.InvariantCulture, $"no worse than {Points(-NoWorse)}");
            string came = isAbove is null ? (t.Adjusted >= level ? "cannot be told" : t.Mean < 0 ? "below 0" : "above 0")
                : t.Adjusted < level && t.Mean < 0 ? "**no, the opposite**"
                : isAbove.Value ? (t.Adjusted < level ? "yes" : "cannot be told")
                : t.Interval.Low > -NoWorse ? "yes" : "cannot be told";
            page.Append(CultureInfo.InvariantCulture, $"| {one} - {other} | {Points(t.Mean)} | {Of(t.Interval)} | {P(t.P)} | {P(t.Adjusted)} | {expected} | {came} |\n");
        }

        Told apart = told[(world, SpreadOf, "")];
        page.Append(CultureInfo.InvariantCulture, $"\np is that of Wilcoxon's signed-rank test, two-sided and exact, paired by world; adjusted by Holm's method over the {told.Count} tests of this page. What was expected was written down before these runs, the adjustment and the margin for \"no worse\" on this page were not; some of the worlds had been looked at before, under earlier settings.\n\nSpread, Pareto minus current best (both without merging): {Points(apart.Mean)} points ({Of(apart.Interval)}, p {P(apart.P)}, adjusted {P(apart.Adjusted)}).\n\n");

        double[] gains = [.. results.Of(world, Arms.Gepa).SelectMany(r => r.MergeGains)];
        int worlds = results.Of(world, Arms.Gepa).Count(r => r.MergeGains.Length > 0);
        page.Append(gains.Length < 2
            ? string.Create(CultureInfo.InvariantCulture, $"Merges: {gains.Length} accepted.\n\n")
            : string.Create(CultureInfo.InvariantCulture, $"Merges: {gains.Length} accepted in {worlds} of {Arms.Seeds} worlds. On test, a merged candidate is {Points(gains.Average())} points from the parent that is better on validation, on average ({gains.Count(g => g > 0)} better, {gains.Count(g => g == 0)} equal, {gains.Count(g => g < 0)} worse; lowest {Points(gains.Min())}, highest {Points(gains.Max())}).\n\n"));
    }

    /// <summary>What each arm is, and how many proposals it made.</summary>
    private static void Settings(StringBuilder page, Results results)
    {
        page.Append(CultureInfo.InvariantCulture, $"## Settings\n\nAs in the roomy world; in the crowded ones an instruction has at most {Arms.Worlds[1].MaxCharacters} characters. Where iterations, steps and rounds are many, the budget ends the search. Proposals: calls of the proposer, mean over the worlds.\n\n| search | settings |{string.Concat(Arms.Worlds.Select(w => $" proposals, {w.Name} |"))}\n|---|---|{string.Concat(Arms.Worlds.Select(_ => "---|"))}\n");
        foreach (string arm in Arms.Names)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {arm} | {string.Join(", ", Leaves(Arms.Optimizer(arm, Arms.Worlds[0].MaxCharacters).Settings))} |");
            foreach ((string world, _, _) in Arms.Worlds)
            {
                page.Append(CultureInfo.InvariantCulture, $" {results.Of(world, arm).Average(r => r.Calls - (Steps * r.Rollouts)):0} |"); // a rollout calls the model once a step
            }

            page.Append('\n');
        }

        page.Append('\n');

        static IEnumerable<string> Leaves(JsonObject settings) => settings.Where(p => p.Key != "proposer")
            .SelectMany(p => p.Value is JsonObject inner ? Leaves(inner) : [$"{p.Key} {p.Value?.ToString() ?? "none"}"]);
    }

    /// <summary>Every test of the page, adjusted together.</summary>
    private static Dictionary<(string World, string One, string Other), Told> Tell(Results results)
    {
        List<((string, string, string) Key, double[] Differences)> tests = [];
        foreach ((string world, _, _) in Arms.Worlds)
        {
            tests.AddRange(Expected.Select(e => ((world, e.One, e.Other), results.Of(world, e.One).Zip(results.Of(world, e.Other), (a, b) => Math.Round(a.Test - b.Test, 9)).ToArray()))); // whole items: equal differences are to be ties
            tests.Add(((world, SpreadOf, ""), [.. results.Of(world, Arms.NoMerge).Zip(results.Of(world, Arms.CurrentBest), (a, b) => Math.Round((a.Spread ?? 0) - (b.Spread ?? 0), 9))]));
        }

        double[] p = [.. tests.Select(t => TwoSided(t.Differences))];
        ImmutableArray<double> adjusted = Holm.Adjust(p);
        return tests.Select((t, i) => (t.Key, new Told(t.Differences.Average(), StudentT.Interval(t.Differences), p[i], adjusted[i]))).ToDictionary(t => t.Key, t => t.Item2);
    }

    private static string Sentence(Dictionary<(string World, string One, string Other), Told> told, string one, string other) =>
        string.Join("; ", Arms.Worlds.Select(w =>
        {
            Told t = told[(w.Name, one, other)];
            return $"{Points(t.Mean)} in the {w.Name} world ({(t.Adjusted < 0.05 ? "told" : "cannot be told")})";
        }));

    private static (int Better, int Equal, int Worse) Merged(Results results, string world)
    {
        double[] gains = [.. results.Of(world, Arms.Gepa).SelectMany(r => r.MergeGains)];
        return (gains.Count(g => g > 0), gains.Count(g => g == 0), gains.Count(g => g < 0));
    }

    private static string P(double p) => p < 0.0001 ? "< 0.0001" : p.ToString("0.0000", CultureInfo.InvariantCulture);

    private static double TwoSided(double[] differences) =>
        Math.Min(1, 2 * Math.Min(Wilcoxon.SignedRank(differences), Wilcoxon.SignedRank([.. differences.Select(d => -d)])));

    private static string Points(double difference) => (100 * difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string Of(Interval interval) => string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Low:0.0} to {100 * interval.High:0.0}");

    /// <summary>A difference, its 95 % interval, and its p value alone and among those of the page.</summary>
    private sealed record Told(double Mean, Interval Interval, double P, double Adjusted);
}
