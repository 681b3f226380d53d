using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace Ansatz.Language;

/// <summary>Scores replies by a metric of any <see cref="IEvaluator"/> of Microsoft.Extensions.AI.Evaluation.</summary>
/// <remarks>
/// The evaluator sees the item's fields as the user's message, not the prompt, so that every candidate is judged on the same question; the answer of the data
/// comes as a <see cref="TextItemContext"/>, and what else it needs from <see cref="Context"/>. Its calls of a model are kept like those of any scorer, by
/// their order: an evaluator that makes several must make them one after the other, and no more than it said it would. What a call throws is thrown from here,
/// even where the evaluator makes a diagnostic of it: a fault or a cancellation is no outcome. A metric without a value that can be read is rejected with the
/// evaluator's diagnostics. The metric's reason is the outcome's feedback.
/// </remarks>
public sealed class EvaluatorScorer : Scorer
{
    private readonly IEvaluator _evaluator;
    private readonly string _metric;
    private readonly MetricReading _reading;
    private readonly string _version;
    private readonly IChatClient? _judge;
    private readonly Cost _most;

    /// <summary>A scorer by an evaluator that asks no model.</summary>
    /// <param name="evaluator">Who evaluates.</param>
    /// <param name="metric">The name of the metric that counts.</param>
    /// <param name="reading">How it becomes a score.</param>
    /// <param name="version">The evaluator's version: part of the identity, since nothing else tells that its code changed.</param>
    /// <exception cref="InputException">The evaluator has no such metric.</exception>
    public EvaluatorScorer(IEvaluator evaluator, string metric, MetricReading reading, string version)
    {
        ArgumentNullException.ThrowIfNull(evaluator);
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(version);
        (_evaluator, _metric, _reading, _version) = (evaluator, metric, reading, version);
        if (!evaluator.EvaluationMetricNames.Contains(metric, StringComparer.Ordinal))
        {
            throw new InputException($"The evaluator {evaluator.GetType().Name} has no metric \"{metric}\"; its metrics are: {string.Join(", ", evaluator.EvaluationMetricNames)}.{Nearest.Question(metric, evaluator.EvaluationMetricNames)}");
        }
    }

    /// <summary>A scorer by an evaluator that asks a model.</summary>
    /// <param name="evaluator">Who evaluates.</param>
    /// <param name="metric">The name of the metric that counts.</param>
    /// <param name="reading">How it becomes a score.</param>
    /// <param name="version">The evaluator's version.</param>
    /// <param name="judge">The model that it asks. It is not disposed of.</param>
    /// <param name="most">The most that evaluating one reply can cost, calls and tokens included: only its maker knows, and it is reserved before each.</param>
    /// <exception cref="InputException">The evaluator has no such metric.</exception>
    public EvaluatorScorer(IEvaluator evaluator, string metric, MetricReading reading, string version, IChatClient judge, Cost most)
        : this(evaluator, metric, reading, version)
    {
        ArgumentNullException.ThrowIfNull(judge);
        (_judge, _most) = (judge, most);
    }

    /// <summary>What the judge's tokens cost. Default: nobody said, so its calls are counted as calls without a price.</summary>
    public Price Price { get; init; } = Price.Unknown;

    /// <summary>What the evaluator needs beside question, reply and answer.</summary>
    public Func<TextItem, IEnumerable<EvaluationContext>> Context { get; init; } = _ => [];

    /// <inheritdoc />
    public override Scale Scale => _reading.Scale;

    /// <inheritdoc />
    public override JsonObject Identity => new()
    {
        ["use"] = "evaluator",
        ["evaluator"] = _evaluator.GetType().FullName,
        ["version"] = _version,
        ["metric"] = _metric,
        ["reading"] = _reading.Identity.DeepClone(),
        ["judge"] = _judge is null ? null : ChatIdentity.Of(_judge),
    };

    /// <inheritdoc />
    public override Cost AtMost(TextItem item) => _most;

    /// <inheritdoc />
    public override async Task<Outcome> ScoreAsync(string reply, TextItem item, LabelWordings wordings, ReplyPlace place, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        if (string.IsNullOrWhiteSpace(reply))
        {
            return new Rejected("The reply is empty.", reply);
        }

        string question = string.Join('\n', item.Fields.Select(f => item.Fields.Count == 1 ? f.Value : $"{f.Key}: {f.Value}"));
        using JudgeCalls? calls = _judge is null ? null : new(_judge, place, Price, _most.Calls);
        EvaluationResult result = await _evaluator.EvaluateAsync(
            [new ChatMessage(ChatRole.User, question)],
            new ChatResponse(new ChatMessage(ChatRole.Assistant, reply)),
            calls is null ? null : new ChatConfiguration(calls),
            [new TextItemContext(item), .. Context(item)],
            cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        calls?.ThrowIfFailed();
        Cost cost = calls?.Spent ?? Cost.Zero;
        if (result.Metrics.TryGetValue(_metric, out EvaluationMetric? metric) && _reading.Score(metric) is { } score)
        {
            return new Scored(score, reply, metric.Reason ?? metric.Interpretation?.Reason) { Cost = cost };
        }

        string said = string.Concat((metric?.Diagnostics ?? []).Select(d => " " + d.Message));
        return new Rejected($"The evaluator gave no \"{_metric}\" that can be read as a score.{said}", reply) { Cost = cost };
    }

    /// <summary>The judge as one evaluation sees it: every call has its number, by which its reply is kept, and is counted.</summary>
    private sealed class JudgeCalls(IChatClient judge, ReplyPlace place, Price price, long most) : IChatClient
    {
        private ExceptionDispatchInfo? _failure; // the first that left a call
        private int _calls, _underWay;

        public Cost Spent { get; private set; }

        public void ThrowIfFailed() => Volatile.Read(ref _failure)?.Throw();

        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            try
            {
                // Arrival must not decide which reply belongs to which call: the journal would mix them up after a kill.
                if (Interlocked.Increment(ref _underWay) > 1)
                {
                    throw new InvalidOperationException("The evaluator calls its judge while another call is under way. It must make its calls one after the other (a CompositeEvaluator does not), so that each has its number.");
                }

                return await AnswerAsync([.. messages], options, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
                throw;
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }
        }

        private async Task<ChatResponse> AnswerAsync(ChatMessage[] asked, ChatOptions? options, CancellationToken cancellationToken)
        {
            int call = _calls++;
            if (call >= most)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The evaluator makes more calls of its judge for one reply than the {most:N0} that it was said to make at most; only those are reserved."));
            }

            ChatResponse response = await place.Record(judge, call).GetResponseAsync(asked, options, cancellationToken).ConfigureAwait(false);
            ChatReply reply = ChatReply.Of(response);
            Cost atMost = price.AtMost(string.Concat(asked.Select(m => m.Text)), asked.Length, options?.MaxOutputTokens ?? int.MaxValue);
            Spent += price.Of(reply.Text, reply.InputTokens, reply.OutputTokens, atMost);
            return response;
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            ChatResponse response = await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            foreach (ChatResponseUpdate update in response.ToChatResponseUpdates())
            {
                yield return update;
            }
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => judge.GetService(serviceType, serviceKey);

        public void Dispose()
        {
        }
    }
}
