using System.Collections.Immutable;
using System.Globalization;

namespace Ansatz;

/// <summary>One block to evaluate: a candidate on an ordered list of items, as a whole.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <param name="Candidate">What is run.</param>
/// <param name="Split">Which part of the items.</param>
/// <param name="Items">Indices of the items within the split, in the order in which they are evaluated. Answers may depend on this order.</param>
/// <param name="Sample">Tells repeated asks of the same block apart; 0 for the first.</param>
/// <remarks>Two asks are the same if their <see cref="Identity"/> is the same, whatever record equality says.</remarks>
public sealed record Ask<T>(Candidate<T> Candidate, Split Split, ImmutableArray<int> Items, int Sample = 0)
{
    /// <summary>Candidate, split, items and sample as one line of text.</summary>
    public string Identity => string.Create(
        CultureInfo.InvariantCulture, $"{Candidate.Id} {Split} [{string.Join(',', Items)}] {Sample}");
}
