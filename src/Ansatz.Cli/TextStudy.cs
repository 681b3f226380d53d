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

/// <summary>A study of prompts, of one or of several in a row, made real: its data read, its models open.</summary>
/// <typeparam name="T">One filling of all prompts.</typeparam>
internal abstract class TextStudy<T>(ReadStudyFile read, string folder, LabelledTexts texts, PromptModels models) : LoadedStudy<T>(read, folder)
{
    /// <summary>All rows.</summary>
    public Dataset Data => texts.Data;

    /// <summary>Who may use which.</summary>
    public DataSplits Splits => texts.Splits;

    /// <summary>What counts as right.</summary>
    public Scorer Scorer { get; } = models.ScorerOf(read.Study, texts.Rule);

    /// <summary>The open part.</summary>
    public abstract PromptComponents<T> Part { get; }

    /// <summary>The locked text of each prompt.</summary>
    public abstract ImmutableArray<PromptTemplate> Templates { get; }

    /// <summary>Who gives the answer that is scored.</summary>
    public abstract PromptSolver Solver { get; }

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
    public override string ModelInWords => StudyModels.InWords(File.Model, models.Solver);

    /// <inheritdoc />
    public override long MostRollouts => Math.Min(SearchBy(models.Proposer).MostRollouts, File.Search.Rollouts ?? long.MaxValue);

    /// <inheritdoc />
    public override IEnumerable<string> Remarks => Data.Skipped.Length == 0
        ? []
        : [string.Create(CultureInfo.InvariantCulture, $"{Data.Skipped.Length:N0} bad {PlainText.Plural(Data.Skipped.Length, "row was", "rows were")} left out, the first of them: {Data.Skipped[0]}")];

    /// <inheritdoc />
    protected override int Workers => File.Model.IsEndpoint ? 2 + (StudyModels.Concurrency(File.Model) / 16) : 1; // while the last calls of a block are out, another one's fill the places

    /// <summary>The prompts of a filling, in the order of <see cref="Templates"/>.</summary>
    public IEnumerable<Prompt> PromptsOf(T value) => Part.Components.Select(c => Part.Get(value, c));

    /// <summary>A filling as text, its data holes open.</summary>
    public string TextOf(T value) => PromptText.Of(Templates, [.. PromptsOf(value)]);

    /// <summary>A stored candidate as a filling.</summary>
    public T ValueOf(StoredCandidate candidate) => JsonSerializer.Deserialize(candidate.Text, Goal.Codec)!;

    /// <summary>How many replies a search's proposer gave, and how many instructions came of them that it did not begin with.</summary>
    public (int Replies, int Instructions) ProposedIn(Journal journal, StoredStudy stored, string arm)
    {
        HashSet<string> starts = [.. Part.Components.SelectMany(c => Part.PartOf(Part.Yours, c, []).Instructions)];
        return (
            journal.Effects(stored, arm).Count(e => e is { Kind: "call", Answer: not null }),
            journal.Candidates(stored, arm).SelectMany(c => PromptsOf(ValueOf(c))).Select(p => p.Instruction).Where(i => !starts.Contains(i)).Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>A filling that nobody chose, to measure time with.</summary>
    public abstract T Probe();

    /// <summary>A filling that costs as much as one may.</summary>
    public virtual T LongProbe() => Probe();

    /// <summary>What stands in <see cref="Outcome.Trace"/> at most, for a rehearsal; none where nothing does.</summary>
    public virtual string? LongestTrace => null;

    /// <summary>The search that the file asks for, with a proposer, and the most rollouts that it takes.</summary>
    public abstract (Optimizer<T> Search, long MostRollouts) SearchBy(IChatClient? proposer);

    /// <inheritdoc />
    public override Optimizer<T> Optimizer() => SearchBy(models.Proposer).Search;

    /// <inheritdoc />
    public override Task<StudyPlan> PlanAsync(string name, CancellationToken cancellationToken) => new PromptPlan<T>(this).MakeAsync(name, cancellationToken);

    /// <inheritdoc />
    public override IReadOnlyList<Bill> MeasuringBills(StoredCandidate candidate) => MeasuringBills(ValueOf(candidate));

    /// <inheritdoc cref="LoadedStudy.MeasuringBills" />
    public IReadOnlyList<Bill> MeasuringBills(T value) => new PromptPlan<T>(this).Bills(value, Split.Test, Splits.Test.Length, Splits.Test.Length);

    /// <inheritdoc />
    public override string FoundInWords(Journal journal, Verdict verdict) => FoundPrompt<T>.Of(this, journal, verdict).Sentence;

    /// <inheritdoc />
    public override Report ReportOf(Journal journal, Verdict verdict, string command) => PromptReport.Of(this, journal, verdict, command);

    /// <inheritdoc />
    public override void Dispose() => models.Dispose();

    /// <inheritdoc />
    protected override JsonObject Describe(string database)
    {
        StudyFile stored = File with
        {
            Schema = null,
            Name = null,
            Money = null,
            Data = File.Data! with { File = Moved(File.Data.File, database) },
            Model = Moved(File.Model, database),
            Scorer = File.Scorer with { Grader = File.Scorer.Grader is { } g ? Moved(g, database) : null },
            Search = Stored(File.Search, database),
        };
        JsonObject description = ToJson(stored);
        JsonObject data = (JsonObject)description["data"]!;
        if (stored.Search.Use == OptimizerFile.MiproV2)
        {
            ((JsonObject)description["search"]!).Remove("candidates"); // which it is refused with
        }

        data["contents"] = string.Create( // a changed file is refused by a name that its user knows
            CultureInfo.InvariantCulture, $"{Data.Items.Length:N0} rows, hash {ContentHash.Of(Splits.Identity.ToJsonString())[..12]}");
        data["labels"] = new JsonArray([.. Splits.Labels.Select(l => (JsonNode)l)]);
        return description;
    }
}
