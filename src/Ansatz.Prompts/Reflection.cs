using System.Globalization;
using System.Text;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>Writes the prompt of a reflection and reads its reply. The contents follow GEPA; the wording is ours.</summary>
internal static class Reflection
{
    private const string Fence = "```";

    /// <summary>The prompt of one reflection.</summary>
    /// <param name="component">The component that is rewritten.</param>
    /// <param name="components">All components, in the order in which they run.</param>
    /// <param name="instruction">Its instruction now.</param>
    /// <param name="runs">What it did, and what was said about it.</param>
    /// <param name="maxCharacters">The longest instruction that will be accepted.</param>
    public static string Write(
        string component, IReadOnlyList<string> components, string instruction, IReadOnlyList<(ComponentTrace Trace, string Feedback)> runs, int maxCharacters)
    {
        StringBuilder text = new();
        text.Append(components.Count == 1
            ? "A language model works by an instruction. Improve the instruction, from some of its runs and what was said about them.\n"
            : $"A system works in steps ({string.Join(", ", components)}), each by its own instruction. Improve the instruction of the step \"{component}\", from some of its runs and what was said about the final answers.\n");
        text.Append(CultureInfo.InvariantCulture, $"\nThe instruction now:\n{Fence}\n{instruction}\n{Fence}\n");
        foreach ((int n, (ComponentTrace trace, string feedback)) in runs.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"\nRun {n + 1}\nInput:\n{trace.Input}\nOutput:\n{trace.Output}\nFeedback:\n{feedback}\n");
        }

        return text.Append(string.Create(CultureInfo.InvariantCulture, $"""

            Work out what the task is, what the runs got wrong and why. Then write the whole instruction anew. Keep what works. Put in what the feedback teaches: facts, rules and names that one can only know from this task, and ways of working that helped. It has to serve for inputs that are not shown here, so state what holds in general and do not quote the runs. At most {maxCharacters} characters.
            Put the new instruction, and nothing else, between {Fence} and {Fence}.
            """).ReplaceLineEndings("\n")).ToString();
    }

    /// <summary>What is said about a rollout: its score, and in words what was wrong.</summary>
    /// <param name="outcome">The rollout.</param>
    /// <param name="rightAnswer">What is told where the metric has no words of its own.</param>
    /// <param name="withWords">Whether more than the score is told.</param>
    public static string Feedback(Outcome outcome, string rightAnswer, bool withWords)
    {
        string score = outcome is Scored scored ? scored.Score.ToString("0.###", CultureInfo.InvariantCulture) : "none, the answer could not be used";
        string words = outcome switch
        {
            Scored { Feedback: { } feedback } => feedback,
            Rejected rejected => $"{rejected.Reason} Right would be: {rightAnswer}",
            _ => $"Right would be: {rightAnswer}",
        };
        return withWords ? $"Score: {score}. {words}" : $"Score: {score}";
    }

    /// <summary>The instruction in a reply: what stands between the first fence and the last; the whole reply where there is no fence. None where nothing is left, or the reply was cut off before its last fence: half an instruction says something else.</summary>
    public static string? Parse(ProposerReply written)
    {
        string reply = written.Text, text = reply;
        int start = reply.IndexOf(Fence, StringComparison.Ordinal);
        string[] parts = reply.Split(Fence);
        if (written.IsCutOff && (parts.Length % 2 == 0 || parts.Length == 1 || parts[^1].Split('\n')[0].Trim().Length > 0)) // no block, or the last one is open
        {
            return null;
        }

        if (start >= 0)
        {
            int end = reply.LastIndexOf(Fence, StringComparison.Ordinal);
            text = end > start ? reply[(start + Fence.Length)..end] : reply[(start + Fence.Length)..];

            // The name of a language may follow the fence, on its own line.
            int line = text.IndexOf('\n', StringComparison.Ordinal);
            if (line > 0 && text[..line].Trim() is { Length: > 0 } name && name.All(char.IsLetter) && text[..line].Length == name.Length)
            {
                text = text[line..];
            }
        }

        text = text.Trim();
        return text.Length == 0 ? null : text;
    }
}
