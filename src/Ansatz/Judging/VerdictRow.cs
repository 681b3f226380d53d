using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Ansatz;

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

    /// <summary>What one rollout cost on average, in tokens sent and written, those of a model that scores the answer among them; none where it is not known.</summary>
    public double? TokensPerRollout { get; init; }

    /// <summary>What its search spent before the verdict; nothing for baselines.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Cost Spent { get; init; }
}
