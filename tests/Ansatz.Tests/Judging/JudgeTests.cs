using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Testing;
using Ansatz.Tests.Studies;

namespace Ansatz.Tests.Judging;

public sealed class JudgeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<Verdict> JudgeAsync(Objective<ImmutableArray<double>> objective, string name = "study", IReadOnlyList<Arm<ImmutableArray<double>>>? controls = null, int seeds = 10)
    {
        await using Study<ImmutableArray<double>> study = Study.Open(
            _folder.File("ansatz.db"), objective, new RandomSearch(12), Budget.Unlimited, 1, new() { Name = name, Controls = controls, Seeds = seeds });
        return (await study.JudgeAsync(Token)).Summary;
    }

    [Fact]
    public async Task Judge_BinaryScale_IsWilsonForRowsTangoAndMcNemarForDifferences()
    {
        Verdict verdict = await JudgeAsync(new Thresholds());

        VerdictRow found = verdict.Found, yours = verdict.Rows.Single(r => r.Role == ArmRole.Yours);
        int right = (int)Math.Round(found.Mean * 60);
        Assert.Equal(0, yours.Mean); // yours is 0, below every threshold
        Assert.Equal(Wilson.Interval(right, 60), found.Interval);
        Assert.Equal(Wilson.Interval(0, 60), yours.Interval);
        Assert.Equal(Tango.Interval(right, 0, 60), verdict.AgainstYours.Interval);
        Assert.Equal(McNemar.PValue(right, 0), verdict.AgainstYours.PValue);
        Assert.Equal(Finding.Better, verdict.AgainstYours.Finding);
        Assert.Equal((60, "questions", 0, 12), (verdict.Items, verdict.Noun, verdict.JudgedBefore, verdict.Candidates));
        Assert.Equal(found.Validation - found.Mean, verdict.Flattery);
    }

    /// <summary>Five are tried on train, of which two reach validation, one of them on a part of it: the winner was chosen there among two.</summary>
    [Fact]
    public async Task Judge_ScoredOnTrainAlone_IsNotCountedAmongThoseThatValidationChoseFrom()
    {
        await using Study<ImmutableArray<double>> study = Study.Open(_folder.File("a.db"), new Thresholds(), new TrainFirst(), Budget.Unlimited);

        Assert.Equal(2, (await study.JudgeAsync(Token)).Summary.Candidates);
    }

    [Fact]
    public async Task Judge_StrongestControl_IsChosenOnValidationAmongControlsAndBaselinesButNotDraws()
    {
        Verdict verdict = await JudgeAsync(
            new WithBaseline(validation: 0.5),
            controls:
            [
                Arm<ImmutableArray<double>>.OfYours(),
                Arm<ImmutableArray<double>>.Fixed("weak", ArmRole.Control, _ => [0.3]),
                Arm<ImmutableArray<double>>.Fixed("strong", ArmRole.Control, _ => [0.7]),
                Arm<ImmutableArray<double>>.Fixed("draw 1", ArmRole.Draw, _ => [0.9]),
                Arm<ImmutableArray<double>>.Fixed("draw 2", ArmRole.Draw, _ => [1]),
            ]);

        Assert.Equal("strong", verdict.AgainstStrongest!.Right);
        Assert.Equal(["found", "yours", "weak", "strong", "coin", "2 random draws, not chosen"], verdict.Rows.Select(r => r.Name));
        VerdictRow draws = verdict.Rows[^1];
        Assert.Equal((2, draws.Values.Average(), draws.Values.Min(), draws.Values.Max()), (draws.Draws, draws.Mean, draws.Interval.Low, draws.Interval.High));
        Assert.Null(draws.AgainstYours);
    }

    [Fact]
    public async Task Judge_BaselineBestOnValidation_IsTheStrongestControl() =>
        Assert.Equal("coin", (await JudgeAsync(new WithBaseline(validation: 0.99))).AgainstStrongest!.Right);

    [Fact]
    public async Task Judge_OtherComparisons_AreHolmAdjustedAndThePrimaryIsNot()
    {
        Verdict verdict = await JudgeAsync(
            new Thresholds(),
            controls:
            [
                Arm<ImmutableArray<double>>.OfYours(),
                Arm<ImmutableArray<double>>.Fixed("a", ArmRole.Control, _ => [0.1]),
                Arm<ImmutableArray<double>>.Fixed("b", ArmRole.Control, _ => [0.2]),
            ]);
        Comparison a = verdict.Rows[2].AgainstYours!, b = verdict.Rows[3].AgainstYours!;
        Assert.Equal(Holm.Adjust([a.PValue!.Value, b.PValue!.Value]), [a.AdjustedPValue!.Value, b.AdjustedPValue!.Value]);
        Assert.Null(verdict.AgainstYours.AdjustedPValue);
    }

    [Fact]
    public async Task Judge_SameItemsInASecondStudy_AreCountedAsJudgedBefore()
    {
        await JudgeAsync(new Thresholds(), "first");
        Assert.Equal(60, (await JudgeAsync(new Thresholds(), "second")).JudgedBefore);
    }

    [Fact]
    public async Task Judge_Twice_IsTheSameVerdictAndTheLedgerCountsOnce()
    {
        string first = (await JudgeAsync(new Thresholds())).ToString(), again = (await JudgeAsync(new Thresholds())).ToString();
        Assert.Equal(first, again);
        Assert.Contains("for the first time", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_StoppedInTheMiddle_GoesOnToTheSameVerdict()
    {
        Study<ImmutableArray<double>> Open(string name) => Study.Open(_folder.File(name), new Thresholds(), new RandomSearch(12), Budget.Unlimited, 1, new() { Name = "study" });
        ImmutableArray<string> whole = await StudyRunner.HistoryAsync(Open("whole.db"), judge: true);
        int runs = 1;
        while (!await StudyRunner.StopAfterAsync(Open("pieces.db"), 2, judge: true))
        {
            runs++;
        }

        Assert.True(runs > 5);
        Assert.Equal(whole, await StudyRunner.HistoryAsync(Open("pieces.db"), judge: true));
    }

    [Fact]
    public async Task Judge_NoTestItems_IsOverSeedsAloneWithStudentsT()
    {
        Verdict verdict = await JudgeAsync(new Sphere());

        Assert.Equal((0, 10), (verdict.Items, verdict.Seeds));
        VerdictRow found = verdict.Found;
        Assert.Equal(10, found.Values.Distinct().Count());
        Assert.Equal(StudentT.Interval(found.Values.AsSpan()), found.Interval);
        Interval against = StudentT.Interval([.. found.Values.Select(v => v + 0.75)]); // yours is -0.75 under every seed
        Assert.Equal(against.Low, verdict.AgainstYours.Interval.Low, 1e-11);
        Assert.Equal(against.High, verdict.AgainstYours.Interval.High, 1e-11);
        Assert.NotNull(verdict.AgainstYours.PValue);
        Assert.Contains("10 seeds", verdict.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_FewerThanSixSeeds_HasNoPValue() =>
        Assert.Null((await JudgeAsync(new Sphere(), seeds: 5)).AgainstYours.PValue);

    [Fact]
    public async Task Judge_ControlWithoutANumberUnderASeed_HasNoIntervalAndIsNotTheStrongest()
    {
        Verdict verdict = await JudgeAsync(
            new Sphere(),
            controls: [Arm<ImmutableArray<double>>.OfYours(), new("starved", ArmRole.Control, new RandomSearch(4), Budget.Rollouts(0))]);
        VerdictRow starved = verdict.Rows.Single(r => r.Name == "starved");
        Assert.Equal((double.NaN, double.NaN), (starved.Mean, starved.Interval.Low));
        Assert.Null(starved.AgainstYours!.PValue);
        Assert.Null(verdict.AgainstStrongest);
        Assert.Contains("10 seeds", verdict.ToString(), StringComparison.Ordinal);
    }

    /// <summary>39 items gain 0.4 and one, a penalty that both get, nothing: the mean is 0.39, s = √0.004, and t(.975; 39) · s / √40 = 0.0202, whatever the penalty is.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(-1e12)]
    [InlineData(-1e15)]
    public async Task Judge_OneLargeScoreOfBoth_HidesNoDifference(double penalty)
    {
        Verdict verdict = await JudgeAsync(new Given(
            [penalty, .. Enumerable.Repeat(1.4, 39)], [penalty, .. Enumerable.Repeat(1.0, 39)]));

        Comparison gain = verdict.AgainstYours;
        Assert.Equal(.39, gain.Difference, 12);
        Assert.InRange(gain.Interval.Low, .3, .39 - .0202);
        Assert.Equal(.39 + .0202, gain.Interval.High, 4); // the bootstrap's ends at 0.4
        Assert.Equal(1 / 100_001.0, gain.PValue!.Value, 12);
    }

    [Fact]
    public async Task Judge_BudgetTooSmallForOneCandidate_SaysWhatToDo()
    {
        await using Study<ImmutableArray<double>> study = Study.Open(_folder.File("a.db"), new Thresholds(), new RandomSearch(12), Budget.Rollouts(10));
        InputException e = await Assert.ThrowsAsync<InputException>(() => study.JudgeAsync(Token));
        Assert.Contains("larger budget", e.Message, StringComparison.Ordinal);
        Assert.False(study.Journal.Find("a")!.IsSealed);
    }

    /// <summary>Test items with given scores for what is found and for yours, scale real.</summary>
    private sealed class Given(double[] found, double[] yours) : Objective<ImmutableArray<double>>
    {
        public override JsonObject Identity => new() { ["function"] = "given" };

        public override Scale Scale => Scale.Real;

        public override JsonTypeInfo<ImmutableArray<double>> Codec => NumbersJson.Default.ImmutableArrayDouble;

        public override OpenPart<ImmutableArray<double>> Open => new Box(1);

        public override int Count(Split split) => split == Split.Test ? found.Length : 1;

        public override string ItemHash(Split split, int item) => ContentHash.Of($"given {split} {item}");

        public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken)
        {
            double[] scores = ask.Candidate.Value[0] == 0 ? yours : found;
            return Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select(i => new Scored(scores[i]))]);
        }
    }

    private sealed class TrainFirst : Optimizer<ImmutableArray<double>>
    {
        public override JsonObject Settings => new() { ["use"] = "train-first" };

        public override async Task SearchAsync(Search<ImmutableArray<double>> search, CancellationToken cancellationToken)
        {
            Candidate<ImmutableArray<double>>[] tried = [.. Enumerable.Range(1, 5).Select(n => search.Propose([n / 5.0], $"{n}"))];
            await search.EvaluateAsync([.. tried.Select(c => search.WholeSplit(c, Split.Train))], cancellationToken);
            await search.EvaluateAsync([search.WholeSplit(tried[4], Split.Validation), new(tried[3], Split.Validation, [0, 1, 2])], cancellationToken);
        }
    }

    /// <summary>Thresholds with a baseline beside the candidates: a coin.</summary>
    private sealed class WithBaseline(double validation) : Objective<ImmutableArray<double>>
    {
        private readonly Thresholds _inner = new();

        public override JsonObject Identity => _inner.Identity;

        public override Scale Scale => _inner.Scale;

        public override JsonTypeInfo<ImmutableArray<double>> Codec => _inner.Codec;

        public override OpenPart<ImmutableArray<double>> Open => _inner.Open;

        public override IReadOnlyList<Baseline> Baselines => [new Coin(validation)];

        public override int Count(Split split) => _inner.Count(split);

        public override string ItemHash(Split split, int item) => _inner.ItemHash(split, item);

        public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken) =>
            _inner.EvaluateAsync(ask, replies, cancellationToken);

        private sealed class Coin(double validation) : Baseline
        {
            public override string Name => "coin";

            public override double? ValidationScore => validation;

            public override ImmutableArray<Outcome> Test() => [.. Enumerable.Range(0, 60).Select(i => new Scored(i % 2))];
        }
    }
}
