using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>Calls the longest reply by the name that the server takes: <c>max_tokens</c>, or <c>max_completion_tokens</c> where that was refused.</summary>
/// <remarks>
/// The client library writes max_completion_tokens, which many local servers pass over in silence, so that nothing limits a reply. All of them know
/// max_tokens; the servers that no longer take it refuse it in words (400, or 422, with the name). So it is tried first, the other one where
/// it is refused, and the one that was taken is remembered. Thread-safe.
/// </remarks>
internal sealed class TokenLimitPolicy : PipelinePolicy
{
    /// <summary>The older name, which all local servers know.</summary>
    public const string MaxTokens = "max_tokens";

    /// <summary>The newer name, which the client library writes.</summary>
    public const string MaxCompletionTokens = "max_completion_tokens";

    // "Unsupported parameter: 'max_tokens' is not supported", "Unknown parameter", "Unrecognized request argument", "Extra inputs are not permitted"; a limit that is too large is none of them.
    private static readonly string[] Refusals = ["unsupported", "not supported", "unknown", "unrecogni", "unexpected", "not permitted", "extra_forbidden"];

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private volatile string _name = MaxTokens;

    /// <summary>The name that is used at present.</summary>
    public string Name => _name;

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        if (await LimitedAsync(message).ConfigureAwait(false) is not { } body)
        {
            await ProcessNextAsync(message, pipeline, currentIndex).ConfigureAwait(false);
            return;
        }

        string name = _name, other = name == MaxTokens ? MaxCompletionTokens : MaxTokens;
        Write(message, body, name);
        await ProcessNextAsync(message, pipeline, currentIndex).ConfigureAwait(false);
        if (await RefusesAsync(message, name).ConfigureAwait(false))
        {
            Write(message, body, other);
            await ProcessNextAsync(message, pipeline, currentIndex).ConfigureAwait(false);
            if (message.Response is { Status: < 400 })
            {
                _name = other;
            }
        }
    }

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
        throw new NotSupportedException("An endpoint is called asynchronously.");

    // The request's body, where it limits the reply.
    private static async Task<JsonObject?> LimitedAsync(PipelineMessage message)
    {
        if (message.Request.Content is not { } content)
        {
            return null;
        }

        using MemoryStream bytes = new();
        await content.WriteToAsync(bytes, message.CancellationToken).ConfigureAwait(false);
        return JsonNode.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)) is JsonObject body && body.ContainsKey(MaxCompletionTokens) ? body : null;
    }

    private static void Write(PipelineMessage message, JsonObject body, string name)
    {
        JsonObject named = (JsonObject)body.DeepClone();
        JsonNode? limit = named[MaxCompletionTokens]?.DeepClone();
        named.Remove(MaxCompletionTokens);
        named[name] = limit;
        message.Request.Content = BinaryContent.Create(BinaryData.FromString(named.ToJsonString(Compact)));
    }

    private static async Task<bool> RefusesAsync(PipelineMessage message, string name)
    {
        if (message.Response is not { Status: 400 or 422 } response)
        {
            return false;
        }

        string said = (await response.BufferContentAsync(message.CancellationToken).ConfigureAwait(false)).ToString();
        return said.Contains(name, StringComparison.Ordinal) && Refusals.Any(r => said.Contains(r, StringComparison.OrdinalIgnoreCase));
    }
}
