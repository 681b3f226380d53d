using System.Collections.Immutable;

namespace Ansatz.Programs;

/// <summary>
/// Dynamic ε-lexicase selection: one case after the other, in random order, lets pass who is not worse on it than the best of those that are left by more than ε, their median absolute deviation there. So who is good at some cases is chosen
/// as well as who is fair at all of them.
/// La Cava, Helmuth, Spector and Moore 2019, "A probabilistic and multi-objective analysis of lexicase selection and ε-lexicase selection", Evolutionary Computation 27(3), doi:10.1162/evco_a_00224, arXiv:1709.05394.
/// </summary>
/// <remarks>The paper picks one of those that pass all cases; here the caller does.</remarks>
internal static class EpsilonLexicase
{
    /// <summary>Who passes every case: one candidate, or several that no case tells apart. Indices, ascending.</summary>
    /// <param name="scores">[candidates, cases]: higher is better. Finite.</param>
    /// <param name="rng">The order of the cases.</param>
    public static int[] Passing(IReadOnlyList<ImmutableArray<double>> scores, Rng rng)
    {
        int[] left = [.. Enumerable.Range(0, scores.Count)];
        int cases = scores[0].Length;
        foreach (int at in rng.Choose(cases, cases))
        {
            if (left.Length == 1)
            {
                break;
            }

            double[] there = [.. left.Select(i => scores[i][at])];
            double best = there.Max();
            if (there.Min() < best)
            {
                double least = best - MedianDeviation([.. there]);
                left = [.. left.Where((_, i) => there[i] >= least)];
            }
        }

        return left;
    }

    /// <summary>The median distance from the median.</summary>
    internal static double MedianDeviation(double[] values)
    {
        double median = Median(values);
        return Median([.. values.Select(x => Math.Abs(x - median))]);
    }

    // Between the two in the middle where they are even in number. Orders what it is given.
    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] / 2) + (values[values.Length / 2] / 2); // their sum may be too large
    }
}
