using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>Takes one field out of a reply in JSON and leaves it to another scorer.</summary>
/// <remarks>
/// The JSON may be the whole reply, stand in a code fence, or in the middle of other text: then the last object that is whole counts (the last list, for a path that begins with an index). A text is
/// passed on as it is, a number or truth value as it is written, a list as JSON; no field, null or an object is rejected.
/// </remarks>
public sealed class JsonFieldScorer : RuleScorer
{
    private readonly string[] _steps;
    private readonly RuleScorer _value;

    /// <summary>A scorer of one field.</summary>
    /// <param name="path">Names between dots, list indices in brackets: <c>answer</c>, <c>result.items[0].label</c>.</param>
    /// <param name="value">Scores the field's value. None: right where it is the answer but for case, spacing and punctuation.</param>
    /// <exception cref="InputException">The path cannot be read.</exception>
    public JsonFieldScorer(string path, RuleScorer? value = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        Path = path;
        _value = value ?? new NormalisedScorer();
        _steps = [.. path.Replace("[", ".[", StringComparison.Ordinal).TrimStart('.').Split('.')];
        if (_steps.FirstOrDefault(s => s.Length == 0 || (s[0] == '[' && !IsIndex(s, out _))) is { } wrong)
        {
            throw new InputException($"The path \"{path}\" cannot be read at \"{wrong}\"; it consists of names between dots, with list indices in brackets, such as result.items[0].label.");
        }
    }

    /// <summary>Where the field is.</summary>
    public string Path { get; }

    /// <inheritdoc />
    public override Scale Scale => _value.Scale;

    /// <inheritdoc />
    public override JsonObject Identity => new() { ["use"] = "jsonField", ["path"] = Path, ["value"] = _value.Identity };

    /// <inheritdoc />
    public override string? Flaw(TextItem item) => _value.Flaw(item);

    /// <inheritdoc />
    public override bool TakesCutReply(string reply, LabelWordings wordings) => false;

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        using JsonDocument? document = Find(reply);
        if (document is null)
        {
            return new Rejected("The reply holds no JSON.", reply);
        }

        JsonElement at = document.RootElement;
        foreach (string step in _steps)
        {
            if (IsIndex(step, out int index))
            {
                if (at.ValueKind != JsonValueKind.Array || index >= at.GetArrayLength())
                {
                    return new Rejected($"The reply's JSON has no element {step} of {Path}.", reply);
                }

                at = at[index];
            }
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at))
            {
                return new Rejected($"The reply's JSON has no field \"{step}\" of {Path}.", reply);
            }
        }

        string? value = at.ValueKind switch
        {
            JsonValueKind.String => Text(at),
            JsonValueKind.Number or JsonValueKind.Array => at.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
        if (value is null)
        {
            return new Rejected($"The field {Path} of the reply is neither a text nor a number, a truth value or a list.", reply);
        }

        Outcome outcome = _value.Score(value, item, wordings);
        return outcome is Rejected rejected ? rejected with { Raw = reply } : outcome;
    }

    private static bool IsIndex(string step, out int index)
    {
        index = 0;
        return step.Length > 2 && step[0] == '[' && step[^1] == ']' && int.TryParse(step.AsSpan(1, step.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    private static string? Text(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair is no text
        }
    }

    private JsonDocument? Find(string reply)
    {
        // Each opening bracket is read up to the first mistake behind it; comments that do not end would have it read to the end of the reply.
        bool hasFewComments = reply.AsSpan().Count("/*") <= 100;
        JsonReaderOptions options = new() { AllowTrailingCommas = true, CommentHandling = hasFewComments ? JsonCommentHandling.Skip : JsonCommentHandling.Disallow };
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(reply);
        JsonDocument? last = null;
        while (rest.IndexOf((byte)(_steps[0][0] == '[' ? '[' : '{')) is >= 0 and int at)
        {
            rest = rest[at..];
            Utf8JsonReader reader = new(rest, options);
            try
            {
                JsonDocument found = JsonDocument.ParseValue(ref reader);
                last?.Dispose();
                last = found;
                rest = rest[(int)reader.BytesConsumed..];
            }
            catch (JsonException)
            {
                rest = rest[1..];
            }
        }

        return last;
    }
}
