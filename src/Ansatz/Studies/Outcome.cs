using System.Text.Json.Serialization;

namespace Ansatz;

/// <summary>What a rollout gave. The set of cases is closed: <see cref="Scored"/> or <see cref="Rejected"/>.</summary>
/// <remarks>A fault of the world (no network, no key, disk full) is not an outcome: it is thrown as a <see cref="FaultException"/>.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Scored), "scored"), JsonDerivedType(typeof(Rejected), "rejected")]
public abstract record Outcome
{
    private protected Outcome()
    {
    }

    /// <summary>What this rollout cost beyond being one rollout: its calls, tokens and money.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Cost Cost { get; init; }

    /// <summary>How the candidate came to its answer, as its objective writes it for proposers to read (outputs of a pipeline's earlier steps); none on items whose texts no proposer may see.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Trace { get; init; }

    /// <summary>What counts in a mean: the score, and 0 for a rejected outcome on the scales binary and unit.</summary>
    /// <exception cref="InvalidOperationException">A rejected outcome on the scale real has no number.</exception>
    public double ScoreOn(Scale scale) => this switch
    {
        Scored scored => scored.Score,
        _ when scale != Scale.Real => 0,
        _ => throw new InvalidOperationException("A rejected outcome has no number on the scale real."),
    };
}

/// <summary>A rollout with a score.</summary>
/// <param name="Score">Higher is better. 0 or 1 on the scale binary, within [0, 1] on unit, finite on real.</param>
/// <param name="Output">What the candidate answered, as far as it can be shown.</param>
/// <param name="Feedback">What a proposer may learn from it, in words.</param>
public sealed record Scored(
    double Score,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Output = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Feedback = null) : Outcome
{
    /// <summary>Probability that the solver gave to the right answer: a smoother signal than the score. None where the solver does not tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Probability { get; init; }
}

/// <summary>A rollout that the candidate spoilt: unparseable, refused, over a limit.</summary>
/// <param name="Reason">What was wrong, in a sentence.</param>
/// <param name="Raw">The text that could not be used, untouched.</param>
public sealed record Rejected(
    string Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Raw = null) : Outcome;
