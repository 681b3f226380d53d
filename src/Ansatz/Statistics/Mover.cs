namespace Ansatz;

/// <summary>
/// The interval of a mean of proportions, by the method of variance estimates recovery. Zou and Donner 2008, "Construction of confidence limits about effect measures: a general
/// approach", Statistics in Medicine 27:1693-1702: θ̂ − √Σ(p̂ᵢ − lᵢ)² / k to θ̂ + √Σ(uᵢ − p̂ᵢ)² / k, with Wilson's limits of each, corrected for continuity (Newcombe 1998, "Two-sided confidence
/// intervals for the single proportion", Statistics in Medicine 17:857-872, method 4).
/// </summary>
/// <remarks>Each proportion keeps the room that its size leaves it, so that a rare class of which all items came out right is not taken for certain. It errs to the wide side.</remarks>
public static class Mover
{
    /// <summary>An interval for the mean.</summary>
    /// <param name="shares">p̂ᵢ, within [0, 1]; at least one.</param>
    /// <param name="sizes">Number of items of each, above 0. A ratio that is nearly a proportion, such as F1, has the number that it is a share of, whole or not.</param>
    /// <param name="confidence">Confidence level.</param>
    public static Interval Interval(ReadOnlySpan<double> shares, ReadOnlySpan<double> sizes, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sizes.Length, shares.Length);
        double z = Confidence.Z(confidence), mean = Confidence.Mean(shares), below = 0, above = 0;
        for (int i = 0; i < shares.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sizes[i], nameof(sizes));
            double room = RoomAbove(1 - shares[i], sizes[i], z);
            below += room * room;
            room = RoomAbove(shares[i], sizes[i], z);
            above += room * room;
        }

        return new(Math.Max(0, mean - (Math.Sqrt(below) / shares.Length)), Math.Min(1, mean + (Math.Sqrt(above) / shares.Length)));
    }

    // u − p̂; by symmetry p̂ − l is that of 1 − p̂.
    private static double RoomAbove(double p, double n, double z)
    {
        double under = (z * z) + 2 - (1 / n) + (4 * p * ((n * (1 - p)) - 1));
        return p >= 1 ? 0 : Math.Min(1, ((2 * n * p) + (z * z) + 1 + (z * Math.Sqrt(Math.Max(0, under)))) / (2 * (n + (z * z)))) - p;
    }
}
