using System.Globalization;
using System.Text;

namespace Ansatz.Bench.Sandbox;

/// <summary>docs/sandbox.md, written from the measurements.</summary>
internal static class SandboxPage
{
    public static string Render(Results results)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"""
            # The sandbox: code that nobody has to trust

            A candidate is a method in a subset of C#: numbers, bool, arrays, locals, if, switch, loops, helper functions of its own, helpers that you offer, `Math`. It is read into a syntax tree, typed and with names; what the
            reader does not know is refused with line, column and reason. The tree becomes WebAssembly that imports nothing but the door to `Math` and your helpers, and runs in your process with its own memory.
            Fuel, bytes and depth are counted, never timed, so the same candidate has the same outcome on every machine.

            ```csharp
            HoleCompiler compiler = new(HoleSignature.Of<Func<double, double, double>>("Priority"));
            if (compiler.TryCompile(source, out HoleProgram? program, out IReadOnlyList<Refusal> refusals))
            {"{"}
                using HoleInstance run = program.Start();
                Func<double, double, double> priority = run.As<Func<double, double, double>>();
                double p = priority(item, bin); // HoleTrapException: fuel, memory, depth, index, null, division by zero, ...
            {"}"}
            ```

            The tree is yours too: `TryRead` gives it, a `HoleSyntax`. It prints as C# that reads back to an equal tree; `Children`, `WithChildren` and `Rewrite` change it; `Check` says, without Roslyn, whether what came out
            is a candidate, and `Compile` compiles it.

            ## What it means

            The meaning is C#'s, unchecked: whole numbers wrap, dividing one by zero traps, shifts are masked, evaluation goes left to right, conversions from `double` saturate. Three things differ: an array argument is
            a copy, so the candidate cannot change yours; `Math.Exp` and the other functions that WebAssembly lacks give the same bits on every machine, which may differ from your library's in the last;
            and an interpreter, the reference, agrees with the module to the bit:

            | random programs | calls | same result or trap, and same fuel left |
            |---|---|---|
            | {results.Agreement.Programs:N0} | {results.Agreement.Calls:N0} | {results.Agreement.Agreed:N0} |

            Of those calls, by outcome: {string.Join(", ", results.Agreement.Outcomes.Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Key} {o.Value:N0}")))}. Memory of the process after a quarter of the programs: {results.Agreement.QuarterMiB:0} MiB; after all: {results.Agreement.EndMiB:0} MiB.

            ## What it costs

            Medians of {results.Cells[0].Sandbox.Count} rounds, each the 10th percentile of its timings (the machine had other work), smallest and largest in brackets, on {results.Machine}. *Native* is the same text compiled by Roslyn and loaded into the
            same process, which protects from nothing. Both without tiered compilation: as they are after some seconds of a search.

            | | sandbox | native |
            |---|---|---|

            """);
        foreach (Cell cell in results.Cells)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {cell.What} | {Text(cell.Sandbox, cell.Unit)} | {Text(cell.Native, cell.Unit)} |\n");
        }

        page.Append("""

            The argument of `Math.Exp` never changes in that row, so the native compiler may lift it out of the loop: the row says what crossing and computing cost, not how the two compare.

            This page and [its raw results](../bench/Sandbox/results.json) are written by

            ```sh
            dotnet run -c Release --project bench/Sandbox
            ```

            ## What it protects from, and what not

            A candidate has no names but those of the subset, so files, sockets, processes, reflection, attributes, unsafe code and the rest are refused by the reader; the module has no imports by which it could reach
            them if the reader erred. Sources are bounded before anything parses them. What is left to trust: Roslyn's parser and binder on at most 8 KB of a bounded nesting, this room's own reader and compiler, and
            Wasmtime. The helpers that you offer are yours: a candidate calls them with any numbers it likes.

            The machine's part is tested on Linux x64; the packages for macOS, Windows and arm64 are Wasmtime's own.

            """);
        return page.ToString();
    }

    private static string Text(IReadOnlyList<double> values, string unit)
    {
        if (values.Count == 0)
        {
            return "";
        }

        double[] sorted = [.. values.Order()];
        return $"{Number(sorted[sorted.Length / 2])} {unit} ({Number(sorted[0])} to {Number(sorted[^1])})";
    }

    private static string Number(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);
}
