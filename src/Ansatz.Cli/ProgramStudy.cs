using System.Globalization;
using System.Text.Json.Nodes;
using Ansatz.Cli.Screen;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Programs;
using Ansatz.Web;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>A study of a program, made real: the user's code is built, loaded and has run the start program.</summary>
internal sealed class ProgramStudy : LoadedStudy<ProgramSource>
{
    private const int UsualEvaluations = 8_000, UsualWindow = 4, UsualCallCost = 20, UsualFinalists = 10;

    private readonly IChatClient? _proposer;

    private ProgramStudy(ReadStudyFile read, string folder, UserProgram program, IChatClient? proposer)
        : base(read, folder) => (Program, _proposer) = (program, proposer);

    /// <summary>The user's program.</summary>
    public UserProgram Program { get; }

    /// <summary>What is climbed.</summary>
    public ProgramObjective Objective => Program.Objective;

    /// <inheritdoc />
    public override string About => File.About ?? $"find a better {Program.Name}";

    /// <inheritdoc />
    public override string ModelInWords
    {
        get
        {
            string? model = _proposer is null ? null : StudyModels.InWords(File.Search.Proposer!, _proposer);
            return model is null ? "the grammar" : File.Search.Mix == true ? $"the grammar and {model}" : model;
        }
    }

    /// <inheritdoc />
    public override string DataInWords => Objective.Count(Split.Test) == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Objective.Count(Split.Train):N0} train, {Objective.Count(Split.Validation):N0} validation {Noun}; none to test on, so the verdict is over seeds")
        : string.Create(CultureInfo.InvariantCulture, $"{Objective.Count(Split.Train):N0} train, {Objective.Count(Split.Validation):N0} validation, {Objective.Count(Split.Test):N0} test {Noun} (sealed until the end)");

    /// <inheritdoc />
    /// <remarks>Validation of those that are among the best so far comes on top: nobody knows before how many that are.</remarks>
    public override long MostRollouts => Math.Min((Evaluations + 1) * Objective.Count(Split.Train), File.Search.Rollouts ?? long.MaxValue);

    /// <inheritdoc />
    public override IEnumerable<string> Remarks => File.Search.Rollouts / Objective.Count(Split.Train) is { } programs && programs < Evaluations
        ? [string.Create(CultureInfo.InvariantCulture, $"search.rollouts ends the search after about {programs:N0} of {Evaluations:N0} programs, for which it was laid out: its first eighth is random programs, and its islands end in turn; set search.evaluations to {Math.Max(1, programs):N0} instead.")]
        : [];

    /// <summary>How many programs are proposed.</summary>
    public long Evaluations => File.Search.Evaluations!.Value;

    /// <inheritdoc />
    public override Objective<ProgramSource> Goal => Objective;

    /// <inheritdoc />
    protected override int Workers => File.Program!.Workers ?? 1;

    /// <summary>Builds and loads the user's program, and opens the model that writes programs, if there is one.</summary>
    /// <inheritdoc cref="LoadedStudy.Load" />
    public static new ProgramStudy Load(ReadStudyFile read, string folder, Endpoints endpoints, Func<OpenAiEndpoint, IChatClient>? open = null)
    {
        StudyFile file = read.Study;
        file.Search.Evaluations ??= UsualEvaluations;
        file.Search.Window ??= UsualWindow;
        if (file.Search.Layout == LayoutFile.Tuned)
        {
            throw read.Wrong("search.layout", "search.layout is tuned, which asks for single instructions; for programs take chat, diff or pretrained.");
        }

        StudyModels.RequirePrices(read, file.Search.Proposer);

        UserProgram program = UserProgram.Load(read, folder);
        try
        {
            read.Placed("search.cascade", () =>
            {
                CascadeOf(file.Search)?.Check(program.Objective.Count(Split.Train));
                return true;
            });
            return new(read, folder, program, file.Search.Proposer is { } proposer ? StudyModels.OpenModel(read, "search.proposer", proposer, folder, endpoints, open) : null);
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public override FunSearch Optimizer() => new([.. Proposers()])
    {
        Evaluations = File.Search.Evaluations!.Value,
        Window = File.Search.Window!.Value,
        Database = DatabaseOf(File.Search),
        SamplesPerPrompt = File.Search.SamplesPerPrompt ?? 1,
        Finalists = File.Search.Finalists ?? UsualFinalists,
        Cascade = CascadeOf(File.Search),
    };

    private static DatabaseSettings DatabaseOf(SearchFile search)
    {
        DatabaseFile said = search.Database ?? new();
        DatabaseSettings usual = said.Preset == DatabasePreset.Reference
            ? DatabaseSettings.Reference with { Islands = search.Islands ?? DatabaseSettings.Reference.Islands }
            : DatabaseSettings.For(search.Evaluations!.Value, search.Islands);
        return usual with
        {
            Shown = said.Shown ?? usual.Shown,
            Temperature = (double?)said.Temperature ?? usual.Temperature,
            ScalesTemperature = said.ScalesTemperature ?? usual.ScalesTemperature,
            Period = said.Period ?? (said.ResetEvery > 0 && said.Preset != DatabasePreset.Reference ? (int)Math.Clamp(1.1 * search.Evaluations!.Value / usual.Islands, 1, int.MaxValue) : usual.Period), // islands that live to the end have fewer programs each
            LexicasePool = NoneIfZero(said.LexicasePool, usual.LexicasePool),
            LengthTemperature = (double?)said.LengthTemperature ?? usual.LengthTemperature,
            Reduction = said.Reduction ?? usual.Reduction,
            SignatureDigits = NoneIfZero(said.SignatureDigits, usual.SignatureDigits),
            ClusterCapacity = NoneIfZero(said.ClusterCapacity, usual.ClusterCapacity),
            IslandCapacity = NoneIfZero(said.IslandCapacity, usual.IslandCapacity),
            ResetEvery = NoneIfZero(said.ResetEvery, usual.ResetEvery),
            HalveEvery = said.ResetEvery > 0 ? null : NoneIfZero(said.HalveEvery, usual.HalveEvery),
        };

        static int? NoneIfZero(int? said, int? usual) => said switch { null => usual, 0 => null, { } value => value };
    }

    /// <summary>A model that writes programs in the way that the file asks for.</summary>
    public ChatProposer Writer(IChatClient model) => new(StudyModels.ProposerOf(model, File.Search.Proposer!, File.Search.Layout, StudyModels.PriceOf(File, File.Search.Proposer!)))
    {
        CallCost = (double?)File.Search.CallCost ?? UsualCallCost,
        Prompt = File.Search.Layout switch { LayoutFile.Diff => ProgramPrompt.Diff, LayoutFile.Pretrained => ProgramPrompt.Continue, _ => ProgramPrompt.Rewrite },
    };

    /// <inheritdoc />
    public override RunHeader Header(Study<ProgramSource> study, string goOn) => base.Header(study, goOn) with { ModelLabel = "written by", Programs = Evaluations };

    /// <inheritdoc />
    public override Task<StudyPlan> PlanAsync(string name, CancellationToken cancellationToken) => new ProgramPlan(this).MakeAsync(name, cancellationToken);

    /// <inheritdoc />
    public override string FoundInWords(Journal journal, Verdict verdict) => FoundProgram.Of(journal, journal.Find(verdict.Study)!)!.InWords(Objective);

    /// <inheritdoc />
    public override Report ReportOf(Journal journal, Verdict verdict, string command) => new ProgramReport(this, journal, verdict).Make(command);

    /// <inheritdoc />
    public override void Dispose()
    {
        _proposer?.Dispose();
        Program.Dispose();
    }

    /// <inheritdoc />
    protected override JsonObject Describe(string database)
    {
        JsonObject description = ToJson(File with
        {
            Schema = null,
            Name = null,
            Money = null,
            Data = File.Data is { } rows ? rows with { File = Moved(rows.File, database) } : null,
            Program = File.Program! with { Project = Moved(File.Program.Project, database), Hole = Program.Name, Workers = null, GuardSeconds = null, Sandbox = File.Program.Sandbox == SandboxFile.Hole ? null : File.Program.Sandbox },
            Search = Stored(File.Search, database),
        });
        foreach (string ofPrompts in (string[])["model", "scorer"])
        {
            description.Remove(ofPrompts);
        }

        ((JsonObject)description["search"]!).Remove("candidates");
        if (description["data"] is JsonObject data)
        {
            foreach (string ofPrompts in StudyFileKinds.DataOfPrompts)
            {
                data.Remove(ofPrompts);
            }

            data["contents"] = $"hash {Objective.Identity["inputs"]!.GetValue<string>()[..12]}"; // a changed file is refused by a name that its user knows
        }

        return description;
    }

    private static Cascade? CascadeOf(SearchFile search) => search.Cascade is { } cascade ? new([.. cascade.Stages], (double)(cascade.Share ?? 0.5m)) : null;

    private IEnumerable<ProgramProposer> Proposers()
    {
        if (_proposer is null || File.Search.Mix == true)
        {
            yield return _proposer is null ? new GrammarMutator() : new GrammarMutator { Founders = 0 }; // in a mix each is judged by what it makes of the programs it is shown
        }

        if (_proposer is not null)
        {
            yield return Writer(_proposer);
        }
    }
}
