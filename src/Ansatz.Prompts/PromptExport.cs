using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>A prompt as what the user already uses: text, chat messages, C#, an agent.</summary>
/// <remarks>The data holes stay open, as <c>{text}</c> in text and messages, and as parameters in C#.</remarks>
public static class PromptExport
{
    /// <summary>The whole prompt as text.</summary>
    public static string ToText(PromptTemplate template, Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(template);
        return template.Render(prompt, Open(template));
    }

    /// <summary>The messages of a chat call, as the JSON that chat servers take.</summary>
    /// <param name="template">The locked text.</param>
    /// <param name="prompt">What fills it.</param>
    /// <param name="settings">How the prompt was measured; none: by the default settings.</param>
    public static string ToMessagesJson(PromptTemplate template, Prompt prompt, SolverSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        return MessagesOf(template, prompt, settings).ToJsonString(new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>A class that makes the messages and options of a chat call with Microsoft.Extensions.AI, and reads the label in a reply.</summary>
    /// <param name="template">The locked text.</param>
    /// <param name="prompt">What fills it.</param>
    /// <param name="labels">The answers of the data; empty where they are free texts.</param>
    /// <param name="settings">How the prompt was measured; none: by the default settings.</param>
    /// <param name="byLogProbability">Whether it was measured by log-probabilities of the labels instead of replies: the code says so.</param>
    public static string ToCSharp(
        PromptTemplate template, Prompt prompt, ImmutableArray<string> labels, SolverSettings? settings = null, bool byLogProbability = false) =>
        new PromptCode(template, prompt, labels, settings ?? new(), byLogProbability).Messages();

    /// <summary>A class that makes an agent of Microsoft.Agents.AI with the prompt as its instructions, the message that asks it for one item, and reads the label in its reply.</summary>
    /// <remarks>It says so where the prompt was measured otherwise: as one message, or by log-probabilities. See <see cref="SolverSettings.AsInstructions"/>.</remarks>
    /// <param name="template">The locked text.</param>
    /// <param name="prompt">What fills it.</param>
    /// <param name="labels">The answers of the data; empty where they are free texts.</param>
    /// <param name="settings">How the prompt was measured; none: by the default settings.</param>
    /// <param name="byLogProbability">Whether it was measured by log-probabilities of the labels instead of replies.</param>
    /// <exception cref="InputException">Nothing in the prompt is the same for all items.</exception>
    public static string ToAgent(
        PromptTemplate template, Prompt prompt, ImmutableArray<string> labels, SolverSettings? settings = null, bool byLogProbability = false)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(prompt);
        return !template.CanInstruct || template.Instructions(prompt).Length == 0
            ? throw new InputException("Nothing in this prompt is the same for all items, so there is nothing to be an agent's instructions; take it as csharp.")
            : new PromptCode(template, prompt, labels, settings ?? new(), byLogProbability).Agent();
    }

    /// <summary>The messages of a chat call.</summary>
    internal static JsonArray MessagesOf(PromptTemplate template, Prompt prompt, SolverSettings? settings) =>
    [
        .. template.Messages(prompt, Open(template), settings?.AsInstructions == true).Select(m => (JsonNode)new JsonObject { ["role"] = m.Role.Value, ["content"] = m.Text }),
    ];

    private static Dictionary<string, string> Open(PromptTemplate template) => template.Fields.ToDictionary(f => f, f => $"{{{f}}}");
}
