using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Ansatz.Cli.StudyFiles;

/// <summary>A series as its user writes it: one study file, several ways to search, several seeds.</summary>
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
    public required string Study { get; set; }

    [Description("The ways to search, by name; the first is the one whose help is asked about.")]
    [Example("""{ "few-shot": { "use": "few-shot-search" }, "opro": { "use": "opro" } }""")]
    public required Dictionary<string, SearchFile> Searches { get; set; }

    [Description("How many members: each has train and validation items of its own, and all have the same test items.")]
    [Range(2, 1000), Example("10")]
    public int Seeds { get; set; } = 10;

    [Description("Most rollouts of each search, so that all may spend the same. Default: what each asks for.")]
    [Range(1, 1_000_000_000_000), Example("2500")]
    public long? Rollouts { get; set; }
}
