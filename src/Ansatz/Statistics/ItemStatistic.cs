namespace Ansatz;

/// <summary>A number that is computed from items as a whole, such as macro-F1.</summary>
/// <param name="items">Indices of the items, with repetitions, in no order that matters. Only valid during the call.</param>
/// <returns>A finite number, also where a class is missing from <paramref name="items"/>.</returns>
public delegate double ItemStatistic(ReadOnlySpan<int> items);
