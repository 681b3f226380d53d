using System.Text.Json;
using CsCheck;

namespace Ansatz.Tests;

public sealed class BcaTests
{
    // Efron and Tibshirani 1993, table 14.1: a test of spatial perception, 26 children, test A.
    private static readonly double[] Spatial =
        [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41];

    // The same book, table 14.2: the variance, θ̂ = 171.5, has a 90 % BCa interval of (115.8, 259.6) from 2,000 resamples (percentile: (100.8, 233.9)).
    // Both are random: with 2,000 resamples an end moves by about 2 and 4 from seed to seed.
    [Fact]
    public void Interval_VarianceOfSpatialData_EqualsThePublishedInterval()
    {
        Interval interval = Bca.Interval(Spatial.Length, Variance, new Rng(1, "bca"), 20_000, 0.9);

        Assert.Equal(115.8, interval.Low, 3.0);
        Assert.Equal(259.6, interval.High, 6.0);

        static double Variance(ReadOnlySpan<int> items)
        {
            double sum = 0, squares = 0;
            foreach (int i in items)
            {
                sum += Spatial[i];
                squares += Spatial[i] * Spatial[i];
            }

            double mean = sum / items.Length;
            return (squares / items.Length) - (mean * mean);
        }
    }

    // Hand-worked: the values 0 and 1, so θ* is 0, ½ or 1 with probabilities ¼, ½, ¼. z0 = 0 by symmetry, a = 0 by symmetry: plain percentiles, at the levels below.
    [Theory]
    [InlineData(0.3, 0.5, 0.5)] // levels 0.35 and 0.65 lie in the middle half
    [InlineData(0.7, 0.0, 1.0)] // levels 0.15 and 0.85 lie in the outer quarters
    public void Interval_TwoValues_EqualsTheKnownPercentiles(double confidence, double low, double high) =>
        Assert.Equal(new Interval(low, high), Bca.Interval([0, 1], new Rng(1, "bca"), 10_000, confidence));

    // Hand-worked: nine 0 and one 1. θ* = k/10 with k ~ Binomial(10, 0.1); the share below θ̂ = 0.1 is 0.3487 + 0.3874 / 2 = 0.5424: z0 = 0.1065.
    // d = nine times −0.1, once 0.9: Σd² = 0.9, Σd³ = 0.72: a = 0.72 / (6 · 0.9^1.5) = 0.1405.
    // z = −1.645: z0 + z = −1.5383, level Φ(0.1065 − 1.5383 / 1.2162) = Φ(−1.1584) = 0.123 -> 0 (P(k = 0) = 0.349).
    // z = +1.645: z0 + z = 1.7514, level Φ(0.1065 + 1.7514 / 0.7539) = Φ(2.4297) = 0.9924 -> 0.4 (P(k ≤ 3) = 0.9872, P(k ≤ 4) = 0.9984).
    // The plain percentile would end at 0.3 (P(k ≤ 2) = 0.930, P(k ≤ 3) = 0.987).
    [Fact]
    public void Interval_NineZerosAndAOne_EqualsHandWorkedValue()
    {
        Interval interval = Bca.Interval([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], new Rng(1, "bca"), 10_000, 0.9);

        Assert.Equal(0, interval.Low);
        Assert.Equal(0.4, interval.High, 1e-12);
    }

    [Fact]
    public void Interval_MeanAsAStatistic_EqualsTheMeansOwnInterval()
    {
        Interval direct = Bca.Interval(Spatial, new Rng(1, "bca"), 2_000);

        Interval general = Bca.Interval(Spatial.Length, Mean, new Rng(1, "bca"), 2_000);

        Assert.Equal(direct.Low, general.Low, 1e-9);
        Assert.Equal(direct.High, general.High, 1e-9);

        static double Mean(ReadOnlySpan<int> items)
        {
            double sum = 0;
            foreach (int i in items)
            {
                sum += Spatial[i];
            }

            return sum / items.Length;
        }
    }

    [Fact]
    public void Interval_SameGenerator_SameInterval() =>
        Assert.Equal(Bca.Interval(Spatial, new Rng(3, "bca"), 500), Bca.Interval(Spatial, new Rng(3, "bca"), 500));

    [Fact]
    public void Interval_AnyValues_LiesWithinThem() =>
        Gen.Double[-1, 1].Array[1, 30].Where(v => v.Distinct().Count() > 1).Sample(values =>
        {
            Interval interval = Bca.Interval(values, new Rng(1, "bca"), 200);
            return interval.Low >= values.Min() - 1e-12 && interval.High <= values.Max() + 1e-12 && interval.Low <= interval.High;
        }, iter: 200);

    [Fact]
    public void Interval_MoreConfidence_IsWider() =>
        Gen.Select(Gen.Double[-1, 1].Array[2, 30], Gen.Double[0.5, 0.98]).Sample((values, confidence) =>
        {
            Interval narrow = Bca.Interval(values, new Rng(1, "bca"), 200, confidence);
            Interval wide = Bca.Interval(values, new Rng(1, "bca"), 200, confidence + 0.01);
            return wide.Low <= narrow.Low && wide.High >= narrow.High;
        }, iter: 200);

    [Fact]
    public void Interval_ValuesShiftedAndScaled_ShiftsAndScales() =>
        Gen.Int[-50, 50].Array[3, 30].Where(v => v.Distinct().Count() > 1).Sample(whole =>
        {
            double[] values = [.. whole.Select(v => v / 50.0)];
            Interval interval = Bca.Interval(values, new Rng(1, "bca"), 200);
            Interval moved = Bca.Interval([.. values.Select(v => (4 * v) + 100)], new Rng(1, "bca"), 200);
            Assert.Equal((4 * interval.Low) + 100, moved.Low, 1e-9);
            Assert.Equal((4 * interval.High) + 100, moved.High, 1e-9);
        }, iter: 200);

    [Fact]
    public void Interval_OneItem_IsEverything()
    {
        Assert.Equal(Interval.Everything, Bca.Interval([0.5], new Rng(1, "bca")));
        Assert.Equal(Interval.Everything, Bca.Interval(1, _ => 0.5, new Rng(1, "bca")));
    }

    [Fact]
    public void Interval_EqualValues_IsThatValue()
    {
        Assert.Equal(new Interval(0.1, 0.1), Bca.Interval([0.1, 0.1, 0.1], new Rng(1, "bca")));
        Assert.Equal(new Interval(0.1, 0.1), Bca.Interval(3, _ => 0.1, new Rng(1, "bca"), 100));
    }

    // 80 times 1: a share of 1 − 0.025^(1/80) = 0.0451 of all items may be 0. So does the exact (Clopper-Pearson) interval of 80 out of 80.
    [Fact]
    public void Interval_EqualValuesOfKnownRange_LeavesRoomForTheUnseen()
    {
        double[] ones = [.. Enumerable.Repeat(1.0, 80)];

        Interval interval = Bca.Interval(ones, new Rng(1, "bca"), range: new(0, 1));

        Assert.Equal(0.954936, interval.Low, 1e-6);
        Assert.Equal(1, interval.High);
    }

    [Fact]
    public void Interval_OneValueOfKnownRange_IsNearlyTheRange() =>
        Assert.Equal(new Interval(0.5 - (0.975 * 1.5), 0.5 + (0.975 * 0.5)), Bca.Interval([0.5], new Rng(1, "bca"), range: new(-1, 1)));

    [Fact]
    public void Interval_ValueOutsideTheRange_Throws() =>
        Assert.Throws<ArgumentException>(() => Bca.Interval([0.5, 1.5], new Rng(1, "bca"), range: new(0, 1)));

    [Fact]
    public void Interval_NoValues_Throws()
    {
        Assert.Throws<ArgumentException>(() => Bca.Interval([], new Rng(1, "bca")));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bca.Interval(0, _ => 0, new Rng(1, "bca")));
    }

    [Fact]
    public void Interval_StatisticGivesNotANumber_SaysSo()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => Bca.Interval(5, items => items.Length == 4 ? double.NaN : 0, new Rng(1, "bca")));

        Assert.Contains("gave NaN", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_AsJson_ComesBack()
    {
        string json = JsonSerializer.Serialize(Interval.Everything);

        Assert.Equal("""{"Low":"-Infinity","High":"Infinity"}""", json);
        Assert.Equal(Interval.Everything, JsonSerializer.Deserialize<Interval>(json));
    }
}
