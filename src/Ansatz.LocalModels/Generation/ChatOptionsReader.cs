using Microsoft.Extensions.AI;

namespace Ansatz.LocalModels;

/// <summary>Reads what a chat client is asked for as <see cref="CompletionOptions"/>, and refuses what the embedded model cannot do.</summary>
internal static class ChatOptionsReader
{
    public static CompletionOptions Read(ChatOptions? options)
    {
        if (options is null)
        {
            return new();
        }

        if (options.Tools is { Count: > 0 })
        {
            throw new InputException("The embedded model calls no tools; leave ChatOptions.Tools empty, or use another endpoint.");
        }

        if (options.FrequencyPenalty is not (null or 0) || options.PresencePenalty is not (null or 0))
        {
            throw new InputException("The embedded model knows no frequency or presence penalty; leave them out, or use another endpoint.");
        }

        try
        {
            CompletionOptions defaults = new();
            return new()
            {
                MaxTokens = options.MaxOutputTokens ?? defaults.MaxTokens,
                Temperature = options.Temperature ?? 0,
                TopP = options.TopP ?? 1,
                TopK = options.TopK,
                Seed = options.Seed ?? 0,
                Grammar = options.ResponseFormat is ChatResponseFormatJson json ? (json.Schema is { } schema ? JsonGrammar.Of(schema) : JsonGrammar.AnyObject) : null,
                Stop = [.. (options.StopSequences ?? []).Where(static s => s.Length > 0)],
            };
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InputException($"The embedded model cannot generate with {e.ParamName} = {e.ActualValue}. {e.Message}", e);
        }
    }

    public static IEnumerable<ChatMessage> WithInstructions(IEnumerable<ChatMessage> messages, ChatOptions? options) =>
        options?.Instructions is { Length: > 0 } instructions ? messages.Prepend(new(ChatRole.System, instructions)) : messages;
}
