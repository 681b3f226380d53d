using CsCheck;

namespace Ansatz.Tests;

public sealed class WilcoxonTests
{
    // One-sided critical values of the smaller rank sum T: Wilcoxon and Wilcox 1964, "Some Rapid Approximate Statistical Procedures", reprinted in
    // nearly every textbook: the largest T with p at most α. So p(T) ≤ α < p(T + 1).
    [Theory]
    [InlineData(5, 0, 0.05)]
    [InlineData(8, 5, 0.05)]
    [InlineData(8, 1, 0.01)]
    [InlineData(10, 10, 0.05)]
    [InlineData(10, 8, 0.025)]
    [InlineData(10, 5, 0.01)]
    [InlineData(10, 3, 0.005)]
    [InlineData(20, 60, 0.05)]
    [InlineData(20, 52, 0.025)]
    [InlineData(20, 43, 0.01)]
    [InlineData(20, 37, 0.005)]
    public void SignedRank_PublishedCriticalValue_IsTheLastAtItsLevel(int n, int t, double level)
    {
        Assert.True(Wilcoxon.SignedRank(WithNegativeRanks(n, t)) <= level);
        Assert.True(Wilcoxon.SignedRank(WithNegativeRanks(n, t + 1)) > level);
    }

    // Ranks 1 to 4, negative {1}: of 16 patterns only {} and {1} leave as much on the positive side.
    [Fact]
    public void SignedRank_FourDifferences_EqualsTheHandCount() => Assert.Equal(2 / 16.0, Wilcoxon.SignedRank([-1, 2, 3, 4]), 1e-15);

    // Sizes 1, 1, 2 have ranks 1.5, 1.5, 3; the positive ones add up to 4.5, which {1.5, 3} twice and all three reach: 3 of 8.
    [Fact]
    public void SignedRank_Ties_ShareTheirRanks() => Assert.Equal(3 / 8.0, Wilcoxon.SignedRank([1, -1, 2]), 1e-15);

    [Fact]
    public void SignedRank_Zeros_AreLeftOut() => Assert.Equal(Wilcoxon.SignedRank([3, -1, 2]), Wilcoxon.SignedRank([0, 3, 0, -1, 2, 0]));

    [Fact]
    public void SignedRank_NoDifference_IsOne() => Assert.Equal(1, Wilcoxon.SignedRank(new double[7]));

    [Fact]
    public void SignedRank_NaN_Throws() => Assert.Throws<ArgumentException>(() => Wilcoxon.SignedRank([1, double.NaN]));

    // Both sides together hold every pattern, the observed sum twice.
    [Fact]
    public void SignedRank_BothSides_AddUpToOneAndThePointItself() =>
        Gen.Int[-5, 5].Array[1, 12].Sample(values =>
        {
            double[] differences = [.. values.Select(v => (double)v)];
            double sum = Wilcoxon.SignedRank(differences) + Wilcoxon.SignedRank([.. differences.Select(d => -d)]);
            Assert.InRange(sum, 1, 2);
        });

    /// <summary>Differences of sizes 1 to n, those negative whose ranks add up to <paramref name="t"/>, taken from the largest down.</summary>
    private static double[] WithNegativeRanks(int n, int t)
    {
        double[] differences = [.. Enumerable.Range(1, n).Select(i => (double)i)];
        for (int rank = n; rank >= 1 && t > 0; rank--)
        {
            if (rank <= t)
            {
                differences[rank - 1] = -rank;
                t -= rank;
            }
        }

        return differences;
    }
}
