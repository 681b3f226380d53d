namespace Ansatz.Language.Tests;

public sealed class RegexScorerTests
{
    private static readonly TextItem Item = new([new("text", "x")], "Refund");

    [Theory]
    [InlineData(@"Category: \w+", "Category: refund", 0)]
    [InlineData(@"Category: (\w+)", "Category: refund", 1)]
    [InlineData(@"(Category): (?<answer>\w+)", "Category: refund", 1)]
    [InlineData(@"Answer: (\w+)|Final: (\w+)", "Final: refund", 1)]
    [InlineData(@"Answer: (\w+)|Final: (\w+)", "Final: 5", 0)]
    [InlineData(@"Answer: (?<answer>\w+)|Final: (\w+)", "Final: refund", 1)]
    [InlineData(@"refund", "It is a refund.", 1)]
    [InlineData(@"(?<=: )\w+", "Category: refund", 1)]
    public void Score_Group_IsTheNamedTheFirstThatTookPartOrTheWholeMatch(string pattern, string reply, double score) =>
        Assert.Equal(score, Assert.IsType<Scored>(new RegexScorer(pattern).Score(reply, Item)).Score);

    [Fact]
    public void Score_SeveralMatches_SayNothingUnlessToldWhichCounts()
    {
        const string pattern = @"\((\w)\)", reply = "(A) or (B)";
        TextItem item = new([new("text", "x")], "B");

        Assert.Equal(new Rejected($"The pattern \"{pattern}\" finds several texts in the reply: \"A\", \"B\".", reply), new RegexScorer(pattern).Score(reply, item));
        Assert.Equal(new Scored(0, "A"), new RegexScorer(pattern) { Match = RegexMatch.First }.Score(reply, item));
        Assert.Equal(new Scored(1, "B"), new RegexScorer(pattern) { Match = RegexMatch.Last }.Score(reply, item));
        Assert.Equal(new Scored(1, "B"), new RegexScorer(pattern).Score("(B), I say (B)", item));
    }

    [Fact]
    public void Score_NoMatch_IsRejectedWithItsText() =>
        Assert.Equal(new Rejected("The pattern \"x+\" finds nothing in the reply.", "yes"), new RegexScorer("x+").Score("yes", Item));

    [Fact]
    public void Score_NoGroupThatTookPart_IsRejected() =>
        Assert.Equal(new Rejected("The reply is empty.", "Category: "), new RegexScorer(@"Category: (\w+)?").Score("Category: ", Item));

    [Fact]
    public void Score_CatastrophicPattern_EndsAtOnceWithoutLookAround() =>
        Assert.IsType<Rejected>(new RegexScorer(@"^(a+)+$").Score(new string('a', 5000) + "!", Item)); // exponential, were it to backtrack

    [Fact]
    public void Score_CatastrophicPatternWithABackReference_IsRejectedAfterASecond()
    {
        string reply = new string('a', 200) + "!";

        Assert.Equal(
            new Rejected(@"The pattern ""^(a+)+\1$"" took longer than 1 second on the reply.", reply), new RegexScorer(@"^(a+)+\1$").Score(reply, Item));
    }

    [Fact]
    public void Score_ValueOfAnotherKind_GoesToItsScorer() =>
        Assert.Equal(1, new RegexScorer("Total: (.*)", new NumberScorer()).Score("Total: $1,200", new([new("text", "x")], "1200")).ScoreOn(Scale.Binary));

    [Fact]
    public void Constructor_PatternThatCannotBeRead_IsRefused() => Assert.Throws<InputException>(() => new RegexScorer("(a"));
}
