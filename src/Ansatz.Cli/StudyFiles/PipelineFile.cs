using System.ComponentModel;

namespace Ansatz.Cli.StudyFiles;

/// <summary>The open part: several prompts, each of which may read what earlier ones wrote.</summary>
internal sealed record PipelineFile
{
    [Description("The prompts, in the order in which one model runs them on every item; the answer of the last one is scored.")]
    [Example("""[{ "template": "{instruction}Review: {text}\nTopic: {topic}" }, { "template": "{instruction}Review: {text}\nTopic: {topic}\nKind: {label}" }]""")]
    public required List<StepFile> Steps { get; set; }

    [Description("Whether what is the same for all items is sent as the system's message in every step; see prompt.asInstructions. Default: one message.")]
    public bool? AsInstructions { get; set; }
}

/// <summary>A prompt of a pipeline.</summary>
internal sealed record StepFile
{
    [Description("The text with its holes, as in prompt.template. The last hole names the step and what it writes, which later templates may show by this name; in the last step it is the column of the right answers.")]
    [Example("\"{instruction}Review: {text}\\nTopic: {topic}\"")]
    public required string Template { get; set; }

    [Description("Your own filling, which the search has to beat. Default: every slot empty.")]
    public YoursFile Yours { get; set; } = new();

    [Description("The slots that the search may fill. The data have right answers for the last step alone, so label words can be open only there; an example in an earlier step shows what the step itself wrote where the final answer was right. Default: the instruction, where the template has it; {} leaves the step as you wrote it.")]
    public OpenFile? Open { get; set; }
}
