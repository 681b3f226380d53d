using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Prompts;
using Ansatz.Web;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>A study of a prompt, made real: its data read, its model open.</summary>
internal sealed class PromptStudy : LoadedStudy<Prompt>
{
    private readonly IChatClient? _grader;
    private readonly PromptSearches _searches;
    private readonly IChatClient? _proposer;

    private PromptStudy(
        ReadStudyFile read, string folder, Dataset data, DataSplits splits, PromptPart part, Scorer scorer, IChatClient model, IChatClient? grader, IChatClient? proposer)
        : base(read, folder)
    {
        (Data, Splits, Part, Scorer, Model, _grader, _proposer) = (data, splits, part, scorer, model, grader, proposer);
        Objective = new(part, scorer, model, File.Data!.Noun, SolverOf(File));
        _searches = new(File, splits, part, proposer);
    }

    /// <summary>All rows.</summary>
    public Dataset Data { get; }

    /// <summary>Who may use which.</summary>
    public DataSplits Splits { get; }

    /// <summary>The open part.</summary>
    public PromptPart Part { get; }

    /// <summary>What counts as right.</summary>
    public Scorer Scorer { get; }

    /// <summary>Who answers.</summary>
    public IChatClient Model { get; }

    /// <summary>What is climbed.</summary>
    public PromptObjective Objective { get; }

    /// <inheritdoc />
    public override string About => File.About ?? (Splits.Labels.Length <= 4
        ? $"sort {Noun} into {string.Join(", ", Splits.Labels[..^1])}{(Splits.Labels.Length > 1 ? " and " : "")}{Splits.Labels[^1]}"
        : 2 * Splits.Labels.Length > Splits.Learnable.Length ? $"answer {Noun}"
        : string.Create(CultureInfo.InvariantCulture, $"sort {Noun} into {Splits.Labels.Length} labels"));

    /// <inheritdoc />
    public override string DataInWords => string.Create(
        CultureInfo.InvariantCulture,
        $"{Splits.Train.Length:N0} train, {Splits.Validation.Length:N0} validation, {Splits.Test.Length:N0} test (sealed until the end)");

    /// <inheritdoc />
    public override string ModelInWords => StudyModels.InWords(File.Model, Model);

    /// <inheritdoc />
    public override long MostRollouts => Math.Min(_searches.Make().MostRollouts, File.Search.Rollouts ?? long.MaxValue);

    /// <inheritdoc />
    public override IEnumerable<string> Remarks => Data.Skipped.Length == 0
        ? []
        : [string.Create(CultureInfo.InvariantCulture, $"{Data.Skipped.Length:N0} bad {PlainText.Plural(Data.Skipped.Length, "row was", "rows were")} left out, the first of them: {Data.Skipped[0]}")];

    /// <inheritdoc />
    public override Objective<Prompt> Goal => Objective;

    /// <inheritdoc />
    protected override int Workers => File.Model.IsEndpoint ? 2 + (StudyModels.Concurrency(File.Model) / 16) : 1; // while the last calls of a block are out, another one's fill the places

    /// <summary>Reads data, opens the model and checks everything against everything.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="folder">What its paths are relative to.</param>
    /// <param name="endpoints">The models by name.</param>
    /// <param name="open">Opens an endpoint; none: as it is.</param>
    /// <exception cref="InputException">Something does not fit; the message says where.</exception>
    public static new PromptStudy Load(ReadStudyFile read, string folder, Endpoints endpoints, Func<OpenAiEndpoint, IChatClient>? open = null)
    {
        StudyFile file = read.Study;
        (DataFile from, PromptFile prompt) = (file.Data!, file.Prompt!);
        PromptTemplate template = read.Placed("prompt.template", () => PromptTemplate.Parse(prompt.Template));
        from.Input ??= new([.. template.Fields]);
        from.Answer ??= template.Answer;
        read.Placed("prompt.template", () =>
        {
            template.CheckColumns(from.Input.Values, from.Answer);
            return true;
        });

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
        CheckLabels(read, splits);
        PromptPart part = read.Placed("prompt", () => new PromptPart(template, splits, YoursOf(prompt.Yours, template), OpenOf(prompt.Open)));
        rule ??= StudyScorers.Rule(read, data.Items.Select(i => i.Answer));
        PromptSearches.Check(read, part);
        IChatClient model = StudyModels.OpenModel(read, "model", file.Model, folder, endpoints, open);
        IChatClient? grader = null, proposer = null;
        try
        {
            grader = file.Scorer.Grader is { } other ? (other == file.Model ? model : StudyModels.OpenModel(read, "scorer.grader", other, folder, endpoints, open)) : null;
            Scorer scorer = rule is not null ? rule : StudyScorers.Graded(file.Scorer, grader!, StudyModels.PriceOf(file, file.Scorer.Grader!));
            proposer = !PromptSearches.HasProposer(file.Search.Use) ? null
                : file.Search.Proposer is { } third && third != file.Model ? StudyModels.OpenModel(read, "search.proposer", third, folder, endpoints, open)
                : model;
            return read.Placed("prompt", () => new PromptStudy(read, folder, data, splits, part, scorer, model, grader, proposer));
        }
        catch
        {
            Close(model, grader, proposer);
            throw;
        }
    }

    /// <summary>The searches that the file names, with another proposer.</summary>
    public PromptSearches Searches(IChatClient proposer) => new(File, Splits, Part, proposer);

    /// <inheritdoc />
    public override Optimizer<Prompt> Optimizer() => _searches.Make().Search;

    /// <inheritdoc />
    public override Task<StudyPlan> PlanAsync(string name, CancellationToken cancellationToken) => new PromptPlan(this).MakeAsync(name, cancellationToken);

    /// <inheritdoc />
    public override string FoundInWords(Journal journal, Verdict verdict) => FoundPrompt.Of(this, journal, verdict).Sentence;

    /// <inheritdoc />
    public override Report ReportOf(Journal journal, Verdict verdict, string command) => PromptReport.Of(this, journal, verdict, command);

    /// <inheritdoc />
    public override void Dispose() => Close(Model, _grader, _proposer);

    /// <inheritdoc />
    protected override JsonObject Describe(string database)
    {
        StudyFile stored = File with
        {
            Schema = null,
            Name = null,
            Data = File.Data! with { File = Moved(File.Data.File, database) },
            Model = Moved(File.Model, database),
            Scorer = File.Scorer with { Grader = File.Scorer.Grader is { } g ? Moved(g, database) : null },
            Search = Stored(File.Search, database),
        };
        JsonObject description = ToJson(stored);
        JsonObject data = (JsonObject)description["data"]!;
        data["contents"] = string.Create( // a changed file is refused by a name that its user knows
            CultureInfo.InvariantCulture, $"{Data.Items.Length:N0} rows, hash {ContentHash.Of(Splits.Identity.ToJsonString())[..12]}");
        data["labels"] = new JsonArray([.. Splits.Labels.Select(l => (JsonNode)l)]);
        return description;
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

    /// <summary>How chat calls of the model that answers are made.</summary>
    public static SolverSettings SolverOf(StudyFile file)
    {
        SolverSettings usual = new();
        return new()
        {
            MaxReplyTokens = file.Model.MaxReplyTokens ?? usual.MaxReplyTokens,
            TopTokens = file.Model.TopTokens ?? usual.TopTokens,
            AsInstructions = file.Prompt?.AsInstructions == true,
            // The endpoint bounds how many are under way; as many again wait at its door, so that it is never idle while replies are written down.
            Concurrency = file.Model.IsEndpoint ? 2 * StudyModels.Concurrency(file.Model) : usual.Concurrency,
            Price = StudyModels.PriceOf(file, file.Model),
        };
    }

    /// <summary>The user's own filling.</summary>
    public static Prompt YoursOf(YoursFile file, PromptTemplate template) => new()
    {
        Instruction = file.Instruction,
        Demonstrations = [.. file.Demonstrations.Select((d, i) => new Demonstration(
            [.. template.Fields.Select(f => new Field(f, Value(d, f, i)))], Value(d, template.Answer, i)))],
        Labels = [.. file.Label.Where(l => l.Key != l.Value).Select(l => new LabelWording(l.Key, l.Value))],
    };

    private static string Value(Dictionary<string, string> demonstration, string name, int index) =>
        demonstration.TryGetValue(name, out string? value)
            ? value
            : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"prompt.yours.demonstrations[{index}] has no \"{name}\", which the template shows."));

    private static OpenSlots? OpenOf(OpenFile? file) => file is null ? null : new()
    {
        Instruction = file.Instruction is { } instruction ? new() { Options = [.. instruction.Options] } : null,
        Demonstrations = file.Demonstrations is { } demonstrations ? new() { UpTo = demonstrations.UpTo, Balanced = demonstrations.Balanced } : null,
        Labels = file.Label is { } labels ? new() { Wordings = labels.ToImmutableSortedDictionary(l => l.Key, l => l.Value.ToImmutableArray(), StringComparer.Ordinal) } : null,
    };

    private static void CheckLabels(ReadStudyFile read, DataSplits splits)
    {
        if (splits.Labels.Length == 1)
        {
            throw read.Wrong("data.file", $"every row of {read.Study.Data!.File} has the same answer, \"{splits.Labels[0]}\": there is nothing to tell apart.");
        }

        foreach (string place in (string[])["prompt.yours.label", "prompt.open.label"])
        {
            JsonText labels = read.Text.Nearest(place);
            foreach (JsonMember label in labels.Path == place ? labels.Members : [])
            {
                if (!splits.Labels.Contains(label.Name, StringComparer.Ordinal))
                {
                    throw StudyFileReader.At(read.Shown, label.Line, label.Column, $"the label \"{label.Name}\" is not one of: {string.Join(", ", splits.Labels)}.{Nearest.Question(label.Name, splits.Labels)}");
                }
            }
        }
    }

    // The three roles may be one model.
    private static void Close(IChatClient model, IChatClient? grader, IChatClient? proposer)
    {
        foreach (IChatClient each in ((IChatClient?[])[model, grader, proposer]).OfType<IChatClient>().Distinct())
        {
            each.Dispose();
        }
    }
}
