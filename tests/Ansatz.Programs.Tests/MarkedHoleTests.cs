using System.Collections.Immutable;

namespace Ansatz.Programs.Tests;

/// <summary>Classes whose methods are marked become objectives, or one sentence says why not.</summary>
public sealed class MarkedHoleTests
{
    [Fact]
    public async Task Of_AMarkedClass_HasItsStartRulesHelpersScorerAndInputs()
    {
        Objective<ProgramSource> objective = MarkedHole.Of(typeof(Good));
        ProgramPart part = (ProgramPart)objective.Open;
        Assert.Equal("static double Weigh(double x, int n)\n{\n    return x + Half(n);\n}", part.Yours.Text);
        Assert.Equal("How heavy something is.", part.Purpose);
        Assert.Equal(["yours", "nothing"], part.Controls(new("found", ArmRole.Search, new Yours(), Budget.Unlimited)).Select(a => a.Name));
        Assert.Equal((Scale.Unit, "stones"), (objective.Scale, objective.Noun));
        Assert.Equal((2, 1, 1), (objective.Count(Split.Train), objective.Count(Split.Validation), objective.Count(Split.Test)));
        Candidate<ProgramSource> yours = new(part.Yours, "id", [], "yours");
        ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(new(yours, Split.Train, [0, 1]), Replies.None, TestContext.Current.CancellationToken);
        Assert.Equal([1 / 3.0, 1 / 6.5], outcomes.Cast<Scored>().Select(o => o.Score)); // x + n / 2 = 2 and 5.5
    }

    [Fact]
    public async Task Of_AHoleOfTheUsersOwnTypes_ReadsTheirParts()
    {
        Objective<ProgramSource> objective = MarkedHole.Of(typeof(Crates));
        Candidate<ProgramSource> better = new(new("static double Rank(Crate crate, Contents wanted) { return crate.Contents == wanted ? crate.Weight / (crate.Shelf + 1) : 0; }"), "id", [], "better");

        ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(new(better, Split.Train, [0, 1]), Replies.None, TestContext.Current.CancellationToken);

        Assert.Equal([4.0, 0.0], outcomes.Cast<Scored>().Select(o => o.Score));
        Assert.Contains("Crate { double this.Weight; int this.Shelf; int (int)this.Contents }", objective.Identity["hole"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    public static TheoryData<Type, string> Bad => new()
    {
        { typeof(NoHole), "NoHole has no method marked [Open]: it needs one." },
        { typeof(TwoHoles), "TwoHoles has 2 methods marked [Open], First and Second: it needs one." },
        { typeof(NoScorer), "NoScorer has no method marked [Score]: it needs one." },
        { typeof(TextHole), "The hole Say has System.String in its signature, which cannot cross into the sandbox: use numbers (no decimal), bool, arrays of int, uint, long, ulong, double or bool, or an enum, struct or record of these." },
        { typeof(OtherDelegate), "OtherDelegate.Score is marked [Score], so it has to take the hole as Func<Double, Double> and one input, and return a double or a ProgramScore." },
        { typeof(OtherInputs), "OtherInputs.Train is marked [Inputs(Split.Train)], so it has to take nothing and return IEnumerable<Int32>, what the scorer takes." },
        { typeof(InstanceHole), "InstanceHole.F is marked [Open], so it has to be static and not generic." },
        { typeof(NoInputs), "NoInputs has no method marked [Inputs], and no file of inputs is named (\"data\" in a study file): a program has to be scored on something." },
        { typeof(Overlapping), "Validation input 0 stands in the Train split as well: what a search has seen cannot judge it." },
        { typeof(OutsideTheSubset), "The start program of the hole F is no candidate: line 1, column " },
        { typeof(Throwing), "The start program does not work: On Train input 0: the scorer threw DivideByZeroException: " },
        { typeof(NotANumber), "The start program does not work: On Train input 0: its score is NaN." },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Of_AClassThatDoesNotFit_OneSentence(Type holder, string sentence)
    {
        InputException e = Assert.Throws<InputException>(() => MarkedHole.Of(holder));
        Assert.Contains($"): {sentence}", $"): {e.Message}", StringComparison.Ordinal); // behind its place, where the mark has one
    }

#pragma warning disable CA1822, IDE0051 // Found by their marks.
    private static class Good
    {
        [Open(Purpose = "How heavy something is.")]
        public static double Weigh(double x, int n)
        {
            // Comments stay out.
            return x + Half(n);
        }

        [Rule("nothing")]
        private static double Nothing(double x, int n) => 0;

        [Offered(Fuel = 10)]
        private static double Half(int n) => n / 2.0;

        [Score(Scale = Scale.Unit, Noun = "stones")]
        private static double Score(Func<double, int, double> weigh, (double X, int N) stone) => 1 / (1 + weigh(stone.X, stone.N));

        [Inputs(Split.Train)]
        private static IEnumerable<(double X, int N)> Train() => [(1, 2), (5, 1)];

        [Inputs(Split.Validation)]
        private static (double X, int N)[] Validation() => [(3, 3)];

        [Inputs(Split.Test)]
        private static List<(double X, int N)> Test() => [(4, 4)];
    }

    private static class Crates
    {
        [Open]
        private static double Rank(Crate crate, Contents wanted) => crate.Weight;

        [Score]
        private static double Score(Func<Crate, Contents, double> rank, Crate crate) => rank(crate, Contents.Pears);

        [Inputs(Split.Train)]
        private static IEnumerable<Crate> Train() => [new(8, 1, Contents.Pears), new(8, 1, Contents.Apples)];
    }

    private static class NoHole
    {
        [Score]
        private static double Score(Func<double, double> f, int input) => f(input);
    }

    private static class TwoHoles
    {
        [Open]
        private static double First(double x) => x;

        [Open]
        private static double Second(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, int input) => f(input);
    }

    private static class NoScorer
    {
        [Open]
        private static double F(double x) => x;
    }

    private static class TextHole
    {
        [Open]
        private static double Say(string x) => x.Length;

        [Score]
        private static double Score(Func<string, double> f, int input) => f("x");
    }

    private static class OtherDelegate
    {
        [Open]
        private static double F(double x) => x;

        [Score]
        private static double Score(Func<int, double> f, int input) => f(input);
    }

    private static class OtherInputs
    {
        [Open]
        private static double F(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, int input) => f(input);

        [Inputs(Split.Train)]
        private static IEnumerable<string> Train() => ["a"];
    }

    private sealed class InstanceHole
    {
        [Open]
        private double F(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, int input) => f(input);
    }

    private static class NoInputs
    {
        [Open]
        private static double F(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, int input) => f(input);
    }

    private static class Overlapping
    {
        [Open]
        private static double F(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, int input) => f(input);

        [Inputs(Split.Train)]
        private static IEnumerable<int> Train() => [1, 2];

        [Inputs(Split.Validation)]
        private static IEnumerable<int> Validation() => [2];
    }

    private static class OutsideTheSubset
    {
        [Open]
        private static double F(double x) => Environment.TickCount + x;

        [Score]
        private static double Score(Func<double, double> f, int input) => f(input);

        [Inputs(Split.Train)]
        private static IEnumerable<int> Train() => [1];
    }

    private static class Throwing
    {
        [Open]
        private static double F(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, int input) => input / (input - 1);

        [Inputs(Split.Train)]
        private static IEnumerable<int> Train() => [1];
    }

    private static class NotANumber
    {
        [Open]
        private static double F(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, int input) => double.NaN;

        [Inputs(Split.Train)]
        private static IEnumerable<int> Train() => [1];
    }
#pragma warning restore CA1822, IDE0051

    private sealed class Yours : Optimizer<ProgramSource>
    {
        public override System.Text.Json.Nodes.JsonObject Settings => [];

        public override Task SearchAsync(Search<ProgramSource> search, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
