using Ansatz.Sandbox;
using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Programs;

/// <summary>One filling of a hole: the method, and helper methods of its own, as C# text.</summary>
/// <param name="Text">Methods of the sandbox's subset of C#. Nobody has to trust it: whoever shows it escapes it.</param>
public sealed record ProgramSource(string Text)
{
    /// <summary>Levels of brackets that are read at all; what a hole allows may be less.</summary>
    internal const int MostNesting = 100;

    /// <summary>Whether the compiler's parser takes it for methods; it may still not compile.</summary>
    public bool Parses() => SourceShape.WhyNot(Text, MostNesting) is null && !CSharpSyntaxTree.ParseText($"class C {{ {Text} }}").GetDiagnostics().Any();
}
