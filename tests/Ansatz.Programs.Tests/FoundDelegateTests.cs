using Ansatz.Sandbox;

namespace Ansatz.Programs.Tests;

/// <summary>A found program as a delegate: in the sandbox, where every call is as good as the first; and without it, as plain code.</summary>
public sealed class FoundDelegateTests
{
    private delegate int Middle(int low, int high);

    /// <summary>A type of the user's.</summary>
    public readonly record struct Box(double Width, int Count);

    private static readonly ProgramSource Halving = new("static double F(double x, int n) { while (n > 0) { x /= 2; n--; } return x; }");

    [Fact]
    public async Task Confine_ManyThreadsAndTraps_EveryCallIsAsGoodAsTheFirst()
    {
        ProgramObjective<Func<double, int, double>, int> objective = Objective<Func<double, int, double>>(Halving.Text, new() { Fuel = 100_000 });
        using ConfinedProgram<Func<double, int, double>> found = objective.Confine(Halving);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int n = 0; n < 500; n++)
            {
                if (n % 50 == thread)
                {
                    Assert.Equal(HoleTrap.Fuel, Assert.Throws<HoleTrapException>(() => found.Call(1, int.MaxValue)).Trap); // takes all its fuel
                }

                Assert.Equal(1.0 / 256, found.Call(1, 8)); // all of them together are more than one call's fuel
            }
        })));
    }

    [Fact]
    public void Confine_Disposed_IsRefused()
    {
        ConfinedProgram<Func<double, int, double>> found = Objective<Func<double, int, double>>(Halving.Text).Confine(Halving);
        found.Dispose();
        found.Dispose();

        Assert.Throws<ObjectDisposedException>(() => found.Call(1, 1));
        Assert.Throws<ObjectDisposedException>(() => found.Call(1, 1)); // and its turn was given back
    }

    [Fact]
    public void Confine_NoProgram_IsRefused() =>
        Assert.StartsWith("The program does not compile: ", Assert.Throws<InputException>(() => Objective<Func<double, int, double>>(Halving.Text).Confine(new("static double F(double x, int n) => System.IO.File.Exists(\"a\") ? 1 : 0;"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Compile_HelpersTypesOverflow_GivesWhatTheSandboxGives()
    {
        HoleSignature signature = HoleSignature.Of<Func<Box, int, double>>("F", OfferedHelper.Of("Half", (int n) => n / 2), OfferedHelper.Of("Between", new Middle((low, high) => (low + high) / 2)));
        ProgramSource program = new("static double F(Box box, int n) { int big = int.MaxValue; big += n; return box.Width * box.Count + Half(n) + Between(2, n) + big + G(n); }\nstatic double G(int n) => Math.Sqrt(n);");
        ProgramPart part = new(signature, program.Text);
        using ConfinedProgram<Func<Box, int, double>> confined = new(part.Compiler.Compile(Read(part, program)));

        Func<Box, int, double> plain = UnconfinedProgram.Compile<Func<Box, int, double>>(program, signature);

        Assert.Equal(confined.Call(new(1.5, 3), 7), plain(new(1.5, 3), 7));
        Assert.Equal((1.5 * 3) + 3 + 4 + unchecked(int.MaxValue + 7) + Math.Sqrt(7), plain(new(1.5, 3), 7));
    }

    [Theory]
    [InlineData("static double F(double x) => y;", "The program does not compile: ")]
    [InlineData("static double G(double x) => x;", "The program has no method double F(double)")]
    [InlineData("static int F(int x) => x;", "The program has no method double F(double)")]
    public void Compile_NoProgram_SaysWhy(string program, string words) => Assert.StartsWith(
        words, Assert.Throws<InputException>(() => UnconfinedProgram.Compile<Func<double, double>>(new(program), HoleSignature.Of<Func<double, double>>("F"))).Message, StringComparison.Ordinal);

    private static Ansatz.Sandbox.Syntax.HoleSyntax Read(ProgramPart part, ProgramSource program)
    {
        Assert.True(part.Compiler.TryRead(program.Text, out Ansatz.Sandbox.Syntax.HoleSyntax? syntax, out _));
        return syntax;
    }

    private static ProgramObjective<TDelegate, int> Objective<TDelegate>(string start, HoleLimits? limits = null)
        where TDelegate : Delegate =>
        new(new(HoleSignature.Of<TDelegate>("F"), start, limits: limits), new([1], [2], [3], i => $"input {i}"), (_, _) => 0);
}
