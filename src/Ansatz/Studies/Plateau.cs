using System.Collections.Immutable;

namespace Ansatz;

/// <summary>Counts the candidates that came since the last gain: a better mean than any before, over all items of a split, or over most of the train items.</summary>
internal sealed class Plateau
{
    private readonly Dictionary<(Split Split, bool IsWhole), double> _best = []; // mean of a candidate so far
    private readonly HashSet<(string Id, Split Split, bool IsWhole)> _measured = [];

    /// <summary>How many came after the last that was better than all before.</summary>
    public long Length { get; private set; }

    /// <summary>Counts what was answered about a candidate.</summary>
    /// <remarks>
    /// A candidate is tried once, when it is first asked about; and measured once on all items of a split, and once on the first block that has half of the train items at least, but not all: demonstrations
    /// are drawn from those, and a prompt is not scored on its own.
    /// </remarks>
    /// <param name="trial">The candidate, with what was answered now.</param>
    /// <param name="split">About which split.</param>
    /// <param name="items">How many items that has.</param>
    /// <param name="outcomes">What was answered now.</param>
    /// <param name="scale">The scale of the scores.</param>
    public void Count<T>(Trial<T> trial, Split split, int items, ImmutableArray<Outcome> outcomes, Scale scale)
    {
        Length += trial.Blocks.Length == 1 ? 1 : 0;
        ImmutableArray<Outcome?> all = trial.OutcomesOn(split, items);
        bool isWhole = all.All(o => o is not null);
        ImmutableArray<Outcome>? measured = isWhole ? [.. all.OfType<Outcome>()]
            : split == Split.Train && 2 * outcomes.Length >= items ? outcomes
            : null;
        if (measured is { } known && _measured.Add((trial.Candidate.Id, split, isWhole)) && known.MeanScore(scale) is { } mean && (!_best.TryGetValue((split, isWhole), out double best) || mean > best))
        {
            (_best[(split, isWhole)], Length) = (mean, 0);
        }
    }
}
