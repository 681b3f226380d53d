using System.Collections.Immutable;

namespace Ansatz;

/// <summary>Compares two lists of outcomes on the same items, by what fits their scale.</summary>
internal static class ItemComparison
{
    /// <summary>First minus second. Binary: Tango's score interval and McNemar's exact test; unit and real: BCa over items and the sign-flip test.</summary>
    /// <param name="left">Name of the first.</param>
    /// <param name="right">Name of the second.</param>
    /// <param name="first">Outcomes of the first.</param>
    /// <param name="second">Outcomes of the second, on the same items.</param>
    /// <param name="scale">Their scale.</param>
    /// <param name="stream">A generator for "interval", one for "test".</param>
    public static Comparison Of(
        string left, string right, ImmutableArray<Outcome> first, ImmutableArray<Outcome> second, Scale scale, Func<string, Rng> stream)
    {
        if (first.MeanScore(scale) is not { } leftMean || second.MeanScore(scale) is not { } rightMean)
        {
            return new(left, right, double.NaN, new(double.NaN, double.NaN), null, null);
        }

        double[] differences = Differences(first, second, scale);
        if (scale == Scale.Binary)
        {
            int onlyFirst = differences.Count(d => d > 0), onlySecond = differences.Count(d => d < 0);
            return new(left, right, leftMean - rightMean, Tango.Interval(onlyFirst, onlySecond, first.Length), McNemar.PValue(onlyFirst, onlySecond), null);
        }

        return new(
            left,
            right,
            leftMean - rightMean,
            Bca.Interval(differences, stream("interval"), range: scale == Scale.Unit ? new(-1, 1) : null),
            PValue(differences, stream("test")),
            null);
    }

    public static double[] Differences(ImmutableArray<Outcome> first, ImmutableArray<Outcome> second, Scale scale) =>
        [.. first.Zip(second, (a, b) => a.ScoreOn(scale) - b.ScoreOn(scale))];

    public static double? PValue(double[] differences, Rng rng) =>
        differences.Length >= SignFlip.Fewest ? SignFlip.PValue(differences, rng) : null;
}
