namespace Ansatz.Programs;

/// <summary>One filling of a hole: the method, and helper methods of its own, as C# text.</summary>
/// <param name="Text">Methods of the sandbox's subset of C#. Nobody has to trust it: whoever shows it escapes it.</param>
public sealed record ProgramSource(string Text)
{
    /// <summary>Levels of brackets that are read at all; what a hole allows may be less.</summary>
    internal const int MostNesting = 100;

    /// <summary>Whether it is made of methods, and of fields and types beside them, whose brackets match and whose bodies end behind a statement; it may still not compile.</summary>
    public bool Parses() => CodeMembers.Of(Text).IsWhole;
}
