using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Programs;

/// <summary>The programs that a search has had, by what they mean and not by how they are written. Not thread-safe.</summary>
public sealed class SeenPrograms
{
    private readonly HashSet<ulong> _forms = []; // hashes, not texts: of a million programs, two that differ share one in one search of thirty-seven million

    /// <summary>Adds a program.</summary>
    /// <returns>Whether it is new: none with the same canonical form was added before.</returns>
    public bool Add(HoleSyntax program) => _forms.Add(Hash(CanonicalForm.Of(program)));

    /// <summary>Adds a text that is no program.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Add(ProgramSource text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _forms.Add(Hash(text.Text));
    }

    private static ulong Hash(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
