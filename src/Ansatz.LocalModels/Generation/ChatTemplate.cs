using System.Text;
using LLama;
using LLama.Native;
using Microsoft.Extensions.AI;

namespace Ansatz.LocalModels;

/// <summary>Writes a conversation as the model was trained to read it.</summary>
internal static class ChatTemplate
{
    private const string SmolLmSystem = "You are a helpful AI assistant named SmolLM, trained by Hugging Face";

    /// <summary>A piece of the rendered text: a control token, or text that must not be read as one.</summary>
    internal readonly record struct Piece(string Text, bool IsControl);

    /// <summary>The conversation's tokens, ready for the assistant's turn.</summary>
    /// <exception cref="InputException">The conversation holds what this model cannot read.</exception>
    public static LLamaToken[] Tokenize(SafeLlamaModelHandle model, IEnumerable<ChatMessage> messages)
    {
        List<LLamaToken> tokens = [];
        foreach (Piece piece in Render(model, messages, addGenerationPrompt: true))
        {
            tokens.AddRange(model.Tokenize(piece.Text, addBos: false, special: piece.IsControl, Encoding.UTF8));
        }

        return [.. tokens];
    }

    /// <summary>The conversation in pieces; together they are the text of the model's own template.</summary>
    public static IReadOnlyList<Piece> Render(SafeLlamaModelHandle model, IEnumerable<ChatMessage> messages, bool addGenerationPrompt)
    {
        (string Role, string Content)[] turns = [.. messages.Select(static m => (RoleOf(m), TextOf(m)))];

        // llama.cpp knows this model's template only as plain ChatML, without the system line that the model was trained with.
        return model.GetTemplate()?.Contains(SmolLmSystem, StringComparison.Ordinal) == true
            ? SmolLm(turns, addGenerationPrompt)
            : BuiltIn(model, turns, addGenerationPrompt);
    }

    // {% if loop.first and messages[0].role != 'system' %}<|im_start|>system\n...<|im_end|>\n{% endif %}<|im_start|>role\ncontent<|im_end|>\n
    private static List<Piece> SmolLm((string Role, string Content)[] turns, bool addGenerationPrompt)
    {
        List<Piece> pieces = [];
        if (turns.Length > 0 && turns[0].Role != "system")
        {
            Add("system", SmolLmSystem);
        }

        foreach ((string role, string content) in turns)
        {
            Add(role, content);
        }

        if (addGenerationPrompt)
        {
            pieces.Add(new("<|im_start|>", true));
            pieces.Add(new("assistant\n", false));
        }

        return pieces;

        void Add(string role, string content)
        {
            pieces.Add(new("<|im_start|>", true));
            pieces.Add(new($"{role}\n{content}", false));
            pieces.Add(new("<|im_end|>", true));
            pieces.Add(new("\n", false));
        }
    }

    // llama.cpp gives one text, so control tokens that a message spells out are read as such.
    private static Piece[] BuiltIn(SafeLlamaModelHandle model, IEnumerable<(string Role, string Content)> turns, bool addGenerationPrompt)
    {
        try
        {
            LLamaTemplate template = new(model) { AddAssistant = addGenerationPrompt };
            foreach ((string role, string content) in turns)
            {
                template.Add(role, content);
            }

            return [new(Encoding.UTF8.GetString(template.Apply()), true)];
        }
        catch (LLama.Exceptions.RuntimeError e)
        {
            throw new InputException("llama.cpp knows no chat template for this model file; use it with plain text (CompleteAsync) instead.", e);
        }
    }

    private static string RoleOf(ChatMessage message) =>
        message.Role == ChatRole.System || message.Role == ChatRole.User || message.Role == ChatRole.Assistant
            ? message.Role.Value
            : throw new InputException($"The embedded model reads messages of the roles system, user and assistant; one has the role \"{message.Role}\".");

    private static string TextOf(ChatMessage message) =>
        message.Contents.FirstOrDefault(static c => c is not (TextContent or TextReasoningContent or UsageContent)) is { } other
            ? throw new InputException($"The embedded model reads text alone; a message holds {other.GetType().Name}.")
            : message.Text;
}
