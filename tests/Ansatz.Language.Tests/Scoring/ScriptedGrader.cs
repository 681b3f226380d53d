using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Ansatz.Language.Tests;

/// <summary>A grader that is a function of what it is asked. 100 tokens in, 10 out.</summary>
internal sealed class ScriptedGrader(Func<string, string> verdict) : IChatClient
{
    /// <summary>Everything that it was asked.</summary>
    public List<(string Prompt, ChatOptions? Options)> Asked { get; } = [];

    /// <summary>Why it stops.</summary>
    public string Finish { get; init; } = "stop";

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        string prompt = Assert.Single(messages).Text;
        Asked.Add((prompt, options));
        return Task.FromResult(new ChatReply(verdict(prompt), Finish, 100, 10).ToResponse());
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("scripted", null, "grader-1") : null;

    public void Dispose() => throw new InvalidOperationException("The grader belongs to its user.");
}

/// <summary>Keeps replies as text, as a journal does.</summary>
internal sealed class KeptReplies : Replies
{
    public Dictionary<(int Item, int Sample), string> Kept { get; } = [];

    public override async Task<TReply> OnceAsync<TReply>(
        string question, int item, int sample, Func<CancellationToken, Task<TReply>> call, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken)
    {
        if (!Kept.TryGetValue((item, sample), out string? kept))
        {
            Kept[(item, sample)] = kept = JsonSerializer.Serialize(await call(cancellationToken), codec);
        }

        return JsonSerializer.Deserialize(kept, codec)!;
    }
}
