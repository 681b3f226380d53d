using System.Collections.Immutable;

namespace Ansatz.Language;

/// <summary>How a data file is read. The defaults fit a CSV file whose first line names its columns.</summary>
public sealed record DatasetOptions
{
    /// <summary>A file without a first line of names and without quoting: label, tab, text.</summary>
    public static readonly DatasetOptions LabelTabText = new() { Delimiter = '\t', Columns = ["label", "text"], Quotes = false };

    /// <summary>A file without a first line of names and without quoting: text, tab, label.</summary>
    public static readonly DatasetOptions TextTabLabel = new() { Delimiter = '\t', Columns = ["text", "label"], Quotes = false };

    /// <summary>What stands between two columns. None: found out from the first line (comma, semicolon, tab or bar).</summary>
    public char? Delimiter { get; init; }

    /// <summary>Names of the columns of a file whose first line is a row already. Empty: the first line names them.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>Whether a column may stand in double quotes, and hold delimiters and line breaks then.</summary>
    public bool Quotes { get; init; } = true;

    /// <summary>The answers that may occur. Empty: any.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>What else may be wrong with a row, in a sentence; none if nothing is. A scorer's <see cref="Scorer.Flaw"/> finds answers that no reply could match.</summary>
    public Func<TextItem, string?>? Flaw { get; init; }

    /// <summary>Leaves bad rows out, and keeps what was wrong with them in <see cref="Dataset.Skipped"/>, instead of stopping at the first.</summary>
    public bool SkipBadRows { get; init; }
}
