using System.Text;
using System.Text.Json;

namespace Ansatz.Language;

/// <summary>
/// Reads a task of BIG-Bench Hard: <c>{"canary": ..., "examples": [{"input": ..., "target": ...}]}</c>. Suzgun et al. 2022, "Challenging BIG-Bench Tasks
/// and Whether Chain-of-Thought Can Solve Them", arXiv:2210.09261.
/// </summary>
/// <remarks>
/// The columns are <c>input</c> and <c>target</c>. A row whose target is none of the options that its input lists can never be answered rightly and is bad:
/// in the data of 2022 "Monsters, Inc" in movie_recommendation (example 164), "dearth, wind, &amp; fire" and "rita, sue and bob poo" in ruin_names, whose
/// options were cut apart at their commas.
/// </remarks>
public static class BigBenchHard
{
    private static readonly ChoiceScorer Choice = new();

    /// <summary>Reads one task.</summary>
    /// <param name="path">Its file, such as <c>navigate.json</c>.</param>
    /// <param name="skipBadRows">Leaves bad rows out, see <see cref="Dataset.Skipped"/>, instead of stopping at the first.</param>
    /// <exception cref="InputException">The file is missing or something else, or a row is bad.</exception>
    public static Dataset Load(string path, bool skipBadRows = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(TextFile.Read(path), TextFile.DisplayName(path), skipBadRows);
    }

    internal static Dataset Parse(string text, string name, bool skipBadRows)
    {
        Dataset.RowReader rows = new(name, ["input"], "target", new() { Flaw = Flaw, SkipBadRows = skipBadRows });
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Utf8JsonReader reader = new(utf8);
        int example = 0, line = 1, counted = 0; // lines are counted up to the byte "counted"
        try
        {
            if (!FindExamples(ref reader))
            {
                throw new InputException($"{name}: there is no list \"examples\" in it; a task of BIG-Bench Hard looks like {{\"examples\": [{{\"input\": \"...\", \"target\": \"...\"}}]}}.");
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                int start = (int)reader.TokenStartIndex;
                line += utf8.AsSpan(counted, start - counted).Count((byte)'\n');
                (counted, example) = (start, example + 1);
                string within = FormattableString.Invariant($"example {example}");
                using JsonDocument row = JsonDocument.ParseValue(ref reader);
                if (TextOf(row.RootElement, "input") is not { } input)
                {
                    rows.Bad(line, "there is no text \"input\".", within);
                }
                else if (TextOf(row.RootElement, "target") is not { } target)
                {
                    rows.Bad(line, "there is no text \"target\".", within);
                }
                else
                {
                    rows.Add(line, [input], target, within);
                }
            }
        }
        catch (JsonException e)
        {
            throw new InputException(FormattableString.Invariant($"{name}({e.LineNumber + 1}): the file is not valid JSON from character {e.BytePositionInLine + 1} of the line on."), e);
        }
        catch (InvalidOperationException e)
        {
            throw new InputException(FormattableString.Invariant($"{name}({line}): example {example} holds half of a surrogate pair, which is no text."), e);
        }

        return rows.ToDataset();
    }

    // Moves to the beginning of the list "examples" of the outermost object.
    private static bool FindExamples(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isExamples = reader.ValueTextEquals("examples"u8);
            reader.Read();
            if (isExamples)
            {
                return reader.TokenType == JsonTokenType.StartArray;
            }

            reader.Skip();
        }

        return false;
    }

    private static string? TextOf(JsonElement row, string name) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Flaw(TextItem item)
    {
        if (ChoiceScorer.ChoicesOf(item).Count > 0)
        {
            return Choice.Flaw(item);
        }

        const string before = "\nOptions:\n"; // then a line each: "- valid"
        string input = item.Fields["input"];
        int at = input.IndexOf(before, StringComparison.Ordinal);
        string[] options = at < 0 ? [] : [.. input[(at + before.Length)..].Split('\n').Where(l => l.StartsWith("- ", StringComparison.Ordinal)).Select(l => l[2..].Trim())];
        return options.Length == 0 || options.Contains(item.Answer, StringComparer.Ordinal)
            ? null
            : $"The answer \"{item.Answer}\" is not one of the options {string.Join(", ", options)}: no reply could be right.";
    }
}
