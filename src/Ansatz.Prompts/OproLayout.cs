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

/// <summary>In which order the entries of the history are shown. The paper's ablation: ascending is best and fastest, since models heed most what they read last.</summary>
public enum HistoryOrder
{
    /// <summary>Worst first, best last: the paper's.</summary>
    Ascending,

    /// <summary>The same entries the other way round.</summary>
    Descending,

    /// <summary>The same entries shuffled, anew each step.</summary>
    Random,
}

/// <summary>How a score is shown. The paper's ablation: 100 points are best, none are clearly worse. On the scale real, which has no most, the points are the score itself to four digits.</summary>
public enum ScoreDisplay
{
    /// <summary>Whole points from 0 to 100, half to even: the paper's.</summary>
    Points,

    /// <summary>Whole points from 0 to 20.</summary>
    TwentyBuckets,

    /// <summary>Not at all; the order alone tells.</summary>
    None,
}

/// <summary>Writes the meta-prompt and reads the reply.</summary>
/// <param name="Layout">Its layout.</param>
internal sealed record MetaPrompt(OproLayout Layout)
{
    /// <summary>In which order <see cref="Write"/> is given the history.</summary>
    public HistoryOrder Order { get; init; } = HistoryOrder.Ascending;

    /// <summary>How scores are shown.</summary>
    public ScoreDisplay Display { get; init; } = ScoreDisplay.Points;

    /// <summary>Whether scores are of the scale real: any numbers, and no share of 100.</summary>
    public bool IsReal { get; init; }

    /// <summary>Whether the instruction is a sentence that begins the answer, and is called so.</summary>
    public bool BeginsAnswer { get; init; }

    /// <summary>The longest instruction that will be accepted.</summary>
    public int MaxCharacters { get; init; } = 500;

    private string Start => BeginsAnswer ? "<Start>" : "<INS>";

    private string End => BeginsAnswer ? "</Start>" : "</INS>";

    private string Noun => BeginsAnswer ? "sentence" : "instruction";

    private string OrderInWords => Order switch
    {
        HistoryOrder.Ascending => "worst first",
        HistoryOrder.Descending => "best first",
        _ => "in no particular order",
    };

    private string Scored => Display == ScoreDisplay.None ? "" : IsReal ? ", each with its score" : string.Create(CultureInfo.InvariantCulture, $", each with its score from 0 to {Buckets}");

    private int Buckets => Display == ScoreDisplay.TwentyBuckets ? 20 : 100;

    /// <summary>The meta-prompt of one step.</summary>
    /// <param name="shown">The history to show, in <see cref="Order"/>; scores in [0, 1] unless <see cref="IsReal"/>. Empty: none is spoken of.</param>
    /// <param name="exemplars">Problems with the mark where the instruction goes, and their answers.</param>
    public string Write(IReadOnlyList<(string Instruction, double Score)> shown, IReadOnlyList<(string Problem, string Answer)> exemplars)
    {
        StringBuilder text = new();
        if (Layout == OproLayout.Pretrained)
        {
            return WriteList(text, shown);
        }

        text.Append(Layout == OproLayout.Chat ? ChatHeader(shown.Count > 0) : TunedHeader(shown.Count > 0));
        foreach ((string instruction, double score) in shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\ntext:\n{instruction}\n");
            if (Display != ScoreDisplay.None)
            {
                text.Append(CultureInfo.InvariantCulture, $"score:\n{Points(score)}\n");
            }
        }

        if (exemplars.Count > 0)
        {
            text.Append(Layout == OproLayout.Chat
                ? $"\nSome tasks; {Start} marks where your {Noun} will be inserted.\n"
                : $"\nA text is used like this: it is put in the place of {Start}, the model reads the whole input and writes an output. The output is right if it is the one given here.\n");
            foreach ((string problem, string answer) in exemplars)
            {
                text.Append(Layout == OproLayout.Chat
                    ? $"\nProblem:\n{problem}\n\nExpected answer:\n{answer}\n"
                    : $"\ninput:\n{problem}\noutput:\n{answer}\n");
            }
        }

        return text.Append('\n').Append(Layout == OproLayout.Chat ? ChatRequest(shown.Count > 0) : TunedRequest(shown.Count > 0)).ToString();
    }

    /// <summary>A problem as the solver will see it, with the mark in the place of the instruction.</summary>
    /// <remarks>Demonstrations of the user's own are left out: every exemplar would repeat them.</remarks>
    public string Problem(PromptTemplate template, Prompt prompt, IReadOnlyDictionary<string, string> fields) =>
        template.Render(prompt with { Instruction = Start, Demonstrations = [] }, fields);

    /// <summary>What ends an instruction in a reply.</summary>
    public string EndMark => Layout switch { OproLayout.Chat => End, OproLayout.Tuned => "]", _ => "\n" };

    /// <summary>The instruction in a reply; none where there is none.</summary>
    public string? Parse(string reply)
    {
        string text = Layout switch
        {
            OproLayout.Chat => Between(reply),
            OproLayout.Tuned => Bracketed(reply),
            _ => reply.TrimStart().Split('\n')[0],
        };
        text = Polish(text);
        bool holdsMark = text.Contains("INS>", StringComparison.Ordinal) || text.Contains("Start>", StringComparison.Ordinal);
        return text.Length == 0 || holdsMark ? null : text;
    }

    private string ChatHeader(bool hasHistory) =>
        (BeginsAnswer ? "Write one new sentence with which a solver model shall begin its answer." : "Write one new instruction for a solver model.")
        + (hasHistory ? $" Earlier {Noun}s follow, {OrderInWords}{Scored}.\n" : "\n");

    private string ChatRequest(bool hasHistory)
    {
        string aim = !hasHistory ? "that should score as high as possible"
            : Display == ScoreDisplay.None ? "unlike every one above that should work better than all of them"
            : "unlike every one above that should score higher than all of them";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Give {(BeginsAnswer ? "a" : "an")} {Noun} {aim}. Keep it short, at most {MaxCharacters} characters, and valid for every task of this kind. Put it between {Start} and {End}.");
    }

    private string TunedHeader(bool hasHistory)
    {
        string what = BeginsAnswer ? "begin a model's answer" : "tell a model what to do";
        return !hasHistory ? $"Texts that {what} are scored{(IsReal ? "" : " by how often the answer is right")}.\n"
            : Display == ScoreDisplay.None ? $"Texts that {what} follow, {OrderInWords}.\n"
            : $"Texts that {what} follow{Scored}. They stand in {(Order == HistoryOrder.Random ? "no particular" : Order == HistoryOrder.Ascending ? "ascending" : "descending")} order; a higher score is better.\n";
    }

    private string TunedRequest(bool hasHistory) => string.Create(
        CultureInfo.InvariantCulture,
        $"Write a new text of at most {MaxCharacters} characters that {(hasHistory ? "differs from the ones above and " : "")}scores as high as possible. Write it in square brackets.");

    // The list ends where its next entry begins: five points of a hundred above the best that it holds, on the scale real a twentieth of what is between its worst and its best.
    private string WriteList(StringBuilder text, IReadOnlyList<(string Instruction, double Score)> shown)
    {
        string title = BeginsAnswer ? "Sentence" : "Instruction";
        text.Append(BeginsAnswer ? "Sentences to begin an answer with" : "Instructions for one task")
            .Append(Display == ScoreDisplay.None ? ".\n\n" : $"{Scored}. The higher the score, the better the {Noun}.\n\n");
        foreach ((string instruction, double score) in shown.Where(s => s.Instruction.Length > 0)) // an empty line would teach it to write nothing
        {
            Score(Points(score));
            text.Append(CultureInfo.InvariantCulture, $"{title}: {OneLine(instruction)}\n\n");
        }

        if (!IsReal)
        {
            Score(Math.Min(Buckets, shown.Count == 0 ? Buckets : shown.Max(s => Math.Round(Buckets * s.Score)) + (Buckets / 20)).ToString(CultureInfo.InvariantCulture));
        }
        else if (shown.Count > 0)
        {
            (double worst, double best) = (shown.Min(s => s.Score), shown.Max(s => s.Score));
            Score(Points(best + ((best > worst ? best - worst : Math.Max(1, Math.Abs(best))) / 20)));
        }

        return text.Append(CultureInfo.InvariantCulture, $"{title}:").ToString();

        void Score(string points)
        {
            if (Display != ScoreDisplay.None)
            {
                text.Append(CultureInfo.InvariantCulture, $"Score: {points}\n");
            }
        }
    }

    // A missing start tag means "from the beginning", a missing end tag "to the end": an untagged reply is taken whole.
    private string Between(string reply)
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

    private string Points(double score) => IsReal ? score.ToString("G4", CultureInfo.InvariantCulture) : Math.Round(Buckets * score, MidpointRounding.ToEven).ToString(CultureInfo.InvariantCulture);

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
