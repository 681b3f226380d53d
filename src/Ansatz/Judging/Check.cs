namespace Ansatz;

/// <summary>The winner of a judged study, measured once more on its test items: does it still hold?</summary>
/// <param name="Number">1 for the first check of this study by this objective. It chooses nothing, so it is counted apart from the ledger.</param>
/// <param name="Items">Number of test items.</param>
/// <param name="Mean">Mean score now; none if an outcome was rejected on the scale real.</param>
/// <param name="Bound">The lower end of the interval that the verdict gave it.</param>
/// <param name="Then">The mean that the verdict gave it.</param>
/// <param name="Difference">Now minus then, paired by item, with its 95 % interval.</param>
/// <param name="Rejected">How many outcomes were rejected now.</param>
/// <param name="Spent">What the check cost.</param>
public sealed record Check(int Number, int Items, double? Mean, double Bound, double Then, Comparison Difference, int Rejected, Cost Spent)
{
    /// <summary>Whether the mean is at least the verdict's bound.</summary>
    public bool Holds => Mean >= Bound - (1e-12 * Math.Abs(Bound)); // a mean of equal scores may be off in its last digit
}
