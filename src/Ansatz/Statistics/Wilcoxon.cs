namespace Ansatz;

/// <summary>
/// The signed-rank test of paired differences: for values of which only the order can be trusted, such as steps that are cut off at a limit.
/// Wilcoxon 1945, "Individual Comparisons by Ranking Methods", Biometrics Bulletin 1:80-83.
/// </summary>
public static class Wilcoxon
{
    /// <summary>The one-sided p-value of "the differences lie above 0": P(W ≥ w), W the sum of the ranks of positive differences, every sign equally likely.</summary>
    /// <remarks>
    /// Exact for every number of differences and with ties, which share the mean of their ranks: all sign patterns of the ranks at hand are counted. Differences
    /// of 0 are left out, as Wilcoxon did. Without any other difference the answer is 1. The other side is the test of the negated differences.
    /// </remarks>
    /// <param name="differences">First minus second, one a pair, none NaN. Infinite ones rank last.</param>
    public static double SignedRank(ReadOnlySpan<double> differences)
    {
        double[] nonZero = [.. differences.ToArray().Where(d => d != 0)];
        if (nonZero.Any(double.IsNaN))
        {
            throw new ArgumentException("The differences hold NaN: every one must be a number.", nameof(differences));
        }

        int[] ranks = DoubledRanks(nonZero);
        int observed = nonZero.Zip(ranks, (d, r) => d > 0 ? r : 0).Sum();

        // share[s]: the share of sign patterns of the ranks so far whose positive ones add up to s.
        double[] share = new double[ranks.Sum() + 1];
        share[0] = 1;
        int most = 0;
        foreach (int rank in ranks)
        {
            most += rank;
            for (int s = most; s >= 0; s--)
            {
                share[s] = (share[s] + (s >= rank ? share[s - rank] : 0)) / 2;
            }
        }

        return Math.Min(1, share.Skip(observed).Sum());
    }

    /// <summary>Twice the rank of each size from 1 upwards; equal sizes share the mean of theirs, which doubled is whole.</summary>
    private static int[] DoubledRanks(double[] differences)
    {
        double[] sizes = [.. differences.Select(Math.Abs)];
        double[] sorted = [.. sizes.Order()];
        return
        [
            .. sizes.Select(size =>
            {
                int first = Array.IndexOf(sorted, size), last = Array.LastIndexOf(sorted, size);
                return first + 1 + last + 1;
            }),
        ];
    }
}
