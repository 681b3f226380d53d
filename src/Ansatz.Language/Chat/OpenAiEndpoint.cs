using System.ClientModel;
using System.ClientModel.Primitives;
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
    public string KeyFrom { get; init; } = DefaultKeyFrom;

    /// <summary>How long one try may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How often a call is tried again after 408, 429, 5xx or a broken connection, with growing pauses or the server's Retry-After.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>Address and model: part of an objective's identity.</summary>
    public JsonObject Identity => new() { ["url"] = Url.AbsoluteUri, ["model"] = Model };

    /// <summary>Opens the endpoint; nothing is sent yet. The world's failures come out of its calls as <see cref="FaultException"/>, an over-long prompt as <see cref="ContextOverflowException"/>.</summary>
    /// <remarks>It reports to OpenTelemetry under the source name "Ansatz.Language", without texts.</remarks>
    /// <exception cref="InputException">The key could not be sent.</exception>
    public IChatClient Open()
    {
        string? key = Environment.GetEnvironmentVariable(KeyFrom)?.Trim();
        if (key is not null && key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new InputException($"The variable {KeyFrom} does not hold a key: it has a space, a line break or a letter with an accent in it.");
        }

        OpenAIClientOptions options = new()
        {
            Endpoint = Url,
            NetworkTimeout = Timeout,
            RetryPolicy = new ClientRetryPolicy(MaxRetries),
        };
        OpenAIClient client = new(new ApiKeyCredential(string.IsNullOrEmpty(key) ? "none" : key), options); // the client insists on a key
        return client.GetChatClient(Model).AsIChatClient()
            .AsBuilder()
            .UseOpenTelemetry(sourceName: "Ansatz.Language")
            .Use(inner => new FaultChatClient(inner, this, key))
            .Build();
    }
}
