using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LLama.Native;

namespace Ansatz.LocalModels;

/// <summary>
/// Log-probabilities of continuations for a block of items under one prefix: the prefix is computed once, the items in batches of
/// sequences that all share it.
/// </summary>
/// <remarks>
/// llama.cpp rounds activations to 8 bits, so which sequences stand together in a batch moves a number (measured: up to 0.7 nats on unlikely tokens). The cache
/// is therefore emptied before every block, and batches are formed by position alone: the same block gives the same bits.
/// </remarks>
internal static class BlockScorer
{
    /// <param name="decoder">The model, in the caller's turn.</param>
    /// <param name="texts">[items]: the tokens of each text, prefix included, none empty.</param>
    /// <param name="prefixLength">At most this many tokens, those of the prefix alone, are shared.</param>
    /// <param name="continuations">[continuations]: the tokens of each, none empty; cut to the first one where only that counts.</param>
    /// <param name="batchItems">How many items are computed at once.</param>
    /// <param name="cancellationToken">Stops between calls of llama.cpp.</param>
    /// <returns>[items, continuations].</returns>
    public static ImmutableArray<ImmutableArray<double>> Score(
        Decoder decoder, LLamaToken[][] texts, int prefixLength, LLamaToken[][] continuations, int batchItems, CancellationToken cancellationToken)
    {
        // Where an item begins, its tokens may differ from those of prefix and item apart: only the run that all texts have in common is shared,
        // and each keeps at least its last token, whose logits are wanted.
        int shared = Math.Min(prefixLength, texts.Min(static t => t.Length) - 1);
        foreach (LLamaToken[] text in texts)
        {
            shared = Math.Min(shared, texts[0].AsSpan().CommonPrefixLength(text));
        }

        decoder.Clear();
        List<Row> rows = [];
        for (int p = 0; p < shared; p++)
        {
            rows.Add(new(texts[0][p], p, 0));
        }

        decoder.Decode(CollectionsMarshal.AsSpan(rows), static (_, _) => { }, cancellationToken);

        double[][] scores = [.. texts.Select(_ => new double[continuations.Length])];
        int longest = continuations.Max(static c => c.Length);
        for (int first = 0; first < texts.Length;)
        {
            int count = ItemsThatFit(decoder, texts, first, shared, longest, batchItems);
            ScoreBatch(decoder, texts, first, count, shared, continuations, scores, cancellationToken);
            first += count;
        }

        return [.. scores.Select(static row => ImmutableArray.Create(row))];
    }

    private static int ItemsThatFit(Decoder decoder, LLamaToken[][] texts, int first, int shared, int longest, int batchItems)
    {
        int tokens = shared;
        int count = 0;
        while (count < batchItems && first + count < texts.Length)
        {
            tokens += texts[first + count].Length - shared + longest - 1;
            if (tokens > decoder.ContextTokens && count > 0)
            {
                break;
            }

            count++;
        }

        return count;
    }

    private static void ScoreBatch(
        Decoder decoder, LLamaToken[][] texts, int first, int count, int shared, LLamaToken[][] continuations, double[][] scores, CancellationToken cancellationToken)
    {
        List<Row> rows = [];
        for (int i = 0; i < count; i++)
        {
            LLamaToken[] text = texts[first + i];
            decoder.Share(0, Sequence(i), shared);
            for (int p = shared; p < text.Length; p++)
            {
                rows.Add(new(text[p], p, Sequence(i), p == text.Length - 1 ? first + i : Row.NoOutput));
            }
        }

        // All first tokens stand at one position: one pass gives them all.
        decoder.Decode(CollectionsMarshal.AsSpan(rows), AddFirstTokens, cancellationToken);

        // The rest of a longer continuation follows every item, and is forgotten again.
        for (int k = 0; k < continuations.Length; k++)
        {
            LLamaToken[] continuation = continuations[k];
            if (continuation.Length == 1)
            {
                continue;
            }

            int steps = continuation.Length - 1;
            rows.Clear();
            for (int i = 0; i < count; i++)
            {
                for (int t = 0; t < steps; t++)
                {
                    rows.Add(new(continuation[t], texts[first + i].Length + t, Sequence(i), (i * steps) + t));
                }
            }

            int continuationIndex = k;
            decoder.Decode(CollectionsMarshal.AsSpan(rows), AddLaterToken, cancellationToken);
            for (int i = 0; i < count; i++)
            {
                decoder.Cut(Sequence(i), texts[first + i].Length);
            }

            void AddLaterToken(int output, Span<float> logits) =>
                scores[first + (output / steps)][continuationIndex] += logits[(int)continuation[(output % steps) + 1]] - Normaliser(logits);
        }

        for (int i = 0; i < count; i++)
        {
            decoder.Cut(Sequence(i), 0);
        }

        void AddFirstTokens(int item, Span<float> logits)
        {
            double normaliser = Normaliser(logits);
            for (int k = 0; k < continuations.Length; k++)
            {
                scores[item][k] = logits[(int)continuations[k][0]] - normaliser;
            }
        }
    }

    private static int Sequence(int i) => i + 1; // sequence 0 is the prefix

    private static double Normaliser(ReadOnlySpan<float> logits)
    {
        double normaliser = LogSumExp.Of(logits);
        return double.IsFinite(normaliser)
            ? normaliser
            : throw new FaultException("The embedded model computed no numbers (NaN): the model file is damaged.");
    }
}
