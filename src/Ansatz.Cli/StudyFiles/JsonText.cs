using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ansatz.Cli.StudyFiles;

/// <summary>A JSON text as a tree in which every value knows its line and column, so that an error message can say where.</summary>
/// <param name="Path">Where the value stands: "search.rollouts", "prompt.open.instruction.options[2]"; empty for the whole text.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Raw">The value as it was written, quotes included; empty for objects and lists.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">In characters, from 1.</param>
internal sealed record JsonText(string Path, JsonValueKind Kind, string Raw, int Line, int Column)
{
    private const int MaxDepth = 32;

    /// <summary>The members of an object, in order.</summary>
    public List<JsonMember> Members { get; } = [];

    /// <summary>The elements of a list, in order.</summary>
    public List<JsonText> Elements { get; } = [];

    /// <summary>The text of a string.</summary>
    public string Text { get; private init; } = "";

    /// <summary>The value at a path ("search.rollouts"), or the nearest value around it that exists.</summary>
    public JsonText Nearest(string path)
    {
        JsonText nearest = this;
        foreach (string name in path.Split('.'))
        {
            string member = name.Split('[')[0];
            if (nearest.Members.FirstOrDefault(m => m.Name == member) is not { } found)
            {
                return nearest;
            }

            nearest = found.Value;
            if (name.Length > member.Length && int.TryParse(name.AsSpan(member.Length + 1).TrimEnd(']'), CultureInfo.InvariantCulture, out int index) && index < nearest.Elements.Count)
            {
                nearest = nearest.Elements[index];
            }
        }

        return nearest;
    }

    /// <summary>Reads a text; comments and trailing commas are allowed.</summary>
    /// <exception cref="JsonTextException">The text is not JSON, or has a member twice.</exception>
    public static JsonText Parse(byte[] utf8)
    {
        int start = utf8.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        Lines lines = new(utf8);
        if (utf8.AsSpan(start).TrimStart(" \t\r\n"u8).IsEmpty)
        {
            throw new JsonTextException(1, 1, "the file is empty; a study file is an object in braces.");
        }

        Utf8JsonReader reader = new(
            utf8.AsSpan(start), new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            JsonText root = ReadValue(ref reader, "", lines, start);
            reader.Read(); // anything but comments after the value is an error
            return root;
        }
        catch (JsonException e)
        {
            int at = lines.Offset((int)(e.LineNumber ?? 0), (int)(e.BytePositionInLine ?? 0), start);
            (int line, int column) = lines.Place(at);
            string why = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].Trim();
            why = why.Length <= 200 ? why : $"{why[..80]}...{why[^80..]}"; // it can quote the whole rest of the file
            throw new JsonTextException(line, column, $"from here on the file is no JSON: {char.ToLowerInvariant(why[0])}{why[1..]}", e);
        }
        catch (InvalidOperationException e)
        {
            (int line, int column) = lines.Place(start + (int)reader.TokenStartIndex);
            throw new JsonTextException(line, column, "this text holds bytes or escapes that are no characters; save the file as UTF-8.", e);
        }
    }

    private static JsonText ReadValue(ref Utf8JsonReader reader, string path, Lines lines, int start)
    {
        (int line, int column) = lines.Place(start + (int)reader.TokenStartIndex);
        string raw = reader.HasValueSequence ? "" : Encoding.UTF8.GetString(reader.ValueSpan);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                JsonText entity = new(path, JsonValueKind.Object, "", line, column);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    (int nameLine, int nameColumn) = lines.Place(start + (int)reader.TokenStartIndex);
                    string name = reader.GetString()!;
                    if (entity.Members.Any(m => m.Name == name))
                    {
                        throw new JsonTextException(nameLine, nameColumn, $"\"{name}\" stands here a second time; keep one.");
                    }

                    reader.Read();
                    JsonText value = ReadValue(ref reader, path.Length == 0 ? name : $"{path}.{name}", lines, start);
                    entity.Members.Add(new(name, nameLine, nameColumn, value));
                }

                return entity;
            case JsonTokenType.StartArray:
                JsonText list = new(path, JsonValueKind.Array, "", line, column);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Elements.Add(ReadValue(ref reader, string.Create(CultureInfo.InvariantCulture, $"{path}[{list.Elements.Count}]"), lines, start));
                }

                return list;
            case JsonTokenType.String:
                return new(path, JsonValueKind.String, $"\"{raw}\"", line, column) { Text = reader.GetString()! };
            default:
                JsonValueKind kind = reader.TokenType switch
                {
                    JsonTokenType.Number => JsonValueKind.Number,
                    JsonTokenType.True => JsonValueKind.True,
                    JsonTokenType.False => JsonValueKind.False,
                    _ => JsonValueKind.Null,
                };
                return new(path, kind, raw, line, column);
        }
    }

    /// <summary>Where lines begin, so that a byte becomes a line and a column of characters.</summary>
    private sealed class Lines(byte[] utf8)
    {
        private readonly int[] _starts = [0, .. Enumerable.Range(0, utf8.Length).Where(i => utf8[i] == (byte)'\n').Select(i => i + 1)];

        public int Offset(int line, int byteInLine, int start) =>
            Math.Min(utf8.Length, _starts[Math.Min(line, _starts.Length - 1)] + byteInLine + (line == 0 ? start : 0));

        public (int Line, int Column) Place(int offset)
        {
            int line = Array.BinarySearch(_starts, offset);
            line = line < 0 ? ~line - 1 : line;
            ReadOnlySpan<byte> before = utf8.AsSpan(_starts[line]..Math.Min(offset, utf8.Length));
            if (line == 0 && before.StartsWith(Encoding.UTF8.Preamble))
            {
                before = before[3..];
            }

            return (line + 1, Encoding.UTF8.GetCharCount(before) + 1);
        }
    }
}

/// <summary>A member of an object.</summary>
internal sealed record JsonMember(string Name, int Line, int Column, JsonText Value);

/// <summary>A text that is not JSON.</summary>
internal sealed class JsonTextException(int line, int column, string message, Exception? inner = null) : Exception(message, inner)
{
    public int Line { get; } = line;

    public int Column { get; } = column;
}
