namespace Ansatz.Tests.Statistics;

public sealed class MeanIntervalTests
{
    /// <summary>Three items of three hundred: the sign-flip test's p is 0.25, and the bootstrap alone would claim an improvement.</summary>
    [Fact]
    public void OverItems_ThreeOfManyDiffer_HoldsZeroWhereTheBootstrapDoesNot()
    {
        double[] differences = [.. Enumerable.Repeat(0.2, 3), .. new double[297]];

        Assert.True(Bca.Interval(differences, new Rng(1, "mean"), range: new(-1, 1)).Low > 0);
        Interval interval = MeanInterval.OverItems(differences, new Rng(1, "mean"), range: new(-1, 1));
        Assert.True(interval.Low < 0);
        Assert.Equal(0.000_26, -interval.Low, 0.000_01); // t's: 0.002 − 1.968 · 0.0199 / √300
    }

    [Fact]
    public void OverItems_FewItems_IsAsWideAsT()
    {
        double[] differences = [0.3, -0.02, 0.2, 0.4, 0.05];

        Interval t = StudentT.Interval(differences);
        Interval interval = MeanInterval.OverItems(differences, new Rng(1, "mean"));

        Assert.True(interval.Low <= t.Low && interval.High >= t.High);
        Assert.True(interval.Low < 0);
    }

    /// <summary>Of values that lie to one side the bootstrap knows which, and t does not.</summary>
    [Fact]
    public void OverItems_LongTail_ReachesAsFarAsTheBootstrap()
    {
        double[] values = [.. Enumerable.Range(1, 40).Select(i => Math.Exp(i / 8.0))];

        Interval bootstrap = Bca.Interval(values, new Rng(1, "mean"));
        Interval interval = MeanInterval.OverItems(values, new Rng(1, "mean"));

        Assert.True(bootstrap.High > StudentT.Interval(values).High);
        Assert.Equal(bootstrap.High, interval.High);
        Assert.Equal(StudentT.Interval(values).Low, interval.Low);
    }

    [Fact]
    public void OverItems_KnownRange_StaysInside()
    {
        Interval interval = MeanInterval.OverItems([0, 1, 1, 1, 1, 1], new Rng(1, "mean"), range: new(0, 1));

        Assert.Equal(1, interval.High);
        Assert.True(interval.Low >= 0);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void OverBoth_EqualValues_SayNothingBelowSix(int count, bool isEverything)
    {
        double[] values = [.. Enumerable.Repeat(0.25, count)];
        Interval expected = isEverything ? Interval.Everything : new(0.25, 0.25);

        Assert.Equal(expected, MeanInterval.OverSeeds(values));
        Assert.Equal(expected, MeanInterval.OverItems(values, new Rng(1, "mean")));
        Assert.NotEqual(Interval.Everything, MeanInterval.OverItems(values, new Rng(1, "mean"), range: new(-1, 1))); // there the range bounds it
    }

    [Fact]
    public void OverSeeds_DifferentValues_IsT() => Assert.Equal(StudentT.Interval([1, 2, 4]), MeanInterval.OverSeeds([1, 2, 4]));
}
