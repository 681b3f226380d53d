using System.Collections.Immutable;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Prompts;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>A study of one prompt.</summary>
internal sealed class PromptStudy : TextStudy<Prompt>
{
    private PromptStudy(ReadStudyFile read, string folder, LabelledTexts texts, PromptPart part, PromptModels models)
        : base(read, folder, texts, models) => (Part, Objective) = (part, new(part, Scorer, models.Solver, File.Data!.Noun, PromptFiles.SolverOf(File)));

    /// <inheritdoc />
    public override PromptPart Part { get; }

    /// <summary>What is climbed.</summary>
    public PromptObjective Objective { get; }

    /// <inheritdoc />
    public override ImmutableArray<PromptTemplate> Templates => [Part.Template];

    /// <inheritdoc />
    public override PromptSolver Solver => Objective.Solver;

    /// <inheritdoc />
    public override Objective<Prompt> Goal => Objective;

    /// <summary>Reads data, opens the model and checks everything against everything.</summary>
    /// <inheritdoc cref="LoadedStudy.Load" />
    public static new PromptStudy Load(ReadStudyFile read, string folder, Endpoints endpoints, Func<OpenAiEndpoint, IChatClient>? open = null)
    {
        (DataFile from, PromptFile prompt) = (read.Study.Data!, read.Study.Prompt!);
        PromptTemplate template = read.Placed("prompt.template", () => PromptTemplate.Parse(prompt.Template));
        read.Placed("prompt.template", () =>
        {
            template.CheckColumns([.. from.Input?.Values ?? [.. template.Fields]], from.Answer ?? template.Answer);
            return true;
        });
        LabelledTexts texts = LabelledTexts.Read(read, folder, template.Fields, template.Answer);
        texts.CheckLabels(read, "prompt");
        PromptPart part = read.Placed("prompt", () => new PromptPart(template, texts.Splits, PromptFiles.YoursOf(prompt.Yours, template, "prompt"), PromptFiles.OpenOf(prompt.Open)));
        PromptSearches.Check(read);
        PromptSearches.Check(read, part, "prompt");
        PromptModels models = PromptModels.Open(read, folder, endpoints, open);
        try
        {
            return read.Placed("prompt", () => new PromptStudy(read, folder, texts, part, models));
        }
        catch
        {
            models.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public override Prompt Probe() => Part.Draw(new Rng(File.Seed, "dry-run"));

    /// <inheritdoc />
    public override (Optimizer<Prompt> Search, long MostRollouts) SearchBy(IChatClient? proposer) =>
        new PromptSearches(File, proposer).Make(Part, Splits.Validation.Length);
}
