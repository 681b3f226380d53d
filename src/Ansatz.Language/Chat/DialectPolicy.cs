using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>
/// Speaks as the server wants it: calls the longest reply <c>max_tokens</c>, or <c>max_completion_tokens</c> where that was refused, and leaves out <c>temperature</c> and <c>top_p</c> where they were.
/// </summary>
/// <remarks>
/// The client library writes max_completion_tokens, which many local servers pass over in silence, so that nothing limits a reply. All of them know
/// max_tokens; the servers that no longer take it refuse it in words (400, or 422, with the name). So it is tried first, the other one where
/// it is refused. Models that reason before they answer take no temperature but their own, and say so in the same way. What a server was found to take is remembered. Thread-safe.
/// </remarks>
internal sealed class DialectPolicy : PipelinePolicy
{
    /// <summary>The older name, which all local servers know.</summary>
    public const string MaxTokens = "max_tokens";

    /// <summary>The newer name, which the client library writes.</summary>
    public const string MaxCompletionTokens = "max_completion_tokens";

    // "Unsupported parameter: 'max_tokens' is not supported", "Unknown parameter", "Unrecognized request argument", "Extra inputs are not permitted", "'temperature' does not support 0 with this model"; a limit that is too large is none of them.
    private static readonly string[] Refusals = ["unsupported", "not supported", "not support", "unknown", "unrecogni", "unexpected", "not permitted", "extra_forbidden"];

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Sampling = ["temperature", "top_p"];

    private volatile string _name = MaxTokens;
    private volatile string[] _left = []; // of those for sampling, what the server refuses

    /// <summary>What the longest reply is called at present.</summary>
    public string Name => _name;

    /// <summary>Whether the server takes a temperature, as far as is known.</summary>
    public bool TakesTemperature => !_left.Contains(Sampling[0]);

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        if (await BodyAsync(message).ConfigureAwait(false) is not { } body)
        {
            await ProcessNextAsync(message, pipeline, currentIndex).ConfigureAwait(false);
            return;
        }

        string name = _name;
        string[] left = _left;
        for (bool isRenamed = false, isChanged = false; ; isChanged = true)
        {
            Write(message, body, name, left);
            await ProcessNextAsync(message, pipeline, currentIndex).ConfigureAwait(false);
            if (message.Response is { Status: < 400 })
            {
                if (isChanged) // else another call may know more by now
                {
                    (_name, _left) = (name, left);
                }

                return;
            }

            string said = await RefusalAsync(message).ConfigureAwait(false);
            string? refused = Sampling.FirstOrDefault(s => body.ContainsKey(s) && !left.Contains(s) && said.Contains(s, StringComparison.Ordinal));
            if (refused is not null)
            {
                left = [.. left, refused];
            }
            else if (!isRenamed && body.ContainsKey(MaxCompletionTokens) && said.Contains(name, StringComparison.Ordinal))
            {
                (name, isRenamed) = (name == MaxTokens ? MaxCompletionTokens : MaxTokens, true);
            }
            else
            {
                return;
            }
        }
    }

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
        throw new NotSupportedException("An endpoint is called asynchronously.");

    // The request's body, where it says anything that a server may refuse.
    private static async Task<JsonObject?> BodyAsync(PipelineMessage message)
    {
        if (message.Request.Content is not { } content)
        {
            return null;
        }

        using MemoryStream bytes = new();
        await content.WriteToAsync(bytes, message.CancellationToken).ConfigureAwait(false);
        return JsonNode.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)) is JsonObject body && Sampling.Append(MaxCompletionTokens).Any(body.ContainsKey) ? body : null;
    }

    private static void Write(PipelineMessage message, JsonObject body, string name, string[] left)
    {
        JsonObject written = (JsonObject)body.DeepClone();
        if (written.Remove(MaxCompletionTokens, out JsonNode? limit))
        {
            written[name] = limit;
        }

        foreach (string parameter in left)
        {
            written.Remove(parameter);
        }

        message.Request.Content = BinaryContent.Create(BinaryData.FromString(written.ToJsonString(Compact)));
    }

    // What a server says that does not take something; empty where it says something else.
    private static async Task<string> RefusalAsync(PipelineMessage message)
    {
        if (message.Response is not { Status: 400 or 422 } response)
        {
            return "";
        }

        string said = (await response.BufferContentAsync(message.CancellationToken).ConfigureAwait(false)).ToString();
        return Refusals.Any(r => said.Contains(r, StringComparison.OrdinalIgnoreCase)) ? said : "";
    }
}
