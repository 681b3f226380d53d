using System.Diagnostics.CodeAnalysis;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Programs;

/// <summary>The trees of the last few thousand texts, so that what a grammar has written is not parsed again. Thread-safe.</summary>
internal sealed class SyntaxCache
{
    private const int Generation = 2_000;

    private readonly Lock _lock = new();
    private Dictionary<string, HoleSyntax> _young = [], _old = [];

    public bool TryGet(string text, [NotNullWhen(true)] out HoleSyntax? syntax)
    {
        lock (_lock)
        {
            if (_young.TryGetValue(text, out syntax))
            {
                return true;
            }

            if (!_old.TryGetValue(text, out syntax))
            {
                return false;
            }
        }

        Add(text, syntax); // used again: stays another generation
        return true;
    }

    public void Add(string text, HoleSyntax syntax)
    {
        lock (_lock)
        {
            if (_young.Count >= Generation)
            {
                (_old, _young) = (_young, []);
            }

            _young[text] = syntax;
        }
    }
}
