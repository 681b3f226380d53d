using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Ansatz.Language;
using LLama.Native;
using Microsoft.Extensions.AI;

namespace Ansatz.LocalModels;

/// <summary>
/// A language model in this process: SmolLM2-135M-Instruct, which is shipped, or any GGUF file, computed by llama.cpp. A chat client, and beside it what chat
/// APIs hide: log-probabilities of given continuations, plain text, several samples at once.
/// </summary>
/// <remarks>
/// Thread-safe. One computation runs at a time in the whole process; the others wait for their turn. Same question, same answer: nothing depends on what was
/// asked before, on threads or on arrival, and without a seed the seed is 0.
/// </remarks>
public sealed class EmbeddedModel : IChatClient, IContinuationScorer
{
    private readonly EmbeddedModelSettings _settings;
    private readonly ModelWeights _weights;
    private readonly string _kernels;
    private readonly ChatClientMetadata _metadata;
    private bool _disposed;

    private EmbeddedModel(Decoder decoder, EmbeddedModelSettings settings, ModelWeights weights, string kernels)
    {
        (Decoder, _settings, _weights, _kernels) = (decoder, settings, weights, kernels);
        Name = Path.GetFileNameWithoutExtension(settings.ModelFile ?? ModelWeights.ShippedName);
        Quantisation = decoder.Model.FileType.ToString().Replace("MOSTLY_", "", StringComparison.Ordinal).ToLowerInvariant();
        _metadata = new("ansatz.embedded", defaultModelId: Name);
    }

    /// <summary>The model file's name, without extension: "SmolLM2-135M-Instruct.Q4_1".</summary>
    public string Name { get; }

    /// <summary>How the weights that are computed with are stored: "q8_0".</summary>
    public string Quantisation { get; }

    /// <summary>Which kernels compute: "avx2", "avx512", "arm64".</summary>
    public string Kernels => _kernels;

    /// <inheritdoc/>
    public int ContextTokens => Decoder.ContextTokens;

    /// <inheritdoc/>
    public JsonObject Identity => new()
    {
        ["model"] = Name,
        ["sha256"] = _weights.Sha256,
        ["quantisation"] = Quantisation,
        ["kernels"] = _kernels,
        ["batch"] = _settings.BatchItems,
        ["context"] = ContextTokens,
        ["llamasharp"] = NativeEngine.Version,
    };

    /// <summary>The engine, for tests and measurements.</summary>
    internal Decoder Decoder { get; }

    /// <summary>The file that is computed with, for measurements.</summary>
    internal string WeightsFile => _weights.Path;

    /// <summary>Loads a model; the first time, it makes the faster copy of the shipped one (a second or two).</summary>
    /// <exception cref="InputException">The settings name a file that is absent, cut short or no GGUF file, or kernels other than those that this process already uses.</exception>
    /// <exception cref="FaultException">The native library or the model cannot be loaded, or the copy cannot be written.</exception>
    public static EmbeddedModel Load(EmbeddedModelSettings? settings = null)
    {
        settings ??= new();
        string kernels = NativeEngine.Start(settings.Kernels, settings.Logger);
        ModelWeights weights = ModelWeights.Find(settings);
        Decoder decoder;
        try
        {
            int processors = Environment.ProcessorCount;
            decoder = Decoder.Load(weights.Path, settings.ContextTokens, settings.BatchItems, settings.Threads ?? (processors <= 4 ? processors : processors / 2));
        }
        catch when (weights.IsTemporary)
        {
            File.Delete(weights.Path);
            throw;
        }

        if (weights.IsTemporary && !OperatingSystem.IsWindows())
        {
            File.Delete(weights.Path); // it stays mapped; Windows deletes it with the model
        }

        return new(decoder, settings, weights, kernels);
    }

    /// <inheritdoc/>
    public ImmutableArray<int> Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. TokensOf(text, control: false).Select(static t => (int)t)];
    }

    /// <inheritdoc/>
    public Task<ContinuationScores> ScoreAsync(
        string prefix, IReadOnlyList<string> items, IReadOnlyList<string> continuations, bool firstTokenOnly, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(continuations);

        LLamaToken[][] wanted = [.. continuations.Select(c => TokensOf(c, control: false))];
        if (Array.FindIndex(wanted, static w => w.Length == 0) is >= 0 and int empty)
        {
            throw new ArgumentException($"Continuation {empty} is empty; every one needs at least one token.", nameof(continuations));
        }

        if (firstTokenOnly)
        {
            wanted = [.. wanted.Select(static w => w[..1])];
        }

        int prefixLength = WithBeginning(TokensOf(prefix, control: false)).Length;
        LLamaToken[][] texts = [.. items.Select(item => WithBeginning(TokensOf(prefix + item, control: false)))];
        int longest = wanted.Length == 0 ? 0 : wanted.Max(static w => w.Length);
        for (int i = 0; i < texts.Length; i++)
        {
            if (texts[i].Length == 0)
            {
                throw new ArgumentException($"Prefix and item {i} are both empty; a continuation needs something to follow.", nameof(items));
            }

            // The last token of a continuation is predicted, never computed.
            if (texts[i].Length + longest - 1 > ContextTokens)
            {
                throw new ContextOverflowException(
                    $"The text of item {i} has {texts[i].Length} tokens{(longest > 1 ? $" and its longest continuation {longest}" : "")}; the model takes {ContextTokens}.", i, texts[i].Length);
            }
        }

        ImmutableArray<int> lengths = [.. texts.Select(static t => t.Length)];
        return texts.Length == 0 || wanted.Length == 0
            ? Task.FromResult(new ContinuationScores([.. texts.Select(static _ => ImmutableArray<double>.Empty)], lengths))
            : InTurnAsync(ct => new ContinuationScores(BlockScorer.Score(Decoder, texts, prefixLength, wanted, _settings.BatchItems, ct), lengths), cancellationToken);
    }

    /// <summary>Continues a plain text. Small models answer better this way than through their chat template.</summary>
    /// <exception cref="ContextOverflowException">The prompt does not fit.</exception>
    public async Task<Completion> CompleteAsync(string prompt, CompletionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ImmutableArray<Completion> one = await SampleAsync(prompt, 1, options, cancellationToken).ConfigureAwait(false);
        return one[0];
    }

    /// <summary>Continues a plain text several times, computed together. Sample i draws from a stream of its own.</summary>
    /// <exception cref="ContextOverflowException">The prompt does not fit.</exception>
    public Task<ImmutableArray<Completion>> SampleAsync(string prompt, int count, CompletionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        options ??= new();
        LLamaToken[] tokens = WithBeginning(TokensOf(prompt, options.ParseControlTokens));
        return tokens.Length == 0
            ? throw new ArgumentException("The prompt is empty; a continuation needs something to follow.", nameof(prompt))
            : InTurnAsync(ct => Generator.Generate(Decoder, tokens, count, options, static (_, _) => { }, ct), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Honoured: instructions, temperature (0 without one), top-p, top-k, seed, stop strings, most output tokens (512 without), response format (JSON, JSON
    /// schema). Tools and penalties are refused.
    /// </remarks>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>A slow reader holds nobody up: the text is computed ahead of it. Leaving the loop stops the computation.</remarks>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        CompletionOptions completion = ChatOptionsReader.Read(options);
        LLamaToken[] tokens = WithBeginning(ChatTemplate.Tokenize(Decoder.Model, ChatOptionsReader.WithInstructions(messages, options)));

        Channel<string> text = Channel.CreateUnbounded<string>(new() { SingleReader = true, SingleWriter = true });
        using CancellationTokenSource left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<ImmutableArray<Completion>> computing = ComputeAsync(left.Token);
        try
        {
            await foreach (string piece in text.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return new(ChatRole.Assistant, piece) { ModelId = Name };
            }

            Completion done = (await computing.ConfigureAwait(false))[0];
            UsageDetails usage = new()
            {
                InputTokenCount = done.PromptTokens,
                OutputTokenCount = done.CompletionTokens,
                TotalTokenCount = done.PromptTokens + done.CompletionTokens,
            };
            yield return new(ChatRole.Assistant, [new UsageContent(usage)]) { ModelId = Name, FinishReason = done.FinishReason };
        }
        finally
        {
            await left.CancelAsync().ConfigureAwait(false);
            await ((Task)computing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task<ImmutableArray<Completion>> ComputeAsync(CancellationToken ct)
        {
            try
            {
                return await InTurnAsync(c => Generator.Generate(Decoder, tokens, 1, completion, (_, piece) => text.Writer.TryWrite(piece), c), ct).ConfigureAwait(false);
            }
            finally
            {
                text.Writer.Complete();
            }
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Frees the weights, once nobody computes with them.</summary>
    public void Dispose()
    {
        NativeEngine.Turn.Wait();
        try
        {
            if (!_disposed)
            {
                _disposed = true;
                Decoder.Dispose();
                if (_weights.IsTemporary)
                {
                    File.Delete(_weights.Path);
                }
            }
        }
        finally
        {
            NativeEngine.Turn.Release();
        }
    }

    private async Task<T> InTurnAsync<T>(Func<CancellationToken, T> compute, CancellationToken cancellationToken)
    {
        await NativeEngine.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await Task.Run(() => compute(cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            NativeEngine.Turn.Release();
        }
    }

    private LLamaToken[] TokensOf(string text, bool control)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Decoder.Model.Tokenize(text, addBos: false, special: control, Encoding.UTF8);
    }

    // Some models, not the shipped one, want every text to begin with a token of its own.
    private LLamaToken[] WithBeginning(LLamaToken[] tokens) =>
        Decoder.Model.Vocab is { ShouldAddBOS: true, BOS: { } beginning } && (tokens.Length == 0 || tokens[0] != beginning) ? [beginning, .. tokens] : tokens;
}
