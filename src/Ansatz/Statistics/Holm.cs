using System.Collections.Immutable;

namespace Ansatz;

/// <summary>
/// Step-down adjustment of several p-values, which keeps the chance of even one false claim at the level. Holm 1979, "A simple sequentially
/// rejective multiple test procedure", Scandinavian Journal of Statistics 6:65-70.
/// </summary>
public static class Holm
{
    /// <summary>The adjusted p-values, in the order given: the j-th smallest of m becomes max over i ≤ j of (m − i + 1) p(i), at most 1.</summary>
    /// <param name="pValues">p-values, each within [0, 1]; none is no error.</param>
    public static ImmutableArray<double> Adjust(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        foreach (double p in pValues)
        {
            if (!(p >= 0 && p <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(pValues), p, "A p-value lies between 0 and 1.");
            }
        }

        double[] adjusted = new double[pValues.Count];
        double largest = 0;
        int left = pValues.Count;
        foreach (int i in Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i]))
        {
            largest = Math.Max(largest, Math.Min(1, left * pValues[i]));
            adjusted[i] = largest;
            left--;
        }

        return [.. adjusted];
    }
}
