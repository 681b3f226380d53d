using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ansatz.Language;

namespace Ansatz.Cli.StudyFiles;

/// <summary>What counts as right. Written as a name ("number"), or as an object where it needs settings.</summary>
internal sealed record ScorerFile
{
    [Description("label: the label that the model finds most probable, or names. exact: the answer, character by character. normalised: whatever its case and punctuation. first-word: the reply's first word. choice: the letter of a choice. yes-no: also true and false, valid and invalid. number: whatever its notation. label-set: all labels of a list. json-field: a field of a reply in JSON. regex: what a pattern finds. graded: by a model with a rubric.")]
    [Example("\"number\"")]
    public ScorerKind Use { get; set; } = ScorerKind.Label;

    [Description("For number: the largest difference that is still right. Default: 0.")]
    [Range(0, 1_000_000_000_000), Example("0.01")]
    public decimal? Tolerance { get; set; }

    [Description("For number: the largest difference that is still right, as a share of the answer. Default: 0.")]
    [Range(0, 1_000), Example("0.05")]
    public decimal? RelativeTolerance { get; set; }

    [Description("For number: rejects a longer reply that holds several numbers and states none of them as its answer, instead of taking the last.")]
    public bool? Strict { get; set; }

    [Description("For label-set: all labels. Default: those of the data.")]
    [Example("[\"billing\", \"refund\"]")]
    public List<string>? Labels { get; set; }

    [Description("For label-set: the character between two labels in the data. Default: a comma.")]
    [Example("\";\"")]
    public string? Separator { get; set; }

    [Description("For label-set: gives F1 = 2 hits / (right + given), a part of a point, instead of right or wrong.")]
    public bool? F1 { get; set; }

    [Description("For json-field: where the field is; names between dots, list indices in brackets.")]
    [Example("\"result.items[0].label\"")]
    public string? Path { get; set; }

    [Description("For regex: the pattern. Its group named answer counts, else its first group, else all that it matches.")]
    [Example("\"Category: (\\\\w+)\"")]
    public string? Pattern { get; set; }

    [Description("For regex: which match counts. only rejects a reply in which the pattern finds different texts. Default: only.")]
    public RegexMatch? Match { get; set; }

    [Description("For json-field and regex: what counts as right for the text that was found. Default: normalised.")]
    [Example("\"number\"")]
    [JsonConverter(typeof(ScorerFileConverter))]
    public ScorerFile? Value { get; set; }

    [Description("For graded: when which grade is right, in words. The grader sees it as it stands.")]
    [Example("\"Right is a reply that is polite and names the refund.\"")]
    public string? Rubric { get; set; }

    [Description("For graded: the grades, and what each is worth from 0 to 1. Default: wrong and right.")]
    [Example("{ \"bad\": 0, \"fair\": 0.5, \"good\": 1 }")]
    public Dictionary<string, decimal>? Grades { get; set; }

    [Description("For graded: the model that grades. One that grades its own replies is kind to them.")]
    [Example("\"embedded\"")]
    [JsonConverter(typeof(ModelFileConverter))]
    public ModelFile? Grader { get; set; }

    [Description("For graded: whether the grader sees the answer of the data. Default: true.")]
    public bool? ShowsAnswer { get; set; }

    [Description("For choice, yes-no, number and normalised: scores as the reference code of OPRO does, wrong results included. For comparing with figures that were measured by it, and for nothing else.")]
    public bool? ReferenceScoring { get; set; }

    /// <summary>The settings that only some kinds have, by their names in a study file: whether each is given, and which kinds have it.</summary>
    [JsonIgnore]
    public IEnumerable<(string Field, bool IsGiven, ScorerKind[] Kinds)> Settings =>
    [
        ("tolerance", Tolerance is not null, [ScorerKind.Number]),
        ("relativeTolerance", RelativeTolerance is not null, [ScorerKind.Number]),
        ("strict", Strict is not null, [ScorerKind.Number]),
        ("labels", Labels is not null, [ScorerKind.LabelSet]),
        ("separator", Separator is not null, [ScorerKind.LabelSet]),
        ("f1", F1 is not null, [ScorerKind.LabelSet]),
        ("path", Path is not null, [ScorerKind.JsonField]),
        ("pattern", Pattern is not null, [ScorerKind.Regex]),
        ("match", Match is not null, [ScorerKind.Regex]),
        ("value", Value is not null, [ScorerKind.JsonField, ScorerKind.Regex]),
        ("rubric", Rubric is not null, [ScorerKind.Graded]),
        ("grades", Grades is not null, [ScorerKind.Graded]),
        ("grader", Grader is not null, [ScorerKind.Graded]),
        ("showsAnswer", ShowsAnswer is not null, [ScorerKind.Graded]),
        ("referenceScoring", ReferenceScoring is not null, [ScorerKind.Choice, ScorerKind.YesNo, ScorerKind.Number, ScorerKind.Normalised]),
    ];
}

/// <summary>The scorers by their names in a study file.</summary>
internal enum ScorerKind
{
    Label,
    Exact,
    Normalised,
    FirstWord,
    Choice,
    YesNo,
    Number,
    LabelSet,
    JsonField,
    Regex,
    Graded,
}

/// <summary>Reads a scorer: its name, or an object.</summary>
internal sealed class ScorerFileConverter : JsonConverter<ScorerFile>
{
    public override ScorerFile Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? new() { Use = JsonSerializer.Deserialize(ref reader, StudyFileJson.Default.ScorerKind) }
            : JsonSerializer.Deserialize(ref reader, StudyFileJson.Default.ScorerFile)!;

    public override void Write(Utf8JsonWriter writer, ScorerFile value, JsonSerializerOptions options)
    {
        if (value.Settings.All(s => !s.IsGiven))
        {
            JsonSerializer.Serialize(writer, value.Use, StudyFileJson.Default.ScorerKind);
        }
        else
        {
            JsonSerializer.Serialize(writer, value, StudyFileJson.Default.ScorerFile);
        }
    }
}
