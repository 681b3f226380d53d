using System.Globalization;
using System.Text.Json;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;

namespace Ansatz.Cli;

/// <summary>The labelled texts of a study of prompts.</summary>
/// <param name="Data">All rows.</param>
/// <param name="Splits">Who may use which.</param>
/// <param name="Rule">What counts as right; none where a model grades.</param>
internal sealed record LabelledTexts(Dataset Data, DataSplits Splits, RuleScorer? Rule)
{
    /// <summary>Reads and splits them, and fills in what the file leaves to the templates.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="folder">What its paths are relative to.</param>
    /// <param name="columns">The holes that are columns of the data.</param>
    /// <param name="answer">The hole of the answer.</param>
    /// <exception cref="InputException">Something does not fit; the message says where.</exception>
    public static LabelledTexts Read(ReadStudyFile read, string folder, IEnumerable<string> columns, string answer)
    {
        DataFile from = read.Study.Data!;
        from.Input ??= new([.. columns]);
        from.Answer ??= answer;
        RuleScorer? rule = StudyScorers.Rule(read);
        string path = Path.Combine(folder, from.File);
        Dataset data = Path.Exists(path)
            ? ReadData(read, path, new() { SkipBadRows = from.SkipBadRows, Flaw = rule is null ? null : rule.Flaw })
            : throw read.Wrong("data.file", $"the data file {from.File} does not exist{(Path.IsPathRooted(from.File) ? "" : $" in {Path.GetFullPath(folder)}")}.");
        from.Split ??= SplitSizes.For(data.Distinct.Length) is { } sizes
            ? new() { Train = sizes.Train, Validation = sizes.Validation, Test = sizes.Test }
            : throw read.Wrong("data.file", string.Create(CultureInfo.InvariantCulture, $"{from.File} has {data.Distinct.Length:N0} different {PlainText.Plural(data.Distinct.Length, "row")}; at least {SplitSizes.Floor} are needed for a verdict that can show anything."));
        SplitFile split = from.Split;
        DataSplits splits = read.Placed("data.split", () => split.Set <= split.Sets
            ? data.DisjointSplits(split.Test, split.Sets, split.Train, split.Validation, split.Seed)[split.Set - 1]
            : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"data.split.set is {split.Set:N0}, but there {PlainText.Plural(split.Sets, "is one set", $"are {split.Sets:N0} sets")} (data.split.sets).")));
        return splits.Labels.Length == 1
            ? throw read.Wrong("data.file", $"every row of {from.File} has the same answer, \"{splits.Labels[0]}\": there is nothing to tell apart.")
            : new(data, splits, rule ?? StudyScorers.Rule(read, data.Items.Select(i => i.Answer)));
    }

    /// <summary>Refuses words for labels that the data do not have.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="prompt">The prompt: "prompt", "pipeline.steps[1]".</param>
    public void CheckLabels(ReadStudyFile read, string prompt)
    {
        foreach (string place in (string[])[$"{prompt}.yours.label", $"{prompt}.open.label"])
        {
            JsonText labels = read.Text.Nearest(place);
            foreach (JsonMember label in labels.Path == place ? labels.Members : [])
            {
                if (!Splits.Labels.Contains(label.Name, StringComparer.Ordinal))
                {
                    throw StudyFileReader.At(read.Shown, label.Line, label.Column, $"the label \"{label.Name}\" is not one of: {string.Join(", ", Splits.Labels)}.{Nearest.Question(label.Name, Splits.Labels)}");
                }
            }
        }
    }

    // A format that names its columns itself must have those that the study asks for.
    private static Dataset ReadData(ReadStudyFile read, string path, DatasetOptions options)
    {
        DataFile file = read.Study.Data!;
        if (file.Format is not { } format)
        {
            return Dataset.FromFile(path, [.. file.Input!.Values], file.Answer!, options);
        }

        Dataset data = format switch
        {
            FormatFile.Bbh => BigBenchHard.Load(path, options.SkipBadRows),
            FormatFile.Gsm8k => Gsm8k.Load(path, options.SkipBadRows),
            FormatFile.Mmlu => Mmlu.Load(path, options.SkipBadRows),
            FormatFile.Aqua => Aqua.Load(path, options.SkipBadRows),
            FormatFile.LabelTabText => Dataset.FromCsv(path, "text", "label", DatasetOptions.LabelTabText with { SkipBadRows = options.SkipBadRows, Flaw = options.Flaw }),
            _ => Dataset.FromCsv(path, "text", "label", DatasetOptions.TextTabLabel with { SkipBadRows = options.SkipBadRows, Flaw = options.Flaw }),
        };
        return data.Inputs.SequenceEqual(file.Input!.Values, StringComparer.Ordinal) && data.Answer == file.Answer
            ? data
            : throw read.Wrong("data.format", $"data in the format {JsonNamingPolicy.KebabCaseLower.ConvertName(format.ToString())} have the columns \"{data.Inputs[0]}\" and \"{data.Answer}\": the template needs the hole {{{data.Inputs[0]}}}, and ends with {{{data.Answer}}}.");
    }
}
