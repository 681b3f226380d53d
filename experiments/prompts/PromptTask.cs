using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Ansatz.Experiments.Tasks;
using Ansatz.LocalModels;
using Ansatz.Prompts;

namespace Ansatz.Experiments.Prompts;

/// <summary>A task of the experiment, and an unlike one, in whose items its instructions are tried too: under the same template, with the other's labels.</summary>
/// <param name="Task">What is searched on.</param>
/// <param name="Elsewhere">Where what was found is tried too.</param>
internal sealed record PromptTask(LabelTask Task, LabelTask Elsewhere)
{
    /// <summary>The name under which the other task's own instruction stands among those that were moved.</summary>
    public const string Theirs = "theirs";

    public static ImmutableArray<PromptTask> All(LabelTasks tasks) =>
    [
        new(tasks.Reviews, tasks.Sms),
        new(tasks.Sms, tasks.Reviews),
        new(tasks.Bank, tasks.Reviews),
        new(tasks.Domains, tasks.Sms),
    ];

    /// <summary>Runs and judges a seed's study, and tries what it found elsewhere.</summary>
    public async Task<SeedVerdict> MeasureAsync(string database, EmbeddedModel model, int seed, CancellationToken cancellationToken)
    {
        PromptPart part = Task.Part(seed);
        Study<Prompt> study = Study.Open(
            database,
            Task.Objective(part, model),
            PromptMethod.Search,
            Budget.Rollouts(PromptMethod.Rollouts),
            seed,
            new()
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{Task.Name}/{seed}"),
                Series = Task.Name,
                Controls = PromptMethod.Controls(part, Task.Splits(seed).Validation.Length, LabelTask.Propose(model), LabelTask.Chat(model)),
            });
        await using (study)
        {
            Verdict verdict = (await study.JudgeAsync(cancellationToken)).Summary;
            StoredStudy stored = study.Journal.Find(verdict.Study)!;
            ImmutableArray<ArmCount> arms =
            [
                .. study.Journal.Arms(stored).Select(a => new ArmCount(
                    a.Name, a.Ended ?? "", study.Journal.Candidates(stored, a.Name).Length, study.Journal.Effects(stored, a.Name).Count(e => e.Kind == "call"))),
            ];
            return new(seed, verdict, arms, await ElsewhereAsync(study.Journal, stored, verdict, model, seed, cancellationToken));
        }
    }

    // Instructions alone: demonstrations of one task mean nothing in another, whose labels they do not have.
    private async Task<ImmutableArray<Moved>> ElsewhereAsync(Journal journal, StoredStudy stored, Verdict verdict, EmbeddedModel model, int seed, CancellationToken cancellationToken)
    {
        LabelTask there = Elsewhere with { Template = Task.Template };
        PromptPart home = Task.Part(seed), part = there.Part(seed);
        PromptObjective athome = Task.Objective(home, model), away = there.Objective(part, model);
        int items = Math.Min(athome.Count(Split.Validation), away.Count(Split.Validation));
        List<(string Arm, string Instruction)> instructions = [(Theirs, Elsewhere.Yours)];
        foreach (VerdictRow row in verdict.Rows.Where(r => r is { CandidateId: not null, Draws: 1 }))
        {
            StoredCandidate candidate = journal.Candidates(stored, row.Name).First(c => c.Id == row.CandidateId);
            Prompt prompt = JsonSerializer.Deserialize(candidate.Text, Prompt.Codec)!;
            if (prompt.Demonstrations.IsEmpty && !Enumerable.Range(0, items).Any(i => part.Contains(prompt, away.Splits.Validation[i])))
            {
                instructions.Add((row.Name, prompt.Instruction));
            }
        }

        ImmutableArray<Moved>.Builder moved = ImmutableArray.CreateBuilder<Moved>();
        foreach ((string arm, string instruction) in instructions)
        {
            moved.Add(new(arm, instruction, await ScoreAsync(athome, arm, instruction), await ScoreAsync(away, arm, instruction)));
        }

        return moved.ToImmutable();

        async Task<double> ScoreAsync(PromptObjective objective, string arm, string instruction)
        {
            Candidate<Prompt> candidate = new(new() { Instruction = instruction }, arm, [], arm);
            ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(new(candidate, Split.Validation, [.. Enumerable.Range(0, items)]), Replies.None, cancellationToken);
            return outcomes.Average(o => o.ScoreOn(Scale.Binary));
        }
    }
}
