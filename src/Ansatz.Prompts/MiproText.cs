using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Ansatz.Prompts;

/// <summary>What MIPROv2 asks its proposer. The steps follow the reference; the wording is ours.</summary>
internal static class MiproText
{
    /// <summary>What the proposer says where there is nothing to add.</summary>
    public const string Complete = "COMPLETE";

    /// <summary>One of these goes with each request, so that instructions differ.</summary>
    public static readonly ImmutableArray<string> Tips =
    [
        "",
        "Try a way of putting it that nobody would think of first.",
        "Keep it short and plain.",
        "Say much about the task, and be exact.",
        "Say what depends on a right answer, so that it is taken seriously.",
        "Begin with who the solver is: someone who does this for a living.",
    ];

    /// <summary>One batch of training items, and what was noticed before.</summary>
    public static string Observe(PromptPart part, int[] items, string notes)
    {
        StringBuilder text = new("Items of a data set follow, each with its right answer. Note what is typical of them: what they are about, how they are written, what the answers depend on. Name no single item.\n");
        if (notes.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nNoted so far:\n{notes}\n\nAdd only what is new. If nothing is, answer {Complete}.\n");
        }

        foreach (int i in items)
        {
            text.Append('\n').Append(Example(part, part.Demonstrate(i))).Append('\n');
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>All notes in a few sentences.</summary>
    public static string Summarise(string notes) => $"Put these notes about a data set into two or three sentences that keep what matters most.\n\n{notes}";

    /// <summary>A request for one instruction.</summary>
    /// <param name="writing">How the proposer is asked.</param>
    /// <param name="part">The prompt.</param>
    /// <param name="component">Its name among several.</param>
    /// <param name="components">All of them, in the order in which they run.</param>
    /// <param name="summary">What was noticed about the items.</param>
    /// <param name="examples">Some of them.</param>
    /// <param name="tip">One of <see cref="Tips"/>.</param>
    public static string Propose(
        Writing writing, PromptPart part, string component, ImmutableArray<string> components, string summary, ImmutableArray<Demonstration> examples, string tip)
    {
        StringBuilder text = new();
        if (writing.Style == WritingStyle.Plain)
        {
            foreach (Demonstration example in examples)
            {
                text.Append(Example(part, example)).Append("\n\n");
            }

            string yours = InstructionWriter.OneLine(part.Yours.Instruction);
            text.Append(yours.Length > 0 ? $"Instruction: {yours}\n" : "");
            return text.Append(tip.Length > 0 ? $"Another instruction ({tip[..^1].ToLowerInvariant()}):" : "Another instruction:").ToString();
        }

        text.Append("Write an instruction for a model that solves the task below.\n");
        if (components.Length > 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nThe task is one step of a system that works in steps ({string.Join(", ", components)}), each by its own instruction: \"{component}\".\n");
        }

        if (summary.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nAbout the data:\n{summary}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\nThe prompt, with its holes; yours goes into {{{PromptTemplate.InstructionHole}}}:\n{part.Template.Text}\n");
        if (examples.Length > 0)
        {
            text.Append("\nSome items with their right answers:\n");
            foreach (Demonstration example in examples)
            {
                text.Append('\n').Append(Example(part, example)).Append('\n');
            }
        }

        text.Append(part.Yours.Instruction.Length > 0 ? $"\nThe instruction until now:\n{part.Yours.Instruction}\n" : "\nThere is no instruction until now.\n");
        text.Append(tip.Length > 0 ? $"\n{tip}" : "");
        return text.Append(CultureInfo.InvariantCulture, $"\nUse at most {writing.MaxCharacters} characters, quote no item, and put the instruction between {InstructionWriter.Start} and {InstructionWriter.End}.").ToString();
    }

    // As the solver sees it, its answer in place.
    private static string Example(PromptPart part, Demonstration example) =>
        part.Template.Render(part.Yours with { Instruction = "", Demonstrations = [] }, example.Fields.ToDictionary(f => f.Name, f => f.Value))
        + part.Template.Continuation(part.Yours.WordingOf(example.Answer));
}
