namespace Ansatz;

/// <summary>A filling that was found elsewhere, measured on the test items of a judged study.</summary>
/// <param name="Items">Number of test items.</param>
/// <param name="Mean">Its mean score; none if an outcome was rejected on the scale real.</param>
/// <param name="Yours">The mean score of the user's own there.</param>
/// <param name="AgainstYours">Its score minus that of the user's own, paired by item, with its 95 % interval.</param>
/// <param name="Rejected">How many of its outcomes were rejected.</param>
/// <param name="Spent">What measuring cost now; nothing for what was known.</param>
public sealed record Transfer(int Items, double? Mean, double? Yours, Comparison AgainstYours, int Rejected, Cost Spent);
