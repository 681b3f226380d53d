using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Ansatz.Experiments.Tasks;
using Ansatz.Language;
using Ansatz.LocalModels;
using Ansatz.Prompts;

namespace Ansatz.Experiments.Prompts;

/// <summary>A task of the experiment, and another one with the same template on which its instructions should be worth nothing.</summary>
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
        new(tasks.Bank, tasks.Domains),
        new(tasks.Domains, tasks.Bank),
    ];

    /// <summary>Runs and judges a seed's study, and tries what it found elsewhere.</summary>
    public async Task<SeedVerdict> MeasureAsync(string database, EmbeddedModel model, int seed, CancellationToken cancellationToken)
    {
        PromptPart part = Task.Part(seed);
        Study<Prompt> study = Study.Open(
            database,
            Task.Objective(part, model),
            PromptMethods.Search,
            Budget.Rollouts(PromptMethods.Rollouts),
            seed,
            new()
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{Task.Name}/{seed}"),
                Series = Task.Name,
                Controls = PromptMethods.Controls(part, LabelTask.Propose(model), Proposer.OfChat(model)),
            });
        await using (study)
        {
            Verdict verdict = (await study.JudgeAsync(cancellationToken)).Summary;
            return new(seed, verdict, await ElsewhereAsync(study.Journal, verdict, model, seed, cancellationToken));
        }
    }

    // Instructions alone: demonstrations of one task mean nothing in another, whose labels they do not have.
    private async Task<ImmutableArray<Moved>> ElsewhereAsync(Journal journal, Verdict verdict, EmbeddedModel model, int seed, CancellationToken cancellationToken)
    {
        PromptPart part = Elsewhere.Part(seed);
        PromptObjective objective = Elsewhere.Objective(part, model);
        StoredStudy stored = journal.Find(verdict.Study)!;
        List<(string Arm, string Instruction)> instructions = [(Theirs, Elsewhere.Yours)];
        foreach (VerdictRow row in verdict.Rows.Where(r => r is { CandidateId: not null, Draws: 1 }))
        {
            StoredCandidate candidate = journal.Candidates(stored, row.Name).First(c => c.Id == row.CandidateId);
            Prompt prompt = JsonSerializer.Deserialize(candidate.Text, Prompt.Codec)!;
            if (prompt.Demonstrations.IsEmpty)
            {
                instructions.Add((row.Name, prompt.Instruction));
            }
        }

        ImmutableArray<Moved>.Builder moved = ImmutableArray.CreateBuilder<Moved>();
        foreach ((string arm, string instruction) in instructions)
        {
            Candidate<Prompt> candidate = new(new() { Instruction = instruction }, arm, [], arm);
            ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(
                new(candidate, Split.Validation, [.. Enumerable.Range(0, objective.Count(Split.Validation))]), Replies.None, cancellationToken);
            moved.Add(new(arm, instruction, outcomes.Average(o => o.ScoreOn(Scale.Binary))));
        }

        return moved.ToImmutable();
    }
}
