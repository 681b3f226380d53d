using System.Collections.Immutable;

namespace Ansatz;

/// <summary>One filling of the open part: a prompt, a graph, a program, a vector.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <param name="Value">The filling itself.</param>
/// <param name="Id">Hash of the value's JSON text, 16 hexadecimal digits. Two candidates with the same text are the same candidate.</param>
/// <param name="Parents">Ids of the candidates that this one was made from.</param>
/// <param name="Origin">How it came about, in a word or two that a person understands: "yours", "random draw 3", "step 4".</param>
/// <remarks>Compare candidates by <see cref="Id"/>: record equality compares the arrays inside by reference.</remarks>
public sealed record Candidate<T>(T Value, string Id, ImmutableArray<string> Parents, string Origin);
