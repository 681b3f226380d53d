using CsCheck;

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

    [Theory]
    [InlineData("3", "3.5", 0)]
    [InlineData("3.5", "3.5", 1)]
    [InlineData("1", "1,000", 0)]
    [InlineData("1,000", "1,000.", 1)]
    [InlineData("10", "10:30", 0)]
    [InlineData("10:30", "10:30, I think", 1)]
    [InlineData("don't", "Don\u2019t!", 1)]
    [InlineData("O'Brien", "O'Brien, of course", 1)]
    [InlineData("O", "O'Brien", 0)]
    [InlineData("Four", "\" Four \"", 1)]
    public void FirstWord_PunctuationInside_IsPartOfIt(string gold, string reply, double score) =>
        Assert.Equal(score, new FirstWordScorer().Score(reply, new([new("text", "x")], gold)).ScoreOn(Scale.Binary));

    [Fact]
    public void Score_Wordings_AreReadAsTheUsersLabels()
    {
        LabelWordings wordings = new([new("Four", "4"), new("Five", "5")]);

        Assert.Equal(new Scored(1, "Four"), new ExactScorer().Score("4", Item, wordings));
        Assert.Equal(new Scored(0, "Five"), new FirstWordScorer().Score("5 it is", Item, wordings));
        Assert.Equal(new Scored(0, "six"), new NormalisedScorer().Score("six", Item, wordings));
    }

    private static readonly string[] Words =
    [
        "the answer is ", "not ", "\\boxed{", "}", "\\frac{", "}{", "=", "-", "/", "(", ")", ",", ".", "%", "e", "x 10^", " million", "k", "\uFF11", "\u0664", "\u0967", "\u00BD", "9", "0",
        "{\"a\":", "[", "]", "\"", "yes", "valid", "A", "\u212A", "\u0130", "\u017F", "\uD835", "\uDFD2", "\u2212", "\u202F", "million", "forty-", "two", " point ", "\n",
    ];

    private static readonly (RuleScorer Scorer, TextItem Item)[] Scorers =
    [
        (new ExactScorer(), Item), (new NormalisedScorer(), Item), (new FirstWordScorer(), Item), (new NumberScorer(), Item), (new NumberScorer { Strict = true }, Item),
        (new ChoiceScorer(), new([new("text", "Which?\n(A) a\n(B) b")], "(B)")), (new YesNoScorer(), new([new("text", "x")], "valid")), (new LabelSetScorer(["four", "a"]), Item),
        (new JsonFieldScorer("a", new NumberScorer()), Item), (new RegexScorer("\\d+", new NumberScorer()), Item), (new LabelScorer(), Item),
        .. Enum.GetValues<ReferenceAnswer>().Select(a => ((RuleScorer)new ReferenceScorer(a), Item)),
    ];

    /// <summary>A server may send any amount: what is read comes to an end, what is longer is rejected.</summary>
    [Fact]
    public void Score_VeryLongReplies_ComeToAnEnd()
    {
        LabelWordings labels = LabelWordings.Own(["Four", "yes"]);
        foreach (string word in (string[])[.. Words, "Four ", "yes ", "(A) ", "the answer is 5. ", "a b c is not ", "5 ", "not, ", "(A) not ", "{", "{\"", "{/*", "no "])
        {
            string reply = string.Concat(Enumerable.Repeat(word, 50_000 / word.Length));
            foreach ((RuleScorer scorer, TextItem item) in Scorers)
            {
                Assert.NotNull(scorer.Score(reply, item, labels));
                Assert.Matches("^The reply has [0-9]+,[0-9]+ characters; the longest that is read has 50,000.$", Assert.IsType<Rejected>(scorer.Score(reply + reply + "x", item, labels)).Reason);
            }
        }
    }

    // What a scorer throws comes again at each resume, since the reply is kept: it must have an outcome for any text.
    [Fact]
    public void Score_AnyUnicodeText_HasAnOutcome()
    {
        LabelWordings labels = LabelWordings.Own(["Four", "yes"]);

        Gen.Select(Gen.Int[0, (3 * Words.Length / 2) - 1], Gen.Char, (k, c) => k < Words.Length ? Words[k] : c.ToString()).Array[0, 14].Select(string.Concat)
            .Sample(reply => Assert.All(Scorers, s => Assert.NotNull(s.Scorer.Score(reply, s.Item, labels))), iter: 5000);
    }

    [Fact]
    public void Score_EmptyReply_IsRejected()
    {
        RuleScorer[] scorers =
        [
            new ExactScorer(), new NormalisedScorer(), new FirstWordScorer(), new LabelScorer(), new ChoiceScorer(), new YesNoScorer(),
            new NumberScorer(), new NumberScorer { Tolerance = 1 }, new NumberScorer { RelativeTolerance = 1 }, new NumberScorer { Strict = true },
            new LabelSetScorer(["a"]), new LabelSetScorer(["a", "b"]), new LabelSetScorer(["a"]) { F1 = true }, new LabelSetScorer(["a"]) { Separator = ';' },
            new JsonFieldScorer("a"), new JsonFieldScorer("b"), new JsonFieldScorer("a", new NumberScorer()),
            new RegexScorer("a"), new RegexScorer("b"), new RegexScorer("a") { Match = RegexMatch.Last }, new RegexScorer("a", new NumberScorer()),
            .. Enum.GetValues<ReferenceAnswer>().Select(a => new ReferenceScorer(a)),
        ];

        Assert.All(scorers, s => Assert.Equal(new Rejected("The reply is empty.", " "), s.Score(" ", Item)));
        Assert.Equal(scorers.Length, scorers.Select(s => s.Identity.ToJsonString()).Distinct().Count());
    }
}
