using System.Globalization;
using System.Text;

namespace Ansatz.Prompts;

/// <summary>How OPRO's meta-prompt is laid out, by what the proposer is. The layouts follow the paper; the wording is ours.</summary>
public enum OproLayout
{
    /// <summary>For chat models: history, exemplars, and a request to answer between <c>&lt;INS&gt;</c> and <c>&lt;/INS&gt;</c>.</summary>
    Chat,

    /// <summary>For models tuned on single instructions: the same, explained at more length, with the answer in square brackets.</summary>
    Tuned,

    /// <summary>For plain language models: a list of scores and instructions to go on with, primed with a score that nobody has reached. No exemplars.</summary>
    Pretrained,
}

/// <summary>Writes the meta-prompt and reads the reply.</summary>
internal static class MetaPrompt
{
    private const string Start = "<INS>", End = "</INS>";

    /// <summary>The meta-prompt of one step.</summary>
    /// <param name="layout">Its layout.</param>
    /// <param name="shown">The history to show, worst first; scores in [0, 1].</param>
    /// <param name="exemplars">Problems with the mark where the instruction goes, and their answers.</param>
    /// <param name="maxCharacters">The longest instruction that will be accepted.</param>
    public static string Write(
        OproLayout layout, IReadOnlyList<(string Instruction, double Score)> shown, IReadOnlyList<(string Problem, string Answer)> exemplars, int maxCharacters)
    {
        StringBuilder text = new();
        if (layout == OproLayout.Pretrained)
        {
            text.Append("Instructions for one task, each with its score from 0 to 100. The higher the score, the better the instruction.\n\n");
            foreach ((string instruction, double score) in shown.Where(s => s.Instruction.Length > 0)) // an empty line would teach it to write nothing
            {
                text.Append(CultureInfo.InvariantCulture, $"Score: {Points(score)}\nInstruction: {OneLine(instruction)}\n\n");
            }

            int goal = Math.Min(100, shown.Max(s => Points(s.Score)) + 5); // five points above the best
            return text.Append(CultureInfo.InvariantCulture, $"Score: {goal}\nInstruction:").ToString();
        }

        text.Append(layout == OproLayout.Chat
            ? "Write one new instruction for a solver model. Earlier instructions follow, worst first, each with its score from 0 to 100.\n"
            : "Texts that tell a model what to do follow, each with its score from 0 to 100. They stand in ascending order; a higher score is better.\n");
        foreach ((string instruction, double score) in shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\ntext:\n{instruction}\nscore:\n{Points(score)}\n");
        }

        if (exemplars.Count > 0)
        {
            text.Append(layout == OproLayout.Chat
                ? $"\nSome tasks; {Start} marks where your instruction will be inserted.\n"
                : $"\nA text is used like this: it is put in the place of {Start}, the model reads the whole input and writes an output. The output is right if it is the one given here.\n");
            foreach ((string problem, string answer) in exemplars)
            {
                text.Append(layout == OproLayout.Chat
                    ? $"\nProblem:\n{problem}\n\nExpected answer:\n{answer}\n"
                    : $"\ninput:\n{problem}\noutput:\n{answer}\n");
            }
        }

        return text.Append(layout == OproLayout.Chat
            ? string.Create(CultureInfo.InvariantCulture, $"\nGive an instruction unlike every one above that should score higher than all of them. Keep it short, at most {maxCharacters} characters, and valid for every task of this kind. Put it between {Start} and {End}.")
            : string.Create(CultureInfo.InvariantCulture, $"\nWrite a new text of at most {maxCharacters} characters that differs from the ones above and scores as high as possible. Write it in square brackets.")).ToString();
    }

    /// <summary>A problem as the solver will see it, with the mark in the place of the instruction.</summary>
    public static string Problem(PromptTemplate template, Prompt prompt, IReadOnlyDictionary<string, string> fields) =>
        template.Render(prompt with { Instruction = Start, Demonstrations = [] }, fields);

    /// <summary>The instruction in a reply; none where there is none.</summary>
    public static string? Parse(OproLayout layout, string reply)
    {
        string text = layout switch
        {
            OproLayout.Chat => Between(reply),
            OproLayout.Tuned => Bracketed(reply),
            _ => reply.TrimStart().Split('\n')[0],
        };
        text = Polish(text);
        return text.Length == 0 || text.Contains("INS>", StringComparison.Ordinal) ? null : text;
    }

    // A missing start tag means "from the beginning", a missing end tag "to the end": an untagged reply is taken whole.
    private static string Between(string reply)
    {
        int start = reply.IndexOf(Start, StringComparison.Ordinal);
        string rest = start < 0 ? reply : reply[(start + Start.Length)..];
        int end = rest.IndexOf(End, StringComparison.Ordinal);
        return end < 0 ? rest : rest[..end];
    }

    private static string Bracketed(string reply)
    {
        int start = reply.IndexOf('[', StringComparison.Ordinal);
        int end = start < 0 ? -1 : reply.IndexOf(']', start);
        return end < 0 ? "" : reply[(start + 1)..end];
    }

    // The reference's polish, and a pair of quotes around the whole, which models like to add.
    private static string Polish(string text)
    {
        text = text.Replace("**", "", StringComparison.Ordinal).Trim();
        if (text.Length > 1 && text[0] == '"' && text[^1] == '"')
        {
            text = text[1..^1].Trim();
        }

        return text.Length > 1 ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }

    private static int Points(double score) => (int)Math.Round(100 * score, MidpointRounding.ToEven);

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
