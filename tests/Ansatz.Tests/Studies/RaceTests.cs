using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Testing;
using MathNet.Numerics.Distributions;

namespace Ansatz.Tests.Studies;

public sealed class RaceContractTests : OptimizerContract<ImmutableArray<double>>
{
    protected override Objective<ImmutableArray<double>> Objective() => new Probits(seed: 3, validation: 50);

    protected override Optimizer<ImmutableArray<double>> Optimizer() => new RacingOfDraws(20, new() { BlockItems = 10 });
}

public sealed class RaceTests
{
    /// <summary>Blocks of 4 on 10 items, z = 1: who drops out is worked by hand.</summary>
    /// <remarks>
    /// Candidate c is wrong on the first c items of every block, 0 is always right. With k wrong of n the mean of d is k/n and its standard error √(k (n−k) / (n² (n−1))). After one block: k = 1:
    /// 0.25, no more than 0.25, stays; k = 2: 0.5 and 0.29, out; k = 3: 0.75 and 0.25, out; k = 4: 1 and 0, out. After two: k = 2 of 8: 0.25 and 0.16, out.
    /// </remarks>
    [Fact]
    public async Task RunAsync_RightAndWrongAnswers_DropsWhoIsMoreThanOneStandardErrorBehind()
    {
        using TempFolder folder = new();
        await using Study<ImmutableArray<double>> study = await RunAsync(folder, new WrongAfter(), new RacingOfGiven([0, 1, 2, 3, 4], new() { BlockItems = 4, StandardErrors = 1 }));

        Assert.Equal([3, 2, 1, 1, 1], study.Trials("found").Select(t => t.Blocks.Length));
        Assert.Equal(
            [TrialState.Completed, TrialState.Pruned, TrialState.Pruned, TrialState.Pruned, TrialState.Pruned],
            study.Trials("found").Select(t => t.State));
        Assert.Equal(0, study.Winner("found")!.Value[0]);
    }

    /// <summary>One survivor of five: it was chosen among all of them.</summary>
    [Fact]
    public async Task Judge_AfterARace_CountsWhoDroppedOutToo()
    {
        using TempFolder folder = new();
        await using Study<ImmutableArray<double>> study = Study.Open(
            folder.File("a.db"), new WrongAfter(), new RacingOfGiven([0, 1, 2, 3, 4], new() { BlockItems = 4, StandardErrors = 1 }), Budget.Unlimited, 1, new() { Controls = [Arm<ImmutableArray<double>>.OfYours()] });

        Verdict verdict = (await study.JudgeAsync(TestContext.Current.CancellationToken)).Summary;

        Assert.Equal(1, study.Trials("found").Count(t => t.State == TrialState.Completed));
        Assert.Equal(5, verdict.Candidates);
    }

    [Fact]
    public async Task RunAsync_Candidates_MeetOnTheSameItemsAndTheLastHaveAll()
    {
        using TempFolder folder = new();
        await using Study<ImmutableArray<double>> study = await RunAsync(folder, new Probits(seed: 3, validation: 35), new RacingOfDraws(20, new() { BlockItems = 10 }));

        Trial<ImmutableArray<double>>[] trials = [.. study.Trials("found")];
        Assert.Equal(20, trials.Length);
        Assert.Contains(trials, t => t.State == TrialState.Pruned);
        ImmutableArray<int>[] blocks = [.. trials.First(t => t.State == TrialState.Completed).Blocks.Select(b => b.Ask.Items)];
        Assert.Equal(Enumerable.Range(0, 35), blocks.SelectMany(b => b).Order());
        Assert.Equal([10, 10, 10, 5], blocks.Select(b => b.Length));
        Assert.All(trials, t => Assert.Equal(blocks.Take(t.Blocks.Length).Select(b => string.Join(" ", b)), t.Blocks.Select(b => string.Join(" ", b.Ask.Items))));
        Assert.All(trials, t => Assert.Equal(t.Blocks.Length == 4, t.State == TrialState.Completed));
    }

    [Fact]
    public async Task RunAsync_Survivors_ComeBestFirstWithOutcomesInTheOrderOfTheItems()
    {
        using TempFolder folder = new();
        Probits objective = new(seed: 4, validation: 25);
        RacingOfDraws optimizer = new(12, new() { BlockItems = 10 });
        await using Study<ImmutableArray<double>> study = await RunAsync(folder, objective, optimizer);

        ImmutableArray<Block<ImmutableArray<double>>> left = optimizer.Left;
        Assert.InRange(left.Length, 2, 11);
        Assert.Equal(left.Select(b => b.Mean).OrderDescending(), left.Select(b => b.Mean));
        foreach (Block<ImmutableArray<double>> block in left)
        {
            Assert.Equal(Enumerable.Range(0, 25), block.Ask.Items);
            Assert.Equal(await objective.EvaluateAsync(block.Ask, Replies.None, TestContext.Current.CancellationToken), block.Outcomes);
        }
    }

    /// <summary>The small version of experiments/racing: at most a quarter of the rollouts, and a candidate that is truly as good within a point.</summary>
    [Fact]
    public async Task RunAsync_48CandidatesOn160Items_ChooseAsWellAsAllItemsAtAQuarterOfTheRollouts()
    {
        const int seeds = 20;
        double lost = 0, rollouts = 0;
        for (int seed = 1; seed <= seeds; seed++)
        {
            using TempFolder folder = new();
            Probits objective = new(seed, validation: 160);
            await using Study<ImmutableArray<double>> study = await RunAsync(folder, objective, new RacingOfDraws(48, new()), seed);

            double[] z = [.. study.Trials("found").Select(t => t.Candidate.Value[0])];
            double best = z.MaxBy(x => Enumerable.Range(0, 160).Count(i => objective.IsRight(x, i)));
            lost += (Normal.CDF(0, 1, best) - Normal.CDF(0, 1, study.Winner("found")!.Value[0])) / seeds;
            rollouts += study.Trials("found").Sum(t => t.Blocks.Sum(b => b.Outcomes.Length)) / (double)seeds;
        }

        Assert.True(lost <= 0.01, string.Create(CultureInfo.InvariantCulture, $"lost {lost:0.0000}"));
        Assert.True(4 * rollouts <= 48 * 160, string.Create(CultureInfo.InvariantCulture, $"{rollouts:0} rollouts"));
    }

    private static async Task<Study<ImmutableArray<double>>> RunAsync(
        TempFolder folder, Objective<ImmutableArray<double>> objective, Optimizer<ImmutableArray<double>> optimizer, long seed = 1)
    {
        Study<ImmutableArray<double>> study = Study.Open(
            folder.File("a.db"), objective, optimizer, Budget.Unlimited, seed, new() { Controls = [Arm<ImmutableArray<double>>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        return study;
    }

    /// <summary>Races given numbers.</summary>
    private sealed class RacingOfGiven(ImmutableArray<double> values, Race race) : Optimizer<ImmutableArray<double>>
    {
        public override JsonObject Settings => new() { ["use"] = "racing-of-given" };

        public override async Task SearchAsync(Search<ImmutableArray<double>> search, CancellationToken cancellationToken) =>
            await race.RunAsync(search, [.. values.Select(v => search.Propose([v], "given"))], cancellationToken);
    }

    /// <summary>Candidate c is wrong on the first c items of every block, scale binary; 10 validation items.</summary>
    private sealed class WrongAfter : Objective<ImmutableArray<double>>
    {
        public override JsonObject Identity => new() { ["function"] = "wrong first" };

        public override Scale Scale => Scale.Binary;

        public override JsonTypeInfo<ImmutableArray<double>> Codec => NumbersJson.Default.ImmutableArrayDouble;

        public override OpenPart<ImmutableArray<double>> Open => new Box(1);

        public override int Count(Split split) => split == Split.Validation ? 10 : 1;

        public override string ItemHash(Split split, int item) => ContentHash.Of($"wrong {split} {item}");

        public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select((_, place) => new Scored(place < ask.Candidate.Value[0] ? 0 : 1))]);
    }
}

/// <summary>Draws candidates and races them.</summary>
internal sealed class RacingOfDraws(int draws, Race race) : Optimizer<ImmutableArray<double>>
{
    public override JsonObject Settings => new() { ["use"] = "racing-of-draws", ["draws"] = draws, ["race"] = race.Settings };

    /// <summary>What the last race left. Kept for the tests alone: an optimizer has no state.</summary>
    public ImmutableArray<Block<ImmutableArray<double>>> Left { get; private set; }

    public override async Task SearchAsync(Search<ImmutableArray<double>> search, CancellationToken cancellationToken) =>
        Left = await race.RunAsync(
            search,
            [.. Enumerable.Range(0, draws).Select(n => search.Propose([0.3 + (0.35 * search.Stream("z", n).NextGaussian())], $"draw {n}"))],
            cancellationToken);
}

/// <summary>Candidates of known quality Φ(z): right on item i where z + √½ u_i + √½ e_zi > 0, u_i shared by all candidates, scale binary.</summary>
internal sealed class Probits(int seed, int validation) : Objective<ImmutableArray<double>>
{
    public override JsonObject Identity => new() { ["function"] = "probits", ["seed"] = seed };

    public override Scale Scale => Scale.Binary;

    public override JsonTypeInfo<ImmutableArray<double>> Codec => NumbersJson.Default.ImmutableArrayDouble;

    public override OpenPart<ImmutableArray<double>> Open => new Box(1);

    public override int Count(Split split) => split switch { Split.Train => 1, Split.Validation => validation, _ => 10 };

    public override string ItemHash(Split split, int item) => ContentHash.Of($"probits {split} {item}");

    public bool IsRight(double z, int item) =>
        z + (Math.Sqrt(0.5) * new Rng(seed, "u", item).NextGaussian()) + (Math.Sqrt(0.5) * new Rng(seed, $"e/{BitConverter.DoubleToInt64Bits(z):x}", item).NextGaussian()) > 0;

    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select(i => new Scored(IsRight(ask.Candidate.Value[0], i) ? 1 : 0))]);
}
