using System.Collections.Immutable;
using Ansatz.Prompts;

namespace Ansatz.Cli;

/// <summary>Prompts as a person reads them.</summary>
internal static class PromptText
{
    /// <summary>A prompt, its data holes open; several with the name of each step above it.</summary>
    public static string Of(ImmutableArray<PromptTemplate> templates, ImmutableArray<Prompt> prompts) => templates.Length == 1
        ? PromptExport.ToText(templates[0], prompts[0])
        : string.Join("\n\n", templates.Zip(prompts, (template, prompt) => $"--- {template.Answer} ---\n{PromptExport.ToText(template, prompt)}"));
}
