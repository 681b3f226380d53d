namespace Ansatz;

/// <summary>A named figure with its interval.</summary>
/// <param name="Name">What it is: "macro-F1".</param>
/// <param name="Value">Its value.</param>
/// <param name="Interval">Its 95 % interval.</param>
public sealed record Summary(string Name, double Value, Interval Interval);
