namespace Ansatz.Language.Tests;

public sealed class LabelSetScorerTests
{
    private static readonly string[] Topics = ["billing", "refund", "delivery", "top-up"];
    private static readonly TextItem Item = new([new("text", "x")], "billing, refund");

    [Theory]
    [InlineData("billing, refund", 1, 1)]
    [InlineData("Refund; Billing.", 1, 1)]
    [InlineData("- billing\n- refund", 1, 1)]
    [InlineData("[\"refund\", \"billing\"]", 1, 1)]
    [InlineData("The answer is billing, refund.", 1, 1)]
    [InlineData("```json\n[\"refund\", \"billing\"]\n```", 1, 1)]
    [InlineData("1. billing\n2. refund", 1, 1)]
    [InlineData("(1) billing, (2) refund", 1, 1)]
    [InlineData("```json\n[\"refund\"]\n```", 0, 2.0 / 3)]
    [InlineData("1. billing\n2. delivery", 0, 0.5)]
    [InlineData("billing", 0, 2.0 / 3)]
    [InlineData("billing, refund, delivery", 0, 0.8)]
    [InlineData("delivery, top-up", 0, 0)]
    [InlineData("billing, billing", 0, 2.0 / 3)]
    [InlineData("none", 0, 0)]
    [InlineData("[]", 0, 0)]
    public void Score_List_IsExactOrF1(string reply, double exact, double f1)
    {
        Assert.Equal(exact, Assert.IsType<Scored>(new LabelSetScorer(Topics).Score(reply, Item)).Score);
        Assert.Equal(f1, Assert.IsType<Scored>(new LabelSetScorer(Topics) { F1 = true }.Score(reply, Item)).Score, 12);
    }

    [Fact]
    public void Score_LabelsWithNumbers_AreReadAsThemselves()
    {
        LabelSetScorer scorer = new(["1", "2", "3. other"]);

        Assert.Equal(new Scored(1, "1, 2"), scorer.Score("1. 1\n2. 2", new([new("text", "x")], "1, 2")));
        Assert.Equal(new Scored(1, "3. other"), scorer.Score("3. other", new([new("text", "x")], "3. other")));
    }

    [Fact]
    public void Score_EmptySet_IsRightForNone()
    {
        TextItem none = new([new("text", "x")], "none");

        Assert.Equal(new Scored(1, "none"), new LabelSetScorer(Topics).Score("None.", none));
        Assert.Equal(new Scored(1, "none"), new LabelSetScorer(Topics) { F1 = true }.Score("[]", none));
        Assert.Equal(new Scored(0, "billing"), new LabelSetScorer(Topics).Score("billing", none));
    }

    [Fact]
    public void Score_Output_IsInTheOrderOfTheLabels() =>
        Assert.Equal("billing, top-up", Assert.IsType<Scored>(new LabelSetScorer(Topics).Score("Top-Up, Billing", Item)).Output);

    [Theory]
    [InlineData("billing, refunds", "The reply names \"refunds\", which is not one of the labels.")]
    [InlineData("billing\njson", "The reply names \"json\", which is not one of the labels.")]
    [InlineData("It is about billing.", "The reply names \"It is about billing\", which is not one of the labels.")]
    public void Score_OtherWords_AreRejectedWithTheText(string reply, string reason) =>
        Assert.Equal(new Rejected(reason, reply), new LabelSetScorer(Topics).Score(reply, Item));

    [Fact]
    public void Scale_F1_IsUnit()
    {
        Assert.Equal(Scale.Binary, new LabelSetScorer(Topics).Scale);
        Assert.Equal(Scale.Unit, new LabelSetScorer(Topics) { F1 = true }.Scale);
    }

    [Fact]
    public void Flaw_UnknownLabel_IsNamed()
    {
        Assert.Null(new LabelSetScorer(Topics).Flaw(Item));
        Assert.Equal(
            "The answer holds \"refnd\", which is not one of: billing, refund, delivery, top-up. Did you mean \"refund\"?",
            new LabelSetScorer(Topics).Flaw(new([new("text", "x")], "billing, refnd")));
    }

    [Fact]
    public void LabelsOf_Answers_AreTheirDifferentLabels() =>
        Assert.Equal(
            ["billing", "refund", "delivery"],
            LabelSetScorer.LabelsOf(["billing, refund", "Refund,delivery", "none"]));

    [Fact]
    public void Constructor_LabelsThatCannotBeToldApart_AreRefused()
    {
        Assert.Throws<InputException>(() => new LabelSetScorer([]));
        Assert.Throws<InputException>(() => new LabelSetScorer(["a", "A."]));
    }
}
