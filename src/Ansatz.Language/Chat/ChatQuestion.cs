using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ansatz.Language;

/// <summary>All that decides a model's reply, as one canonical JSON text: the question of a recorded call.</summary>
public static class ChatQuestion
{
    /// <summary>Messages, and the options that matter, in fixed order.</summary>
    /// <param name="messages">What is sent. Texts only.</param>
    /// <param name="options">How it is to be answered.</param>
    /// <param name="model">Name of the model, where the options do not name one.</param>
    /// <exception cref="NotSupportedException">Something that cannot be written as text: an image, a tool, a raw request, a conversation kept elsewhere.</exception>
    public static string Of(IEnumerable<ChatMessage> messages, ChatOptions? options, string? model)
    {
        ArgumentNullException.ThrowIfNull(messages);
        JsonArray texts = [];
        foreach (ChatMessage message in messages)
        {
            if (message.Contents.FirstOrDefault(c => c is not TextContent) is { } other)
            {
                throw Unsupported($"a message with a {other.GetType().Name}");
            }

            texts.Add((JsonNode)new JsonObject { ["role"] = message.Role.Value, ["text"] = message.Text });
        }

        JsonObject question = new() { ["model"] = options?.ModelId ?? model, ["messages"] = texts };
        if (options is not null)
        {
            AddOptions(question, options);
        }

        return question.ToJsonString();
    }

    private static void AddOptions(JsonObject question, ChatOptions options)
    {
        if (options.Tools is { Count: > 0 })
        {
            throw Unsupported("a call with tools");
        }

        if (options.RawRepresentationFactory is not null || options.ConversationId is not null || options.ContinuationToken is not null)
        {
            throw Unsupported("a raw request or a conversation that the server keeps");
        }

        Add("instructions", options.Instructions);
        Add("temperature", options.Temperature);
        Add("topP", options.TopP);
        Add("topK", options.TopK);
        Add("maxOutputTokens", options.MaxOutputTokens);
        Add("seed", options.Seed);
        Add("frequencyPenalty", options.FrequencyPenalty);
        Add("presencePenalty", options.PresencePenalty);
        Add("reasoning", options.Reasoning?.Effort?.ToString());
        Add("stop", options.StopSequences is { Count: > 0 } stop ? new JsonArray([.. stop.Select(s => (JsonNode?)s)]) : null);
        Add("format", options.ResponseFormat switch
        {
            null => null,
            ChatResponseFormatJson { Schema: { } schema } => JsonNode.Parse(schema.GetRawText()),
            ChatResponseFormatJson => "json",
            _ => "text",
        });
        foreach ((string name, object? value) in (options.AdditionalProperties ?? []).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            Add("+" + name, value switch
            {
                null => null,
                string text => text,
                bool truth => truth,
                int number => number,
                long number => number,
                float number => number,
                double number => number,
                JsonElement json => JsonNode.Parse(json.GetRawText()),
                JsonNode json => json.DeepClone(),
                _ => throw Unsupported($"the additional property \"{name}\", a {value.GetType().Name},"),
            });
        }

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                question[name] = value;
            }
        }
    }

    private static NotSupportedException Unsupported(string what) => new($"A recorded call consists of text; {what} cannot be recorded.");
}
