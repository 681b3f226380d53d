using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts;

/// <summary>Has a model answer items under a prompt: by the log-probabilities of the labels where the model tells them, else by a chat call an item.</summary>
/// <remarks>
/// Log-probabilities are taken where the scorer is a <see cref="LabelScorer"/> and the model offers an <see cref="IContinuationScorer"/>: a whole
/// block at once, the prompt as plain text. A chat call sends the prompt as the user's only message, or with <see cref="SolverSettings.AsInstructions"/> cut in two, at temperature 0; with <see cref="SolverSettings.TopTokens"/> a
/// label is chosen by the probabilities of the reply's first token. Thread-safe.
/// </remarks>
public sealed class PromptSolver
{
    private readonly PromptTemplate _template;
    private readonly ImmutableArray<string> _labels;
    private readonly Scorer _scorer;
    private readonly IChatClient _model;
    private readonly SolverSettings _settings;
    private readonly IContinuationScorer? _continuations;

    /// <summary>A solver.</summary>
    /// <param name="template">The locked text.</param>
    /// <param name="labels">The answers that a label scorer chooses from.</param>
    /// <param name="scorer">What counts as right.</param>
    /// <param name="model">Who answers.</param>
    /// <param name="settings">How chat calls are made.</param>
    /// <exception cref="InputException">The prompt shall be sent as instructions, and cannot be.</exception>
    public PromptSolver(PromptTemplate template, ImmutableArray<string> labels, Scorer scorer, IChatClient model, SolverSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(model);
        (_template, _labels, _scorer, _model, _settings) = (template, labels, scorer, model, settings ?? new());
        _settings = UsesFirstTokens ? _settings with { MaxReplyTokens = 1 } : _settings; // nothing else of the reply is read
        _continuations = scorer is LabelScorer ? model.GetService<IContinuationScorer>() : null;
        if (_settings.AsInstructions && _continuations is not null)
        {
            throw new InputException("This model's labels are read from the log-probabilities after a plain text, which knows no instructions beside the message: only the replies of a chat model can be measured under instructions.");
        }

        RequireInstructions(template, _settings);
    }

    /// <summary>Refuses a template that cannot be cut where it shall be.</summary>
    internal static void RequireInstructions(PromptTemplate template, SolverSettings settings, string of = "")
    {
        if (settings.AsInstructions && !template.CanInstruct)
        {
            throw new InputException($"The prompt{of} cannot be sent as instructions: neither {{instruction}} nor {{demonstrations}} stands before the first column of the data, so nothing in it is the same for all items. Put one there, or send it as one message.");
        }
    }

    /// <summary>Whether it asks for log-probabilities, not for replies.</summary>
    public bool UsesLogProbabilities => _continuations is not null;

    /// <summary>What decides an answer beside the prompt.</summary>
    public JsonObject Identity
    {
        get
        {
            if (_continuations is not null)
            {
                return new() { ["by"] = "log-probabilities", ["model"] = _continuations.Identity.DeepClone() };
            }

            JsonObject identity = new() { ["by"] = UsesFirstTokens ? "first tokens" : "chat", ["model"] = ChatIdentity.Of(_model), ["maxReplyTokens"] = _settings.MaxReplyTokens };
            if (UsesFirstTokens)
            {
                identity["topTokens"] = _settings.TopTokens;
            }

            if (_settings.AsInstructions)
            {
                identity["asInstructions"] = true;
            }

            return identity;
        }
    }

    private static Rejected Filtered => new("The content filter of the model's server refused the prompt or the reply.", "");

    private bool UsesFirstTokens => _settings.TopTokens > 0 && _scorer is LabelScorer && _model.GetService<IContinuationScorer>() is null;

    /// <summary>The most that a block can cost.</summary>
    public Cost AtMost(Prompt prompt, IReadOnlyCollection<TextItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return AtMost(prompt, items, items);
    }

    /// <summary>As <see cref="AtMost(Prompt, IReadOnlyCollection{TextItem})"/>, where the scorer sees other columns than the model.</summary>
    internal Cost AtMost(Prompt prompt, IReadOnlyCollection<TextItem> seen, IEnumerable<TextItem> scored) =>
        seen.Zip(scored).Aggregate(new Cost { Rollouts = seen.Count }, (sum, item) => sum + (_continuations is not null
            ? new() { InputTokens = Encoding.UTF8.GetByteCount(_template.Render(prompt, item.First.Fields)) + 1 } // no token is shorter than a byte; 1 for the beginning of the text
            : _settings.AtMost(_template.Messages(prompt, item.First.Fields, _settings.AsInstructions)) + _scorer.AtMost(item.Second)));

    /// <summary>Answers a block of items; one outcome an item, in order.</summary>
    /// <param name="prompt">The filling.</param>
    /// <param name="items">The block.</param>
    /// <param name="replies">Keeps each reply of a chat call as it arrives.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<ImmutableArray<Outcome>> EvaluateAsync(
        Prompt prompt, IReadOnlyList<TextItem> items, Replies replies, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(replies);
        return EvaluateAsync(prompt, items, items, replies, cancellationToken);
    }

    /// <summary>As <see cref="EvaluateAsync(Prompt, IReadOnlyList{TextItem}, Replies, CancellationToken)"/>, where the scorer sees other columns than the model: nothing that a model wrote on the way.</summary>
    internal Task<ImmutableArray<Outcome>> EvaluateAsync(
        Prompt prompt, IReadOnlyList<TextItem> seen, IReadOnlyList<TextItem> scored, Replies replies, CancellationToken cancellationToken)
    {
        LabelWordings wordings = WordingsOf(prompt);
        return _continuations is not null
            ? ByLogProbabilitiesAsync(_continuations, prompt, wordings, seen, cancellationToken)
            : ByChatAsync(prompt, wordings, seen, scored, replies, cancellationToken);
    }

    /// <summary>Answers one item that nobody has labelled.</summary>
    /// <exception cref="InputException">The item is too long for the model.</exception>
    /// <exception cref="FaultException">The model gave no usable answer; the message holds what it said.</exception>
    public async Task<PromptAnswer> AnswerAsync(Prompt prompt, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        try
        {
            return _continuations is not null
                ? await AnswerByLogProbabilitiesAsync(_continuations, prompt, fields, cancellationToken).ConfigureAwait(false)
                : await AnswerByChatAsync(prompt, fields, cancellationToken).ConfigureAwait(false);
        }
        catch (ContextOverflowException e)
        {
            string length = e.Tokens > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({e.Tokens:N0} tokens)") : ""; // an endpoint does not say how many
            string context = _continuations is null ? "" : string.Create(CultureInfo.InvariantCulture, $" of {_continuations.ContextTokens:N0} tokens");
            throw new InputException($"This item is too long: with its prompt{length} and its answer it does not fit into the model's context{context}. Shorten it.", e);
        }
    }

    private async Task<PromptAnswer> AnswerByChatAsync(Prompt prompt, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        // The outcome's output is the answer; whether it is right nobody asks. A grader has nothing to say here: its reply is the answer.
        TextItem item = _labels.Select(l => new TextItem(fields, l)).FirstOrDefault(i => _scorer.Flaw(i) is null, new(fields, _labels.FirstOrDefault("")));
        ChatReply reply = await ReplyAsync(prompt, item, 0, Replies.None, cancellationToken).ConfigureAwait(false);
        Outcome outcome = reply.IsFiltered ? Filtered
            : UsesFirstTokens ? FirstTokens.Score(reply, item, WordingsOf(prompt))
            : CutOff(reply, WordingsOf(prompt)) is { } cut ? cut
            : _scorer is RuleScorer rule ? rule.Score(reply.Text, item, WordingsOf(prompt))
            : string.IsNullOrWhiteSpace(reply.Text) ? new Rejected("The reply is empty.", reply.Text)
            : new Scored(0, reply.Text);
        return outcome is Scored { Output: { } output }
            ? new(output, [])
            : throw new FaultException(outcome is Rejected rejected ? $"{rejected.Reason} The model said: \"{rejected.Raw}\"" : "The model gave no answer.");
    }

    private async Task<PromptAnswer> AnswerByLogProbabilitiesAsync(
        IContinuationScorer model, Prompt prompt, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        string[] continuations = [.. WordingsOf(prompt).Wordings.Select(_template.Continuation)];
        ContinuationScores scores = await model.ScoreAsync(
            _template.Prefix(prompt),
            [_template.Suffix(prompt, fields)],
            continuations,
            ((LabelScorer)_scorer).UsesFirstToken(model, continuations),
            cancellationToken).ConfigureAwait(false);
        double highest = scores.LogProbabilities[0].Max();
        double[] weights = [.. scores.LogProbabilities[0].Select(l => PortableMath.Exp(l - highest))];
        return new(
            _labels[scores.LogProbabilities[0].IndexOf(highest)],
            [.. weights.Select((w, k) => new LabelProbability(_labels[k], w / weights.Sum()))]);
    }

    /// <summary>Refuses a prompt under which an item does not fit into the model's context, or labels cannot be told apart, before anything is spent.</summary>
    /// <exception cref="InputException">It does not fit.</exception>
    internal void Check(Prompt prompt, IEnumerable<TextItem> items)
    {
        LabelWordings wordings = WordingsOf(prompt);
        if (_continuations is null)
        {
            if (wordings.Clash() is { } same && _scorer is LabelScorer)
            {
                throw new InputException(same);
            }

            return;
        }

        string[] continuations = [.. wordings.Wordings.Select(_template.Continuation)];
        if (((LabelScorer)_scorer).Clash(_continuations, wordings, continuations) is { } clash)
        {
            throw new InputException(clash);
        }

        int answer = continuations.Max(c => _continuations.Tokenize(c).Length);
        foreach (TextItem item in items)
        {
            string text = _template.Render(prompt, item.Fields);
            if (Encoding.UTF8.GetByteCount(text) + answer <= _continuations.ContextTokens)
            {
                continue; // fits whatever its tokens are
            }

            int tokens = _continuations.Tokenize(text).Length + answer;
            if (tokens > _continuations.ContextTokens)
            {
                throw new InputException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(item.Source.Length > 0 ? item.Source + ": w" : "W")}ith your prompt this item and its answer are {tokens:N0} tokens long, longer than the model's context of {_continuations.ContextTokens:N0}. Shorten the prompt, or leave the row out."));
            }
        }
    }

    private LabelWordings WordingsOf(Prompt prompt) => new(_labels.Select(l => KeyValuePair.Create(l, prompt.WordingOf(l))));

    private async Task<ImmutableArray<Outcome>> ByLogProbabilitiesAsync(
        IContinuationScorer model, Prompt prompt, LabelWordings wordings, IReadOnlyList<TextItem> items, CancellationToken cancellationToken)
    {
        LabelScorer scorer = (LabelScorer)_scorer;
        string[] continuations = [.. wordings.Wordings.Select(_template.Continuation)];
        if (scorer.Clash(model, wordings, continuations) is { } clash)
        {
            return [.. items.Select(_ => new Rejected(clash))];
        }

        bool firstTokenOnly = scorer.UsesFirstToken(model, continuations);
        string prefix = _template.Prefix(prompt);
        Outcome?[] outcomes = new Outcome?[items.Count];
        while (true)
        {
            // Nothing is computed where an item does not fit, so it is taken out and the rest is asked again.
            int[] fitting = [.. Enumerable.Range(0, items.Count).Where(i => outcomes[i] is null)];
            if (fitting.Length == 0)
            {
                return [.. outcomes.Select(o => o!)];
            }

            try
            {
                ContinuationScores scores = await model.ScoreAsync(
                    prefix, [.. fitting.Select(i => _template.Suffix(prompt, items[i].Fields))], continuations, firstTokenOnly, cancellationToken).ConfigureAwait(false);
                ImmutableArray<Outcome> chosen = LabelScorer.Choose(scores, [.. fitting.Select(i => items[i])], wordings);
                for (int i = 0; i < fitting.Length; i++)
                {
                    outcomes[fitting[i]] = chosen[i];
                }
            }
            catch (ContextOverflowException e)
            {
                outcomes[fitting[e.Item]] = new Rejected(e.Message);
            }
        }
    }

    private async Task<ImmutableArray<Outcome>> ByChatAsync(
        Prompt prompt, LabelWordings wordings, IReadOnlyList<TextItem> seen, IReadOnlyList<TextItem> scored, Replies replies, CancellationToken cancellationToken)
    {
        Outcome[] outcomes = new Outcome[seen.Count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = _settings.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, seen.Count), parallel, async (i, _) =>
        {
            try
            {
                // A fault elsewhere lets no new call begin, but those under way may be paid for already: they are awaited and kept.
                outcomes[i] = await AskAsync(prompt, wordings, seen[i], scored[i], i, replies, cancellationToken).ConfigureAwait(false);
            }
            catch (ContextOverflowException e)
            {
                outcomes[i] = new Rejected(e.Message) { Cost = _settings.Price.Of(0, 0) };
            }
        }).ConfigureAwait(false);
        return [.. outcomes];
    }

    private async Task<Outcome> AskAsync(
        Prompt prompt, LabelWordings wordings, TextItem seen, TextItem scored, int index, Replies replies, CancellationToken cancellationToken)
    {
        ChatReply reply = await ReplyAsync(prompt, seen, index, replies, cancellationToken).ConfigureAwait(false);
        Outcome outcome = reply.IsFiltered ? Filtered
            : UsesFirstTokens ? FirstTokens.Score(reply, scored, wordings)
            : CutOff(reply, wordings) ?? await _scorer.ScoreAsync(reply.Text, scored, wordings, new(replies, index, FirstSample: 1), cancellationToken).ConfigureAwait(false);
        Cost atMost = _settings.AtMost(_template.Messages(prompt, seen.Fields, _settings.AsInstructions));
        return outcome with { Cost = outcome.Cost + _settings.Price.Of(reply.Text, reply.InputTokens, reply.OutputTokens, atMost) };
    }

    private Rejected? CutOff(ChatReply reply, LabelWordings wordings) => !reply.IsCutOff ? null
        : string.IsNullOrWhiteSpace(reply.Text) ? new(string.Create(CultureInfo.InvariantCulture, $"The reply is empty: {_settings.MaxReplyTokens:N0} tokens, its limit (maxReplyTokens), were spent before any text came, as models do that reason first."), reply.Text)
        : !_scorer.TakesCutReply(reply.Text, wordings) ? new(string.Create(CultureInfo.InvariantCulture, $"The reply was cut off after {_settings.MaxReplyTokens:N0} tokens, its limit: what it would have gone on with is not known."), reply.Text)
        : null;

    private async Task<ChatReply> ReplyAsync(Prompt prompt, TextItem item, int index, Replies replies, CancellationToken cancellationToken)
    {
        ChatOptions options = new() { Temperature = 0, MaxOutputTokens = _settings.MaxReplyTokens };
        if (UsesFirstTokens)
        {
            options.AdditionalProperties = new() { [FirstTokens.Option] = _settings.TopTokens };
        }

        RecordingChatClient recording = new(_model, replies, index, sample: 0); // not disposed of: it would take the model with it
        return ChatReply.Of(await recording.GetResponseAsync(_template.Messages(prompt, item.Fields, _settings.AsInstructions), options, cancellationToken).ConfigureAwait(false));
    }
}

/// <summary>How a <see cref="PromptSolver"/> makes chat calls.</summary>
public sealed record SolverSettings
{
    /// <summary>The longest reply, in tokens. Part of an objective's identity. Default 256.</summary>
    public int MaxReplyTokens
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(MaxReplyTokens));
            field = value;
        }
    } = 256;

    /// <summary>
    /// For a <see cref="LabelScorer"/> on an endpoint that gives them: how many of the most probable first tokens of a reply are asked for, to choose the label by
    /// their probabilities (see <see cref="FirstTokens"/>); 20 is the most that OpenAI gives. 0, the default: labels are read from the reply. Part of an objective's identity.
    /// </summary>
    public int TopTokens
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(TopTokens));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 20, nameof(TopTokens));
            field = value;
        }
    }

    /// <summary>
    /// Whether what is the same for all items - up to the last slot before the item - is sent as the system's message, as an agent's instructions are, and the item alone as the user's.
    /// Default: one message of the user's. Part of an objective's identity.
    /// </summary>
    public bool AsInstructions { get; init; }

    /// <summary>How many calls of one block may be under way at once. Never changes a result. Default 4.</summary>
    public int Concurrency
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Concurrency));
            field = value;
        }
    } = 4;

    /// <summary>What the model's tokens cost. Default: nobody said, so calls are counted as calls without a price.</summary>
    public Price Price { get; init; } = Price.Unknown;

    /// <summary>The most that a call with these messages can cost.</summary>
    internal Cost AtMost(ChatMessage[] messages) => Price.AtMost(string.Concat(messages.Select(m => m.Text)), messages.Length, MaxReplyTokens);
}

/// <summary>An answer to an item that nobody has labelled.</summary>
/// <param name="Answer">The label, as the data call it; or the text, where there are no labels.</param>
/// <param name="Probabilities">The share of each label, in the data's order; empty where the model does not tell.</param>
public sealed record PromptAnswer(string Answer, ImmutableArray<LabelProbability> Probabilities);

/// <summary>How probable one label is, among all labels.</summary>
/// <param name="Label">The label, as the data call it.</param>
/// <param name="Probability">Its share.</param>
public sealed record LabelProbability(string Label, double Probability);
