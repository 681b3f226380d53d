using LLama.Native;

namespace Ansatz.LocalModels;

/// <summary>One token to compute: where it stands, and under which number its logits are wanted, if at all.</summary>
internal readonly record struct Row(LLamaToken Token, int Position, int Sequence, int Output = Row.NoOutput)
{
    public const int NoOutput = -1;
}

/// <summary>
/// The loaded weights with one context: sequences of tokens whose keys and values are kept. Sequences share what they have in common (one
/// "unified" cache). Not thread-safe: whoever calls holds <see cref="NativeEngine.Turn"/>.
/// </summary>
internal sealed class Decoder : IDisposable
{
    /// <summary>Sequences that can be computed at once, beside sequence 0.</summary>
    public const int LeastSequences = 32;

    // Tokens a call of llama.cpp: its own default of 512, logical and physical batch alike, so that a call is one pass through the network.
    private const int CallTokens = 512;

    private readonly SafeLLamaContextHandle _context;
    private readonly LLamaBatch _batch = new();

    private Decoder(SafeLlamaModelHandle model, SafeLLamaContextHandle context, int sequences)
    {
        (Model, _context, Sequences) = (model, context, sequences);
        VocabularySize = model.Vocab.Count;
        ContextTokens = (int)context.ContextSize;
    }

    public SafeLlamaModelHandle Model { get; }

    public int VocabularySize { get; }

    /// <summary>Tokens that all sequences together may hold.</summary>
    public int ContextTokens { get; }

    /// <summary>Sequences are numbered 0 to this, inclusive.</summary>
    public int Sequences { get; }

    /// <exception cref="FaultException">llama.cpp refuses the file.</exception>
    public static Decoder Load(string path, int contextTokens, int batchItems, int threads)
    {
        string name = Path.GetFileName(path);
        SafeLlamaModelHandle? model = null;
        NativeEngine.ForgetErrors();
        try
        {
            LLamaModelParams modelParams = LLamaModelParams.Default();
            modelParams.n_gpu_layers = 0;
            model = SafeLlamaModelHandle.LoadFromFile(path, modelParams);
            int sequences = Math.Max(batchItems, LeastSequences);
            LLamaContextParams contextParams = LLamaContextParams.Default();
            contextParams.n_ctx = (uint)Math.Min(contextTokens, model.ContextSize);
            contextParams.n_batch = contextParams.n_ubatch = CallTokens;
            contextParams.n_seq_max = (uint)sequences + 1;
            contextParams.n_threads = contextParams.n_threads_batch = threads;
            contextParams.kv_unified = true;
            contextParams.offload_kqv = contextParams.op_offload = false;
            return new(model, SafeLLamaContextHandle.Create(model, contextParams), sequences);
        }
        catch (Exception e) when (e is LLama.Exceptions.RuntimeError or InvalidOperationException)
        {
            model?.Dispose();
            string reason = NativeEngine.FirstError;
            throw new FaultException(
                $"The model file {name} cannot be loaded{(reason.Length > 0 ? $" (llama.cpp says: {reason})" : "")}: it is damaged, needs more memory than there is, or is of a kind that llama.cpp as of LLamaSharp {NativeEngine.Version} does not know.", e);
        }
    }

    /// <summary>Forgets all sequences.</summary>
    public void Clear() => _context.MemoryClear(data: false);

    /// <summary>Lets <paramref name="to"/> begin with the first <paramref name="length"/> tokens of <paramref name="from"/>, without computing them again.</summary>
    public void Share(int from, int to, int length) => _context.MemorySequenceCopy((LLamaSeqId)from, (LLamaSeqId)to, 0, length);

    /// <summary>Forgets what a sequence has from a position on.</summary>
    public void Cut(int sequence, int position) => _context.MemorySequenceRemove((LLamaSeqId)sequence, position, -1);

    /// <summary>Computes the rows in order.</summary>
    /// <param name="rows">Each sequence's tokens, in order of position.</param>
    /// <param name="onLogits">Gets a row's output number and its logits [vocabulary], valid and writable during the call only.</param>
    /// <param name="cancellationToken">Stops between calls of llama.cpp; the sequences are then in an undefined state.</param>
    public void Decode(ReadOnlySpan<Row> rows, Action<int, Span<float>> onLogits, CancellationToken cancellationToken)
    {
        for (int start = 0; start < rows.Length; start += CallTokens)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<Row> call = rows.Slice(start, Math.Min(CallTokens, rows.Length - start));
            _batch.Clear();
            foreach (Row row in call)
            {
                _batch.Add(row.Token, row.Position, (LLamaSeqId)row.Sequence, row.Output != Row.NoOutput);
            }

            NativeEngine.ForgetErrors();
            DecodeResult result = _context.Decode(_batch);
            if (result != DecodeResult.Ok)
            {
                throw new FaultException($"The embedded model could not compute {call.Length} tokens (llama.cpp: {result}). {NativeEngine.FirstError}".TrimEnd());
            }

            for (int i = 0; i < call.Length; i++)
            {
                if (call[i].Output != Row.NoOutput)
                {
                    onLogits(call[i].Output, _context.GetLogitsIth(i));
                }
            }
        }
    }

    public void Dispose()
    {
        _context.Dispose();
        Model.Dispose();
    }
}
