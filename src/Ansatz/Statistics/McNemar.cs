using MathNet.Numerics.Distributions;

namespace Ansatz;

/// <summary>
/// The exact test of two proportions on the same items. McNemar 1947, "Note on the sampling error of the difference between correlated
/// proportions or percentages", Psychometrika 12:153-157, with the binomial distribution in the place of χ².
/// </summary>
public static class McNemar
{
    /// <summary>The two-sided p-value: 2 P(X ≤ min(b, c)), X ~ Binomial(b + c, ½), at most 1. Without disagreement it is 1.</summary>
    /// <param name="onlyFirst">b: items that only the first got right.</param>
    /// <param name="onlySecond">c: items that only the second got right.</param>
    public static double PValue(int onlyFirst, int onlySecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        int fewer = Math.Min(onlyFirst, onlySecond);
        return Math.Min(1, 2 * Binomial.CDF(0.5, checked(onlyFirst + onlySecond), fewer));
    }
}
