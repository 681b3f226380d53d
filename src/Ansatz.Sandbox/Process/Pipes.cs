using System.Buffers.Binary;
using System.Text;

namespace Ansatz.Sandbox;

/// <summary>The messages between host and child: a letter, the length, and that many bytes.</summary>
internal static class Pipes
{
    /// <summary>The child's word that it is locked, with what holds.</summary>
    public const byte Locked = (byte)'L';

    /// <summary>The child's word that it could not be locked, with what is missing.</summary>
    public const byte Unlocked = (byte)'U';

    /// <summary>What the child is to work on: an image, an input, a source.</summary>
    public const byte Given = (byte)'G';

    /// <summary>An answer.</summary>
    public const byte Answer = (byte)'A';

    /// <summary>An exception in place of an answer.</summary>
    public const byte Failure = (byte)'F';

    private const int HeaderBytes = 5;

    /// <summary>Writes one message.</summary>
    public static void Write(Stream stream, byte kind, ReadOnlySpan<byte> content)
    {
        byte[] message = new byte[HeaderBytes + content.Length];
        message[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(1), content.Length);
        content.CopyTo(message.AsSpan(HeaderBytes));
        stream.Write(message);
        stream.Flush();
    }

    /// <summary>Writes one message of text.</summary>
    public static void Write(Stream stream, byte kind, string content) => Write(stream, kind, Encoding.UTF8.GetBytes(content));

    /// <summary>Reads one message; for the child, which believes its host.</summary>
    public static byte[] Read(Stream stream)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        stream.ReadExactly(header);
        byte[] content = new byte[BinaryPrimitives.ReadInt32LittleEndian(header[1..])];
        stream.ReadExactly(content);
        return content;
    }

    /// <summary>As <see cref="ReadAsync"/>, for who waits for it: a call of a hole is a call.</summary>
    public static (byte Kind, byte[] Content)? ReadAnswer(Stream stream, int maximumBytes)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
        {
            return null;
        }

        byte[] content = new byte[LengthOf(header, maximumBytes)];
        return stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) < content.Length ? null : (header[0], content);
    }

    /// <summary>Reads one message of a child, of which nothing is believed.</summary>
    /// <returns>The message; null where the child ended, or broke off within one.</returns>
    /// <exception cref="InvalidDataException">It announces more bytes than it may send.</exception>
    public static async Task<(byte Kind, byte[] Content)?> ReadAsync(Stream stream, int maximumBytes, CancellationToken cancellationToken)
    {
        byte[] header = new byte[HeaderBytes];
        if (await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < HeaderBytes)
        {
            return null;
        }

        byte[] content = new byte[LengthOf(header, maximumBytes)];
        return await stream.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < content.Length ? null : (header[0], content);
    }

    private static int LengthOf(ReadOnlySpan<byte> header, int maximumBytes) =>
        BinaryPrimitives.ReadInt32LittleEndian(header[1..]) is >= 0 and var length && length <= maximumBytes ? length : throw new InvalidDataException();
}
