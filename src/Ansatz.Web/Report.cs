using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Ansatz.Web;

/// <summary>Everything that <see cref="ReportPage"/> shows of a study, as plain data: the same report gives the same page.</summary>
/// <remarks>What is empty or missing is left out of the page, so that a study without prompts, labels or held-out items has the same report.</remarks>
public sealed record Report
{
    /// <summary>Version of this shape.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The judge's words and numbers.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What the study is for, in a phrase: "sort customer reviews into praise and complaint".</summary>
    public string? Task { get; init; }

    /// <summary>What answers the items, in a line: "smollm2-135m-instruct (embedded, q8_0, avx2)".</summary>
    public string? Model { get; init; }

    /// <summary>What stands before <see cref="Model"/>.</summary>
    public string ModelLabel { get; init; } = "Model";

    /// <summary>How long the study took, over all its runs.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>The candidate that was judged, whole, as its user takes it away: for a prompt, all of it with its data holes left open.</summary>
    public required string Found { get; init; }

    /// <summary>The user's own, in the same form.</summary>
    public required string Yours { get; init; }

    /// <summary>The open slots of a prompt, each with both fillings.</summary>
    public ImmutableArray<SlotChange> Slots { get; init; } = [];

    /// <summary>What simplifying the winner tried to drop; none where nothing was simplified.</summary>
    public Simplification? Simplification { get; init; }

    /// <summary>Validation items that changed sides between yours and found; none where items cannot be shown.</summary>
    public ItemChanges? Items { get; init; }

    /// <summary>Validation score of each arm's best candidate so far. Several curves of one arm are its seeds.</summary>
    public ImmutableArray<ProgressCurve> Progress { get; init; } = [];

    /// <summary>Baselines that learn, against the number of labels that they learnt from.</summary>
    public ImmutableArray<BaselineCurve> LearningCurves { get; init; } = [];

    /// <summary>Which labels were taken for which, found before yours.</summary>
    public ImmutableArray<Confusion> Confusions { get; init; } = [];

    /// <summary>What a call costs, found before yours.</summary>
    public ImmutableArray<CallUsage> Usage { get; init; } = [];

    /// <summary>Where what was found came from: from what it began with to it, each made from the one before.</summary>
    public ImmutableArray<ReportTrial> Lineage { get; init; } = [];

    /// <summary>All that what was found came from, itself last; none where parents are not told apart.</summary>
    public ImmutableArray<FamilyMember> Family { get; init; } = [];

    /// <summary>What became of proposed programs, by who proposed them.</summary>
    public ImmutableArray<ProposerYield> Yields { get; init; } = [];

    /// <summary>The candidates that were tried, arm by arm.</summary>
    public ImmutableArray<ReportTrial> Trials { get; init; } = [];

    /// <summary>How many were tried in all, where <see cref="Trials"/> holds only some of them.</summary>
    public int? TrialCount { get; init; }

    /// <summary>Rejected outcomes with the text that could not be used.</summary>
    public ImmutableArray<ReportFailure> Failures { get; init; } = [];

    /// <summary>How many outcomes were rejected in all, where <see cref="Failures"/> holds only some of them.</summary>
    public int? FailureCount { get; init; }

    /// <summary>Other sentences that a reader must know.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The command that repeats the study.</summary>
    public string? Command { get; init; }

    /// <summary>What else it takes to repeat it: versions, machine, kernels, seeds, hashes.</summary>
    public ImmutableArray<Fact> Facts { get; init; } = [];
}

/// <summary>One open slot of a prompt.</summary>
/// <param name="Slot">Its name: "instruction".</param>
/// <param name="Yours">The user's filling, as text; empty where there is none.</param>
/// <param name="Found">The filling that was found.</param>
public sealed record SlotChange(string Slot, string Yours, string Found);

/// <summary>What simplifying the winner did.</summary>
/// <param name="Sentence">In a sentence: what mattered and what was dropped.</param>
/// <param name="Steps">What was tried, in order.</param>
public sealed record Simplification(string Sentence, ImmutableArray<SimplificationStep> Steps);

/// <summary>One thing that simplifying tried to drop.</summary>
/// <param name="What">What it was: "example 3".</param>
/// <param name="With">Validation score with it.</param>
/// <param name="Without">Validation score without it.</param>
/// <param name="Dropped">Whether it was dropped.</param>
public sealed record SimplificationStep(string What, double With, double Without, bool Dropped);

/// <summary>Validation items on which found and yours differ, a few of them in full.</summary>
/// <param name="Total">How many validation items there are.</param>
/// <param name="GainedCount">How many found gets right and yours does not; on graded scores, on how many it scores higher.</param>
/// <param name="LostCount">How many yours gets right and found does not; on graded scores, on how many it scores higher.</param>
/// <param name="Gained">Up to ten of the gained.</param>
/// <param name="Lost">Up to ten of the lost.</param>
public sealed record ItemChanges(
    int Total, int GainedCount, int LostCount, ImmutableArray<ReportItem> Gained, ImmutableArray<ReportItem> Lost);

/// <summary>One validation item in full.</summary>
/// <param name="Text">What was asked.</param>
/// <param name="Gold">The right answer.</param>
/// <param name="Yours">The answer under the user's own.</param>
/// <param name="Found">The answer under what was found.</param>
public sealed record ReportItem(string Text, string Gold, string Yours, string Found);

/// <summary>Validation score of an arm's best candidate so far.</summary>
/// <param name="Arm">The arm's name.</param>
/// <param name="Role">What the arm is for.</param>
/// <param name="Points">The points at which it changed, in order.</param>
/// <param name="Seed">The seed, where an arm ran with several.</param>
public sealed record ProgressCurve(string Arm, ArmRole Role, ImmutableArray<ProgressPoint> Points, int Seed = 0);

/// <summary>One point of a <see cref="ProgressCurve"/>.</summary>
/// <param name="Rollouts">Rollouts that the arm had spent.</param>
/// <param name="Validation">Validation score of its best candidate then.</param>
public sealed record ProgressPoint(long Rollouts, double Validation);

/// <summary>A baseline's learning curve.</summary>
/// <param name="Name">The baseline's name.</param>
/// <param name="Points">Its points, by number of labels.</param>
public sealed record BaselineCurve(string Name, ImmutableArray<CurvePoint> Points);

/// <summary>Which labels were taken for which.</summary>
/// <param name="Name">Whose answers: "found".</param>
/// <param name="On">On which items: "300 test reviews".</param>
/// <param name="Labels">The labels.</param>
/// <param name="Counts">[right label][answered label].</param>
/// <param name="Rejected">[right label]: answers that are no label; empty where there are none.</param>
public sealed record Confusion(
    string Name, string On, ImmutableArray<string> Labels, ImmutableArray<ImmutableArray<int>> Counts, ImmutableArray<int> Rejected);

/// <summary>What one call costs on average.</summary>
/// <param name="Name">Whose calls: "found".</param>
/// <param name="InputTokens">Tokens sent.</param>
/// <param name="OutputTokens">Tokens written.</param>
/// <param name="Milliseconds">Time on the clock for all of them, shared among them; none where it was not measured.</param>
/// <param name="AtOnce">How many were under way at once, so that one alone took as many times longer.</param>
public sealed record CallUsage(string Name, double InputTokens, double OutputTokens, double? Milliseconds, int AtOnce = 1);

/// <summary>One candidate of a family tree.</summary>
/// <param name="Number">Its number within the arm.</param>
/// <param name="Train">Its mean score on train.</param>
/// <param name="Parents">The numbers of those that it was made from.</param>
/// <param name="IsOnLine">Whether it is one of the steps of the lineage.</param>
public sealed record FamilyMember(int Number, double Train, ImmutableArray<int> Parents, bool IsOnLine);

/// <summary>One candidate that was tried.</summary>
/// <param name="Number">Its number within the arm.</param>
/// <param name="Arm">The arm's name.</param>
/// <param name="Id">The candidate's id.</param>
/// <param name="State">How far it came.</param>
/// <param name="Train">Mean score on the train items that it was evaluated on.</param>
/// <param name="Validation">Mean score on the validation items that it was evaluated on.</param>
/// <param name="Items">How many validation items (train items where it saw none of those) the score is over.</param>
/// <param name="Parents">Ids of the candidates that it was made from, the one that counts as its parent first.</param>
/// <param name="Origin">How it came about: "random draw 3".</param>
/// <param name="Description">What it is, in a few words.</param>
/// <param name="Text">The candidate, whole.</param>
public sealed record ReportTrial(
    int Number,
    string Arm,
    string Id,
    TrialState State,
    double? Train,
    double? Validation,
    int Items,
    ImmutableArray<string> Parents,
    string Origin,
    string Description,
    string Text);

/// <summary>What became of the programs that were proposed in one way.</summary>
/// <param name="Arm">The arm's name.</param>
/// <param name="Origin">The way: "crossover", "model".</param>
/// <param name="Proposed">How many were proposed that the arm had not seen.</param>
/// <param name="Parsed">How many of them were made of methods, with brackets that match.</param>
/// <param name="Compiled">How many of them compiled.</param>
/// <param name="Scored">How many got a score on every input.</param>
/// <param name="Better">How many scored better on train than the program that they were made from.</param>
public sealed record ProposerYield(string Arm, string Origin, int Proposed, int Parsed, int Compiled, int Scored, int Better);

/// <summary>A rejected outcome.</summary>
/// <param name="Arm">The arm's name.</param>
/// <param name="Trial">The trial's number; none in the verdict.</param>
/// <param name="Item">The item, by its text or number.</param>
/// <param name="Reason">What was wrong.</param>
/// <param name="Raw">The text that could not be used, untouched.</param>
public sealed record ReportFailure(string Arm, int? Trial, string Item, string Reason, string? Raw);

/// <summary>A named fact.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record Fact(string Name, string Value);

/// <summary>A report as JSON.</summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Report))]
public sealed partial class ReportJson : JsonSerializerContext;
