using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Ansatz;

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

    /// <summary>Number of candidates that the winner was chosen from: those that were measured on validation, on all of its items or until they dropped out; without validation items, those that have a score on all train items.</summary>
    public int Candidates { get; init; }

    /// <summary>Winner's validation score minus its test score: by selection, or by chance.</summary>
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
