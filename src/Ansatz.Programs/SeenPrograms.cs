using Ansatz.Sandbox.Syntax;

namespace Ansatz.Programs;

/// <summary>The programs that a search has had, by what they mean and not by how they are written. Not thread-safe.</summary>
public sealed class SeenPrograms
{
    private readonly HashSet<string> _forms = [];

    /// <summary>Adds a program.</summary>
    /// <returns>Whether it is new: none with the same canonical form was added before.</returns>
    public bool Add(HoleSyntax program) => _forms.Add(CanonicalForm.Of(program));

    /// <summary>Adds a text that is no program.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Add(ProgramSource text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _forms.Add(text.Text);
    }
}
