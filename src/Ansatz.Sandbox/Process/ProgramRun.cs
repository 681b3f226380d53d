using System.Collections.Immutable;

namespace Ansatz.Sandbox;

/// <summary>What came of a program on its inputs.</summary>
/// <param name="Refusals">Why it was not run; empty where it was.</param>
/// <param name="Answers">For each input, in order. Where the process ended at an input, that is the last one here: those behind it were not tried.</param>
public sealed record ProgramRun(ImmutableArray<Refusal> Refusals, ImmutableArray<ProgramAnswer> Answers);
