using System.Collections.Immutable;

namespace Ansatz;

/// <summary>Compares two lists of outcomes on the same items, by what fits their scale.</summary>
internal static class ItemComparison
{
    /// <summary>First minus second. Binary: Tango's score interval and McNemar's exact test; unit and real: <see cref="MeanInterval"/> over items and the sign-flip test.</summary>
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
            MeanInterval.OverItems(differences, stream("interval"), range: scale == Scale.Unit ? new(-1, 1) : null),
            PValue(differences, stream("test")),
            null);
    }

    public static double[] Differences(ImmutableArray<Outcome> first, ImmutableArray<Outcome> second, Scale scale) =>
        Differences(first.Scores(scale), second.Scores(scale));

    /// <summary>First minus second, without the last digits, which are rounding: else differences that are equal would not be, and 0.1 + 0.2 − 0.3 would be an improvement.</summary>
    public static double[] Differences(double[] first, double[] second)
    {
        double largest = first.Concat(second).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        double unit = largest > 0 ? Math.ScaleB(1, Math.ILogB(largest) - 40) : 1; // twelve digits of the largest
        return [.. first.Zip(second, (a, b) => Math.Round((a - b) / unit) * unit)];
    }

    public static double? PValue(double[] differences, Rng rng) =>
        differences.Length >= SignFlip.Fewest ? SignFlip.PValue(differences, rng) : null;
}
