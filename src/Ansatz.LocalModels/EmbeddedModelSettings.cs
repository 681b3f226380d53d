using Microsoft.Extensions.Logging;

namespace Ansatz.LocalModels;

/// <summary>Settings of <see cref="EmbeddedModel.Load"/>.</summary>
public sealed record EmbeddedModelSettings
{
    /// <summary>A GGUF file; null: SmolLM2-135M-Instruct, which is shipped.</summary>
    public string? ModelFile { get; init; }

    /// <summary>Which machine instructions compute.</summary>
    public Kernels Kernels { get; init; } = Kernels.Avx2;

    /// <summary>
    /// Computes with a Q8_0 copy of the weights, made once and kept in <see cref="CacheFolder"/>: 1.5 times the size of the shipped Q4_1 file and nearly twice as
    /// fast. Null: for the shipped model only.
    /// </summary>
    public bool? Requantize { get; init; }

    /// <summary>Where the copy is kept; null: <c>ansatz/models</c> in the user's cache folder. Where that cannot be written, a temporary file takes its place.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Threads that compute; null: as many as there are processors, half of them beyond four (they are mostly two to a core). They decide the speed, never a number. Where other programs keep the processors busy, fewer may be faster: threads wait for each other.</summary>
    public int? Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value.GetValueOrDefault(1), nameof(Threads));
            field = value;
        }
    }

    /// <summary>How many items of a block are computed at once. Decides the last bits of every number.</summary>
    public int BatchItems
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(BatchItems));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 200, nameof(BatchItems)); // llama.cpp takes 256 sequences
            field = value;
        }
    } = 20;

    /// <summary>The longest text in tokens, and the room for all sequences that are computed at once; at most what the model was trained for. 23 kB a token with the shipped model.</summary>
    public int ContextTokens
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 64, nameof(ContextTokens));
            field = value;
        }
    } = 4096;

    /// <summary>Where the native library's messages go; null: nowhere. One logger a process: that of the model loaded last.</summary>
    public ILogger? Logger { get; init; }
}
