using Ansatz.Experiments.OproPaper;

namespace Ansatz.Prompts.Tests;

/// <summary>A small version of docs/opro.md, Level A: three seeds instead of twenty. A simulated optimizer reads the real meta-prompt; a planted scorer counts.</summary>
public sealed class LevelATests
{
    private static readonly int[] Seeds = [1, 2, 3];

    [Fact]
    public async Task Search_HistoryHidden_StaysFarBehindOneThatIsShown()
    {
        const int Steps = 150; // by then ascending is well under way, though not at 0.9
        List<double> shown = [], hidden = [], oneStep = [];
        foreach (int seed in Seeds)
        {
            shown.Add((await LevelA.RunAsync(LevelA.Ascending, seed, Steps, TestContext.Current.CancellationToken)).BestTrain);
            hidden.Add((await LevelA.RunAsync(LevelA.Hidden, seed, Steps, TestContext.Current.CancellationToken)).BestTrain);
            oneStep.Add((await LevelA.RunAsync(LevelA.OneStep, seed, Steps, TestContext.Current.CancellationToken)).BestTrain);
        }

        Assert.All(hidden.Concat(oneStep), best => Assert.True(best < 0.6));
        Assert.All(shown.Zip(hidden), pair => Assert.True(pair.First >= pair.Second + 0.2));
        Assert.All(shown.Zip(oneStep), pair => Assert.True(pair.First >= pair.Second + 0.2));
    }

    [Fact]
    public async Task Search_DescendingOrder_GainsLessThanAscending()
    {
        const int Steps = 150;
        foreach (int seed in Seeds)
        {
            LevelARun ascending = await LevelA.RunAsync(LevelA.Ascending, seed, Steps, TestContext.Current.CancellationToken);
            LevelARun descending = await LevelA.RunAsync(LevelA.Descending, seed, Steps, TestContext.Current.CancellationToken);
            Assert.True(ascending.BestTrain > descending.BestTrain);
        }
    }

    [Theory]
    [InlineData(LevelA.Ascending)]
    [InlineData(LevelA.Shuffled)]
    [InlineData(LevelA.Hidden)]
    [InlineData(LevelA.OneStep)]
    public async Task Search_MalformedAndRepeatedReplies_NeverEnterTheHistory(string setting)
    {
        LevelARun run = await LevelA.RunAsync(setting, seed: 4, steps: 60, TestContext.Current.CancellationToken);

        Assert.InRange(run.Malformed, 8, 45); // 5 % of 480
        Assert.True(run.Repeated > 0 || setting == LevelA.Hidden); // nothing is shown that could be repeated
        Assert.Equal(0, run.ScoredTwice);
        Assert.Equal(0, run.MalformedScored);
        Assert.True(run.Scored > 300);
    }

    [Fact]
    public async Task Search_StoppedFiveTimes_HasTheHistoryOfOneRun()
    {
        ResumedRun run = await LevelA.ResumeAsync(seed: 5, steps: 30, stops: 5, TestContext.Current.CancellationToken);

        Assert.True(run.Stops >= 3);
        Assert.True(run.IsSame);
    }
}
