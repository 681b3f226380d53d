using System.Globalization;

namespace Ansatz.Sandbox;

/// <summary>Why a program gave no answer: its own fault, an outcome like any other.</summary>
/// <param name="Cause">Why.</param>
/// <param name="Reason">A sentence of printable ASCII that can go back to whoever proposed the program. It may quote the program: escape it for HTML and the like.</param>
/// <param name="Line">The program's line that threw, from 1; null where that is not known.</param>
public sealed record ProgramFailure(ProgramCause Cause, string Reason, int? Line = null)
{
    /// <inheritdoc/>
    public override string ToString() => Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"line {line}: {Reason}") : Reason;
}
