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
    public override string LongestTrace => PipelinePart.TraceText(LongestOutputs(0));

    // What a search over one step at a time takes in turn.
    private IEnumerable<PromptPart> OpenSteps => Part.Components.Select(c => Part.PartOf(Part.Yours, c, [])).Where(p => !p.Slots.IsClosed);

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

        CheckHoles(read, folder, templates);
        LabelledTexts texts = LabelledTexts.Read(read, folder, PipelineSolver.ColumnsOf(templates), templates[^1].Answer);
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
    public override Pipeline Probe() => Part.Draw(new Rng(File.Seed, "dry-run"));

    /// <inheritdoc />
    /// <remarks>Examples show outputs of the middle steps that are as long as they may be, and not the same.</remarks>
    public override Pipeline LongProbe()
    {
        Outcome[] outcomes = [.. Splits.Train.Select((_, i) => new Scored(1) { Trace = PipelinePart.TraceText(LongestOutputs(i)) })];
        return Part.Components.Aggregate(Probe(), (probe, step) => probe.With(step, Part.PartOf(Part.Yours, step, outcomes).Draw(new Rng(File.Seed, "dry-run"))));
    }

    /// <inheritdoc />
    /// <remarks>GEPA and MIPROv2 work on all steps at once; the others search one step after the other.</remarks>
    public override (Optimizer<Pipeline> Search, long MostRollouts) SearchBy(IChatClient? proposer)
    {
        PromptSearches searches = new(File, proposer);
        int train = Splits.Train.Length, validation = Splits.Validation.Length;
        if (File.Search.Use == OptimizerFile.Gepa)
        {
            Gepa<Pipeline> gepa = searches.GepaOn<Pipeline>();
            return (gepa, gepa.MostRollouts(validation));
        }

        if (File.Search.Use == OptimizerFile.MiproV2)
        {
            MiproV2<Pipeline> mipro = searches.MiproOn<Pipeline>();
            return (mipro, mipro.MostRollouts(Part, train, validation));
        }

        (Optimizer<Prompt> Search, long MostRollouts)[] turns = [.. OpenSteps.Select(p => searches.Make(p, validation))];
        CoordinateSearch<Pipeline> search = new(turns[0].Search);
        return (search, search.MostRollouts(turns.Select(t => t.MostRollouts), train, validation));
    }

    private ImmutableArray<string> LongestOutputs(int number)
    {
        string start = number.ToString(CultureInfo.InvariantCulture);
        return [.. Enumerable.Repeat(start.PadRight(CountingClient.BytesPerToken * PromptFiles.SolverOf(File).MaxReplyTokens, 'x'), Part.Steps.Length - 1)];
    }

    private static string Place(int step) => string.Create(CultureInfo.InvariantCulture, $"pipeline.steps[{step}]");

    // What a step shows an earlier one must write, or the data must have.
    private static void CheckHoles(ReadStudyFile read, string folder, PromptTemplate[] templates)
    {
        DataFile data = read.Study.Data!;
        string path = Path.Combine(folder, data.File);
        string[] names = [.. templates.Select(t => t.Answer)];
        ImmutableArray<string> columns = data.Input is { } input ? [.. input.Values]
            : data.Format is null && Path.Exists(path) ? Dataset.ColumnsOf(path)
            : PipelineSolver.ColumnsOf(templates);
        foreach ((int i, PromptTemplate template) in templates.Index())
        {
            string place = $"{Place(i)}.template";
            foreach (string hole in template.Fields.Except(names[..i]))
            {
                string? wrong = hole == names[^1] ? "the right answer; only the last template ends with it."
                    : names.Contains(hole) ? "which a later step writes; put that step before this one."
                    : !columns.Contains(hole) ? $"which is neither written by an earlier step nor a column of the data; there is: {string.Join(", ", columns.Except([names[^1]]).Concat(names[..i]))}.{Nearest.Question(hole, columns.Concat(names[..i]))}"
                    : null;
                if (wrong is not null)
                {
                    throw read.Wrong(place, $"the template shows {{{hole}}}, {wrong}");
                }
            }
        }

        if (data.Answer is { } answer && answer != names[^1])
        {
            throw read.Wrong($"{Place(names.Length - 1)}.template", $"the last template ends with {{{names[^1]}}}, but the answers stand in the column \"{answer}\"; end it with {{{answer}}}.");
        }
    }

    // Each step that is searched must have what the search fills; GEPA needs one instruction in all.
    private static void CheckSearch(ReadStudyFile read, PipelinePart part)
    {
        OpenSlots[] slots = [.. part.Components.Select(part.SlotsOf)];
        if (slots.All(s => s.IsClosed))
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
            if (!slots[i].IsClosed)
            {
                PromptSearches.Check(read, part.PartOf(part.Yours, part.Components[i], []), Place(i), isStep: true);
            }
        }
    }
}
