using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>How much a <see cref="MiproV2{T}"/> tries: the reference's presets.</summary>
public enum MiproSize
{
    /// <summary>n = 6.</summary>
    Light,

    /// <summary>n = 12.</summary>
    Medium,

    /// <summary>n = 18.</summary>
    Heavy,
}

/// <summary>
/// Instructions and sets of demonstrations together, of all prompts of a system at once: lists of both are made beforehand for each prompt, and a Bayesian search finds the combination that works.
/// Opsahl-Ong et al. 2024, "Optimizing Instructions and Demonstrations for Multi-Stage Language Model Programs" (MIPRO), arXiv:2406.11695, as DSPy's MIPROv2.
/// </summary>
/// <remarks>
/// <para>
/// Symbols: P prompts; n by size; for each prompt n sets of demonstrations and n/2 instructions (n where its demonstrations are closed); v open variables, 2P where all is open; T = ⌊max(2 v log₂ n, 1.5 n)⌋ trials;
/// V validation items; m items in a minibatch. A combination has one choice for each variable.
/// </para>
/// <para>
/// Each trial scores a combination on a minibatch of validation items. After every 5 trials, and at the end, the one with the best mean over its minibatches that has not been scored on all V is, and
/// its mean is told to the search as one more trial. The best mean on all V wins. Where V is at most 50 every trial is on all of them.
/// </para>
/// <para>
/// Differs from the reference: the five trials between two full evaluations share one minibatch, since scores on different items cannot be compared; an item that a combination has been scored on
/// is not asked again; instructions that the user offers are candidates too; there is no program to describe, so a chat model as proposer sees the template instead, and of several prompts their names; what it
/// notices about the data it notices once for each prompt, whose items they are; a written instruction that quotes items is refused; the teacher answers every training item once, and each of several prompts
/// has a teacher of its own: yours with its labelled demonstrations. In a middle step of a pipeline, for which the data have no right answers, what it wrote under yours where the final answer was right takes
/// their place. V is not capped: validation is what the user gave. The requests' wording is ours.
/// </para>
/// <para>
/// Search control, <see cref="Control"/>: random combinations, as many trials on the same minibatches, scored and chosen alike. Its lists are made from the same draws and the same calls of the proposer, seeds included, so they are the search's
/// own where equal calls get equal answers. Instruction and demonstrations are searched, as far as they are open; label words
/// stay the user's own. A pruned trial is a combination that was scored on minibatches alone, or a teacher.
/// </para>
/// </remarks>
/// <typeparam name="T">One filling of all prompts.</typeparam>
/// <param name="proposer">Who writes instructions; none: only those that the user offers.</param>
public class MiproV2<T>(Proposer? proposer = null) : Optimizer<T>
{
    private const int FullEvery = 5; // trials between two full evaluations
    private const int SmallValidation = 50; // no minibatches up to here

    /// <summary>n. Default light.</summary>
    public MiproSize Size { get; init; } = MiproSize.Light;

    /// <summary>m. Default 35.</summary>
    public int Minibatch
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Minibatch));
            field = value;
        }
    } = 35;

    /// <summary>The most bootstrapped demonstrations in a set. Default 4.</summary>
    public int MaxBootstrapped
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(MaxBootstrapped));
            field = value;
        }
    } = 4;

    /// <summary>The score from which an answer of the teacher is right. Default 1.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>How the proposer is asked. Default: as a chat model, at temperature 1.</summary>
    public Writing Writing { get; init; } = new();

    /// <summary>Settings of the search over combinations.</summary>
    public TpeSettings Tpe { get; init; } = new();

    /// <summary>What is dropped from the winner afterwards; <see langword="null"/>: nothing.</summary>
    public Simplification? Simplify { get; init; } = new();

    /// <summary>The search control: random combinations.</summary>
    public SearchControl<T> Control => new("random-pairs", this, (search, token) => SearchAsync(search, learns: false, token));

    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "mipro-v2",
        ["proposer"] = proposer?.Identity,
        ["size"] = Size.ToString(),
        ["minibatch"] = Minibatch,
        ["maxBootstrapped"] = MaxBootstrapped,
        ["threshold"] = Threshold,
        ["writing"] = Writing.Settings,
        ["tpe"] = new JsonObject { ["startupTrials"] = Tpe.StartupTrials, ["candidates"] = Tpe.Candidates, ["priorWeight"] = Tpe.PriorWeight },
        ["simplify"] = Simplify?.Settings,
    };

    private int N => Size switch { MiproSize.Light => 6, MiproSize.Medium => 12, _ => 18 };

    /// <summary>T, by the number of open variables: 1 or 2 for each prompt.</summary>
    public int Trials(int variables)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(variables);
        return (int)Math.Max(2 * variables * Math.Log2(N), 1.5 * N);
    }

    /// <summary>T, for what a part leaves open.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Neither an instruction nor demonstrations are open.</exception>
    public int Trials(PromptComponents<T> part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return Trials(part.Components.Select(part.SlotsOf).Sum(s => (s.Instruction is null ? 0 : 1) + (s.Demonstrations is null ? 0 : 1)));
    }

    /// <summary>The most rollouts that it asks for, simplification included.</summary>
    /// <param name="part">What is searched.</param>
    /// <param name="train">Number of training items.</param>
    /// <param name="validation">Number of validation items.</param>
    public long MostRollouts(PromptComponents<T> part, int train, int validation)
    {
        ArgumentNullException.ThrowIfNull(part);
        int trials = Trials(part);
        int full = 1 + ((trials + FullEvery - 1) / FullEvery); // yours, one every five trials, and one at the end
        long minibatches = validation <= SmallValidation ? (long)trials * validation : (long)trials * Math.Min(Minibatch, validation);
        int teachers = MaxBootstrapped > 0 ? part.Components.Count(c => part.SlotsOf(c).Demonstrations is not null) : 0;
        int passes = (NeedsYours(part) ? 1 : 0) + teachers;
        return ((long)passes * train) + minibatches + ((full + (Simplify?.MaxTries ?? 0L)) * validation);
    }

    /// <inheritdoc />
    public override Task SearchAsync(Search<T> search, CancellationToken cancellationToken) => SearchAsync(search, learns: true, cancellationToken);

    private async Task SearchAsync(Search<T> search, bool learns, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        PromptComponents<T> part = search.Open as PromptComponents<T>
            ?? throw new ArgumentException("This optimizer searches prompts: the objective's open part must be made of them.", nameof(search));
        string[] open = OpenIn(part);
        if (open.Length == 0)
        {
            throw new InputException("MIPROv2 chooses instructions and demonstrations, but all of them are closed. Open one of them.");
        }

        Candidate<T> yours = search.Propose(part.Yours, "yours");
        search.Nominate(yours);

        // Step 1: sets of demonstrations. Step 2: instructions, each grounded in one of the sets. Of several prompts each as it stands in yours, with what the others write there.
        Outcome?[] outcomes = NeedsYours(part) ? await ComponentSearch<T>.OnTrainAsync(search, part, yours, cancellationToken).ConfigureAwait(false) : [];
        List<Lists> lists = [];
        foreach (string component in open)
        {
            Search<Prompt> view = search as Search<Prompt> ?? new ComponentSearch<T>(search, part, part.PartOf(part.Yours, component, outcomes), yours, component, $"{component}/", isFirst: false);
            lists.Add(await ListsAsync(view, component, part.Components, cancellationToken).ConfigureAwait(false));
        }

        ImmutableArray<int> choices = [.. lists.SelectMany(l => (int[])[l.Instructions.Length, l.Sets.Length])];
        if (choices.All(c => c == 1))
        {
            if (proposer is null)
            {
                throw new InputException(open.Any(c => part.SlotsOf(c).Demonstrations is not null)
                    ? "MIPROv2 has nothing to choose from: no training item that was answered rightly can be shown as a demonstration. Open an instruction too, with options or a proposer."
                    : "MIPROv2 has nothing to choose from: open the demonstrations, or the instruction with options or a proposer.");
            }

            await search.EvaluateAsync([search.WholeSplit(yours, Split.Validation)], cancellationToken).ConfigureAwait(false);
            return; // no proposal was of any use: yours is the only combination
        }

        // Step 3: search over combinations, (instruction, set) of each prompt.
        CategoricalTpe tpe = new(choices, Tpe);
        int validation = search.Count(Split.Validation);
        int trials = Trials(part);
        bool usesMinibatches = validation > SmallValidation && Minibatch < validation;
        OrderedDictionary<string, Combination> tried = new() { [yours.Id] = new([.. choices.Select(_ => 0)], yours) };
        List<Combination> full = []; // those that were scored on all V
        int[] all = [.. Enumerable.Range(0, validation)];
        int[] items = all;

        await FullAsync(tried[yours.Id]).ConfigureAwait(false);
        for (int t = 1; t <= trials; t++)
        {
            Combination combination = Combine(learns ? tpe.Ask(search.Stream("tpe", t)) : AtRandom(choices, search.Stream("pair", t), search.Stream("pair/set", t)), t);
            if (!usesMinibatches)
            {
                await FullAsync(combination).ConfigureAwait(false);
                continue;
            }

            if ((t - 1) % FullEvery == 0)
            {
                items = [.. search.SharedStream("minibatch", t).Choose(Minibatch, validation).Order()];
            }

            double mean = await MeanAsync(combination, items).ConfigureAwait(false);
            combination.Minibatches.Add(mean);
            tpe.Tell(combination.X, mean);
            if ((t % FullEvery == 0 || t == trials)
                && tried.Values.Where(c => !full.Contains(c) && c.Minibatches.Average() > double.NegativeInfinity).MaxBy(c => c.Minibatches.Average()) is { } best) // the first of equals
            {
                await FullAsync(best).ConfigureAwait(false);
            }
        }

        foreach (Trial<T> trial in search.Trials.Where(t => t.State == TrialState.Running))
        {
            search.Prune(trial.Candidate);
        }

        Candidate<T> winner = full.MaxBy(c => c.Mean)!.Candidate;
        if (Simplify is not null && full.Max(c => c.Mean) > double.NegativeInfinity)
        {
            await Simplify.SimplifyAsync(search, new(search.WholeSplit(winner, Split.Validation), [.. Known(winner).Select(o => o!)], search.Scale), cancellationToken).ConfigureAwait(false);
        }

        async Task FullAsync(Combination combination)
        {
            combination.Mean = await MeanAsync(combination, all).ConfigureAwait(false);
            tpe.Tell(combination.X, combination.Mean);
            if (!full.Contains(combination))
            {
                full.Add(combination);
            }

            search.Nominate(full.MaxBy(c => c.Mean)!.Candidate);
        }

        // Asks for the items that are not known yet. -∞ where one was rejected on the scale real: such a combination is never promoted.
        async Task<double> MeanAsync(Combination combination, int[] wanted)
        {
            ImmutableArray<Outcome?> known = Known(combination.Candidate);
            ImmutableArray<int> missing = [.. wanted.Where(i => known[i] is null)];
            if (!missing.IsEmpty)
            {
                await search.EvaluateAsync([new(combination.Candidate, Split.Validation, missing)], cancellationToken).ConfigureAwait(false);
                known = Known(combination.Candidate);
            }

            return wanted.Select(i => known[i]!).ToImmutableArray().MeanScore(search.Scale) ?? double.NegativeInfinity;
        }

        ImmutableArray<Outcome?> Known(Candidate<T> candidate) =>
            search.TrialOf(candidate)?.OutcomesOn(Split.Validation, validation) ?? [.. new Outcome?[validation]];

        Combination Combine(ImmutableArray<int> x, int trial)
        {
            T value = part.Yours;
            for (int k = 0; k < lists.Count; k++)
            {
                value = part.With(value, lists[k].Component, part.Get(value, lists[k].Component) with { Instruction = lists[k].Instructions[x[2 * k]], Demonstrations = lists[k].Sets[x[(2 * k) + 1]] });
            }

            Candidate<T> candidate = search.Propose(value, string.Create(CultureInfo.InvariantCulture, $"trial {trial}"));
            return tried.TryGetValue(candidate.Id, out Combination? known) ? known : tried[candidate.Id] = new(x, candidate);
        }
    }

    private static string[] OpenIn(PromptComponents<T> part) => [.. part.Components.Where(c => part.SlotsOf(c) is { Instruction: not null } or { Demonstrations: not null })];

    // What the steps of several write under yours is what their demonstrations and the proposer's examples are made of.
    private bool NeedsYours(PromptComponents<T> part) => part is not PromptPart && (proposer is not null || part.Components.Any(c => part.SlotsOf(c).Demonstrations is not null));

    private static ImmutableArray<int> AtRandom(ImmutableArray<int> choices, Rng instructions, Rng sets) => [.. choices.Select((count, d) => (d % 2 == 0 ? instructions : sets).Next(count))];

    /// <summary>What one prompt is chosen from. The first of either list is the user's own.</summary>
    private async Task<Lists> ListsAsync(Search<Prompt> view, string component, ImmutableArray<string> components, CancellationToken cancellationToken)
    {
        PromptPart part = PromptPart.Of(view);
        ImmutableArray<ImmutableArray<Demonstration>> sets = [part.Yours.Demonstrations];
        if (part.Slots.Demonstrations is { } slot)
        {
            sets = Distinct(
                view,
                [part.Yours.Demonstrations, .. (await DemonstrationSets.MakeAsync(view, slot, N, MaxBootstrapped, Threshold, cancellationToken).ConfigureAwait(false)).Select(s => s.Demonstrations)]);
        }

        return new(component, await InstructionsAsync(view, part, component, components, sets, cancellationToken).ConfigureAwait(false), sets);
    }

    /// <summary>The user's own instruction, those that the user offers, and what the proposer writes.</summary>
    private async Task<ImmutableArray<string>> InstructionsAsync(
        Search<Prompt> view, PromptPart part, string component, ImmutableArray<string> components, ImmutableArray<ImmutableArray<Demonstration>> sets, CancellationToken cancellationToken)
    {
        if (proposer is null || part.Slots.Instruction is null)
        {
            return part.Instructions;
        }

        InstructionWriter writer = new(view, part, proposer, Writing);
        ImmutableArray<string> offered = [.. part.Instructions.Where(writer.IsNew)];
        int count = part.Slots.Demonstrations is null ? N : N / 2;
        string summary = await SummaryAsync(view, part, writer, cancellationToken).ConfigureAwait(false);
        Rng rng = view.SharedStream("tips");
        string?[] written = await writer.WriteAsync(
            [
                .. Enumerable.Range(1, count - 1).Select(i => MiproText.Propose(Writing, part, component, components, summary, Examples(sets[i % sets.Length]), rng.Pick(MiproText.Tips))),
            ],
            cancellationToken).ConfigureAwait(false);
        return [.. offered, .. written.OfType<string>()];

        // Three of the set; where it is empty, three training items.
        ImmutableArray<Demonstration> Examples(ImmutableArray<Demonstration> set) => set.IsEmpty
            ? [.. rng.Choose(part.Train.Length, part.Train.Length).Where(part.CanDemonstrate).Take(3).Select(part.Demonstrate)]
            : [.. set.Take(3)];
    }

    /// <summary>What the proposer notices about the training items: batches of 10, at most 10 of them, until it has said five times that nothing is to be added; then all in a few sentences.</summary>
    private async Task<string> SummaryAsync(Search<Prompt> view, PromptPart part, InstructionWriter writer, CancellationToken cancellationToken)
    {
        if (Writing.Style == WritingStyle.Plain)
        {
            return ""; // a plain model goes on with examples; it cannot be asked about them
        }

        string notes = "";
        int complete = 0;
        foreach (int[] batch in Enumerable.Range(0, part.Train.Length).Where(part.CanDemonstrate).Chunk(10).Take(10))
        {
            string reply = (await writer.AskAsync([MiproText.Observe(part, batch, notes)], cancellationToken).ConfigureAwait(false))[0].Text.Trim();
            if (!reply.StartsWith(MiproText.Complete, StringComparison.OrdinalIgnoreCase))
            {
                notes += (notes.Length > 0 ? "\n" : "") + reply;
            }
            else if (++complete == 5)
            {
                break;
            }
        }

        return notes.Length == 0 ? "" : (await writer.AskAsync([MiproText.Summarise(notes)], cancellationToken).ConfigureAwait(false))[0].Text.Trim();
    }

    // As prompts: two sets of the same demonstrations in the same order are one.
    private static ImmutableArray<ImmutableArray<Demonstration>> Distinct(Search<Prompt> view, IEnumerable<ImmutableArray<Demonstration>> sets) =>
        [.. sets.DistinctBy(s => view.Propose(new Prompt { Demonstrations = s }, "set").Id)];

    private sealed record Lists(string Component, ImmutableArray<string> Instructions, ImmutableArray<ImmutableArray<Demonstration>> Sets);

    /// <summary>A combination that was tried.</summary>
    private sealed class Combination(ImmutableArray<int> x, Candidate<T> candidate)
    {
        public ImmutableArray<int> X => x;

        public Candidate<T> Candidate => candidate;

        /// <summary>Its mean on each of its minibatches.</summary>
        public List<double> Minibatches { get; } = [];

        /// <summary>Its mean on all V, once it is known.</summary>
        public double Mean { get; set; } = double.NegativeInfinity;
    }
}

/// <summary>MIPROv2 on a single prompt. See <see cref="MiproV2{T}"/>.</summary>
/// <param name="proposer">Who writes instructions; none: only those that the user offers.</param>
public sealed class MiproV2(Proposer? proposer = null) : MiproV2<Prompt>(proposer);
