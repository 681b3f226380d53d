using System.Collections.Immutable;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Ansatz.Language;

/// <summary>A model's reply as the journal keeps it.</summary>
/// <param name="Text">What it wrote; may be empty.</param>
/// <param name="Finish">Why it stopped: "stop", "length", "content_filter"; none where it did not say.</param>
/// <param name="InputTokens">Tokens sent; 0 where it did not say.</param>
/// <param name="OutputTokens">Tokens written; 0 where it did not say.</param>
public sealed record ChatReply(
    string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Finish,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long InputTokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long OutputTokens)
{
    /// <summary>The most probable first tokens, where the call asked for them (<see cref="Language.FirstTokens.Option"/>) and the server gave them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<TokenProbability> FirstTokens { get; init; }

    /// <summary>Whether the server's content filter cut it short, left nothing of it, or let the prompt not through to the model.</summary>
    [JsonIgnore]
    public bool IsFiltered => Finish == ChatFinishReason.ContentFilter.Value;

    /// <summary>Whether it stopped at its token limit: what it would have gone on with ("12" of "1250") is not known.</summary>
    [JsonIgnore]
    public bool IsCutOff => Finish == ChatFinishReason.Length.Value;

    /// <summary>How it is written in the journal.</summary>
    public static JsonTypeInfo<ChatReply> Codec => ChatJson.Default.ChatReply;

    /// <summary>What is kept of a response: its text without reasoning, its reason to stop, and its usage.</summary>
    public static ChatReply Of(ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return new(response.Text, response.FinishReason?.Value, response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0)
        {
            FirstTokens = response.AdditionalProperties?.TryGetValue(Language.FirstTokens.Option, out ImmutableArray<TokenProbability> tokens) == true ? tokens : default,
        };
    }

    /// <summary>The reply as a chat client gives it.</summary>
    public ChatResponse ToResponse() => new(new ChatMessage(ChatRole.Assistant, Text))
    {
        AdditionalProperties = FirstTokens.IsDefaultOrEmpty ? null : new() { [Language.FirstTokens.Option] = FirstTokens },
        FinishReason = Finish is null ? null : new ChatFinishReason(Finish),
        Usage = new() { InputTokenCount = InputTokens, OutputTokenCount = OutputTokens, TotalTokenCount = InputTokens + OutputTokens },
    };
}

[JsonSerializable(typeof(ChatReply))]
internal sealed partial class ChatJson : JsonSerializerContext;
