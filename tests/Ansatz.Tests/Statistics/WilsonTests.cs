using CsCheck;

namespace Ansatz.Tests;

public sealed class WilsonTests
{
    private static readonly Gen<(int Successes, int N)> Counts =
        from n in Gen.Int[1, 500]
        from k in Gen.Int[0, n]
        select (k, n);

    [Fact]
    public void Interval_EveryReferenceCase_EqualsSciPy()
    {
        foreach (var proportion in SciPyReference.Section("proportions").EnumerateArray())
        {
            double[] expected = proportion.GetProperty("wilson").Doubles();

            Interval actual = Wilson.Interval(
                proportion.GetProperty("k").GetInt32(), proportion.GetProperty("n").GetInt32(), proportion.GetProperty("confidence").GetDouble());

            Assert.Equal(expected[0], actual.Low, 1e-12);
            Assert.Equal(expected[1], actual.High, 1e-12);
        }
    }

    [Fact]
    public void Interval_AnyCounts_HoldsTheEstimateWithinZeroAndOne() =>
        Counts.Sample(c =>
        {
            Interval interval = Wilson.Interval(c.Successes, c.N);
            return interval.Contains((double)c.Successes / c.N) && interval.Low >= 0 && interval.High <= 1;
        });

    [Fact]
    public void Interval_FailuresForSuccesses_IsMirrored() =>
        Counts.Sample(c =>
        {
            Interval interval = Wilson.Interval(c.Successes, c.N);
            Interval mirrored = Wilson.Interval(c.N - c.Successes, c.N);
            Assert.Equal(1 - interval.High, mirrored.Low, 1e-12);
            Assert.Equal(1 - interval.Low, mirrored.High, 1e-12);
        });

    [Fact]
    public void Interval_MoreConfidence_IsWider() =>
        Gen.Select(Counts, Gen.Double[0.5, 0.98]).Sample((c, confidence) =>
        {
            Interval narrow = Wilson.Interval(c.Successes, c.N, confidence);
            Interval wide = Wilson.Interval(c.Successes, c.N, confidence + 0.01);
            return wide.Low <= narrow.Low && wide.High >= narrow.High && wide.High - wide.Low > narrow.High - narrow.Low;
        });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 10)]
    [InlineData(11, 10)]
    public void Interval_ImpossibleCounts_Throws(int successes, int n) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Interval(successes, n));

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(95.0)]
    [InlineData(double.NaN)]
    public void Interval_ImpossibleConfidence_Throws(double confidence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Interval(5, 10, confidence));
}
