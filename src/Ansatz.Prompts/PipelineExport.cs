using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>Prompts that run in a row as what the user already uses: chat messages, C#. See <see cref="PromptExport"/> for one alone.</summary>
/// <remarks>The data holes stay open, and so do those that earlier steps fill.</remarks>
public static class PipelineExport
{
    /// <summary>The messages of each step's chat call, by the name of the step.</summary>
    /// <param name="templates">The locked texts of the steps, in the order in which they run.</param>
    /// <param name="prompts">What fills them.</param>
    /// <param name="settings">How they were measured; none: by the default settings.</param>
    public static string ToMessagesJson(ImmutableArray<PromptTemplate> templates, ImmutableArray<Prompt> prompts, SolverSettings? settings = null) =>
        new JsonObject(templates.Zip(prompts, (template, prompt) => KeyValuePair.Create(template.Answer, (JsonNode?)PromptExport.MessagesOf(template, prompt, settings))))
            .ToJsonString(new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>A class that runs the steps with Microsoft.Extensions.AI, one call a step, and one class a step that makes the messages and options of its call.</summary>
    /// <param name="templates">The locked texts of the steps, in the order in which they run.</param>
    /// <param name="prompts">What fills them.</param>
    /// <param name="labels">The answers of the data; empty where they are free texts.</param>
    /// <param name="settings">How they were measured; none: by the default settings.</param>
    /// <param name="byLogProbability">Whether the last step was measured by log-probabilities of the labels instead of replies: the code says so.</param>
    public static string ToCSharp(
        ImmutableArray<PromptTemplate> templates, ImmutableArray<Prompt> prompts, ImmutableArray<string> labels, SolverSettings? settings = null, bool byLogProbability = false)
    {
        string[] names = [.. templates.Select(t => t.Answer)], columns = [.. PipelineSolver.ColumnsOf(templates)];
        ImmutableArray<string> all = ["client", "cancellationToken", .. columns, .. names]; // one scope
        Dictionary<string, string> variables = all.Zip(PromptCode.Identifiers(all)).Skip(2).ToDictionary();
        string[] types = [.. names.Select(n => variables[n].TrimStart('@') is var v ? $"{char.ToUpperInvariant(v[0])}{v[1..]}Step" : "")];
        bool isLabel = !labels.IsDefaultOrEmpty;
        StringBuilder code = new();
        code.Append(CultureInfo.InvariantCulture, $$"""
            {{(isLabel ? "using System.Text.RegularExpressions;\n" : "")}}using Microsoft.Extensions.AI;

            /// <summary>Prompts in a row that were found by search together.</summary>
            public static class FoundPipeline
            {
                /// <summary>Answers one item, with a call for each step{{(isLabel ? "; none where the last reply names no label, or several" : "")}}.</summary>
                public static async Task<string{{(isLabel ? "?" : "")}}> AnswerAsync(IChatClient client, {{string.Concat(columns.Select(c => $"string {variables[c]}, "))}}CancellationToken cancellationToken = default)
                {

            """);
        foreach ((PromptTemplate template, string type) in templates.Zip(types))
        {
            string arguments = string.Join(", ", template.Fields.Select(f => variables[f]));
            code.Append(CultureInfo.InvariantCulture, $"        string {variables[template.Answer]} = (await client.GetResponseAsync({type}.Messages({arguments}), {type}.Options, cancellationToken)).Text.Trim();\n");
        }

        string last = variables[names[^1]];
        code.Append(CultureInfo.InvariantCulture, $"        return {(isLabel ? $"{types[^1]}.Label({last})" : last)};\n    }}\n}}\n");
        for (int i = 0; i < templates.Length; i++)
        {
            bool isLast = i == templates.Length - 1;
            PromptCode step = new(templates[i], prompts[i], isLast ? labels : [], settings ?? new(), isLast && byLogProbability);
            code.Append('\n').Append(step.Messages(types[i], string.Create(CultureInfo.InvariantCulture, $"Step {i + 1} of {templates.Length}.")));
        }

        return code.ToString();
    }
}
