using System.Collections.Immutable;

namespace Ansatz.Testing;

/// <summary>What every optimizer must do. One subclass an optimizer; a new optimizer inherits the whole suite.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
public abstract class OptimizerContract<T>
{
    /// <summary>A quick objective with train and validation items, made anew at each call.</summary>
    protected abstract Objective<T> Objective();

    /// <summary>The optimizer, with settings under which it ends after some dozens of blocks.</summary>
    protected abstract Optimizer<T> Optimizer();

    private Study<T> Open(string database, Objective<T>? objective = null, int workers = 1, long seed = 1, Budget? budget = null) =>
        Study.Open(database, objective ?? Objective(), Optimizer(), budget ?? Budget.Unlimited, seed, new() { Workers = workers, Controls = [Arm<T>.OfYours()], Seeds = 2 });

    [Fact]
    public async Task Search_SameSeed_SameHistory()
    {
        using TempFolder folder = new();
        Assert.Equal(
            await StudyRunner.HistoryAsync(Open(folder.File("a.db"), seed: 7)), await StudyRunner.HistoryAsync(Open(folder.File("b.db"), seed: 7)));
    }

    [Fact]
    public async Task Search_4And64WorkersWithRandomDelays_SameHistoryAs1()
    {
        using TempFolder folder = new();
        ImmutableArray<string> one = await StudyRunner.HistoryAsync(Open(folder.File("1.db")));
        foreach (int workers in (int[])[4, 64])
        {
            Assert.Equal(one, await StudyRunner.HistoryAsync(Open(folder.File($"{workers}.db"), new Delayed<T>(Objective(), workers), workers)));
        }
    }

    [Fact]
    public async Task Search_StoppedAfterEveryFewEffects_SameHistoryAndNothingAskedTwice()
    {
        using TempFolder folder = new();
        ImmutableArray<string> whole = await StudyRunner.HistoryAsync(Open(folder.File("whole.db")));
        Delayed<T> counting = new(Objective());
        int runs = 1;
        while (!await StudyRunner.StopAfterAsync(Open(folder.File("pieces.db"), counting), events: 3))
        {
            runs++;
        }

        Assert.True(runs > 2, $"The search ended within {runs} runs; give the contract one that asks more.");
        Assert.Equal(whole, await StudyRunner.HistoryAsync(Open(folder.File("pieces.db"), counting)));
        int asked = whole.Count(line => line.Contains("\"kind\":\"evaluate\"", StringComparison.Ordinal));
        // What was out when a run was left is asked again, at most one block a run with one worker; all else once.
        Assert.InRange(counting.Evaluations.Values.Sum(), asked, asked + runs);
    }

    [Fact]
    public async Task Search_BudgetOfHalf_StopsWithinItAndIsAPrefix()
    {
        using TempFolder folder = new();
        await using Study<T> study = Open(folder.File("whole.db"));
        Cost spent = Cost.Zero;
        await foreach (StudyEvent e in study.RunAsync(TestContext.Current.CancellationToken))
        {
            spent = e is ArmEnded ended && ended.Arm.StartsWith("found", StringComparison.Ordinal) ? ended.Spent : spent;
        }

        string[] whole = [.. OfFound(study.Journal.History(study.Journal.Find(study.Name)!))];
        string[] half = [.. OfFound(await StudyRunner.HistoryAsync(Open(folder.File("half.db"), budget: Budget.Rollouts(spent.Rollouts / 2))))];
        Assert.Contains("stopped at effect", half[^1], StringComparison.Ordinal);
        Assert.True(half.Length > 1);
        Assert.Equal(whole[..(half.Length - 1)], half[..^1]);

        // And a budget that grows goes on to the whole history.
        Assert.Equal(whole, OfFound(await StudyRunner.HistoryAsync(Open(folder.File("half.db")))));

        static IEnumerable<string> OfFound(IEnumerable<string> lines)
        {
            string first = lines.First().Split(',')[0];
            return lines.Where(l => l.StartsWith(first, StringComparison.Ordinal)); // the search under the first seed
        }
    }

    [Fact]
    public async Task Search_Done_HasAWinner()
    {
        using TempFolder folder = new();
        await using Study<T> study = Open(folder.File("a.db"));
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        Candidate<T>? winner = study.Winner("found");
        Assert.NotNull(winner);
        Assert.Contains(study.Trials("found"), t => t.Candidate.Id == winner.Id);
    }
}
