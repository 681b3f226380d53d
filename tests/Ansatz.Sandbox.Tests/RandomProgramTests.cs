using Ansatz.Sandbox.Syntax;

namespace Ansatz.Sandbox.Tests;

/// <summary>Interpreter and module, and plain C#, on random programs: what each construct means, to the bit.</summary>
public sealed class RandomProgramTests
{
    private static readonly HoleLimits Limits = new() { Fuel = 20_000, MemoryBytes = 4096, Depth = 60, SourceCharacters = 1 << 20, Tokens = 1 << 20, Nesting = 1000 };

    [Fact]
    public void Run_RandomPrograms_InterpreterAndModuleAgreeToTheBit()
    {
        HoleCompiler compiler = new(RandomProgram.Signature, Limits);
        Dictionary<string, int> outcomes = [];
        for (int i = 0; i < 400; i++)
        {
            Rng rng = new(seed: 1, "random programs", i);
            string source = new RandomProgram(rng, portableOnly: false).Write();
            Assert.True(compiler.TryRead(source, out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals), $"Program {i}: {string.Join('\n', refusals)}\n{source}");
            using HoleProgram program = compiler.Compile(syntax);
            using HoleInstance instance = program.Start();
            HoleInterpreter interpreter = new(program.Tree, RandomProgram.Signature, Limits);
            for (int call = 0; call < 3; call++)
            {
                object[] arguments = RandomProgram.Arguments(rng);
                object expected = Both.Catch(() => interpreter.Call(arguments));
                object actual = Both.Catch(() => instance.Call(arguments));
                Assert.True(Both.Text(expected) == Both.Text(actual) && interpreter.Fuel == instance.Fuel,
                    $"Program {i}, call {call}: interpreter {Both.Text(expected)} with {interpreter.Fuel} left, module {Both.Text(actual)} with {instance.Fuel} left.\n{source}");
                string outcome = actual is HoleTrap trap ? trap.ToString() : "result";
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                if (actual is HoleTrap)
                {
                    break;
                }
            }
        }

        // Worth something only if the programs do run, and do trap in every way.
        string all = string.Join(", ", outcomes.Select(o => $"{o.Key} {o.Value}"));
        TestContext.Current.TestOutputHelper?.WriteLine(all);
        Assert.True(outcomes["result"] > outcomes.Values.Sum() / 2, all);
        Assert.All(Enum.GetValues<HoleTrap>().Except([HoleTrap.None, HoleTrap.Helper]), trap => Assert.True(outcomes.ContainsKey(trap.ToString()), $"No {trap} in {all}"));
    }

    // A third opinion: the same text, compiled by Roslyn and run by the runtime itself. It knows no limits, so programs that met one are left out.
    [Fact]
    public void Run_RandomPrograms_MeanWhatCSharpMeans()
    {
        HoleCompiler compiler = new(RandomProgram.Signature, Limits);
        int compared = 0;
        for (int i = 0; i < 150; i++)
        {
            Rng rng = new(seed: 2, "random programs", i);
            string source = new RandomProgram(rng, portableOnly: true).Write();
            Assert.True(compiler.TryRead(source, out HoleSyntax? syntax, out _), source);
            HoleInterpreter interpreter = new(Lowering.Lower(syntax, RandomProgram.Signature), RandomProgram.Signature, Limits);
            object[] arguments = RandomProgram.Arguments(rng);
            object actual = Both.Catch(() => interpreter.Call(arguments));
            if (actual is HoleTrap.Fuel or HoleTrap.Memory or HoleTrap.Depth)
            {
                continue;
            }

            actual = actual is HoleTrap.NegativeLength ? HoleTrap.Overflow : actual; // one exception in C#
            object expected = PlainCSharp.Run(source, arguments);
            Assert.True(Both.Text(expected) == Both.Text(actual), $"Program {i}: C# {Both.Text(expected)}, interpreter {Both.Text(actual)}.\n{source}");
            compared++;
        }

        Assert.True(compared > 100, $"Only {compared} programs were compared.");
    }
}
