namespace Ansatz.Programs;

/// <summary>One filling of a hole: the method, and helper methods of its own, as C# text.</summary>
/// <param name="Text">Methods of the sandbox's subset of C#. Nobody has to trust it: whoever shows it escapes it.</param>
public sealed record ProgramSource(string Text);
