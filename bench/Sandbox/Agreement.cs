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
        (int calls, int agreed) = (0, 0);
        double quarter = 0;
        for (int i = 0; i < programs; i++)
        {
            quarter = i == programs / 4 ? MiB() : quarter;
            Rng rng = new(seed: 3, "random programs", i);
            string source = new RandomProgram(rng, portableOnly: false).Write();
            if (!compiler.TryCompile(source, out HoleProgram? program, out IReadOnlyList<Refusal> refusals))
            {
                throw new InvalidOperationException($"Program {i} is refused: {refusals[0]}\n{source}");
            }

            using (program)
            {
                using HoleInstance instance = program.Start();
                HoleInterpreter interpreter = new(program.Tree, RandomProgram.Signature, limits);
                HoleTrap trap = HoleTrap.None;
                for (int call = 0; call < 3 && trap == HoleTrap.None; call++)
                {
                    object[] arguments = RandomProgram.Arguments(rng);
                    (double value, trap) = Run(() => interpreter.Call(arguments));
                    (double moduleValue, HoleTrap moduleTrap) = Run(() => instance.Call(arguments));
                    calls++;
                    bool agree = BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(moduleValue) && trap == moduleTrap && interpreter.Fuel == instance.Fuel;
                    agreed += agree ? 1 : 0;
                    if (!agree)
                    {
                        Console.Error.WriteLine($"Program {i}: interpreter {value} {trap} {interpreter.Fuel}, module {moduleValue} {moduleTrap} {instance.Fuel}\n{source}");
                    }

                    string outcome = trap == HoleTrap.None ? "result" : trap.ToString();
                    outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                }
            }
        }

        return new(programs, calls, agreed, outcomes, quarter, MiB());
    }

    private static double MiB()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet / 1048576.0;
    }

    private static (double Value, HoleTrap Trap) Run(Func<object> call)
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
