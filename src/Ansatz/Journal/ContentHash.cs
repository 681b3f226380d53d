using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ansatz;

/// <summary>Short hashes of text, for identities.</summary>
public static class ContentHash
{
    /// <summary>The first 16 hexadecimal digits of the SHA-256 of the text's UTF-8 bytes.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }

    /// <summary>The hash whose digits are a number's.</summary>
    internal static string OfNumber(ulong number) => number.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>A hash as the number that its digits are.</summary>
    /// <exception cref="ArgumentException">It is no hash of this kind.</exception>
    internal static ulong ToNumber(string hash) => hash.Length == 16 && ulong.TryParse(hash, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number)
        ? number
        : throw new ArgumentException($"A candidate's id is the hash of its text, and not \"{hash}\": let the search make it ({nameof(Search<>.Propose)}).");
}
