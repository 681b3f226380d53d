namespace Ansatz;

/// <summary>
/// The interval of a mean that a verdict states. Over items: at each end whichever of <see cref="Bca"/> and <see cref="StudentT"/> reaches further, since the bootstrap is too sure of a few values,
/// or of a few that differ among many ties, and t of values that lie to one side. Over seeds: t. docs/intervals.md has the coverage of all three.
/// </summary>
/// <remarks>Fewer than six values that are all equal, and whose range is not known, give every number: as with <see cref="SignFlip"/>, so few say nothing, however unanimous.</remarks>
public static class MeanInterval
{
    /// <summary>Over items.</summary>
    /// <inheritdoc cref="Bca.Interval(ReadOnlySpan{double}, Rng, int, double, Interval?)" />
    public static Interval OverItems(ReadOnlySpan<double> values, Rng rng, int resamples = 10_000, double confidence = 0.95, Interval? range = null)
    {
        Interval bootstrap = Bca.Interval(values, rng, resamples, confidence, range);
        if (Confidence.AreAllEqual(values))
        {
            return range is null && values.Length < SignFlip.Fewest ? Interval.Everything : bootstrap;
        }

        Interval wider = Wider(bootstrap, StudentT.Interval(values, confidence));
        return range is { } ends ? new(Math.Max(wider.Low, ends.Low), Math.Min(wider.High, ends.High)) : wider;
    }

    /// <summary>Over seeds, or over studies.</summary>
    /// <inheritdoc cref="StudentT.Interval" />
    public static Interval OverSeeds(ReadOnlySpan<double> values, double confidence = 0.95) =>
        values.Length < SignFlip.Fewest && !values.IsEmpty && Confidence.AreAllEqual(values) ? Interval.Everything : StudentT.Interval(values, confidence);

    /// <summary>What lies in either interval, or between them.</summary>
    public static Interval Wider(Interval first, Interval second) => new(Math.Min(first.Low, second.Low), Math.Max(first.High, second.High));
}
