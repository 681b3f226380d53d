using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Experiments.Tasks;
using Ansatz.LocalModels;
using Ansatz.Prompts;

namespace Ansatz.Experiments.Method;

/// <summary>One task of the experiment, and its arms.</summary>
/// <param name="Task">Data, template, slots.</param>
/// <param name="WithOpro">Whether OPRO and its one step run beside few-shot search.</param>
internal sealed record MethodTask(LabelTask Task, bool WithOpro = false)
{
    public static ImmutableArray<MethodTask> All(LabelTasks tasks) => [new(tasks.Reviews, WithOpro: true), new(tasks.ReviewsOpen), new(tasks.Bank), new(tasks.Domains)];

    /// <summary>Runs and judges a seed's study.</summary>
    public async Task<SeedVerdict> MeasureAsync(string database, EmbeddedModel model, int seed, CancellationToken cancellationToken)
    {
        await using Study<Prompt> study = Open(database, model, seed);
        return new(seed, (await study.JudgeAsync(cancellationToken)).Summary);
    }

    private Study<Prompt> Open(string database, EmbeddedModel model, int seed)
    {
        PromptPart part = Task.Part(seed);
        FewShotSearch search = new();
        List<Arm<Prompt>> controls =
        [
            .. part.Controls(new("found", ArmRole.Search, search, Budget.Unlimited)),
            new("best of 6 hand-written", ArmRole.Control, new BestInstruction(), Budget.Unlimited),
        ];
        if (WithOpro)
        {
            // 48 candidates, as many as few-shot search draws.
            Opro opro = new(LabelTask.Propose(model)) { Steps = 6, PerStep = 8, Shown = 8, Layout = OproLayout.Pretrained, TopP = 0.95f, MaxTokens = 32, MaxCharacters = 160 };
            controls.Add(new("OPRO", ArmRole.Control, opro, Budget.Unlimited));
            controls.Add(new("OPRO's one step", ArmRole.Control, new OneStep(opro), Budget.Unlimited));
        }

        return Study.Open(
            database,
            Task.Objective(part, model),
            search,
            Budget.Unlimited,
            seed,
            new() { Name = string.Create(CultureInfo.InvariantCulture, $"{Task.Name}/{seed}"), Series = Task.Name, Controls = controls });
    }
}
