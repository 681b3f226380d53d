using System.Collections.Immutable;

namespace Ansatz.Prompts.Tests;

/// <summary>Hand-worked cases of Pareto selection, merging and minibatches.</summary>
public sealed class GepaPoolTests
{
    [Fact]
    public void FrontCounts_RemovalRule_ByHand()
    {
        // Items 0 1 2. Fronts: {0, 2}, {1, 2}, {1}. Candidate 3 is in none. Candidate 0, the lowest mean, has company in its only front: removed.
        // Candidate 2 is then alone in the front of item 0, candidate 1 always was in that of item 2.
        Assert.Equal([0, 2, 2, 0], Pool([1, 0, 0], [0, 1, 1], [1, 1, 0], [0, 0, 0]).FrontCounts());

        // Two of the same: one stays, the later.
        Assert.Equal([0, 1, 1], Pool([1, 0], [1, 0], [0, 1]).FrontCounts());

        // Everybody has company at first: {0, 2}, {1, 2}, {0, 1}, {2, 3}... the lowest mean goes first, and then its company must stay.
        // Fronts: item 0 {0, 2}, item 1 {1, 2}, item 2 {0, 1}, item 3 {2, 3}. Means 1/2, 1/2, 3/4, 1/4: 3 goes, then 0 (the earlier of equals); 1 is alone on item 2, 2 on 0 and 3.
        Assert.Equal([0, 2, 3, 0], Pool([1, 0, 1, 0], [0, 1, 1, 0], [1, 1, 0, 1], [0, 0, 0, 1]).FrontCounts());

        // Nobody is right on item 1, so all are on its front, which saves no one.
        Assert.Equal([0, 2], Pool([0, 0], [1, 0]).FrontCounts());

        // Scores between 0 and 1: only the best of an item is on its front.
        Assert.Equal([1, 1, 0], Pool([0.9, 0.2], [0.1, 0.6], [0.8, 0.5]).FrontCounts());
    }

    [Fact]
    public void ParetoSelect_ManyDraws_FollowTheNumberOfFronts()
    {
        GepaPool pool = Pool([1, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]);
        Assert.Equal([3, 1, 0], pool.FrontCounts());

        int[] drawn = [.. Enumerable.Range(0, 4000).Select(n => pool.ParetoSelect(new Rng(1, "test", n)))];

        Assert.InRange(drawn.Count(d => d == 0), 2900, 3100); // 3000, standard deviation 27
        Assert.DoesNotContain(2, drawn);
    }

    [Fact]
    public void Merges_TwoLineages_AreThePairsThatLearntDifferentComponents()
    {
        GepaPool pool = new();
        pool.Add(["plan", "answer"], [0, 0, 0, 0]);
        pool.Add(["plan 1", "answer"], [1, 0, 0, 0], 0);
        pool.Add(["plan", "answer 1"], [0, 1, 0, 0], 0);
        pool.Add(["plan 2", "answer"], [0, 0, 1, 0], 1);
        pool.Add(["plan 3", "answer 2"], [0, 0, 0, 1], 2);

        // 1-2 by 0: each has changed one component. 1-3: an ancestor of the other. 1-4 by 0: 4 has changed both, 1 still has the answer of 0. 2-3 by 0.
        // 2-4: an ancestor. 3-4 by 0: 3 still has the answer of 0. 0 itself is on no front.
        Assert.Equal([new(1, 2, 0), new(1, 4, 0), new(2, 3, 0), new(3, 4, 0)], pool.Merges());
        Assert.Equal(["plan 1", "answer 1"], pool.Merged(new(1, 2, 0), new Rng(1, "test")));
        Assert.Equal(["plan 2", "answer 1"], pool.Merged(new(2, 3, 0), new Rng(1, "test")));

        // Both have changed the plan and are equally good: at random; the answer is 4's, who alone has changed it.
        string[] plans = [.. Enumerable.Range(0, 20).Select(n => pool.Merged(new(3, 4, 0), new Rng(1, "test", n))[0])];
        Assert.Equal(["plan 2", "plan 3"], plans.Distinct().Order());
    }

    [Fact]
    public void Merges_ConditionsThatFail_ExcludeThePair()
    {
        // The ancestor is better than one of the two.
        GepaPool worse = new();
        worse.Add(["p", "a"], [1, 1, 0, 0]);
        worse.Add(["P", "a"], [0, 0, 1, 0], 0);
        worse.Add(["p", "A"], [1, 1, 0, 1], 0);
        Assert.Equal([0, 1, 3], worse.FrontCounts());
        Assert.Empty(worse.Merges());

        // Both have changed the same component: nothing that only one has learnt.
        GepaPool same = new();
        same.Add(["p", "a"], [0, 0]);
        same.Add(["P", "a"], [1, 0], 0);
        same.Add(["Q", "a"], [0, 1], 0);
        Assert.Empty(same.Merges());

        // No ancestor in common.
        GepaPool strangers = new();
        strangers.Add(["p", "a"], [1, 0]);
        strangers.Add(["q", "b"], [0, 1]);
        Assert.Empty(strangers.Merges());

        // One of the two is on no front.
        GepaPool beaten = new();
        beaten.Add(["p", "a"], [0, 0]);
        beaten.Add(["P", "a"], [1, 0], 0);
        beaten.Add(["p", "A"], [1, 1], 0);
        Assert.Empty(beaten.Merges());
    }

    [Fact]
    public void Merged_BothChanged_TakesTheBetterOnes()
    {
        GepaPool pool = new();
        pool.Add(["p", "a"], [0, 0, 0]);
        pool.Add(["P", "A"], [1, 1, 0], 0);
        pool.Add(["Q", "a"], [0, 0, 1], 0);

        Assert.Equal([new(1, 2, 0)], pool.Merges());
        Assert.Null(pool.NextMerge(new Rng(1, "test"))); // P, A is what candidate 1 has already
        pool.Add(["P", "b"], [0, 0, 1], 0);
        Assert.Equal(["P", "A"], pool.Merged(new(1, 3, 0), new Rng(1, "test")));
    }

    [Fact]
    public void NextMerge_Repeated_GivesEveryNewTextOnce()
    {
        GepaPool pool = new();
        pool.Add(["plan", "answer"], [0, 0, 0]);
        pool.Add(["plan 1", "answer"], [1, 0, 0], 0);
        pool.Add(["plan", "answer 1"], [0, 1, 0], 0);
        pool.Add(["plan 2", "answer"], [0, 0, 1], 0);

        string[] texts = [.. Enumerable.Range(0, 2).Select(n => string.Join(" + ", pool.NextMerge(new Rng(1, "test", n))!.Value.Texts))];

        Assert.Equal(["plan 1 + answer 1", "plan 2 + answer 1"], texts.Order());
        Assert.Null(pool.NextMerge(new Rng(1, "test", 2)));
    }

    [Fact]
    public void MergeItems_Strata_AThirdEachAndFilledUp()
    {
        GepaPool pool = new();
        pool.Add(["p", "a"], [.. Enumerable.Repeat(0.0, 15)]);
        pool.Add(["P", "a"], [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0); // better on 0 to 3
        pool.Add(["p", "A"], [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0); // better on 4
        for (int n = 0; n < 50; n++)
        {
            int[] items = pool.MergeItems(new(1, 2, 0), 5, new Rng(1, "test", n));
            Assert.Equal(5, items.Distinct().Count());
            Assert.Equal((2, 1, 2), (items.Count(i => i < 4), items.Count(i => i == 4), items.Count(i => i > 4)));
        }

        // Nine asked for, one of which is all that the second stratum has: the rest fills up. More than there are: all.
        Assert.Equal(9, pool.MergeItems(new(1, 2, 0), 9, new Rng(1, "test")).Distinct().Count());
        Assert.Equal(15, pool.MergeItems(new(1, 2, 0), 40, new Rng(1, "test")).Distinct().Count());
    }

    [Fact]
    public void NextComponent_RoundRobin_IsInherited()
    {
        GepaPool pool = new();
        pool.Add(["a", "b", "c"], [0]);
        Assert.Equal([0, 1, 2, 0], [.. Enumerable.Range(0, 4).Select(_ => pool.NextComponent(0))]);
        pool.Add(["a", "b", "C"], [0], 0);
        Assert.Equal(1, pool.NextComponent(1));
        Assert.Equal(1, pool.NextComponent(0)); // the parent's own pointer has not moved
        pool.Add(["a", "B", "C"], [0], 0, 1);
        Assert.Equal(2, pool.NextComponent(2)); // the further one of its parents
    }

    [Fact]
    public void Minibatches_NotAMultiple_AreFilledUpWithTheLeastUsed()
    {
        Minibatches minibatches = new([.. Enumerable.Range(10, 7)], 3, epoch => new Rng(1, "test", epoch));
        Dictionary<int, int> uses = [];
        for (int epoch = 1; epoch <= 14; epoch++)
        {
            int[][] three = [.. Enumerable.Range(0, 3).Select(_ => minibatches.Next().ToArray())];
            Assert.All(three, m => Assert.Equal(3, m.Distinct().Count()));
            Assert.Equal(7, three.SelectMany(m => m).Distinct().Count());
            foreach (int item in three.SelectMany(m => m))
            {
                uses[item] = uses.GetValueOrDefault(item) + 1;
            }

            Assert.InRange(uses.Values.Max() - uses.Values.Min(), 0, 2);
        }

        Assert.Equal(2, new Minibatches([4, 5], 3, _ => new Rng(1, "test")).Next().Length); // fewer items than the minibatch takes
    }

    private static GepaPool Pool(params ImmutableArray<double[]> scores)
    {
        GepaPool pool = new();
        foreach ((int n, double[] each) in scores.Index())
        {
            pool.Add([$"text {n}"], each);
        }

        return pool;
    }
}
