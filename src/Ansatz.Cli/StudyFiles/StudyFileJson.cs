using System.Text.Json;
using System.Text.Json.Serialization;
using Ansatz.Language;
using Ansatz.Programs;
using Ansatz.Prompts;

namespace Ansatz.Cli.StudyFiles;

/// <summary>One text, or a list of texts.</summary>
[JsonConverter(typeof(OneOrManyConverter))]
internal sealed record OneOrMany(List<string> Values);

/// <summary>An example of a right value, as JSON: for the schema and for messages.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ExampleAttribute(string json) : Attribute
{
    public string Json => json;
}

/// <summary>How a study file is read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(KebabCase<KernelsFile>), typeof(KebabCase<ScorerKind>), typeof(KebabCase<RegexMatch>), typeof(KebabCase<FormatFile>), typeof(KebabCase<OptimizerFile>),
        typeof(KebabCase<LayoutFile>), typeof(KebabCase<SizeFile>), typeof(KebabCase<ControlsFile>), typeof(KebabCase<SandboxFile>), typeof(KebabCase<DatabasePreset>), typeof(KebabCase<ScoreReduction>),
        typeof(KebabCase<HistoryOrder>), typeof(KebabCase<ScoreDisplay>), typeof(KebabCase<ExemplarChoice>),
    ])]
[JsonSerializable(typeof(StudyFile))]
[JsonSerializable(typeof(SeriesFile))]
internal sealed partial class StudyFileJson : JsonSerializerContext;

/// <summary>Reads a text, or a list of texts.</summary>
internal sealed class OneOrManyConverter : JsonConverter<OneOrMany>
{
    public override OneOrMany Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.TokenType == JsonTokenType.String
            ? [reader.GetString()!]
            : JsonSerializer.Deserialize(ref reader, StudyFileJson.Default.ListString)!);

    public override void Write(Utf8JsonWriter writer, OneOrMany value, JsonSerializerOptions options)
    {
        if (value.Values is [string only])
        {
            writer.WriteStringValue(only);
        }
        else
        {
            JsonSerializer.Serialize(writer, value.Values, StudyFileJson.Default.ListString);
        }
    }
}

/// <summary>FewShotSearch is written "few-shot-search".</summary>
internal sealed class KebabCase<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
