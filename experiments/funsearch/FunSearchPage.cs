using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ansatz.Samples.Programs;

namespace Ansatz.Experiments.ProgramSearch;

/// <summary>Writes <c>docs/funsearch.md</c> from the raw results.</summary>
internal static class FunSearchPage
{
    private const string Random = "random programs", Hill = "hill climber";
    private const double WeibullBound = 1_987.8; // mean lower bound of the shipped instances

    public static void Write(string path, Results results)
    {
        StringBuilder page = new();
        page.Append(
            """
            # What program search finds without a network

            FunSearch with the typed grammar as its only proposer, against the same grammar without a search (*random programs*) and with a search that has no population (*hill climber*), each with as many evaluations. Ten
            seeds. Intervals are 95 % t-intervals over the seeds; differences are paired by seed. This page and nothing else is written from the [raw results](../experiments/funsearch/results) by

            ```sh
            dotnet run -c Release --project experiments/funsearch
            ```

            which goes on where it was stopped; `-- --page` writes the page alone.


            """.ReplaceLineEndings("\n"));
        Weibull(page, results.Of("weibull"));
        CapSets(page, results);
        Holes(page, results.Of("holes"));
        Formulas(page, results.Of("formulas"));
        Model(page, results.Of("model"));
        Ablations(page, results.Of("weibull-ablations"), results.Of("weibull"));
        File.WriteAllText(path, page.ToString().TrimEnd() + "\n");
    }

    private static void Weibull(StringBuilder page, IReadOnlyList<RunResult> runs)
    {
        page.Append("## Online bin packing, Weibull items\n\n8,000 evaluations on five instances of 5,000 items, the winner chosen on five others, judged on the five that FunSearch's authors published. In percent above the lower bound: fewer is better.\n\n");
        if (Missing(page, runs))
        {
            return;
        }

        string[] arms = ["found", Random, Hill];
        page.Append("| seed | found | random programs | hill climber | found, 10k items | found, 100k items | found, OR3 |\n|---|---|---|---|---|---|---|\n");
        foreach (RunResult run in runs.OrderBy(r => r.Seed))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {run.Seed} | {string.Join(" | ", arms.Select(a => $"{Excess(run, a):0.00}"))} | {run.Figures["10k"]:0.00} | {run.Figures["100k"]:0.00} | {run.Figures["OR3"]:0.00} |\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"| median | {string.Join(" | ", arms.Select(a => $"{Median(runs.Select(r => Excess(r, a))):0.00}"))} | {string.Join(" | ", ((string[])["10k", "100k", "OR3"]).Select(f => $"{Median(runs.Select(r => r.Figures[f])):0.00}"))} |\n\n");
        RunResult any = runs[0];
        page.Append(CultureInfo.InvariantCulture, $"On the same instances: best fit {Excess(any, "yours"):0.00}, first fit {Excess(any, "first fit"):0.00}, FunSearch's published heuristic 0.68, a rule of two constants from a grid search {Excess(any, "two constants"):0.00}.\n\n");
        Difference(page, "Found minus random programs", [.. runs.Select(r => Excess(r, "found") - Excess(r, Random))], "points", fewerIsBetter: true);
        Difference(page, "Found minus hill climber", [.. runs.Select(r => Excess(r, "found") - Excess(r, Hill))], "points", fewerIsBetter: true);
        Difference(page, "Found minus the two constants", [.. runs.Select(r => Excess(r, "found") - Excess(r, "two constants"))], "points", fewerIsBetter: true);
        page.Append("\nThe best mean of bins on the train instances so far, averaged over the seeds:\n\n| evaluations | found | random programs | hill climber |\n|---|---|---|---|\n");
        foreach (int i in (int[])[1, 3, 7, 15, 31])
        {
            page.Append(CultureInfo.InvariantCulture, $"| {8_000 * (i + 1) / 32:N0} | {string.Join(" | ", arms.Select(a => $"{-runs.Average(r => r.Curves[a][i]):0.0}"))} |\n");
        }

        RunResult best = runs.MaxBy(r => r.Scores["found"])!;
        page.Append(CultureInfo.InvariantCulture, $"\nThe best of the ten on the test instances (seed {best.Seed}; picked by looking at them):\n\n```csharp\n{best.Programs["found"]}\n```\n\n");
    }

    private static void CapSets(StringBuilder page, Results results)
    {
        page.Append("## Cap sets\n\nThe size that a greedy builder reaches with the priority that was found. Largest known: 20, 45, 112, 236, 512 for n = 4 to 8. The score is the size itself, so nothing is held out; random programs stand beside, and no claim is made that search beats them here.\n\n");
        page.Append("| n | evaluations | found | random programs | hill climber |\n|---|---|---|---|---|\n");
        foreach ((int n, int evaluations) in ((int, int)[])[(4, 5_000), (5, 10_000), (8, 12_000)])
        {
            IReadOnlyList<RunResult> runs = results.Of(string.Create(CultureInfo.InvariantCulture, $"cap-set-{n}"));
            page.Append(CultureInfo.InvariantCulture, $"| {n} | {evaluations:N0} | {Sizes(runs, "found")} | {Sizes(runs, Random)} | {Sizes(runs, Hill)} |\n");
        }

        page.Append('\n');

        static string Sizes(IReadOnlyList<RunResult> runs, string arm) => runs.Count == 0 ? "not yet" : string.Join(' ', runs.OrderBy(r => r.Seed).Select(r => r.Scores[arm].ToString("0", CultureInfo.InvariantCulture)));
    }

    private static void Holes(StringBuilder page, IReadOnlyList<RunResult> runs)
    {
        page.Append("## Holes of every kind of signature\n\nThe grammar, unchanged, where a law is planted behind the scorer; 4,000 evaluations, judged on inputs that no search saw. The score is minus the mean absolute error, for bool the share that is right.\n\n| hole | yours | found | random programs | hill climber | found against random programs: better, worse of 10 | p, sign test |\n|---|---|---|---|---|---|---|\n");
        foreach ((string name, _) in PlantedHoles.All)
        {
            RunResult[] of = [.. runs.Where(r => r.Variant == name)];
            if (of.Length == 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"| {name} | not yet | | | | | |\n");
                continue;
            }

            int better = of.Count(r => r.Scores["found"] > r.Scores[Random]), worse = of.Count(r => r.Scores["found"] < r.Scores[Random]);
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", ((string[])["yours", "found", Random, Hill]).Select(a => $"{of.Average(r => r.Scores[a]):0.###}"))} | {better}, {worse} | {SignTest(better, worse):0.####} |\n");
        }

        page.Append('\n');
    }

    // Two-sided: how often a fair coin splits at least as unevenly.
    private static double SignTest(int better, int worse)
    {
        int n = better + worse;
        double tail = Enumerable.Range(0, Math.Min(better, worse) + 1).Sum(k => MathNet.Numerics.SpecialFunctions.Binomial(n, k)) / Math.Pow(2, n);
        return Math.Min(1, 2 * tail);
    }

    private static void Formulas(StringBuilder page, IReadOnlyList<RunResult> runs)
    {
        page.Append(
            """
            ## Formulas from noisy rows

            100 rows to train on, 100 to choose by, with noise of 5 % of the standard deviation of y; 1,000 exact rows judge. 20,000 evaluations. A run succeeds if its error on the test rows is at most a quarter of the noise. A
            formula has the exact structure if, with its constants refitted to the exact law, no error is left, at twice as large an x either. Errors are root mean squares, as a multiple of the noise, medians over the seeds.

            | law | succeeded | exact structure | found | random programs | line | cubic | found beats random programs in |
            |---|---|---|---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (Formula formula in Formula.All)
        {
            RunResult[] of = [.. runs.Where(r => r.Variant == formula.Name)];
            if (of.Length == 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"| {formula.Name} | not yet | | | | | | |\n");
                continue;
            }

            double Error(RunResult run, string arm) => ErrorOf(formula, run.Scores[arm]);
            page.Append(CultureInfo.InvariantCulture, $"| {formula.Name} | {of.Count(r => Error(r, "found") <= 0.25)} of {of.Length} | {of.Sum(r => r.Figures["exact"]):0} | {string.Join(" | ", ((string[])["found", Random, "line", "cubic"]).Select(a => $"{Median(of.Select(r => Error(r, a))):0.00}"))} | {of.Count(r => Error(r, "found") < Error(r, Random))} of {of.Length} |\n");
        }

        int[] sizes = [10, 15, 20, 30, 45, 60, 90];
        page.Append(CultureInfo.InvariantCulture, $"\nError against size: of all programs of a run with at most so many nodes in their syntax tree (`static double F(double x) => x;` has 5), the one with the least error on the train rows; its error on the test rows.\n\n| law | {string.Join(" | ", sizes)} | any |\n|---|{string.Concat(Enumerable.Repeat("---|", sizes.Length + 1))}\n");
        foreach (Formula formula in Formula.All)
        {
            RunResult[] of = [.. runs.Where(r => r.Variant == formula.Name)];
            string Cell(int most)
            {
                double[] errors = [.. of.Select(r => r.Front.LastOrDefault(f => f.Size <= most)?.Test).Select(t => t is { } score ? ErrorOf(formula, score) : double.PositiveInfinity)];
                return errors.Length == 0 ? "" : Median(errors) is var median && double.IsFinite(median) ? median.ToString("0.00", CultureInfo.InvariantCulture) : "none";
            }

            page.Append(CultureInfo.InvariantCulture, $"| {formula.Name} | {string.Join(" | ", sizes.Append(int.MaxValue).Select(Cell))} |\n");
        }

        if (runs.FirstOrDefault(r => r.Variant == Formula.All[0].Name && r.Seed == 1) is { } first)
        {
            page.Append(CultureInfo.InvariantCulture, $"\nThe whole front of {first.Variant}, seed 1:\n\n| nodes | error, train rows | error, test rows | |\n|---|---|---|---|\n");
            foreach (FrontProgram f in first.Front)
            {
                string text = string.Join(' ', f.Program.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("|", "\\|", StringComparison.Ordinal);
                page.Append(CultureInfo.InvariantCulture, $"| {f.Size} | {ErrorOf(Formula.All[0], f.Train):0.00} | {(f.Test is { } test ? $"{ErrorOf(Formula.All[0], test):0.00}" : "fails")} | `{text}` |\n");
            }
        }

        page.Append('\n');
    }

    private static double ErrorOf(Formula formula, double score) => Math.Sqrt(-score) / formula.Noise;

    private static void Model(StringBuilder page, IReadOnlyList<RunResult> runs)
    {
        page.Append("## A small language model as proposer\n\nSmolLM2-135M-Instruct, embedded, with the paper's prompt, on the packing task.\n\n");
        if (runs.Count == 0)
        {
            page.Append("**Not yet measured.**\n\n");
            return;
        }

        ImmutableSortedDictionary<string, double> f = runs[0].Figures;
        page.Append(CultureInfo.InvariantCulture, $"Of {f["proposals"]:0} proposals {f["new"]:0} were new texts, {f["compiled"]:0} compiled, {f["scored"]:0} had a score on every input, and {f["better"]:0} were better than their better parent; {f["tokensPerSecond"]:0} tokens a second. A model of this size is no proposer of programs; the path that a larger one takes is the same.\n\n");
    }

    private static void Ablations(StringBuilder page, IReadOnlyList<RunResult> ablations, IReadOnlyList<RunResult> usual)
    {
        page.Append("## Other settings, Weibull items\n\nOne thing changed at a time; excess in percent on the test instances. The defaults were set on other seeds (101 to 124), and no order is claimed.\n\n| settings | mean | 95 % interval | minus the defaults | all values |\n|---|---|---|---|---|\n");
        foreach (IGrouping<string, RunResult> variant in usual.Concat(ablations).GroupBy(r => r.Variant))
        {
            RunResult[] runs = [.. variant.OrderBy(r => r.Seed)];
            double[] values = [.. runs.Select(r => Excess(r, "found"))];
            double[] differences = [.. runs.Where(r => usual.Any(u => u.Seed == r.Seed)).Select(r => Excess(r, "found") - Excess(usual.First(u => u.Seed == r.Seed), "found"))];
            page.Append(CultureInfo.InvariantCulture, $"| {variant.Key} | {values.Average():0.00} | {(values.Length > 1 ? Of(StudentT.Interval(values)) : "")} | {(variant.Key == "default" || differences.Length < 2 ? "" : $"{differences.Average():+0.00;-0.00} ({Of(StudentT.Interval(differences))})")} | {string.Join(' ', values.Select(v => v.ToString("0.00", CultureInfo.InvariantCulture)))} |\n");
        }
    }

    private static void Difference(StringBuilder page, string what, double[] differences, string unit, bool fewerIsBetter)
    {
        int wins = differences.Count(d => fewerIsBetter ? d < 0 : d > 0);
        page.Append(CultureInfo.InvariantCulture, $"- {what}: {differences.Average():+0.00;-0.00} {unit} ({Of(StudentT.Interval(differences))}); better in {wins} of {differences.Length}, worse in {differences.Count(d => fewerIsBetter ? d > 0 : d < 0)}; p = {SignFlip.PValue(differences, new Rng(1, "sign-flip")):0.####}, sign-flip.\n");
    }

    private static bool Missing(StringBuilder page, IReadOnlyList<RunResult> runs)
    {
        if (runs.Count < ProgramTask.Seeds)
        {
            page.Append(CultureInfo.InvariantCulture, $"**Not yet measured**: {runs.Count} of {ProgramTask.Seeds} seeds have run.\n\n");
        }

        return runs.Count < 2;
    }

    private static double Excess(RunResult run, string arm) => 100 * ((-run.Scores[arm] / WeibullBound) - 1);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Of(Interval interval) => string.Create(CultureInfo.InvariantCulture, $"{interval.Low:0.00} to {interval.High:0.00}");
}
