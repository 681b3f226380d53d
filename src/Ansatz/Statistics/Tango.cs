namespace Ansatz;

/// <summary>
/// The score interval of a difference between two proportions on the same items. Tango 1998, "Equivalence test and confidence interval
/// for the difference in proportions for the paired-sample design", Statistics in Medicine 17:891-908.
/// </summary>
/// <remarks>
/// b items that only the first got right, c that only the second did, n in all; Δ the true difference, first minus second.
/// At Δ = 0 the statistic is (b − c) / √(b + c), McNemar's without correction, so the interval holds 0 exactly if that test says so.
/// With few disagreements it is less strict than the exact test of <see cref="McNemar"/> (b = 5, c = 0: p = 0.0625, yet an interval above 0).
/// </remarks>
public static class Tango
{
    /// <summary>All Δ for which the score test stays within z. Also right with no disagreement at all, where it is ±z²/(n + z²).</summary>
    /// <param name="onlyFirst">b: items that only the first got right.</param>
    /// <param name="onlySecond">c: items that only the second got right.</param>
    /// <param name="n">Items in all, at least 1.</param>
    /// <param name="confidence">Confidence level.</param>
    public static Interval Interval(int onlyFirst, int onlySecond, int n, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)onlyFirst + onlySecond, n, nameof(onlySecond));

        double z = Confidence.Z(confidence);
        return new(-UpperEnd(onlySecond, onlyFirst, n, z), UpperEnd(onlyFirst, onlySecond, n, z)); // swapping the two only turns the sign
    }

    // The statistic falls as Δ rises: 0 at the estimate, −∞ at Δ = 1. Bisection between the two, until no number lies between.
    private static double UpperEnd(int b, int c, int n, double z)
    {
        (double inside, double outside) = ((double)(b - c) / n, 1);
        while (true)
        {
            double middle = inside + ((outside - inside) / 2);
            if (middle == inside || middle == outside)
            {
                return inside;
            }

            (inside, outside) = IsRefused(b, c, n, middle, z) ? (inside, middle) : (middle, outside);
        }
    }

    // T(Δ) = (b − c − nΔ) / √(n(2 q + Δ(1 − Δ))) < −z, where q is the most likely share of "only second" given Δ:
    // the larger root of 2n q² − B q − C = 0, B = b + c − (2n − b + c)Δ, C = cΔ(1 − Δ).
    private static bool IsRefused(int b, int c, int n, double delta, double z)
    {
        double bigB = b + c - (((2.0 * n) - b + c) * delta);
        double bigC = c * delta * (1 - delta);
        double root = Math.Sqrt(Math.Max(0, (bigB * bigB) + (8 * n * bigC)));
        double q = bigB >= 0 ? (bigB + root) / (4 * n)
            : bigC == 0 ? 0
            : 2 * bigC / (root - bigB); // the same root, written so that nothing cancels
        double variance = n * ((2 * q) + (delta * (1 - delta)));
        return b - c - (n * delta) < -z * Math.Sqrt(Math.Max(0, variance));
    }
}
