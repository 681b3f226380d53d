using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Ansatz.Cli.StudyFiles;

/// <summary>Where the labelled texts of a prompt are, or the inputs of a program, and who may use which.</summary>
internal sealed record DataFile
{
    [Description("A CSV or TSV file with a first line of column names, or a .jsonl file; for a program also a .json file with a list of objects, and a column goes to the property of its name. Relative to this file.")]
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
