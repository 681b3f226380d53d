using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ansatz.Cli.Screen;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Web;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>A study file made real, whatever its open part: everything is read, opened and checked against each other. Nothing is spent yet.</summary>
internal abstract class LoadedStudy(ReadStudyFile read, string folder) : IDisposable
{
    /// <summary>Over how many seeds the verdict is where there are no test items.</summary>
    public const int Seeds = 10;

    /// <summary>The study file with every default filled in.</summary>
    public StudyFile File => read.Study;

    /// <summary>What the study is for.</summary>
    public abstract string About { get; }

    /// <summary>Who answers, or who writes: "SmolLM2-135M-Instruct (embedded, q8_0, avx2)".</summary>
    public abstract string ModelInWords { get; }

    /// <summary>The splits in words.</summary>
    public abstract string DataInWords { get; }

    /// <summary>What the scores are.</summary>
    public abstract Scale Scale { get; }

    /// <summary>What the items are called, in the plural.</summary>
    public abstract string Noun { get; }

    /// <summary>The most rollouts that the search will ask for.</summary>
    public abstract long MostRollouts { get; }

    /// <summary>What its user has to know before it runs.</summary>
    public virtual IEnumerable<string> Remarks => [];

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

    /// <summary>What the study may spend together with the others of its series; none: what its file says, for it alone.</summary>
    public Purse? SharedPurse { get; set; }

    /// <summary>What ends a search before it is done, beside its number of rollouts, and what pauses the study.</summary>
    public IEnumerable<string> LimitsInWords
    {
        get
        {
            SearchFile search = File.Search;
            string[] limits =
            [
                .. search.Calls is { } calls ? (string[])[string.Create(CultureInfo.InvariantCulture, $"{calls:N0} calls")] : [],
                .. search.Tokens is { } tokens ? (string[])[string.Create(CultureInfo.InvariantCulture, $"{tokens:N0} tokens")] : [],
                .. search.Money is { } money ? (string[])[string.Create(CultureInfo.InvariantCulture, $"{money:0.00##} of money")] : [],
                .. search.Minutes is { } minutes ? (string[])[string.Create(CultureInfo.InvariantCulture, $"{minutes:N0} {PlainText.Plural(minutes, "minute")}")] : [],
            ];
            return
            [
                .. limits.Length == 0 ? (string[])[] : [$"limits: {string.Join(", ", limits)}; search and controls end at the first of them that does not cover their next step, each by itself"],
                .. SharedPurse is null && File.Money is { } all ? (string[])[string.Create(CultureInfo.InvariantCulture, $"money: {all:0.00##} for search, controls and verdict together; the study pauses where that does not cover its next step")] : [],
            ];
        }
    }

    /// <summary>The study file, with places for messages.</summary>
    protected ReadStudyFile Read => read;

    /// <summary>What the file's paths are relative to.</summary>
    protected string Folder => folder;

    /// <summary>Loads a study of any kind.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="folder">What its paths are relative to.</param>
    /// <param name="endpoints">The models by name.</param>
    /// <param name="open">Opens an endpoint; none: as it is.</param>
    /// <exception cref="InputException">Something does not fit; the message says where.</exception>
    public static LoadedStudy Load(ReadStudyFile read, string folder, Endpoints endpoints, Func<OpenAiEndpoint, IChatClient>? open = null) =>
        read.Study.Program is not null ? ProgramStudy.Load(read, folder, endpoints, open)
        : read.Study.Pipeline is not null ? PipelineStudy.Load(read, folder, endpoints, open)
        : PromptStudy.Load(read, folder, endpoints, open);

    /// <summary>Begins the study in a database, or goes on with it.</summary>
    /// <param name="database">The database.</param>
    /// <param name="name">The study's name there.</param>
    /// <param name="clock">The clock of the journal.</param>
    /// <param name="allowRejected">Whether it goes on although every answer was rejected.</param>
    public abstract OpenStudy Open(string database, string name, TimeProvider clock, bool allowRejected = false);

    /// <summary>What running it would do and cost. Spends as little as it can, and keeps nothing.</summary>
    public abstract Task<StudyPlan> PlanAsync(string name, CancellationToken cancellationToken);

    /// <summary>What endpoints are asked where a candidate is measured on all test items.</summary>
    public virtual IReadOnlyList<Bill> MeasuringBills(StoredCandidate candidate) => [];

    /// <summary>What was found, in a sentence or two.</summary>
    public abstract string FoundInWords(Journal journal, Verdict verdict);

    /// <summary>The report as data.</summary>
    public abstract Report ReportOf(Journal journal, Verdict verdict, string command);

    /// <inheritdoc />
    public abstract void Dispose();

    /// <summary>A path of the study file, as the journal keeps it: relative to the database's folder.</summary>
    protected string Moved(string path, string database) =>
        Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(database))!, Path.GetFullPath(path, Path.GetFullPath(folder))).Replace('\\', '/');

    /// <summary>A model of the study file, as the journal keeps it.</summary>
    protected ModelFile Moved(ModelFile model, string database) => model.File is { } file ? model with { File = Moved(file, database) } : model;

    /// <summary>The search as the journal keeps it: budgets may grow, so they stand with the arm.</summary>
    protected SearchFile Stored(SearchFile search, string database) => search with
    {
        Rollouts = null,
        Calls = null,
        Tokens = null,
        Money = null,
        Minutes = null,
        Plateau = null,
        Proposer = search.Proposer is { } proposer ? Moved(proposer, database) : null,
    };
}

/// <summary>A loaded study whose open part has a type.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
internal abstract class LoadedStudy<T>(ReadStudyFile read, string folder) : LoadedStudy(read, folder)
{
    /// <inheritdoc />
    public override Scale Scale => Goal.Scale;

    /// <inheritdoc />
    public override string Noun => Goal.Noun;

    /// <summary>What is climbed.</summary>
    public abstract Objective<T> Goal { get; }

    /// <summary>How many asks run at once.</summary>
    protected abstract int Workers { get; }

    // A proposer may be elsewhere than who answers.
    private int? CallWorkers => (File.Search.Proposer ?? (File.Program is null ? File.Model : null)) is { IsEndpoint: true } proposer ? StudyModels.Concurrency(proposer) : null;

    /// <summary>The search that the file asks for.</summary>
    public abstract Optimizer<T> Optimizer();

    /// <summary>The search as an arm.</summary>
    public Arm<T> Search() => new("found", ArmRole.Search, Optimizer(), Budget);

    /// <summary>What the search has to beat.</summary>
    public IReadOnlyList<Arm<T>> Controls(Arm<T> search) =>
        File.Controls switch
        {
            ControlsFile.Yours => [Arm<T>.OfYours()],
            ControlsFile.Search => OfItsClaim(Goal.Open.Controls(search)),
            _ => Goal.Open.Controls(search),
        };

    // A search that chooses among random draws has to beat draws that nobody chose; every other one its proposals without its mechanism.
    private static IReadOnlyList<Arm<T>> OfItsClaim(IReadOnlyList<Arm<T>> all)
    {
        bool hasOwn = all.Any(IsOwn);
        return [.. all.Where(c => c.Role == ArmRole.Yours || (hasOwn ? IsOwn(c) : c.Role == ArmRole.Draw))];

        static bool IsOwn(Arm<T> arm) => arm.Role == ArmRole.Control && arm.Optimizer is not FixedFilling<T>;
    }

    /// <summary>The controls in words: "yours, no instruction, 8 random draws, majority, naive Bayes".</summary>
    public string ControlsInWords(IReadOnlyList<Arm<T>> arms)
    {
        int draws = arms.Count(a => a.Role == ArmRole.Draw);
        return string.Join(", ", [
            .. arms.Where(a => a.Role is ArmRole.Yours or ArmRole.Control).Select(a => a.Name),
            .. draws > 0 ? (string[])[string.Create(CultureInfo.InvariantCulture, $"{draws} random draws")] : [],
            .. Goal.Baselines.Select(b => b.Name.Split(" on ")[0]),
        ]);
    }

    /// <summary>As <see cref="LoadedStudy.Open"/>, with its type.</summary>
    public Study<T> OpenStudy(string database, string name, TimeProvider clock, bool allowRejected = false)
    {
        JsonObject description = Describe(database), circumstances = Circumstances.TakenFrom(description, File.Search.Money is not null);
        return Study.Open(
            database,
            Goal,
            Optimizer(),
            Budget,
            File.Seed,
            new()
            {
                Name = name,
                Series = File.Series,
                Description = description,
                Circumstances = circumstances,
                Controls = Controls(Search()),
                Workers = Workers,
                CallWorkers = CallWorkers,
                Seeds = Seeds,
                AllowRejected = allowRejected,
                Purse = SharedPurse ?? (File.Money is { } money ? new(money) : null),
                Clock = clock,
            });
    }

    /// <inheritdoc />
    public sealed override OpenStudy Open(string database, string name, TimeProvider clock, bool allowRejected = false) =>
        new OpenStudy<T>(this, OpenStudy(database, name, clock, allowRejected));

    /// <summary>What stands above a run.</summary>
    public virtual RunHeader Header(Study<T> study, string goOn) => new(
        study.Name, About, ModelInWords, File.Seed, DataInWords, ControlsInWords(study.Arms), study.Arms.Length * (study.IsOverSeeds ? Seeds : 1), Goal.Scale, MostRollouts, goOn);

    /// <summary>
    /// What the journal keeps: the study file with all defaults, its paths relative to the database's folder, so that the study can be opened again without its file.
    /// </summary>
    protected abstract JsonObject Describe(string database);

    /// <summary>A study file as a description.</summary>
    protected static JsonObject ToJson(StudyFile file) => (JsonObject)JsonSerializer.SerializeToNode(file, StudyFileJson.Default.StudyFile)!;
}

/// <summary>What a run would do and cost.</summary>
/// <param name="Lines">In words.</param>
/// <param name="Json">As numbers.</param>
internal sealed record StudyPlan(IReadOnlyList<string> Lines, JsonObject Json);
