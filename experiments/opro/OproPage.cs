using System.Globalization;
using System.Text;

namespace Ansatz.Experiments.OproPaper;

/// <summary>docs/opro.md, written from the raw results.</summary>
internal static class OproPage
{
    private const double Low = 0.6; // what hiding the history must stay below

    public static string Render(IReadOnlyList<LevelARun> levelA, IReadOnlyList<ResumedRun> resumed, IReadOnlyList<LineRow> lines, IReadOnlyList<TourRow> tours)
    {
        StringBuilder page = new("""
            # OPRO without a language model

            Two things that can be known about OPRO ([arXiv:2309.03409](https://arxiv.org/abs/2309.03409)) before any model is paid: whether the loop does what it says, and what its two
            mathematical problems are worth as evidence. **None of this says what a language model would do.** This page is written from the
            [raw results](../experiments/opro/results) by

            ```sh
            dotnet run -c Release --project experiments/opro
            ```

            which runs what is missing and goes on where it was stopped; `-- --page` writes the page alone, and `-- --endpoint URL --model NAME` adds a chat model to
            the mathematical problems. All of it takes about ten minutes of processor time (AMD EPYC, spread over the cores) and gives the same rows every time.


            """);
        LevelASection(page, levelA, resumed);
        LinesSection(page, lines);
        ToursSection(page, tours);
        return page.ToString().ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    private static void LevelASection(StringBuilder page, IReadOnlyList<LevelARun> runs, IReadOnlyList<ResumedRun> resumed)
    {
        page.Append(CultureInfo.InvariantCulture, $"""
            ## Does the loop use its history?

            The scorer is planted: of 200 words 24 are cues and 6 are poison; an item is right if the instruction holds the one or two cues that it needs, no poison, and at most
            25 words. The optimizer is simulated: a chat model that reads the rendered meta-prompt as text, takes one of the instructions shown (the last most likely, each one before
            it 0.7 times as likely), exchanges one to three words, and knows nothing else; 5 % of its replies are malformed, 5 % repeat an instruction shown. Between them stands the real
            code: meta-prompt, parser, guards, study, journal. {LevelA.Seeds} seeds, {LevelA.Steps} steps of 8 proposals, 50 train, 50 validation and 200 test items, another world and another start for each seed.


            """);
        if (runs.Count < LevelA.Seeds * LevelA.Settings.Length)
        {
            page.Append(CultureInfo.InvariantCulture, $"**Not yet measured**: {runs.Count} of {LevelA.Seeds * LevelA.Settings.Length} runs.\n\n");
        }

        ILookup<string, LevelARun> bySetting = runs.ToLookup(r => r.Setting);
        LevelARun[] ascending = [.. bySetting[LevelA.Ascending].OrderBy(r => r.Seed)];
        page.Append(CultureInfo.InvariantCulture, $"| history shown | seeds that reach {LevelA.Goal} on train | steps until then, median (quartiles) | slower than ascending: p | best on train, mean (range) | winner on test, mean | scored of proposed |\n|---|---|---|---|---|---|---|\n");
        foreach (string setting in LevelA.Settings.Where(bySetting.Contains))
        {
            LevelARun[] of = [.. bySetting[setting].OrderBy(r => r.Seed)];
            double[] steps = [.. of.Select(Censored).Order()];
            string p = setting == LevelA.Ascending || of.Length != ascending.Length ? "" : Words(PSlower(of, ascending));
            page.Append(CultureInfo.InvariantCulture, $"| {setting} | {of.Count(r => r.StepsToGoal is not null)} of {of.Length} | {Limited(Quantile(steps, 0.5))} ({Limited(Quantile(steps, 0.25))} to {Limited(Quantile(steps, 0.75))}) | {p} | {of.Average(r => r.BestTrain):0.00} ({of.Min(r => r.BestTrain):0.00} to {of.Max(r => r.BestTrain):0.00}) | {of.Average(r => r.WinnerTest):0.00} | {of.Average(r => r.Scored):N0} of {of[0].Proposed:N0} |\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"""

            p is Wilcoxon's signed-rank test, one-sided, of the steps paired by seed; a seed that never got there counts {LevelA.Steps} steps. The best training score of many is partly luck, which
            the test items show. All make as many proposals; what is malformed, too long or not new is not scored, as the last column shows.

            | what must hold | what came |
            |---|---|

            """);
        if (ascending.Length > 0)
        {
            int reached = ascending.Count(r => r.StepsToGoal is not null);
            Claim($"ascending order reaches {LevelA.Goal} in at least 18 of 20 seeds", reached >= 18, $"{reached} of {ascending.Length}");
            foreach ((string setting, double level) in ((string, double)[])[(LevelA.Descending, 0.01), (LevelA.Shuffled, 0.05)])
            {
                LevelARun[] of = [.. bySetting[setting].OrderBy(r => r.Seed)];
                if (of.Length == ascending.Length)
                {
                    Claim(string.Create(CultureInfo.InvariantCulture, $"{setting} is slower, p < {level}"), PSlower(of, ascending) < level, $"p {Words(PSlower(of, ascending))}");
                }
            }

            foreach (string setting in (string[])[LevelA.Hidden, LevelA.OneStep])
            {
                if (bySetting[setting].Any())
                {
                    double most = bySetting[setting].Max(r => r.BestTrain);
                    Claim(string.Create(CultureInfo.InvariantCulture, $"{setting} stays below {Low}"), most < Low, string.Create(CultureInfo.InvariantCulture, $"at most {most:0.00}"));
                }
            }

            Claim("no candidate is scored twice", runs.All(r => r.ScoredTwice == 0), string.Create(CultureInfo.InvariantCulture, $"{runs.Sum(r => r.ScoredTwice)} of {runs.Sum(r => r.Scored):N0}, though {runs.Sum(r => r.Repeated):N0} replies were exact repeats"));
            Claim("no malformed reply enters the history", runs.All(r => r.MalformedScored == 0), string.Create(CultureInfo.InvariantCulture, $"{runs.Sum(r => r.MalformedScored)} of {runs.Sum(r => r.Malformed):N0} malformed replies"));
        }

        if (resumed.Count > 0)
        {
            Claim(
                "a run that is stopped anywhere and goes on has, byte for byte, the history of one in one piece",
                resumed.All(r => r.IsSame),
                string.Create(CultureInfo.InvariantCulture, $"{resumed.Count(r => r.IsSame)} of {resumed.Count} runs of {LevelA.Steps} steps, stopped {resumed.Sum(r => r.Stops)} times in all"));
        }

        page.Append('\n');

        void Claim(string what, bool holds, string came) => page.Append(CultureInfo.InvariantCulture, $"| {what} | {(holds ? "holds" : "**does not hold**")}: {came} |\n");

        string Limited(double steps) => steps >= LevelA.Steps ? "never" : steps.ToString("0", CultureInfo.InvariantCulture);
    }

    private static void LinesSection(StringBuilder page, IReadOnlyList<LineRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        string[] models = [.. rows.Select(r => r.Method).Where(m => m.StartsWith("OPRO", StringComparison.Ordinal) && m != LineRuns.Simulated).Distinct()];
        page.Append(CultureInfo.InvariantCulture, $"""
            ## Linear regression

            Steps of 8 proposals until the true pair was evaluated, mean ± standard deviation; the pairs evaluated until then behind the stroke. {LineRuns.Seeds} seeds each, noise, starts and search
            drawn anew; the paper's models: 5 runs. The local search begins from the same kind of starts, keeps 20, and adds rounded Gaussian steps to the better of two of them (σ 1.5, from the fourth row on 3).
            The simulated optimizer does the same through OPRO's meta-prompt and parser, with the last pairs shown as parents. In brackets: an earlier computation of the same method, made apart from this code, where there is one.

            | w*, b* | text-bison | gpt-3.5-turbo | gpt-4 |{string.Concat(models.Select(m => $" {m} |"))} local search | draws from the box | quadratic fit | simulated optimizer |
            |---|---|---|---|{string.Concat(models.Select(_ => "---|"))}---|---|---|---|

            """);
        foreach ((Ansatz.Prompts.Line truth, _) in LineRuns.Problems)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {truth.W}, {truth.B} | {string.Join(" | ", Published.LineSteps[(truth.W, truth.B)])} |");
            foreach (string method in (string[])[.. models, LineRuns.Local, LineRuns.Draws, LineRuns.Fit, LineRuns.Simulated])
            {
                LineRow? row = rows.FirstOrDefault(r => r.W == truth.W && r.B == truth.B && r.Method == method);
                page.Append(CultureInfo.InvariantCulture, $" {(row is null ? "" : Cell(row))} |");
            }

            page.Append('\n');
        }

        (double Ratio, string Row)[] ratios =
        [
            .. rows.Where(r => r.Method == LineRuns.Local).SelectMany(r => Published.LineSteps[(r.W, r.B)].Select(
                s => (r.Steps.Average() / Mean(s), string.Create(CultureInfo.InvariantCulture, $"{r.W}, {r.B}")))),
        ];
        page.Append(CultureInfo.InvariantCulture, $"""

            Blind local search needs {ratios.Min().Ratio:0.0} ({ratios.Min().Row}) to {ratios.Max().Ratio:0.0} ({ratios.Max().Row}) times as many steps as the paper's models, and more in {ratios.Count(r => r.Ratio > 1)} of the {ratios.Length} cells. That is no evidence of
            optimisation: the loss is a quadratic of (w, b), so whoever guesses that needs six values and one step more.


            """);

        static string Cell(LineRow row)
        {
            double[] steps = [.. row.Steps.Select(s => (double)s)];
            string before = Published.LinesBefore.TryGetValue((row.W, row.B, row.Method), out var was) ? string.Create(CultureInfo.InvariantCulture, $" ({was.Steps:0.0} / {was.Unique:0.#})") : "";
            string unsolved = row.Solved < row.Steps.Length ? string.Create(CultureInfo.InvariantCulture, $", {row.Solved} of {row.Steps.Length} solved") : "";
            return string.Create(CultureInfo.InvariantCulture, $"{steps.Average():0.0} ± {Deviation(steps):0.0} / {row.Unique.Average():0.0}{before}{unsolved}");
        }
    }

    private static void ToursSection(StringBuilder page, IReadOnlyList<TourRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        page.Append("""
            ## Travelling salesman

            How much longer the shortest tour found is than the shortest there is, in percent: mean ± standard error over maps, coordinates uniform in [−100, 100] cut to whole numbers. The shortest there is:
            exact (Held and Karp) up to 20 cities; for 50 the best of 400 restarts of 2-opt and Or-opt. In brackets: an earlier computation on other maps, made apart from this code.


            """);
        page.Append(CultureInfo.InvariantCulture, $"| method |{string.Concat(TourRuns.Sizes.Select(s => $" n = {s.Cities} ({s.Maps:N0} maps) |"))}\n|---|{string.Concat(TourRuns.Sizes.Select(_ => "---|"))}\n");
        foreach (string method in rows.Select(r => r.Method).Distinct().OrderBy(m => TourRuns.Methods.IndexOf(m) is >= 0 and int at ? at : TourRuns.Methods.Length))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {method} |{string.Concat(TourRuns.Sizes.Select(s => $" {(rows.FirstOrDefault(r => r.Cities == s.Cities && r.Method == method) is { } row ? Cell(row) : "")} |"))}\n");
        }

        foreach ((string method, string[] gaps) in Published.TourGaps)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {method} | {string.Join(" | ", gaps)} |\n");
        }

        string[] model = Published.TourGaps.Single(g => g.Method == "OPRO, gpt-4 (paper)").Gaps;
        (int Cities, double Evolution, double Model, double Local)[] sizes =
        [
            .. TourRuns.Sizes.Select((s, i) => (s.Cities, Gap(s.Cities, TourRuns.Evolution), Mean(model[i]), Gap(s.Cities, TourRuns.TwoOpt))),
        ];
        page.Append(CultureInfo.InvariantCulture, $"""

            The last five rows are the paper's (table 3), each over 5 maps. At as many tours as OPRO evaluates, an evolutionary loop that never sees the map is {string.Join(", ", sizes.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Evolution:0.0} % above the shortest tour of {s.Cities} cities where gpt-4 is {s.Model:0.0} %")))}:
            these are other maps than the paper's five, which cannot tell such differences at 15 and 20 cities; at 50 the loop is behind. A model can see the map, and so can 2-opt with Or-opt from one random tour, which is {string.Join(", ", sizes.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Local:0.0} %")))} off. The paper claims no advantage over such methods.

            """);

        double Gap(int cities, string method) => rows.First(r => r.Cities == cities && r.Method == method).Gaps.Average();

        static string Cell(TourRow row)
        {
            string before = Published.ToursBefore.TryGetValue((row.Cities, row.Method), out var was) ? string.Create(CultureInfo.InvariantCulture, $" ({was.Gap:0.##})") : "";
            string solved = row.Steps is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {row.Solved:N0} of {row.Gaps.Length:N0} solved{(row.Solved == row.Gaps.Length ? string.Create(CultureInfo.InvariantCulture, $" after {row.Steps.Average():0} steps") : "")}");
            return string.Create(CultureInfo.InvariantCulture, $"{row.Gaps.Average():0.00} ± {Deviation(row.Gaps) / Math.Sqrt(row.Gaps.Length):0.00}{before}{solved}");
        }
    }

    private static double Censored(LevelARun run) => run.StepsToGoal ?? run.Steps;

    private static double PSlower(LevelARun[] runs, LevelARun[] ascending) =>
        Wilcoxon.SignedRank([.. runs.Zip(ascending, (r, a) => Censored(r) - Censored(a))]);

    private static string Words(double p) => p < 0.0001 ? "< 0.0001" : p.ToString("0.####", CultureInfo.InvariantCulture);

    private static double Quantile(double[] sorted, double q)
    {
        double place = q * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }

    // Of "5.8 ± 2.6".
    private static double Mean(string published) => double.Parse(published.Split(' ')[0], CultureInfo.InvariantCulture);

    internal static double Deviation(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }
}
