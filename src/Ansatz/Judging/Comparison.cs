namespace Ansatz;

/// <summary>A paired difference between two rows of a verdict, first minus second, in score units.</summary>
/// <param name="Left">Name of the first.</param>
/// <param name="Right">Name of the second.</param>
/// <param name="Difference">Mean of first minus mean of second.</param>
/// <param name="Interval">Its 95 % interval.</param>
/// <param name="PValue">Of the test that fits the scale; none where no test is allowed (fewer than 6 seeds).</param>
/// <param name="AdjustedPValue">Holm-adjusted over all comparisons that are not primary; none for the two that are.</param>
public sealed record Comparison(
    string Left, string Right, double Difference, Interval Interval, double? PValue, double? AdjustedPValue)
{
    /// <summary>What the interval says.</summary>
    public Finding Finding => Interval.Low > 0 ? Finding.Better : Interval.High < 0 ? Finding.Worse : Finding.CannotTell;
}
