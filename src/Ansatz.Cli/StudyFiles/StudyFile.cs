using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ansatz.Language;

namespace Ansatz.Cli.StudyFiles;

/// <summary>A study as its user writes it in <c>study.json</c>. The schema in docs/ and the checks of <see cref="StudyFileReader"/> are made from these types.</summary>
internal sealed record StudyFile
{
    [JsonPropertyName("$schema")]
    [Description("The schema of this file, so that an editor can help.")]
    public string? Schema { get; set; }

    [Description("What the study is called in ansatz.db, in runs/ and in commands. Default: the name of this file, or of its folder where that is study.json.")]
    [Example("\"reviews\"")]
    public string? Name { get; set; }

    [Description("What the study is for, in a phrase. Default: made from the labels.")]
    [Example("\"sort customer reviews into praise and complaint\"")]
    public string? About { get; set; }

    [Description("The labelled texts.")]
    public required DataFile Data { get; set; }

    [Description("The prompt: its locked text, your own filling, and what the search may fill.")]
    public required PromptFile Prompt { get; set; }

    [Description("The model that answers: \"embedded\" (ships with Ansatz; no key, no network), a GGUF file, or an endpoint.")]
    [Example("\"embedded\"")]
    [JsonConverter(typeof(ModelFileConverter))]
    public ModelFile Model { get; set; } = new();

    [Description("What counts as right: a scorer's name, or an object where it needs settings. Default: label.")]
    [Example("{ \"use\": \"number\", \"tolerance\": 0.01 }")]
    [JsonConverter(typeof(ScorerFileConverter))]
    public ScorerFile Scorer { get; set; } = new();

    [Description("How to search, and what it may spend.")]
    public SearchFile Search { get; set; } = new();

    [Description("What the models of endpoints cost, by their names, in one currency. An endpoint that is not named here has no known price, which is said wherever its calls are counted.")]
    [Example("{ \"gpt-4o-mini\": { \"inputPerMillion\": 0.15, \"outputPerMillion\": 0.60 } }")]
    public Dictionary<string, PriceFile>? Prices { get; set; }

    [Description("What the search has to beat: all controls; yours and the control of the search's own claim; or yours alone (and the baselines, which call no model), where calls cost money.")]
    public ControlsFile Controls { get; set; } = ControlsFile.All;

    [Description("The series that the study belongs to: the studies of a series count as one judgement of their test items. `ansatz compare` sets it.")]
    [Example("\"reviews-methods\"")]
    public string? Series { get; set; }

    [Description("All chance comes from it: the same seed gives the same search.")]
    [Example("1")]
    public long Seed { get; set; } = 1;
}

/// <summary>Where the labelled texts are, and who may use which.</summary>
internal sealed record DataFile
{
    [Description("A CSV or TSV file with a first line of column names, or a .jsonl file. Relative to this file.")]
    [Example("\"reviews.csv\"")]
    public required string File { get; set; }

    [Description("A file in another format: a task of BIG-Bench Hard (columns input, target), GSM8K (question, answer), MMLU (question with its choices, answer), AQuA (question with its choices, correct), or lines without names and quotes: text-tab-label, label-tab-text. Default: by the ending of its name, CSV or JSON lines.")]
    [Example("\"bbh\"")]
    public FormatFile? Format { get; set; }

    [Description("The column, or columns, that the prompt may show. Default: the template's holes.")]
    [Example("\"text\"")]
    public OneOrMany? Input { get; set; }

    [Description("The column of the right answers. Default: the template's last hole.")]
    [Example("\"label\"")]
    public string? Answer { get; set; }

    [Description("What the items are called, in the plural.")]
    [Example("\"reviews\"")]
    public string Noun { get; set; } = "items";

    [Description("How many items go where. Default: a part of all rows each.")]
    public SplitFile? Split { get; set; }

    [Description("Leaves bad rows out instead of stopping at the first, as --skip-bad-rows does.")]
    public bool SkipBadRows { get; set; }
}

/// <summary>Formats of data files that do not name their columns.</summary>
internal enum FormatFile
{
    Bbh,
    Gsm8k,
    Mmlu,
    Aqua,
    TextTabLabel,
    LabelTabText,
}

/// <summary>How many items go where.</summary>
internal sealed record SplitFile
{
    [Description("Items that a prompt may show as examples and a proposer may read.")]
    [Range(1, 1_000_000), Example("40")]
    public required int Train { get; set; }

    [Description("Items that choose the winner.")]
    [Range(1, 1_000_000), Example("80")]
    public required int Validation { get; set; }

    [Description("Items for the verdict alone; no search sees them.")]
    [Range(1, 1_000_000), Example("300")]
    public required int Test { get; set; }

    [Description("Which items go where is drawn from this seed.")]
    [Example("1")]
    public long Seed { get; set; } = 1;

    [Description("For series: how many sets of train and validation items are drawn that share none, all with the same test items. Default: one.")]
    [Range(1, 1000), Example("10")]
    public int Sets { get; set; } = 1;

    [Description("For series: which of the sets this study takes, from 1.")]
    [Range(1, 1000), Example("1")]
    public int Set { get; set; } = 1;
}

/// <summary>The open part: a prompt.</summary>
internal sealed record PromptFile
{
    [Description("The text with its holes: {instruction} and {demonstrations} are filled by the search, the last hole is the answer, all others are columns of the data.")]
    [Example("\"{instruction}{demonstrations}Review: {text}\\nKind: {label}\"")]
    public required string Template { get; set; }

    [Description("Your own filling, which the search has to beat. Default: every slot empty.")]
    public YoursFile Yours { get; set; } = new();

    [Description("The slots that the search may fill; a slot that is not named stays as you filled it. Default: instruction and demonstrations, where the template has them.")]
    public OpenFile? Open { get; set; }
}

/// <summary>The user's own filling.</summary>
internal sealed record YoursFile
{
    [Description("Your instruction. Default: none.")]
    [Example("\"Decide whether each review is praise or a complaint.\"")]
    public string Instruction { get; set; } = "";

    [Description("Your examples, each an object with the columns that the template shows. Default: none.")]
    [Example("[{ \"text\": \"Works great.\", \"label\": \"praise\" }]")]
    public List<Dictionary<string, string>> Demonstrations { get; set; } = [];

    [Description("What you call labels inside the prompt, where that differs from the data.")]
    [Example("{ \"praise\": \"positive\" }")]
    public Dictionary<string, string> Label { get; set; } = [];
}

/// <summary>The slots that the search may fill.</summary>
internal sealed record OpenFile
{
    [Description("The instruction: {} where the optimizer proposes (few-shot search chooses between yours and none), or options to choose from.")]
    [Example("{}")]
    public InstructionFile? Instruction { get; set; }

    [Description("Examples, chosen from the train items.")]
    [Example("{ \"upTo\": 8 }")]
    public DemonstrationsFile? Demonstrations { get; set; }

    [Description("What each label may be called inside the prompt, by label.")]
    [Example("{ \"praise\": [\"praise\", \"positive\"] }")]
    public Dictionary<string, List<string>>? Label { get; set; }
}

/// <summary>An open instruction.</summary>
internal sealed record InstructionFile
{
    [Description("Instructions to choose from, besides yours and none.")]
    [Example("[\"Is the customer pleased?\"]")]
    public List<string> Options { get; set; } = [];
}

/// <summary>Open demonstrations.</summary>
internal sealed record DemonstrationsFile
{
    [Description("How many are drawn.")]
    [Range(1, 1000), Example("8")]
    public int UpTo { get; set; } = 8;

    [Description("Whether every label gets its share of them.")]
    public bool Balanced { get; set; } = true;
}

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

    [Description("The longest reply of an endpoint that answers, in tokens. Default: 256.")]
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

    /// <summary>Which model it is, without how it is called: that may change while a study runs.</summary>
    public ModelFile Which() => this with { Concurrency = null, RequestsPerMinute = null, TokensPerMinute = null, TimeoutSeconds = null };
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

/// <summary>Which controls run.</summary>
internal enum ControlsFile
{
    All,
    Search,
    Yours,
}

/// <summary>Machine instructions of a local model.</summary>
internal enum KernelsFile
{
    Avx2,
    Fastest,
}

/// <summary>How to search.</summary>
internal sealed record SearchFile
{
    [Description("few-shot-search draws fillings of all open slots; bootstrap-few-shot draws examples that the model answers rightly; grips edits your instruction at random; opro, evoprompt-ga and evoprompt-de let a model propose instructions; gepa lets it reflect on what went wrong; mipro-v2 searches proposed instructions and examples together.")]
    public OptimizerFile Use { get; set; } = OptimizerFile.FewShotSearch;

    [Description("How many candidates are tried. For mipro-v2 see size.")]
    [Range(1, 100_000), Example("48")]
    public int Candidates { get; set; } = 48;

    [Description("For few-shot-search: whether a race on the validation items chooses among all candidates, instead of training items first. It takes fewer rollouts, so more candidates can be tried.")]
    public bool? Race { get; set; }

    [Description("For mipro-v2: how much is tried, 10, 18 or 27 trials. Default: light.")]
    public SizeFile? Size { get; set; }

    [Description("For searches with a proposer: how it is asked. chat for chat models, tuned for models tuned on single instructions, pretrained for plain language models.")]
    public LayoutFile? Layout { get; set; }

    [Description("For searches with a proposer: the model that proposes. Default: the one that answers.")]
    [Example("\"embedded\"")]
    [JsonConverter(typeof(ModelFileConverter))]
    public ModelFile? Proposer { get; set; }

    [Description("Most rollouts (a candidate on one item) that the search may spend. Default: no limit but the candidates.")]
    [Range(1, 1_000_000_000_000), Example("5000")]
    public long? Rollouts { get; set; }

    [Description("Most calls of a model that the search may make. Default: no limit.")]
    [Range(1, 1_000_000_000_000), Example("5000")]
    public long? Calls { get; set; }

    [Description("Most tokens, sent and written, that the search may spend. Default: no limit.")]
    [Range(1, 1_000_000_000_000_000), Example("2000000")]
    public long? Tokens { get; set; }

    [Description("Most money that the search may spend; the price of its models must be known. Default: no limit.")]
    [Range(0, 1_000_000_000), Example("2.50")]
    public decimal? Money { get; set; }

    [Description("Most minutes that the search may take on the clock, over all its runs. Default: no limit.")]
    [Range(1, 1_000_000), Example("60")]
    public int? Minutes { get; set; }

    [Description("Most candidates in a row, each evaluated on all validation items, without one that is better than all before. Default: no limit.")]
    [Range(1, 1_000_000), Example("20")]
    public int? Plateau { get; set; }
}

/// <summary>The optimizers by their names in a study file.</summary>
internal enum OptimizerFile
{
    FewShotSearch,
    Opro,
    BootstrapFewShot,
    Grips,
    EvopromptGa,
    EvopromptDe,
    Gepa,
    MiproV2,
}

/// <summary>How much MIPROv2 tries.</summary>
internal enum SizeFile
{
    Light,
    Medium,
    Heavy,
}

/// <summary>How a proposer is asked.</summary>
internal enum LayoutFile
{
    Chat,
    Tuned,
    Pretrained,
}

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
        typeof(KebabCase<LayoutFile>), typeof(KebabCase<SizeFile>), typeof(KebabCase<ControlsFile>),
    ])]
[JsonSerializable(typeof(StudyFile))]
[JsonSerializable(typeof(SeriesFile))]
internal sealed partial class StudyFileJson : JsonSerializerContext;

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
