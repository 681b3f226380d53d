namespace Ansatz;

/// <summary>What the study spent, apart by who spent it.</summary>
/// <param name="Search">The search that the user asked for.</param>
/// <param name="Controls">The controls' searches.</param>
/// <param name="Judge">The verdict.</param>
public sealed record Account(Cost Search, Cost Controls, Cost Judge);
