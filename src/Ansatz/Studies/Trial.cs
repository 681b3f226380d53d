using System.Collections.Immutable;

namespace Ansatz;

/// <summary>A candidate with all its outcomes so far: a view of the journal.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <param name="Number">0 for the first candidate of the arm.</param>
/// <param name="Candidate">The candidate.</param>
/// <param name="State">How far it is.</param>
/// <param name="Blocks">Its blocks, in the order in which they were asked.</param>
public sealed record Trial<T>(int Number, Candidate<T> Candidate, TrialState State, ImmutableArray<Block<T>> Blocks)
{
    /// <summary>The outcomes on a split by item; where an item was asked more than once, the first. Null where it was not asked.</summary>
    public ImmutableArray<Outcome?> OutcomesOn(Split split, int count)
    {
        Outcome?[] outcomes = new Outcome?[count];
        foreach (Block<T> block in Blocks.Where(b => b.Ask.Split == split))
        {
            for (int i = 0; i < block.Outcomes.Length; i++)
            {
                outcomes[block.Ask.Items[i]] ??= block.Outcomes[i];
            }
        }

        return [.. outcomes];
    }

    /// <summary>Mean over all <paramref name="count"/> items of a split; none while one is missing, or has no number.</summary>
    public double? MeanOn(Split split, int count, Scale scale)
    {
        ImmutableArray<Outcome?> outcomes = OutcomesOn(split, count);
        return outcomes.Any(o => o is null) ? null : outcomes.Select(o => o!).ToImmutableArray().MeanScore(scale);
    }
}
