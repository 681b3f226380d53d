using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts;

/// <summary>Scores pipelines of prompts: one model runs all steps of an item one after the other, and the last answer is scored.</summary>
/// <remarks>
/// <para>
/// A middle step is a chat call, as <see cref="PromptSolver"/> makes it; what it writes, without white space around it, fills its hole in later templates.
/// The last step is answered by a <see cref="PromptSolver"/>: by log-probabilities where the model tells them and the scorer is a
/// <see cref="LabelScorer"/>, else by a chat call. Every reply is committed as it arrives: that of the last step as sample 0 of its item, what its scorer
/// asks as the samples after it, that of middle step s as sample -1 - s.
/// </para>
/// <para>
/// On training items the outputs of the middle steps stand in <see cref="Outcome.Trace"/>, so that they are in the journal and a proposer may read them. On other items
/// they do not: a search cannot give away what it never had. Thread-safe.
/// </para>
/// </remarks>
public sealed class PipelineObjective : Objective<Pipeline>
{
    private const int BytesPerToken = 8; // no ordinary text has more; a longer output is refused, so that what later calls may cost is known beforehand

    private readonly PipelinePart _part;
    private readonly Scorer _scorer;
    private readonly IChatClient _model;
    private readonly SolverSettings _settings;
    private readonly PromptSolver _last;

    /// <summary>An objective over a pipeline.</summary>
    /// <param name="part">Steps, items, and what is open.</param>
    /// <param name="scorer">What counts as right.</param>
    /// <param name="model">Who answers, in every step.</param>
    /// <param name="noun">What the items are called in a sentence, in the plural: "questions".</param>
    /// <param name="settings">How chat calls are made.</param>
    /// <exception cref="InputException">The labels cannot be told apart, or no reply to an item could be right.</exception>
    public PipelineObjective(PipelinePart part, Scorer scorer, IChatClient model, string noun = "items", SolverSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(model);
        (_part, _scorer, _model, _settings, Noun) = (part, scorer, model, settings ?? new(), noun);
        _last = new(LastStep.Template, part.Labels, scorer, model, settings);
        foreach (PipelineStep step in part.Steps)
        {
            PromptSolver.RequireInstructions(step.Template, _settings);
        }

        if (Enum.GetValues<Split>().SelectMany(s => part.Splits[s]).FirstOrDefault(i => scorer.Flaw(i) is not null) is { } flawed)
        {
            throw new InputException($"{(flawed.Source.Length > 0 ? flawed.Source + ": " : "")}{scorer.Flaw(flawed)}");
        }

        _last.Check(part.Yours[LastStep.Name], []); // how long an item will be is known only once the steps before it have run
    }

    /// <inheritdoc />
    public override Scale Scale => _scorer.Scale;

    /// <inheritdoc />
    public override string Noun { get; }

    /// <inheritdoc />
    public override OpenPart<Pipeline> Open => _part;

    /// <inheritdoc />
    public override JsonTypeInfo<Pipeline> Codec => Pipeline.Codec;

    /// <inheritdoc />
    public override JsonObject Identity => new()
    {
        ["data"] = _part.Splits.Identity,
        ["steps"] = _part.Identity,
        ["scorer"] = _scorer.Identity,
        ["model"] = ChatIdentity.Of(_model),
        ["maxReplyTokens"] = _settings.MaxReplyTokens,
        ["lastStep"] = _last.Identity,
    };

    private PipelineStep LastStep => _part.Steps[^1];

    // A middle step's output is refused beyond this.
    private int MostBytes => BytesPerToken * _settings.MaxReplyTokens;

    /// <inheritdoc />
    public override int Count(Split split) => _part.Splits[split].Length;

    /// <inheritdoc />
    public override string ItemHash(Split split, int item) => _part.Splits[split][item].Hash;

    /// <inheritdoc />
    /// <remarks>All steps, each reading outputs of earlier ones that are as long as they may be.</remarks>
    public override Cost AtMost(Ask<Pipeline> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        ImmutableArray<string> longest = [.. Enumerable.Repeat(new string('x', MostBytes), _part.Steps.Length - 1)];
        TextItem[] items = ItemsOf(ask);
        Cost cost = _last.AtMost(ask.Candidate.Value[LastStep.Name], [.. items.Select(i => _part.SeenBy(_part.Steps.Length - 1, i, longest))]);
        for (int step = 0; step < _part.Steps.Length - 1; step++)
        {
            Prompt prompt = ask.Candidate.Value[_part.Steps[step].Name];
            cost = items.Aggregate(cost, (sum, item) => sum + _settings.AtMost(MessagesOf(step, prompt, item, longest)));
        }

        return cost;
    }

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">The pipeline contains an item of the block, or its duplicate.</exception>
    public override async Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<Pipeline> ask, Replies replies, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(replies);
        TextItem[] items = ItemsOf(ask);
        if (Array.FindIndex(items, _part.HeldBy(ask.Candidate.Value).Invoke) is >= 0 and int held)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The pipeline {ask.Candidate.Id} contains {ask.Split} item {ask.Items[held]}, or its duplicate, and may not be scored on it; ask for the items of PipelinePart.Scorable."));
        }

        // The middle steps, item by item.
        Way[] ways = new Way[items.Length];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = _settings.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, items.Length),
            parallel,
            async (i, _) => ways[i] = await RunMiddleAsync(ask.Candidate.Value, items[i], i, replies, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false); // a fault elsewhere leaves calls under way alone: they may be paid for

        // The last step, as one block of those that came so far: by log-probabilities they share a prefix.
        int[] arrived = [.. Enumerable.Range(0, items.Length).Where(i => ways[i].Rejected is null)];
        ImmutableArray<Outcome> answers = arrived.Length == 0 ? [] : await _last.EvaluateAsync(
            ask.Candidate.Value[LastStep.Name],
            [.. arrived.Select(i => _part.SeenBy(_part.Steps.Length - 1, items[i], ways[i].Outputs))],
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
            Trace = ask.Split == Split.Train ? PipelinePart.TraceText(way.Outputs) : null,
        })];
    }

    /// <summary>Runs a pipeline on one item that nobody has labelled.</summary>
    /// <param name="pipeline">The filling.</param>
    /// <param name="fields">A value for each column of the data that its templates show.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="FaultException">The model gave no usable answer; the message holds what it said.</exception>
    public async Task<PromptAnswer> AnswerAsync(Pipeline pipeline, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        TextItem item = new(fields, "");
        Way way = await RunMiddleAsync(pipeline, item, 0, Replies.None, cancellationToken).ConfigureAwait(false);
        return way.Rejected is { } rejected
            ? throw new FaultException($"{rejected.Reason} The model said: \"{rejected.Raw}\"")
            : await _last.AnswerAsync(
                pipeline[LastStep.Name], _part.SeenBy(_part.Steps.Length - 1, item, way.Outputs).Fields, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A pipeline as a chat client that answers one item a message. See <see cref="PromptChatClient"/>.</summary>
    public IChatClient AsChatClient(Pipeline pipeline) => new PromptChatClient(
        [.. _part.Steps.SelectMany(s => s.Template.Fields).Where(_part.Splits.Inputs.Contains).Distinct()], (fields, token) => AnswerAsync(pipeline, fields, token));

    /// <inheritdoc />
    /// <remarks>Balanced accuracy and macro-F1, where the scorer is a <see cref="LabelScorer"/>.</remarks>
    public override IReadOnlyList<Summary> Summarize(Split split, ImmutableArray<Outcome> outcomes) =>
        _scorer is LabelScorer ? Confusion.Of(_part.Labels, _part.Splits[split], outcomes).Summaries() : [];

    private async Task<Way> RunMiddleAsync(Pipeline pipeline, TextItem item, int index, Replies replies, CancellationToken cancellationToken)
    {
        ImmutableArray<string> outputs = [];
        Cost cost = Cost.Zero;
        ChatOptions options = new() { Temperature = 0, MaxOutputTokens = _settings.MaxReplyTokens };
        for (int step = 0; step < _part.Steps.Length - 1; step++)
        {
            ChatMessage[] messages = MessagesOf(step, pipeline[_part.Steps[step].Name], item, outputs);
            RecordingChatClient recording = new(_model, replies, index, sample: -1 - step); // not disposed of: it would take the model with it
            ChatReply reply;
            try
            {
                reply = ChatReply.Of(await recording.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false));
            }
            catch (ContextOverflowException e)
            {
                return new(outputs, cost, new Rejected($"Step \"{_part.Steps[step].Name}\": {e.Message}"));
            }

            cost += _settings.Price.Of(reply.Text, reply.InputTokens, reply.OutputTokens, _settings.AtMost(messages));
            if (reply.IsFiltered)
            {
                return new(outputs, cost, new Rejected($"Step \"{_part.Steps[step].Name}\": The content filter of the model's server refused the prompt or the reply."));
            }

            string output = reply.Text.Trim(); // may be empty: whether later steps can do with it the score says
            if (Encoding.UTF8.GetByteCount(output) > MostBytes)
            {
                return new(outputs, cost, new Rejected(
                    string.Create(CultureInfo.InvariantCulture, $"Step \"{_part.Steps[step].Name}\" wrote more than {MostBytes:N0} bytes, the most that {_settings.MaxReplyTokens} tokens may have."), output));
            }

            outputs = outputs.Add(output);
        }

        return new(outputs, cost, null);
    }

    private ChatMessage[] MessagesOf(int step, Prompt prompt, TextItem item, ImmutableArray<string> outputs) =>
        _part.Steps[step].Template.Messages(prompt, _part.SeenBy(step, item, outputs).Fields, _settings.AsInstructions);

    private TextItem[] ItemsOf(Ask<Pipeline> ask) => [.. ask.Items.Select(i => _part.Splits[ask.Split][i])];

    /// <summary>How far an item came: what the middle steps wrote, and why it went no further.</summary>
    private sealed record Way(ImmutableArray<string> Outputs, Cost Cost, Rejected? Rejected);

    /// <summary>The replies of a block for some of its items, each in its own place.</summary>
    private sealed class RepliesAt(Replies inner, int[] places) : Replies
    {
        public override Task<TReply> OnceAsync<TReply>(
            string question, int item, int sample, Func<CancellationToken, Task<TReply>> call, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken) =>
            inner.OnceAsync(question, places[item], sample, call, codec, cancellationToken);
    }
}
