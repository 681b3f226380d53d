using System.Globalization;

namespace Ansatz.Cli;

/// <summary>Text from files and models on its way to a terminal: what moves the cursor or turns the writing direction must not reach it.</summary>
internal static class PlainText
{
    /// <summary>The text on one line, every control or format character replaced.</summary>
    public static string Printable(string text) =>
        text.Any(IsUnprintable) ? string.Concat(text.Select(c => c is '\n' or '\r' or '\t' ? ' ' : IsUnprintable(c) ? '\uFFFD' : c)) : text;

    /// <summary>As <see cref="Printable"/>, with its line breaks and tabs.</summary>
    public static string PrintableLines(string text) =>
        text.Any(IsUnprintable) ? string.Concat(text.ReplaceLineEndings("\n").Select(c => c is '\n' or '\t' || !IsUnprintable(c) ? c : '\uFFFD')) : text;

    /// <summary>"row" after a 1, "rows" after any other number.</summary>
    public static string Plural(long count, string one, string? many = null) => count == 1 ? one : many ?? one + "s";

    private static bool IsUnprintable(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
