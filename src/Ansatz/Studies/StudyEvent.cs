using System.Text.Json.Serialization;

namespace Ansatz;

/// <summary>What a study tells while it runs. What is told is already durable. The set of cases is closed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(ArmStarted), "arm-started")]
[JsonDerivedType(typeof(BlockEvaluated), "block-evaluated")]
[JsonDerivedType(typeof(CallAnswered), "call-answered")]
[JsonDerivedType(typeof(TrialPruned), "trial-pruned")]
[JsonDerivedType(typeof(ArmEnded), "arm-ended")]
[JsonDerivedType(typeof(JudgingStarted), "judging-started")]
[JsonDerivedType(typeof(RowJudged), "row-judged")]
[JsonDerivedType(typeof(StudyJudged), "study-judged")]
public abstract record StudyEvent
{
    private protected StudyEvent()
    {
    }
}

/// <summary>An arm begins, or is replayed.</summary>
/// <param name="Arm">Its name.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Budget">What it may spend.</param>
public sealed record ArmStarted(string Arm, ArmRole Role, Budget Budget) : StudyEvent;

/// <summary>A block was evaluated and committed.</summary>
/// <param name="Arm">The arm that asked.</param>
/// <param name="Effect">The effect's number.</param>
/// <param name="Trial">The candidate's number in the arm.</param>
/// <param name="Candidate">The candidate's id.</param>
/// <param name="Description">The candidate in a few words.</param>
/// <param name="Origin">How it came about.</param>
/// <param name="Split">Which items.</param>
/// <param name="Items">How many.</param>
/// <param name="Mean">Mean score; none if it has no number.</param>
/// <param name="Rejected">How many outcomes were rejected.</param>
/// <param name="IsReplayed">Whether the journal answered.</param>
/// <param name="Spent">What the arm has spent so far.</param>
public sealed record BlockEvaluated(
    string Arm,
    long Effect,
    int Trial,
    string Candidate,
    string Description,
    string Origin,
    Split Split,
    int Items,
    double? Mean,
    int Rejected,
    bool IsReplayed,
    Cost Spent) : StudyEvent
{
    /// <summary>Why the first of the rejected outcomes was rejected; none if none was.</summary>
    public string? Reason { get; init; }
}

/// <summary>A call that is no evaluation was answered and committed.</summary>
/// <param name="Arm">The arm that asked.</param>
/// <param name="Effect">The effect's number.</param>
/// <param name="IsReplayed">Whether the journal answered.</param>
/// <param name="Spent">What the arm has spent so far.</param>
public sealed record CallAnswered(string Arm, long Effect, bool IsReplayed, Cost Spent) : StudyEvent;

/// <summary>An optimizer gave a candidate up.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Trial">The candidate's number in the arm.</param>
public sealed record TrialPruned(string Arm, int Trial) : StudyEvent;

/// <summary>An arm has ended.</summary>
/// <param name="Arm">Its name.</param>
/// <param name="How">"done", or where and why its budget stopped it.</param>
/// <param name="Spent">What it spent.</param>
/// <param name="Winner">The id of the candidate that goes to the judge.</param>
public sealed record ArmEnded(string Arm, string How, Cost Spent, string? Winner) : StudyEvent;

/// <summary>The search is sealed and judging begins.</summary>
/// <param name="Rows">How many candidates and baselines are judged.</param>
/// <param name="Items">On how many test items.</param>
/// <param name="JudgedBefore">How many of these items were judged before.</param>
public sealed record JudgingStarted(int Rows, int Items, int JudgedBefore) : StudyEvent;

/// <summary>A candidate or a baseline was judged.</summary>
/// <param name="Name">Which.</param>
/// <param name="Mean">Its mean test score.</param>
/// <param name="IsReplayed">Whether the journal answered.</param>
public sealed record RowJudged(string Name, double Mean, bool IsReplayed) : StudyEvent;

/// <summary>The verdict.</summary>
/// <param name="Verdict">The judge's words and numbers.</param>
public sealed record StudyJudged(Verdict Verdict) : StudyEvent;

/// <summary>How events are written as JSON lines.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StudyEvent))]
public sealed partial class StudyEventJson : JsonSerializerContext;
