using System.Text.Json.Nodes;
using Microsoft.Extensions.AI.Evaluation;

namespace Ansatz.Language;

/// <summary>How a metric of an <see cref="IEvaluator"/> becomes a score.</summary>
public sealed record MetricReading
{
    private readonly Func<EvaluationMetric, double?> _score;

    private MetricReading(Scale scale, JsonObject identity, Func<EvaluationMetric, double?> score) => (Scale, Identity, _score) = (scale, identity, score);

    /// <summary>Right where the evaluator's own interpretation is no failure, or, without one, where a truth value is true.</summary>
    public static MetricReading Passes { get; } = new(
        Scale.Binary,
        new() { ["by"] = "passes" },
        metric => metric is { Interpretation: { Rating: not EvaluationRating.Inconclusive } interpretation } ? (interpretation.Failed ? 0 : 1)
            : metric is { Interpretation: null } and BooleanMetric { Value: { } isTrue } ? (isTrue ? 1 : 0)
            : null);

    /// <summary>What the scores are.</summary>
    public Scale Scale { get; }

    internal JsonObject Identity { get; }

    /// <summary>Right where the number is at least this large.</summary>
    public static MetricReading AtLeast(double least) => new(
        Scale.Binary,
        new() { ["by"] = "atLeast", ["least"] = least },
        metric => metric is NumericMetric { Value: { } value } && double.IsFinite(value) ? (value >= least ? 1 : 0) : null);

    /// <summary>The number's place between the worst and the best, as a part of a point: 4 of 1 to 5 is 0.75. The worst may be the larger one.</summary>
    public static MetricReading Between(double worst, double best)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(worst, best);
        return new(
            Scale.Unit,
            new() { ["by"] = "between", ["worst"] = worst, ["best"] = best },
            metric => metric is NumericMetric { Value: { } value } && (value - worst) / (best - worst) is >= 0 and <= 1 and double part ? part : null);
    }

    /// <summary>The score; none where the metric has no value that can be read so.</summary>
    internal double? Score(EvaluationMetric metric) => _score(metric);
}
