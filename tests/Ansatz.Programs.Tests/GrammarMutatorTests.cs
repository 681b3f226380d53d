using Ansatz.Programs.Grammar;
using Ansatz.Sandbox;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Programs.Tests;

/// <summary>The grammar writes programs for any signature; what it proposes compiles, and its operators change what they say.</summary>
public sealed class GrammarMutatorTests
{
    public static TheoryData<string> Kinds => ["two doubles", "int[] to double", "double[] and int to int", "long[] and bool[] to long", "double[][] to int", "bool", "array result", "struct", "helper"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Program_AnySignature_MostOfThemCompile(string kind)
    {
        ProgramPart part = Holes.Part(kind);
        ProgramGrammar grammar = new(part.Signature, part.Asked);
        int compiled = 0;
        HashSet<string> texts = [];
        for (int i = 0; i < 300; i++)
        {
            HoleSyntax raw = grammar.Program(part.Parameters, new Rng(i, kind));
            HoleSyntax? program = part.Simplify(raw);
            if (program is not null)
            {
                compiled++;
                texts.Add(program.ToString());
                Assert.True(part.Compiler.TryRead(program.ToString(), out HoleSyntax? read, out IReadOnlyList<Refusal> refusals), $"{program}\n{string.Join('\n', refusals)}");
                Assert.Equal(program, read);
            }
        }

        Assert.InRange(compiled, 240, 300); // the rest: a cast of a constant that C# refuses, and the like
        Assert.InRange(texts.Count, kind == "bool" ? 100 : 180, 300);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Operators_AnyTwoPrograms_MostChildrenCompileAndDiffer(string kind)
    {
        ProgramPart part = Holes.Part(kind);
        ProgramGrammar grammar = new(part.Signature, part.Asked);
        Mutations mutations = new(grammar);
        HoleSyntax[] programs = [.. Enumerable.Range(0, 100).Select(i => part.Simplify(grammar.Program(part.Parameters, new Rng(i, kind)))).OfType<HoleSyntax>()];
        Dictionary<string, Func<HoleSyntax, HoleSyntax, Rng, HoleSyntax?>> operators = new()
        {
            ["crossover"] = (a, b, rng) => mutations.Crossover(a, b, rng),
            ["subtree"] = (a, _, rng) => mutations.Subtree(a, rng),
            ["constants"] = (a, _, rng) => Mutations.Constants(a, rng),
            ["point"] = (a, _, rng) => mutations.Point(a, rng),
            ["hoist"] = (a, _, rng) => Mutations.Hoist(a, rng),
        };
        foreach ((string name, Func<HoleSyntax, HoleSyntax, Rng, HoleSyntax?> change) in operators)
        {
            int tried = 0, compiled = 0, changed = 0;
            for (int i = 0; i < 200; i++)
            {
                Rng rng = new(i, name);
                (HoleSyntax a, HoleSyntax b) = (rng.Pick(programs), rng.Pick(programs));
                if (change(a, b, rng) is { } raw)
                {
                    tried++;
                    HoleSyntax? child = part.Simplify(raw);
                    compiled += child is null ? 0 : 1;
                    changed += child is not null && !child.Equals(a) ? 1 : 0;
                }
            }

            Assert.True(tried >= (kind is "long[] and bool[] to long" or "double[][] to int" ? 40 : 60), $"{name}: {tried} of 200 had a place"); // hoist wants a part of the same type, and entries, lengths and results differ in theirs
            Assert.True(compiled >= 0.75 * tried, $"{name}: {compiled} of {tried} compile");
            Assert.True(changed >= 0.5 * compiled, $"{name}: {changed} of {compiled} differ from the parent");
        }
    }

    [Fact]
    public void Constants_OfAProgram_MoveAndNothingElse()
    {
        ProgramPart part = Holes.Part("two doubles");
        Assert.True(part.Compiler.TryRead("static double F(double x, double y) => x * 3 + y;", out HoleSyntax? program, out _));
        double[] moved = [.. Enumerable.Range(0, 300).Select(i => Mutations.Constants(program!, new Rng(i, "constants"))!).Select(child =>
        {
            Literal literal = Places.Expressions(child).Select(p => p.Node).OfType<Literal>().Single();
            Assert.Equal(program, child.Rewrite(n => n is Literal ? Literal.Of(3.0) : n));
            return (double)literal.Value;
        })];
        Assert.InRange(moved.Average(), 2.6, 3.6);
        Assert.InRange(moved.Distinct().Count(), 60, 300);
    }
}
