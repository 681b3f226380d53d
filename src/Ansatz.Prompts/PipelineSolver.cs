using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts;

/// <summary>Has a model answer items under a pipeline: all steps of an item one after the other, the last one as <see cref="PromptSolver"/> does it.</summary>
/// <remarks>
/// <para>
/// A middle step is a chat call at temperature 0; what it writes, without white space around it, fills its hole in later templates.
/// The last step is answered by log-probabilities where the model tells them and the scorer is a <see cref="LabelScorer"/>, else by a chat call.
/// Every reply is committed as it arrives: that of the last step as sample 0 of its item, what its scorer
/// asks as the samples after it, that of middle step s as sample -1 - s.
/// </para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed class PipelineSolver
{
    private const int BytesPerToken = 8; // no ordinary text has more; a longer output is refused, so that what later calls may cost is known beforehand

    private readonly ImmutableArray<PromptTemplate> _templates;
    private readonly IChatClient _model;
    private readonly SolverSettings _settings;

    /// <summary>A solver.</summary>
    /// <param name="templates">The locked texts of the steps, in the order in which they run. The last hole of each names its output.</param>
    /// <param name="labels">The answers that a label scorer chooses from.</param>
    /// <param name="scorer">What counts as right.</param>
    /// <param name="model">Who answers, in every step.</param>
    /// <param name="settings">How chat calls are made.</param>
    /// <exception cref="InputException">A step shall be sent as instructions, and cannot be.</exception>
    public PipelineSolver(IReadOnlyList<PromptTemplate> templates, ImmutableArray<string> labels, Scorer scorer, IChatClient model, SolverSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(templates);
        ArgumentNullException.ThrowIfNull(model);
        (_templates, _model, _settings) = ([.. templates], model, settings ?? new());
        foreach (PromptTemplate template in _templates)
        {
            PromptSolver.RequireInstructions(template, _settings, $" of the step \"{template.Answer}\"");
        }

        Last = new(_templates[^1], labels, scorer, model, settings);
    }

    /// <summary>The columns of the data that templates show: the holes that no step of theirs fills, in order.</summary>
    public static ImmutableArray<string> ColumnsOf(IReadOnlyList<PromptTemplate> templates) =>
        [.. templates.SelectMany(t => t.Fields).Distinct().Except(templates.SkipLast(1).Select(t => t.Answer))];

    /// <summary>Who answers the last step.</summary>
    public PromptSolver Last { get; }

    /// <summary>What decides an answer beside the pipeline.</summary>
    public JsonObject Identity => new()
    {
        ["model"] = ChatIdentity.Of(_model),
        ["maxReplyTokens"] = _settings.MaxReplyTokens,
        ["lastStep"] = Last.Identity,
    };

    // A middle step's output is refused beyond this.
    private int MostBytes => BytesPerToken * _settings.MaxReplyTokens;

    /// <summary>The most that a block can cost: all steps, each reading outputs of earlier ones that are as long as they may be.</summary>
    public Cost AtMost(Pipeline pipeline, IReadOnlyCollection<TextItem> items)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(items);
        ImmutableArray<string> longest = [.. Enumerable.Repeat(new string('x', MostBytes), _templates.Length - 1)];
        Cost cost = Last.AtMost(PromptOf(pipeline, _templates.Length - 1), [.. items.Select(i => PipelinePart.SeenBy(_templates, _templates.Length - 1, i, longest))], items);
        for (int step = 0; step < _templates.Length - 1; step++)
        {
            cost = items.Aggregate(cost, (sum, item) => sum + _settings.AtMost(MessagesOf(pipeline, step, item, longest)));
        }

        return cost;
    }

    /// <summary>Answers a block of items; one outcome an item, in order.</summary>
    /// <param name="pipeline">The filling.</param>
    /// <param name="items">The block.</param>
    /// <param name="isTraced">Whether <see cref="Outcome.Trace"/> holds what the middle steps wrote.</param>
    /// <param name="replies">Keeps each reply of a chat call as it arrives.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<ImmutableArray<Outcome>> EvaluateAsync(
        Pipeline pipeline, IReadOnlyList<TextItem> items, bool isTraced, Replies replies, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(replies);

        // The middle steps, item by item.
        Way[] ways = new Way[items.Count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = _settings.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, items.Count),
            parallel,
            async (i, _) => ways[i] = await RunMiddleAsync(pipeline, items[i], i, replies, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false); // a fault elsewhere leaves calls under way alone: they may be paid for

        // The last step, as one block of those that came so far: by log-probabilities they share a prefix.
        int[] arrived = [.. Enumerable.Range(0, items.Count).Where(i => ways[i].Rejected is null)];
        ImmutableArray<Outcome> answers = arrived.Length == 0 ? [] : await Last.EvaluateAsync(
            PromptOf(pipeline, _templates.Length - 1),
            [.. arrived.Select(i => PipelinePart.SeenBy(_templates, _templates.Length - 1, items[i], ways[i].Outputs))],
            [.. arrived.Select(i => items[i])],
            new RepliesAt(replies, arrived),
            cancellationToken).ConfigureAwait(false);

        Outcome[] outcomes = [.. ways.Select(w => w.Rejected!)];
        for (int i = 0; i < arrived.Length; i++)
        {
            outcomes[arrived[i]] = answers[i];
        }

        return [.. outcomes.Zip(ways, (outcome, way) => outcome with
        {
            Cost = outcome.Cost + way.Cost,
            Trace = isTraced ? PipelinePart.TraceText(way.Outputs) : null,
        })];
    }

    /// <summary>Runs a pipeline on one item that nobody has labelled.</summary>
    /// <param name="pipeline">The filling.</param>
    /// <param name="fields">A value for each column of the data that its templates show.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InputException">The item is too long for the model.</exception>
    /// <exception cref="FaultException">The model gave no usable answer; the message holds what it said.</exception>
    public async Task<PromptAnswer> AnswerAsync(Pipeline pipeline, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        TextItem item = new(fields, "");
        Way way = await RunMiddleAsync(pipeline, item, 0, Replies.None, cancellationToken).ConfigureAwait(false);
        return way.IsTooLong ? throw new InputException($"This item is too long. {way.Rejected!.Reason}")
            : way.Rejected is { } rejected
            ? throw new FaultException($"{rejected.Reason} The model said: \"{rejected.Raw}\"")
            : await Last.AnswerAsync(
                PromptOf(pipeline, _templates.Length - 1), PipelinePart.SeenBy(_templates, _templates.Length - 1, item, way.Outputs).Fields, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Way> RunMiddleAsync(Pipeline pipeline, TextItem item, int index, Replies replies, CancellationToken cancellationToken)
    {
        ImmutableArray<string> outputs = [];
        Cost cost = Cost.Zero;
        ChatOptions options = new() { Temperature = 0, MaxOutputTokens = _settings.MaxReplyTokens };
        for (int step = 0; step < _templates.Length - 1; step++)
        {
            ChatMessage[] messages = MessagesOf(pipeline, step, item, outputs);
            RecordingChatClient recording = new(_model, replies, index, sample: -1 - step); // not disposed of: it would take the model with it
            ChatReply reply;
            try
            {
                reply = ChatReply.Of(await recording.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false));
            }
            catch (ContextOverflowException e)
            {
                return new(outputs, cost + _settings.Price.Of(0, 0), new Rejected($"Step \"{_templates[step].Answer}\": {e.Message}"), IsTooLong: true);
            }

            cost += _settings.Price.Of(reply.Text, reply.InputTokens, reply.OutputTokens, _settings.AtMost(messages));
            if (reply.IsFiltered)
            {
                return new(outputs, cost, new Rejected($"Step \"{_templates[step].Answer}\": The content filter of the model's server refused the prompt or the reply."));
            }

            string output = reply.Text.Trim(); // may be empty: whether later steps can do with it the score says
            if (Encoding.UTF8.GetByteCount(output) > MostBytes)
            {
                return new(outputs, cost, new Rejected(
                    string.Create(CultureInfo.InvariantCulture, $"Step \"{_templates[step].Answer}\" wrote more than {MostBytes:N0} bytes, the most that {_settings.MaxReplyTokens} tokens may have."), output));
            }

            outputs = outputs.Add(output);
        }

        return new(outputs, cost, null);
    }

    private Prompt PromptOf(Pipeline pipeline, int step) => pipeline[_templates[step].Answer];

    private ChatMessage[] MessagesOf(Pipeline pipeline, int step, TextItem item, ImmutableArray<string> outputs) =>
        _templates[step].Messages(PromptOf(pipeline, step), PipelinePart.SeenBy(_templates, step, item, outputs).Fields, _settings.AsInstructions);

    /// <summary>How far an item came: what the middle steps wrote, and why it went no further.</summary>
    private sealed record Way(ImmutableArray<string> Outputs, Cost Cost, Rejected? Rejected, bool IsTooLong = false);

    /// <summary>The replies of a block for some of its items, each in its own place.</summary>
    private sealed class RepliesAt(Replies inner, int[] places) : Replies
    {
        public override Task<TReply> OnceAsync<TReply>(
            string question, int item, int sample, Func<CancellationToken, Task<TReply>> call, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken) =>
            inner.OnceAsync(question, places[item], sample, call, codec, cancellationToken);
    }
}
