namespace Ansatz.Programs;

/// <summary>The programs that a search has had, by what they mean and not by how they are written. Not thread-safe.</summary>
/// <param name="part">The hole.</param>
public sealed class SeenPrograms(ProgramPart part)
{
    private readonly HashSet<string> _forms = [];

    /// <summary>Adds a program.</summary>
    /// <returns>Whether it is new: no program with the same canonical form (for a text that does not compile: the same text) was added before.</returns>
    public bool Add(ProgramSource program)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(part);
        return _forms.Add(program.Text);
    }
}
