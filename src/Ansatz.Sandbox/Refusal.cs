namespace Ansatz.Sandbox;

/// <summary>Why a source is no candidate, in words that can go back to whoever proposed it.</summary>
/// <param name="Line">Line of the source, from 1.</param>
/// <param name="Column">Column of that line, from 1.</param>
/// <param name="Reason">What is wrong, in a sentence of printable ASCII. It may quote the source: escape it for HTML and the like.</param>
public sealed record Refusal(int Line, int Column, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {Line}, column {Column}: {Reason}");
}
