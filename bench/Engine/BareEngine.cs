using System.Diagnostics;
using System.Text;
using LLama.Native;

namespace Ansatz.Bench.Engine;

/// <summary>
/// llama.cpp through LLamaSharp with nothing of ours around it: what one would write first (every text by itself), and the least that the fast way
/// needs (prefix kept, batches). It reads the labels' logits and normalises nothing.
/// </summary>
internal sealed class BareEngine : IDisposable
{
    private const int Batch = 20, Context = 4096, CallTokens = 512;

    private readonly SafeLlamaModelHandle _model;
    private readonly SafeLLamaContextHandle _context;
    private readonly LLamaBatch _batch = new();

    public BareEngine(string path)
    {
        LLamaModelParams modelParams = LLamaModelParams.Default();
        _model = SafeLlamaModelHandle.LoadFromFile(path, modelParams);
        LLamaContextParams contextParams = LLamaContextParams.Default();
        contextParams.n_ctx = Context;
        contextParams.n_batch = contextParams.n_ubatch = CallTokens;
        contextParams.n_seq_max = 33;
        contextParams.n_threads = contextParams.n_threads_batch = Environment.ProcessorCount;
        contextParams.kv_unified = true;
        _context = SafeLLamaContextHandle.Create(_model, contextParams);
    }

    /// <summary>Each text by itself, from an empty cache.</summary>
    public int Alone(string prefix, IReadOnlyList<string> items, IReadOnlyList<string> labels)
    {
        int[] first = [.. labels.Select(l => (int)Tokens(l)[0])];
        int answers = 0;
        foreach (string item in items)
        {
            _context.MemoryClear(false);
            LLamaToken[] text = Tokens(prefix + item);
            _batch.Clear();
            _batch.AddRange(text, 0, LLamaSeqId.Zero, true);
            Decode();
            answers += Best(_context.GetLogitsIth(text.Length - 1), first);
        }

        return answers;
    }

    /// <summary>The prefix once, then the items in batches of sequences that share it.</summary>
    public int Batched(string prefix, IReadOnlyList<string> items, IReadOnlyList<string> labels)
    {
        int[] first = [.. labels.Select(l => (int)Tokens(l)[0])];
        LLamaToken[] shared = Tokens(prefix)[..^1]; // its last token may merge with an item's first
        int answers = 0;
        _context.MemoryClear(false);
        _batch.Clear();
        _batch.AddRange(shared, 0, LLamaSeqId.Zero, false);
        Decode();
        foreach (string[] chunk in items.Chunk(Batch))
        {
            _batch.Clear();
            int[] ends = new int[chunk.Length];
            for (int i = 0; i < chunk.Length; i++)
            {
                _context.MemorySequenceCopy(LLamaSeqId.Zero, (LLamaSeqId)(i + 1), 0, shared.Length);
                LLamaToken[] text = Tokens(prefix + chunk[i]);
                ends[i] = _batch.AddRange(text.AsSpan(shared.Length), shared.Length, (LLamaSeqId)(i + 1), true);
            }

            Decode();
            for (int i = 0; i < chunk.Length; i++)
            {
                answers += Best(_context.GetLogitsIth(ends[i]), first);
                _context.MemorySequenceRemove((LLamaSeqId)(i + 1), 0, -1);
            }
        }

        return answers;
    }

    /// <summary>Tokens one after the other for several texts at once; which ones does not matter for the speed.</summary>
    /// <returns>Seconds for the steps alone, without the prompt.</returns>
    public double Generate(string prompt, int count, int steps)
    {
        LLamaToken[] tokens = Tokens(prompt);
        _context.MemoryClear(false);
        _batch.Clear();
        _batch.AddRange(tokens, 0, LLamaSeqId.Zero, true);
        Decode();
        for (int s = 1; s < count; s++)
        {
            _context.MemorySequenceCopy(LLamaSeqId.Zero, (LLamaSeqId)s, 0, tokens.Length);
        }

        long start = Stopwatch.GetTimestamp();
        for (int step = 0; step < steps; step++)
        {
            _batch.Clear();
            for (int s = 0; s < count; s++)
            {
                _batch.Add(1000 + s + step, tokens.Length + step, (LLamaSeqId)s, true);
            }

            Decode();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _context.Dispose();
        _model.Dispose();
    }

    private LLamaToken[] Tokens(string text) => _model.Tokenize(text, false, false, Encoding.UTF8);

    private void Decode()
    {
        if (_batch.TokenCount > CallTokens || _context.Decode(_batch) != DecodeResult.Ok)
        {
            throw new InvalidOperationException($"llama.cpp could not decode {_batch.TokenCount} tokens.");
        }
    }

    private static int Best(ReadOnlySpan<float> logits, int[] tokens)
    {
        int best = 0;
        for (int k = 1; k < tokens.Length; k++)
        {
            best = logits[tokens[k]] > logits[tokens[best]] ? k : best;
        }

        return best;
    }
}
