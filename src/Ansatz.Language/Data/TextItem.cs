using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Ansatz.Language;

/// <summary>One labelled text: what a prompt may show, and the answer that is right.</summary>
/// <remarks>Immutable. Two items are equal if fields and answer are: compare <see cref="Hash"/>.</remarks>
public sealed class TextItem : IEquatable<TextItem>
{
    /// <summary>An item of its fields and its answer.</summary>
    /// <param name="fields">The input columns by name. The answer is not among them, so no template can give it away.</param>
    /// <param name="answer">The right answer, in the user's own words.</param>
    /// <param name="source">Where it was read, for messages: <c>reviews.csv(212)</c>.</param>
    public TextItem(IEnumerable<KeyValuePair<string, string>> fields, string answer, string source = "")
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(answer);
        Fields = fields.ToImmutableSortedDictionary(StringComparer.Ordinal);
        Answer = answer;
        Source = source;
        Hash = HashOf(Fields.SelectMany(f => new[] { f.Key, f.Value }).Append(answer));
        Key = string.Join('\n', Fields.Values.Select(Normalise));
    }

    /// <summary>The input columns by name.</summary>
    public ImmutableSortedDictionary<string, string> Fields { get; }

    /// <summary>The right answer, in the user's own words.</summary>
    public string Answer { get; }

    /// <summary>Where it was read, <c>reviews.csv(212)</c>; empty where it was not read from a file. Not part of the hash.</summary>
    public string Source { get; }

    /// <summary>Hash of fields and answer, 16 hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>The normalised input. Items with the same key are duplicates: see <see cref="Normalise"/>.</summary>
    public string Key { get; }

    /// <summary>
    /// A text as it is compared: lower case, sentence punctuation gone, every run of white space one space.
    /// </summary>
    /// <remarks>Signs that carry meaning in formulas, brackets and numbers stay, so "3 + 5" and "3 - 5" differ, and "3.5", "3:5" and ".5" are what they are. A text of punctuation alone stays as it is.</remarks>
    public static string Normalise(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder words = new(text.Length);
        string lower = text.ToLowerInvariant();
        for (int i = 0; i < lower.Length; i++)
        {
            char c = lower[i];
            bool gap = char.IsWhiteSpace(c) || (!IsInNumber(lower, i) && c is '.' or ',' or '!' or '?' or ';' or ':' or '"' or '\'' or '\u2018' or '\u2019' or '\u201C' or '\u201D' or '\u2026');
            if (!gap)
            {
                words.Append(c);
            }
            else if (words.Length > 0 && words[^1] != ' ')
            {
                words.Append(' ');
            }
        }

        string result = words.ToString().Trim();
        return result.Length > 0 ? result : lower.Trim();
    }

    // Between digits, or the point of a number that begins with it.
    private static bool IsInNumber(string text, int i) => text[i] is '.' or ',' or ':' && i + 1 < text.Length && char.IsDigit(text[i + 1])
        && ((i > 0 && char.IsDigit(text[i - 1])) || (text[i] == '.' && (i == 0 || !char.IsLetterOrDigit(text[i - 1]))));

    /// <inheritdoc />
    public bool Equals(TextItem? other) => other is not null && Hash == other.Hash;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as TextItem);

    /// <inheritdoc />
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Hash);

    /// <inheritdoc />
    public override string ToString() => $"{string.Join(" | ", Fields.Values)} -> {Answer}";

    // Every part is preceded by its length: no two lists of texts give the same bytes.
    internal static string HashOf(IEnumerable<string> parts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] length = new byte[4];
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
