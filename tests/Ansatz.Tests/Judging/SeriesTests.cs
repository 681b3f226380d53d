using System.Collections.Immutable;
using Ansatz.Testing;
using Ansatz.Tests.Studies;

namespace Ansatz.Tests.Judging;

public sealed class SeriesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Means .6 .8 .7 against .5 .5 .5: difference .2, s = .1, t(.975; 2) = 4.3027, so .2 ± .2484.</summary>
    [Fact]
    public void Of_ThreeVerdicts_PairsThemByStudy()
    {
        SeriesVerdict series = SeriesVerdict.Of([Verdict("a", .6, .9), Verdict("b", .8, .8), Verdict("c", .7, .7)]);

        SeriesRow found = series.Rows[0];
        Assert.Equal([.6, .8, .7], found.Values);
        Assert.Equal(.2, found.AgainstYours!.Difference, 12);
        Assert.Equal(.2 - .24841, found.AgainstYours.Interval.Low, 5);
        Assert.Equal(.2 + .24841, found.AgainstYours.Interval.High, 5);
        Assert.Null(found.AgainstYours.PValue); // three studies allow none
        Assert.Equal(.1, found.Flattery!.Value, 12);
        Assert.Equal(1, found.Better);
        Assert.Equal(30, found.Spent.Rollouts);
        Assert.Equal(10, series.Items);
        Assert.Equal(["a", "b", "c"], series.Members);
        Assert.Contains("found cannot be told apart from yours: +20.0 points (95 % interval -4.8 to 44.8)", series.ToString().ReplaceLineEndings(" ").Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("By study (found): 60.0, 80.0, 70.0.", series.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Means .98 .99 1: t reaches past 1, where no share can be.</summary>
    [Fact]
    public void Of_NearlyAllRight_StatesNoIntervalPast100()
    {
        SeriesRow found = SeriesVerdict.Of([Verdict("a", .98, .9), Verdict("b", .99, .9), Verdict("c", 1, .9)]).Rows[0];

        Assert.Equal(.99 - (4.30265 * .01 / Math.Sqrt(3)), found.Interval.Low, 5);
        Assert.Equal(1, found.Interval.High);
    }

    [Fact]
    public void Of_YoursHasNoNumberInOneStudy_SaysSoInsteadOfComparing()
    {
        Verdict lacking = Verdict("b", .8, .8);
        lacking = lacking with { Rows = [.. lacking.Rows.Select(r => r.Role == ArmRole.Yours ? r with { Mean = double.NaN } : r)] };

        Assert.Equal(
            ["What was found, or yours, has no number in one of the studies, so that nothing can be said of the series as a whole."],
            SeriesText.Sentences(SeriesVerdict.Of([Verdict("a", .6, .9), lacking])));
    }

    /// <summary>Two equal gains are no evidence, and three tenths more here are as many there, whatever their last digits.</summary>
    [Theory]
    [InlineData(.6, .6)]
    [InlineData(.7999999999999999, .8)]
    public void Of_EqualGainsOfTwoStudies_ClaimNothing(double first, double second) =>
        Assert.StartsWith("found cannot be told apart from yours: ", SeriesText.Sentences(SeriesVerdict.Of([Verdict("a", first, .9), Verdict("b", second, .9)]))[0], StringComparison.Ordinal);

    /// <summary>Three tenths more are as many near 0 as near 1,000, where they are 0.2999999999999545.</summary>
    [Fact]
    public void Of_EqualGainsOfScoresOfOtherSize_ClaimNothing()
    {
        Comparison gain = SeriesVerdict.Of([Real("a", .3, 0), Real("b", 1000.3, 1000)]).Rows[0].AgainstYours!;

        Assert.Equal(Finding.CannotTell, gain.Finding);
        Assert.Equal(.3, gain.Difference, 12);
    }

    /// <summary>1, 2, -3, 4, 1 and 2 tenths have a sum of 7, which 22 of the 64 patterns of signs reach, however the tenths are rounded at 1,000.</summary>
    [Fact]
    public void Of_SumsThatDifferByRounding_AreTiesOfTheTest() => Assert.Equal(
        22 / 64.0,
        SeriesVerdict.Of([.. new[] { .1, .2, -.3, .4, .1, .2 }.Select((d, i) => Real($"{i}", 1000 + d, 1000))]).Rows[0].AgainstYours!.PValue);

    /// <summary>In one study both lost 10¹⁵ on an item: what they gain in the others, four tenths but for 0.1 + 0.2 − 0.3 in one, is seen all the same.</summary>
    [Fact]
    public void Of_OneLargeScoreOfBoth_HidesNoDifference()
    {
        Comparison gain = SeriesVerdict.Of(
            [.. Enumerable.Range(0, 6).Select(i => Real($"{i}", 1.4, 1)), Real("large", -1e15, -1e15), Real("rounding", 0.1 + 0.2, 0.3)]).Rows[0].AgainstYours!;

        Assert.Equal(.3, gain.Difference, 12); // 6 · 0.4 / 8
        Assert.Equal(.3 - .15480, gain.Interval.Low, 5); // s = √(0.24/7) = 0.18516, t(.975; 7) = 2.36462, / √8
        Assert.Equal(2 / 64.0, gain.PValue!.Value); // the two zeros have no sign: 8 of 256
    }

    [Fact]
    public void Of_RowThatOneStudyLacks_IsLeftOut()
    {
        Verdict lacking = Verdict("b", .8, .8);
        lacking = lacking with { Rows = [.. lacking.Rows.Where(r => r.Name != "other")] };

        SeriesVerdict series = SeriesVerdict.Of([Verdict("a", .6, .9), lacking]);
        Assert.Equal(["found", "yours"], series.Rows.Select(r => r.Name));
        Assert.Equal(["other"], series.LeftOut);
        Assert.Throws<ArgumentException>(() => SeriesVerdict.Of([lacking]));
    }

    /// <summary>All searches end before the first verdict, and the ledger counts the judgements of a series as one.</summary>
    [Fact]
    public async Task RunAsync_Members_SearchFirstAndAreJudgedAsOne()
    {
        string database = _folder.File("series.db");
        Func<Study<ImmutableArray<double>>> Member(int seed, string? series) => () => Study.Open(
            database, new Thresholds(), new RandomSearch(8), Budget.Unlimited, seed, new() { Name = $"{series ?? "other"}-{seed}", Series = series });

        List<SeriesEvent> events = [];
        await foreach (SeriesEvent happened in Series.RunAsync([Member(1, "s"), Member(2, "s")], TestContext.Current.CancellationToken))
        {
            events.Add(happened);
        }

        Verdict[] verdicts = [.. events.Select(e => e.Event).OfType<StudyJudged>().Select(e => e.Verdict)];
        Assert.Equal(["s-1", "s-2"], verdicts.Select(v => v.Study));
        Assert.All(verdicts, v => Assert.Equal(0, v.JudgedBefore));
        int lastSearched = events.FindLastIndex(e => e.Event is BlockEvaluated { Split: not Split.Test, IsReplayed: false });
        Assert.True(lastSearched < events.FindIndex(e => e.Event is JudgingStarted));

        List<SeriesEvent> again = [];
        await foreach (SeriesEvent happened in Series.RunAsync([Member(1, "s"), Member(2, "s")], TestContext.Current.CancellationToken))
        {
            again.Add(happened);
        }

        Assert.All(again, e => Assert.IsType<StudyJudged>(e.Event)); // judged already: nothing is asked

        // One that is begun only after the series was judged is no part of that judgement, whatever it calls itself.
        await using (Study<ImmutableArray<double>> late = Member(4, "s")())
        {
            Verdict<ImmutableArray<double>> tuned = await late.JudgeAsync(TestContext.Current.CancellationToken);
            Assert.Equal(tuned.Summary.Items, tuned.Summary.JudgedBefore);
        }

        await using Study<ImmutableArray<double>> other = Member(3, null)();
        Verdict<ImmutableArray<double>> outside = await other.JudgeAsync(TestContext.Current.CancellationToken);
        Assert.Equal(outside.Summary.Items, outside.Summary.JudgedBefore);
    }

    [Fact]
    public async Task RunAsync_MemberWithoutAWinner_SaysSoBeforeAnyIsJudged()
    {
        string database = _folder.File("series.db");
        Func<Study<ImmutableArray<double>>> Member(int seed, Budget budget) => () => Study.Open(
            database, new Thresholds(), new RandomSearch(8), budget, seed, new() { Name = $"s-{seed}", Series = "s" });

        InputException e = await Assert.ThrowsAsync<InputException>(async () =>
        {
            await foreach (SeriesEvent happened in Series.RunAsync([Member(1, Budget.Unlimited), Member(2, Budget.Rollouts(1))], TestContext.Current.CancellationToken))
            {
                Assert.IsNotType<JudgingStarted>(happened.Event);
            }
        });

        Assert.StartsWith("There is nothing to judge in \"s-2\"", e.Message, StringComparison.Ordinal);
    }

    private static Verdict Real(string study, double found, double yours)
    {
        Verdict verdict = Verdict(study, found, found);
        return verdict with { Scale = Scale.Real, Rows = [verdict.Rows[0], verdict.Rows[1] with { Mean = yours }] };
    }

    private static Verdict Verdict(string study, double found, double validation)
    {
        Comparison gain = new("found", "yours", found - .5, new(found - .75, found - .25), null, null);
        return new()
        {
            Study = study,
            Scale = Scale.Binary,
            Noun = "items",
            Items = 10,
            AgainstYours = gain,
            Account = new(Cost.Zero, Cost.Zero, Cost.Zero),
            Rows =
            [
                new() { Name = "found", Role = ArmRole.Search, Mean = found, Interval = new(0, 1), Validation = validation, AgainstYours = gain, Spent = new() { Rollouts = 10 } },
                new() { Name = "yours", Role = ArmRole.Yours, Mean = .5, Interval = new(0, 1) },
                new() { Name = "other", Role = ArmRole.Control, Mean = .4, Interval = new(0, 1), AgainstYours = gain },
            ],
        };
    }
}
