using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Ansatz.Cli.StudyFiles;
using Ansatz.Prompts;

namespace Ansatz.Cli;

/// <summary>Prompts as study files have them, and as journals do, made real without their data.</summary>
internal static class PromptFiles
{
    /// <summary>How chat calls of the model that answers are made.</summary>
    public static SolverSettings SolverOf(StudyFile file)
    {
        SolverSettings usual = new();
        return new()
        {
            MaxReplyTokens = file.Model.MaxReplyTokens ?? usual.MaxReplyTokens,
            TopTokens = file.Model.TopTokens ?? usual.TopTokens,
            AsInstructions = (file.Prompt?.AsInstructions ?? file.Pipeline?.AsInstructions) == true,
            // The endpoint bounds how many are under way; as many again wait at its door, so that it is never idle while replies are written down.
            Concurrency = file.Model.IsEndpoint ? 2 * StudyModels.Concurrency(file.Model) : usual.Concurrency,
            Price = StudyModels.PriceOf(file, file.Model),
        };
    }

    /// <summary>The user's own filling.</summary>
    /// <param name="file">It.</param>
    /// <param name="template">Its locked text.</param>
    /// <param name="place">Where it stands in the study file: "prompt".</param>
    public static Prompt YoursOf(YoursFile file, PromptTemplate template, string place)
    {
        return new()
        {
            Instruction = file.Instruction,
            Demonstrations = [.. file.Demonstrations.Select((d, i) => new Demonstration(
                [.. template.Fields.Select(f => new Field(f, Value(d, f, i)))], Value(d, template.Answer, i)))],
            Labels = [.. file.Label.Where(l => l.Key != l.Value).Select(l => new LabelWording(l.Key, l.Value))],
        };

        string Value(Dictionary<string, string> demonstration, string name, int index) =>
            demonstration.TryGetValue(name, out string? value)
                ? value
                : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"{place}.yours.demonstrations[{index}] has no \"{name}\", which the template shows."));
    }

    /// <summary>The slots that are open; none: the usual ones.</summary>
    public static OpenSlots? OpenOf(OpenFile? file) => file is null ? null : new()
    {
        Instruction = file.Instruction is { } instruction ? new() { Options = [.. instruction.Options] } : null,
        Demonstrations = file.Demonstrations is { } demonstrations ? new() { UpTo = demonstrations.UpTo, Balanced = demonstrations.Balanced } : null,
        Labels = file.Label is { } labels ? new() { Wordings = labels.ToImmutableSortedDictionary(l => l.Key, l => l.Value.ToImmutableArray(), StringComparer.Ordinal) } : null,
    };

    /// <summary>The locked texts of a study's prompts, in the order in which they run.</summary>
    public static ImmutableArray<PromptTemplate> TemplatesOf(StudyFile file) =>
        [.. (file.Pipeline?.Steps.Select(s => s.Template) ?? [file.Prompt!.Template]).Select(PromptTemplate.Parse)];

    /// <summary>The prompts of a stored candidate, in the order in which they run.</summary>
    public static ImmutableArray<Prompt> PromptsOf(StudyFile file, StoredCandidate candidate) => file.Pipeline is null
        ? [JsonSerializer.Deserialize(candidate.Text, Prompt.Codec)!]
        : [.. JsonSerializer.Deserialize(candidate.Text, Pipeline.Codec)!.Steps.Select(s => s.Prompt)];

    /// <summary>The user's own prompts, in the order in which they run.</summary>
    public static ImmutableArray<Prompt> YoursOf(StudyFile file, ImmutableArray<PromptTemplate> templates) =>
        [.. (file.Pipeline?.Steps.Select(s => s.Yours) ?? [file.Prompt!.Yours]).Zip(templates, (yours, template) => YoursOf(yours, template, "prompt"))];
}
