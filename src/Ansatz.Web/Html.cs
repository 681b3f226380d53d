using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ansatz.Web;

/// <summary>Finished markup. The only way to make it of text is through <see cref="Of"/>, which encodes every hole that is not markup itself.</summary>
internal readonly record struct Html(string? Markup)
{
    /// <summary>Markup of an interpolated string: what stands in the source goes through as it is, what comes out of a hole is encoded.</summary>
    public static Html Of(HtmlBuilder builder) => new(builder.ToString());

    /// <summary>Several, one after the other.</summary>
    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(p => p.Markup)));

    /// <summary>A text for an attribute from which a script reads it unchanged, invisible characters included.</summary>
    public static Html Verbatim(string text) => new(Encoded(text, rune => string.Create(CultureInfo.InvariantCulture, $"&#{rune.Value};")));

    /// <summary>A text for people: as <see cref="Of"/> encodes it.</summary>
    public static Html Text(string text) => new(Encoded(text, rune => string.Create(CultureInfo.InvariantCulture, $"\u27E6U+{rune.Value:X4}\u27E7")));

    /// <inheritdoc />
    public override string ToString() => Markup ?? "";

    // Candidates and replies are hostile. Characters that nobody sees, or that turn the writing direction of what follows, are written out.
    private static string Encoded(string text, Func<Rune, string> hidden)
    {
        StringBuilder encoded = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => encoded.Append("&amp;"),
                '<' => encoded.Append("&lt;"),
                '>' => encoded.Append("&gt;"),
                '"' => encoded.Append("&quot;"),
                '\'' => encoded.Append("&#39;"),
                '\r' => encoded.Append("&#13;"), // a bare one would become a line feed
                _ when IsHidden(rune) => encoded.Append(hidden(rune)),
                _ => encoded.Append(rune.ToString()),
            };
        }

        return encoded.ToString();
    }

    private static bool IsHidden(Rune rune) => rune.Value is not ('\n' or '\t' or 0x200C or 0x200D) // scripts and emoji need these joiners
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse;
}

/// <summary>Collects an interpolated string for <see cref="Html.Of"/>. Fractions have no overload: how they are written is decided before.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlBuilder
{
    private readonly StringBuilder _markup;

    public HtmlBuilder(int literalLength, int formattedCount) => _markup = new(literalLength + (32 * formattedCount));

    public void AppendLiteral(string markup) => _markup.Append(markup);

    public void AppendFormatted(string? text) => _markup.Append(Html.Text(text ?? "").Markup);

    public void AppendFormatted(Html html) => _markup.Append(html.Markup);

    public void AppendFormatted(IEnumerable<Html> parts) => _markup.Append(Html.Join(parts).Markup);

    public void AppendFormatted(long number, string? format = null) => _markup.Append(number.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => _markup.ToString();
}
