using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ansatz.Language;
using LLama.Native;
using Microsoft.Extensions.AI;

namespace Ansatz.LocalModels;

/// <summary>Continues a prompt, several times at once if wanted: the prompt is computed once, the samples step by step in one batch.</summary>
internal static class Generator
{
    /// <param name="decoder">The model, in the caller's turn.</param>
    /// <param name="prompt">Its tokens, at least one.</param>
    /// <param name="count">How many samples.</param>
    /// <param name="options">The same for all of them.</param>
    /// <param name="onText">Gets a sample's number and its next piece of text.</param>
    /// <param name="cancellationToken">Stops between calls of llama.cpp.</param>
    public static ImmutableArray<Completion> Generate(
        Decoder decoder, LLamaToken[] prompt, int count, CompletionOptions options, Action<int, string> onText, CancellationToken cancellationToken)
    {
        int room = decoder.ContextTokens - prompt.Length;
        if (room < 1)
        {
            throw new ContextOverflowException($"The prompt has {prompt.Length} tokens; with at least one more to generate, the model takes {decoder.ContextTokens}.", 0, prompt.Length);
        }

        // All samples share one cache: as many at once as surely fit, by the settings alone.
        int length = Math.Min(options.MaxTokens, room);
        int together = Math.Clamp(room / length, 1, Decoder.LeastSequences);
        ImmutableArray<Completion>.Builder completions = ImmutableArray.CreateBuilder<Completion>(count);
        for (int first = 0; first < count; first += together)
        {
            Sample[] samples = [.. Enumerable.Range(first, Math.Min(together, count - first)).Select(i => new Sample(decoder, i, prompt.Length, length, options, onText))];
            try
            {
                GenerateTogether(decoder, prompt, samples, cancellationToken);
                completions.AddRange(samples.Select(static s => s.ToCompletion()));
            }
            finally
            {
                foreach (Sample sample in samples)
                {
                    sample.Dispose();
                }
            }
        }

        return completions.MoveToImmutable();
    }

    private static void GenerateTogether(Decoder decoder, LLamaToken[] prompt, Sample[] samples, CancellationToken cancellationToken)
    {
        decoder.Clear();
        List<Row> rows = [];
        for (int p = 0; p < prompt.Length; p++)
        {
            rows.Add(new(prompt[p], p, 0, p == prompt.Length - 1 ? 0 : Row.NoOutput));
        }

        decoder.Decode(CollectionsMarshal.AsSpan(rows), TakeFirst, cancellationToken);
        for (int s = 1; s < samples.Length; s++)
        {
            decoder.Share(0, s, prompt.Length);
        }

        while (true)
        {
            rows.Clear();
            for (int s = 0; s < samples.Length; s++)
            {
                if (samples[s].FinishReason is null)
                {
                    rows.Add(new(samples[s].Last, prompt.Length + samples[s].Tokens - 1, s, s));
                }
            }

            if (rows.Count == 0)
            {
                return;
            }

            decoder.Decode(CollectionsMarshal.AsSpan(rows), (s, logits) => samples[s].Take(logits), cancellationToken);
        }

        void TakeFirst(int output, Span<float> logits)
        {
            float[] copy = new float[logits.Length]; // a grammar writes into the logits
            foreach (Sample sample in samples)
            {
                logits.CopyTo(copy);
                sample.Take(copy);
            }
        }
    }

    private sealed class Sample(Decoder decoder, int index, int promptTokens, int maxTokens, CompletionOptions options, Action<int, string> onText) : IDisposable
    {
        private readonly TokenSampler _sampler = new(options, new Rng(options.Seed, "embedded/sample", index));
        private readonly TextTail _tail = new(options.Stop);
        private readonly GrammarGate? _grammar = options.Grammar is { } grammar ? new(decoder.Model, grammar) : null;
        private byte[] _bytes = new byte[32];

        public LLamaToken Last { get; private set; }

        public int Tokens { get; private set; }

        public ChatFinishReason? FinishReason { get; private set; }

        /// <summary>Draws the next token.</summary>
        public void Take(Span<float> logits)
        {
            Last = _grammar is null ? _sampler.Next(logits) : _grammar.Next(_sampler, logits);
            Tokens++;
            if (Last.IsEndOfGeneration(decoder.Model.Vocab))
            {
                Finish(ChatFinishReason.Stop);
                return;
            }

            _grammar?.Accept(Last);
            Give(_tail.Append(BytesOf(Last)));
            if (_tail.IsStopped)
            {
                Finish(ChatFinishReason.Stop);
            }
            else if (Tokens == maxTokens)
            {
                Finish(ChatFinishReason.Length);
            }
        }

        public Completion ToCompletion() => new(_tail.Text, promptTokens, Tokens, FinishReason!.Value);

        public void Dispose() => _grammar?.Dispose();

        private void Finish(ChatFinishReason reason)
        {
            Give(_tail.Finish());
            FinishReason = reason;
        }

        private void Give(string text)
        {
            if (text.Length > 0)
            {
                onText(index, text);
            }
        }

        private ReadOnlySpan<byte> BytesOf(LLamaToken token)
        {
            uint length = decoder.Model.TokenToSpan(token, _bytes, 0, special: false);
            if (length > _bytes.Length)
            {
                _bytes = new byte[length];
                length = decoder.Model.TokenToSpan(token, _bytes, 0, special: false);
            }

            return _bytes.AsSpan(0, (int)length);
        }
    }
}
