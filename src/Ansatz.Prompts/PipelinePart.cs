using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>One step of a pipeline: a template whose last hole names its output, and what is open in it.</summary>
/// <param name="Template">
/// The locked text and its holes. A hole is a column of the data or the output of an earlier step; the last one names this step's own output,
/// and in the last step it is the column of the answers.
/// </param>
/// <param name="Yours">The user's own filling; none: every slot empty.</param>
/// <param name="Open">The open slots; none: the instruction, where the template has a hole for it.</param>
public sealed record PipelineStep(PromptTemplate Template, Prompt? Yours = null, OpenSlots? Open = null)
{
    /// <summary>A step with an instruction of the user's own, which a search may change.</summary>
    /// <exception cref="InputException">The text is no template.</exception>
    public static PipelineStep Of(string template, string instruction = "") => new(PromptTemplate.Parse(template), new() { Instruction = instruction });

    /// <summary>The name of the step: that of its output.</summary>
    public string Name => Template.Answer;
}

/// <summary>The open part of a pipeline: several prompts, each of which may read what earlier ones wrote, one final answer, one budget.</summary>
/// <remarks>
/// The data have right answers for the last step alone. Label words may therefore be open in that step only; a demonstration in a middle step shows what the step itself wrote about an item whose final answer was right
/// (Khattab et al. 2023, "DSPy", arXiv:2310.03714), on a scale up to 1. Immutable and thread-safe.
/// </remarks>
public sealed class PipelinePart : PromptComponents<Pipeline>
{
    /// <summary>The name of the control without instructions.</summary>
    public const string NoInstructions = "no instructions";

    private readonly ImmutableArray<PipelineStep> _steps;
    private readonly ImmutableArray<PromptTemplate> _templates;
    private readonly ImmutableDictionary<string, PromptPart> _parts; // by step, under yours, outputs of earlier steps blank

    /// <summary>An open pipeline.</summary>
    /// <param name="steps">Its steps, in the order in which they run.</param>
    /// <param name="splits">The items.</param>
    /// <exception cref="InputException">Steps and data do not fit each other.</exception>
    public PipelinePart(IReadOnlyList<PipelineStep> steps, DataSplits splits)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(splits);
        _steps = [.. steps];
        _templates = [.. steps.Select(s => s.Template)];
        Splits = splits;
        CheckSteps();
        Yours = new([.. _steps.Select(s => new NamedPrompt(s.Name, s.Yours ?? new()))]);
        _parts = _steps.ToImmutableDictionary(s => s.Name, s => PartOf(Yours, s.Name, []), StringComparer.Ordinal);
        _parts[_steps[^1].Name].CheckSlots(Splits.Train.Length);
        foreach (PromptPart part in _parts.Values)
        {
            part.CheckDemonstrations(Splits.Train.Length);
        }

        int held = _steps.Sum(s => SlotsOf(s.Name).Demonstrations?.UpTo ?? Yours[s.Name].Demonstrations.Length);
        if (held >= Splits.Train.Length && _parts.Values.Any(p => p.Slots.Demonstrations is not null))
        {
            throw new InputException($"The demonstrations of all steps together, up to {held}, could hold every one of the {Splits.Train.Length} training items, so that none is left to score. Allow fewer, better a quarter of them in all.");
        }

        CheckTexts();
    }

    /// <inheritdoc />
    public override Pipeline Yours { get; }

    /// <inheritdoc />
    public override string Noun => "pipeline";

    /// <summary>The steps, in the order in which they run.</summary>
    public ImmutableArray<PipelineStep> Steps => _steps;

    /// <summary>The answers of the data, in the user's own words.</summary>
    public ImmutableArray<string> Labels => Splits.Labels;

    /// <inheritdoc />
    public override ImmutableArray<string> Components => [.. _steps.Select(s => s.Name)];

    /// <summary>What the user wrote and left open: part of an objective's identity.</summary>
    public JsonArray Identity => [.. _steps.Select(s => (JsonNode)_parts[s.Name].Identity)];

    internal DataSplits Splits { get; }

    /// <inheritdoc />
    public override OpenSlots SlotsOf(string component) => _parts[component].Slots;

    /// <inheritdoc />
    public override Prompt Get(Pipeline value, string component)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value[component];
    }

    /// <inheritdoc />
    public override Pipeline With(Pipeline value, string component, Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.With(component, prompt);
    }

    /// <inheritdoc />
    /// <remarks>Yours; no instructions; and the control that the search names.</remarks>
    public override IReadOnlyList<Arm<Pipeline>> Controls(Arm<Pipeline> search)
    {
        ArgumentNullException.ThrowIfNull(search);
        List<Arm<Pipeline>> controls = [Arm<Pipeline>.OfYours()];
        if (Yours.Steps.Any(s => s.Prompt.Instruction.Length > 0))
        {
            controls.Add(Arm<Pipeline>.Fixed(
                NoInstructions, ArmRole.Control, open => new([.. open.Yours.Steps.Select(s => s with { Prompt = s.Prompt with { Instruction = "" } })])));
        }

        if (search.Optimizer is Gepa<Pipeline> gepa)
        {
            controls.Add(new("one reflection", ArmRole.Control, new OneReflection<Pipeline>(gepa), search.Budget));
        }

        if (search.Optimizer is MiproV2<Pipeline> mipro)
        {
            controls.Add(new("random combinations", ArmRole.Control, mipro.Control, search.Budget));
        }

        if (search.Optimizer is CoordinateSearch<Pipeline> coordinate && PromptPart.SearchControlOf(coordinate.Inner) is { } control)
        {
            controls.Add(new(control.Name, ArmRole.Control, new CoordinateSearch<Pipeline>(control.Optimizer) { Rounds = coordinate.Rounds }, search.Budget));
        }

        return controls;
    }

    /// <summary>A filling of all open slots that nobody chose, outputs of earlier steps blank in its demonstrations. See <see cref="PromptPart.Draw"/>.</summary>
    public Pipeline Draw(Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        return _steps.Aggregate(Yours, (drawn, step) => drawn.With(step.Name, _parts[step.Name].Draw(rng)));
    }

    /// <inheritdoc />
    public override string Describe(Pipeline value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return string.Join("; ", value.Steps.Select(s => $"{s.Name}: {_parts[s.Name].Describe(s.Prompt)}"));
    }

    /// <inheritdoc />
    public override ImmutableArray<int> Scorable(Pipeline value)
    {
        Func<TextItem, bool> held = HeldBy(value);
        return [.. Enumerable.Range(0, Splits.Train.Length).Where(i => !held(Splits.Train[i]))];
    }

    /// <inheritdoc />
    public override string? Leak(string instruction) => _parts[_steps[0].Name].Leak(instruction); // knows all items, whichever step it is

    /// <inheritdoc />
    public override ComponentTrace TraceOf(Pipeline value, string component, int item, Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(outcome);
        int step = Components.IndexOf(component);
        ImmutableArray<string> outputs = OutputsIn(outcome);
        TextItem seen = SeenBy(_templates, step, Splits.Train[item], outputs);
        return new(
            _steps[step].Template.Render(value[component] with { Instruction = "", Demonstrations = [] }, seen.Fields),
            step < _steps.Length - 1 ? OutputOf(step, outputs) : PromptPart.OutputOf(outcome),
            Splits.Train[item].Answer);
    }

    /// <inheritdoc />
    public override PromptPart PartOf(Pipeline held, string component, IReadOnlyList<Outcome?> outcomes)
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(outcomes);
        int step = Components.IndexOf(component);
        bool isLast = step == _steps.Length - 1;
        string[] earlier = [.. Components.Take(step).Intersect(_steps[step].Template.Fields)];
        ImmutableArray<TextItem> seen = [.. Splits.Train.Select((t, i) => SeenBy(_templates, step, t, i < outcomes.Count && outcomes[i] is { } outcome ? OutputsIn(outcome) : OutputsShown(held, step, t)))];
        return new(
            _steps[step].Template,
            Splits,
            seen,
            held[component],
            _steps[step].Open ?? new() { Instruction = _steps[step].Template.HasInstruction ? new() : null },
            prompt => HeldBy(held.With(component, prompt)),
            AnswerOf,
            isLast ? null : Written);

        // What a demonstration of an item answers; none where an earlier step, when it was run, wrote nothing about it that the demonstration could show.
        string? AnswerOf(int item) => item < outcomes.Count && earlier.Any(name => seen[item].Fields[name].Length == 0) ? null
            : isLast ? Splits.Train[item].Answer
            : held[component].Demonstrations.FirstOrDefault(d => d.Item == item)?.Answer ?? (item < outcomes.Count && outcomes[item] is Scored { Score: >= 1 } right ? Written(right) : null);

        string? Written(Outcome outcome) => OutputOf(step, OutputsIn(outcome)) is { Length: > 0 } output ? output : null;
    }

    /// <summary>Whether some step of a pipeline holds an item: as a demonstration made of it or of its duplicate, or word for word in its instruction.</summary>
    internal Func<TextItem, bool> HeldBy(Pipeline value)
    {
        ArgumentNullException.ThrowIfNull(value);
        string[] instructions = [.. value.Steps.Select(s => TextItem.Normalise(s.Prompt.Instruction))];
        HashSet<string> demonstrated = [.. value.Steps.SelectMany(s => s.Prompt.Demonstrations).Select(d => d.Item).OfType<int>().Select(i => KeyOf(Splits.Train[i].Fields, Splits.Inputs))];

        // What the user wrote names no item: it is compared by the columns that its step shows.
        (ImmutableArray<string> Columns, string Key)[] written =
        [
            .. value.Steps.Zip(_steps).SelectMany(s =>
            {
                ImmutableArray<string> columns = [.. s.Second.Template.Fields.Where(Splits.Inputs.Contains)];
                return s.First.Prompt.Demonstrations.Where(d => d.Item is null && columns.Length > 0)
                    .Select(d => (columns, KeyOf(d.Fields.ToDictionary(f => f.Name, f => f.Value), columns)));
            }),
        ];
        return item => demonstrated.Contains(KeyOf(item.Fields, Splits.Inputs))
            || written.Any(w => KeyOf(item.Fields, w.Columns) == w.Key)
            || instructions.Any(i => PromptPart.Quotes(i, item));
    }

    /// <summary>An item as a step sees it: the data's columns, and what the steps before it wrote.</summary>
    internal static TextItem SeenBy(ImmutableArray<PromptTemplate> templates, int step, TextItem item, ImmutableArray<string> outputs) =>
        new(item.Fields.AddRange(Enumerable.Range(0, step).Select(s => KeyValuePair.Create(templates[s].Answer, OutputOf(s, outputs)))), item.Answer, item.Source);

    /// <summary>What the steps before the last wrote, as <see cref="Outcome.Trace"/> has it: a list of texts as JSON.</summary>
    public static string TraceText(ImmutableArray<string> outputs) => JsonSerializer.Serialize(outputs, PipelineJson.Readable.ImmutableArrayString);

    private static ImmutableArray<string> OutputsIn(Outcome outcome) =>
        outcome.Trace is { } trace ? JsonSerializer.Deserialize(trace, PipelineJson.Readable.ImmutableArrayString) : [];

    /// <summary>What the earlier steps wrote about an item that is not scored since a step demonstrates it or its duplicate: as it stands in the demonstration.</summary>
    private ImmutableArray<string> OutputsShown(Pipeline held, int step, TextItem item)
    {
        ImmutableArray<string> columns = [.. _steps[step].Template.Fields.Where(Splits.Inputs.Contains)];
        Demonstration? shown = held.Steps[step].Prompt.Demonstrations.FirstOrDefault(d => d.Item is { } i
            ? KeyOf(Splits.Train[i].Fields, Splits.Inputs) == KeyOf(item.Fields, Splits.Inputs)
            : columns.Length > 0 && KeyOf(d.Fields.ToDictionary(f => f.Name, f => f.Value), columns) == KeyOf(item.Fields, columns));
        return shown is null ? [] : [.. _steps.Take(step).Select(s => shown.Fields.FirstOrDefault(f => f.Name == s.Name)?.Value ?? "")];
    }

    // A rollout that was rejected in the middle has no outputs from there on.
    private static string OutputOf(int step, ImmutableArray<string> outputs) => step < outputs.Length ? outputs[step] : "";

    private static string KeyOf(IReadOnlyDictionary<string, string> fields, ImmutableArray<string> columns) =>
        string.Join('\n', columns.Select(c => TextItem.Normalise(fields.GetValueOrDefault(c, ""))));

    private void CheckSteps()
    {
        if (_steps.Length < 2)
        {
            throw new InputException($"A pipeline has at least two steps; this one has {(_steps.IsEmpty ? "none" : "one")}. A single prompt is a PromptPart.");
        }

        HashSet<string> known = [.. Splits.Inputs];
        for (int i = 0; i < _steps.Length; i++)
        {
            PipelineStep step = _steps[i];
            bool isLast = i == _steps.Length - 1;
            step.Template.CheckColumns([.. known], step.Name);
            if (!known.Add(step.Name))
            {
                throw new InputException($"The step \"{step.Name}\" is named like a column of the data or an earlier step. Its name is the last hole of its template; give it another.");
            }

            if (!isLast && !_steps.Skip(i + 1).Any(later => later.Template.Fields.Contains(step.Name)))
            {
                throw new InputException($"No later step shows what the step \"{step.Name}\" writes, so it cannot matter. Put {{{step.Name}}} into the template of a later step, or leave the step out.");
            }

            if (!isLast && step.Open is { Labels: not null })
            {
                throw new InputException($"The data hold no right answers for the step \"{step.Name}\", so its label words cannot be searched. Leave them closed.");
            }

            Prompt yours = step.Yours ?? new();
            if (!step.Template.HasInstruction && (step.Open?.Instruction is not null || yours.Instruction.Length > 0))
            {
                throw new InputException($"The step \"{step.Name}\" has an instruction, but its template has no hole {{instruction}} for it.");
            }

            if (!step.Template.HasDemonstrations && (step.Open?.Demonstrations is not null || yours.Demonstrations.Length > 0))
            {
                throw new InputException($"The step \"{step.Name}\" has demonstrations, but its template has no hole {{demonstrations}} for them.");
            }
        }
    }

    /// <summary>No two splits may hold texts that look the same to the model, and what the user wrote may hold no item that it will be scored on.</summary>
    private void CheckTexts()
    {
        PromptPart.RequireApart(Splits, PipelineSolver.ColumnsOf(_templates));
        foreach (PipelineStep step in _steps)
        {
            ImmutableArray<string> columns = [.. step.Template.Fields.Where(Splits.Inputs.Contains)];
            if (SlotsOf(step.Name).Demonstrations is not null && columns.Length > 0)
            {
                PromptPart.RequireApart(Splits, columns); // its demonstrations tell answers
            }
        }

        foreach (Pipeline pipeline in _steps.SelectMany(s => _parts[s.Name].Instructions.Select(i => Yours.With(s.Name, Yours[s.Name] with { Instruction = i }))))
        {
            if (Splits.Validation.Concat(Splits.Test).FirstOrDefault(HeldBy(pipeline)) is { } item)
            {
                throw new InputException($"{(item.Source.Length > 0 ? $"{item.Source}: y" : "Y")}our pipeline contains an item of the validation or test split, \"{item}\": its score would mean nothing. Take it out of the pipeline, or out of the data.");
            }
        }

        if (Scorable(Yours).IsEmpty)
        {
            throw new InputException("Your pipeline contains every training item, so that none is left to score.");
        }
    }
}
