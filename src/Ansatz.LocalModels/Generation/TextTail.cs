using System.Text;

namespace Ansatz.LocalModels;

/// <summary>
/// Turns the bytes of tokens into text: characters that are complete, and only what cannot be the beginning of a stop string.
/// </summary>
internal sealed class TextTail(IReadOnlyList<string> stops)
{
    private readonly System.Text.Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _text = new();
    private string _pending = ""; // decoded, not yet given

    /// <summary>All that was given so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Whether a stop string came.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Adds a token's bytes; returns the text that is certain by now.</summary>
    public string Append(ReadOnlySpan<byte> bytes)
    {
        char[] characters = new char[_utf8.GetCharCount(bytes, flush: false)];
        _utf8.GetChars(bytes, characters, flush: false);
        _pending += new string(characters);

        int stop = -1;
        foreach (string candidate in stops)
        {
            int at = _pending.IndexOf(candidate, StringComparison.Ordinal);
            if (at >= 0 && (stop < 0 || at < stop))
            {
                stop = at;
            }
        }

        if (stop >= 0)
        {
            IsStopped = true;
            _pending = _pending[..stop];
            return Give(stop);
        }

        return Give(_pending.Length - HeldBack());
    }

    /// <summary>What is left at the end: a beginning of a stop string that did not go on, a character that was never completed.</summary>
    public string Finish()
    {
        if (!IsStopped)
        {
            char[] characters = new char[_utf8.GetCharCount([], flush: true)];
            _utf8.GetChars([], characters, flush: true);
            _pending += new string(characters);
        }

        return Give(_pending.Length);
    }

    private string Give(int length)
    {
        string given = _pending[..length];
        _pending = _pending[length..];
        _text.Append(given);
        return given;
    }

    private int HeldBack()
    {
        int most = 0;
        foreach (string stop in stops)
        {
            for (int length = Math.Min(stop.Length - 1, _pending.Length); length > most; length--)
            {
                if (_pending.EndsWith(stop[..length], StringComparison.Ordinal))
                {
                    most = length;
                }
            }
        }

        return most;
    }
}
