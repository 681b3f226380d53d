using System.Text.Json.Serialization;

namespace Ansatz;

/// <summary>A confidence interval.</summary>
/// <remarks>One value alone says nothing about spread: an interval without a bound has an infinite end, which JSON carries as a string.</remarks>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public readonly record struct Interval(double Low, double High)
{
    /// <summary>Every number: what is known where nothing is known.</summary>
    public static readonly Interval Everything = new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>Whether the value lies inside, ends included.</summary>
    public bool Contains(double value) => Low <= value && value <= High;
}
