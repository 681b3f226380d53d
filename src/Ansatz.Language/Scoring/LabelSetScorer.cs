using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ansatz.Language;

/// <summary>Scores a reply that lists labels: right if it names exactly the answer's, or by F1.</summary>
/// <remarks>
/// A list has its labels between separators, on lines of their own, numbered perhaps, or is a JSON array of texts; "none", or an empty array, is the empty set. A label is known
/// whatever its case; a reply with anything that is no label is rejected. F1 = 2 |G ∩ R| / (|G| + |R|) of the answer's labels G and the reply's R, and 1
/// where both are empty.
/// </remarks>
public sealed partial class LabelSetScorer : RuleScorer
{
    private const string None = "none";

    private readonly Dictionary<string, string> _byKey = new(StringComparer.Ordinal); // normalised label -> label

    /// <summary>A scorer of lists of these labels.</summary>
    /// <param name="labels">All labels.</param>
    /// <exception cref="InputException">There is none, or two could not be told apart.</exception>
    public LabelSetScorer(IEnumerable<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Labels = [.. labels];
        if (Labels.IsEmpty)
        {
            throw new InputException("A label set needs at least one label.");
        }

        foreach (string label in Labels)
        {
            if (!_byKey.TryAdd(TextItem.Normalise(label), label))
            {
                throw new InputException($"The labels \"{_byKey[TextItem.Normalise(label)]}\" and \"{label}\" differ in case or punctuation alone: no scorer could tell them apart.");
            }
        }
    }

    /// <summary>All labels.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>What stands between two labels of an answer. A reply may use it, a comma, a semicolon or lines. Default: a comma.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>Gives F1 instead of right or wrong; the scale is then unit.</summary>
    public bool F1 { get; init; }

    /// <inheritdoc />
    public override Scale Scale => F1 ? Scale.Unit : Scale.Binary;

    /// <inheritdoc />
    public override JsonObject Identity => new()
    {
        ["use"] = "labelSet",
        ["labels"] = new JsonArray([.. Labels.Select(l => (JsonNode)l)]),
        ["separator"] = Separator.ToString(),
        ["f1"] = F1,
    };

    /// <summary>The different labels in the answers of a data set, in order of first appearance.</summary>
    public static ImmutableArray<string> LabelsOf(IEnumerable<string> answers, char separator = ',')
    {
        ArgumentNullException.ThrowIfNull(answers);
        return
        [
            .. answers.SelectMany(a => a.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Where(l => !l.Equals(None, StringComparison.OrdinalIgnoreCase))
                .DistinctBy(TextItem.Normalise, StringComparer.Ordinal),
        ];
    }

    /// <inheritdoc />
    public override string? Flaw(TextItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        (_, string? unknown) = Read(item.Answer.Split(Separator));
        return unknown is null ? null : $"The answer holds \"{unknown}\", which is not one of: {string.Join(", ", Labels)}.{Nearest.Question(unknown, Labels)}";
    }

    /// <inheritdoc />
    public override bool TakesCutReply(string reply, LabelWordings wordings) => false;

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        (HashSet<string> gold, string? flaw) = Read(item.Answer.Split(Separator));
        if (flaw is not null)
        {
            throw Unusable(item);
        }

        string plain = AnswerText.Plain(reply);
        string text = AnswerText.Stated(plain).Select(s => s.Text).FirstOrDefault(t => Read(Pieces(t)).Unknown is null) ?? plain;
        (HashSet<string> named, string? unknown) = Read(Pieces(text));
        if (unknown is not null)
        {
            return new Rejected($"The reply names \"{(unknown.Length <= 60 ? unknown : unknown[..60] + "...")}\", which is not one of the labels.", reply);
        }

        int both = named.Count(gold.Contains);
        double score = !F1 ? (both == gold.Count && both == named.Count ? 1 : 0)
            : gold.Count + named.Count == 0 ? 1
            : 2.0 * both / (gold.Count + named.Count);
        return new Scored(score, named.Count == 0 ? None : string.Join($"{Separator} ", Labels.Where(named.Contains)));
    }

    // The labels that pieces of a list name; the first piece that is none.
    private (HashSet<string> Labels, string? Unknown) Read(IEnumerable<string> pieces)
    {
        HashSet<string> labels = new(StringComparer.Ordinal);
        string[] named = [.. pieces.Select(p => p.Trim(' ', '\t', '\r', '-', '*', '\u2022', '[', ']', '"', '\'', '.')).Where(p => p.Length > 0)];
        if (named is [var only] && only.Equals(None, StringComparison.OrdinalIgnoreCase) && !_byKey.ContainsKey(None))
        {
            return (labels, null);
        }

        foreach (string piece in named)
        {
            if (!_byKey.TryGetValue(TextItem.Normalise(piece), out string? label) && !_byKey.TryGetValue(TextItem.Normalise(ListNumber().Replace(piece, "")), out label))
            {
                return (labels, piece);
            }

            labels.Add(label);
        }

        return (labels, null);
    }

    private string[] Pieces(string text)
    {
        try
        {
            if (text.TrimStart().StartsWith('['))
            {
                return JsonSerializer.Deserialize(text, ScoringJson.Default.StringArray) ?? [];
            }
        }
        catch (Exception e) when (e is JsonException or ArgumentException) // half of a surrogate pair is an argument exception
        {
            // not JSON: a list in brackets
        }

        return text.Split([Separator, ',', ';', '\n']);
    }

    [GeneratedRegex(@"^\(?[0-9]{1,3}[.)]\s+")]
    private static partial Regex ListNumber();
}
