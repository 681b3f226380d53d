using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CsCheck;

namespace Ansatz.Language.Tests;

public sealed class LabelScorerTests
{
    private static readonly LabelWordings Kinds = new([new("praise", "positive"), new("complaint", "negative")]);

    [Fact]
    public void Choose_LogProbabilities_GivesUsersLabelAndSoftmax()
    {
        Outcome outcome = LabelScorer.Choose([Math.Log(0.1), Math.Log(0.3)], Item("complaint"), Kinds);

        Scored scored = Assert.IsType<Scored>(outcome);
        Assert.Equal((1, "complaint"), (scored.Score, scored.Output));
        Assert.Equal(0.75, scored.Probability!.Value, 12);
    }

    [Fact]
    public void Choose_AnyLogProbabilities_ProbabilitiesOfAllLabelsAddUpToOne() =>
        Gen.Double[-2000, 0].Array[2, 8].Sample(l =>
        {
            LabelWordings labels = LabelWordings.Own(l.Select((_, i) => $"label {i}"));

            Scored[] scored = [.. labels.Labels.Select(gold => (Scored)LabelScorer.Choose(l, Item(gold), labels))];

            Assert.Equal(1, scored.Sum(s => s.Probability!.Value), 9);
            Assert.Equal(1, scored.Sum(s => s.Score));
        });

    [Theory]
    [InlineData("positive", true)]
    [InlineData("**Positive**. The writer prais", true)]
    [InlineData("Sentiment: negative\nThe wri", true)]
    [InlineData("Sentiment: \"Negative\", because", true)]
    [InlineData("> positive", true)]
    [InlineData("positiv", false)]
    [InlineData("positively surprised, the wri", false)]
    [InlineData("Whether this is positive depends on", false)]
    [InlineData("Let me think.\nFirst: positive words are", false)] // the colon of its second line
    [InlineData("not positive but", false)]
    [InlineData("lost", false)] // may be going to be "lost card"
    [InlineData("lost.", true)]
    [InlineData("lost card", true)]
    [InlineData("lost c", false)]
    public void TakesCutReply_OnlyWhereItBeginsWithAWholeLabel(string reply, bool takes) =>
        Assert.Equal(takes, new LabelScorer().TakesCutReply(reply, LabelWordings.Own(["positive", "negative", "lost", "lost card"])));

    [Theory]
    [InlineData("positive", true)]
    [InlineData("posit", false)]
    [InlineData("Paris", false)]
    [InlineData("Paris is", true)]
    [InlineData("\"Positive\"", true)]
    public void FirstWordTakesCutReply_OnlyWhereTheWordIsWhole(string reply, bool takes) =>
        Assert.Equal(takes, new FirstWordScorer().TakesCutReply(reply, LabelWordings.Own(["positive", "negative"])));

    [Fact]
    public void Choose_Tie_TakesTheEarlierLabel() =>
        Assert.Equal("praise", ((Scored)LabelScorer.Choose([-1, -1], Item("complaint"), Kinds)).Output);

    [Fact]
    public void Choose_AllImpossible_IsRejected() =>
        Assert.IsType<Rejected>(LabelScorer.Choose([double.NegativeInfinity, double.NegativeInfinity], Item("praise"), Kinds));

    [Fact]
    public void Choose_UnknownAnswer_SaysWhere()
    {
        TextItem item = new([new("text", "x")], "complain", "reviews.csv(212)");

        InputException e = Assert.Throws<InputException>(() => LabelScorer.Choose([-1, -2], item, Kinds));

        Assert.Equal("reviews.csv(212): the label \"complain\" is not one of: praise, complaint. Did you mean \"complaint\"?", e.Message);
    }

    [Fact]
    public void Choose_Block_CountsTokens()
    {
        ContinuationScores scores = new([[-1.0, -2.0], [-3.0, -2.0]], [12, 15]);

        ImmutableArray<Outcome> outcomes = LabelScorer.Choose(scores, [Item("praise"), Item("praise")], Kinds);

        Assert.Equal([1, 0], outcomes.Scores(Scale.Binary));
        Assert.Equal([12, 15], outcomes.Select(o => o.Cost.InputTokens));
    }

    [Theory]
    [InlineData("positive", "praise")]
    [InlineData("  Positive!\n", "praise")]
    [InlineData("**Negative** - it broke.", "complaint")]
    [InlineData("It is negative, very negative.", "complaint")]
    [InlineData("nonpositive or so, negative", "complaint")]
    [InlineData("It is not positive, it is negative.", "complaint")]
    [InlineData("I do not know them, but this is positive.", "praise")]
    [InlineData("It does not work: negative", "complaint")]
    [InlineData("It isn\u2019t positive, it\u2019s negative.", "complaint")]
    [InlineData("It is nothing but positive, not negative.", "praise")]
    public void Score_ReplyWithOneLabel_IsThatLabel(string reply, string label)
    {
        Scored scored = Assert.IsType<Scored>(new LabelScorer().Score(reply, Item("praise"), Kinds));

        Assert.Equal((label == "praise" ? 1 : 0, label), (scored.Score, scored.Output));
        Assert.Null(scored.Probability);
    }

    [Theory]
    [InlineData("", "The reply is empty.")]
    [InlineData(" \n", "The reply is empty.")]
    [InlineData("praise", "The reply names none of the labels positive, negative.")]
    [InlineData("positively", "The reply names none of the labels positive, negative.")]
    [InlineData("positive or negative", "The reply names several of the labels positive, negative.")]
    [InlineData("This is not positive.", "The reply says which of the labels positive, negative it is not, and not which it is.")]
    [InlineData("It isn\u2019t negative", "The reply says which of the labels positive, negative it is not, and not which it is.")]
    [InlineData("**no** positive", "The reply says which of the labels positive, negative it is not, and not which it is.")]
    [InlineData("_not_ positive", "The reply says which of the labels positive, negative it is not, and not which it is.")]
    [InlineData("This review is non-positive.", "The reply says which of the labels positive, negative it is not, and not which it is.")]
    [InlineData("anti-positive", "The reply says which of the labels positive, negative it is not, and not which it is.")]
    [InlineData("positive-free", "The reply says which of the labels positive, negative it is not, and not which it is.")]
    [InlineData("It is anything but positive.", "The reply says which of the labels positive, negative it is not, and not which it is.")]
    [InlineData("It isn't negative", "The reply says which of the labels positive, negative it is not, and not which it is.")]
    public void Score_ReplyWithNoneOrSeveral_IsRejectedWithItsText(string reply, string reason) =>
        Assert.Equal(new Rejected(reason, reply), new LabelScorer().Score(reply, Item("praise"), Kinds));

    [Fact]
    public void Score_LabelInsideAnother_TheLongerCounts()
    {
        LabelWordings labels = LabelWordings.Own(["lost", "lost card", "top-up"]);

        Assert.Equal("lost card", ((Scored)new LabelScorer().Score("A lost card.", Item("lost"), labels)).Output);
        Assert.Equal("lost", ((Scored)new LabelScorer().Score("lost: a card", Item("lost"), labels)).Output);
        Assert.Equal("top-up", ((Scored)new LabelScorer().Score("(Top-up)", Item("lost"), labels)).Output);
        Assert.Equal("not spam", ((Scored)new LabelScorer().Score("It is not spam.", Item("spam"), LabelWordings.Own(["spam", "not spam"]))).Output);
    }

    [Theory]
    [InlineData("non-spam", "spam")]
    [InlineData("anti-virus", "virus")]
    [InlineData("duty-free", "duty")]
    [InlineData("no answer", "answer")]
    [InlineData("not sure", "sure")]
    [InlineData("None", "spam")]
    [InlineData("Nothing", "something")]
    public void Score_LabelThatHoldsADenial_IsReadAsItself(string label, string other)
    {
        LabelWordings labels = LabelWordings.Own([other, label]);

        Assert.Equal(new Scored(1, label), new LabelScorer().Score(label, Item(label), labels));
        Assert.Equal(new Scored(1, label), new LabelScorer().Score($"The label is {label}.", Item(label), labels));
        Assert.Equal(new Scored(0, other), new LabelScorer().Score(other, Item(label), labels));
    }

    [Theory]
    [InlineData("good", "bad", false, true)]
    [InlineData("good", "bad", true, false)]
    [InlineData("top one", "top two", false, false)]
    public void UsesFirstToken_OnlyWhereFirstTokensDiffer(string one, string other, bool whole, bool expected) =>
        Assert.Equal(expected, new LabelScorer { WholeLabels = whole }.UsesFirstToken(new WordTokens(), [one, other]));

    [Theory]
    [InlineData("good", "bad", null)]
    [InlineData("top one", "top two", null)]
    [InlineData("good", "Good", "The labels \"a\" and \"b\" are both worded \"Good\": no scorer could tell them apart.")]
    [InlineData("lost", "lost card", "The label \"lost card\" begins with the label \"lost\": by log-probability the shorter one would always win. Word one of them differently.")]
    public void Clash_LabelsThatCannotBeToldApart_AreNamed(string one, string other, string? expected) =>
        Assert.Equal(expected, new LabelScorer().Clash(new WordTokens(), new([new("a", one), new("b", other)]), [one, other]));

    [Fact]
    public void Wordings_BlankOrTwice_AreRefused()
    {
        Assert.Throws<InputException>(() => new LabelWordings([new("a", " ")]));
        Assert.Throws<InputException>(() => LabelWordings.Own(["a", "a"]));
    }

    private static TextItem Item(string answer) => new([new("text", "x")], answer);

    /// <summary>A tokenizer whose tokens are words.</summary>
    private sealed class WordTokens : IContinuationScorer
    {
        private readonly List<string> _words = [];

        public JsonObject Identity => [];

        public int ContextTokens => 100;

        public ImmutableArray<int> Tokenize(string text) => [.. text.Split(' ').Select(Token)];

        public Task<ContinuationScores> ScoreAsync(
            string prefix, IReadOnlyList<string> items, IReadOnlyList<string> continuations, bool firstTokenOnly, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        private int Token(string word)
        {
            if (!_words.Contains(word))
            {
                _words.Add(word);
            }

            return _words.IndexOf(word);
        }
    }
}
