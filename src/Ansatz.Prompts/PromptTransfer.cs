using System.Collections.Immutable;
using System.Globalization;

namespace Ansatz.Prompts;

/// <summary>Takes a prompt that was found on one set of items to another, as far as it means something there.</summary>
public static class PromptTransfer
{
    /// <summary>A prompt in another template, with other items and perhaps other labels.</summary>
    /// <remarks>
    /// The locked text is that of where it goes. Examples and label words go along where the labels are the same (else the label words are the other's own), or the answers of both are free texts; an example that
    /// stands in the other's test items stays behind, and so does an instruction that quotes one.
    /// </remarks>
    /// <param name="prompt">The prompt.</param>
    /// <param name="from">Where it was found.</param>
    /// <param name="to">Where it goes.</param>
    public static MovedPrompt Move(Prompt prompt, PromptPart from, PromptPart to)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ImmutableArray<string>.Builder dropped = ImmutableArray.CreateBuilder<string>();
        bool sameLabels = from.Labels.ToHashSet(StringComparer.Ordinal).SetEquals(to.Labels) || (from.Splits.HasFreeAnswers && to.Splits.HasFreeAnswers);
        string instruction = prompt.Instruction;
        if (instruction.Length > 0 && !to.Template.HasInstruction)
        {
            dropped.Add("its instruction, for which the template has no place");
            instruction = "";
        }
        else if (to.Splits.Test.Any(to.HeldBy(new() { Instruction = instruction })))
        {
            dropped.Add("its instruction, which quotes a test item");
            instruction = "";
        }

        ImmutableArray<Demonstration> demonstrations = [.. prompt.Demonstrations.Select(d => d with { Item = null })];
        if (demonstrations.Length > 0 && !(sameLabels && to.Template.HasDemonstrations && to.Template.Fields.All(f => demonstrations.All(d => d.Fields.Any(x => x.Name == f)))))
        {
            dropped.Add(sameLabels ? "its examples, for which the template has no place" : "its examples, whose labels are others");
            demonstrations = [];
        }

        int all = demonstrations.Length;
        demonstrations = [.. demonstrations.Where(d => !to.Splits.Test.Any(to.HeldBy(new() { Demonstrations = [d] })))];
        if (demonstrations.Length < all)
        {
            dropped.Add(string.Create(CultureInfo.InvariantCulture, $"{all - demonstrations.Length} of its {all} examples, which stand in the test items"));
        }

        if (!prompt.Labels.IsEmpty && !sameLabels)
        {
            dropped.Add("its label words");
        }

        HashSet<string> searched = [.. from.Splits.Learnable.Select(i => i.Key)];
        return new(
            new() { Instruction = instruction, Demonstrations = demonstrations, Labels = sameLabels ? prompt.Labels : to.Yours.Labels },
            dropped.ToImmutable(),
            to.Splits.Test.Count(i => searched.Contains(i.Key)));
    }
}

/// <summary>A prompt elsewhere.</summary>
/// <param name="Prompt">What is left of it.</param>
/// <param name="Dropped">What was left behind, each as the end of a sentence: "its examples, whose labels are others".</param>
/// <param name="Searched">How many of the other's test items stand among the train and validation items that it was found on: on these it is no stranger.</param>
public sealed record MovedPrompt(Prompt Prompt, ImmutableArray<string> Dropped, int Searched);
