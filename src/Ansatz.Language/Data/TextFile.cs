using System.Text;

namespace Ansatz.Language;

/// <summary>Reads a text file of unknown encoding.</summary>
internal static class TextFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The path as messages show it: relative where the file lies below the current folder.</summary>
    public static string DisplayName(string path)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    public static string Read(string path)
    {
        string name = DisplayName(path);
        if (Directory.Exists(path))
        {
            throw new InputException($"{name} is a folder; a data file is needed.");
        }

        try
        {
            return Decode(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"The data file {name} does not exist.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException($"The data file {name} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>By byte order mark; else UTF-16 if every other byte is mostly zero, else UTF-8 if the bytes are valid, else Windows-1252.</summary>
    /// <remarks>Windows-1252 is Latin-1 with letters and quotes where that has control characters: what spreadsheets on Windows write.</remarks>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            return Encoding.UTF8.GetString(bytes[3..]);
        }

        if (bytes.StartsWith(Encoding.Unicode.Preamble))
        {
            return Encoding.Unicode.GetString(bytes[2..]);
        }

        if (bytes.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        }

        ReadOnlySpan<byte> start = bytes[..(Math.Min(bytes.Length, 4096) & ~1)];
        int evenZeros = 0, oddZeros = 0;
        for (int i = 0; i < start.Length; i += 2)
        {
            evenZeros += start[i] == 0 ? 1 : 0;
            oddZeros += start[i + 1] == 0 ? 1 : 0;
        }

        if (oddZeros > start.Length / 6 && evenZeros == 0) // a third of the characters
        {
            return Encoding.Unicode.GetString(bytes);
        }

        if (evenZeros > start.Length / 6 && oddZeros == 0)
        {
            return Encoding.BigEndianUnicode.GetString(bytes);
        }

        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetString(bytes);
        }
    }
}
