namespace Ansatz;

/// <summary>One point of a learning curve.</summary>
/// <param name="Labels">How many labels were learnt from.</param>
/// <param name="Mean">Mean test score over subsets of that size.</param>
/// <param name="Low">Lowest of them.</param>
/// <param name="High">Highest of them.</param>
public sealed record CurvePoint(int Labels, double Mean, double Low, double High);
