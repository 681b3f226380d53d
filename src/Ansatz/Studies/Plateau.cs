using System.Collections.Immutable;

namespace Ansatz;

/// <summary>Counts the candidates that came since the last gain: a better mean than any before, over all items of a split, or over most of the train items.</summary>
internal sealed class Plateau
{
    private readonly Dictionary<(Split Split, bool IsWhole), double> _best = []; // mean of a candidate so far

    /// <summary>How many came after the last that was better than all before.</summary>
    public long Length { get; private set; }

    /// <summary>Counts what was answered last about a candidate.</summary>
    /// <remarks>
    /// A candidate is tried once, when it is first asked about; and measured once on all items of a split, and once on the first block that has half of the train items at least, but not all: demonstrations
    /// are drawn from those, and a prompt is not scored on its own.
    /// </remarks>
    /// <param name="trial">The candidate, with what was answered now as its last block.</param>
    /// <param name="items">How many items the split of that block has.</param>
    /// <param name="scale">The scale of the scores.</param>
    public void Count<T>(Trial<T> trial, int items, Scale scale)
    {
        Block<T> last = trial.Blocks[^1];
        Trial<T> before = trial with { Blocks = trial.Blocks[..^1] };
        Split split = last.Ask.Split;
        Length += before.Blocks.IsEmpty ? 1 : 0;
        ImmutableArray<Outcome?> all = trial.OutcomesOn(split, items);
        bool isWhole = all.All(o => o is not null);
        ImmutableArray<Outcome>? measured = isWhole ? (IsWhole(before) ? null : [.. all.OfType<Outcome>()])
            : split == Split.Train && IsMost(last) && !before.Blocks.Any(IsMost) ? last.Outcomes
            : null;
        if (measured?.MeanScore(scale) is { } mean && (!_best.TryGetValue((split, isWhole), out double best) || mean > best))
        {
            (_best[(split, isWhole)], Length) = (mean, 0);
        }

        bool IsWhole(Trial<T> trial) => !trial.Blocks.IsEmpty && trial.OutcomesOn(split, items).All(o => o is not null);

        bool IsMost(Block<T> block) => block.Ask.Split == split && 2 * block.Outcomes.Length >= items;
    }
}
