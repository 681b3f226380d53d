using System.Collections.Immutable;

namespace Ansatz;

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
