using CsCheck;

namespace Ansatz.Tests;

public sealed class TangoTests
{
    private const double Z95 = 1.959963984540054;

    private static readonly Gen<(int B, int C, int N)> Tables =
        from n in Gen.Int[1, 400]
        from b in Gen.Int[0, n]
        from c in Gen.Int[0, n - b]
        select (b, c, n);

    // Fagerland, Lydersen and Laake 2014, "Recommended tests and confidence intervals for paired binomial proportions", Statistics in Medicine
    // 33:2850-2875, and their R package contingencytables: airway hyper-responsiveness (Bentur 2009), complete response (Cavo 2012).
    [Theory]
    [InlineData(1, 7, 21, -0.517, -0.026, 0.0005)]
    [InlineData(6, 16, 161, -0.1240, -0.0054, 0.00005)]
    public void Interval_PublishedExample_SameDigits(int onlyFirst, int onlySecond, int n, double low, double high, double tolerance)
    {
        Interval interval = Tango.Interval(onlyFirst, onlySecond, n);

        Assert.Equal(low, interval.Low, tolerance);
        Assert.Equal(high, interval.High, tolerance);
    }

    // With b = c = 0 the restricted estimate lies on the edge and T = −√(nΔ / (1 − Δ)): T = −z at Δ = z² / (n + z²).
    [Theory]
    [InlineData(1)]
    [InlineData(80)]
    [InlineData(300)]
    public void Interval_NoDisagreement_EqualsTheClosedForm(int n)
    {
        Interval interval = Tango.Interval(0, 0, n);

        double end = Z95 * Z95 / (n + (Z95 * Z95));
        Assert.Equal(-end, interval.Low, 1e-12);
        Assert.Equal(end, interval.High, 1e-12);
    }

    // b = n: the likelihood (p21 + Δ)ⁿ is largest on the edge p12 + p21 = 1, where p21 = (1 − Δ)/2 and T = √(n(1 − Δ)/(1 + Δ)):
    // T = z at Δ = (n − z²) / (n + z²).
    [Theory]
    [InlineData(1)]
    [InlineData(80)]
    public void Interval_AllDisagreeOneWay_EqualsTheClosedForm(int n)
    {
        Interval interval = Tango.Interval(n, 0, n);

        Assert.Equal((n - (Z95 * Z95)) / (n + (Z95 * Z95)), interval.Low, 1e-12);
        Assert.Equal(1, interval.High);
    }

    // The ends are where the score test, with its restricted estimate found by plain maximisation of the likelihood, gives ±z.
    [Fact]
    public void Interval_AnyTable_EndsWhereTheScoreTestGivesZ() =>
        Tables.Where(t => t.B + t.C > 0).Sample(t =>
        {
            Interval interval = Tango.Interval(t.B, t.C, t.N);
            if (interval.High < 1)
            {
                Assert.Equal(-Z95, ScoreByMaximisation(t.B, t.C, t.N, interval.High), 2e-4);
            }

            if (interval.Low > -1)
            {
                Assert.Equal(Z95, ScoreByMaximisation(t.B, t.C, t.N, interval.Low), 2e-4);
            }
        }, iter: 300);

    [Fact]
    public void Interval_EveryTableOfTwelvePairs_HoldsExactlyTheDifferencesThatTheTestAccepts()
    {
        const int n = 12;
        for (int b = 0; b <= n; b++)
        {
            for (int c = 0; b + c <= n; c++)
            {
                Interval interval = Tango.Interval(b, c, n);
                for (double delta = -0.995; delta < 1; delta += 0.01)
                {
                    double score = ScoreByMaximisation(b, c, n, delta);
                    if (Math.Abs(Math.Abs(score) - Z95) > 1e-3) // too close to call by a numeric maximum
                    {
                        Assert.Equal(Math.Abs(score) < Z95, interval.Contains(delta));
                    }
                }
            }
        }
    }

    [Fact]
    public void Interval_AnyTable_HoldsTheEstimateWithinMinusOneAndOne() =>
        Tables.Sample(t =>
        {
            Interval interval = Tango.Interval(t.B, t.C, t.N);
            return interval.Contains((double)(t.B - t.C) / t.N) && interval.Low >= -1 && interval.High <= 1 && interval.Low < interval.High;
        });

    [Fact]
    public void Interval_FirstAndSecondSwapped_ChangesItsSign() =>
        Tables.Sample(t =>
        {
            Interval interval = Tango.Interval(t.B, t.C, t.N);
            return Tango.Interval(t.C, t.B, t.N) == new Interval(-interval.High, -interval.Low);
        });

    [Fact]
    public void Interval_MoreConfidence_IsWider() =>
        Gen.Select(Tables, Gen.Double[0.5, 0.98]).Sample((t, confidence) =>
        {
            Interval narrow = Tango.Interval(t.B, t.C, t.N, confidence);
            Interval wide = Tango.Interval(t.B, t.C, t.N, confidence + 0.01);
            return wide.Low <= narrow.Low && wide.High >= narrow.High && wide.High - wide.Low > narrow.High - narrow.Low;
        });

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(-1, 0, 10)]
    [InlineData(0, -1, 10)]
    [InlineData(6, 5, 10)]
    [InlineData(int.MaxValue, int.MaxValue, 10)]
    public void Interval_ImpossibleTable_Throws(int onlyFirst, int onlySecond, int n) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Tango.Interval(onlyFirst, onlySecond, n));

    // (b − c − nΔ) / √(n(p12 + p21 − Δ²)) with the p21 that maximises b ln(p21 + Δ) + c ln p21 + (n − b − c) ln(1 − 2 p21 − Δ), by golden section.
    private static double ScoreByMaximisation(int b, int c, int n, double delta)
    {
        (double low, double high) = (Math.Max(0, -delta), (1 - delta) / 2);
        double ratio = (Math.Sqrt(5) - 1) / 2;
        for (int i = 0; i < 100; i++)
        {
            (double left, double right) = (high - (ratio * (high - low)), low + (ratio * (high - low)));
            (low, high) = LogLikelihood(left) >= LogLikelihood(right) ? (low, right) : (left, high);
        }

        double p21 = (low + high) / 2;
        return (b - c - (n * delta)) / Math.Sqrt(n * ((2 * p21) + delta - (delta * delta)));

        double LogLikelihood(double q) => Term(b, q + delta) + Term(c, q) + Term(n - b - c, 1 - (2 * q) - delta);

        static double Term(int count, double p) => count == 0 ? 0 : count * Math.Log(Math.Max(p, 1e-300));
    }
}
