namespace Ansatz;

/// <summary>
/// The sign-flip test of a mean paired difference. Fisher 1935, "The Design of Experiments", section 21: if neither side is better, each difference
/// could as well have had the other sign.
/// </summary>
public static class SignFlip
{
    /// <summary>The fewest differences that a p-value is given for: below it not even unanimous seeds reach 0.05.</summary>
    public const int Fewest = 6; // 2 / 2⁵ = 0.0625, 2 / 2⁶ = 0.031

    private const int MostExact = 20; // 2¹⁹ sums
    private const int Flips = 100_000; // beyond that; standard error 0.0007 at p = 0.05

    /// <summary>The two-sided p-value: the share of sign patterns whose sum lies at least as far from 0 as the observed one.</summary>
    /// <remarks>
    /// Exact up to 20 differences; beyond that 100,000 random patterns and the observed one, (1 + hits) / (1 + 100,000), which is a valid
    /// p-value, never 0 (Phipson and Smyth 2010). Differences that are all 0 give 1.
    /// </remarks>
    /// <param name="differences">First minus second, one a seed or an item, all finite.</param>
    /// <param name="rng">Where random patterns come from; untouched where the answer is exact.</param>
    /// <param name="size">Sum of the sizes of the numbers that were subtracted, first and second, where their rounding is in the differences: sums count as equal that differ by no more than it. Default: the differences are exact.</param>
    /// <exception cref="ArgumentException">Fewer than <see cref="Fewest"/> differences.</exception>
    public static double PValue(ReadOnlySpan<double> differences, Rng rng, double? size = null)
    {
        ArgumentNullException.ThrowIfNull(rng);
        if (differences.Length < Fewest)
        {
            throw new ArgumentException($"{differences.Length} differences are too few for a p-value: at least {Fewest} are needed.", nameof(differences));
        }

        double observed = Math.Abs(Confidence.Mean(differences) * differences.Length);
        double sizes = 0;
        foreach (double d in differences)
        {
            sizes += Math.Abs(d);
        }

        double bar = observed - (differences.Length * Math.ScaleB(size ?? sizes, -52)); // equal sums, added in another order, differ by rounding
        return differences.Length <= MostExact
            ? CountReaching(differences[1..], differences[0], bar) / Math.Pow(2, differences.Length - 1) // the first sign is free: |sum| is the same for the mirrored pattern
            : (1.0 + CountRandom(differences, bar, rng)) / (1 + Flips);
    }

    private static int CountReaching(ReadOnlySpan<double> rest, double sum, double bar) =>
        rest.IsEmpty
            ? (Math.Abs(sum) >= bar ? 1 : 0)
            : CountReaching(rest[1..], sum + rest[0], bar) + CountReaching(rest[1..], sum - rest[0], bar);

    private static int CountRandom(ReadOnlySpan<double> differences, double bar, Rng rng)
    {
        int hits = 0;
        for (int flip = 0; flip < Flips; flip++)
        {
            double sum = 0;
            ulong bits = 0;
            for (int i = 0; i < differences.Length; i++)
            {
                bits = i % 64 == 0 ? rng.NextBits() : bits >> 1;
                sum += (bits & 1) == 0 ? differences[i] : -differences[i];
            }

            hits += Math.Abs(sum) >= bar ? 1 : 0;
        }

        return hits;
    }
}
