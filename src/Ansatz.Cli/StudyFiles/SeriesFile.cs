using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Ansatz.Cli.StudyFiles;

/// <summary>A series as its user writes it: several ways to search, on several seeds of one study file, or on several study files.</summary>
internal sealed record SeriesFile
{
    [JsonPropertyName("$schema")]
    [Description("The schema of this file, so that an editor can help.")]
    public string? Schema { get; set; }

    [Description("What the series is called in ansatz.db and in runs/. Default: the name of this file.")]
    [Example("\"reviews-methods\"")]
    public string? Name { get; set; }

    [Description("The study file that the members have in common; its own search is not run. Relative to this file.")]
    [Example("\"study.json\"")]
    public string? Study { get; set; }

    [Description("In place of study: several study files, tasks of one kind, each of which is run once with every search. The table is then over tasks.")]
    [Example("[\"reviews.json\", \"sms.json\"]")]
    public List<string>? Studies { get; set; }

    [Description("The ways to search, by name; the first is the one whose help is asked about.")]
    [Example("""{ "few-shot": { "use": "few-shot-search" }, "opro": { "use": "opro" } }""")]
    public required Dictionary<string, SearchFile> Searches { get; set; }

    [Description("How many members a single study has: each has train and validation items of its own, and all have the same test items. Default: 10.")]
    [Range(2, 1000), Example("10")]
    public int? Seeds { get; set; }

    [Description("Most rollouts of each search, so that all may spend the same. Default: what each asks for.")]
    [Range(1, 1_000_000_000_000), Example("2500")]
    public long? Rollouts { get; set; }

    [Description("Most money that all members may spend together; the price of their models must be known. Where it does not cover the next step the series pauses, and with more the same command goes on. Default: no limit.")]
    [Range(0, 1_000_000_000), Example("50.00")]
    public decimal? Money { get; set; }
}
