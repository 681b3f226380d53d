using System.Text.RegularExpressions;
using Ansatz.Sandbox;

namespace Ansatz.Programs.Tests;

/// <summary>What a scorer asks, as the grammar learns of it.</summary>
public sealed class ArgumentNumbersTests
{
    private delegate double Hole(double x, bool b, int[] all, Crate crate, byte small);

    [Fact]
    public void Values_EveryNumberThatCrosses_OnceAndInOrder_NoneOfABoolOrAnEnum()
    {
        ArgumentNumbers<Hole> numbers = new(HoleSignature.Of<Hole>("F"));
        Hole hole = numbers.Around((x, _, all, crate, small) => x + all.Length + crate.Shelf + small);

        Assert.Equal(2.5 + 3 + 7 + 200, hole(2.5, true, [4, -4, 4], new(0.5, 7, Contents.Pears), 200));
        Assert.Equal(1 + 0 + 7 + 200, hole(1, false, [], new(double.NaN, 7, Contents.Pears), 200));

        Assert.Equal([[1, 2.5], [-4, 4], [0.5], [7], [200]], numbers.Values.Select(v => v.ToArray()));
    }

    [Fact]
    public void Values_MoreThanAreKept_TheSameSampleInWhateverOrderTheyCome()
    {
        Rng rng = new(1, "order");
        double[][] samples =
        [
            .. Enumerable.Range(0, 3).Select(_ =>
            {
                ArgumentNumbers<Func<double, double>> numbers = new(HoleSignature.Of<Func<double, double>>("F"));
                Func<double, double> hole = numbers.Around(x => x);
                foreach (int i in rng.Choose(5_000, 5_000).Concat(Enumerable.Repeat(3, 5_000)))
                {
                    hole(i / 10.0);
                }

                return Assert.Single(numbers.Values).ToArray();
            }),
        ];

        Assert.Equal(100, samples[0].Length);
        Assert.All(samples, s => Assert.Equal(samples[0], s));
        Assert.InRange(samples[0].Average(), 205, 295); // the mean of all is 250, its standard error 14.4
    }

    /// <summary>No constant of the grammar's own is near 4,321.</summary>
    [Fact]
    public void Objective_WhatItsScorerAsks_IsWhatTheGrammarComparesWith()
    {
        ProgramPart part = new(HoleSignature.Of<Func<double, double>>("F"), "static double F(double x) => 0;");
        ProgramObjective<Func<double, double>, int> objective = new(part, new([1, 2], [], [], i => $"{i}"), (f, i) => f(4_321 * i));

        Assert.Empty(part.Asked);
        Assert.Equal([[4_321, 8_642]], objective.Part.Asked.Select(a => a.ToArray()));
        string[] programs = [.. RandomProgramsOf(objective.Part, 200)];
        Assert.InRange(programs.Sum(p => Regex.Count(p, "[<>=] (4320|8640)")), 40, 120); // to three digits
        Assert.Equal(programs.Sum(p => Regex.Count(p, "4320|8640")), programs.Sum(p => Regex.Count(p, "[<>=] (4320|8640)")));
        Assert.Equal(0, RandomProgramsOf(part, 200).Sum(p => Regex.Count(p, "4320|8640")));
    }

    private static IEnumerable<string> RandomProgramsOf(ProgramPart part, int count) =>
        Enumerable.Range(0, count).Select(i => new Grammar.ProgramGrammar(part.Signature, part.Asked).Program(part.Parameters, new Rng(i, "programs")).ToString());
}
