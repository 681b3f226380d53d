using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace Ansatz.Language;

/// <summary>A scorer as an <see cref="IEvaluator"/> of Microsoft.Extensions.AI.Evaluation: for reports and tests that speak its language.</summary>
/// <remarks>
/// What was asked and what is right must come as a <see cref="TextItemContext"/>. The metric is a truth value on the scale binary, else a number. A rejected
/// reply is false, or 0, and failed, with the reason as a warning. A chat configuration is ignored: a scorer that asks a model has its own.
/// </remarks>
/// <param name="scorer">Who scores.</param>
/// <param name="metric">What the metric is called.</param>
/// <param name="labels">The labels, for a scorer that reads them: <see cref="LabelScorer"/>.</param>
public sealed class ScorerEvaluator(Scorer scorer, string metric, LabelWordings? labels = null) : IEvaluator
{
    /// <inheritdoc />
    public IReadOnlyCollection<string> EvaluationMetricNames => [metric];

    /// <inheritdoc />
    public async ValueTask<EvaluationResult> EvaluateAsync(
        IEnumerable<ChatMessage> messages,
        ChatResponse modelResponse,
        ChatConfiguration? chatConfiguration = null,
        IEnumerable<EvaluationContext>? additionalContext = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(modelResponse);
        if (additionalContext?.OfType<TextItemContext>().FirstOrDefault() is not { } context)
        {
            EvaluationMetric unknown = MetricOf(null, null);
            unknown.AddDiagnostics(EvaluationDiagnostic.Error($"Without a {nameof(TextItemContext)} among the additional contexts nobody knows what would be right."));
            return new(unknown);
        }

        Outcome outcome = await scorer.ScoreAsync(modelResponse.Text, context.Item, labels ?? LabelWordings.None, ReplyPlace.None, cancellationToken).ConfigureAwait(false);
        EvaluationMetric result;
        if (outcome is Scored scored)
        {
            result = MetricOf(scored.Score, scored.Feedback);
            result.Interpretation = scorer.Scale == Scale.Binary
                ? new(scored.Score == 1 ? EvaluationRating.Good : EvaluationRating.Unacceptable, failed: scored.Score != 1, scored.Feedback)
                : null;
        }
        else
        {
            Rejected rejected = (Rejected)outcome;
            result = MetricOf(scorer.Scale == Scale.Real ? null : 0, rejected.Reason);
            result.Interpretation = new(EvaluationRating.Unacceptable, failed: true, rejected.Reason);
            result.AddDiagnostics(EvaluationDiagnostic.Warning(rejected.Reason));
        }

        return new(result);
    }

    private EvaluationMetric MetricOf(double? score, string? reason) =>
        scorer.Scale == Scale.Binary ? new BooleanMetric(metric, score is { } s ? s == 1 : null, reason) : new NumericMetric(metric, score, reason);
}
