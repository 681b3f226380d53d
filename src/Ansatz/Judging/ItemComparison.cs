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
        if (first.MeanScore(scale) is null || second.MeanScore(scale) is null)
        {
            return new(left, right, double.NaN, new(double.NaN, double.NaN), null, null);
        }

        double[] firstScores = first.Scores(scale), secondScores = second.Scores(scale), differences = Differences(firstScores, secondScores);
        if (scale == Scale.Binary)
        {
            int onlyFirst = differences.Count(d => d > 0), onlySecond = differences.Count(d => d < 0);
            return new(left, right, Mean(differences), Tango.Interval(onlyFirst, onlySecond, first.Length), McNemar.PValue(onlyFirst, onlySecond), null);
        }

        return new(
            left,
            right,
            Mean(differences),
            MeanInterval.OverItems(differences, stream("interval"), range: scale == Scale.Unit ? new(-1, 1) : null),
            PValue(firstScores, secondScores, stream("test")),
            null);
    }

    public static double[] Differences(ImmutableArray<Outcome> first, ImmutableArray<Outcome> second, Scale scale) =>
        Differences(first.Scores(scale), second.Scores(scale));

    /// <summary>First minus second. What the rounding of a pair's own scores leaves open is no difference: 0.1 + 0.2 − 0.3 is 0, and differences that may all be one number are that number.</summary>
    /// <remarks>Each pair has its own rounding: a score of −10¹⁵ on one item says nothing about the digits of the others.</remarks>
    public static double[] Differences(double[] first, double[] second)
    {
        double[] differences = new double[first.Length];
        (double low, double high) = (double.NegativeInfinity, double.PositiveInfinity); // what lies within the rounding of every difference
        for (int i = 0; i < differences.Length; i++)
        {
            double difference = first[i] - second[i];
            double rounding = Math.ScaleB(Math.Max(Math.Abs(first[i]), Math.Abs(second[i])), -41); // half of the last of twelve digits
            (difference, rounding) = Math.Abs(difference) <= rounding ? (0, 0) : (difference, rounding);
            (differences[i], low, high) = (difference, Math.Max(low, difference - rounding), Math.Min(high, difference + rounding));
        }

        if (low <= high) // never where a score is missing
        {
            Array.Fill(differences, Math.Clamp(differences[0], low, high));
        }

        return differences;
    }

    /// <summary>The mean that an interval of these differences belongs to. A difference of two means would not be it: scores that both share, and that are much larger, leave it no digits.</summary>
    public static double Mean(double[] differences) =>
        Confidence.AreAllEqual(differences) ? differences[0] : differences.Average(); // the mean of equal numbers may be off in the last digit

    /// <summary>The sign-flip test of <see cref="Differences(double[], double[])"/>; none of fewer than six.</summary>
    public static double? PValue(double[] first, double[] second, Rng rng)
    {
        double[] differences = Differences(first, second);
        double size = Enumerable.Range(0, differences.Length).Where(i => differences[i] != 0).Sum(i => Math.Abs(first[i]) + Math.Abs(second[i]));
        return differences.Length >= SignFlip.Fewest ? SignFlip.PValue(differences, rng, size) : null;
    }
}
