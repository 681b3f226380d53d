using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts;

/// <summary>
/// A prompt, or a pipeline of prompts, at work: the user's last message is an item, the reply is its label as the data call it. Where the model tells them, the reply's
/// additional property "probabilities" holds a <see cref="LabelProbability"/> for each label.
/// </summary>
/// <remarks>
/// Templates with several columns of the data take a JSON object with a text for each. Earlier messages and options do not count: the prompt was measured without
/// any. A streamed reply comes in one piece. Thread-safe; disposing of it leaves the model alone.
/// </remarks>
public sealed class PromptChatClient : IChatClient
{
    private readonly ImmutableArray<string> _fields;
    private readonly Func<IReadOnlyDictionary<string, string>, CancellationToken, Task<PromptAnswer>> _answerAsync;

    /// <param name="fields">The columns of the data that are shown.</param>
    /// <param name="answerAsync">Answers an item with a value for each of them.</param>
    internal PromptChatClient(ImmutableArray<string> fields, Func<IReadOnlyDictionary<string, string>, CancellationToken, Task<PromptAnswer>> answerAsync) =>
        (_fields, _answerAsync) = (fields, answerAsync);

    /// <inheritdoc />
    /// <exception cref="InputException">There is no user's message, it does not hold what the template shows, or it is too long for the model.</exception>
    /// <exception cref="FaultException">The model gave no usable answer.</exception>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage message = messages.LastOrDefault(m => m.Role == ChatRole.User) ?? throw new InputException("There is no message of the user's to answer.");
        PromptAnswer answer = await _answerAsync(FieldsOf(message.Text), cancellationToken).ConfigureAwait(false);
        return new(new ChatMessage(ChatRole.Assistant, answer.Answer))
        {
            FinishReason = ChatFinishReason.Stop,
            AdditionalProperties = answer.Probabilities.IsEmpty ? null : new() { ["probabilities"] = answer.Probabilities },
        };
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
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private Dictionary<string, string> FieldsOf(string message)
    {
        if (_fields is [string only])
        {
            return new() { [only] = message.Trim() };
        }

        string example = $"{{{string.Join(", ", _fields.Select(f => $"\"{f}\": \"...\""))}}}";
        try
        {
            using JsonDocument document = JsonDocument.Parse(message);
            ImmutableArray<string> missing =
            [
                .. _fields.Where(f => document.RootElement.ValueKind != JsonValueKind.Object
                    || !document.RootElement.TryGetProperty(f, out JsonElement value) || value.ValueKind != JsonValueKind.String),
            ];
            return missing.IsEmpty
                ? _fields.ToDictionary(f => f, f => document.RootElement.GetProperty(f).GetString()!.Trim())
                : throw new InputException($"The message has no text for \"{missing[0]}\"; the prompt takes a JSON object such as {example}.");
        }
        catch (JsonException e)
        {
            throw new InputException($"The message is no JSON; the prompt takes an object such as {example}.", e);
        }
    }
}
