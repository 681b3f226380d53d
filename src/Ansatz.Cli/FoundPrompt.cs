using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Ansatz.Prompts;

namespace Ansatz.Cli;

/// <summary>What a search of prompts found, and how it differs from what the user had.</summary>
/// <param name="Prompt">The prompt that was judged.</param>
/// <param name="Before">What the search had found before it was simplified; the same prompt where nothing was dropped.</param>
/// <param name="Sentence">What it is, and what simplifying dropped, in words.</param>
internal sealed record FoundPrompt(Prompt Prompt, Prompt Before, string Sentence)
{
    private static readonly string[] Simplifications = ["without demonstrations", "first half of the demonstrations", "second half of the demonstrations", "without one demonstration", "without instruction", "with your own label words"];

    /// <summary>Reads it from the journal.</summary>
    public static FoundPrompt Of(PromptStudy study, Journal journal, Verdict verdict)
    {
        StoredStudy stored = journal.Find(verdict.Study)!;
        Dictionary<string, StoredCandidate> candidates = journal.Candidates(stored, verdict.Found.Name).ToDictionary(c => c.Id);
        StoredCandidate winner = candidates[verdict.Found.CandidateId!], before = winner;
        while (IsSimplification(before.Origin, before.Parents) && candidates.TryGetValue(before.Parents[0], out StoredCandidate? parent))
        {
            before = parent;
        }

        Prompt found = Read(winner), first = Read(before);
        double better = BetterOnValidation(study, journal, stored, verdict);
        bool isDone = journal.Arms(stored).First(a => a.Name == verdict.Found.Name).Ended == "done";
        return new(found, first, Words(study, found, first, verdict, better, isDone));
    }

    /// <summary>Whether a candidate is what simplifying made of another one.</summary>
    public static bool IsSimplification(string origin, ImmutableArray<string> parents) => parents.Length == 1 && Simplifications.Contains(origin, StringComparer.Ordinal);

    /// <summary>A stored candidate as a prompt.</summary>
    public static Prompt Read(StoredCandidate candidate) => JsonSerializer.Deserialize(candidate.Text, Prompt.Codec)!;

    // By how much the best that was measured on all validation items did better there than what was found; 0 where nothing did.
    private static double BetterOnValidation(PromptStudy study, Journal journal, StoredStudy stored, Verdict verdict)
    {
        Dictionary<string, double> means = StoredBlock.Of(journal, stored, verdict.Found.Name)
            .GroupBy(b => b.Asked.Candidate)
            .Select(g => (Id: g.Key, Outcomes: StoredBlock.OnItems(g, Split.Validation)))
            .Where(c => c.Outcomes.Length > 0 && c.Outcomes.Length == study.Splits.Validation.Length)
            .ToDictionary(c => c.Id, c => c.Outcomes.Average(o => o.ScoreOn(verdict.Scale)));
        return means.TryGetValue(verdict.Found.CandidateId!, out double own) ? means.Values.Max() - own : 0;
    }

    private static string Words(PromptStudy study, Prompt found, Prompt before, Verdict verdict, double better, bool isDone)
    {
        Prompt yours = study.Part.Yours;
        string label = (verdict.AgainstYours.Finding == Finding.Better) ? "What did it" : "What was found";
        if (Same(found, yours))
        {
            ScoreFormat format = ScoreFormat.Of(verdict);
            return better <= 0
                ? "What was found is your own prompt: nothing that was tried on all validation items did better there."
                : $"What was found is your own prompt: the best that was tried did better on validation by {format.Number(better)}{format.Unit}, but {(isDone ? "simplifying it led back to yours" : "the search was cut short and did not keep it")}.";
        }

        List<string> changes = [];
        if (!found.Labels.SequenceEqual(yours.Labels))
        {
            string[] wordings = [.. study.Part.Labels.Select(l => $"\"{found.WordingOf(l)}\"")];
            changes.Add($"calling the labels {And(wordings)} inside the prompt");
        }

        if (found.Instruction != yours.Instruction)
        {
            changes.Add(found.Instruction.Length == 0 ? "no instruction" : $"the instruction \"{Short(found.Instruction)}\"");
        }

        int shown = found.Demonstrations.Length;
        if (shown > 0 && !JsonSerializer.Serialize(found with { Instruction = "", Labels = [] }, Prompt.Codec).Equals(JsonSerializer.Serialize(yours with { Instruction = "", Labels = [] }, Prompt.Codec), StringComparison.Ordinal))
        {
            changes.Add(shown == 1 ? "one example" : string.Create(CultureInfo.InvariantCulture, $"{shown} examples"));
        }

        List<string> sentences = [$"{label}: {And([.. changes])}."];
        int dropped = before.Demonstrations.Length - shown;
        List<string> gone =
        [
            .. dropped > 0 ? (string[])[shown == 0 ? $"{Count(dropped)} that the search had added" : dropped == 1 ? "one more example" : string.Create(CultureInfo.InvariantCulture, $"{dropped} more examples")] : [],
            .. before.Instruction.Length > 0 && found.Instruction.Length == 0 ? (string[])["the instruction"] : [],
            .. !before.Labels.SequenceEqual(found.Labels) ? (string[])["the label words that the search had chosen"] : [],
        ];
        if (gone.Count > 0)
        {
            string items = string.Create(CultureInfo.InvariantCulture, $"{study.Splits.Validation.Length} validation items");
            bool isOne = gone.Count == 1 && (dropped == 1 || gone[0] == "the instruction");
            sentences.Add($"{Capital(And([.. gone]))} made no difference that {items} can show, so {(isOne ? "it was" : "they were")} dropped.");
        }

        double? tokens = verdict.Found.TokensPerRollout, own = verdict.Rows.FirstOrDefault(r => r.Role == ArmRole.Yours)?.TokensPerRollout;
        if (tokens is { } now && own is { } then)
        {
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"{now:0} tokens a call; yours takes {then:0}."));
        }

        return string.Join(' ', sentences);

        static string Count(int examples) => examples == 1 ? "the one example" : string.Create(CultureInfo.InvariantCulture, $"the {examples} examples");
    }

    private static bool Same(Prompt a, Prompt b) => JsonSerializer.Serialize(a, Prompt.Codec) == JsonSerializer.Serialize(b, Prompt.Codec);

    private static string And(string[] parts) => parts.Length switch
    {
        0 => "nothing",
        1 => parts[0],
        _ => $"{string.Join(", ", parts.SkipLast(1))} and {parts[^1]}",
    };

    // A sentence goes on after it.
    private static string Short(string instruction)
    {
        string line = instruction.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return line.Length <= 150 ? line : line[..147].TrimEnd() + "...";
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
