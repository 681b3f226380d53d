using CsCheck;
using MathNet.Numerics.Distributions;

namespace Ansatz.Tests;

public sealed class DetectableTests
{
    // Exact power: the chance, over all tables, that the interval excludes 0 on the right side. The formula is an approximation; it must come close to 80 %.
    [Theory]
    [InlineData(80, 24)]
    [InlineData(80, 40)]
    [InlineData(300, 15)]
    [InlineData(300, 60)]
    [InlineData(300, 150)]
    public void PairedDifference_ThatDifference_IsSeenFourTimesInFive(int n, int discordant)
    {
        double delta = Detectable.PairedDifference(n, discordant)!.Value;

        Assert.Equal(0.8, Power(n, Math.Max(delta, (double)discordant / n), delta), 0.03);
    }

    // No disagreement at all does not mean that every difference would be seen. With π = δ: √(nδ) = z + z(power) √(1 − δ) / 2.
    [Fact]
    public void PairedDifference_NoDisagreement_CountsThoseThatTheDifferenceNeeds()
    {
        double delta = Detectable.PairedDifference(80, 0)!.Value;

        Assert.Equal(1.959964 + (0.841621 * Math.Sqrt(1 - delta) / 2), Math.Sqrt(80 * delta), 1e-5);
        Assert.True(Power(80, delta, delta) > 0.75);
    }

    [Fact]
    public void PairedDifference_ThreeItems_IsNone() => Assert.Null(Detectable.PairedDifference(3, 3));

    [Fact]
    public void PairedDifference_MoreItems_SeesSmallerOnes() =>
        Gen.Select(Gen.Int[10, 500], Gen.Double[0, 1]).Sample((n, share) =>
            Detectable.PairedDifference(4 * n, 4 * (int)(share * n)) < Detectable.PairedDifference(n, (int)(share * n)));

    // s = 1 and n = 10: the noncentral t has 80 % power at a noncentrality of 3.1509, that is δ = 0.9964 (the usual tables of power).
    [Fact]
    public void MeanDifference_TenSeedsOfUnitSpread_EqualsTheTables()
    {
        double scale = Math.Sqrt(82.5 / 9);
        double[] differences = [.. Enumerable.Range(1, 10).Select(i => i / scale)];

        Assert.Equal(0.9964, Detectable.MeanDifference(differences)!.Value, 0.005);
    }

    [Fact]
    public void MeanDifference_NoSpread_IsNone()
    {
        Assert.Null(Detectable.MeanDifference([0.5]));
        Assert.Null(Detectable.MeanDifference([0.5, 0.5, 0.5]));
        Assert.Null(Detectable.MeanDifference([0.2, 0.2, 0.2, -0.2, 0.2, .. new double[295]])); // five that differ cannot be told from chance, so no spread of theirs says what can be
        Assert.NotNull(Detectable.MeanDifference([0.2, 0.2, 0.2, -0.2, 0.2, 0.2, .. new double[294]]));
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(1.0)]
    public void PairedDifference_ImpossiblePower_Throws(double power) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Detectable.PairedDifference(80, 10, power));

    private static double Power(int n, double share, double delta)
    {
        double power = 0;
        for (int d = 0; d <= n; d++)
        {
            double disagreeing = Binomial.PMF(share, n, d);
            double onlyFirst = (1 + (delta / share)) / 2; // of those that disagree
            for (int b = 0; b <= d; b++)
            {
                double probability = disagreeing * Binomial.PMF(Math.Min(1, onlyFirst), d, b);
                if (probability > 1e-12 && Tango.Interval(b, d - b, n).Low > 0)
                {
                    power += probability;
                }
            }
        }

        return power;
    }
}
