using System.Collections.Immutable;
using Ansatz.Sandbox;
using Ansatz.Testing;

namespace Ansatz.Programs.Tests;

/// <summary>What becomes of programs, good and bad, under a scorer.</summary>
public sealed class ProgramObjectiveTests : ObjectiveContract<ProgramSource>
{
    protected override Objective<ProgramSource> Create() => Holes.TwoDoubles();

    [Theory]
    [InlineData("static double F(double x, double y) { while (true) { } }", "On Train input 0: The candidate has spent its fuel")]
    [InlineData("static double F(double x, double y) => x / 0;", "On Train input 0: its score is")]
    [InlineData("static double F(double x, double y) => (double)(1 / (int)(x - x));", "On Train input 0: The candidate divided a whole number by zero.")]
    [InlineData("static double F(double x) => x;", "It does not compile: line 1, column 1: The method has to be static double F(double, double).")]
    [InlineData("no program at all", "It does not compile: line 1, column ")]
    public async Task Evaluate_AProgramThatFails_IsRejectedOnTheWholeBlock(string program, string reason)
    {
        Objective<ProgramSource> objective = Holes.TwoDoubles();
        ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(new(new(new(program), "id", [], "test"), Split.Train, [0, 1, 2]), Replies.None, TestContext.Current.CancellationToken);
        Assert.Equal(3, outcomes.Length);
        Assert.StartsWith(reason, Assert.IsType<Rejected>(outcomes[0]).Reason, StringComparison.Ordinal);
        Assert.All(outcomes, o => Assert.IsType<Rejected>(o));
    }

    [Fact]
    public async Task Evaluate_FuelOfOneInput_IsNotTheOthersLoss()
    {
        // Each input takes 60 % of the fuel: all of them go through, since each has its own.
        ProgramPart part = new(HoleSignature.Of<Func<int, double>>("F"), "static double F(int n) { double s = 0; for (int i = 0; i < n; i++) { s += i; } return s; }", limits: new() { Fuel = 250_000 });
        ProgramObjective<Func<int, double>, int> objective = new(part, new([10_000, 10_001, 10_002], [], [], i => $"{i}"), (f, n) => f(n));
        ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(new(new(part.Yours, "id", [], "yours"), Split.Train, [0, 1, 2]), Replies.None, TestContext.Current.CancellationToken);
        Assert.Equal([49_995_000, 50_005_000, 50_015_001], outcomes.Cast<Scored>().Select(o => o.Score));
        Assert.Equal(250_000, objective.Fuel);
    }

    [Fact]
    public async Task Evaluate_OtherFigures_AreSummarisedWithIntervals()
    {
        ProgramPart part = new(HoleSignature.Of<Func<double, double>>("F"), "static double F(double x) => x;");
        ProgramObjective<Func<double, double>, double> objective = new(
            part, new([1, 2, 3, 4], [], [], i => $"{i}"), (f, x) => new ProgramScore(f(x)) { Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("twice", 2 * f(x)) });
        ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(new(new(part.Yours, "id", [], "yours"), Split.Train, [0, 1, 2, 3]), Replies.None, TestContext.Current.CancellationToken);
        Summary twice = Assert.Single(objective.Summarize(Split.Train, outcomes));
        Assert.Equal(("twice", 5), (twice.Name, twice.Value));
        Assert.InRange(twice.Interval.Low, 2, 4);
        Assert.InRange(twice.Interval.High, 6, 8);
    }

    [Fact]
    public void Fuel_WithoutLimits_IsAHundredTimesTheStartProgramsWithinBounds()
    {
        ProgramPart Part(string start) => new(HoleSignature.Of<Func<int, double>>("F"), start);
        Assert.Equal(10_000_000, new ProgramObjective<Func<int, double>, int>(Part("static double F(int n) => n;"), new([1], [], [], i => $"{i}"), (f, n) => f(n)).Fuel);
        long fuel = new ProgramObjective<Func<int, double>, int>(
            Part("static double F(int n) { double s = 0; for (int i = 0; i < n; i++) { s += i; } return s; }"), new([100_000], [], [], i => $"{i}"), (f, n) => f(n)).Fuel;
        Assert.InRange(fuel, 20_000_000, 200_000_000);
    }
}
