using System.Collections.Immutable;
using CsCheck;

namespace Ansatz.Language.Tests;

public sealed class ConfusionTests
{
    // 4 cats (3 hit, 1 called dog), 2 dogs (1 hit, 1 rejected), 1 bird (called cat).
    private static readonly Confusion Animals = Of(
        ["cat", "dog", "bird"],
        [("cat", "cat"), ("cat", "cat"), ("cat", "cat"), ("cat", "dog"), ("dog", "dog"), ("dog", null), ("bird", "cat")]);

    [Fact]
    public void Of_Outcomes_CountsRightAgainstGiven()
    {
        Assert.Equal([3, 1, 0, 0], Animals.Counts[0]);
        Assert.Equal([0, 1, 0, 1], Animals.Counts[1]);
        Assert.Equal([1, 0, 0, 0], Animals.Counts[2]);
    }

    [Fact]
    public void Figures_HandWorked()
    {
        Assert.Equal(4.0 / 7, Animals.Accuracy, 12);
        Assert.Equal(((3.0 / 4) + (1.0 / 2) + 0) / 3, Animals.BalancedAccuracy, 12);
        Assert.Equal(((6.0 / 8) + (2.0 / 4) + 0) / 3, Animals.MacroF1, 12); // F1 = 2 hits / (right + given): cat 6/(4+4), dog 2/(2+2), bird 0
    }

    [Fact]
    public void MacroF1_LabelThatNeverOccurs_DoesNotCount() =>
        Assert.Equal(1, Of(["a", "b", "unused"], [("a", "a"), ("b", "b")]).MacroF1);

    [Fact]
    public void Figures_BalancedItemsAllAnswered_BalancedAccuracyIsAccuracy() =>
        Gen.Int[0, 2].Array[30].Sample(given =>
        {
            Confusion confusion = Of(["a", "b", "c"], [.. given.Select((g, i) => ("abc"[i % 3].ToString(), (string?)"abc"[g].ToString()))]);

            Assert.Equal(confusion.Accuracy, confusion.BalancedAccuracy, 12);
        });

    /// <summary>Four right of four say little of a rare label, and so of the mean over labels.</summary>
    [Fact]
    public void Summaries_AllRightButOneLabelIsRare_LeaveRoomBelow()
    {
        ImmutableArray<Summary> summaries = Of(["a", "b"], [.. Enumerable.Range(0, 80).Select(i => i < 76 ? ("a", (string?)"a") : ("b", "b"))]).Summaries();

        Assert.All(summaries, s => Assert.Equal((1.0, 1.0), (s.Value, s.Interval.High)));
        Assert.All(summaries, s => Assert.Equal(1 - (Math.Sqrt((0.06 * 0.06) + (0.6042 * 0.6042)) / 2), s.Interval.Low, 0.001)); // Wilson's corrected limits of 76 of 76 and 4 of 4: 0.940 and 0.3958
    }

    [Fact]
    public void Summaries_SomeWrong_IntervalsLieAroundTheValue()
    {
        (string, string?)[] pairs = [.. Enumerable.Range(0, 60).Select(i => (i % 3 == 0 ? "a" : "b", i % 5 == 0 ? "a" : i % 7 == 0 ? null : "b"))];

        ImmutableArray<Summary> summaries = Of(["a", "b"], pairs).Summaries();

        Assert.Equal(["balanced accuracy", "macro-F1"], summaries.Select(s => s.Name));
        Assert.All(summaries, s => Assert.True(s.Interval.Low < s.Value && s.Value < s.Interval.High && s.Interval.Low > 0 && s.Interval.High < 1));
    }

    private static Confusion Of(ImmutableArray<string> labels, (string Right, string? Given)[] pairs) => Confusion.Of(
        labels,
        [.. pairs.Select(p => new TextItem([new("text", "x")], p.Right))],
        [.. pairs.Select(p => p.Given is null ? (Outcome)new Rejected("no label", "?") : new Scored(p.Right == p.Given ? 1 : 0, p.Given))]);
}
