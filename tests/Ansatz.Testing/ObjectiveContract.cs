using System.Collections.Immutable;
using System.Text.Json;

namespace Ansatz.Testing;

/// <summary>What every objective must do. One subclass an objective.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
public abstract class ObjectiveContract<T>
{
    /// <summary>The objective, made anew at each call.</summary>
    protected abstract Objective<T> Create();

    private static Candidate<T> Yours(Objective<T> objective) =>
        new(objective.Open.Yours, ContentHash.Of(JsonSerializer.Serialize(objective.Open.Yours, objective.Codec)), [], "yours");

    private static Split SomeSplit(Objective<T> objective) => objective.Count(Split.Validation) > 0 ? Split.Validation : Split.Train;

    [Fact]
    public async Task Evaluate_SameBlockTwiceAndByAnotherInstance_SameOutcomes()
    {
        Objective<T> objective = Create();
        Split split = SomeSplit(objective);
        Ask<T> ask = new(Yours(objective), split, [.. Enumerable.Range(0, objective.Count(split)).Reverse()]);
        ImmutableArray<Outcome> first = await objective.EvaluateAsync(ask, Replies.None, TestContext.Current.CancellationToken);
        Assert.Equal(ask.Items.Length, first.Length);
        Assert.Equal(first, await objective.EvaluateAsync(ask, Replies.None, TestContext.Current.CancellationToken));
        Assert.Equal(first, await Create().EvaluateAsync(ask, Replies.None, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Evaluate_Scores_AreOnTheScale()
    {
        Objective<T> objective = Create();
        Split split = SomeSplit(objective);
        Ask<T> ask = new(Yours(objective), split, [.. Enumerable.Range(0, objective.Count(split))]);
        Assert.All(
            (await objective.EvaluateAsync(ask, Replies.None, TestContext.Current.CancellationToken)).OfType<Scored>(),
            o => Assert.True(objective.Scale switch
            {
                Scale.Binary => o.Score is 0 or 1,
                Scale.Unit => o.Score is >= 0 and <= 1,
                _ => double.IsFinite(o.Score),
            }));
    }

    [Fact]
    public void Codec_Yours_ReadsBackToTheSameText()
    {
        Objective<T> objective = Create();
        string text = JsonSerializer.Serialize(objective.Open.Yours, objective.Codec);
        Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize(text, objective.Codec)!, objective.Codec));
    }

    [Fact]
    public void Identity_MadeTwice_IsTheSameText() => Assert.Equal(Create().Identity.ToJsonString(), Create().Identity.ToJsonString());

    [Fact]
    public void ItemHash_AllItems_AreTheSameAgainAndDifferBetweenTestAndTheRest()
    {
        Objective<T> objective = Create();
        string[] Hashes(Split split) => [.. Enumerable.Range(0, objective.Count(split)).Select(i => objective.ItemHash(split, i))];
        Objective<T> again = Create();
        Assert.All(Hashes(Split.Test).Index(), h => Assert.Equal(h.Item, again.ItemHash(Split.Test, h.Index)));
        Assert.Empty(Hashes(Split.Test).Intersect([.. Hashes(Split.Train), .. Hashes(Split.Validation)]));
    }

    [Fact]
    public void AtMost_Block_CoversItsRollouts()
    {
        Objective<T> objective = Create();
        Split split = SomeSplit(objective);
        Assert.True(objective.AtMost(new(Yours(objective), split, [0])).Rollouts >= 1);
    }
}
