namespace Ansatz.Sandbox;

/// <summary>What a program gave for one input: a text, or why there is none.</summary>
/// <param name="Text">The answer. Hostile: escape it wherever it is shown.</param>
/// <param name="Failure">Why there is none.</param>
public sealed record ProgramAnswer(string? Text, ProgramFailure? Failure);
