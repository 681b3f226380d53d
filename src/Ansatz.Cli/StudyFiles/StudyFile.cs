using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

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

    [Description("What the study is for, in a phrase. Default: made from the labels, or the name of the hole.")]
    [Example("\"sort customer reviews into praise and complaint\"")]
    public string? About { get; set; }

    [Description("For prompts: the labelled texts.")]
    public DataFile? Data { get; set; }

    [Description("The open part, where that is a prompt: its locked text, your own filling, and what the search may fill.")]
    public PromptFile? Prompt { get; set; }

    [Description("The open part, where that is several prompts, such as one that sorts and one that answers: one final score, one budget.")]
    public PipelineFile? Pipeline { get; set; }

    [Description("The open part, where that is a program: a method of your own C# code, marked with [Open], beside its scorer and inputs.")]
    [Example("{ \"project\": \"Packing.csproj\" }")]
    public ProgramFile? Program { get; set; }

    [Description("For prompts: the model that answers: \"embedded\" (ships with Ansatz; no key, no network), a GGUF file, or an endpoint.")]
    [Example("\"embedded\"")]
    [JsonConverter(typeof(ModelFileConverter))]
    public ModelFile Model { get; set; } = new();

    [Description("For prompts: what counts as right: a scorer's name, or an object where it needs settings. Default: label.")]
    [Example("{ \"use\": \"number\", \"tolerance\": 0.01 }")]
    [JsonConverter(typeof(ScorerFileConverter))]
    public ScorerFile Scorer { get; set; } = new();

    [Description("How to search, and what it may spend.")]
    public SearchFile Search { get; set; } = new();

    [Description("What the models of endpoints cost, by their names, in one currency. An endpoint that is not named here has no known price, which is said wherever its calls are counted.")]
    [Example("{ \"gpt-4o-mini\": { \"inputPerMillion\": 0.15, \"outputPerMillion\": 0.60 } }")]
    public Dictionary<string, PriceFile>? Prices { get; set; }

    [Description("Most money that the whole study may spend, search, controls and verdict together; the price of its models must be known. Where it does not cover the next step the study pauses, and with more the same command goes on. Default: no limit.")]
    [Range(0, 1_000_000_000), Example("10.00")]
    public decimal? Money { get; set; }

    [Description("What the search has to beat: all controls; yours and the controls of the search's own claim; or yours alone (and the baselines, which call no model), where calls cost money.")]
    public ControlsFile Controls { get; set; } = ControlsFile.All;

    [Description("The series that the study belongs to: the studies of a series count as one judgement of their test items. `ansatz compare` sets it.")]
    [Example("\"reviews-methods\"")]
    public string? Series { get; set; }

    [Description("All chance comes from it: the same seed gives the same search.")]
    [Example("1")]
    public long Seed { get; set; } = 1;

    /// <summary>Whether a study or a series may be called so.</summary>
    public static bool IsName(string name) => name.Trim().Length > 0 && name.Length <= 100 && !name.Any(char.IsControl);
}

/// <summary>Which controls run.</summary>
internal enum ControlsFile
{
    All,
    Search,
    Yours,
}
