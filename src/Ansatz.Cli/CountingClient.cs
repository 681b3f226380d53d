using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>Takes the place of a model in a rehearsal: counts what it is asked and what that would cost, and replies what it is told to. Not thread-safe.</summary>
/// <param name="price">What the model costs.</param>
/// <param name="reply">What it replies, by how many calls came before.</param>
internal sealed class CountingClient(Price price, Func<long, ChatOptions, string> reply) : IChatClient
{
    /// <summary>Of ordinary text.</summary>
    public const int BytesPerToken = 4;

    private long _calls;

    /// <summary>A token for four bytes that it reads, and one that it writes.</summary>
    public Cost Least { get; private set; } = Cost.Zero;

    /// <summary>A token a byte, and replies at their limit.</summary>
    public Cost Most { get; private set; } = Cost.Zero;

    /// <inheritdoc />
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Cost most = price.AtMost(string.Concat(messages.Select(m => m.Text)), messages: 1, options!.MaxOutputTokens!.Value);
        Most += most;
        Least += price.Of(most.InputTokens / BytesPerToken, 1);
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, reply(_calls++, options))));
    }

    /// <inheritdoc />
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Proposers are asked for whole replies.");

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("rehearsal", null, "rehearsal") : null;

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
