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

/// <summary>An <see cref="Ask{T}"/> with its answer.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <param name="Ask">What was asked.</param>
/// <param name="Outcomes">One outcome an item, in the order of the ask.</param>
/// <param name="Scale">The objective's scale, by which outcomes become numbers.</param>
public sealed record Block<T>(Ask<T> Ask, ImmutableArray<Outcome> Outcomes, Scale Scale)
{
    /// <summary>Mean score; none if an outcome was rejected on the scale real, or the block is empty.</summary>
    public double? Mean => Outcomes.MeanScore(Scale);
}

/// <summary>Arithmetic on lists of outcomes.</summary>
public static class OutcomeExtensions
{
    extension(ImmutableArray<Outcome> outcomes)
    {
        /// <summary>How many were rejected.</summary>
        public int RejectedCount => outcomes.Count(o => o is Rejected);

        /// <summary>Mean score; none if there is no outcome, or one was rejected on the scale real.</summary>
        public double? MeanScore(Scale scale) =>
            outcomes.Length == 0 || (scale == Scale.Real && outcomes.RejectedCount > 0)
                ? null
                : outcomes.Average(o => o.ScoreOn(scale));

        /// <summary>The scores in order, rejected outcomes as 0 on the scales binary and unit.</summary>
        public double[] Scores(Scale scale) => [.. outcomes.Select(o => o.ScoreOn(scale))];
    }
}
