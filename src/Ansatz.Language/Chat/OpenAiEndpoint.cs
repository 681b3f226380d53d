using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OpenAI;

namespace Ansatz.Language;

/// <summary>A server that speaks OpenAI's chat protocol: OpenAI's own, or llama.cpp, Ollama, vLLM and many more.</summary>
/// <remarks>The key stays in the environment: it is read when the endpoint is opened and appears in no identity, message or log.</remarks>
public sealed record OpenAiEndpoint
{
    /// <summary>The environment variable that holds the key unless another one is named.</summary>
    public const string DefaultKeyFrom = "OPENAI_API_KEY";

    /// <summary>The name of the activity source and of the meter by which endpoints report to OpenTelemetry.</summary>
    public const string TelemetryName = "Ansatz.Language";

    /// <summary>An endpoint by its base address and the name of a model there.</summary>
    /// <param name="url">The base address, which mostly ends in <c>/v1</c>.</param>
    /// <param name="model">The name of the model, as the server knows it.</param>
    /// <exception cref="InputException">The address is not one of http or https, or holds a user's name, password or query: keys do not belong there.</exception>
    public OpenAiEndpoint(string url, string model)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            throw new InputException("The address of a model's server must begin with http:// or https://, such as http://127.0.0.1:8080/v1.");
        }

        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new InputException(
                $"The address of the server {address.Host} must hold no user's name, password or query: it is stored with the study. A key belongs in an environment variable.");
        }

        if (string.IsNullOrWhiteSpace(model))
        {
            throw new InputException($"The server {address.Host} needs the name of a model.");
        }

        Url = address;
        Model = model;
    }

    /// <summary>The base address.</summary>
    public Uri Url { get; }

    /// <summary>The name of the model, as the server knows it.</summary>
    public string Model { get; }

    /// <summary>The environment variable that holds the key. Where it is not set, none is sent: local servers need none.</summary>
    /// <exception cref="InputException">It is no name of a variable.</exception>
    public string KeyFrom
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value.Length > 0 && !char.IsAsciiDigit(value[0]) && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
                ? value
                : throw new InputException("What should name the environment variable that holds the key is no name of one: it may have letters, digits and _. The key itself does not belong there."); // it may be the key: not repeated
        }
    } = DefaultKeyFrom;

    /// <summary>Whether that variable holds one now.</summary>
    public bool HasKey => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(KeyFrom));

    /// <summary>How long one try may take. Default 100 s.</summary>
    public TimeSpan Timeout { get; init => field = Positive(value); } = TimeSpan.FromSeconds(100);

    /// <summary>How often a call is tried again at most, after 408, 429, 5xx, a broken connection, a time-out; once after an answer that cannot be read. Default 6.</summary>
    public int MaxRetries
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(MaxRetries));
            field = value;
        }
    } = 6;

    /// <summary>The first pause between two tries of a call where the server does not ask for a longer one; the next ones are twice as long each. Default 1 s.</summary>
    public TimeSpan FirstPause { get; init => field = Positive(value); } = TimeSpan.FromSeconds(1);

    /// <summary>How long one call may take, with all its tries and the pauses between them, but without waiting for its turn. Default 5 minutes.</summary>
    public TimeSpan Patience { get; init => field = Positive(value); } = TimeSpan.FromMinutes(5);

    /// <summary>How many calls may be under way at once. Default 8.</summary>
    public int Concurrency { get; init => field = (int)AtLeastOne(value)!; } = 8;

    /// <summary>The most tries a minute; none: no limit. They are spaced evenly.</summary>
    public long? RequestsPerMinute { get; init => field = AtLeastOne(value); }

    /// <summary>The most tokens a minute, sent and written together; none: no limit. A call counts as a token for four bytes and all that it may write, and as what it took once that is known.</summary>
    public long? TokensPerMinute { get; init => field = AtLeastOne(value); }

    /// <summary>Address and model: part of an objective's identity.</summary>
    public JsonObject Identity => new() { ["url"] = Url.AbsoluteUri, ["model"] = Model };

    /// <summary>The address as messages show it.</summary>
    internal string Server => Url.AbsoluteUri.TrimEnd('/');

    /// <summary>Opens the endpoint; nothing is sent yet. The world's failures come out of its calls as <see cref="FaultException"/>, an over-long prompt as <see cref="ContextOverflowException"/>, one that the server's content filter refuses as an empty reply that was filtered.</summary>
    /// <param name="retried">Told of each try that failed and is followed by another, from whatever thread; it must not throw.</param>
    /// <param name="clock">The clock of time-outs, pauses and limits a minute.</param>
    /// <remarks>It reports to OpenTelemetry under <see cref="TelemetryName"/>, without texts: the conventions of generative AI for each try, and around them "ansatz.call".</remarks>
    /// <exception cref="InputException">The key could not be sent.</exception>
    public IChatClient Open(Action<EndpointRetry>? retried = null, TimeProvider? clock = null) => Open(new DialectPolicy(), retried, clock);

    /// <summary>As the public one, for who wants to know what <paramref name="limit"/> found out.</summary>
    internal IChatClient Open(DialectPolicy limit, Action<EndpointRetry>? retried, TimeProvider? clock)
    {
        string? key = Environment.GetEnvironmentVariable(KeyFrom)?.Trim();
        if (key is not null && key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new InputException($"The variable {KeyFrom} does not hold a key: it has a space, a line break or a letter with an accent in it.");
        }

        bool hasKey = !string.IsNullOrEmpty(key);
        if (hasKey && Url.Scheme == "http" && !Url.IsLoopback)
        {
            throw new InputException(
                $"The key in {KeyFrom} would go to {Url.Host} over http, where anyone on the way can read it. Use https; or, where that server needs no key, name a variable that is not set in keyFrom.");
        }

        OpenAIClientOptions options = new()
        {
            Endpoint = Url,
            NetworkTimeout = Timeout, // between two pieces of a streamed reply; a whole try is bounded above
            RetryPolicy = new ClientRetryPolicy(0), // the one stage that tries again is ResilientChatClient
        };
        options.AddPolicy(limit, PipelinePosition.PerCall);
        options.AddPolicy(new ErrorBodyPolicy(), PipelinePosition.BeforeTransport);
        if (!hasKey)
        {
            options.AddPolicy(new NoKeyPolicy(), PipelinePosition.BeforeTransport);
        }

        OpenAIClient client = new(new ApiKeyCredential(hasKey ? key! : "none"), options); // the client insists on a key
        TimeProvider time = clock ?? TimeProvider.System;
        return client.GetChatClient(Model).AsIChatClient()
            .AsBuilder()
            .Use(inner => new ResilientChatClient(inner, this, retried, time))
            .UseOpenTelemetry(sourceName: TelemetryName)
            .Use(inner => new FaultChatClient(inner, this, key, time)) // below telemetry, so that what is reported of a failure holds no key
            .Use(inner => new TopTokensChatClient(inner))
            .Build();
    }

    private static TimeSpan Positive(TimeSpan value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        return value;
    }

    private static long? AtLeastOne(long? value)
    {
        if (value is { } number)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        }

        return value;
    }
}

/// <summary>Takes out again what the client library sends where there is no key.</summary>
internal sealed class NoKeyPolicy : PipelinePolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
        throw new NotSupportedException("An endpoint is called asynchronously.");

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        message.Request.Headers.Remove("Authorization");
        return ProcessNextAsync(message, pipeline, currentIndex);
    }
}
