using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Ansatz.Language;
using Ansatz.Prompts;
using Ansatz.Web;

namespace Ansatz.Cli;

/// <summary>Gathers everything that the report of a study of prompts shows: from its journal, its data and its verdict.</summary>
internal static class PromptReport
{
    private const int Shown = 10, MostFailures = 50;

    /// <summary>The report as data.</summary>
    public static Report Of<T>(TextStudy<T> study, Journal journal, Verdict verdict, string command)
    {
        StoredStudy stored = journal.Find(verdict.Study)!;
        StoredArm[] arms = [.. journal.Arms(stored)];
        Dictionary<string, StoredBlock[]> blocks = arms.Select(a => a.Name).Append("judge").ToDictionary(a => a, a => StoredBlock.Of(journal, stored, a));
        FoundPrompt<T> found = FoundPrompt<T>.Of(study, journal, verdict);
        T yours = study.Part.Yours;
        string foundId = verdict.Found.CandidateId!, yoursId = verdict.Rows.First(r => r.Role == ArmRole.Yours).CandidateId!;
        ReportTrial[] trials = [.. arms.SelectMany(a => Trials(study, journal, stored, a, blocks[a.Name], foundId))];
        (ImmutableArray<ReportFailure> failures, int failureCount) = Failures(study, blocks, journal, stored);
        return new()
        {
            Verdict = verdict,
            Task = study.About,
            Model = study.ModelInWords,
            Elapsed = StoredBlock.Computed(journal, verdict.Study),
            Found = study.TextOf(found.Value),
            Yours = study.TextOf(yours),
            Slots = Slots(study, yours, found.Value),
            Simplification = Simplified(blocks, trials, found.Sentence, verdict),
            Items = Changes(study, blocks, verdict.Found.Name, foundId, yoursId),
            Progress = [.. arms.Select(a => ReportCurves.Of(a, blocks[a.Name], Split.Validation, study.Splits.Validation.Length, verdict.Scale)).Where(c => c.Points.Length > 0)],
            LearningCurves = [.. study.Goal.Baselines.Select(b => new BaselineCurve(b.Name, b.LearningCurve())).Where(c => c.Points.Length > 0)],
            Confusions = [.. Confused("found", foundId).Concat(Confused("yours", yoursId))],
            Usage = [.. Used("found", foundId).Concat(Used("yours", yoursId))],
            Lineage = Lineage(trials, verdict.Found.Name, foundId),
            Trials = [.. trials],
            Failures = failures,
            FailureCount = failureCount,
            Notes = [found.Sentence, .. Notes(study, journal, stored, verdict.Found.Name)],
            Command = command,
            Facts = Facts(study, stored),
        };

        IEnumerable<Web.Confusion> Confused(string name, string id)
        {
            StoredBlock? block = TestBlock(blocks, id);
            if (block is null || study.Scorer is not LabelScorer || study.Splits.Labels.Length > 30)
            {
                yield break;
            }

            Language.Confusion counts = Language.Confusion.Of(study.Splits.Labels, [.. block.Asked.Items.Select(i => study.Splits.Test[i])], block.Outcomes);
            string on = string.Create(CultureInfo.InvariantCulture, $"{block.Outcomes.Length} test {verdict.Noun}");
            yield return new(name, on, counts.Labels, [.. counts.Counts.Select(row => row[..^1])], [.. counts.Counts.Select(row => row[^1])]);
        }

        IEnumerable<CallUsage> Used(string name, string id)
        {
            if (TestBlock(blocks, id) is { } block)
            {
                double count = block.Outcomes.Length;
                yield return new(
                    name,
                    block.Outcomes.Sum(o => o.Cost.InputTokens) / count,
                    block.Outcomes.Sum(o => o.Cost.OutputTokens) / count,
                    block.Milliseconds is { } ms ? ms / count : null,
                    study.File.Model.IsEndpoint ? StudyModels.Concurrency(study.File.Model) : 1);
            }
        }
    }

    // From what was found back to what was made from nothing.
    private static ImmutableArray<ReportTrial> Lineage(ReportTrial[] trials, string arm, string foundId)
    {
        Dictionary<string, ReportTrial> byId = trials.Where(t => t.Arm == arm).ToDictionary(t => t.Id);
        List<ReportTrial> lineage = [byId[foundId]];
        while (lineage[^1].Parents is [var first, ..] && byId.TryGetValue(first, out ReportTrial? parent) && parent.Number < lineage[^1].Number)
        {
            lineage.Add(parent);
        }

        lineage.Reverse();
        return [.. lineage];
    }

    private static StoredBlock? TestBlock(Dictionary<string, StoredBlock[]> blocks, string id) =>
        blocks["judge"].FirstOrDefault(b => b.Asked.Candidate == id && b.Asked.Split == Split.Test);

    private static ImmutableArray<SlotChange> Slots<T>(TextStudy<T> study, T yours, T found)
    {
        List<SlotChange> slots = [];
        foreach ((PromptTemplate template, (Prompt before, Prompt after)) in study.Templates.Zip(study.PromptsOf(yours).Zip(study.PromptsOf(found))))
        {
            string of = study.Templates.Length > 1 ? $"{template.Answer}: " : "";
            if (template.HasInstruction)
            {
                slots.Add(new($"{of}instruction", before.Instruction, after.Instruction));
            }

            if (template.HasDemonstrations)
            {
                slots.Add(new($"{of}demonstrations", Examples(before), Examples(after)));
            }

            if (template == study.Templates[^1])
            {
                slots.Add(new("labels", Labels(before), Labels(after)));
            }
        }

        return [.. slots];

        string Examples(Prompt prompt) => string.Join('\n', prompt.Demonstrations.Select(d =>
            $"{string.Join(" | ", d.Fields.Select(f => f.Value.ReplaceLineEndings(" ")))} -> {prompt.WordingOf(d.Answer)}"));

        string Labels(Prompt prompt) => string.Join('\n', study.Splits.Labels.Select(l => prompt.WordingOf(l) == l ? l : $"{l}: {prompt.WordingOf(l)}"));
    }

    private static Web.Simplification? Simplified(Dictionary<string, StoredBlock[]> blocks, ReportTrial[] trials, string sentence, Verdict verdict)
    {
        ReportTrial[] tried = [.. trials.Where(t => t.Arm == verdict.Found.Name && Prompts.Simplification.IsOrigin(t.Origin))];
        if (tried.Length == 0)
        {
            return null;
        }

        // What was kept is what was judged, or what that was made from.
        Dictionary<string, ReportTrial> byId = trials.Where(t => t.Arm == verdict.Found.Name).ToDictionary(t => t.Id);
        HashSet<string> kept = [];
        Stack<string> left = new([verdict.Found.CandidateId!]);
        while (left.TryPop(out string? id))
        {
            foreach (string parent in kept.Add(id) && byId.TryGetValue(id, out ReportTrial? trial) ? trial.Parents : [])
            {
                left.Push(parent);
            }
        }

        return new(
            sentence,
            [.. tried.Select(t => new SimplificationStep(
                t.Origin, byId.TryGetValue(t.Parents[0], out ReportTrial? from) ? from.Validation ?? double.NaN : double.NaN, t.Validation ?? double.NaN, kept.Contains(t.Id)))]);
    }

    private static ItemChanges? Changes<T>(TextStudy<T> study, Dictionary<string, StoredBlock[]> blocks, string foundArm, string foundId, string yoursId)
    {
        Outcome?[] found = OnValidation(foundArm, foundId), yours = OnValidation("yours", yoursId);
        (int Index, bool IsRight)[] changed =
        [
            .. Enumerable.Range(0, found.Length)
                .Where(i => found[i] is not null && yours[i] is not null && found[i]!.ScoreOn(Scale.Binary) != yours[i]!.ScoreOn(Scale.Binary))
                .Select(i => (i, found[i]!.ScoreOn(Scale.Binary) > yours[i]!.ScoreOn(Scale.Binary))),
        ];
        return new(
            found.Length,
            changed.Count(c => c.IsRight),
            changed.Count(c => !c.IsRight),
            [.. changed.Where(c => c.IsRight).Take(Shown).Select(c => Item(c.Index))],
            [.. changed.Where(c => !c.IsRight).Take(Shown).Select(c => Item(c.Index))]);

        Outcome?[] OnValidation(string arm, string id)
        {
            Outcome?[] outcomes = new Outcome?[study.Splits.Validation.Length];
            foreach (StoredBlock block in blocks[arm].Where(b => b.Asked.Candidate == id && b.Asked.Split == Split.Validation))
            {
                for (int i = 0; i < block.Outcomes.Length; i++)
                {
                    outcomes[block.Asked.Items[i]] ??= block.Outcomes[i];
                }
            }

            return outcomes;
        }

        ReportItem Item(int index)
        {
            TextItem item = study.Splits.Validation[index];
            return new(string.Join(" | ", item.Fields.Values), item.Answer, Answer(yours[index]!), Answer(found[index]!));
        }
    }

    private static string Answer(Outcome outcome) => outcome switch
    {
        Scored { Output: { } output } => output,
        Rejected rejected => rejected.Raw ?? "",
        _ => "",
    };

    private static IEnumerable<ReportTrial> Trials<T>(TextStudy<T> study, Journal journal, StoredStudy stored, StoredArm arm, StoredBlock[] blocks, string foundId)
    {
        ILookup<string, StoredBlock> byCandidate = blocks.ToLookup(b => b.Asked.Candidate);
        foreach (StoredCandidate candidate in journal.Candidates(stored, arm.Name))
        {
            T value = study.ValueOf(candidate);
            (double? train, int trainItems) = Mean(candidate.Id, Split.Train);
            (double? validation, int validationItems) = Mean(candidate.Id, Split.Validation);
            yield return new(
                candidate.Number,
                arm.Name,
                candidate.Id,
                // The search may have given it up, and simplifying have come back to it and measured it whole.
                validationItems >= study.Splits.Validation.Length ? TrialState.Completed : candidate.IsPruned && candidate.Id != foundId ? TrialState.Pruned : TrialState.Running,
                train,
                validation,
                validationItems > 0 ? validationItems : trainItems,
                [.. candidate.Parents.OrderByDescending(p => Mean(p, Split.Train).Mean)], // the best of those that were shown counts as the parent
                candidate.Origin,
                study.Part.Describe(value),
                study.TextOf(value));
        }

        (double? Mean, int Items) Mean(string id, Split split)
        {
            Outcome[] outcomes = StoredBlock.OnItems(byCandidate[id], split);
            return (outcomes.Length > 0 ? outcomes.Average(o => o.ScoreOn(Scale.Binary)) : null, outcomes.Length);
        }
    }

    private static (ImmutableArray<ReportFailure> Shown, int Count) Failures<T>(
        TextStudy<T> study, Dictionary<string, StoredBlock[]> blocks, Journal journal, StoredStudy stored)
    {
        List<ReportFailure> failures = [];
        int count = 0;
        foreach ((string arm, StoredBlock[] all) in blocks)
        {
            Dictionary<string, int> numbers = journal.Candidates(stored, arm).ToDictionary(c => c.Id, c => c.Number);
            foreach (StoredBlock block in all)
            {
                for (int i = 0; i < block.Outcomes.Length; i++)
                {
                    if (block.Outcomes[i] is Rejected rejected && ++count <= MostFailures)
                    {
                        // Test items stay out of sight.
                        string item = block.Asked.Split == Split.Test
                            ? string.Create(CultureInfo.InvariantCulture, $"test item {block.Asked.Items[i]}")
                            : string.Join(" | ", study.Splits[block.Asked.Split][block.Asked.Items[i]].Fields.Values);
                        failures.Add(new(arm, arm == "judge" ? null : numbers.GetValueOrDefault(block.Asked.Candidate), item, rejected.Reason, rejected.Raw));
                    }
                }
            }
        }

        return ([.. failures], count);
    }

    private static IEnumerable<string> Notes<T>(TextStudy<T> study, Journal journal, StoredStudy stored, string foundArm)
    {
        if (study.Data.Skipped.Length > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{study.Data.Skipped.Length:N0} bad {PlainText.Plural(study.Data.Skipped.Length, "row of the data was", "rows of the data were")} left out.");
        }

        int duplicates = study.Data.Items.Length - study.Data.Distinct.Length;
        if (duplicates > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{duplicates:N0} {PlainText.Plural(duplicates, "row repeats the text of an earlier row and was", "rows repeat the text of an earlier row and were")} not drawn.");
        }

        if (study.Solver.UsesLogProbabilities)
        {
            yield return "An answer is the label that the model finds most probable after the prompt as plain text, not what it would write in a chat.";
        }

        if (study.ProposedIn(journal, stored, foundArm) is ( > 0 and int replies, int instructions))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Of the {replies:N0} {PlainText.Plural(replies, "reply", "replies")} of the search's proposer {instructions:N0} new {PlainText.Plural(instructions, "instruction was", "instructions were")} tried; what was empty, too long, known, or quoted items was not.");
        }

        if (journal.Repeated(stored) is > 0 and long repeated)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"The study was cut off and went on; {repeated:N0} {PlainText.Plural(repeated, "question that was out then was", "questions that were out then were")} asked again.");
        }
    }

    private static ImmutableArray<Fact> Facts<T>(TextStudy<T> study, StoredStudy stored) =>
    [
        new("Ansatz", stored.Version),
        new("begun", stored.Created.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
        new(".NET", RuntimeInformation.FrameworkDescription),
        new("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}"),
        new("model", study.Solver.Identity.ToJsonString()),
        new("seed", study.File.Seed.ToString(CultureInfo.InvariantCulture)),
        new("split seed", study.File.Data!.Split!.Seed.ToString(CultureInfo.InvariantCulture)),
        new("data", study.Splits.Identity.ToJsonString()),
        new("search", study.Optimizer().Settings.ToJsonString()),
    ];
}
