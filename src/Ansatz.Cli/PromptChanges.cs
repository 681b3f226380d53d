using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Ansatz.Prompts;

namespace Ansatz.Cli;

/// <summary>How one prompt of what was found differs from the user's own, and from what the search had before it was simplified; in words that a sentence takes.</summary>
/// <param name="yours">The user's own.</param>
/// <param name="before">What the search had.</param>
/// <param name="found">What was judged.</param>
/// <param name="where">Which prompt, where there are several: " in \"topic\"".</param>
/// <param name="labels">The answers of the data.</param>
internal sealed class PromptChanges(Prompt yours, Prompt before, Prompt found, string where, ImmutableArray<string> labels)
{
    /// <summary>Whether it is the user's own.</summary>
    public bool IsNone => Same(found, yours);

    /// <summary>How many examples were dropped.</summary>
    public int DroppedExamples => before.Demonstrations.Length - found.Demonstrations.Length;

    /// <summary>Whether label words were dropped.</summary>
    public bool DropsLabels => !before.Labels.SequenceEqual(found.Labels);

    /// <summary>What is otherwise than in the user's own.</summary>
    public IEnumerable<string> Made
    {
        get
        {
            if (!found.Labels.SequenceEqual(yours.Labels))
            {
                yield return $"calling the labels {And([.. labels.Select(l => $"\"{found.WordingOf(l)}\"")])} inside the prompt{where}";
            }

            if (found.Instruction != yours.Instruction)
            {
                yield return found.Instruction.Length == 0 ? $"no instruction{where}" : $"the instruction \"{Short(found.Instruction)}\"{where}";
            }

            if (found.Demonstrations.Length > 0 && !Same(found with { Instruction = "", Labels = [] }, yours with { Instruction = "", Labels = [] }))
            {
                yield return found.Demonstrations.Length == 1 ? $"one example{where}" : string.Create(CultureInfo.InvariantCulture, $"{found.Demonstrations.Length} examples{where}");
            }
        }
    }

    /// <summary>What the search had added and simplifying dropped.</summary>
    public IEnumerable<string> Dropped
    {
        get
        {
            if (DroppedExamples > 0)
            {
                yield return found.Demonstrations.IsEmpty ? $"{(DroppedExamples == 1 ? "the one example" : string.Create(CultureInfo.InvariantCulture, $"the {DroppedExamples} examples"))} that the search had added{where}"
                    : DroppedExamples == 1 ? $"one more example{where}"
                    : string.Create(CultureInfo.InvariantCulture, $"{DroppedExamples} more examples{where}");
            }

            if (before.Instruction.Length > 0 && found.Instruction.Length == 0)
            {
                yield return $"the instruction{where}";
            }
            else if (before.Instruction != found.Instruction)
            {
                yield return $"a part of the instruction{where}";
            }

            if (DropsLabels)
            {
                yield return $"the label words that the search had chosen{where}";
            }
        }
    }

    /// <summary>"a, b and c".</summary>
    public static string And(string[] parts) => parts.Length switch
    {
        0 => "nothing",
        1 => parts[0],
        _ => $"{string.Join(", ", parts.SkipLast(1))} and {parts[^1]}",
    };

    /// <summary>Whether two prompts are the same.</summary>
    public static bool Same(Prompt a, Prompt b) => JsonSerializer.Serialize(a, Prompt.Codec) == JsonSerializer.Serialize(b, Prompt.Codec);

    // A sentence goes on after it.
    private static string Short(string instruction)
    {
        string line = instruction.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return line.Length <= 150 ? line : line[..147].TrimEnd() + "...";
    }
}
