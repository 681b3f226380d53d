using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>The open part of a prompt: a template, the user's own filling, and the slots that a search may fill.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class PromptPart : PromptComponents<Prompt>
{
    /// <summary>The name of the control without an instruction.</summary>
    public const string NoInstruction = "no instruction";

    private const int Draws = 8; // random draws that nobody chose, each an arm
    private const int Words = 8; // consecutive words of a text by which it is recognised inside an instruction

    private readonly DataSplits _splits;
    private readonly HashSet<string> _trainRuns; // all runs of 8 words in train items, normalised
    private readonly ImmutableArray<string> _tellingAnswers; // of train items, normalised
    private readonly Func<Prompt, Func<TextItem, bool>>? _heldBy; // the whole pipeline's rule, where this is one step of it
    private readonly Func<int, string?>? _answerOf; // what a demonstration of an item answers, where that is not the item's own
    private readonly Func<Outcome, string?>? _answerIn; // the same in another rollout

    /// <summary>An open part with the given slots.</summary>
    /// <param name="template">The locked text and its holes.</param>
    /// <param name="splits">The items. Demonstrations come from its train items alone.</param>
    /// <param name="yours">The user's own filling; none: every slot empty.</param>
    /// <param name="open">The open slots; none: instruction and demonstrations, where the template has holes for them.</param>
    /// <exception cref="InputException">Template, filling, slots and data do not fit each other.</exception>
    public PromptPart(PromptTemplate template, DataSplits splits, Prompt? yours = null, OpenSlots? open = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(splits);
        Template = template;
        _splits = splits;
        Train = splits.Train;
        Yours = yours ?? new();
        Slots = open ?? new()
        {
            Instruction = template.HasInstruction ? new() : null,
            Demonstrations = template.HasDemonstrations ? new() { UpTo = Math.Clamp(splits.Train.Length / 4, 1, 8) } : null,
        };
        (_trainRuns, _tellingAnswers) = (RunsIn(Train), TellingAnswers());
        template.CheckColumns(splits.Inputs, template.Answer);
        CheckSlots(Train.Select(KeyOf).Distinct(StringComparer.Ordinal).Count());
        CheckTexts();
    }

    /// <summary>One step of a pipeline as a part of its own. The pipeline has checked it.</summary>
    /// <param name="template">The step's template.</param>
    /// <param name="splits">The items.</param>
    /// <param name="train">The train items as the step sees them, in the same order.</param>
    /// <param name="held">The step's prompt in the pipeline that is held.</param>
    /// <param name="open">What is open in the step.</param>
    /// <param name="heldBy">Which items the pipeline holds, with a prompt in this step.</param>
    /// <param name="answerOf">What a demonstration of a train item answers; none where it cannot be shown, since nothing right is known of it or nothing that it would have to show.</param>
    /// <param name="answerIn">Where the data have no right answers for the step: the same in a rollout that was right.</param>
    internal PromptPart(
        PromptTemplate template,
        DataSplits splits,
        ImmutableArray<TextItem> train,
        Prompt held,
        OpenSlots open,
        Func<Prompt, Func<TextItem, bool>> heldBy,
        Func<int, string?> answerOf,
        Func<Outcome, string?>? answerIn)
    {
        (Template, _splits, Train, Yours, Slots, _heldBy, _answerOf, _answerIn) = (template, splits, train, held, open, heldBy, answerOf, answerIn);
        (_trainRuns, _tellingAnswers) = (RunsIn(train), TellingAnswers());
    }

    /// <summary>The locked text and its holes.</summary>
    public PromptTemplate Template { get; }

    /// <inheritdoc />
    public override Prompt Yours { get; }

    /// <inheritdoc />
    public override string Noun => "prompt";

    /// <summary>The open slots.</summary>
    public OpenSlots Slots { get; }

    /// <summary>The answers of the data, in the user's own words.</summary>
    public ImmutableArray<string> Labels => _splits.Labels;

    /// <summary>What a prompt may contain, and a proposer may read.</summary>
    public ImmutableArray<TextItem> Train { get; }

    /// <summary>The instructions to choose from where nobody writes new ones: the user's own, none, and the options. Only the user's own where the slot is closed.</summary>
    public ImmutableArray<string> Instructions =>
        Slots.Instruction is { } slot ? [.. new[] { Yours.Instruction, "" }.Concat(slot.Options).Distinct(StringComparer.Ordinal)] : [Yours.Instruction];

    /// <summary>What the user wrote and left open: part of an objective's identity.</summary>
    public JsonObject Identity => new()
    {
        ["template"] = Template.Text,
        ["yours"] = JsonSerializer.SerializeToNode(Yours, Prompt.Codec),
        ["instruction"] = Slots.Instruction is { } instruction ? new JsonArray([.. instruction.Options.Select(o => (JsonNode)o)]) : null,
        ["demonstrations"] = Slots.Demonstrations is { } slot ? new JsonObject { ["upTo"] = slot.UpTo, ["balanced"] = slot.Balanced } : null,
        ["labels"] = Slots.Labels is { } labels
            ? new JsonObject(labels.Wordings.Select(w => KeyValuePair.Create(w.Key, (JsonNode?)new JsonArray([.. w.Value.Select(v => (JsonNode)v)]))))
            : null,
    };

    /// <summary>The items of each split.</summary>
    internal DataSplits Splits => _splits;

    /// <inheritdoc />
    /// <remarks>One: the prompt itself.</remarks>
    public override ImmutableArray<string> Components => ["prompt"];

    /// <inheritdoc />
    public override OpenSlots SlotsOf(string component) => Slots;

    /// <inheritdoc />
    public override Prompt Get(Prompt value, string component) => value;

    /// <inheritdoc />
    public override Prompt With(Prompt value, string component, Prompt prompt) => prompt;

    /// <inheritdoc />
    public override PromptPart PartOf(Prompt held, string component, IReadOnlyList<Outcome?> outcomes) => this;

    /// <inheritdoc />
    public override ComponentTrace TraceOf(Prompt value, string component, int item, Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(outcome);
        return new(Template.Render(value with { Instruction = "", Demonstrations = [] }, Train[item].Fields), OutputOf(outcome), Train[item].Answer);
    }

    /// <summary>What a rollout's answer was: as the scorer understood it, or the raw text of one that it rejected.</summary>
    internal static string OutputOf(Outcome outcome) => (outcome as Scored)?.Output ?? (outcome as Rejected)?.Raw ?? "";

    /// <inheritdoc />
    /// <remarks>Yours; no instruction; the same proposals without the mechanism that the search claims (for OPRO: without its history), where it claims one; and draws that nobody chose, where the slots leave something to draw.</remarks>
    public override IReadOnlyList<Arm<Prompt>> Controls(Arm<Prompt> search)
    {
        ArgumentNullException.ThrowIfNull(search);
        List<Arm<Prompt>> controls = [Arm<Prompt>.OfYours()];
        if (Yours.Instruction.Length > 0)
        {
            controls.Add(Arm<Prompt>.Fixed(NoInstruction, ArmRole.Control, open => open.Yours with { Instruction = "" }));
        }

        if (SearchControlOf(search.Optimizer) is { } control)
        {
            controls.Add(new(control.Name, ArmRole.Control, control.Optimizer, search.Budget));
        }

        bool canDraw = Slots.Demonstrations is not null || Slots.Labels is { Wordings.IsEmpty: false } || Slots.Instruction is { Options.IsEmpty: false };
        for (int n = 1; n <= Draws && canDraw; n++)
        {
            controls.Add(new(string.Create(CultureInfo.InvariantCulture, $"draw {n}"), ArmRole.Draw, new RandomDraw(), Budget.Unlimited));
        }

        return controls;
    }

    /// <inheritdoc />
    public override string Describe(Prompt value)
    {
        ArgumentNullException.ThrowIfNull(value);
        List<string> parts = [];
        if (value.Instruction.Length > 0)
        {
            string line = value.Instruction.ReplaceLineEndings(" ");
            parts.Add(line.Length <= 40 ? $"\"{line}\"" : $"\"{line[..37].TrimEnd()}...\"");
        }

        if (!value.Labels.IsEmpty)
        {
            parts.Add(Labels.Length <= 3 ? $"labels {string.Join('/', Labels.Select(value.WordingOf))}" : "other label words");
        }

        if (!value.Demonstrations.IsEmpty)
        {
            parts.Add(value.Demonstrations.Length == 1 ? "1 example" : string.Create(CultureInfo.InvariantCulture, $"{value.Demonstrations.Length} examples"));
        }

        return parts.Count > 0 ? string.Join(" + ", parts) : "the template alone";
    }

    /// <summary>The same proposals without the mechanism that a search claims, and what that is called; none where it claims none.</summary>
    internal static (string Name, Optimizer<Prompt> Optimizer)? SearchControlOf(Optimizer<Prompt> optimizer) => optimizer switch
    {
        Opro opro => ("one step", new OneStep(opro)),
        Grips grips => ("random walk", grips.Control),
        EvoPromptGa evolution => ("no selection", evolution.Control),
        EvoPromptDe evolution => ("no selection", evolution.Control),
        BootstrapFewShot bootstrap => ("labelled few-shot", bootstrap.Control),
        MiproV2<Prompt> mipro => ("random pairs", mipro.Control),
        Gepa<Prompt> gepa => ("one reflection", new OneReflection<Prompt>(gepa)),
        _ => null,
    };

    /// <summary>The open part that a search of prompts works on.</summary>
    internal static PromptPart Of(Search<Prompt> search) =>
        search.Open as PromptPart ?? throw new ArgumentException("This optimizer searches prompts: the objective's open part must be a PromptPart.", nameof(search));

    /// <summary>A filling of all open slots that nobody chose: every choice equally likely, closed slots as they are in the user's own.</summary>
    /// <remarks>Demonstrations are always as many as the slot takes, without two of the same text, in random order.</remarks>
    public Prompt Draw(Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        return Yours with
        {
            Instruction = rng.Pick(Instructions),
            Labels = DrawLabels(rng),
            Demonstrations = Slots.Demonstrations is { } slot ? DrawDemonstrations(slot, rng) : Yours.Demonstrations,
        };
    }

    /// <summary>A training item as a demonstration.</summary>
    public Demonstration Demonstrate(int item) =>
        new([.. Template.Fields.Select(name => new Field(name, Train[item].Fields[name]))], (_answerOf is null ? Train[item].Answer : _answerOf(item)) ?? "", item);

    /// <summary>Whether a training item can be shown as a demonstration: always, but in a pipeline, where what its steps wrote and got right decides.</summary>
    internal bool CanDemonstrate(int item) => _answerOf is null || _answerOf(item) is not null;

    /// <summary>What a demonstration of an item shows as its answer after a rollout that was right; none where the rollout does not tell.</summary>
    internal string? AnswerIn(Scored outcome) => _answerIn is null ? outcome.Output : _answerIn(outcome);

    /// <summary>Whether a prompt holds an item: as a demonstration with the same normalised text, or word for word in its instruction (8 words or more).</summary>
    /// <remarks>Such an item may never be scored under the prompt, and its evaluation is refused.</remarks>
    public bool Contains(Prompt prompt, TextItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return HeldBy(prompt)(item);
    }

    /// <inheritdoc />
    public override ImmutableArray<int> Scorable(Prompt value)
    {
        Func<TextItem, bool> held = HeldBy(value);
        return [.. Enumerable.Range(0, Train.Length).Where(i => !held(Train[i]))];
    }

    /// <inheritdoc />
    /// <remarks>A proposer that reads training items could write an answer key. Label names alone are no leak: an instruction may well say them. Of free texts, an answer of two words or three digits is one.</remarks>
    public override string? Leak(string instruction)
    {
        ArgumentNullException.ThrowIfNull(instruction);
        string normalised = TextItem.Normalise(instruction);
        if (Runs(normalised).FirstOrDefault(_trainRuns.Contains) is { } run)
        {
            return $"It quotes a training item: \"{run}\".";
        }

        if (_tellingAnswers.FirstOrDefault(a => Has(normalised, a)) is { } answer)
        {
            return $"It holds the answer of a training item: \"{answer}\".";
        }

        // A text shorter than 8 words leaks if its answer stands beside it; one of fewer than 3 is ordinary speech.
        TextItem? withAnswer = Train.FirstOrDefault(i =>
            Has(normalised, TextItem.Normalise(i.Answer)) && i.Fields.Values.Select(TextItem.Normalise).Any(v => WordsOf(v).Length >= 3 && Has(normalised, v)));
        return withAnswer is not null ? $"It quotes a training item with its answer: \"{withAnswer}\"."
            : _splits.Validation.Concat(_splits.Test).Any(i => Quotes(normalised, i)) ? "It quotes an item that no search may see."
            : null;
    }

    /// <summary>Whether a prompt holds an item, for many items.</summary>
    internal Func<TextItem, bool> HeldBy(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (_heldBy is not null)
        {
            return _heldBy(prompt);
        }

        HashSet<string> demonstrations = [.. prompt.Demonstrations.Select(KeyOf)];
        string instruction = TextItem.Normalise(prompt.Instruction);
        return item => demonstrations.Contains(KeyOf(item)) || Quotes(instruction, item);
    }

    private ImmutableArray<LabelWording> DrawLabels(Rng rng)
    {
        if (Slots.Labels is not { } slot)
        {
            return Yours.Labels;
        }

        for (int attempt = 0; attempt < 1000; attempt++)
        {
            KeyValuePair<string, string>[] drawn =
            [
                .. Labels.Select(l => KeyValuePair.Create(l, slot.Wordings.TryGetValue(l, out ImmutableArray<string> options) ? rng.Pick(options) : Yours.WordingOf(l))),
            ];
            if (new LabelWordings(drawn).Clash() is null)
            {
                return [.. drawn.Where(d => d.Key != d.Value).Select(d => new LabelWording(d.Key, d.Value))];
            }
        }

        throw new InputException("The wordings offered for the labels hardly ever tell all labels apart; give every label some of its own.");
    }

    private ImmutableArray<Demonstration> DrawDemonstrations(DemonstrationSlot slot, Rng rng)
    {
        int[] items = Fitting(slot, rng.Choose(Train.Length, Train.Length).Where(CanDemonstrate));
        rng.Shuffle<int>(items);
        return [.. items.Select(Demonstrate)];
    }

    /// <summary>The first of these training items that may stand in a prompt together: no two of the same text, every label its share where the slot wants that, at most as many as it takes.</summary>
    internal int[] Fitting(DemonstrationSlot slot, IEnumerable<int> order)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        int[] items = [.. order.Where(i => seen.Add(KeyOf(Train[i])))];
        if (slot.Balanced)
        {
            // One item of each label after the other, labels in the order of their first items, until there are enough.
            items =
            [
                .. items.GroupBy(i => Train[i].Answer, StringComparer.Ordinal)
                    .SelectMany((label, l) => label.Select((item, round) => (item, round, l)))
                    .OrderBy(x => x.round).ThenBy(x => x.l)
                    .Select(x => x.item),
            ];
        }

        return items[..Math.Min(slot.UpTo, items.Length)];
    }

    // As TextItem.Key, but over the fields that the template shows: what the model sees is what may not be repeated.
    private string KeyOf(TextItem item) => KeyOf(item, Template.Fields);

    private static string KeyOf(TextItem item, ImmutableArray<string> columns) => string.Join('\n', columns.Select(f => TextItem.Normalise(item.Fields[f])));

    private string KeyOf(Demonstration demonstration) =>
        string.Join('\n', Template.Fields.Select(f => TextItem.Normalise(demonstration.Fields.FirstOrDefault(x => x.Name == f)?.Value ?? "")));

    internal static bool Quotes(string normalisedInstruction, TextItem item) =>
        normalisedInstruction.Length > 0
        && item.Fields.Values.Select(TextItem.Normalise).Any(v => WordsOf(v).Length >= Words && Has(normalisedInstruction, v));

    private static bool Has(string text, string part) => $" {text} ".Contains($" {part} ", StringComparison.Ordinal);

    private static string[] WordsOf(string normalised) => normalised.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // One word, or a small number, is ordinary speech.
    private ImmutableArray<string> TellingAnswers() =>
        _splits.HasFreeAnswers ? [.. Train.Select(i => TextItem.Normalise(i.Answer)).Where(a => WordsOf(a).Length > 1 || a.Count(char.IsAsciiDigit) > 2).Distinct()] : [];

    private static HashSet<string> RunsIn(ImmutableArray<TextItem> items) => [.. items.SelectMany(i => i.Fields.Values).SelectMany(v => Runs(TextItem.Normalise(v)))];

    private static IEnumerable<string> Runs(string normalised)
    {
        string[] words = WordsOf(normalised);
        for (int i = 0; i + Words <= words.Length; i++)
        {
            yield return string.Join(' ', words, i, Words);
        }
    }

    /// <summary>Refuses slots that do not fit the template, the labels or the number of training items.</summary>
    /// <param name="different">How many training items look different inside the prompt.</param>
    internal void CheckSlots(int different)
    {
        if (Slots.Instruction is not null && !Template.HasInstruction)
        {
            throw new InputException("The instruction is open, but the template has no hole {instruction} for it.");
        }

        if (!Template.HasInstruction && Yours.Instruction.Length > 0)
        {
            throw new InputException("Your prompt has an instruction, but the template has no hole {instruction} for it.");
        }

        if (!Template.HasDemonstrations && (Slots.Demonstrations is not null || Yours.Demonstrations.Length > 0))
        {
            throw new InputException("The prompt has demonstrations, but the template has no hole {demonstrations} for them.");
        }

        CheckDemonstrations(different);
        foreach ((string label, ImmutableArray<string> wordings) in Slots.Labels?.Wordings ?? ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty)
        {
            RequireLabel(label);
            if (wordings.IsDefaultOrEmpty || wordings.Any(string.IsNullOrWhiteSpace))
            {
                throw new InputException($"The label \"{label}\" has an empty wording; give it at least one, each with at least one letter.");
            }
        }

        foreach (string label in Yours.Labels.Select(l => l.Label).Concat(Yours.Demonstrations.Select(d => d.Answer)))
        {
            RequireLabel(label);
        }
    }

    /// <summary>Refuses so many demonstrations that nothing is left to score.</summary>
    /// <param name="different">How many training items look different inside the prompt.</param>
    internal void CheckDemonstrations(int different)
    {
        if (Slots.Demonstrations is { } slot && slot.UpTo >= different)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"Up to {slot.UpTo} demonstrations of {different} different training items leave none to score; allow at most {different - 1}, better a quarter of them."));
        }
    }

    private void RequireLabel(string label)
    {
        if (!Labels.Contains(label, StringComparer.Ordinal))
        {
            throw new InputException($"The label \"{label}\" is not one of: {string.Join(", ", Labels)}.{Nearest.Question(label, Labels)}");
        }
    }

    /// <summary>No two splits may hold texts that look the same inside the prompt: they share no text over all input columns, but a template may show fewer of them.</summary>
    /// <param name="splits">The items.</param>
    /// <param name="columns">What is shown of them.</param>
    internal static void RequireApart(DataSplits splits, ImmutableArray<string> columns)
    {
        Dictionary<string, (Split Split, TextItem Item)> shown = new(StringComparer.Ordinal);
        foreach ((Split split, TextItem item) in new[] { Split.Train, Split.Validation, Split.Test }.SelectMany(s => splits[s].Select(i => (s, i))))
        {
            string key = KeyOf(item, columns);
            if (!shown.TryAdd(key, (split, item)) && shown[key].Split != split)
            {
                throw new InputException(
                    $"{(item.Source.Length > 0 ? $"{item.Source}: w" : "W")}hat the template shows of \"{item}\" ({split}) is the same as of \"{shown[key].Item}\" ({shown[key].Split}): "
                    + "a prompt would be scored on what it contains. Make the columns that the template shows the only input columns; then such rows go to one split.");
            }
        }
    }

    /// <summary>What the user wrote may hold no item that it will be scored on.</summary>
    private void CheckTexts()
    {
        RequireApart(_splits, Template.Fields);
        foreach (Prompt prompt in Instructions.Select(i => Yours with { Instruction = i }))
        {
            if (_splits.Validation.Concat(_splits.Test).FirstOrDefault(i => Contains(prompt, i)) is { } held)
            {
                throw new InputException($"{(held.Source.Length > 0 ? $"{held.Source}: y" : "Y")}our prompt contains an item of the validation or test split, \"{held}\": its score would mean nothing. Take it out of the prompt, or out of the data.");
            }
        }

        if (Scorable(Yours).IsEmpty)
        {
            throw new InputException("Your prompt contains every training item, so that none is left to score.");
        }
    }
}
