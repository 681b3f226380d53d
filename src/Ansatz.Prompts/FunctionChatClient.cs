using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts;

/// <summary>A function from text to text as a chat client: the last message goes in, what comes out is the reply. Options do not reach it.</summary>
/// <param name="name">What it is called: part of a study's identity, so give another version another name.</param>
/// <param name="answer">The function. What it throws goes through, so let it throw a <see cref="FaultException"/> where the world failed.</param>
public sealed class FunctionChatClient(string name, Func<string, CancellationToken, Task<string>> answer) : IChatClient
{
    /// <inheritdoc />
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        string reply = await answer(messages.Last().Text, cancellationToken).ConfigureAwait(false);
        return new(new ChatMessage(ChatRole.Assistant, reply));
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatResponse response = await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        foreach (ChatResponseUpdate update in response.ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("function", null, name)
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
