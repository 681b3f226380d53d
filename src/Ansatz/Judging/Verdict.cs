using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Ansatz;

/// <summary>What can be said about a difference.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Finding>))]
public enum Finding
{
    /// <summary>The interval lies above 0.</summary>
    Better,

    /// <summary>The interval lies below 0.</summary>
    Worse,

    /// <summary>The interval holds 0.</summary>
    CannotTell,
}

/// <summary>A paired difference between two rows of a verdict, first minus second, in score units.</summary>
/// <param name="Left">Name of the first.</param>
/// <param name="Right">Name of the second.</param>
/// <param name="Difference">Mean of first minus mean of second.</param>
/// <param name="Interval">Its 95 % interval.</param>
/// <param name="PValue">Of the test that fits the scale; none where no test is allowed (fewer than 6 seeds).</param>
/// <param name="AdjustedPValue">Holm-adjusted over all comparisons that are not primary; none for the two that are.</param>
public sealed record Comparison(
    string Left, string Right, double Difference, Interval Interval, double? PValue, double? AdjustedPValue)
{
    /// <summary>What the interval says.</summary>
    public Finding Finding => Interval.Low > 0 ? Finding.Better : Interval.High < 0 ? Finding.Worse : Finding.CannotTell;
}

/// <summary>One arm, baseline, or group of draws in a verdict.</summary>
public sealed record VerdictRow
{
    /// <summary>Its name in the table.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in a sentence, where that reads better: "word counts alone"; none for the name itself.</summary>
    public string? InWords { get; init; }

    /// <summary>What it is for; a baseline is a control.</summary>
    public required ArmRole Role { get; init; }

    /// <summary>Whether it is a baseline, not a candidate.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Mean test score, in score units. Over a group of draws: the mean of their means. Over seeds: the mean over seeds.</summary>
    public required double Mean { get; init; }

    /// <summary>95 % interval of the mean; for a group of draws its lowest and highest mean.</summary>
    public required Interval Interval { get; init; }

    /// <summary>How many draws the row stands for; 1 for anything else.</summary>
    public int Draws { get; init; } = 1;

    /// <summary>Score on all validation items (cross-validated for a baseline); none where it was not measured.</summary>
    public double? Validation { get; init; }

    /// <summary>How many of its test outcomes were rejected.</summary>
    public int Rejected { get; init; }

    /// <summary>Against the user's own filling; none for that row itself and for groups of draws.</summary>
    public Comparison? AgainstYours { get; init; }

    /// <summary>The values that the mean is taken over where that is not items: draws or seeds.</summary>
    public ImmutableArray<double> Values { get; init; } = [];

    /// <summary>Other summaries of the same outcomes.</summary>
    public ImmutableArray<Summary> Summaries { get; init; } = [];

    /// <summary>Id of the candidate that was judged; none for baselines, groups and rows over seeds.</summary>
    public string? CandidateId { get; init; }

    /// <summary>What one rollout cost on average, in tokens sent and written; none where it is not known.</summary>
    public double? TokensPerRollout { get; init; }
}

/// <summary>What the study spent, apart by who spent it.</summary>
/// <param name="Search">The search that the user asked for.</param>
/// <param name="Controls">The controls' searches.</param>
/// <param name="Judge">The verdict.</param>
public sealed record Account(Cost Search, Cost Controls, Cost Judge);

/// <summary>The judge's words and numbers: the winner and the controls on items that no search saw.</summary>
public sealed record Verdict
{
    /// <summary>The study's name.</summary>
    public required string Study { get; init; }

    /// <summary>What the scores are.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<Scale>))]
    public required Scale Scale { get; init; }

    /// <summary>What the items are called, in the plural.</summary>
    public required string Noun { get; init; }

    /// <summary>What a candidate is called, in the singular: "prompt".</summary>
    public string CandidateNoun { get; init; } = "candidate";

    /// <summary>Number of test items; 0 where the verdict is over seeds.</summary>
    public required int Items { get; init; }

    /// <summary>Number of seeds that the verdict is over; 0 where it is over items.</summary>
    public int Seeds { get; init; }

    /// <summary>The rows of the table: what was found first, then yours, then the controls.</summary>
    public required ImmutableArray<VerdictRow> Rows { get; init; }

    /// <summary>The first primary comparison: found against yours.</summary>
    public required Comparison AgainstYours { get; init; }

    /// <summary>The second primary comparison: found against the strongest control, chosen on validation. None where there is no control but yours.</summary>
    public Comparison? AgainstStrongest { get; init; }

    /// <summary>How many of the test items were judged before by other studies of this database.</summary>
    public int JudgedBefore { get; init; }

    /// <summary>The smallest true difference from yours that a test of this size sees four times in five, given how often the two disagreed; none over seeds.</summary>
    public double? Detectable { get; init; }

    /// <summary>Number of candidates that the winner was selected from.</summary>
    public int Candidates { get; init; }

    /// <summary>Winner's validation score minus its test score: how much selection flattered it.</summary>
    public double? Flattery { get; init; }

    /// <summary>Spending by role.</summary>
    public required Account Account { get; init; }

    /// <summary>The row of what was found.</summary>
    [JsonIgnore]
    public VerdictRow Found => Rows.First(r => r.Role == ArmRole.Search);

    /// <summary>Sentences, table and notes, 80 columns wide.</summary>
    public override string ToString() => VerdictText.Render(this);
}

/// <summary>A verdict together with the candidate that was found.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <param name="Summary">Words and numbers.</param>
/// <param name="Winner">What was found; with several seeds, under the first.</param>
public sealed record Verdict<T>(Verdict Summary, Candidate<T> Winner)
{
    /// <summary>The verdict in words, 80 columns wide.</summary>
    public override string ToString() => Summary.ToString();
}
