using System.Globalization;
using System.Text;

namespace Ansatz.Bench.Programs;

/// <summary>Writes <c>docs/program-speed.md</c> from the raw results.</summary>
internal static class SpeedPage
{
    public static string Of(Results results)
    {
        StringBuilder page = new();
        double[] Each(Func<PackingMeasurement, double> figure) => [.. results.Packing.Select(figure).Order()];
        page.Append(CultureInfo.InvariantCulture, $"""
            # What a search of programs takes

            On {results.Machine} ({results.Runtime}). Median of {results.Packing.Length} rounds, each in a process of its own, with the lowest and the highest in brackets. This page and [its raw results](../bench/Programs/results.json) are written by

            ```sh
            dotnet run -c Release --project bench/Programs
            ```

            ## Bin packing

            {results.Packing[0].Candidates:N0} different heuristics that FunSearch with the grammar writes, each scored on five instances of 5,000 items: no cascade, nothing scored twice, every outcome in the journal. As many of another study went before, to warm up.

            | | |
            |---|---|
            | scored a second, two workers | {Spread(Each(p => p.Candidates / p.TwoWorkersSeconds), "0")} |
            | scored a second, one worker | {Spread(Each(p => p.Candidates / p.OneWorkerSeconds), "0")} |
            | a candidate, one worker | {Spread(Each(p => 1e3 * p.OneWorkerSeconds / p.Candidates), "0.00")} ms |
            | of that its evaluation alone, compiled before | {Spread(Each(p => 1e3 * p.PureSeconds / p.Candidates), "0.00")} ms |
            | the rest: what the engine adds | {Spread(Each(p => 1e3 * (p.OneWorkerSeconds - p.PureSeconds) / p.Candidates), "0.00")} ms |
            | of that checking, compiling and starting it | {Spread(Each(p => 1e3 * p.CompileSeconds / p.Candidates), "0.00")} ms |
            | of that the database of programs, writing it, and the journal | {Spread(Each(p => 1e3 * (p.OneWorkerSeconds - p.PureSeconds - p.CompileSeconds) / p.Candidates), "0.00")} ms |
            | a fresh .NET process that compiles and scores one | {Spread(Each(p => 1e3 * p.ProcessSeconds), "0")} ms |
            | that, against a candidate of the search with one worker | {Spread(Each(p => p.ProcessSeconds / (p.OneWorkerSeconds / p.Candidates)), "0")} times |

            Asked were at least 300 a second on two cores: {Met(Each(p => p.Candidates / p.TwoWorkersSeconds)[results.Packing.Length / 2] >= 300)}; at most 1.5 ms of the engine a candidate: {Met(Each(p => 1e3 * (p.OneWorkerSeconds - p.PureSeconds) / p.Candidates)[results.Packing.Length / 2] <= 1.5)}.

            ## A long search

            {results.Many[^1].Candidates:N0} programs for a formula, each compiled and called 25,000 times, two workers, one process{(results.ManyMachine == results.Machine ? "" : $", on {results.ManyMachine}")}.

            | programs | seconds | alive, MiB | working set, MiB | open files and pipes | threads | child processes |
            |---|---|---|---|---|---|---|

            """);
        Append(page, results.Many);
        Footprint half = results.Many[(results.Many.Length / 2) - 1], end = results.Many[^1];
        double grown = Slope(results.Many) / 1024, later = Slope(results.Many[(results.Many.Length / 2)..]) / 1024;
        page.Append(CultureInfo.InvariantCulture, $"""

            Of each program that it has had the search keeps in memory what tells that it is not new, and where it is in the journal. Texts and scores are there of those that its islands hold, at most 10,000 clusters each (by default in a search of more than 20,000), and of the latest 2,000. So
            what is alive rises while the islands fill, {half.HeapBytes / 1048576.0:0} MiB after {half.Candidates:N0} programs, and falls as islands end, {end.HeapBytes / 1048576.0:0} MiB after {end.Candidates:N0}. A line through all looks rises by {grown:0.0} KiB a program, one through those of the second half by {later:0.0}.
            Asked was that memory stays flat: {(grown < 0.1 ? "met" : later < 0.1 ? "met from the middle on, not met before, where the islands fill" : "not met")}; no descriptor left behind (open files and pipes; a library that the runtime loads as it goes is none): {Descriptors(results.Many)}.

            ## Many processes

            {results.Processes[^1].Candidates:N0} programs in the sandbox *program*, compiled and run one after the other, each in a locked process of its own; one in ten throws, one in fifty loops until its CPU time is spent.

            | programs | seconds | alive, MiB | working set, MiB | open files and pipes | threads | child processes |
            |---|---|---|---|---|---|---|

            """);
        Append(page, results.Processes);
        page.Append(CultureInfo.InvariantCulture, $"""

            The one child that stays is the compiler. Asked were no zombies: {Met(results.Processes.All(f => f.Children <= 1))}; no descriptor left behind: {Descriptors(results.Processes)}.

            """);
        return page.ToString();
    }

    private static void Append(StringBuilder page, IEnumerable<Footprint> footprints)
    {
        foreach (Footprint f in footprints)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {f.Candidates:N0} | {f.Seconds:0} | {f.HeapBytes / 1048576.0:0} | {f.WorkingSetBytes / 1048576.0:0} | {f.Descriptors} | {f.Threads} | {f.Children} |\n");
        }
    }

    // Of the line of least squares through all looks: at any one of them something large may just have been freed.
    private static double Slope(IReadOnlyList<Footprint> looks)
    {
        (double programs, double bytes) = (looks.Average(f => f.Candidates), looks.Average(f => f.HeapBytes));
        return looks.Sum(f => (f.Candidates - programs) * (f.HeapBytes - bytes)) / looks.Sum(f => (f.Candidates - programs) * (f.Candidates - programs));
    }

    private static string Descriptors(IReadOnlyList<Footprint> looks) => string.Create(
        CultureInfo.InvariantCulture, $"{Met(looks[^1].Descriptors <= looks[0].Descriptors)}, {looks[0].Descriptors} at the first look, {looks[looks.Count / 2].Descriptors} in the middle, {looks[^1].Descriptors} at the end");

    private static string Met(bool isMet) => isMet ? "met" : "not met";

    private static string Spread(double[] sorted, string format)
    {
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(sorted[sorted.Length / 2])} ({Text(sorted[0])} to {Text(sorted[^1])})";
    }
}
