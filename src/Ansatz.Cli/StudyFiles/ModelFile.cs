using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ansatz.Cli.StudyFiles;

/// <summary>The model that answers. Everything empty: the embedded one. Written as the text "embedded", or as an object.</summary>
internal sealed record ModelFile
{
    /// <summary>The text that stands for the embedded model.</summary>
    public const string Embedded = "embedded";

    [Description("A GGUF file, relative to this file.")]
    [Example("\"models/x.gguf\"")]
    public string? File { get; set; }

    [Description("Which machine instructions compute a GGUF file: avx2 gives the same history on every x64 machine, fastest is some 15 % faster.")]
    public KernelsFile Kernels { get; set; } = KernelsFile.Avx2;

    [Description("The address of an OpenAI-compatible server.")]
    [Example("\"https://api.openai.com/v1\"")]
    public string? BaseUrl { get; set; }

    [Description("The model's name at that server.")]
    [Example("\"gpt-4o-mini\"")]
    public string? Name { get; set; }

    [Description("The environment variable that holds the key. The key itself never stands in a file.")]
    [Example("\"OPENAI_API_KEY\"")]
    public string KeyFrom { get; set; } = "OPENAI_API_KEY";

    [Description("The longest reply where it answers, in tokens. Default: 256.")]
    [Range(1, 1_000_000), Example("256")]
    public int? MaxReplyTokens { get; set; }

    [Description("For the scorer label: chooses the label by the probabilities of the reply's first token, among so many that the endpoint is asked for. Default: the label is read from the reply.")]
    [Range(2, 20), Example("20")]
    public int? TopTokens { get; set; }

    [Description("How many calls of an endpoint may be under way at once. Default: 8.")]
    [Range(1, 1024), Example("16")]
    public int? Concurrency { get; set; }

    [Description("The most calls of an endpoint a minute. Default: no limit.")]
    [Range(1, 1_000_000_000), Example("500")]
    public long? RequestsPerMinute { get; set; }

    [Description("The most tokens of an endpoint a minute, sent and written. Default: no limit.")]
    [Range(1, 1_000_000_000_000), Example("200000")]
    public long? TokensPerMinute { get; set; }

    [Description("How long an endpoint may take for one try of a call. Default: 100.")]
    [Range(1, 86_400), Example("100")]
    public int? TimeoutSeconds { get; set; }

    [JsonIgnore]
    public bool IsEndpoint => BaseUrl is not null;
}

/// <summary>What a model's tokens cost.</summary>
internal sealed record PriceFile
{
    [Description("Money for a million tokens sent.")]
    [Range(0, 1_000_000), Example("0.15")]
    public required decimal InputPerMillion { get; set; }

    [Description("Money for a million tokens written.")]
    [Range(0, 1_000_000), Example("0.60")]
    public required decimal OutputPerMillion { get; set; }
}

/// <summary>Machine instructions of a local model.</summary>
internal enum KernelsFile
{
    Avx2,
    Fastest,
}

/// <summary>Reads a model: the text "embedded", or an object.</summary>
internal sealed class ModelFileConverter : JsonConverter<ModelFile>
{
    public override ModelFile Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? reader.GetString() == ModelFile.Embedded ? new() : throw new JsonException()
            : JsonSerializer.Deserialize(ref reader, StudyFileJson.Default.ModelFile)!;

    public override void Write(Utf8JsonWriter writer, ModelFile value, JsonSerializerOptions options)
    {
        if (value == new ModelFile())
        {
            writer.WriteStringValue(ModelFile.Embedded);
        }
        else
        {
            JsonSerializer.Serialize(writer, value, StudyFileJson.Default.ModelFile);
        }
    }
}
