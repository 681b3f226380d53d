using System.Globalization;
using System.Text.RegularExpressions;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Experiments.OproPaper;

/// <summary>
/// Simulated optimizers: chat models that read the rendered meta-prompt as text, heed most what they read last, and vary it blindly. They know neither the
/// scorer nor the loop, so what they reach is the loop's doing. They prove code, and say nothing about what a language model would do.
/// </summary>
internal static partial class SimulatedProposer
{
    /// <summary>The word that stands in every malformed reply.</summary>
    public const string Garbled = "garbled";

    private const double Recency = 0.7; // a parent's chance, by its distance from the last entry
    private const double Malformed = 0.05, Repeated = 0.05;
    private const double Recombined = 0.6; // a new word comes from another entry; else from the vocabulary

    /// <summary>Writes instructions: one of those shown, with one to three words exchanged. Where none is shown, 25 random words take its place.</summary>
    public static Proposer OfInstructions(ReplyCounts? counts = null) => Of("simulated-instructions-1", (text, rng) =>
    {
        string[][] shown = [.. Instructions().Matches(text).Select(m => m.Groups[1].Value.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length > 0)];
        double kind = rng.NextDouble();
        if (kind < Malformed)
        {
            counts?.CountMalformed();
            return rng.Next(3) switch
            {
                0 => "<INS> </INS>",
                1 => $"<INS>{Garbled} <INS> {Garbled}</INS>",
                _ => $"<INS>{string.Join(' ', Enumerable.Repeat(Garbled, 70))}</INS>", // 559 characters
            };
        }

        if (kind < Malformed + Repeated && shown.Length > 0)
        {
            counts?.CountRepeated();
            return $"<INS>{string.Join(' ', FromLast(shown, rng))}</INS>";
        }

        string[] parent = shown.Length > 0 ? FromLast(shown, rng) : PlantedTask.RandomWords(rng);
        string[][] others = [.. shown.Where(s => s != parent)];
        string[] child = [.. parent];
        for (int swaps = 1 + rng.Next(3); swaps > 0; swaps--)
        {
            bool isRecombined = rng.NextDouble() < Recombined && others.Length > 0;
            child[rng.Next(child.Length)] = isRecombined ? rng.Pick(rng.Pick(others)) : rng.Pick(PlantedTask.Vocabulary);
        }

        return $"Here is one. <INS>{string.Join(' ', child)}</INS>";
    });

    /// <summary>Writes pairs: one of those shown plus Gaussian steps that are rounded.</summary>
    public static Proposer OfLines(double sigma) => Of(string.Create(CultureInfo.InvariantCulture, $"simulated-lines-1 {sigma}"), (text, rng) =>
    {
        (int W, int B)[] shown = [.. Lines().Matches(text).Select(m => (Integer(m.Groups[1].Value), Integer(m.Groups[2].Value)))];
        (int w, int b) = FromLast(shown, rng);
        return string.Create(CultureInfo.InvariantCulture, $"Lower may lie near [{w}, {b}]. [{w + Step()}, {b + Step()}]");

        int Step() => (int)Math.Round(sigma * rng.NextGaussian());
    });

    /// <summary>Writes tours: one of those shown with one or two pieces turned around.</summary>
    public static Proposer OfTours() => Of("simulated-tours-1", (text, rng) =>
    {
        int[][] shown = [.. Tours().Matches(text).Select(m => m.Groups[1].Value.Split(',').Select(Integer).ToArray())];
        int[] child = [.. FromLast(shown, rng)];
        for (int turns = 1 + rng.Next(2); turns > 0; turns--)
        {
            int[] ends = rng.Choose(2, child.Length - 1);
            Array.Reverse(child, 1 + ends.Min(), Math.Abs(ends[0] - ends[1]) + 1);
        }

        return $"<trace> {string.Join(", ", child)} </trace>";
    });

    /// <summary>The last with weight 1, the one before it with 0.7, then 0.49 ...</summary>
    private static TEntry FromLast<TEntry>(TEntry[] shown, Rng rng)
    {
        double left = rng.NextDouble() * (1 - Math.Pow(Recency, shown.Length)) / (1 - Recency);
        double weight = 1;
        for (int i = shown.Length - 1; i > 0; i--)
        {
            left -= weight;
            if (left < 0)
            {
                return shown[i];
            }

            weight *= Recency;
        }

        return shown[0];
    }

    // As a chat model, so that the meta-prompt goes the way of every other.
    private static Proposer Of(string name, Func<string, Rng, string> answer) => Proposer.OfChat(new Chat(name, answer), Price.Free);

    private static int Integer(string text) => int.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^text:\n(.*)\nscore:$", RegexOptions.Multiline)]
    private static partial Regex Instructions();

    [GeneratedRegex(@"^w=(-?\d+), b=(-?\d+)$", RegexOptions.Multiline)]
    private static partial Regex Lines();

    [GeneratedRegex(@"^<trace> ([\d,]+) </trace>$", RegexOptions.Multiline)]
    private static partial Regex Tours();

    private sealed class Chat(string name, Func<string, Rng, string> answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answer(messages.Last().Text, new Rng(options!.Seed!.Value, "simulated proposer")))));

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("simulated", null, name) : null;

        public void Dispose()
        {
        }
    }
}

/// <summary>How many replies of a simulated optimizer were of what kind. Thread-safe.</summary>
internal sealed class ReplyCounts
{
    private int _malformed, _repeated;

    public int Malformed => _malformed;

    public int Repeated => _repeated;

    public void CountMalformed() => Interlocked.Increment(ref _malformed);

    public void CountRepeated() => Interlocked.Increment(ref _repeated);
}
