namespace Ansatz.Experiments.Coverage;

/// <summary>A source of values with a known mean.</summary>
/// <param name="Name">In words.</param>
/// <param name="Mean">The truth.</param>
/// <param name="Range">What a value can be, where that is known.</param>
/// <param name="Draw">One value.</param>
internal sealed record Source(string Name, double Mean, Interval? Range, Func<Rng, double> Draw);

/// <summary>The bootstrap over items and the t-interval over seeds, by simulation.</summary>
internal static class SimulatedCoverage
{
    public const int BcaRuns = 3_000;
    public const int BcaResamples = 2_000; // a study takes 10,000, which removes a little noise from the ends
    public const int SeedRuns = 100_000;
    private const long Seed = 1;

    private static readonly Interval Unit = new(0, 1);
    private static readonly Interval Differences = new(-1, 1);

    public static readonly Source[] Items =
    [
        new("unit: uniform", 0.5, Unit, r => r.NextDouble()),
        new("unit: skewed, u⁴", 0.2, Unit, r => Math.Pow(r.NextDouble(), 4)),
        new("unit: 70 % exactly 1, others uniform", 0.85, Unit, r => r.NextDouble() < 0.7 ? 1 : r.NextDouble()),
        new("unit: 95 % exactly 1, others uniform", 0.975, Unit, r => r.NextDouble() < 0.95 ? 1 : r.NextDouble()),
        new("unit: 99 % exactly 1, others uniform", 0.995, Unit, r => r.NextDouble() < 0.99 ? 1 : r.NextDouble()),
        new("difference: 80 % ties, others uniform in −1 to 1", 0, Differences, r => r.NextDouble() < 0.8 ? 0 : (2 * r.NextDouble()) - 1),
        new("difference: 80 % ties, others uniform in −0.5 to 1", 0.05, Differences, r => r.NextDouble() < 0.8 ? 0 : (1.5 * r.NextDouble()) - 0.5),
        new("difference: 97 % ties, others uniform in 0 to 1", 0.015, Differences, r => r.NextDouble() < 0.97 ? 0 : r.NextDouble()),
        new("real: normal", 0, null, r => r.NextGaussian()),
        new("real: log-normal, σ = 1", Math.Exp(0.5), null, r => Math.Exp(r.NextGaussian())),
    ];

    public static readonly Source[] Seeds =
    [
        new("normal", 0, null, r => r.NextGaussian()),
        new("uniform", 0.5, null, r => r.NextDouble()),
        new("skewed: exponential", 1, null, r => -Math.Log(1 - r.NextDouble())),
        new("heavy tails: normal, one in ten five times as wide", 0, null, r => r.NextGaussian() * (r.NextDouble() < 0.1 ? 5 : 1)),
        new("one seed in two fails: 0.50 instead of 0.90, σ = 0.02", 0.70, null, r => (r.NextDouble() < 0.5 ? 0.5 : 0.9) + (0.02 * r.NextGaussian())),
        new("one seed in five fails: 0.50 instead of 0.90, σ = 0.02", 0.82, null, r => (r.NextDouble() < 0.2 ? 0.5 : 0.9) + (0.02 * r.NextGaussian())),
        new("one seed in twenty fails: 0.50 instead of 0.90, σ = 0.02", 0.88, null, r => (r.NextDouble() < 0.05 ? 0.5 : 0.9) + (0.02 * r.NextGaussian())),
    ];

    /// <summary>BCa of a mean, and the t-interval of the same samples beside it.</summary>
    public static IEnumerable<CoverageRow> OfMeans(Source source, int n)
    {
        Rng samples = new(Seed, $"items/{source.Name}", n);
        Rng resamples = new(Seed, $"resamples/{source.Name}", n);
        Tally bca = new(source.Mean), t = new(source.Mean);
        double[] values = new double[n];
        for (int run = 0; run < BcaRuns; run++)
        {
            Fill(values, source, samples);
            bca.Add(Bca.Interval(values, resamples, BcaResamples, range: source.Range));
            t.Add(StudentT.Interval(values));
        }

        yield return bca.ToRow("BCa", source.Name, n, BcaRuns);
        yield return t.ToRow("t over items", source.Name, n, BcaRuns);
    }

    /// <summary>BCa of macro-F1 over two classes.</summary>
    /// <param name="share">Of the first class among the items.</param>
    /// <param name="n">Items.</param>
    public static CoverageRow OfMacroF1(double share, int n)
    {
        const double right1 = 0.9, right2 = 0.7; // of the items of a class that are put into it
        double truth = MacroF1(share * right1, share * (1 - right1), (1 - share) * (1 - right2), (1 - share) * right2);
        string name = FormattableString.Invariant($"macro-F1: {share * 100:0} % and {(1 - share) * 100:0} % of two classes, 90 % and 70 % of them found");
        Rng samples = new(Seed, $"items/{name}", n);
        Rng resamples = new(Seed, $"resamples/{name}", n);
        Tally tally = new(truth);
        int[] cells = new int[n]; // 0: first class, found; 1: first class, missed; 2: second class, missed; 3: second class, found
        for (int run = 0; run < BcaRuns; run++)
        {
            for (int i = 0; i < n; i++)
            {
                bool isFirst = samples.NextDouble() < share;
                bool isRight = samples.NextDouble() < (isFirst ? right1 : right2);
                cells[i] = isFirst ? (isRight ? 0 : 1) : isRight ? 3 : 2;
            }

            tally.Add(Bca.Interval(n, OfItems, resamples, BcaResamples));
        }

        return tally.ToRow("BCa", name, n, BcaRuns);

        double OfItems(ReadOnlySpan<int> items)
        {
            Span<int> counts = stackalloc int[4];
            foreach (int i in items)
            {
                counts[cells[i]]++;
            }

            return MacroF1(counts[0], counts[1], counts[2], counts[3]);
        }
    }

    public static CoverageRow OfSeeds(Source source, int n)
    {
        Rng rng = new(Seed, $"seeds/{source.Name}", n);
        Tally tally = new(source.Mean);
        double[] values = new double[n];
        for (int run = 0; run < SeedRuns; run++)
        {
            Fill(values, source, rng);
            tally.Add(StudentT.Interval(values));
        }

        return tally.ToRow("t over seeds", source.Name, n, SeedRuns);
    }

    private static void Fill(double[] values, Source source, Rng rng)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = source.Draw(rng);
        }
    }

    // F1 = 2 TP / (2 TP + FP + FN) of either class; 0 where a class is neither there nor answered.
    private static double MacroF1(double found1, double missed1, double missed2, double found2)
    {
        return (F1(found1) + F1(found2)) / 2;

        double F1(double found) => found == 0 ? 0 : 2 * found / ((2 * found) + missed1 + missed2);
    }
}
