namespace Ansatz.Language.Tests;

/// <summary>What the reference code of OPRO gives, right and wrong, beside what the scorers give that are meant for use.</summary>
public sealed class ReferenceScorerTests
{
    private static readonly TextItem Sun = Item("(B)", "Where does the sun rise?\nOptions:\n(A) west\n(B) east\n(C) northeast");

    [Theory]
    [InlineData("height", "8")]
    [InlineData("money", "1")]
    [InlineData("often", "10")]
    [InlineData("10.5", "10")]
    [InlineData("2.5", "2")]
    [InlineData("3.5", "4")]
    [InlineData("The answer is forty two.", "40")]
    [InlineData("3/4", "4")]
    public void Number_WhatTheReferenceReadsWrongly_IsKept(string reply, string read)
    {
        Assert.Equal(new Scored(1, read), new ReferenceScorer(ReferenceAnswer.Number).Score(reply, Item(read)));
        Assert.NotEqual(1, new NumberScorer().Score(reply, Item(read)).ScoreOn(Scale.Binary));
    }

    [Theory]
    [InlineData("She makes $18 every day.", "18")]
    [InlineData("The answer is 1,234 apples.", "1234")]
    [InlineData("So 9 + 9 = 18.", "18")]
    [InlineData("It is 156kgs", "156")]
    [InlineData("#### 18\nQ: Next question 5", "18")]
    [InlineData("She has eight apples", "8")]
    [InlineData("The answer is 18. Q: And what is 7?", "18")]
    public void Number_WhatTheReferenceReadsRightly_IsKept(string reply, string read)
    {
        Assert.Equal(new Scored(1, read), new ReferenceScorer(ReferenceAnswer.Number).Score(reply, Item(read)));
        Assert.Equal(0, new ReferenceScorer(ReferenceAnswer.Number).Score(reply, Item(read + "1")).ScoreOn(Scale.Binary));
    }

    [Theory]
    [InlineData("valid", "invalid")]
    [InlineData("no", "unknown")]
    [InlineData("no", "cannot")]
    [InlineData("no", "not sure, yes")]
    [InlineData("no", "yes and no")]
    [InlineData("yes", "yes and no")]
    public void Boolean_GoldInsideTheReply_CountsAsRight(string gold, string reply)
    {
        Assert.Equal(1, new ReferenceScorer(ReferenceAnswer.Boolean).Score(reply, Item(gold)).ScoreOn(Scale.Binary));
        Assert.Equal(0, new YesNoScorer().Score(reply, Item(gold)).ScoreOn(Scale.Binary));
    }

    [Fact]
    public void Boolean_AlwaysInvalid_IsRightOnEveryFormalFallacy()
    {
        TextItem[] fallacies = [.. Enumerable.Range(0, 250).Select(i => Item(i < 133 ? "valid" : "invalid"))]; // as many of each as BBH has

        Assert.Equal(250, fallacies.Count(i => new ReferenceScorer(ReferenceAnswer.Boolean).Score("invalid", i).ScoreOn(Scale.Binary) == 1));
        Assert.Equal(117, fallacies.Count(i => new YesNoScorer().Score("invalid", i).ScoreOn(Scale.Binary) == 1));
    }

    [Theory]
    [InlineData("True", "1", 1)]
    [InlineData("yes", "true", 1)]
    [InlineData("yes", "false", 0)]
    [InlineData("False", "The answer is False.", 1)]
    public void Boolean_OneOfAPair_IsMapped(string gold, string reply, double score) =>
        Assert.Equal(score, new ReferenceScorer(ReferenceAnswer.Boolean).Score(reply, Item(gold)).ScoreOn(Scale.Binary));

    [Theory]
    [InlineData("(B)", 1)]
    [InlineData("The answer is (B) east.", 1)]
    [InlineData("B", 1)]
    [InlineData("east", 1)]
    [InlineData("in the east", 1)]
    [InlineData("in the northeast", 0)]
    [InlineData("(A)", 0)]
    [InlineData("\\boxed{B}", 0)]
    [InlineData("(A) or (B)", 1)]
    public void Choice_Reply_IsReadAsTheReferenceDoes(string reply, double score) =>
        Assert.Equal(score, new ReferenceScorer(ReferenceAnswer.Choice).Score(reply, Sun).ScoreOn(Scale.Binary));

    [Fact]
    public void Choice_BothLetters_AreRightForEither()
    {
        foreach (string gold in (string[])["(A)", "(B)"])
        {
            TextItem item = new(Sun.Fields, gold);

            Assert.Equal(1, new ReferenceScorer(ReferenceAnswer.Choice).Score("(A) or (B)", item).ScoreOn(Scale.Binary));
            Assert.IsType<Rejected>(new ChoiceScorer().Score("(A) or (B)", item));
        }
    }

    [Fact]
    public void Choice_GoldThatIsNoLetter_IsNeverRight() =>
        Assert.Equal(0, new ReferenceScorer(ReferenceAnswer.Choice).Score("Monsters, Inc", new(Sun.Fields, "Monsters, Inc")).ScoreOn(Scale.Binary));

    [Fact]
    public void Text_GoldInsideTheReply_CountsAsRight()
    {
        Assert.Equal(1, new ReferenceScorer(ReferenceAnswer.Text).Score("They are: ant bee cat dog", Item("ant bee cat")).ScoreOn(Scale.Binary));
        Assert.Equal(0, new ReferenceScorer(ReferenceAnswer.Text).Score("bee ant cat", Item("ant bee cat")).ScoreOn(Scale.Binary));
    }

    private static TextItem Item(string answer, string text = "x") => new([new("text", text)], answer);
}
