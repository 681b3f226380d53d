using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ansatz.Cli.Screen;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.LocalModels;
using Ansatz.Prompts;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>A study file made real: its data read, its model open, its parts checked against each other. Nothing is spent yet.</summary>
internal sealed class PromptStudy : IDisposable
{
    private readonly ReadStudyFile _read;
    private readonly string _folder; // what the file's paths are relative to
    private readonly IChatClient? _grader;
    private IChatClient? _proposer;

    private PromptStudy(ReadStudyFile read, string folder, Dataset data, DataSplits splits, PromptPart part, Scorer scorer, IChatClient model, IChatClient? grader)
    {
        (_read, _folder, Data, Splits, Part, Scorer, Model, _grader) = (read, folder, data, splits, part, scorer, model, grader);
        Objective = new(part, scorer, model, File.Data.Noun, SolverOf(File));
    }

    /// <summary>The study file with every default filled in.</summary>
    public StudyFile File => _read.Study;

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

    /// <summary>What the study is for.</summary>
    public string About => File.About ?? (Splits.Labels.Length <= 4
        ? $"sort {File.Data.Noun} into {string.Join(", ", Splits.Labels[..^1])}{(Splits.Labels.Length > 1 ? " and " : "")}{Splits.Labels[^1]}"
        : 2 * Splits.Labels.Length > Splits.Learnable.Length ? $"answer {File.Data.Noun}"
        : string.Create(CultureInfo.InvariantCulture, $"sort {File.Data.Noun} into {Splits.Labels.Length} labels"));

    /// <summary>The splits in words.</summary>
    public string DataInWords => string.Create(
        CultureInfo.InvariantCulture,
        $"{Splits.Train.Length:N0} train, {Splits.Validation.Length:N0} validation, {Splits.Test.Length:N0} test (sealed until the end)");

    /// <summary>The model in words: "SmolLM2-135M-Instruct (embedded, q8_0, avx2)".</summary>
    public string ModelInWords => ModelWords(File.Model, Model);

    /// <summary>Reads data, opens the model and checks everything against everything.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="folder">What its paths are relative to.</param>
    /// <param name="endpoints">The models by name.</param>
    /// <param name="open">Opens an endpoint; none: as it is.</param>
    /// <exception cref="InputException">Something does not fit; the message says where.</exception>
    public static PromptStudy Load(ReadStudyFile read, string folder, Endpoints endpoints, Func<OpenAiEndpoint, IChatClient>? open = null)
    {
        StudyFile file = read.Study;
        PromptTemplate template = Placed(read, "prompt.template", () => PromptTemplate.Parse(file.Prompt.Template));
        file.Data.Input ??= new([.. template.Fields]);
        file.Data.Answer ??= template.Answer;
        Placed(read, "prompt.template", () =>
        {
            template.CheckColumns(file.Data.Input.Values, file.Data.Answer);
            return true;
        });

        RuleScorer? rule = StudyScorers.Rule(read);
        string path = Path.Combine(folder, file.Data.File);
        Dataset data = Path.Exists(path)
            ? ReadData(read, path, new() { SkipBadRows = file.Data.SkipBadRows, Flaw = rule is null ? null : rule.Flaw })
            : throw read.Wrong("data.file", $"the data file {file.Data.File} does not exist{(Path.IsPathRooted(file.Data.File) ? "" : $" in {Path.GetFullPath(folder)}")}.");
        file.Data.Split ??= SplitSizes.For(data.Distinct.Length) is { } sizes
            ? new() { Train = sizes.Train, Validation = sizes.Validation, Test = sizes.Test }
            : throw read.Wrong("data.file", string.Create(CultureInfo.InvariantCulture, $"{file.Data.File} has {data.Distinct.Length:N0} different {PlainText.Plural(data.Distinct.Length, "row")}; at least {SplitSizes.Floor} are needed for a verdict that can show anything."));
        SplitFile split = file.Data.Split;
        DataSplits splits = Placed(read, "data.split", () => split.Set <= split.Sets
            ? data.DisjointSplits(split.Test, split.Sets, split.Train, split.Validation, split.Seed)[split.Set - 1]
            : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"data.split.set is {split.Set:N0}, but there {PlainText.Plural(split.Sets, "is one set", $"are {split.Sets:N0} sets")} (data.split.sets).")));
        CheckLabels(read, splits);
        PromptPart part = Placed(read, "prompt", () => new PromptPart(template, splits, YoursOf(file.Prompt.Yours, template), OpenOf(file.Prompt.Open)));
        rule ??= StudyScorers.Rule(read, data.Items.Select(i => i.Answer));
        CheckSearch(read, part);
        IChatClient model = OpenModel(read, "model", file.Model, folder, endpoints, open);
        IChatClient? grader = null;
        try
        {
            grader = file.Scorer.Grader is { } other ? (other == file.Model ? model : OpenModel(read, "scorer.grader", other, folder, endpoints, open)) : null;
            Scorer scorer = rule is not null ? rule : StudyScorers.Graded(file.Scorer, grader!, PriceOf(file, file.Scorer.Grader!));
            return Placed(read, "prompt", () => new PromptStudy(read, folder, data, splits, part, scorer, model, grader))
                .WithProposer(endpoints, open);
        }
        catch
        {
            if (grader != model)
            {
                grader?.Dispose();
            }

            model.Dispose();
            throw;
        }
    }

    /// <summary>The search that the file asks for.</summary>
    public Optimizer<Prompt> Optimizer() => Made().Search;

    /// <summary>The most rollouts that the search will ask for.</summary>
    public long MostRollouts => Math.Min(Made().MostRollouts, File.Search.Rollouts ?? long.MaxValue);

    /// <summary>What the search may spend.</summary>
    public Budget Budget => new()
    {
        MaxRollouts = File.Search.Rollouts,
        MaxCalls = File.Search.Calls,
        MaxTokens = File.Search.Tokens,
        MaxMoney = File.Search.Money,
        MaxTime = File.Search.Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        Plateau = File.Search.Plateau,
    };

    /// <summary>What the search has to beat.</summary>
    public IReadOnlyList<Arm<Prompt>> Controls(Arm<Prompt> search) =>
        File.Controls switch
        {
            ControlsFile.Yours => [Arm<Prompt>.OfYours()],
            ControlsFile.Search => [.. Part.Controls(search).Where(c => c.Role == ArmRole.Yours || (c.Role == ArmRole.Control && c.Optimizer is not FixedFilling<Prompt>))],
            _ => Part.Controls(search),
        };

    /// <summary>Begins the study in a database, or goes on with it.</summary>
    /// <param name="database">The database.</param>
    /// <param name="name">The study's name there.</param>
    /// <param name="clock">The clock of the journal.</param>
    /// <param name="allowRejected">Whether it goes on although every answer was rejected.</param>
    public Study<Prompt> Open(string database, string name, TimeProvider clock, bool allowRejected = false) => Study.Open(
        database,
        Objective,
        Optimizer(),
        Budget,
        File.Seed,
        new()
        {
            Name = name,
            Series = File.Series,
            Description = Describe(database),
            Controls = Controls(new("found", ArmRole.Search, Optimizer(), Budget)),
            Workers = File.Model.IsEndpoint ? 2 + (Concurrency(File.Model) / 16) : 1, // while the last calls of a block are out, another one's fill the places
            AllowRejected = allowRejected,
            Clock = clock,
        });

    /// <summary>What stands above a run.</summary>
    public RunHeader Header(Study<Prompt> study, string goOn) => new(
        study.Name, About, ModelInWords, File.Seed, DataInWords, ControlsInWords(study.Arms), study.Arms.Length, Objective.Scale, MostRollouts, goOn);

    /// <summary>The controls in words: "yours, no instruction, 8 random draws, majority, naive Bayes".</summary>
    public string ControlsInWords(IReadOnlyList<Arm<Prompt>> arms)
    {
        int draws = arms.Count(a => a.Role == ArmRole.Draw);
        IEnumerable<string> controls = arms.Where(a => a.Role is ArmRole.Yours or ArmRole.Control).Select(a => a.Name);
        return string.Join(", ", [
            .. controls,
            .. draws > 0 ? (string[])[string.Create(CultureInfo.InvariantCulture, $"{draws} random draws")] : [],
            .. Part.Baselines.Select(b => b.Name.Split(" on ")[0]),
        ]);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_proposer != Model)
        {
            _proposer?.Dispose();
        }

        if (_grader != Model)
        {
            _grader?.Dispose();
        }

        Model.Dispose();
    }

    // What the journal keeps: the study file with all defaults, its paths relative to the database's folder, so that the
    // study can be opened again without its file. Budgets may grow, so they stand with the arm.
    private JsonObject Describe(string database)
    {
        StudyFile stored = File with
        {
            Schema = null,
            Name = null,
            Data = File.Data with { File = Moved(File.Data.File) },
            Model = MovedModel(File.Model),
            Scorer = File.Scorer with { Grader = File.Scorer.Grader is { } g ? MovedModel(g) : null },
            Search = File.Search with { Rollouts = null, Calls = null, Tokens = null, Money = null, Minutes = null, Plateau = null, Proposer = File.Search.Proposer is { } p ? MovedModel(p) : null },
        };
        JsonObject description = (JsonObject)JsonSerializer.SerializeToNode(stored, StudyFileJson.Default.StudyFile)!;
        JsonObject data = (JsonObject)description["data"]!;
        data["contents"] = string.Create( // a changed file is refused by a name that its user knows
            CultureInfo.InvariantCulture, $"{Data.Items.Length:N0} rows, hash {ContentHash.Of(Splits.Identity.ToJsonString())[..12]}");
        data["labels"] = new JsonArray([.. Splits.Labels.Select(l => (JsonNode)l)]);
        return description;

        string Moved(string path) =>
            Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(database))!, Path.GetFullPath(path, Path.GetFullPath(_folder))).Replace('\\', '/');

        ModelFile MovedModel(ModelFile model) => model.File is { } f ? model with { File = Moved(f) } : model.Which();
    }

    // A search of about as many candidates as the file asks for, and the most rollouts that it takes.
    private (Optimizer<Prompt> Search, long MostRollouts) Made()
    {
        int candidates = File.Search.Candidates, train = Splits.Train.Length, validation = Splits.Validation.Length, starts = Part.Instructions.Length;
        int perStep = Math.Min(8, candidates);
        int population = Math.Clamp(candidates / 5, 3, 10);
        int generations = Math.Max(1, (candidates / population) - 1); // the first population counts too
        switch (File.Search.Use)
        {
            case OptimizerFile.Opro:
                Opro opro = new(ProposerOf()) { Steps = (candidates + perStep - 1) / perStep, PerStep = perStep, Layout = Layout };
                return (opro, opro.MostRollouts(starts, train, validation));
            case OptimizerFile.BootstrapFewShot:
                BootstrapFewShot bootstrap = new() { Candidates = Math.Max(1, candidates - 4) }; // yours, none, labelled, and in order come besides
                return (bootstrap, bootstrap.MostRollouts(train, validation));
            case OptimizerFile.Grips:
                Grips grips = new() { PerIteration = Math.Min(5, candidates), Iterations = Math.Max(1, candidates / 5) };
                return (grips, grips.MostRollouts(train, validation));
            case OptimizerFile.EvopromptGa:
                EvoPromptGa ga = new(ProposerOf()) { Population = population, Generations = generations, Writing = WritingOf(0.5f) };
                return (ga, ga.MostRollouts(starts, train, validation));
            case OptimizerFile.EvopromptDe:
                EvoPromptDe de = new(ProposerOf()) { Population = population, Generations = generations, Writing = WritingOf(0.5f) };
                return (de, de.MostRollouts(starts, train, validation));
            case OptimizerFile.Gepa:
                Gepa gepa = new(ProposerOf()) { Iterations = candidates };
                return (gepa, gepa.MostRollouts(validation));
            case OptimizerFile.MiproV2:
                MiproSize size = File.Search.Size switch { SizeFile.Medium => MiproSize.Medium, SizeFile.Heavy => MiproSize.Heavy, _ => MiproSize.Light };
                MiproV2 mipro = new(ProposerOf()) { Size = size, Writing = WritingOf(1) };
                return (mipro, mipro.MostRollouts(train, validation));
            default:
                FewShotSearch fewShot = new() { Candidates = candidates, Race = File.Search.Race == true ? new() : null };
                return (fewShot, fewShot.MostRollouts(train, validation));
        }
    }

    private Proposer ProposerOf() =>
        Layout == OproLayout.Pretrained && _proposer!.GetService<EmbeddedModel>() is { } plain ? Plain(plain) : Proposer.OfChat(_proposer!, PriceOf(File, File.Search.Proposer ?? File.Model));

    private Writing WritingOf(float temperature) => new() { Temperature = temperature, Style = Layout == OproLayout.Pretrained ? WritingStyle.Plain : WritingStyle.Chat };

    private OproLayout Layout => File.Search.Layout switch
    {
        LayoutFile.Tuned => OproLayout.Tuned,
        LayoutFile.Pretrained => OproLayout.Pretrained,
        _ => OproLayout.Chat,
    };

    // A pre-trained model goes on with the text itself, without a chat template around it.
    private static Proposer Plain(EmbeddedModel model) => new(
        new() { ["plain"] = model.Identity },
        async (request, cancellationToken) =>
        {
            Completion completion = await model.CompleteAsync(
                request.Text,
                new() { MaxTokens = request.MaxTokens, Temperature = request.Temperature, TopP = request.TopP, Seed = request.Seed, Stop = request.Stop is { } stop ? [stop] : [] },
                cancellationToken).ConfigureAwait(false);
            return new(completion.Text, completion.PromptTokens, completion.CompletionTokens);
        },
        Price.Free);

    private PromptStudy WithProposer(Endpoints endpoints, Func<OpenAiEndpoint, IChatClient>? open)
    {
        if (HasProposer(File.Search.Use))
        {
            _proposer = File.Search.Proposer is { } other && other != File.Model ? OpenModel(_read, "search.proposer", other, _folder, endpoints, open) : Model;
        }

        return this;
    }

    // A format that names its columns itself must have those that the study asks for.
    private static Dataset ReadData(ReadStudyFile read, string path, DatasetOptions options)
    {
        DataFile file = read.Study.Data;
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
            // The endpoint bounds how many are under way; as many again wait at its door, so that it is never idle while replies are written down.
            Concurrency = file.Model.IsEndpoint ? 2 * Concurrency(file.Model) : usual.Concurrency,
            Price = PriceOf(file, file.Model),
        };
    }

    /// <summary>What a model costs: nothing on this machine, what the file says of an endpoint, else nobody knows.</summary>
    public static Price PriceOf(StudyFile file, ModelFile model) =>
        !model.IsEndpoint ? Price.Free
        : file.Prices?.GetValueOrDefault(model.Name ?? "") is { } price ? new(price.InputPerMillion, price.OutputPerMillion)
        : Price.Unknown;

    /// <summary>The endpoint that a study file names.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="path">The field that names it.</param>
    /// <param name="model">The model.</param>
    public static OpenAiEndpoint EndpointOf(ReadStudyFile read, string path, ModelFile model)
    {
        CheckModel(read, path, model);
        string name = model.Name ?? throw read.Wrong($"{path}.baseUrl", $"{path}.name is missing; an endpoint needs the name of its model, such as \"gpt-4o-mini\".");
        OpenAiEndpoint endpoint = Placed(read, $"{path}.baseUrl", () => new OpenAiEndpoint(model.BaseUrl!, name));
        return endpoint with
        {
            KeyFrom = model.KeyFrom,
            Concurrency = Concurrency(model),
            RequestsPerMinute = model.RequestsPerMinute,
            TokensPerMinute = model.TokensPerMinute,
            Timeout = model.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : endpoint.Timeout,
            Patience = TimeSpan.FromSeconds(Math.Max(endpoint.Patience.TotalSeconds, 3 * (model.TimeoutSeconds ?? 0))), // a server may ask to wait for longer than a short try may take
        };
    }

    private static int Concurrency(ModelFile model) => model.Concurrency ?? 8;

    private static void CheckModel(ReadStudyFile read, string path, ModelFile model)
    {
        if (model.IsEndpoint && model.File is not null)
        {
            throw read.Wrong($"{path}.baseUrl", $"{path} has both a file and a baseUrl; it is either a GGUF file or an endpoint.");
        }

        (string Field, bool IsGiven)[] ofEndpoints =
        [
            ("name", model.Name is not null), ("maxReplyTokens", model.MaxReplyTokens is not null), ("topTokens", model.TopTokens is not null), ("concurrency", model.Concurrency is not null),
            ("requestsPerMinute", model.RequestsPerMinute is not null), ("tokensPerMinute", model.TokensPerMinute is not null), ("timeoutSeconds", model.TimeoutSeconds is not null),
        ];
        if (!model.IsEndpoint && ofEndpoints.FirstOrDefault(f => f.IsGiven).Field is { } field)
        {
            throw read.Wrong($"{path}.{field}", $"{path}.{field} belongs to an endpoint, so {path}.baseUrl must be given too, such as \"http://127.0.0.1:8080/v1\".");
        }
    }

    /// <summary>Opens the model that a study file names.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="path">The field that names it.</param>
    /// <param name="model">The model.</param>
    /// <param name="folder">What its path is relative to.</param>
    /// <param name="endpoints">The models by name.</param>
    /// <param name="open">Opens an endpoint; none: as it is.</param>
    public static IChatClient OpenModel(
        ReadStudyFile read, string path, ModelFile model, string folder, Endpoints endpoints, Func<OpenAiEndpoint, IChatClient>? open = null)
    {
        CheckModel(read, path, model);
        if (model.IsEndpoint)
        {
            OpenAiEndpoint endpoint = EndpointOf(read, path, model);
            return Placed(read, $"{path}.baseUrl", () => open is null ? endpoint.Open() : open(endpoint));
        }

        if (model == new ModelFile())
        {
            return endpoints.Open(Endpoints.Embedded);
        }

        EmbeddedModelSettings settings = new()
        {
            ModelFile = model.File is { } file ? Path.GetFullPath(file, Path.GetFullPath(folder)) : null,
            Kernels = model.Kernels == KernelsFile.Fastest ? Kernels.Fastest : Kernels.Avx2,
        };
        return Placed(read, path, () => EmbeddedModel.Load(settings));
    }

    private static string ModelWords(ModelFile file, IChatClient model) =>
        model.GetService<EmbeddedModel>() is { } local ? $"{local.Name} ({(file.File is null ? "embedded" : "local")}, {local.Quantisation}, {local.Kernels})"
        : file.IsEndpoint ? $"{file.Name} at {file.BaseUrl}"
        : model.GetService<ChatClientMetadata>()?.DefaultModelId ?? "unnamed";

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
            throw read.Wrong("data.file", $"every row of {read.Study.Data.File} has the same answer, \"{splits.Labels[0]}\": there is nothing to tell apart.");
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

    private static void CheckSearch(ReadStudyFile read, PromptPart part)
    {
        SearchFile search = read.Study.Search;
        string use = JsonNamingPolicy.KebabCaseLower.ConvertName(search.Use.ToString());
        if (!HasProposer(search.Use) && (search.Layout is not null || search.Proposer is not null))
        {
            string field = search.Layout is not null ? "search.layout" : "search.proposer";
            throw read.Wrong(field, $"{field} belongs to a search with a proposer, such as opro, and search.use is {use}, which proposes nothing.");
        }

        if (search.Layout is not (null or LayoutFile.Chat) && search.Use == OptimizerFile.Gepa)
        {
            throw read.Wrong("search.layout", "gepa asks its proposer as a chat model; leave search.layout out.");
        }

        ModelFile?[] models = [read.Study.Model, HasProposer(search.Use) ? search.Proposer : null, read.Study.Scorer.Grader];
        if (search.Money is not null && models.FirstOrDefault(m => m is not null && !PriceOf(read.Study, m).IsKnown) is { } unpriced)
        {
            throw read.Wrong("search.money", $"search.money cannot be kept to without knowing what \"{unpriced.Name}\" costs; say it under \"prices\", or limit search.calls or search.tokens instead.");
        }

        if (search.Race is not null && search.Use != OptimizerFile.FewShotSearch)
        {
            throw read.Wrong("search.race", $"search.race belongs to few-shot-search, and search.use is {use}.");
        }

        if (search.Size is not null && search.Use != OptimizerFile.MiproV2)
        {
            throw read.Wrong("search.size", $"search.size belongs to mipro-v2, and search.use is {use}; say with search.candidates how many are tried.");
        }

        if (search.Use is OptimizerFile.Opro or OptimizerFile.Grips or OptimizerFile.EvopromptGa or OptimizerFile.EvopromptDe or OptimizerFile.Gepa && part.Slots.Instruction is null)
        {
            throw read.Wrong("search.use", $"{use} writes instructions, but prompt.open has no \"instruction\". Open it with {{}}, or use few-shot-search.");
        }

        if (search.Use is OptimizerFile.Grips or OptimizerFile.EvopromptGa or OptimizerFile.EvopromptDe && part.Instructions.All(i => i.Length == 0))
        {
            throw read.Wrong("search.use", $"{use} makes new instructions out of old ones, but prompt.yours has none. Write one, or use opro.");
        }

        if (search.Use == OptimizerFile.BootstrapFewShot && part.Slots.Demonstrations is null)
        {
            throw read.Wrong("search.use", "bootstrap-few-shot chooses examples, but prompt.open has no \"demonstrations\". Open them, or use opro.");
        }
    }

    internal static bool HasProposer(OptimizerFile use) =>
        use is OptimizerFile.Opro or OptimizerFile.EvopromptGa or OptimizerFile.EvopromptDe or OptimizerFile.Gepa or OptimizerFile.MiproV2;

    // A part's own sentence, with the place of the study file before it; a sentence that begins with a place of its own stays as it is.
    private static T Placed<T>(ReadStudyFile read, string path, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (InputException e)
        {
            int colon = e.Message.IndexOf("): ", StringComparison.Ordinal);
            bool hasPlace = colon > 0 && e.Message.LastIndexOf('(', colon) is > 0 and int open && e.Message.AsSpan(open + 1, colon - open - 1).TrimStart("0123456789,").IsEmpty;
            if (hasPlace)
            {
                throw;
            }

            throw read.Wrong(path, e.Message.Length > 1 && char.IsUpper(e.Message[0]) && char.IsLower(e.Message[1]) ? char.ToLowerInvariant(e.Message[0]) + e.Message[1..] : e.Message);
        }
    }
}
