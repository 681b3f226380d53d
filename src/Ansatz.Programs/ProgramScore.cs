using System.Collections.Immutable;

namespace Ansatz.Programs;

/// <summary>What a scorer gives for a program on one input. A number converts to it.</summary>
/// <param name="Value">What the search climbs: higher is better. NaN and infinities reject the program.</param>
public readonly record struct ProgramScore(double Value)
{
    /// <summary>Other figures by their names: shown as means, never searched. Default none.</summary>
    public ImmutableSortedDictionary<string, double> Metrics { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>A score without other figures.</summary>
    public static implicit operator ProgramScore(double value) => new(value);

    /// <summary>A score without other figures.</summary>
    public static ProgramScore FromDouble(double value) => new(value);
}
