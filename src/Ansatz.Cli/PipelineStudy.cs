using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Prompts;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>A study of several prompts in a row.</summary>
internal sealed class PipelineStudy : TextStudy<Pipeline>
{
    private readonly PipelineObjective _objective;

    private PipelineStudy(ReadStudyFile read, string folder, LabelledTexts texts, PipelinePart part, PromptModels models)
        : base(read, folder, texts, models) => (Part, _objective) = (part, new(part, Scorer, models.Solver, File.Data!.Noun, PromptFiles.SolverOf(File)));

    /// <inheritdoc />
    public override PipelinePart Part { get; }

    /// <inheritdoc />
    public override ImmutableArray<PromptTemplate> Templates => [.. Part.Steps.Select(s => s.Template)];

    /// <inheritdoc />
    public override PromptSolver Solver => _objective.Solver.Last;

    /// <inheritdoc />
    public override Objective<Pipeline> Goal => _objective;

    /// <inheritdoc />
    public override string LongestTrace => PipelinePart.TraceText(
        [.. Enumerable.Repeat(new string('x', CountingClient.BytesPerToken * PromptFiles.SolverOf(File).MaxReplyTokens), Part.Steps.Length - 1)]);

    // What a search over one step at a time takes in turn.
    private IEnumerable<PromptPart> OpenSteps => Part.Components.Select(c => Part.PartOf(Part.Yours, c, [])).Where(p => p.Slots is not { Instruction: null, Demonstrations: null, Labels: null });

    /// <summary>Reads data, opens the model and checks everything against everything.</summary>
    /// <inheritdoc cref="LoadedStudy.Load" />
    public static new PipelineStudy Load(ReadStudyFile read, string folder, Endpoints endpoints, Func<OpenAiEndpoint, IChatClient>? open = null)
    {
        List<StepFile> files = read.Study.Pipeline!.Steps;
        PromptTemplate[] templates = [.. files.Select((s, i) => read.Placed($"{Place(i)}.template", () => PromptTemplate.Parse(s.Template)))];
        if (templates.Length < 2)
        {
            throw read.Wrong("pipeline.steps", $"pipeline.steps has {(templates.Length == 0 ? "none" : "one")}, and a pipeline has at least two; a single one is a \"prompt\".");
        }

        string[] outputs = [.. templates.SkipLast(1).Select(t => t.Answer)], columns = [.. templates.SelectMany(t => t.Fields).Distinct().Except(outputs)];
        LabelledTexts texts;
        try
        {
            texts = LabelledTexts.Read(read, folder, columns, templates[^1].Answer);
        }
        catch (InputException e) when (columns.FirstOrDefault(c => e.Message.Contains($"no column \"{c}\"", StringComparison.Ordinal)) is { } hole)
        {
            string place = $"{Place(Array.FindIndex(templates, t => t.Fields.Contains(hole)))}.template"; // as likely a step's name, misspelt
            throw read.Wrong(place, $"the hole {{{hole}}} is neither what an earlier step writes nor a column of the data ({e.Message.TrimEnd('.')}).{Nearest.Question(hole, outputs)}");
        }

        PipelineStep[] steps = [.. files.Select((s, i) =>
        {
            texts.CheckLabels(read, Place(i));
            return read.Placed(Place(i), () => new PipelineStep(templates[i], PromptFiles.YoursOf(s.Yours, templates[i], Place(i)), PromptFiles.OpenOf(s.Open)));
        })];
        PipelinePart part = read.Placed("pipeline.steps", () => new PipelinePart(steps, texts.Splits));
        PromptSearches.Check(read);
        CheckSearch(read, part);
        PromptModels models = PromptModels.Open(read, folder, endpoints, open);
        try
        {
            return read.Placed("pipeline", () => new PipelineStudy(read, folder, texts, part, models));
        }
        catch
        {
            models.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public override Pipeline Probe() => Part.Yours;

    /// <inheritdoc />
    /// <remarks>GEPA works on all steps at once; the others search one step after the other.</remarks>
    public override (Optimizer<Pipeline> Search, long MostRollouts) SearchBy(IChatClient? proposer)
    {
        PromptSearches searches = new(File, proposer);
        int train = Splits.Train.Length, validation = Splits.Validation.Length;
        if (File.Search.Use == OptimizerFile.Gepa)
        {
            Gepa<Pipeline> gepa = searches.GepaOn<Pipeline>();
            return (gepa, gepa.MostRollouts(validation));
        }

        (Optimizer<Prompt> Search, long MostRollouts)[] turns = [.. OpenSteps.Select(p => searches.Make(p.Instructions.Length, train, validation))];
        CoordinateSearch<Pipeline> search = new(turns[0].Search);
        return (search, search.MostRollouts(turns.Select(t => t.MostRollouts), train, validation));
    }

    private static string Place(int step) => string.Create(CultureInfo.InvariantCulture, $"pipeline.steps[{step}]");

    // Each step that is searched must have what the search fills; GEPA needs one instruction in all.
    private static void CheckSearch(ReadStudyFile read, PipelinePart part)
    {
        OpenSlots[] slots = [.. part.Components.Select(part.SlotsOf)];
        if (slots.All(s => s is { Instruction: null, Demonstrations: null, Labels: null }))
        {
            throw read.Wrong("pipeline.steps", "every step is closed, so there is nothing to search; leave the instruction of one open at least.");
        }

        if (read.Study.Search.Use == OptimizerFile.Gepa)
        {
            if (slots.All(s => s.Instruction is null))
            {
                throw read.Wrong("search.use", "gepa writes instructions, but no step's is open; open one with \"instruction\": {}, or use few-shot-search.");
            }

            return;
        }

        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] is not { Instruction: null, Demonstrations: null, Labels: null })
            {
                PromptSearches.Check(read, part.PartOf(part.Yours, part.Components[i], []), Place(i));
            }
        }
    }
}
