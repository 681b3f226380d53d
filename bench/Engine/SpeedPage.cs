using System.Globalization;
using System.Text;

namespace Ansatz.Bench.Engine;

/// <summary>docs/speed.md, written from the measurements.</summary>
internal static class SpeedPage
{
    private static readonly (string Weights, string Kernels, string Name)[] s_rows =
        [("q4_1", "fastest", "as shipped (Q4_1), fastest kernels"), ("q8_0", "fastest", "Q8_0 copy, fastest kernels"), ("q8_0", "avx2", "Q8_0 copy, AVX2 kernels (a study's default)")];

    public static string Render(SpeedResults results)
    {
        Table table = new(results.Measurements);
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Speed of the embedded model

            SmolLM2-135M-Instruct through llama.cpp (LLamaSharp {results.LLamaSharp}) on {results.Machine}; the fastest kernels are {results.FastestKernels} there.
            This page and [its raw results](../bench/Engine/results.json) are written by

            ```sh
            dotnet run -c Release --project bench/Engine
            ```

            on a machine that does nothing else. Every figure is the median of {results.Measurements.Max(static m => m.Round)} rounds. Ratios are taken inside a round, smallest and largest in brackets: they, not
            the rates, carry over to other machines. A rollout is one item of {results.ItemTokens:0} tokens under a prefix, of which the next token's log-probabilities are read.


            """);
        foreach (string size in (string[])["short", "long"])
        {
            Cell baseline = new("alone", "q4_1", "fastest", size);
            page.Append(CultureInfo.InvariantCulture, $"""
                ## Scoring under a {size} prefix ({results.PrefixTokens[size]} tokens{(size == "long" ? ", eight demonstrations" : "")})

                | rollouts/s | each by itself | prefix kept, one by one | prefix kept, batches of 20 | against each by itself, as shipped |
                |---|---|---|---|---|

                """);
            foreach ((string weights, string kernels, string name) in s_rows)
            {
                Cell batches = new("batches", weights, kernels, size);
                page.Append(CultureInfo.InvariantCulture,
                    $"| {name} | {table.Rate(new("alone", weights, kernels, size))} | {table.Rate(new("one by one", weights, kernels, size))} | {table.Rate(batches)} | {table.Ratio(batches, baseline)} |\n");
            }

            page.Append('\n');
        }

        page.Append("""
            *Each by itself* is what one writes first: LLamaSharp, an empty cache, the whole text. The other two columns are `EmbeddedModel.ScoreAsync`, as studies call it.

            ## Generating

            | tokens/s, Q8_0 | 1 text | 8 at once | 32 at once |
            |---|---|---|---|

            """);
        foreach ((string kernels, string name) in (ReadOnlySpan<(string, string)>)[("fastest", "fastest kernels"), ("avx2", "AVX2 kernels")])
        {
            foreach ((string what, string how) in (ReadOnlySpan<(string, string)>)[("decode, bare", "llama.cpp alone"), ("decode", "`SampleAsync`, temperature 1")])
            {
                page.Append(CultureInfo.InvariantCulture, $"| {name}, {how} | {string.Join(" | ", ((string[])["1", "8", "32"]).Select(n => table.Rate(new(what, "q8_0", kernels, n))))} |\n");
            }
        }

        page.Append("""

            `SampleAsync` also computes the prompt, draws each token and turns it into text; texts that end early leave the rest of the batch smaller.

            ## What we add to the engine

            | | time against the bare engine |
            |---|---|

            """);
        foreach (string size in (string[])["short", "long"])
        {
            foreach (string kernels in (string[])["fastest", "avx2"])
            {
                page.Append(CultureInfo.InvariantCulture,
                    $"| `ScoreAsync`, {size} prefix, {kernels} kernels: exact log-probabilities, checks, queue | {table.Ratio(new("batches, bare", "q8_0", kernels, size), new("batches", "q8_0", kernels, size), "0.000")} |\n");
            }
        }

        Measurement[] studies = [.. results.Measurements.Where(static m => m.EngineSeconds is not null)];
        page.Append(CultureInfo.InvariantCulture,
            $"| a study's search around `ScoreAsync`: loop, journal, objective ({Median(studies.Select(static s => (double)s.Count)):0} rollouts) | {Summary(studies.Select(static s => s.Seconds / s.EngineSeconds!.Value), "0.000")} |\n");
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static string Summary(IEnumerable<double> values, string format)
    {
        double[] all = [.. values];
        return all.Length == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{Text(Median(all))} ({Text(all.Min())} to {Text(all.Max())})");

        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private sealed class Table(IReadOnlyList<Measurement> measurements)
    {
        public string Rate(Cell cell)
        {
            double[] rates = [.. Of(cell).Select(static m => m.Rate)];
            return rates.Length == 0 ? "" : Median(rates).ToString("0.0", CultureInfo.InvariantCulture);
        }

        public string Ratio(Cell cell, Cell baseline, string format = "0.0") =>
            Summary(Of(cell).Join(Of(baseline), static m => m.Round, static m => m.Round, static (a, b) => a.Rate / b.Rate), format) is { Length: > 0 } text
                ? format == "0.0" ? text.Replace(" (", "x (", StringComparison.Ordinal) : text
                : "";

        private IEnumerable<Measurement> Of(Cell cell) => measurements.Where(m => m.Cell == cell);
    }
}
