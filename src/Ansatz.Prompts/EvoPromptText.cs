using System.Globalization;

namespace Ansatz.Prompts;

/// <summary>What EvoPrompt asks its proposer. The steps follow the paper, each with one worked example; the wording is ours.</summary>
internal static class EvoPromptText
{
    /// <summary>A first population from few instructions: the same in other words.</summary>
    public static string Vary(Writing writing, string instruction) => writing.Style == WritingStyle.Plain
        ? $"""
            Instruction: Read the sentence and name its mood.
            In other words: Look at the sentence, then say what mood it is in.

            Instruction: Answer the question with one number.
            In other words: Give the number that answers the question, nothing else.

            Instruction: {InstructionWriter.OneLine(instruction)}
            In other words:
            """
        : string.Create(CultureInfo.InvariantCulture, $"""
            Say this instruction in other words, so that it asks for the same and reads differently. Use at most {writing.MaxCharacters} characters.

            Instruction: {instruction}

            Put the new wording between {InstructionWriter.Start} and {InstructionWriter.End}.
            """);

    /// <summary>GA: crossover of two, then mutation.</summary>
    public static string Cross(Writing writing, string first, string second) => writing.Style == WritingStyle.Plain
        ? $"""
            First: Read the sentence and name its mood.
            Second: Tell me whether the writer is happy or not.
            Both in one, in new words: Look at the sentence, then say whether whoever wrote it was happy.

            First: Answer the question with one number.
            Second: Work through the question step by step.
            Both in one, in new words: Solve the question in small steps and end with the number.

            First: {InstructionWriter.OneLine(first)}
            Second: {InstructionWriter.OneLine(second)}
            Both in one, in new words:
            """
        : string.Create(CultureInfo.InvariantCulture, $"""
            Make a new instruction out of two that exist, in two steps.
            Step 1, cross: write one instruction that takes parts of both.
            Step 2, mutate: change the wording of the result, and put it between {InstructionWriter.Start} and {InstructionWriter.End}.

            An example.
            First: Read the sentence and name its mood.
            Second: Tell me whether the writer is happy or not.
            Crossed: Read the sentence and tell me whether the writer is happy.
            Mutated: {InstructionWriter.Start}Look at the sentence, then say whether whoever wrote it was happy.{InstructionWriter.End}

            Now with these. Use at most {writing.MaxCharacters} characters.
            First: {first}
            Second: {second}
            """);

    /// <summary>DE: mutate where a and b differ, put that into the best, cross with the member.</summary>
    public static string Differ(Writing writing, string a, string b, string best, string member) => writing.Style == WritingStyle.Plain
        ? $"""
            A: Read the sentence and name its mood.
            B: Read the text and tell me its mood.
            Best: Say whether the writer is happy or not.
            Old: Think, then name the feeling.
            New: Think about the passage, then say whether the writer is happy.

            A: {InstructionWriter.OneLine(a)}
            B: {InstructionWriter.OneLine(b)}
            Best: {InstructionWriter.OneLine(best)}
            Old: {InstructionWriter.OneLine(member)}
            New:
            """
        : string.Create(CultureInfo.InvariantCulture, $"""
            Make a new instruction out of four that exist, in four steps.
            Step 1, differ: list the parts in which A and B differ.
            Step 2, mutate: write other words for those parts.
            Step 3, combine: put what came of step 2 into the best instruction, where it fits, in the place of its own parts.
            Step 4, cross: take parts of that and parts of the old instruction, write one instruction, and put it between {InstructionWriter.Start} and {InstructionWriter.End}.

            An example.
            A: Read the sentence and name its mood.
            B: Read the text and tell me its mood.
            Best: Say whether the writer is happy or not.
            Old: Think, then name the feeling.
            Differing: "the sentence" and "the text"; "name" and "tell me"
            Mutated: "the passage"; "decide"
            Combined: Decide whether the writer of the passage is happy or not.
            Crossed: {InstructionWriter.Start}Think, then decide whether the writer of the passage is happy.{InstructionWriter.End}

            Now with these. Use at most {writing.MaxCharacters} characters.
            A: {a}
            B: {b}
            Best: {best}
            Old: {member}
            """);
}
