using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Ansatz.Cli.StudyFiles;

/// <summary>The open part: a prompt.</summary>
internal sealed record PromptFile
{
    [Description("The text with its holes: {instruction} and {demonstrations} are filled by the search, the last hole is the answer, all others are columns of the data.")]
    [Example("\"{instruction}{demonstrations}Review: {text}\\nKind: {label}\"")]
    public required string Template { get; set; }

    [Description("Whether what is the same for all items is sent as the system's message, as an agent's instructions are, and the item alone as the user's; for the replies of a chat model. Default: one message.")]
    public bool? AsInstructions { get; set; }

    [Description("Your own filling, which the search has to beat. Default: every slot empty.")]
    public YoursFile Yours { get; set; } = new();

    [Description("The slots that the search may fill; a slot that is not named stays as you filled it. Default: instruction and demonstrations, where the template has them.")]
    public OpenFile? Open { get; set; }
}

/// <summary>The user's own filling.</summary>
internal sealed record YoursFile
{
    [Description("Your instruction. Default: none.")]
    [Example("\"Decide whether each review is praise or a complaint.\"")]
    public string Instruction { get; set; } = "";

    [Description("Your examples, each an object with the columns that the template shows. Default: none.")]
    [Example("[{ \"text\": \"Works great.\", \"label\": \"praise\" }]")]
    public List<Dictionary<string, string>> Demonstrations { get; set; } = [];

    [Description("What you call labels inside the prompt, where that differs from the data.")]
    [Example("{ \"praise\": \"positive\" }")]
    public Dictionary<string, string> Label { get; set; } = [];
}

/// <summary>The slots that the search may fill.</summary>
internal sealed record OpenFile
{
    [Description("The instruction: {} where the optimizer proposes (few-shot search chooses between yours and none), or options to choose from.")]
    [Example("{}")]
    public InstructionFile? Instruction { get; set; }

    [Description("Examples, chosen from the train items.")]
    [Example("{ \"upTo\": 8 }")]
    public DemonstrationsFile? Demonstrations { get; set; }

    [Description("What each label may be called inside the prompt, by label.")]
    [Example("{ \"praise\": [\"praise\", \"positive\"] }")]
    public Dictionary<string, List<string>>? Label { get; set; }
}

/// <summary>An open instruction.</summary>
internal sealed record InstructionFile
{
    [Description("Instructions to choose from, besides yours and none.")]
    [Example("[\"Is the customer pleased?\"]")]
    public List<string> Options { get; set; } = [];
}

/// <summary>Open demonstrations.</summary>
internal sealed record DemonstrationsFile
{
    [Description("How many are drawn.")]
    [Range(1, 1000), Example("8")]
    public int UpTo { get; set; } = 8;

    [Description("Whether every label gets its share of them.")]
    public bool Balanced { get; set; } = true;
}
