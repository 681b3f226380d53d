using CsCheck;

namespace Ansatz.Language.Tests;

public sealed class YesNoScorerTests
{
    private const string Denied = "The reply denies something, and what it says then is not certain.";

    [Theory]
    [InlineData("yes", "Yes.")]
    [InlineData("yes", "**Yes**, it does.")]
    [InlineData("yes", "not sure, yes")]
    [InlineData("yes", "Yes, because there is no other way.")]
    [InlineData("yes", "There is no doubt about it: yes")]
    [InlineData("yes", "The answer is yes, no doubt.")]
    [InlineData("yes", "No. Wait. The answer is yes.")]
    [InlineData("no", "No")]
    [InlineData("no", "no because it turns left")]
    [InlineData("no", "The final answer is: No.")]
    [InlineData("no", "No, the statement is not true.")]
    [InlineData("no", "\\boxed{\\text{No}}")]
    [InlineData("no", "The claim is false.")]
    [InlineData("valid", "valid")]
    [InlineData("valid", "The argument is deductively valid.")]
    [InlineData("valid", "It is not invalid.")]
    [InlineData("invalid", "invalid")]
    [InlineData("invalid", "Invalid.")]
    [InlineData("invalid", "The argument is not deductively valid.")]
    [InlineData("invalid", "This isn't a valid argument.")]
    [InlineData("invalid", "So \"invalid\" is the correct answer.")]
    [InlineData("invalid", "The argument, given the explicitly stated premises, is not deductively valid.")]
    [InlineData("valid", "Whoever is not a cousin of Ann is an aunt of Bob, so the argument is valid.")]
    [InlineData("valid", "The premises do not contradict each other. The argument is deductively valid.")]
    [InlineData("valid", "The question is whether the argument is invalid. It is valid.")]
    [InlineData("invalid", "The question is whether the argument is valid. The argument is invalid.")]
    [InlineData("invalid", "It lacks a valid premise: invalid")]
    [InlineData("valid", "There is nothing wrong with it, so it is valid.")]
    [InlineData("valid", "It is nothing but valid.")]
    [InlineData("True", "True")]
    [InlineData("False", "( not true )")]
    public void Score_ReplyOfOneSide_IsThatSide(string side, string reply)
    {
        YesNoScorer scorer = new();
        string other = side switch { "yes" => "no", "no" => "yes", "valid" => "invalid", "invalid" => "valid", "True" => "False", _ => "True" };

        Assert.Equal(new Scored(1, side), scorer.Score(reply, Item(side)));
        Assert.Equal(new Scored(0, side), scorer.Score(reply, Item(other), LabelWordings.Own([side, other])));
    }

    [Theory]
    [InlineData("yes and no", "The reply says both yes and no.")]
    [InlineData("The answer is yes or no.", "The reply says both yes and no.")]
    [InlineData("Perhaps yes. Perhaps it is false.", "The reply says both yes and no.")]
    [InlineData("The argument does not appear to be valid.", Denied)]
    [InlineData("I don't think this is valid.", Denied)]
    [InlineData("I do not think that the argument is invalid.", Denied)]
    [InlineData("It is hardly valid.", Denied)]
    [InlineData("This is no valid argument.", Denied)]
    [InlineData("It is not, in my view, valid.", Denied)]
    [InlineData("It is not the case that the argument is deductively valid.", Denied)]
    [InlineData("The argument is not only valid.", Denied)]
    [InlineData("The answer is not yes.", Denied)]
    [InlineData("I don't think the answer is yes.", Denied)]
    [InlineData("non-valid", Denied)]
    [InlineData("Nothing is true", Denied)]
    [InlineData("None of it is true", Denied)]
    [InlineData("No one knows if it's true", Denied)]
    [InlineData("Nobody says yes", Denied)]
    [InlineData("anything but valid", Denied)]
    [InlineData("It is less than true", Denied)]
    [InlineData("It's hard to say that it is true", Denied)]
    [InlineData("It's hard to say whether it's true", "The reply says neither yes nor no.")]
    [InlineData("No one knows whether it's true", "The reply says neither yes nor no.")]
    [InlineData("The answer is whether it is true", "The reply says neither yes nor no.")]
    [InlineData("It lacks valid premises", "The reply says neither yes nor no.")]
    [InlineData("unknown", "The reply says neither yes nor no.")]
    [InlineData("I cannot tell.", "The reply says neither yes nor no.")]
    [InlineData("Nothing is known about Norway.", "The reply says neither yes nor no.")]
    [InlineData("There is no way to tell.", "The reply says neither yes nor no.")]
    [InlineData("It is validated by yesterday's falsehood.", "The reply says neither yes nor no.")]
    public void Score_ReplyOfBothSidesOrNone_IsRejectedWithItsText(string reply, string reason) =>
        Assert.Equal(new Rejected(reason, reply), new YesNoScorer().Score(reply, Item("no")));

    [Fact]
    public void Score_OtherSideWithoutLabels_IsThePartnerOfTheAnswer() =>
        Assert.Equal(new Scored(0, "invalid"), new YesNoScorer().Score("no", Item("valid")));

    [Fact]
    public void Score_AnyLettersAroundAWord_AreNoAnswer() =>
        Gen.Select(Gen.Char['a', 'z'], Gen.OneOf("yes", "no", "true", "false", "valid", "invalid"), Gen.Bool).Sample((letter, word, isBefore) =>
        {
            string reply = isBefore ? letter + word : word + letter;

            Assert.True(new YesNoScorer().Score(reply, Item("yes")) is Rejected || reply is "invalid", reply);
        });

    [Fact]
    public void Flaw_OtherAnswer_IsNamed() =>
        Assert.Equal("The answer \"maybe\" is none of yes, no, true, false, valid and invalid: no reply could be right.", new YesNoScorer().Flaw(Item("maybe")));

    private static TextItem Item(string answer) => new([new("text", "x")], answer);
}
