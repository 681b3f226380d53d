namespace Ansatz.Language.Tests;

public sealed class ReplyScorersTests
{
    private static readonly TextItem Item = new([new("text", "2+2?")], "Four");

    [Theory]
    [InlineData("Four", 1)]
    [InlineData(" Four\n", 1)]
    [InlineData("four", 0)]
    [InlineData("Four.", 0)]
    public void Exact_OnlyWhiteSpaceAround_IsForgiven(string reply, double score) =>
        Assert.Equal(score, new ExactScorer().Score(reply, Item).ScoreOn(Scale.Binary));

    [Theory]
    [InlineData("four.", 1)]
    [InlineData("\"FOUR\"", 1)]
    [InlineData("four!  ", 1)]
    [InlineData("fourteen", 0)]
    [InlineData("it is four", 0)]
    public void Normalised_CaseAndPunctuation_AreForgiven(string reply, double score) =>
        Assert.Equal(score, new NormalisedScorer().Score(reply, Item).ScoreOn(Scale.Binary));

    [Theory]
    [InlineData("Four, since two and two", 1)]
    [InlineData("**four**", 1)]
    [InlineData("(Four) apples", 1)]
    [InlineData("It is four", 0)]
    [InlineData("Fourteen", 0)]
    public void FirstWord_WhateverFollows_IsForgiven(string reply, double score) =>
        Assert.Equal(score, new FirstWordScorer().Score(reply, Item).ScoreOn(Scale.Binary));

    [Fact]
    public void Score_Wordings_AreReadAsTheUsersLabels()
    {
        LabelWordings wordings = new([new("Four", "4"), new("Five", "5")]);

        Assert.Equal(new Scored(1, "Four"), new ExactScorer().Score("4", Item, wordings));
        Assert.Equal(new Scored(0, "Five"), new FirstWordScorer().Score("5 it is", Item, wordings));
        Assert.Equal(new Scored(0, "six"), new NormalisedScorer().Score("six", Item, wordings));
    }

    [Fact]
    public void Score_EmptyReply_IsRejected()
    {
        Scorer[] scorers = [new ExactScorer(), new NormalisedScorer(), new FirstWordScorer(), new LabelScorer()];

        Assert.All(scorers, s => Assert.Equal(new Rejected("The reply is empty.", " "), s.Score(" ", Item)));
        Assert.Equal(scorers.Length, scorers.Select(s => s.Identity.ToJsonString()).Distinct().Count());
    }
}
