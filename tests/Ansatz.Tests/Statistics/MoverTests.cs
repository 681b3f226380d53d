namespace Ansatz.Tests.Statistics;

public sealed class MoverTests
{
    /// <summary>Newcombe 1998, table I, method 4.</summary>
    [Theory]
    [InlineData(81, 263, 0.2535, 0.3682)]
    [InlineData(15, 148, 0.0598, 0.1644)]
    [InlineData(0, 20, 0, 0.2005)]
    [InlineData(1, 29, 0.0018, 0.1963)]
    public void Interval_OneShare_IsThePublishedOne(int hits, int n, double low, double high)
    {
        Interval interval = Mover.Interval([(double)hits / n], [n]);

        Assert.Equal(low, interval.Low, 0.000_05);
        Assert.Equal(high, interval.High, 0.000_05);
    }

    /// <summary>By hand: the limits of 10 of 10 are 0.6555 and 1, of 8 of 16 they are 0.2551 and 0.7449.</summary>
    [Fact]
    public void Interval_TwoShares_AddsWhatEachLeavesOpen()
    {
        Interval interval = Mover.Interval([1, 0.5], [10, 16]);

        Assert.Equal(0.75 - (Math.Sqrt((0.3445 * 0.3445) + (0.2449 * 0.2449)) / 2), interval.Low, 0.000_1);
        Assert.Equal(0.75 + (0.2449 / 2), interval.High, 0.000_1);
    }

    [Fact]
    public void Interval_SizesThatDoNotFit_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Mover.Interval([1, 1], [76]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Mover.Interval([1], [0]));
    }
}
