using System.Globalization;
using System.Text;

namespace Ansatz.Bench.Evaluations;

/// <summary>Writes <c>docs/evaluations.md</c> from the raw results.</summary>
internal static class EvaluationsPage
{
    public static string Of(Results results)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"""
            # What a study adds to a model

            {results.Outcomes:N0} evaluations of short prompts, 200 items a block, one block after the other, with a model that takes no time: what is left is the study. On {results.Machine} ({results.Runtime}),
            every figure from a process of its own, the median of {results.Measurements.Max(m => m.Round)} rounds with the lowest and the highest in brackets. This page and [its raw results](../bench/Evaluations/results.json) are written by

            ```sh
            dotnet run -c Release --project bench/Evaluations
            ```

            | | evaluations/s | microseconds each | time, against the bare loop | against SQLite alone |
            |---|---|---|---|---|

            """);
        foreach (string kind in Worker.Kinds)
        {
            Measurement[] runs = Runs(results, kind, results.Outcomes);
            page.Append(CultureInfo.InvariantCulture, $"| {kind} | {Median(runs.Select(r => r.Outcomes / r.Seconds)):N0} | {Spread(runs.Select(r => 1e6 * r.Seconds / r.Outcomes), "0.0")} | {Ratio(results, runs, Worker.Bare)} | {Ratio(results, runs, Worker.Sqlite)} |\n");
        }

        page.Append("""

            *Bare loop*: the same prompts rendered, the same function called, the same scoring, nothing kept. *SQLite alone*: a row with the question and the reply for each call, one transaction a block, WAL, written through to the disk (synchronous = FULL) as the journal is, nothing else.
            *Study, chat*: every call goes through record and replay and is committed as it arrives, so that a kill loses at most the calls under way. *Study, blocks*: a model that scores continuations, whose block is committed as a whole.

            | | memory alive | allocated on the way | largest working set | on disk |
            |---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach ((string kind, int outcomes) in Worker.Kinds.Select(k => (k, results.Outcomes)).Append((Worker.Chat, results.Outcomes / 10)).Append((Worker.Block, results.Outcomes / 10)))
        {
            Measurement[] runs = Runs(results, kind, outcomes);
            page.Append(CultureInfo.InvariantCulture, $"| {kind}, {outcomes:N0} | {Mega(runs.Select(r => r.HeapBytes))} | {Mega(runs.Select(r => r.AllocatedBytes))} | {Mega(runs.Select(r => r.PeakBytes))} | {Mega(runs.Select(r => r.DiskBytes))} |\n");
        }

        page.Append("""

            In MiB. *Memory alive*: managed, with every block in the hands of the search, beyond what was alive before it; *largest working set*: of the whole process.

            """.ReplaceLineEndings("\n"));
        return page.ToString();
    }

    private static Measurement[] Runs(Results results, string kind, int outcomes) => [.. results.Measurements.Where(m => m.Kind == kind && m.Outcomes == outcomes).OrderBy(m => m.Round)];

    // Inside a round: machines change their speed.
    private static string Ratio(Results results, Measurement[] runs, string peer) =>
        runs[0].Kind == peer ? "" : Spread(runs.Zip(Runs(results, peer, results.Outcomes), (run, other) => run.Seconds / other.Seconds), "0.00");

    private static string Spread(IEnumerable<double> values, string format)
    {
        double[] all = [.. values];
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(Median(all))} ({Text(all.Min())} to {Text(all.Max())})";
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is { } sorted ? sorted[sorted.Length / 2] : double.NaN;

    private static string Mega(IEnumerable<long> bytes) => Spread(bytes.Select(b => b / 1048576.0), "0.0");
}
