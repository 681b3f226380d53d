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

            A candidate is a method in a subset of C#: numbers, bool, arrays, the parts of your own enums, structs and records that the method takes, locals, if, switch, loops, helper functions of its own, helpers that you offer, `Math`. It is read into a syntax tree, typed and with names; what the
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
            is a candidate, and `Compile` compiles it. `Simplifier` makes it smaller without changing a bit of what it gives, and `CanonicalForm` says whether two candidates
            differ in more than names, the order of operands and the like: a search need not try the second.

            ## What it means

            The meaning is C#'s, unchecked: whole numbers wrap, dividing one by zero traps, shifts are masked, evaluation goes left to right, conversions from `double` saturate. Three things differ: an array argument is
            a copy, so the candidate cannot change yours; `Math.Exp` and the other functions that WebAssembly lacks give the same bits on every machine, which may differ from your library's in the last;
            and an interpreter, the reference, agrees with the module to the bit:

            | random programs | calls | same result or trap, and same fuel left |
            |---|---|---|
            | {results.Agreement.Programs:N0} | {results.Agreement.Calls:N0} | {results.Agreement.Agreed:N0} |

            Of those calls, by outcome: {string.Join(", ", results.Agreement.Outcomes.Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Key} {o.Value:N0}")))}. Memory of the process after a quarter of the programs: {results.Agreement.QuarterMiB:0} MiB; after all: {results.Agreement.EndMiB:0} MiB.

            {Fuzz(results.Fuzz)}## What it costs

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
            them if the reader erred. Sources are bounded before anything parses them, and held to the subset's own grammar, token by token: C#'s parser guesses at a source that is no C#,
            word after word, and forty words kept it busy for days. What is left to trust: Roslyn's lexer, its parser and binder on at most 8 KB of that grammar, this room's own reader and compiler, and
            Wasmtime. The helpers that you offer are yours: a candidate calls them with any numbers it likes.

            The machine's part is tested on Linux x64; the packages for macOS, Windows and arm64 are Wasmtime's own.

            ## Whole programs

            What does not fit into a hole - strings, collections, LINQ, lambdas, own types - runs as a whole program in a process of its own, on Linux x64. A program is a class `Program` with a method
            `static string Run(string input)`; `System`, its `Collections.Generic`, `Linq` and `Text` need no `using`.

            ```csharp
            using ProgramSandbox sandbox = await ProgramSandbox.OpenAsync(new() { CpuTime = TimeSpan.FromSeconds(1) }); // FaultException: the lock does not hold here, and what is missing
            ProgramRun run = await sandbox.RunAsync("class Program { static string Run(string input) => string.Concat(input.Reverse()); }", ["abc", "de"]);
            // run.Refusals: why it was not run, with lines; else run.Answers: "cba", "ed", or why there is none
            ```

            - The compiler runs in a locked process. What it made is checked, as compiled, against a list of types and members before anything loads it: no native functions, pointers, layouts of its own, foreign
              attributes, no files, threads, clocks or reflection. What it reads for that is bounded, whatever the image says.
            - References stay in the call that makes them: no method gives a ref or a span or takes a span by ref, and there are no ref structs, no inline arrays and no spans over one variable.
              Spans over arrays and texts, slices of them, and spans handed down to a method are fine.
            - Each run is a fresh process that locks itself before it is given anything: a filter of system calls that lets it read from the host, write to it, compute and take memory that a limit counts, and nothing else; limits on
              CPU time, memory, address space, files, processes and descriptors; an empty environment; no_new_privs; Landlock where the kernel has it; where root starts it, another user without capabilities, and a network
              without interfaces. The host asks the kernel whether the filter is on, and ends a child that it is not on, or that uses more memory than its limits should let it. A child ends with its host.
            - An answer, or a cause: an exception (with the program's own line), memory, stack, CPU time, a refused call, an answer that is too long. A process that ends in another way - the clock, a
              signal from elsewhere - is run once more: the same end again is the program's, another one a fault that pauses a study.
            - Time and memory decide here, so no determinism is promised. What a program keeps in statics it still has at the next input of the same run.

            A hole may be filled so too: `ProgramHole` takes a signature of numbers, and candidates that use whatever else they like inside. Their process is called from outside, about ten microseconds a call, for one input of the objective (`ProgramPart(..., sandbox:)`, `"sandbox": "program"`
            in a study file); a process that somebody else ended is run once more.

            Elsewhere, and where a part of the lock cannot be set up, programs are refused with a sentence that says what is missing; holes run everywhere. In an application that is published as one file, the package keeps
            the sandbox and its compiler beside it, since a child is started from a file. One that brings its own runtime (self-contained) has no program to start for the child, and is refused likewise. In a container the lock needs nothing but what it lets a process take away from itself.

            ```sh
            ansatz sandbox selftest
            ```

            attacks both profiles on your machine. Each attack states what has to stop it, and is run a second time without walls, where it has to succeed. {attacks}

            What is left to trust: the kernel's part of that, the runtime's compiler of methods behind it, and the member list. The check is no verifier of types: a program that had taken over the compiler could make one type
            pass for another, and would then be alone with the lock. C# itself loses sight, in places, of how long a reference lives; a program that nobody took over could use that only with a reference that
            outlives its call, and the check refuses what hands one out without asking C#. Timing and caches are not closed to it. On other machines than Linux x64 there is no lock, and nothing is attack-tested.

            """);
        return page.Replace("{attacks}", AttacksOf(results.Attacks)).ToString();
    }

    private static string AttacksOf(AttackCount? attacks) => attacks is null ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"On {attacks.Machine}{(attacks.IsRoot ? ", as root" : "")}: {attacks.Rows.Count} attacks, {attacks.Rows.Count(r => r.Wall.EndsWith(" alone", StringComparison.Ordinal))} of them before one wall alone; {attacks.Rows.Count(r => r.IsEscape)} escapes, {attacks.Rows.Count(r => !r.Holds)} stopped by something else than what has to or without a control that succeeds; in {attacks.Seconds:0} s ([every row](../bench/Sandbox/results.json)). The check with which a host begins, its first locked child, took {Text(attacks.CheckMilliseconds, "ms")} in {attacks.CheckMilliseconds.Count} hosts, compiled in tiers as applications are; asked was less than 100 ms: {(attacks.CheckMilliseconds.All(m => m < 100) ? "met" : "not met in all")}. Later ones take {Text(attacks.LockMilliseconds, "ms")}; a program of one line takes {Text(attacks.CompileMilliseconds, "ms")} to compile and check, and answers {Text(attacks.AnswerMilliseconds, "ms")} after the start of its process.");

    private static string Fuzz(FuzzCount? fuzz) => fuzz is null ? "" : string.Create(CultureInfo.InvariantCulture, $"""
        Mutants of such programs, one to three edits of their tokens, some of which put in what no candidate may say, are read like any candidate. Three oracles that know nothing of the reader look at those that it takes:

        | mutants | taken | import more than the door to the host | use a member outside Math, numbers and arrays, compiled as ordinary C# | are no ordinary C# | interpreter and module disagree |
        |---|---|---|---|---|---|
        | {fuzz.Mutants:N0} | {fuzz.Compiled:N0} ({100.0 * fuzz.Compiled / fuzz.Mutants:0} %) | {fuzz.ImportsOutside:N0} | {fuzz.MembersOutside:N0} | {fuzz.NoCSharp:N0} | {fuzz.Disagreed:N0} |

        With a forbidden member put in on purpose, `Environment.TickCount` in {fuzz.Planted:N0} of the mutants taken, the oracle of members found it in {fuzz.PlantedFound:N0}, and the reader refused {fuzz.PlantedRefused:N0}. {(fuzz.NoReason == 0 ? "Every mutant that it refused came back with a reason." : $"{fuzz.NoReason:N0} were refused without a reason.")}


        """).ReplaceLineEndings("\n");

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
