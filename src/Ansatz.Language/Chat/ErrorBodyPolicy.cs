using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;

namespace Ansatz.Language;

/// <summary>Takes an error for one that a server sends with status 200: routers do so where the server behind them fails. Thread-safe.</summary>
internal sealed class ErrorBodyPolicy : PipelinePolicy
{
    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        await ProcessNextAsync(message, pipeline, currentIndex).ConfigureAwait(false);
        if (message is { BufferResponse: true, Response: { Status: 200 } response } && IsError(response.Content.ToMemory()))
        {
            throw new ClientResultException(response);
        }
    }

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
        throw new NotSupportedException("An endpoint is called asynchronously.");

    private static bool IsError(ReadOnlyMemory<byte> body)
    {
        if (body.Span.IndexOf("\"error\""u8) < 0)
        {
            return false;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && !json.RootElement.TryGetProperty("choices", out _)
                && json.RootElement.TryGetProperty("error", out JsonElement error) && error.ValueKind != JsonValueKind.Null;
        }
        catch (JsonException)
        {
            return false; // no chat completion either: said where it is read
        }
    }
}
