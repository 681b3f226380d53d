using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts;

/// <summary>Has a model answer items under a prompt: by the log-probabilities of the labels where the model tells them, else by a chat call an item.</summary>
/// <remarks>
/// Log-probabilities are taken where the scorer is a <see cref="LabelScorer"/> and the model offers an <see cref="IContinuationScorer"/>: a whole
/// block at once, the prompt as plain text. A chat call sends the prompt as the user's only message, at temperature 0. Thread-safe.
/// </remarks>
public sealed class PromptSolver
{
    private readonly PromptTemplate _template;
    private readonly ImmutableArray<string> _labels;
    private readonly Scorer _scorer;
    private readonly IChatClient _model;
    private readonly IContinuationScorer? _continuations;

    /// <summary>A solver.</summary>
    /// <param name="template">The locked text.</param>
    /// <param name="labels">The answers that a label scorer chooses from.</param>
    /// <param name="scorer">What counts as right.</param>
    /// <param name="model">Who answers.</param>
    public PromptSolver(PromptTemplate template, ImmutableArray<string> labels, Scorer scorer, IChatClient model)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(model);
        (_template, _labels, _scorer, _model) = (template, labels, scorer, model);
        _continuations = scorer is LabelScorer ? model.GetService<IContinuationScorer>() : null;
    }

    /// <summary>Whether it asks for log-probabilities, not for replies.</summary>
    public bool UsesLogProbabilities => _continuations is not null;

    /// <summary>The longest reply of a chat call, in tokens.</summary>
    public int MaxReplyTokens
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 256;

    /// <summary>How many chat calls of one block may be under way at once. Never changes a result.</summary>
    public int Concurrency
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 4;

    /// <summary>What decides an answer beside the prompt.</summary>
    public JsonObject Identity
    {
        get
        {
            if (_continuations is not null)
            {
                return new() { ["by"] = "log-probabilities", ["model"] = _continuations.Identity.DeepClone() };
            }

            ChatClientMetadata? metadata = _model.GetService<ChatClientMetadata>();
            return new()
            {
                ["by"] = "chat",
                ["model"] = metadata?.DefaultModelId,
                ["provider"] = metadata?.ProviderName,
                ["maxReplyTokens"] = MaxReplyTokens,
            };
        }
    }

    /// <summary>The most that a block can cost.</summary>
    public Cost AtMost(Prompt prompt, IReadOnlyCollection<TextItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        long bytes = items.Sum(i => (long)Encoding.UTF8.GetByteCount(_template.Render(prompt, i.Fields))); // no token is shorter than a byte
        return _continuations is not null
            ? new() { Rollouts = items.Count, InputTokens = bytes }
            : new()
            {
                Rollouts = items.Count,
                Calls = items.Count,
                InputTokens = bytes + (64L * items.Count), // what a chat template writes around a message
                OutputTokens = (long)MaxReplyTokens * items.Count,
            };
    }

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
        LabelWordings wordings = WordingsOf(prompt);
        return _continuations is not null
            ? ByLogProbabilitiesAsync(_continuations, prompt, wordings, items, cancellationToken)
            : ByChatAsync(prompt, wordings, items, replies, cancellationToken);
    }

    /// <summary>Answers one item that nobody has labelled.</summary>
    /// <exception cref="FaultException">The model gave no usable answer; the message holds what it said.</exception>
    public async Task<PromptAnswer> AnswerAsync(Prompt prompt, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (_continuations is null)
        {
            // The outcome's output is the answer; whether it is right nobody asks.
            TextItem item = new(fields, _labels.FirstOrDefault(""));
            Outcome outcome = (await ByChatAsync(prompt, WordingsOf(prompt), [item], Replies.None, cancellationToken).ConfigureAwait(false))[0];
            return outcome is Scored { Output: { } output }
                ? new(output, [])
                : throw new FaultException(outcome is Rejected rejected ? $"{rejected.Reason} The model said: \"{rejected.Raw}\"" : "The model gave no answer.");
        }

        string[] continuations = [.. WordingsOf(prompt).Wordings.Select(_template.Continuation)];
        ContinuationScores scores = await _continuations.ScoreAsync(
            _template.Prefix(prompt),
            [_template.Suffix(prompt, fields)],
            continuations,
            ((LabelScorer)_scorer).UsesFirstToken(_continuations, continuations),
            cancellationToken).ConfigureAwait(false);
        double highest = scores.LogProbabilities[0].Max();
        double[] weights = [.. scores.LogProbabilities[0].Select(l => Math.Exp(l - highest))];
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
                    $"{(item.Source.Length > 0 ? item.Source + ": w" : "W")}ith your prompt this item is {tokens:N0} tokens long, longer than the model's context of {_continuations.ContextTokens:N0}. Shorten the prompt, or leave the row out."));
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
                outcomes[fitting[e.Item]] = new Rejected(TooLong(e));
            }
        }
    }

    private async Task<ImmutableArray<Outcome>> ByChatAsync(
        Prompt prompt, LabelWordings wordings, IReadOnlyList<TextItem> items, Replies replies, CancellationToken cancellationToken)
    {
        Outcome[] outcomes = new Outcome[items.Count];
        ParallelOptions options = new() { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, items.Count), options, async (i, token) =>
        {
            SolverQuestion question = new(_template.Render(prompt, items[i].Fields), 0, MaxReplyTokens);
            try
            {
                SolverReply reply = await replies.OnceAsync(
                    JsonSerializer.Serialize(question, SolverJson.Default.SolverQuestion),
                    i,
                    0,
                    t => AskAsync(question, t),
                    SolverJson.Default.SolverReply,
                    token).ConfigureAwait(false);
                outcomes[i] = _scorer.Score(reply.Text, items[i], wordings) with
                {
                    Cost = new() { Calls = 1, InputTokens = reply.InputTokens, OutputTokens = reply.OutputTokens },
                };
            }
            catch (ContextOverflowException e)
            {
                outcomes[i] = new Rejected(TooLong(e));
            }
        }).ConfigureAwait(false);
        return [.. outcomes];
    }

    private async Task<SolverReply> AskAsync(SolverQuestion question, CancellationToken cancellationToken)
    {
        ChatOptions options = new() { Temperature = question.Temperature, MaxOutputTokens = question.MaxTokens };
        ChatResponse response = await _model.GetResponseAsync(question.Message, options, cancellationToken).ConfigureAwait(false);
        return new(response.Text, response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0);
    }

    private string TooLong(ContextOverflowException e) => string.Create(
        CultureInfo.InvariantCulture,
        $"The prompt is longer than the context: {e.Tokens:N0} tokens{(_continuations is { } model ? $" of at most {model.ContextTokens:N0}" : "")}.");
}

/// <summary>An answer to an item that nobody has labelled.</summary>
/// <param name="Answer">The label, as the data call it; or the text, where there are no labels.</param>
/// <param name="Probabilities">The share of each label, in the data's order; empty where the model does not tell.</param>
public sealed record PromptAnswer(string Answer, ImmutableArray<LabelProbability> Probabilities);

/// <summary>How probable one label is, among all labels.</summary>
/// <param name="Label">The label, as the data call it.</param>
/// <param name="Probability">Its share.</param>
public sealed record LabelProbability(string Label, double Probability);

/// <summary>All that decides the reply of a chat call, but for the model, which stands in the objective's identity.</summary>
internal sealed record SolverQuestion(string Message, float Temperature, int MaxTokens);

internal sealed record SolverReply(string Text, long InputTokens, long OutputTokens);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SolverQuestion))]
[JsonSerializable(typeof(SolverReply))]
internal sealed partial class SolverJson : JsonSerializerContext;
