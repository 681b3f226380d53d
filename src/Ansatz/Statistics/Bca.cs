using MathNet.Numerics.Distributions;

namespace Ansatz;

/// <summary>
/// The bias-corrected and accelerated bootstrap over items. Efron 1987, "Better bootstrap confidence intervals", JASA 82:171-185;
/// Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 14.
/// </summary>
/// <remarks>
/// θ̂ the estimate, θ* a resample's. Resamples are drawn one after the other from the generator, so the same generator gives the same interval.
/// A bootstrap knows only what the sample shows. One item: every number. A statistic that no resample changes (items all equal): that number alone,
/// unless the range of the values is known, which bounds what the sample cannot show; docs/intervals.md has the coverage.
/// </remarks>
public static class Bca
{
    /// <summary>An interval for a mean.</summary>
    /// <param name="values">One value an item, or a difference an item; at least one, all finite.</param>
    /// <param name="rng">Where the resamples come from.</param>
    /// <param name="resamples">B: how many.</param>
    /// <param name="confidence">Confidence level.</param>
    /// <param name="range">
    /// What a value can be: [0, 1] on the scale unit, [−1, 1] for its differences. It is used where all values are equal: n equal values
    /// leave room for a share p of other ones with (1 − p)ⁿ = α/2, and these may lie at either end of the range.
    /// </param>
    public static Interval Interval(
        ReadOnlySpan<double> values, Rng rng, int resamples = 10_000, double confidence = 0.95, Interval? range = null)
    {
        ArgumentNullException.ThrowIfNull(rng);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        double tail = Confidence.Tail(confidence);
        double mean = Confidence.Mean(values);
        if (range is { } whole && (values.ContainsAnyExceptInRange(whole.Low, whole.High)))
        {
            throw new ArgumentException($"A value lies outside the range from {whole.Low} to {whole.High}.", nameof(values));
        }

        if (Confidence.AreAllEqual(values))
        {
            return OfEqualValues(values[0], values.Length, tail, range);
        }

        double[] means = new double[resamples]; // θ* [B]
        for (int r = 0; r < resamples; r++)
        {
            double sum = 0;
            for (int i = 0; i < values.Length; i++)
            {
                sum += values[rng.Next(values.Length)];
            }

            means[r] = sum / values.Length;
        }

        // Without item i the mean moves by (x̄ − x_i)/(n − 1): the jackknife's influences need no second pass, and the factor cancels in a.
        double[] influences = new double[values.Length];
        for (int i = 0; i < influences.Length; i++)
        {
            influences[i] = values[i] - mean;
        }

        return FromResamples(means, mean, influences, tail);
    }

    /// <summary>An interval for any statistic of the items.</summary>
    /// <param name="n">Items in all, at least 1; they are told apart by index.</param>
    /// <param name="statistic">θ: called once on all items, n times on all but one, and once a resample.</param>
    /// <param name="rng">Where the resamples come from.</param>
    /// <param name="resamples">B: how many.</param>
    /// <param name="confidence">Confidence level.</param>
    /// <exception cref="ArgumentException">The statistic gave a number that is not finite.</exception>
    public static Interval Interval(int n, ItemStatistic statistic, Rng rng, int resamples = 10_000, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentNullException.ThrowIfNull(statistic);
        ArgumentNullException.ThrowIfNull(rng);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        double tail = Confidence.Tail(confidence);
        if (n == 1)
        {
            return Ansatz.Interval.Everything;
        }

        int[] items = [.. Enumerable.Range(0, n)];
        double estimate = Checked(statistic(items));

        // θ(i), the statistic without item i: the first n − 1 places hold all others, once the last item has taken the place of i.
        double[] influences = new double[n];
        for (int i = 0; i < n; i++)
        {
            items[i] = n - 1;
            influences[i] = Checked(statistic(items.AsSpan(0, n - 1)));
            items[i] = i;
        }

        double middle = Confidence.Mean(influences);
        for (int i = 0; i < n; i++)
        {
            influences[i] = middle - influences[i];
        }

        double[] replicates = new double[resamples];
        for (int r = 0; r < resamples; r++)
        {
            for (int i = 0; i < n; i++)
            {
                items[i] = rng.Next(n);
            }

            replicates[r] = Checked(statistic(items));
        }

        return FromResamples(replicates, estimate, influences, tail);

        static double Checked(double value) =>
            double.IsFinite(value) ? value : throw new ArgumentException($"The statistic gave {value}; it must give a finite number for every list of items.", nameof(statistic));
    }

    private static Interval OfEqualValues(double value, int n, double tail, Interval? range)
    {
        if (range is not { } ends)
        {
            return n == 1 ? Ansatz.Interval.Everything : new(value, value);
        }

        double others = 1 - Math.Pow(tail, 1.0 / n); // (1 − p)ⁿ = α/2; 0.045 for 80 items
        return new(value - (others * (value - ends.Low)), value + (others * (ends.High - value)));
    }

    private static Interval FromResamples(double[] replicates, double estimate, double[] influences, double tail)
    {
        Array.Sort(replicates);

        // z0 = Φ⁻¹(share of θ* below θ̂), ties counted half, since θ* takes few values on coarse scores. Sums in another order differ by rounding,
        // hence the slack. The share stays half a resample away from 0 and 1, where z0 would be infinite.
        double slack = 1e-12 * Math.Max(Math.Abs(replicates[0]), Math.Abs(replicates[^1]));
        double below = (CountBelow(replicates, estimate - slack) + CountBelow(replicates, estimate + slack)) / 2.0;
        double half = 0.5 / replicates.Length;
        double z0 = Normal.InvCDF(0, 1, Math.Clamp(below / replicates.Length, half, 1 - half));

        // a = Σ d³ / 6 (Σ d²)^{3/2}, d the jackknife's influences.
        double squares = 0, cubes = 0;
        foreach (double d in influences)
        {
            squares += d * d;
            cubes += d * d * d;
        }

        double a = squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));
        double z = Normal.InvCDF(0, 1, tail);
        return new(Quantile(replicates, Level(z)), Quantile(replicates, Level(-z)));

        // α1 = Φ(z0 + (z0 + z) / (1 − a(z0 + z))). Past the pole of that fraction the level has run off its end.
        double Level(double quantile)
        {
            double shifted = z0 + quantile;
            double scale = 1 - (a * shifted);
            return scale > 0 ? Normal.CDF(0, 1, z0 + (shifted / scale)) : shifted > 0 ? 1 : 0;
        }
    }

    private static int CountBelow(double[] sorted, double value)
    {
        (int low, int high) = (0, sorted.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = sorted[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    // Straight line between the two neighbours of place (B − 1) · level, numbered from 0.
    private static double Quantile(double[] sorted, double level)
    {
        double place = (sorted.Length - 1) * level;
        int lower = (int)place;
        int upper = Math.Min(lower + 1, sorted.Length - 1);
        return sorted[lower] + ((place - lower) * (sorted[upper] - sorted[lower]));
    }
}
