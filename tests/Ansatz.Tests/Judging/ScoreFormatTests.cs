namespace Ansatz.Tests.Judging;

public sealed class ScoreFormatTests
{
    /// <summary>Numbers of the scale real beside a difference and its interval: three digits of what has to be seen.</summary>
    [Theory]
    [InlineData(12.5, 2.89, 1.2, 4.58, "12.50")] // three digits of 3.38
    [InlineData(1234, .25, .25, .25, "1,234.000")] // no width: of the difference
    [InlineData(1234, .25, double.NegativeInfinity, double.PositiveInfinity, "1,234.000")] // no interval: likewise
    [InlineData(1234, .25, double.NaN, double.NaN, "1,234.000")]
    [InlineData(1234, 50, 1, 201, "1,234.0")] // told from 0, and less than the width of 200
    [InlineData(12.5, .000_03, -1.25, 1.25, "12.50")] // not told from 0: its digits are none that count
    [InlineData(12.5, 0, 0, 0, "12.5")] // nothing between them: three digits of the largest
    [InlineData(0.5, 1e-9, .9e-9, 1.1e-9, "0.500000000000")] // a narrow interval
    [InlineData(12_345_678_901, .5, .25, .75, "12,345,678,901.000")] // 11 digits and 3 decimals
    [InlineData(1_234_567_890_123, .5, .25, .75, "1.235e+12")] // 13 digits and 3 decimals are more than a double has
    [InlineData(-1e300, 1, .5, 1.5, "-1.000e+300")]
    [InlineData(3e-8, 2e-8, 1e-8, 3e-8, "3.000e-8")] // all of them small
    public void Number_ScaleReal_ShowsWhatLiesBetween(double value, double difference, double low, double high, string expected) =>
        Assert.Equal(expected, ScoreFormat.Of(Scale.Real, [value], new Comparison("found", "yours", difference, new(low, high), null, null)).Number(value));

    [Theory]
    [InlineData(1234, "1,234")]
    [InlineData(12.345, "12.3")]
    [InlineData(0.012345, "0.0123")]
    [InlineData(2_345_678_901, "2,345,678,901")]
    [InlineData(1e15, "1.000e+15")]
    [InlineData(0.000_000_012_3, "1.230e-8")]
    [InlineData(0, "0.00")]
    public void Number_WithoutDifferences_HasThreeDigitsOfTheLargest(double value, string expected) =>
        Assert.Equal(expected, ScoreFormat.Of(Scale.Real, [value]).Number(value));

    [Theory]
    [InlineData(Scale.Binary)]
    [InlineData(Scale.Unit)]
    public void Number_Share_IsInPointsOfAHundred(Scale scale) =>
        Assert.Equal("91.3", ScoreFormat.Of(scale, [0.9125], new Comparison("found", "yours", .0001, new(.0001, .0001), null, null)).Number(0.91251));
}
