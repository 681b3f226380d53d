using Ansatz.Sandbox;
using Ansatz.Sandbox.Tests;

namespace Ansatz.Bench.Sandbox;

/// <summary>The test of random programs, at its full size.</summary>
internal static class Agreement
{
    public static AgreementCount Measure(int programs)
    {
        HoleLimits limits = new() { Fuel = 20_000, MemoryBytes = 4096, Depth = 60, SourceCharacters = 1 << 20, Tokens = 1 << 20, Nesting = 1000 };
        HoleCompiler compiler = new(RandomProgram.Signature, limits);
        SortedDictionary<string, int> outcomes = new(StringComparer.Ordinal);
        Lock counting = new();
        (int done, int calls, int agreed, double quarter) = (0, 0, 0, 0);
        Parallel.For(0, programs, new() { MaxDegreeOfParallelism = 2 }, i =>
        {
            List<(string Outcome, bool Agree)> each = Compare(compiler, limits, i);
            lock (counting)
            {
                quarter = ++done == programs / 4 ? MiB() : quarter;
                calls += each.Count;
                agreed += each.Count(e => e.Agree);
                foreach ((string outcome, _) in each)
                {
                    outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                }
            }
        });

        return new(programs, calls, agreed, outcomes, quarter, MiB());
    }

    private static List<(string Outcome, bool Agree)> Compare(HoleCompiler compiler, HoleLimits limits, int number)
    {
        Rng rng = new(seed: 3, "random programs", number);
        string source = new RandomProgram(rng, portableOnly: false).Write();
        if (!compiler.TryCompile(source, out HoleProgram? program, out IReadOnlyList<Refusal> refusals))
        {
            throw new InvalidOperationException($"Program {number} is refused: {refusals[0]}\n{source}");
        }

        using (program)
        {
            using HoleInstance instance = program.Start();
            HoleInterpreter interpreter = new(program.Tree, RandomProgram.Signature, limits);
            List<(string, bool)> calls = [];
            HoleTrap trap = HoleTrap.None;
            while (calls.Count < 3 && trap == HoleTrap.None)
            {
                object[] arguments = RandomProgram.Arguments(rng);
                (double value, trap) = Run(() => interpreter.Call(arguments));
                (double moduleValue, HoleTrap moduleTrap) = Run(() => instance.Call(arguments));
                bool agree = BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(moduleValue) && trap == moduleTrap && interpreter.Fuel == instance.Fuel;
                if (!agree)
                {
                    Console.Error.WriteLine($"Program {number}: interpreter {value} {trap} {interpreter.Fuel}, module {moduleValue} {moduleTrap} {instance.Fuel}\n{source}");
                }

                calls.Add((trap == HoleTrap.None ? "result" : trap.ToString(), agree));
            }

            return calls;
        }
    }

    private static double MiB()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet / 1048576.0;
    }

    /// <summary>What a call gave: a number, or the trap that ended it.</summary>
    public static (double Value, HoleTrap Trap) Run(Func<object> call)
    {
        try
        {
            return ((double)call(), HoleTrap.None);
        }
        catch (HoleTrapException e)
        {
            return (0, e.Trap);
        }
    }
}
