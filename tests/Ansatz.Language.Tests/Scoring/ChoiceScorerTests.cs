namespace Ansatz.Language.Tests;

public sealed class ChoiceScorerTests
{
    private static readonly TextItem Sun = new([new("input", "Where does the sun rise?\nOptions:\n(A) west\n(B) east\n(C) north\n(D) south")], "(B)", "sun.json(3)");
    private static readonly TextItem Plain = new([new("input", "Which?")], "(B)");

    [Theory]
    [InlineData("(B)", "(B)")]
    [InlineData("B", "(B)")]
    [InlineData("b", "(B)")]
    [InlineData(" B. ", "(B)")]
    [InlineData("**(B)**", "(B)")]
    [InlineData("[B]", "(B)")]
    [InlineData("(C)", "(C)")]
    [InlineData("(B) east", "(B)")]
    [InlineData("east", "(B)")]
    [InlineData("East.", "(B)")]
    [InlineData("The answer is east.", "(B)")]
    [InlineData("The answer is (B).", "(B)")]
    [InlineData("The answer is B because A is wrong.", "(B)")]
    [InlineData("Answer: B", "(B)")]
    [InlineData("**Answer:** (B) east", "(B)")]
    [InlineData("Answer:\n\n(B)", "(B)")]
    [InlineData("The correct answer is option B, not C.", "(B)")]
    [InlineData("So the final answer is $\\boxed{B}$.", "(B)")]
    [InlineData("\\boxed{\\text{(B)}}", "(B)")]
    [InlineData("(A) is where it sets, so (B) is the correct answer.", "(B)")]
    [InlineData("(A) is wrong, since the sun sets there. The answer is (B).", "(B)")]
    [InlineData("I think the answer is (A). No, wait: the answer is (B).", "(B)")]
    [InlineData("B) east\n\nThe others, (A), (C) and (D), are wrong.", "(B)")]
    [InlineData("Let us see. A planet turns.\n\n(B)", "(B)")]
    [InlineData("I choose B, as a dog would.", "(B)")]
    [InlineData("The answer is east (B).", "(B)")]
    [InlineData("The correct option is B", "(B)")]
    [InlineData("It rises there.\nAnswer B", "(B)")]
    [InlineData("It rises there. ANS:B", "(B)")]
    [InlineData("The Answer is, B.", "(B)")]
    [InlineData("The answer is A because it sets there.", "(A)")]
    [InlineData("The answer is A for sure.", "(A)")]
    [InlineData("The answer is A with certainty.", "(A)")]
    [InlineData("The answer is A though.", "(A)")]
    [InlineData("The answer is 'C'.", "(C)")]
    [InlineData("The answer is \u201CB\u201D.", "(B)")]
    [InlineData("\u201CC\u201D", "(C)")]
    [InlineData("'C' is the correct answer.", "(C)")]
    [InlineData("I choose option 'B'.", "(B)")]
    [InlineData("The answer is (B). Neither (A) nor (C) is correct.", "(B)")]
    [InlineData("The sun does not rise in the west, so the answer is (B).", "(B)")]
    public void Score_ReplyThatChooses_IsThatLetter(string reply, string letter) =>
        Assert.Equal(new Scored(letter == "(B)" ? 1 : 0, letter), new ChoiceScorer().Score(reply, Sun));

    [Theory]
    [InlineData("(A) or (B)", "The reply chooses several: (A), (B).")]
    [InlineData("The answer is (A) or (B).", "The reply chooses several: (A), (B).")]
    [InlineData("The answer is either B or C", "The reply chooses several: (B), (C).")]
    [InlineData("B and C are correct.", "The reply chooses several: (B), (C).")]
    [InlineData("(A) west\n(B) east\n(C) north\n(D) south", "The reply chooses several: (A), (B), (C), (D).")]
    [InlineData("The answer is not (B).\nIt could be (A), (C) or (D).", "The reply chooses several: (A), (B), (C), (D).")]
    [InlineData("Neither (A) nor (B) is correct.", "The reply denies (A), (B) and chooses no other.")]
    [InlineData("The answer is not (A).", "The reply denies (A) and chooses no other.")]
    [InlineData("(A) is incorrect.", "The reply denies (A) and chooses no other.")]
    [InlineData("(A) west is wrong.", "The reply denies (A) and chooses no other.")]
    [InlineData("Option B is wrong.", "The reply denies (B) and chooses no other.")]
    [InlineData("I don't think the answer is (A).", "The reply denies (A) and chooses no other.")]
    [InlineData("It can't be (D).", "The reply denies (D) and chooses no other.")]
    [InlineData("I cannot say.", "The reply chooses none of the letters.")]
    [InlineData("A dog could tell.", "The reply chooses none of the letters.")]
    [InlineData("The answer is A place in the east.", "The reply chooses none of the letters.")]
    [InlineData("The answer is A clearly marked place.", "The reply chooses none of the letters.")]
    [InlineData("The answer is C's.", "The reply chooses none of the letters.")]
    [InlineData("The answer is I.", "The reply chooses none of the letters.")]
    [InlineData("It is rich in vitamin C.", "The reply chooses none of the letters.")]
    [InlineData("(F)", "The reply chooses none of the letters.")]
    [InlineData("Because of the item(s) on the list", "The reply chooses none of the letters.")]
    public void Score_ReplyThatChoosesNoneOrSeveral_IsRejectedWithItsText(string reply, string reason) =>
        Assert.Equal(new Rejected(reason, reply), new ChoiceScorer().Score(reply, Sun));

    [Theory]
    [InlineData("(B)", 1)]
    [InlineData("(b) something", 1)]
    [InlineData("The answer is D", 0)]
    [InlineData("I say (B) and I am sure.", 1)]
    [InlineData("The answer is (B) and I am sure.", 1)]
    public void Score_ItemWithoutAList_AnyLetterCounts(string reply, double score) =>
        Assert.Equal(score, Assert.IsType<Scored>(new ChoiceScorer().Score(reply, Plain)).Score);

    [Theory]
    [InlineData("The answer is I.", true)]
    [InlineData("Answer: I", true)]
    [InlineData("\\boxed{I}", true)]
    [InlineData("I is the correct answer.", true)]
    [InlineData("So I is the answer.", true)]
    [InlineData("The answer is I think.", false)]
    [InlineData("Answer: I, for one, cannot say.", false)]
    [InlineData("You and I are right.", false)]
    public void Score_NinthChoice_IsTheLetterNotThePronoun(string reply, bool isChoice)
    {
        string[] animals = ["ape", "bee", "cow", "dog", "elk", "fox", "gnu", "hen", "ibis"];
        TextItem item = new([new("input", "Which?\n" + string.Join('\n', animals.Select((a, i) => $"({(char)('A' + i)}) {a}")))], "(I)");

        Assert.Equal(isChoice ? new Scored(1, "(I)") : new Rejected("The reply chooses none of the letters.", reply), new ChoiceScorer().Score(reply, item));
    }

    [Theory]
    [InlineData("A. all cats sleep\nB. all dogs bark\nC. no bird sings\n(A) A only\n(B) B only\n(C) both")]
    [InlineData("A. all cats sleep\nB. all dogs bark\nC. no bird sings\nWhich?\nA. A only\nB. B only\nC. both")]
    [InlineData("(A) A only\n(B) B only\nA. Smith said so\n(C) both")]
    public void Score_StatementsWithLetters_AreNotTheChoices(string input)
    {
        TextItem item = new([new("input", input)], "(B)");

        Assert.Equal(new Scored(1, "(B)"), new ChoiceScorer().Score("B only", item));
        Assert.Equal(new Scored(0, "(C)"), new ChoiceScorer().Score("The answer is both.", item));
    }

    [Theory]
    [InlineData("A mixture")]
    [InlineData("A. Mixture of St. Louis")]
    public void Score_ChoiceThatBeginsWithALetter_IsReadByItsWords(string words) => Assert.Equal(
        new Scored(1, "(B)"),
        new ChoiceScorer().Score($"The answer is {words}.", new([new("text", $"What is air?\n(A) An element\n(B) {words}")], "(B)")));

    [Theory]
    [InlineData("B", "(C)", "C")]
    [InlineData("b", "(C)", "c")]
    [InlineData("B)", "C", "C)")]
    [InlineData("B", "(b)", "B")]
    public void Score_Output_IsWrittenAsTheDataWriteIt(string gold, string reply, string output) =>
        Assert.Equal(output, Assert.IsType<Scored>(new ChoiceScorer().Score(reply, new([new("text", "x")], gold))).Output);

    [Fact]
    public void Flaw_AnswerThatIsNoChoice_IsNamed()
    {
        ChoiceScorer scorer = new();

        Assert.Null(scorer.Flaw(Sun));
        Assert.Equal("The answer \"Monsters, Inc\" is not the letter of a choice, such as (A): no reply could be right.", scorer.Flaw(new([new("text", "x")], "Monsters, Inc")));
        Assert.Equal("The answer \"(E)\" is not one of the choices (A) to (D): no reply could be right.", scorer.Flaw(new(Sun.Fields, "(E)")));
        Assert.Equal(
            "sun.json(3): The answer \"(E)\" is not one of the choices (A) to (D): no reply could be right.",
            Assert.Throws<InputException>(() => scorer.Score("(E)", new(Sun.Fields, "(E)", Sun.Source))).Message);
    }
}
