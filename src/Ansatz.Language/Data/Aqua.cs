using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ansatz.Language;

/// <summary>
/// Reads AQuA: one object a line, with question, options ("A)21"), rationale and the letter that is correct. Ling et al. 2017, "Program Induction by
/// Rationale Generation", arXiv:1705.04146.
/// </summary>
/// <remarks>The columns are <c>question</c>, which ends with the options, a line each ("(A) 21"), and <c>correct</c>; the rationale is left out.</remarks>
public static class Aqua
{
    /// <summary>Reads one file.</summary>
    /// <param name="path">Such as <c>AQuA.json</c>.</param>
    /// <param name="skipBadRows">Leaves bad rows out, see <see cref="Dataset.Skipped"/>, instead of stopping at the first.</param>
    /// <exception cref="InputException">The file is missing, or a row is bad.</exception>
    public static Dataset Load(string path, bool skipBadRows = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(TextFile.Read(path), TextFile.DisplayName(path), skipBadRows);
    }

    internal static Dataset Parse(string text, string name, bool skipBadRows)
    {
        Dataset.RowReader rows = new(name, ["question"], "correct", new() { Flaw = new ChoiceScorer().Flaw, SkipBadRows = skipBadRows });
        int line = 0;
        foreach (string json in text.Split('\n'))
        {
            line++;
            if (string.IsNullOrWhiteSpace(json))
            {
                continue;
            }

            try
            {
                if (JsonSerializer.Deserialize(json, AquaJson.Default.AquaRow) is not { Question: { } question, Options: { Length: > 1 } options, Correct: { } correct })
                {
                    rows.Bad(line, "a question of AQuA has \"question\", \"options\" and \"correct\"; one of them is missing.");
                }
                else if (Enumerable.Range(0, options.Length).FirstOrDefault(k => options[k]?.StartsWith($"{(char)('A' + k)})", StringComparison.Ordinal) != true, -1) is >= 0 and int wrong)
                {
                    rows.Bad(line, $"the option \"{options[wrong]}\" does not begin with \"{(char)('A' + wrong)})\".");
                }
                else
                {
                    rows.Add(line, [string.Join('\n', options.Select(o => $"({o[0]}) {o[2..].Trim()}").Prepend(question.Trim()))], correct);
                }
            }
            catch (JsonException e)
            {
                rows.Bad(line, FormattableString.Invariant($"the line is not a question of AQuA from character {e.BytePositionInLine + 1} on."));
            }
        }

        return rows.ToDataset();
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AquaRow))]
internal sealed partial class AquaJson : JsonSerializerContext;

internal sealed record AquaRow(string? Question, string[]? Options, string? Correct);
