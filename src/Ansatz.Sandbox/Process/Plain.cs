namespace Ansatz.Sandbox;

/// <summary>Text of a program, or of what a compiler says of it, on its way into a sentence: bounded, and printable ASCII alone.</summary>
internal static class Plain
{
    private const int Characters = 400;

    public static string Sentence(string text) =>
        string.Concat(text.Take(Characters).Select(c => c is >= ' ' and <= '~' ? c : c is '\n' or '\r' or '\t' ? ' ' : '?')) + (text.Length > Characters ? "..." : "");
}
