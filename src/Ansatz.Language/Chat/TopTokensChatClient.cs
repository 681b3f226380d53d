using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Ansatz.Language;

/// <summary>Asks a server for the most probable first tokens of its reply, where the options of a call want them, and hands them on with the response.</summary>
internal sealed class TopTokensChatClient(IChatClient innerClient) : DelegatingChatClient(innerClient)
{
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (options?.AdditionalProperties?.TryGetValue(FirstTokens.Option, out int count) != true)
        {
            return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        }

        ChatOptions asked = options.Clone();
        asked.AdditionalProperties!.Remove(FirstTokens.Option);
        asked.RawRepresentationFactory = _ => new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = count };
        ChatResponse response = await base.GetResponseAsync(messages, asked, cancellationToken).ConfigureAwait(false);
        if (response.RawRepresentation is ChatCompletion { ContentTokenLogProbabilities: [{ TopLogProbabilities: { Count: > 0 } top }, ..] })
        {
            (response.AdditionalProperties ??= [])[FirstTokens.Option] = top.Select(t => new TokenProbability(t.Token, t.LogProbability)).ToImmutableArray();
        }

        return response;
    }
}
