using System.Collections.Immutable;

namespace Ansatz.Language;

/// <summary>How often each label was taken for each other one, and the figures that follow from it.</summary>
/// <remarks>An outcome whose output is none of the labels, a rejected one among them, is in the last column: wrong for its label, and no other label's fault.</remarks>
public sealed class Confusion
{
    private Confusion(ImmutableArray<string> labels, ImmutableArray<ImmutableArray<int>> counts) => (Labels, Counts) = (labels, counts);

    /// <summary>The labels, in the order of rows and columns.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>[right label][given label] number of items; the last column counts the items without a label.</summary>
    public ImmutableArray<ImmutableArray<int>> Counts { get; }

    /// <summary>Share of items with the right label.</summary>
    public double Accuracy => (double)Enumerable.Range(0, Labels.Length).Sum(Hits) / Counts.Sum(row => row.Sum());

    /// <summary>Mean over the labels that are right for some item, of the share of their items that got them.</summary>
    public double BalancedAccuracy => Recalls.Average(r => r.Share);

    /// <summary>Mean of F1 = 2 hits / (right + given) over the labels that are right for, or given to, some item.</summary>
    public double MacroF1 => F1s.Average(f => f.Share);

    private IEnumerable<(double Share, double Size)> Recalls => Enumerable.Range(0, Labels.Length).Where(k => Right(k) > 0).Select(k => ((double)Hits(k) / Right(k), (double)Right(k)));

    // F1 is the share of hits in the mean of right and given.
    private IEnumerable<(double Share, double Size)> F1s => Enumerable.Range(0, Labels.Length).Select(k => (Hits: Hits(k), Size: (Right(k) + Given(k)) / 2.0)).Where(l => l.Size > 0).Select(l => (l.Hits / l.Size, l.Size));

    /// <summary>Counts the outcomes of items.</summary>
    /// <param name="labels">All labels. An answer that is not among them is added at the end.</param>
    /// <param name="items">The items; at least one.</param>
    /// <param name="outcomes">Their outcomes, in the same order. <see cref="Scored.Output"/> is the label that was given.</param>
    public static Confusion Of(ImmutableArray<string> labels, IReadOnlyList<TextItem> items, ImmutableArray<Outcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfZero(items.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(outcomes.Length, items.Count);
        labels = [.. labels.Union(items.Select(i => i.Answer), StringComparer.Ordinal)];
        int[][] counts = [.. labels.Select(_ => new int[labels.Length + 1])];
        foreach ((TextItem item, Outcome outcome) in items.Zip(outcomes))
        {
            counts[labels.IndexOf(item.Answer)][outcome is Scored { Output: { } output } && labels.IndexOf(output) is >= 0 and int k ? k : labels.Length]++;
        }

        return new(labels, [.. counts.Select(row => row.ToImmutableArray())]);
    }

    /// <summary>Balanced accuracy and macro-F1 with 95 % intervals, by <see cref="Mover"/> over the labels.</summary>
    public ImmutableArray<Summary> Summaries()
    {
        return [Of("balanced accuracy", [.. Recalls]), Of("macro-F1", [.. F1s])];

        static Summary Of(string name, (double Share, double Size)[] labels) =>
            new(name, labels.Average(l => l.Share), Mover.Interval([.. labels.Select(l => l.Share)], [.. labels.Select(l => l.Size)]));
    }

    private int Hits(int label) => Counts[label][label];

    private int Right(int label) => Counts[label].Sum();

    private int Given(int label) => Counts.Sum(row => row[label]);
}
