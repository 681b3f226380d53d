using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Ansatz.Language;

/// <summary>Answers a call from the journal, or makes it and commits the reply before it returns it: record and replay.</summary>
/// <remarks>
/// Made for one question, that of one item: a client is cheap, so make one a rollout. Stages that call again after a failure belong below it. A streamed
/// call is answered whole, in one update, since only whole replies are committed.
/// </remarks>
/// <param name="innerClient">Makes the calls that the journal does not know.</param>
/// <param name="replies">The journal's replies within the effect.</param>
/// <param name="item">Which item of the block, by its place in the ask.</param>
/// <param name="sample">Tells repeated questions about one item apart.</param>
public sealed class RecordingChatClient(IChatClient innerClient, Replies replies, int item, int sample) : DelegatingChatClient(innerClient)
{
    private const string TooLong = "context_length"; // how a reply that was none has finished

    private int _answered;

    /// <inheritdoc />
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatMessage> asked = [.. messages];
        string question = ChatQuestion.Of(asked, options, this.GetService<ChatClientMetadata>()?.DefaultModelId);
        if (Volatile.Read(ref _answered) != 0)
        {
            throw new InvalidOperationException("A recording chat client answers one question; make another one, with another item or sample.");
        }

        ChatReply reply = await replies.OnceAsync(
            question,
            item,
            sample,
            MakeAsync,
            ChatReply.Codec,
            cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _answered, 1);
        return reply.Finish == TooLong ? throw new ContextOverflowException(reply.Text, item: 0, (int)reply.InputTokens) : reply.ToResponse();

        async Task<ChatReply> MakeAsync(CancellationToken ct)
        {
            try
            {
                return ChatReply.Of(await InnerClient.GetResponseAsync(asked, options, ct).ConfigureAwait(false) ?? throw new InvalidOperationException($"The chat client {InnerClient.GetType().Name} returned no response."));
            }
            catch (ContextOverflowException e)
            {
                return new(e.Message, TooLong, e.Tokens, 0); // what a server refuses it has answered: nobody asks again
            }
        }
    }

    /// <inheritdoc />
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatResponse response = await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        foreach (ChatResponseUpdate update in response.ToChatResponseUpdates())
        {
            yield return update;
        }
    }
}

/// <summary>Puts record and replay into a pipeline.</summary>
public static class RecordingChatClientBuilderExtensions
{
    /// <summary>Answers the one call of this pipeline from the journal, or commits its reply there. See <see cref="RecordingChatClient"/>.</summary>
    public static ChatClientBuilder UseReplies(this ChatClientBuilder builder, Replies replies, int item, int sample)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Use(inner => new RecordingChatClient(inner, replies, item, sample));
    }
}
