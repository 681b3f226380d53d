using System.Collections.Immutable;
using Ansatz.Language;

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
        new("difference: 97 % ties, others uniform in −1 to 1", 0, Differences, r => r.NextDouble() < 0.97 ? 0 : (2 * r.NextDouble()) - 1),
        new("difference: 99 % ties, others uniform in −1 to 1", 0, Differences, r => r.NextDouble() < 0.99 ? 0 : (2 * r.NextDouble()) - 1),
        new("difference: 97 % ties, others uniform in 0 to 1", 0.015, Differences, r => r.NextDouble() < 0.97 ? 0 : r.NextDouble()),
        new("real: normal", 0, null, r => r.NextGaussian()),
        new("real: log-normal, σ = 1", Math.Exp(0.5), null, r => Math.Exp(r.NextGaussian())),
    ];

    /// <summary>Few items: instances of a problem, of which there may be no more.</summary>
    public static readonly Source[] FewItems =
    [
        new("real: normal", 0, null, r => r.NextGaussian()),
        new("real: log-normal, σ = 1", Math.Exp(0.5), null, r => Math.Exp(r.NextGaussian())),
        new("difference: half ties, others ±1", 0, Differences, r => r.NextDouble() < 0.5 ? 0 : r.NextDouble() < 0.5 ? 1 : -1),
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

    /// <summary>The interval that studies use for a mean, and beside it the two of the same samples that it is made of.</summary>
    public static IEnumerable<CoverageRow> OfMeans(Source source, int n)
    {
        Rng samples = new(Seed, $"items/{source.Name}", n);
        Tally both = new(source.Mean), bca = new(source.Mean), t = new(source.Mean);
        double[] values = new double[n];
        for (int run = 0; run < BcaRuns; run++)
        {
            Fill(values, source, samples);
            Rng same = new(Seed, $"resamples/{source.Name}/{n}", run);
            both.Add(MeanInterval.OverItems(values, same, BcaResamples, range: source.Range));
            bca.Add(Bca.Interval(values, new Rng(Seed, $"resamples/{source.Name}/{n}", run), BcaResamples, range: source.Range));
            t.Add(StudentT.Interval(values));
        }

        yield return both.ToRow("mean", source.Name, n, BcaRuns);
        yield return bca.ToRow("BCa alone", source.Name, n, BcaRuns);
        yield return t.ToRow("t over items", source.Name, n, BcaRuns);
    }

    /// <summary>Balanced accuracy and macro-F1 over two classes.</summary>
    /// <param name="share">Of the first class among the items.</param>
    /// <param name="first">Share of the first class that is put into it.</param>
    /// <param name="second">Share of the second class that is put into it.</param>
    /// <param name="n">Items.</param>
    public static IEnumerable<CoverageRow> OfSummaries(double share, double first, double second, int n)
    {
        string name = FormattableString.Invariant($"{share * 100:0} % and {(1 - share) * 100:0} % of two classes, {first * 100:0} % and {second * 100:0} % of them found");
        double wrong = (share * (1 - first)) + ((1 - share) * (1 - second));
        Tally balanced = new((first + second) / 2), macro = new((F1(share * first) + F1((1 - share) * second)) / 2);
        Rng samples = new(Seed, $"items/{name}", n);
        TextItem[] kinds = [Item("a"), Item("b")];
        for (int run = 0; run < BcaRuns; run++)
        {
            (TextItem Item, Outcome Outcome)[] drawn =
            [
                .. Enumerable.Range(0, n).Select(_ =>
                {
                    int kind = samples.NextDouble() < share ? 0 : 1;
                    bool isRight = samples.NextDouble() < (kind == 0 ? first : second);
                    return (kinds[kind], (Outcome)new Scored(isRight ? 1 : 0) { Output = isRight == (kind == 0) ? "a" : "b" });
                }),
            ];
            ImmutableArray<Summary> summaries = Confusion.Of(["a", "b"], [.. drawn.Select(d => d.Item)], [.. drawn.Select(d => d.Outcome)]).Summaries();
            balanced.Add(summaries[0].Interval);
            macro.Add(summaries[1].Interval);
        }

        yield return balanced.ToRow("label summary", $"balanced accuracy: {name}", n, BcaRuns);
        yield return macro.ToRow("label summary", $"macro-F1: {name}", n, BcaRuns);

        double F1(double found) => 2 * found / ((2 * found) + wrong);
        static TextItem Item(string label) => new([KeyValuePair.Create("text", label)], label);
    }

    public static CoverageRow OfSeeds(Source source, int n)
    {
        Rng rng = new(Seed, $"seeds/{source.Name}", n);
        Tally tally = new(source.Mean);
        double[] values = new double[n];
        for (int run = 0; run < SeedRuns; run++)
        {
            Fill(values, source, rng);
            tally.Add(MeanInterval.OverSeeds(values));
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
}
