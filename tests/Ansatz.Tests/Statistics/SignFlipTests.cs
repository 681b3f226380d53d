using System.Text.Json;
using CsCheck;

namespace Ansatz.Tests;

public sealed class SignFlipTests
{
    [Fact]
    public void PValue_EveryReferenceCase_EqualsSciPy()
    {
        foreach (JsonElement paired in SciPyReference.Section("paired").EnumerateArray())
        {
            double[] differences = [.. paired.GetProperty("a").Doubles().Zip(paired.GetProperty("b").Doubles(), (a, b) => a - b)];

            Assert.Equal(paired.GetProperty("signflip_exact_p").GetDouble(), SignFlip.PValue(differences, new Rng(1, "flip")), 1e-12);
        }
    }

    // All signs alike and sizes equal: only the observed pattern and its mirror image reach the sum, 2 / 2^n.
    [Theory]
    [InlineData(6)]
    [InlineData(20)]
    public void PValue_Unanimous_IsTwoPatterns(int n) =>
        Assert.Equal(2 / Math.Pow(2, n), SignFlip.PValue([.. Enumerable.Repeat(0.1, n)], new Rng(1, "flip")), 1e-15);

    /// <summary>One difference of 10¹³ hides nothing of the others: all signs alike are again two patterns of 64.</summary>
    [Theory]
    [InlineData(1e13)]
    [InlineData(-1e13)]
    [InlineData(1e3)]
    public void PValue_OneLargeDifference_StillCountsTheOthers(double large) =>
        Assert.Equal(2 / 64.0, SignFlip.PValue([large, .. Enumerable.Repeat((double)Math.Sign(large), 5)], new Rng(1, "flip")));

    /// <summary>1, 2, -3, 4, 1 and 2 tenths have a sum of 7, which 22 of the 64 patterns reach, whatever the rounding of the tenths, or of the thousands that they were taken from.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void PValue_SumsThatDifferByRounding_AreTies(double offset)
    {
        double[] differences = [.. new[] { 0.1, 0.2, -0.3, 0.4, 0.1, 0.2 }.Select(d => offset + d - offset)];

        Assert.Equal(22 / 64.0, SignFlip.PValue(differences, new Rng(1, "flip"), size: 1.3 + (12 * offset)));
    }

    // 40 differences of ±1, 26 of them +: p = 2 P(X ≥ 26), X ~ Binomial(40, ½), which is McNemar's test of 26 against 14.
    [Fact]
    public void PValue_ManyDifferences_IsCloseToTheExactValue()
    {
        double[] differences = [.. Enumerable.Repeat(1.0, 26), .. Enumerable.Repeat(-1.0, 14)];

        double p = SignFlip.PValue(differences, new Rng(1, "flip"));

        Assert.Equal(McNemar.PValue(26, 14), p, 0.004); // 0.081; five standard errors of 100,000 patterns
    }

    // 120 differences need more than one word of random bits. The bound is reached by the observed pattern alone.
    [Fact]
    public void PValue_ManyUnanimousDifferences_IsNeverZero() =>
        Assert.Equal(1.0 / 100_001, SignFlip.PValue([.. Enumerable.Repeat(0.3, 120)], new Rng(1, "flip")), 1e-15);

    [Theory]
    [InlineData(6)]
    [InlineData(30)]
    public void PValue_NoDifference_IsOne(int n) => Assert.Equal(1, SignFlip.PValue(new double[n], new Rng(1, "flip")));

    [Fact]
    public void PValue_SidesSwapped_IsTheSame() =>
        Gen.Double[-1, 1].Array[6, 12].Sample(differences =>
            SignFlip.PValue(differences, new Rng(1, "flip")) == SignFlip.PValue([.. differences.Select(d => -d)], new Rng(1, "flip")));

    [Fact]
    public void PValue_FiveDifferences_Throws() =>
        Assert.Throws<ArgumentException>(() => SignFlip.PValue([1, 1, 1, 1, 1], new Rng(1, "flip")));
}
