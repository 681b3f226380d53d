using System.Collections.Immutable;

namespace Ansatz.Language;

/// <summary>How often each label was taken for each other one, and the figures that follow from it.</summary>
/// <remarks>An outcome whose output is none of the labels, a rejected one among them, is in the last column: wrong for its label, and no other label's fault.</remarks>
public sealed class Confusion
{
    private readonly int[] _gold; // [items] index of the right label
    private readonly int[] _given; // [items] index of the label given; Labels.Length where it is none

    private Confusion(ImmutableArray<string> labels, int[] gold, int[] given)
    {
        Labels = labels;
        _gold = gold;
        _given = given;
        int[][] counts = [.. labels.Select(_ => new int[labels.Length + 1])];
        foreach ((int right, int answer) in gold.Zip(given))
        {
            counts[right][answer]++;
        }

        Counts = [.. counts.Select(row => row.ToImmutableArray())];
    }

    /// <summary>The labels, in the order of rows and columns.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>[right label][given label] number of items; the last column counts the items without a label.</summary>
    public ImmutableArray<ImmutableArray<int>> Counts { get; }

    /// <summary>Share of items with the right label.</summary>
    public double Accuracy => (double)_gold.Zip(_given).Count(p => p.First == p.Second) / _gold.Length;

    /// <summary>Mean over the labels that are right for some item, of the share of their items that got them.</summary>
    public double BalancedAccuracy => BalancedOver(AllItems);

    /// <summary>Mean of F1 = 2 hits / (right + given) over the labels that are right for, or given to, some item.</summary>
    public double MacroF1 => MacroF1Over(AllItems);

    private int[] AllItems => [.. Enumerable.Range(0, _gold.Length)];

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
        int[] gold = [.. items.Select(i => labels.IndexOf(i.Answer))];
        int[] given = [.. outcomes.Select(o => o is Scored { Output: { } output } && labels.IndexOf(output) is >= 0 and int k ? k : labels.Length)];
        return new(labels, gold, given);
    }

    /// <summary>Balanced accuracy and macro-F1 with 95 % bootstrap intervals over items. The same outcomes always give the same intervals.</summary>
    public ImmutableArray<Summary> Summaries() =>
    [
        new("balanced accuracy", BalancedAccuracy, Bca.Interval(_gold.Length, BalancedOver, new(0, "summary/balanced accuracy"))),
        new("macro-F1", MacroF1, Bca.Interval(_gold.Length, MacroF1Over, new(0, "summary/macro-F1"))),
    ];

    private double BalancedOver(ReadOnlySpan<int> items)
    {
        (int[] right, _, int[] hits) = Tally(items);
        double sum = 0;
        int present = 0;
        for (int k = 0; k < Labels.Length; k++)
        {
            if (right[k] > 0)
            {
                sum += (double)hits[k] / right[k];
                present++;
            }
        }

        return sum / present;
    }

    private double MacroF1Over(ReadOnlySpan<int> items)
    {
        (int[] right, int[] given, int[] hits) = Tally(items);
        double sum = 0;
        int present = 0;
        for (int k = 0; k < Labels.Length; k++)
        {
            if (right[k] + given[k] > 0)
            {
                sum += 2.0 * hits[k] / (right[k] + given[k]);
                present++;
            }
        }

        return sum / present;
    }

    // A label a place: items for which it is right, items that got it, items of which both is true.
    private (int[] Right, int[] Given, int[] Hits) Tally(ReadOnlySpan<int> items)
    {
        int[] right = new int[Labels.Length], given = new int[Labels.Length + 1], hits = new int[Labels.Length];
        foreach (int i in items)
        {
            right[_gold[i]]++;
            given[_given[i]]++;
            hits[_gold[i]] += _gold[i] == _given[i] ? 1 : 0;
        }

        return (right, given, hits);
    }
}
