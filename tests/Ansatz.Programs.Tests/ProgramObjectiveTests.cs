using System.Collections.Immutable;
using Ansatz.Programs.Grammar;
using Ansatz.Sandbox;
using Ansatz.Sandbox.Syntax;
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

    /// <summary>On train a program that fails once is of no use to a search; where it is judged, the other inputs count all the same. Short runs are interpreted, long ones compiled.</summary>
    [Theory]
    [InlineData("static double F(int n) => 10 % n;", 2)]
    [InlineData("static double F(int n) { double s = 0; for (int i = 0; i < 300000; i++) { s += 1; } return 10 % n + 0 * s; }", 2)]
    [InlineData("static double F(int n) { int[] a = new int[3]; return a[n - 1] + 10 % n; }", 1)]
    public async Task Evaluate_FailureOnOneInput_IsThatInputsAloneWhereItIsJudged(string program, int scored)
    {
        ProgramPart part = new(HoleSignature.Of<Func<int, double>>("F"), "static double F(int n) => n;");
        ProgramObjective<Func<int, double>, (Split Split, int N)> objective = new(part, new(Three(Split.Train), Three(Split.Validation), Three(Split.Test), i => $"{i}"), (f, i) => f(i.N));

        ImmutableArray<Outcome> train = await On(Split.Train), test = await On(Split.Test);

        Assert.Equal([true, false, false], train.Select(o => o is Scored));
        Assert.Equal("Not run, since the program had failed before.", ((Rejected)train[2]).Reason);
        Assert.Equal(1, ((Scored)test[0]).Score);
        Assert.StartsWith("On Test input 1: ", ((Rejected)test[1]).Reason, StringComparison.Ordinal);
        Assert.Equal(scored, test.Count(o => o is Scored));
        Assert.Equal(test, objective.Rerun(new(program), Split.Test, [0, 1, 2]).Select(r => r.Outcome));

        static (Split, int)[] Three(Split split) => [(split, 3), (split, 0), (split, 4)];

        async Task<ImmutableArray<Outcome>> On(Split split) =>
            await objective.EvaluateAsync(new(new(new(program), "id", [], "test"), split, [0, 1, 2]), Replies.None, TestContext.Current.CancellationToken);
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

    /// <summary>A scorer that waits for ever on one candidate stops the study with a sentence, and not the candidate's score.</summary>
    [Fact]
    public async Task Evaluate_ScorerThatNeverReturns_IsAFaultWithItsInput()
    {
        using ManualResetEventSlim waits = new(), never = new();
        JumpingClock clock = new(waits, timer => TimeSpan.Zero);

        FaultException fault = await Assert.ThrowsAsync<FaultException>(() => WaitingAsync(on: 2, waits, never, clock));

        Assert.StartsWith("The scorer has not come back from Train input 1 for 120 seconds, ", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("The program was: 10 * n;", fault.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Asked, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2.2)); // what went before the scorer waited does not count
        never.Set();
    }

    /// <summary>However long a process was stopped, or its machine asleep, no scorer is blamed for it.</summary>
    [Fact]
    public async Task Evaluate_ClockThatJumpsOnce_IsNoFault()
    {
        using ManualResetEventSlim waits = new(), awake = new();
        int timers = 0;
        ImmutableArray<Outcome> outcomes = await WaitingAsync(on: 1, waits, awake, new(waits, timer =>
        {
            if (++timers == 1)
            {
                return TimeSpan.Zero; // the whole night, as the first slice of the guard
            }

            awake.Set();
            return timer;
        }));

        Assert.Equal([10, 20, 30], outcomes.Cast<Scored>().Select(o => o.Score));
    }

    [Fact]
    public void New_ScorerThatNeverComesBack_IsAFault()
    {
        ProgramPart part = new(HoleSignature.Of<Func<int, double>>("F"), "static double F(int n) => n;");
        using ManualResetEventSlim never = new();

        FaultException e = Assert.Throws<FaultException>(() => new ProgramObjective<Func<int, double>, int>(
            part,
            new([1, 2], [], [], i => $"{i}"),
            (f, n) =>
            {
                if (n == 2)
                {
                    never.Wait(CancellationToken.None);
                }

                return f(n);
            },
            guard: TimeSpan.FromMilliseconds(200)));
        never.Set();

        Assert.StartsWith("The scorer has not come back from Train input 1 for ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)] // another score each time
    [InlineData(true)] // one that depends on which inputs came before
    public void New_ScorerThatIsUnstable_IsRefused(bool remembers)
    {
        ProgramPart part = new(HoleSignature.Of<Func<int, double>>("F"), "static double F(int n) => n;");
        int calls = 0, last = 0;

        InputException e = Assert.Throws<InputException>(() => new ProgramObjective<Func<int, double>, int>(part, new([1, 2], [], [], i => $"{i}"), (f, n) =>
        {
            double score = f(n) + (remembers ? last : calls++);
            last = n;
            return score;
        }));

        Assert.StartsWith($"The scorer is unstable: on train input 0 the start program got {(remembers ? "1, and then 3" : "1, and then 4")}.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_OtherFigureThatVaries_IsNoInstability()
    {
        ProgramPart part = new(HoleSignature.Of<Func<int, double>>("F"), "static double F(int n) => n;");
        int calls = 0;

        ProgramObjective<Func<int, double>, int> objective = new(
            part, new([1, 2], [], [], i => $"{i}"), (f, n) => new ProgramScore(f(n)) { Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("milliseconds", calls++) });

        Assert.Equal(4, calls);
        Assert.Equal(2, objective.Count(Split.Train));
    }

    // Its scorer says on one of the inputs 1, 2 and 3 that it waits, and waits.
    private static Task<ImmutableArray<Outcome>> WaitingAsync(int on, ManualResetEventSlim waits, ManualResetEventSlim until, JumpingClock clock)
    {
        ProgramPart part = new(HoleSignature.Of<Func<int, double>>("F"), "static double F(int n) => n;");
        ProgramObjective<Func<int, double>, int> objective = new(part, new([1, 2, 3], [], [], i => $"{i}"), (f, n) =>
        {
            double value = f(n);
            if (value == 10 * on)
            {
                waits.Set();
                until.Wait(CancellationToken.None);
            }

            return value;
        }, guard: TimeSpan.FromMinutes(2))
        {
            Clock = clock,
        };
        return objective.EvaluateAsync(new(new(new("static double F(int n) => 10 * n;"), "id", [], "test"), Split.Train, [0, 1, 2]), Replies.None, TestContext.Current.CancellationToken);
    }

    /// <summary>A clock whose timers begin when somebody waits, and ring when they are told to.</summary>
    private sealed class JumpingClock(ManualResetEventSlim waits, Func<TimeSpan, TimeSpan> rings) : TimeProvider
    {
        /// <summary>What all timers were asked for.</summary>
        public TimeSpan Asked { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            waits.Wait(CancellationToken.None);
            Asked += dueTime;
            return System.CreateTimer(callback, state, rings(dueTime), period);
        }
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
        Assert.Equal(5 - 4.108, twice.Interval.Low, 0.001); // of four values t's is the wider: 3.182 · 2.582 / √4
        Assert.Equal(5 + 4.108, twice.Interval.High, 0.001);
    }

    [Fact]
    public async Task Evaluate_OtherFigureThatIsNoNumber_Rejects()
    {
        ProgramPart part = new(HoleSignature.Of<Func<double, double>>("F"), "static double F(double x) => x;");
        ProgramObjective<Func<double, double>, double> objective = new(
            part, new([1, 2], [], [], i => $"{i}"), (f, x) => new ProgramScore(x) { Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("ratio", f(x) / f(x)) });
        ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(
            new(new(new("static double F(double x) => 0;"), "id", [], "test"), Split.Train, [0, 1]), Replies.None, TestContext.Current.CancellationToken);
        Assert.Equal("On Train input 0: its ratio is NaN.", Assert.IsType<Rejected>(outcomes[0]).Reason);
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

    /// <summary>A hole that is called little is interpreted: outcomes, reasons and fuel are those of the compiled program.</summary>
    [Fact]
    public void Rerun_Interpreted_GivesWhatTheCompiledProgramGives()
    {
        ProgramObjective<Func<double[], int, double>, double[]> Make(bool interprets) => new(
            new(HoleSignature.Of<Func<double[], int, double>>("F", OfferedHelper.Of("Half", (double x) => x < 90 ? x / 2 : throw new ArgumentException("too much"))), "static double F(double[] a, int n) => a[n];"),
            new([[1, 2, 3], [4, 5], [6, 7, 99]], [], [], i => string.Join(' ', i)),
            (f, input) => f(input, 0) + f(input, input.Length - 1))
        {
            Interprets = interprets,
        };
        ProgramObjective<Func<double[], int, double>, double[]> interpreted = Make(true), compiled = Make(false);
        Assert.True(Make(true).Interprets);
        List<string> programs =
        [
            "static double F(double[] a, int n) { while (true) { } }",
            "static double F(double[] a, int n) { double s = 0; for (int i = 0; i < 30000; i++) { s += a[n] * i; } return s; }",
            "static double F(double[] a, int n) => a[n + 1];",
            "static double F(double[] a, int n) => Half(a[n]);",
            "static double F(double[] a, int n) => 0.0 / 0;",
            "static double F(double[] a, int n) => G(n) + a.Length; static double G(int n) => n > 400 ? n : G(n + 1);",
            "static double F(double[] a, int n) => G(n); static double G(int n) => G(n + 1);",
            "static double F(double[] a, int n) { a[0] = 7; double[] b = new double[1000000]; return b.Length; }",
            "static double F(double[] a, int n) { a[0] = 7; return a[0] / (n - 2); }",
        ];
        ProgramGrammarProbe grammar = new(interpreted.Part);
        programs.AddRange(Enumerable.Range(0, 150).Select(grammar.Write));
        int scored = 0;
        foreach (string text in programs)
        {
            ImmutableArray<ProgramRun> one = interpreted.Rerun(new(text), Split.Train, [0, 1, 2]), other = compiled.Rerun(new(text), Split.Train, [0, 1, 2]);
            Assert.True(one.SequenceEqual(other), $"{text}\n{string.Join('\n', one)}\n{string.Join('\n', other)}");
            scored += one.Count(r => r.Outcome is Scored);
        }

        Assert.True(scored > 100, $"Only {scored} runs had a score.");
    }

    // Random programs of the grammar.
    private sealed class ProgramGrammarProbe(ProgramPart part)
    {
        private readonly ProgramGrammar _grammar = new(part.Signature, part.Asked);

        public string Write(int number)
        {
            for (int attempt = 0; ; attempt++)
            {
                HoleSyntax program = _grammar.Program(part.Parameters, new Rng(5, $"probe {number}", attempt)).Folded();
                if (part.Compiler.Check(program) is null)
                {
                    return program.ToString();
                }
            }
        }
    }
}
