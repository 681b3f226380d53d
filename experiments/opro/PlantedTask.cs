using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Ansatz.Language;
using Ansatz.Prompts;
using Microsoft.Extensions.AI;

namespace Ansatz.Experiments.OproPaper;

/// <summary>
/// A task whose truth is planted: of 200 words 24 are cues and 6 are poison, and nobody is told which. An item is answered rightly if the instruction holds the
/// one or two cues that it needs, no poison, and at most 25 words.
/// </summary>
internal sealed class PlantedTask
{
    /// <summary>The longest instruction that works, and the length of the start.</summary>
    public const int MostWords = 25;

    private const int Cues = 24, Poisons = 6;

    private readonly string[] _hidden; // cues, then poison
    private readonly Dictionary<string, string[]> _needs = []; // by the item's text

    public PlantedTask(int seed, int train = 50, int validation = 50, int test = 200)
    {
        Rng rng = new(seed, "planted/words");
        _hidden = [.. rng.Choose(Cues + Poisons, Vocabulary.Length).Select(i => Vocabulary[i])];
        Splits = DataSplits.Of(Items("train", train), Items("validation", validation), Items("test", test));
        PromptPart part = new(
            PromptTemplate.Parse("{instruction}{text}\nAnswer: {label}"),
            Splits,
            new() { Instruction = string.Join(' ', RandomWords(new(seed, "planted/start"))) },
            new() { Instruction = new() });
        Objective = new(part, new LabelScorer(), new Solver(this, seed));

        Dataset Items(string split, int count) => Dataset.FromRows(
            Enumerable.Range(0, count).Select(i =>
            {
                string text = FormattableString.Invariant($"{split} {i}");
                _needs[text] = [.. rng.Choose(1 + rng.Next(2), Cues).Select(c => _hidden[c])];
                return (text, i % 2 == 0 ? "yes" : "no");
            }),
            split);
    }

    /// <summary>All words, two syllables each: what a proposer may use.</summary>
    public static ImmutableArray<string> Vocabulary { get; } =
    [
        .. from first in new[] { "ba", "be", "bo", "da", "de", "do", "ka", "ke", "ko", "la", "le", "lo", "ma", "me", "mo", "na", "ne", "no", "ra", "ro" }
           from second in new[] { "fi", "fu", "gi", "gu", "pi", "pu", "si", "su", "ti", "tu" }
           select first + second,
    ];

    /// <summary>The items: their texts tell nothing.</summary>
    public DataSplits Splits { get; }

    /// <summary>The real objective of prompts, with the planted solver as its model.</summary>
    public PromptObjective Objective { get; }

    /// <summary>25 words that nobody chose.</summary>
    public static string[] RandomWords(Rng rng) => [.. Enumerable.Range(0, MostWords).Select(_ => rng.Pick(Vocabulary))];

    /// <summary>Whether the solver gets an item right.</summary>
    public bool IsRight(string item, IReadOnlySet<string> instruction, int words) =>
        words <= MostWords && _needs[item].All(instruction.Contains) && !_hidden.AsSpan(Cues).ContainsAnyOf(instruction);

    /// <summary>The model that answers: reads the prompt as text and tells the log-probabilities of the labels.</summary>
    private sealed class Solver(PlantedTask task, int seed) : IChatClient, IContinuationScorer
    {
        private static readonly ImmutableArray<double> YesIsSurer = [Math.Log(0.75), Math.Log(0.25)], NoIsSurer = [Math.Log(0.25), Math.Log(0.75)];

        public JsonObject Identity => new() { ["planted"] = seed };

        public int ContextTokens => 1_000_000;

        public ImmutableArray<int> Tokenize(string text) => [.. text.Select(c => (int)c)];

        public Task<ContinuationScores> ScoreAsync(
            string prefix, IReadOnlyList<string> items, IReadOnlyList<string> continuations, bool firstTokenOnly, CancellationToken cancellationToken)
        {
            string[] words = prefix.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            HashSet<string> instruction = new(words, StringComparer.OrdinalIgnoreCase);
            ImmutableArray<double>[] scores = new ImmutableArray<double>[items.Count];
            for (int i = 0; i < scores.Length; i++)
            {
                string item = items[i].Split('\n')[0];
                bool isYes = int.IsEvenInteger(item[^1] - '0'); // the gold label: every second item
                scores[i] = task.IsRight(item, instruction, words.Length) == isYes ? YesIsSurer : NoIsSurer;
            }

            return Task.FromResult(new ContinuationScores([.. scores], [.. new int[scores.Length]]));
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
    }
}

file static class Words
{
    public static bool ContainsAnyOf(this Span<string> words, IReadOnlySet<string> set)
    {
        foreach (string word in words)
        {
            if (set.Contains(word))
            {
                return true;
            }
        }

        return false;
    }
}
