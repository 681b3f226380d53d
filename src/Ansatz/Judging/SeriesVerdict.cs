using System.Collections.Immutable;

namespace Ansatz;

/// <summary>What several studies with the same arms say about those arms: means over seeds or tasks, each value shown.</summary>
public sealed record SeriesVerdict
{
    /// <summary>The names of the studies, in order.</summary>
    public required ImmutableArray<string> Members { get; init; }

    /// <summary>What the scores are.</summary>
    public required Scale Scale { get; init; }

    /// <summary>What the items are called, in the plural.</summary>
    public required string Noun { get; init; }

    /// <summary>Number of test items of each study; none where it differs.</summary>
    public int? Items { get; init; }

    /// <summary>What was found first, then yours, then the controls, as in each study.</summary>
    public required ImmutableArray<SeriesRow> Rows { get; init; }

    /// <summary>Rows that a study lacks, or that have no number in one: they cannot be compared over the series.</summary>
    public ImmutableArray<string> LeftOut { get; init; } = [];

    /// <summary>How many test items were judged before by studies outside the series; the most of any member.</summary>
    public int JudgedBefore { get; init; }

    /// <summary>Puts the verdicts of a series together.</summary>
    /// <remarks>
    /// Differences are paired by study: t-interval, and a sign-flip test from six studies on. A row that one of the verdicts lacks (an arm that ended
    /// with nothing) is left out, since the others would then be compared on other seeds. P-values are not adjusted: one comparison is in question, the others describe.
    /// </remarks>
    /// <param name="verdicts">One a study, over items, at least two.</param>
    /// <exception cref="ArgumentException">Fewer than two verdicts, verdicts over seeds, or on different scales.</exception>
    public static SeriesVerdict Of(IReadOnlyList<Verdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        if (verdicts.Count < 2 || verdicts.Any(v => v.Items == 0 || v.Scale != verdicts[0].Scale))
        {
            throw new ArgumentException("A series has at least two verdicts over items, on one scale.", nameof(verdicts));
        }

        Verdict first = verdicts[0];
        bool isShare = IsShare(first.Scale);
        ImmutableArray<SeriesRow>.Builder rows = ImmutableArray.CreateBuilder<SeriesRow>();
        double[] yours = [.. verdicts.Select(v => v.Rows.First(r => r.Role == ArmRole.Yours).Mean)];
        List<string> leftOut = [.. verdicts.SelectMany(v => v.Rows).Select(r => r.Name).Except(first.Rows.Select(r => r.Name))];
        foreach (VerdictRow row in first.Rows)
        {
            VerdictRow?[] same = [.. verdicts.Select(v => v.Rows.FirstOrDefault(r => r.Name == row.Name))];
            if (same.Any(r => r is null || !double.IsFinite(r.Mean)))
            {
                leftOut.Add(row.Name);
                continue;
            }

            double[] means = [.. same.Select(r => r!.Mean)];
            double[] flattery = same.All(r => r!.Validation is not null) ? [.. same.Select(r => r!.Validation!.Value - r.Mean)] : [];
            rows.Add(new()
            {
                Name = row.Name,
                Role = row.Role,
                IsBaseline = row.IsBaseline,
                Values = [.. means],
                Interval = Within(MeanInterval.OverSeeds(means), isShare ? 0 : null),
                DrawRange = row.Role == ArmRole.Draw ? new(same.Min(r => r!.Interval.Low), same.Max(r => r!.Interval.High)) : null,
                AgainstYours = row.Role == ArmRole.Yours || !yours.All(double.IsFinite) ? null : Compare(row.Name, "yours", means, yours, isShare),
                Validation = flattery.Length > 0 ? same.Average(r => r!.Validation!.Value) : null,
                Flattery = flattery.Length > 0 ? flattery.Average() : null,
                FlatteryInterval = flattery.Length > 0 ? Within(MeanInterval.OverSeeds(flattery), isShare ? -1 : null) : null,
                Better = row.Role == ArmRole.Yours ? 0 : same.Count(r => r!.AgainstYours?.Finding == Finding.Better),
                Spent = same.Aggregate(Cost.Zero, (sum, r) => sum + r!.Spent),
            });
        }

        return new()
        {
            Members = [.. verdicts.Select(v => v.Study)],
            Scale = first.Scale,
            Noun = first.Noun,
            Items = verdicts.All(v => v.Items == first.Items) ? first.Items : null,
            Rows = rows.ToImmutable(),
            LeftOut = [.. leftOut],
            JudgedBefore = verdicts.Max(v => v.JudgedBefore),
        };
    }

    /// <summary>Two rows, paired by study.</summary>
    /// <exception cref="ArgumentException">There is no row of that name.</exception>
    public Comparison Compare(string left, string right) => Compare(left, right, [.. Row(left).Values], [.. Row(right).Values], IsShare(Scale));

    /// <summary>Sentences and table, 80 columns wide.</summary>
    public override string ToString() => SeriesText.Render(this);

    private SeriesRow Row(string name) => Rows.FirstOrDefault(r => r.Name == name) ?? throw new ArgumentException($"The series has no row \"{name}\".", nameof(name));

    private static bool IsShare(Scale scale) => scale != Scale.Real;

    // A t knows no bounds; a mean of shares has them, and so has a difference of two.
    private static Interval Within(Interval interval, double? least) => least is { } low && double.IsFinite(interval.Low) ? new(Math.Max(interval.Low, low), Math.Min(interval.High, 1)) : interval;

    private static Comparison Compare(string left, string right, double[] first, double[] second, bool isShare)
    {
        double[] differences = ItemComparison.Differences(first, second);

        // The generator matters above 20 studies alone: up to there all sign patterns are counted.
        double? p = ItemComparison.PValue(first, second, new Rng(1, $"series/{left}/{right}"));
        return new(left, right, ItemComparison.Mean(differences), Within(MeanInterval.OverSeeds(differences), isShare ? -1 : null), p, null);
    }
}

/// <summary>An arm, a baseline, or a group of draws over the studies of a series.</summary>
public sealed record SeriesRow
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public required ArmRole Role { get; init; }

    /// <summary>Whether it is a baseline, not a candidate.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Its mean test score in each study, in order.</summary>
    public required ImmutableArray<double> Values { get; init; }

    /// <summary>Mean of the values.</summary>
    public double Mean => Values.Average();

    /// <summary>95 % t-interval of the mean over studies.</summary>
    public required Interval Interval { get; init; }

    /// <summary>The lowest and the highest of all single draws; none where the row is no group of draws.</summary>
    public Interval? DrawRange { get; init; }

    /// <summary>Against yours, paired by study; none for yours itself, and where that has no number in one study.</summary>
    public Comparison? AgainstYours { get; init; }

    /// <summary>Mean validation score of what was chosen; none where a study does not have it.</summary>
    public double? Validation { get; init; }

    /// <summary>Validation score of what was chosen minus its test score, a mean over studies: how much selection flattered it.</summary>
    public double? Flattery { get; init; }

    /// <summary>95 % t-interval of <see cref="Flattery"/>.</summary>
    public Interval? FlatteryInterval { get; init; }

    /// <summary>In how many studies, taken one by one, the verdict says that it is better than yours.</summary>
    public int Better { get; init; }

    /// <summary>What its search spent in all studies together.</summary>
    public Cost Spent { get; init; }
}
