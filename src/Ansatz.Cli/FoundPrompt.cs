using System.Globalization;
using Ansatz.Language;
using Ansatz.Prompts;

namespace Ansatz.Cli;

/// <summary>What a search of prompts found, and how it differs from what the user had.</summary>
/// <typeparam name="T">One filling of all prompts.</typeparam>
/// <param name="Value">What was judged.</param>
/// <param name="Sentence">What it is, and what simplifying dropped, in words.</param>
internal sealed record FoundPrompt<T>(T Value, string Sentence)
{
    /// <summary>Reads it from the journal.</summary>
    public static FoundPrompt<T> Of(TextStudy<T> study, Journal journal, Verdict verdict)
    {
        StoredStudy stored = journal.Find(verdict.Study)!;
        Dictionary<string, StoredCandidate> candidates = journal.Candidates(stored, verdict.Found.Name).ToDictionary(c => c.Id);
        StoredCandidate at = candidates[verdict.Found.CandidateId!];
        T found = study.ValueOf(at);

        // Each prompt as it was before it was simplified: of several, each may have been in its turn.
        Prompt[] now = [.. study.PromptsOf(found)], before = [.. now];
        HashSet<string> met = [at.Id];
        while (!at.Parents.IsEmpty && candidates.TryGetValue(at.Parents[0], out StoredCandidate? parent) && met.Add(parent.Id))
        {
            if (Simplification.IsOrigin(at.Origin))
            {
                Prompt[] simpler = [.. study.PromptsOf(study.ValueOf(at))], whole = [.. study.PromptsOf(study.ValueOf(parent))];
                before = [.. before.Select((b, i) => PromptChanges.Same(simpler[i], whole[i]) ? b : whole[i])];
            }

            at = parent;
        }

        string nothing = study.ProposedIn(journal, stored, verdict.Found.Name) is ( > 0 and int replies, 0)
            ? string.Create(CultureInfo.InvariantCulture, $" None of the {replies:N0} {PlainText.Plural(replies, "reply", "replies")} of its proposer gave an instruction to try: they were empty, cut off, too long, known, or quoted items.")
            : "";
        double better = BetterOnValidation(study, journal, stored, verdict);
        bool isDone = journal.Arms(stored).First(a => a.Name == verdict.Found.Name).Ended == "done";
        return new(found, Words(study, now, before, verdict, better, isDone) + nothing);
    }

    // By how much the best that was measured on all validation items did better there than what was found; 0 where nothing did.
    private static double BetterOnValidation(TextStudy<T> study, Journal journal, StoredStudy stored, Verdict verdict)
    {
        Dictionary<string, double> means = StoredBlock.Of(journal, stored, verdict.Found.Name)
            .GroupBy(b => b.Asked.Candidate)
            .Select(g => (Id: g.Key, Outcomes: StoredBlock.OnItems(g, Split.Validation)))
            .Where(c => c.Outcomes.Length > 0 && c.Outcomes.Length == study.Splits.Validation.Length)
            .ToDictionary(c => c.Id, c => c.Outcomes.Average(o => o.ScoreOn(verdict.Scale)));
        return means.TryGetValue(verdict.Found.CandidateId!, out double own) ? means.Values.Max() - own : 0;
    }

    private static string Words(TextStudy<T> study, Prompt[] found, Prompt[] before, Verdict verdict, double better, bool isDone)
    {
        string label = (verdict.AgainstYours.Finding == Finding.Better) ? "What did it" : "What was found";
        PromptChanges[] all = [.. study.Templates.Zip(study.PromptsOf(study.Part.Yours).Zip(before, found), (template, prompts) =>
            new PromptChanges(prompts.First, prompts.Second, prompts.Third, study.Templates.Length > 1 ? $" in \"{template.Answer}\"" : "", study.Splits.Labels))];
        if (all.All(c => c.IsNone))
        {
            ScoreFormat format = ScoreFormat.Of(verdict);
            return better <= 0
                ? $"What was found is your own {study.Part.Noun}: nothing that was tried on all validation items did better there."
                : $"What was found is your own {study.Part.Noun}: the best that was tried did better on validation by {format.Number(better)}{format.Unit}, but {(!isDone ? "the search was cut short and did not keep it" : study.Optimizer() is not CoordinateSearch<T> ? "simplifying it led back to yours" : "what the search made of it in the end was no better than yours")}.";
        }

        List<string> sentences = [$"{label}: {PromptChanges.And([.. all.SelectMany(c => c.Made)])}."];
        string[] gone = [.. all.SelectMany(c => c.Dropped)];
        if (gone.Length > 0)
        {
            string items = string.Create(CultureInfo.InvariantCulture, $"{study.Splits.Validation.Length} validation items");
            bool isOne = gone.Length == 1 && all.Sum(c => c.DroppedExamples) <= 1 && all.All(c => !c.DropsLabels);
            sentences.Add($"{Capital(PromptChanges.And(gone))} made no difference that {items} can show, so {(isOne ? "it was" : "they were")} dropped.");
        }

        double? tokens = verdict.Found.TokensPerRollout, own = verdict.Rows.FirstOrDefault(r => r.Role == ArmRole.Yours)?.TokensPerRollout;
        if (tokens is { } now && own is { } then)
        {
            bool isGraded = study.Scorer is GradedScorer; // an outcome's cost is that of its answer and of grading it
            string each = (study.Templates.Length > 1 ? $"for each of the {study.Noun}" : isGraded ? "an item" : "a call") + (isGraded ? ", the grader's included" : "");
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"{now:0} tokens {each}; yours takes {then:0}."));
        }

        return string.Join(' ', sentences);
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
