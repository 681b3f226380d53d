using System.Collections.Immutable;

namespace Ansatz.Sandbox;

/// <summary>What came of a source: a program, or why it is none.</summary>
/// <param name="Program">The program.</param>
/// <param name="Refusals">Why there is none, in the order of the source; at most five.</param>
public sealed record ProgramCompilation(CompiledProgram? Program, ImmutableArray<Refusal> Refusals);
