using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Programs;

/// <summary>One filling of a hole: the method, and helper methods of its own, as C# text.</summary>
/// <param name="Text">Methods of the sandbox's subset of C#. Nobody has to trust it: whoever shows it escapes it.</param>
public sealed record ProgramSource(string Text)
{
    /// <summary>Whether the compiler's parser takes it for methods; it may still not compile.</summary>
    public bool Parses() => !CSharpSyntaxTree.ParseText($"class C {{ {Text} }}").GetDiagnostics().Any();
}
