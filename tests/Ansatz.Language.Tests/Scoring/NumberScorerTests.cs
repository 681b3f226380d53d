using System.Globalization;
using CsCheck;

namespace Ansatz.Language.Tests;

public sealed class NumberScorerTests
{
    [Theory]
    [InlineData("42", "42")]
    [InlineData("42", "42.0")]
    [InlineData("42", "The answer is 42.")]
    [InlineData("42", "The answer is forty-two.")]
    [InlineData("42", "forty two")]
    [InlineData("42", "She has forty two apples and then goes home.")]
    [InlineData("42", "The answer is forty-two (42).")]
    [InlineData("42", "#### 42")]
    [InlineData("42", "First 3, then 39. **Answer: 42**")]
    [InlineData("42", "6 * 7 = 42")]
    [InlineData("42", "The answer is 6 * 7 = 42 apples.")]
    [InlineData("42", "\\(\\boxed{42}\\) is what we get from 7.")]
    [InlineData("42", "$\\boxed{\\text{42}}$")]
    [InlineData("42", "So 42 is the correct answer.")]
    [InlineData("42", "The answer to this question is 42, since 7 > 6.")]
    [InlineData("42", "There are 6 rows of 7, which makes 42")]
    [InlineData("42", "42kg")]
    [InlineData("42", "about 42 km each")]
    [InlineData("42", "forty-two (one of them is 42)")]
    [InlineData("1234567", "1,234,567")]
    [InlineData("1234567", "1\u202F234\u202F567")]
    [InlineData("1,234", "$1234.00")]
    [InlineData("1000000", "1 million")]
    [InlineData("2500000", "2.5 million dollars")]
    [InlineData("105", "one hundred and five")]
    [InlineData("1999", "one thousand nine hundred ninety-nine")]
    [InlineData("100", "a hundred")]
    [InlineData("10.5", "10.5")]
    [InlineData("10.5", "The answer is 10.5.")]
    [InlineData("10.5", "ten point five")]
    [InlineData("2.5", "two and a half")]
    [InlineData("2.5", "2\u00BD")]
    [InlineData("2.5", "2 1/2")]
    [InlineData("0.75", "3/4")]
    [InlineData("3/4", "0.75")]
    [InlineData("3/4", "three quarters")]
    [InlineData("0.75", "\\frac{3}{4}")]
    [InlineData("0.75", "75%")]
    [InlineData("75", "75 %")]
    [InlineData("75%", "0.75")]
    [InlineData("75%", "seventy-five percent")]
    [InlineData("-5", "\u22125")]
    [InlineData("-5", "minus five")]
    [InlineData("-5", "-$5")]
    [InlineData("3", "10 - 7 leaves 3")]
    [InlineData("35000", "3.5 x 10^4")]
    [InlineData("35000", "3.5e4")]
    [InlineData("8", "The height is 8 feet.")]
    [InlineData("1", "one")]
    [InlineData("1", "The answer is one.")]
    [InlineData("5", "So 5 is the right one, and no other one.")]
    [InlineData("12", "The answer is \uFF11\uFF12.")]
    [InlineData("42", "\u0664\u0662")]
    [InlineData("4.5", "\u0664\u066B\u0665")]
    [InlineData("\uFF11\uFF12", "12")]
    [InlineData("10000000000000000000000000", "100000000000000000000 x 10^5")]
    [InlineData("12", "The answer is 12, where n = 3.")]
    [InlineData("12", "The answer is 12 where n = 3.")]
    [InlineData("42", "The answer is 6 apples * 7 = 42 apples.")]
    [InlineData("5", "The answer is 2x + 1 = 11, so x = 5")]
    [InlineData("5", "The answer is x = 5.")]
    [InlineData("14", "The answer is (3 + 4) * 2 = 14.")]
    [InlineData("5000", "The answer is $5k.")]
    [InlineData("5000000", "5M")]
    [InlineData("5000000", "$5m")]
    [InlineData("2500000000", "2.5bn")]
    [InlineData("5", "5 m")]
    [InlineData("5", "5m")]
    [InlineData("6", "She does not give any away, so 6")]
    [InlineData("6", "It does not make 5 but 6")]
    [InlineData("7", "Look at row B12 on the 3rd page at 10:30: it says 7")]
    [InlineData("-3/4", "\\boxed{-\\frac{3}{4}}")]
    [InlineData("-0.75", "\\boxed{\\frac{-3}{4}}")]
    [InlineData("0.75", "\\boxed{-\\frac{-3}{4}}")]
    [InlineData("-1/2", "The answer is $-\\frac12$.")]
    [InlineData("-0.5", "-\u00BD")]
    [InlineData("-\u00BD", "-0.5")]
    [InlineData("-5", "minus 5")]
    [InlineData("-5", "The answer is negative 5.")]
    [InlineData("-42", "\u201342")]
    [InlineData("-42", "The answer is (\u201342).")]
    [InlineData("-5", "The answer is - 5.")]
    [InlineData("-5", "**Answer:** \u2212 5")]
    [InlineData("-5", "x = - 5")]
    [InlineData("-5", "\u2212 5")]
    [InlineData("12000", "\\boxed{12{,}000}")]
    [InlineData("12000", "12~000")]
    [InlineData("12000", "12_000")]
    [InlineData("12000", "The answer is 12 000 dollars.")]
    [InlineData("1234567", "1 234 567")]
    [InlineData("1234", "1'234")]
    [InlineData("1234", "1\u2019234")]
    [InlineData("1000000", "10^6")]
    [InlineData("1024", "2^{10}")]
    [InlineData("0.01", "10\u207B\u00B2")]
    [InlineData("1500", "1.5\u00B710^3")]
    [InlineData("1500", "1.5 x 10\u00B3")]
    [InlineData("1500", "$1.5 \\cdot 10^{3}$")]
    [InlineData("0.5", "\\frac{3.5}{7}")]
    [InlineData("250", "\\frac{1,000}{4}")]
    [InlineData("0.75", "3\u20444")]
    [InlineData("3.125", "3\u215B")]
    [InlineData("1.5", "1 \u00BD")]
    [InlineData("25", "The area of the square is 25 m^2")]
    [InlineData("42", "The answer is 42 - because n = 7.")]
    [InlineData("42", "The answer is 42 - a lot, since n = 7.")]
    [InlineData("8", "The answer is (8), where n = 3.")]
    [InlineData("8", "The answer is (8) (where n = 3).")]
    [InlineData("42", "The answer is 42*, where n = 3")]
    [InlineData("42", "The answer is $42 / month, since x = 7")]
    [InlineData("60", "The answer is 60 km/h, since t = 2")]
    [InlineData("5", "The answer is $\\sqrt{25} = 5$.")]
    [InlineData("60", "The answer is 0.6 or 60%.")]
    [InlineData("5", "US$5")]
    [InlineData("5", "The answer is A$5.")]
    public void Score_SameNumber_IsRight(string gold, string reply) => Assert.Equal(new Scored(1, gold), new NumberScorer().Score(reply, Item(gold)));

    [Theory]
    [InlineData("10", "10.5")]
    [InlineData("2", "2.5")]
    [InlineData("40", "forty two")]
    [InlineData("4", "3/4")]
    [InlineData("3", "3/4")]
    [InlineData("5", "-5")]
    [InlineData("75", "0.75")]
    [InlineData("42", "The answer is 41, not 42.")]
    [InlineData("0.75", "\\boxed{-\\frac{3}{4}}")]
    [InlineData("-3", "\\boxed{\\frac{-3}{4}}")]
    [InlineData("0.5", "-\u00BD")]
    [InlineData("5", "minus 5")]
    [InlineData("42", "\u201342")]
    [InlineData("5", "The answer is - 5.")]
    [InlineData("12", "\\boxed{12{,}000}")]
    [InlineData("12", "12_000")]
    [InlineData("10", "10\u00B2")]
    [InlineData("3", "3\u215B")]
    [InlineData("2", "The area of the square is 25 m^2")]
    [InlineData("7", "The answer is 42 - because n = 7.")]
    [InlineData("3", "The answer is (8), where n = 3.")]
    public void Score_OtherNumber_IsWrong(string gold, string reply) =>
        Assert.Equal(0, Assert.IsType<Scored>(new NumberScorer().Score(reply, Item(gold))).Score);

    [Theory]
    [InlineData("height", "The reply holds no number.")]
    [InlineData("It is a matter of height and money, often.", "The reply holds no number.")]
    [InlineData("No one knows which one.", "The reply holds no number.")]
    [InlineData("the twenty-third", "The reply holds no number.")]
    [InlineData("on 1/2/2024 at 10:30", "The reply holds no number.")]
    [InlineData("1,5", "The reply holds no number.")]
    [InlineData("5 or 7", "The reply gives several numbers: 5, 7.")]
    [InlineData("The answer is 5 or 7.", "The reply gives several numbers: 5, 7.")]
    [InlineData("The answer is 5-7.", "The reply gives several numbers: 5, 7.")]
    [InlineData("The answer is 5 to 7.", "The reply gives several numbers: 5, 7.")]
    [InlineData("The answer is five to seven.", "The reply gives several numbers: five, seven.")]
    [InlineData("The answer is \u00BD or \u00BE.", "The reply gives several numbers: 1/2, 3/4.")]
    [InlineData("5\u20137", "The reply gives several numbers: 5, 7.")]
    [InlineData("For all I can see it takes 5 to 7", "The reply gives several numbers: 5, 7.")]
    [InlineData("The answer is not 5.", "The reply denies 5.")]
    [InlineData("The answer is certainly not 5.", "The reply denies 5.")]
    [InlineData("I do not think that the answer is 5.", "The reply denies 5.")]
    [InlineData("not 5", "The reply denies 5.")]
    [InlineData("5 is wrong.", "The reply denies 5.")]
    [InlineData("The answer is less than 5.", "The reply denies 5.")]
    [InlineData("anything but 5", "The reply denies 5.")]
    [InlineData("It cannot possibly be forty-two.", "The reply denies forty-two.")]
    [InlineData("The answer is 12 34.", "The reply gives several numbers: 12, 34.")]
    [InlineData("The answer is 100 200 3.", "The reply gives several numbers: 100, 200.")]
    [InlineData("I need 5 100-gram bags", "The reply gives several numbers: 5, 100.")]
    [InlineData("12_00", "The reply holds no number.")]
    [InlineData("8 > 2, so the answer is $2\\sqrt{3}$.", "The reply gives $2\\sqrt{3}, which is not one plain number.")]
    [InlineData("The answer is $2\\pi$.", "The reply gives $2\\pi, which is not one plain number.")]
    [InlineData("8\u03C0", "The reply gives 8\u03C0, which is not one plain number.")]
    [InlineData("\\boxed{\\frac{\\sqrt{3} + 1}{8}}", "The reply gives \\frac{\\sqrt{3} + 1}{8}, which is not one plain number.")]
    [InlineData("The answer is 8^n.", "The reply gives 8^n, which is not one plain number.")]
    [InlineData("The answer is \u00B18.", "The reply gives \u00B18, which is not one plain number.")]
    [InlineData("The answer is 8 * 7.", "The reply gives several numbers: 8, 7.")]
    [InlineData("The answer is 8 + 7.", "The reply gives several numbers: 8, 7.")]
    [InlineData("The answer is 10 minus 8.", "The reply gives several numbers: 10, 8.")]
    [InlineData("The answer is x = 5 or x = 8.", "The reply gives several numbers: 5, 8.")]
    [InlineData("So $x = 5$ or $x = 8$", "The reply gives several numbers: 5, 8.")]
    [InlineData("So 5 or 8 is the correct answer.", "The reply gives several numbers: 5, 8.")]
    [InlineData("Answer: 8 (or 4)", "The reply gives several numbers: 8, 4.")]
    public void Score_NoNumberOrSeveral_IsRejectedWithItsText(string reply, string reason) =>
        Assert.Equal(new Rejected(reason, reply), new NumberScorer().Score(reply, Item("8")));

    [Theory]
    [InlineData("Answer:\n- 5 apples")]
    [InlineData("- 3 apples\n- 2 pears\n- so 5 of both, I say")]
    [InlineData("The answer is 1 - 2 + 6 = 5.")]
    [InlineData("The angle is 5^\\circ.")]
    [InlineData("Of all that we invited in May 2024, 5 came")]
    [InlineData("The answer is x = 2 and y = 3, so x + y = 5.")]
    public void Score_WhatOnlyLooksLikeASignOrAnExpression_IsNone(string reply) => Assert.Equal(new Scored(1, "5"), new NumberScorer().Score(reply, Item("5")));

    [Fact]
    public void Score_Tolerances_AllowADifference()
    {
        TextItem third = Item("1/3");

        Assert.Equal(0, Score(new(), "0.33"));
        Assert.Equal(1, Score(new() { Tolerance = 0.01 }, "0.33"));
        Assert.Equal(0, Score(new() { Tolerance = 0.001 }, "0.33"));
        Assert.Equal(1, Score(new() { RelativeTolerance = 0.02 }, "0.33"));
        Assert.Equal(0, Score(new() { RelativeTolerance = 0.005 }, "0.33"));
        Assert.Equal(1, Score(new(), "0.33333333333"));
        Assert.Equal(0, Assert.IsType<Scored>(new NumberScorer().Score("2000000000", Item("2000000001"))).Score);

        double Score(NumberScorer scorer, string reply) => Assert.IsType<Scored>(scorer.Score(reply, third)).Score;
    }

    [Theory]
    [InlineData("50%", "1", 0)]
    [InlineData("50%", "49.5", 1)]
    [InlineData("50%", "0.495", 1)]
    [InlineData("50%", "0.48", 0)]
    public void Score_ToleranceOfAPercentage_IsInPercentagePoints(string gold, string reply, double score) =>
        Assert.Equal(score, Assert.IsType<Scored>(new NumberScorer { Tolerance = 1 }.Score(reply, Item(gold))).Score);

    [Fact]
    public void Score_Strict_RejectsSeveralNumbersWithoutAStatedAnswer()
    {
        const string reply = "She has 3 apples and gets 4 from each of her neighbours, so 7";

        Assert.Equal(1, Assert.IsType<Scored>(new NumberScorer().Score(reply, Item("7"))).Score);
        Assert.IsType<Rejected>(new NumberScorer { Strict = true }.Score(reply, Item("7")));
        Assert.Equal(1, Assert.IsType<Scored>(new NumberScorer { Strict = true }.Score(reply + ". The answer is 7.", Item("7"))).Score);
    }

    [Fact]
    public void Score_AnyNumberInAnyNotation_IsReadBack() =>
        Gen.Select(Gen.Int[-2_000_000_000, 2_000_000_000], Gen.Int[0, 4]).Sample((number, notation) =>
        {
            string written = notation switch
            {
                0 => number.ToString(CultureInfo.InvariantCulture),
                1 => number.ToString("N0", CultureInfo.InvariantCulture),
                2 => number.ToString("N2", CultureInfo.InvariantCulture),
                3 => "$" + number.ToString("N0", CultureInfo.InvariantCulture),
                _ => number.ToString("R", CultureInfo.InvariantCulture) + " kg",
            };

            Assert.Equal(1, Assert.IsType<Scored>(new NumberScorer().Score($"The answer is {written}.", Item(number.ToString(CultureInfo.InvariantCulture)))).Score);
        });

    [Fact]
    public void Score_AnyNumberInWords_IsReadBack() =>
        Gen.Int[0, 999_999].Sample(number =>
            Assert.Equal(1, Assert.IsType<Scored>(new NumberScorer().Score($"The answer is {Words(number)}.", Item(number.ToString(CultureInfo.InvariantCulture)))).Score));

    [Fact]
    public void Score_AnyWordThatHoldsANumberWord_IsNoNumber() =>
        Assert.All(
            ["height", "weight", "freight", "money", "stone", "often", "attend", "someone", "artwork", "network", "tenth", "sixteenth"],
            word => Assert.IsType<Rejected>(new NumberScorer().Score(word, Item("8"))));

    [Theory]
    [InlineData("18", null)]
    [InlineData("3/4", null)]
    [InlineData("forty-two", null)]
    [InlineData("eighteen or so, 18 to 20", "The answer \"eighteen or so, 18 to 20\" is not one number: no reply could be right.")]
    [InlineData("2\\pi", "The answer \"2\\pi\" is not one number: no reply could be right.")]
    [InlineData("many", "The answer \"many\" is not one number: no reply could be right.")]
    public void Flaw_AnswerThatIsNoNumber_IsNamed(string answer, string? flaw) => Assert.Equal(flaw, new NumberScorer().Flaw(Item(answer)));

    [Fact]
    public void Tolerance_OutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumberScorer { Tolerance = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumberScorer { RelativeTolerance = double.NaN });
    }

    private static string Words(int number)
    {
        string[] units = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
        string[] tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
        return number switch
        {
            0 => "zero",
            < 20 => units[number],
            < 100 => tens[number / 10] + (number % 10 > 0 ? "-" + units[number % 10] : ""),
            < 1000 => units[number / 100] + " hundred" + (number % 100 > 0 ? " and " + Words(number % 100) : ""),
            _ => Words(number / 1000) + " thousand" + (number % 1000 > 0 ? " " + Words(number % 1000) : ""),
        };
    }

    private static TextItem Item(string answer) => new([new("text", "x")], answer);
}
