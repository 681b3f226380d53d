namespace Ansatz;

/// <summary>
/// The score interval of a proportion. Wilson 1927, "Probable inference, the law of succession, and statistical inference",
/// JASA 22:209-212. No continuity correction.
/// </summary>
public static class Wilson
{
    /// <summary>All p for which the score test |k − np| / √(np(1 − p)) stays within z.</summary>
    /// <param name="successes">k: items that came out right.</param>
    /// <param name="n">Items in all, at least 1.</param>
    /// <param name="confidence">Confidence level.</param>
    public static Interval Interval(int successes, int n, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, n);

        double z = Confidence.Z(confidence);
        double p = (double)successes / n;
        double z2 = z * z / n;
        double centre = (p + (z2 / 2)) / (1 + z2);
        double half = Math.Sqrt(z2 * ((p * (1 - p)) + (z2 / 4))) / (1 + z2);

        // At the extremes one end is the estimate itself; the formula would leave it off by rounding.
        return new(successes == 0 ? 0 : centre - half, successes == n ? 1 : centre + half);
    }
}
