using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts.Tests;

/// <summary>
/// A language model whose skill is planted: it is right on a share q of the items, where q grows with what stands in the prompt. Items read
/// "It is good, sure 17." (praise) or "It is bad, vague 18." (complaint).
/// </summary>
/// <remarks>q = 0.5 + 0.04 a "sure" demonstration + 0.15 for calling praise "positive" + 0.1 for "carefully" in the instruction.</remarks>
internal sealed partial class PlantedModel : IChatClient, IContinuationScorer
{
    public JsonObject Identity => new() { ["weights"] = "planted" };

    public int ContextTokens { get; init; } = 4096;

    /// <summary>Everything that was asked as one block: prefix and items.</summary>
    public List<(string Prefix, ImmutableArray<string> Items)> Asked { get; } = [];

    public static double Skill(string prefix, bool isPositive) =>
        0.5
        + (0.04 * Regex.Count(prefix, "sure"))
        + (isPositive ? 0.15 : 0)
        + (prefix.Contains("carefully", StringComparison.Ordinal) ? 0.1 : 0);

    public ImmutableArray<int> Tokenize(string text) =>
        [.. Word().Matches(text).Select(m => m.Value.Aggregate(17, (hash, c) => unchecked((hash * 31) + c) & 0x7FFFFFFF))];

    public Task<ContinuationScores> ScoreAsync(
        string prefix, IReadOnlyList<string> items, IReadOnlyList<string> continuations, bool firstTokenOnly, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int[] tokens = [.. items.Select(i => Tokenize(prefix + i).Length)];
        if (Array.FindIndex(tokens, t => t >= ContextTokens) is >= 0 and int tooLong)
        {
            throw new ContextOverflowException("too long", tooLong, tokens[tooLong]);
        }

        lock (Asked)
        {
            Asked.Add((prefix, [.. items]));
        }

        double skill = Skill(prefix, continuations.Contains(" positive"));
        return Task.FromResult(new ContinuationScores(
            [
                .. items.Select(item =>
                {
                    bool isRight = new Rng(0, item).NextDouble() < skill;
                    int gold = item.Contains("good", StringComparison.Ordinal) ? 0 : 1; // World lists praise first
                    return continuations.Select((_, k) => Math.Log((k == gold) == isRight ? 0.8 : 0.1)).ToImmutableArray();
                }),
            ],
            [.. tokens]));
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException("This model is asked for log-probabilities.");

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (ChatResponseUpdate update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    [GeneratedRegex(@"\s?\S+|\s")]
    private static partial Regex Word();
}

/// <summary>A chat model that is a function of its one message.</summary>
internal sealed class ScriptedChat(Func<string, string> answer) : IChatClient
{
    /// <summary>Every message with its options.</summary>
    public List<(string Message, ChatOptions? Options)> Asked { get; } = [];

    /// <summary>The system's message before each; none where there was none.</summary>
    public List<string?> Instructions { get; } = [];

    /// <summary>Why each reply ends; none: it does not say.</summary>
    public ChatFinishReason? Finish { get; init; }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatMessage[] all = [.. messages];
        ChatMessage message = all[^1];
        Assert.Equal(all.Length == 1 ? [ChatRole.User] : [ChatRole.System, ChatRole.User], all.Select(m => m.Role));
        lock (Asked)
        {
            Asked.Add((message.Text, options));
            Instructions.Add(all.Length == 1 ? null : all[0].Text);
        }

        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answer(message.Text)))
        {
            FinishReason = Finish,
            Usage = new() { InputTokenCount = message.Text.Length, OutputTokenCount = 2 },
        });
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new InvalidOperationException();

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("scripted", null, "script-1") : null;

    public void Dispose()
    {
    }
}

/// <summary>The reviews that <see cref="PlantedModel"/> knows.</summary>
internal static class World
{
    public static readonly PromptTemplate Template = PromptTemplate.Parse("{instruction}{demonstrations}Review: {text}\nKind: {label}");

    /// <summary>All slots open: three instructions besides yours and none, up to 8 demonstrations, three wordings a label.</summary>
    public static readonly OpenSlots AllOpen = new()
    {
        Instruction = new() { Options = ["Think carefully.", "Sort it.", "Is it praise?"] },
        Demonstrations = new() { UpTo = 8 },
        Labels = new()
        {
            Wordings = new Dictionary<string, ImmutableArray<string>>
            {
                ["praise"] = ["praise", "positive", "good"],
                ["complaint"] = ["complaint", "negative", "good"],
            }.ToImmutableSortedDictionary(),
        },
    };

    public static readonly Prompt Yours = new() { Instruction = "Decide whether each review is praise or a complaint." };

    /// <summary>Balanced splits. Every fourth training item repeats the one before in capitals, as a data set that nobody cleaned does.</summary>
    public static DataSplits Splits(int train = 40, int validation = 60, int test = 100) => DataSplits.Of(
        Rows(0, train, repeats: true), Rows(1000, validation, repeats: false), Rows(2000, test, repeats: false));

    public static PromptPart Part(OpenSlots? open = null, Prompt? yours = null, DataSplits? splits = null) =>
        new(Template, splits ?? Splits(), yours ?? Yours, open ?? AllOpen);

    public static PromptObjective Objective(OpenSlots? open = null, Prompt? yours = null, DataSplits? splits = null) =>
        new(Part(open, yours, splits), new LabelScorer(), new PlantedModel(), "reviews");

    /// <summary>A proposer that writes "Version n.", every third time with "carefully", as the layout wants it.</summary>
    public static Proposer Proposer(OproLayout layout, List<ProposerRequest>? asked = null) => new(
        new() { ["script"] = 1 },
        (request, _) =>
        {
            lock (asked ?? [])
            {
                asked?.Add(request);
            }

            string text = $"version {request.Seed % 100}{(request.Seed % 3 == 0 ? ", read carefully" : "")}.";
            return Task.FromResult(new ProposerReply(
                layout switch
                {
                    OproLayout.Chat => $"Sure! <INS>{text}</INS>",
                    OproLayout.Tuned => $"Here it is: [{text}]",
                    _ => $" {text}",
                },
                100,
                9));
        });

    private static Dataset Rows(int from, int count, bool repeats) => Dataset.FromRows(
        Enumerable.Range(0, count).Select(i =>
        {
            bool isRepeat = repeats && i % 4 == 3;
            int n = isRepeat ? i - 1 : i;
            string text = $"It is {((n / 2) % 2 == 0 ? "good" : "bad")}, {(n % 8 < 4 ? "sure" : "vague")} {from + n}.";
            return (isRepeat ? text.ToUpperInvariant().Replace('.', '!') : text, (n / 2) % 2 == 0 ? "praise" : "complaint");
        }),
        $"rows{from}");
}
