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
}
