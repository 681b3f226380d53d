using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>How much a <see cref="MiproV2"/> tries: the reference's presets.</summary>
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
/// Instructions and sets of demonstrations together: both are made beforehand, and a Bayesian search finds the pair that works.
/// Opsahl-Ong et al. 2024, "Optimizing Instructions and Demonstrations for Multi-Stage Language Model Programs" (MIPRO), arXiv:2406.11695, as DSPy's MIPROv2.
/// </summary>
/// <remarks>
/// <para>
/// Symbols: n by size; n sets of demonstrations; n/2 instructions (n where demonstrations are closed); T = ⌊max(2 v log₂ n, 1.5 n)⌋ trials, v the number of open variables; V validation
/// items; m items in a minibatch.
/// </para>
/// <para>
/// Each trial scores a pair on a minibatch of validation items. After every 5 trials, and at the end, the pair with the best mean over its minibatches that has not been scored on all V is, and
/// its mean is told to the search as one more trial. The best mean on all V wins. Where V is at most 50 every trial is on all of them.
/// </para>
/// <para>
/// Differs from the reference: the five trials between two full evaluations share one minibatch, since scores on different items cannot be compared; an item that a pair has been scored on
/// is not asked again; instructions that the user offers are candidates too; there is no program to describe, so the proposer sees the template instead; a written instruction that quotes
/// items is refused; the teacher answers every training item once. V is not capped: validation is what the user gave. The prompts' wording is ours.
/// </para>
/// <para>
/// Search control, <see cref="Control"/>: random pairs, as many trials on the same minibatches, scored and chosen alike. Its lists are made from the same draws and the same calls of the proposer, seeds included, so they are the search's
/// own where equal calls get equal answers. Instruction and demonstrations are searched, as far as they are open; label words
/// stay the user's own. A pruned trial is a pair that was scored on minibatches alone, or a teacher.
/// </para>
/// </remarks>
/// <param name="proposer">Who writes instructions; none: only those that the user offers.</param>
public sealed class MiproV2(Proposer? proposer = null) : Optimizer<Prompt>
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
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 35;

    /// <summary>The most bootstrapped demonstrations in a set. Default 4.</summary>
    public int MaxBootstrapped
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 4;

    /// <summary>The score from which an answer of the teacher is right. Default 1.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>How the proposer is asked. Default: as a chat model, at temperature 1.</summary>
    public Writing Writing { get; init; } = new();

    /// <summary>Settings of the search over pairs.</summary>
    public TpeSettings Tpe { get; init; } = new();

    /// <summary>What is dropped from the winner afterwards; <see langword="null"/>: nothing.</summary>
    public Simplification? Simplify { get; init; } = new();

    /// <summary>The search control: random pairs.</summary>
    public SearchControl Control => new("random-pairs", this, (search, token) => SearchAsync(search, learns: false, token));

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

    /// <summary>T, by the number of open variables: 1 or 2.</summary>
    public int Trials(int variables)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(variables);
        return (int)Math.Max(2 * variables * Math.Log2(N), 1.5 * N);
    }

    /// <summary>The most rollouts that it asks for, simplification included.</summary>
    public long MostRollouts(int train, int validation)
    {
        int trials = Trials(2);
        int full = 1 + ((trials + FullEvery - 1) / FullEvery); // yours, one every five trials, and one at the end
        long minibatches = validation <= SmallValidation ? (long)trials * validation : (long)trials * Math.Min(Minibatch, validation);
        return train + minibatches + ((full + (Simplify?.MaxTries ?? 0L)) * validation);
    }

    /// <inheritdoc />
    public override Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken) => SearchAsync(search, learns: true, cancellationToken);

    private async Task SearchAsync(Search<Prompt> search, bool learns, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        PromptPart part = PromptPart.Of(search);
        if (part.Slots is { Instruction: null, Demonstrations: null })
        {
            throw new InputException("MIPROv2 chooses instructions and demonstrations, but both are closed. Open one of them.");
        }

        Candidate<Prompt> yours = search.Propose(part.Yours, "yours");
        search.Nominate(yours);

        // Step 1: sets of demonstrations. Step 2: instructions, each grounded in one of the sets. The first of either list is the user's own.
        ImmutableArray<ImmutableArray<Demonstration>> sets = [part.Yours.Demonstrations];
        if (part.Slots.Demonstrations is { } slot)
        {
            sets = Distinct(
                search,
                [part.Yours.Demonstrations, .. (await DemonstrationSets.MakeAsync(search, slot, N, MaxBootstrapped, Threshold, cancellationToken).ConfigureAwait(false)).Select(s => s.Demonstrations)]);
        }

        ImmutableArray<string> instructions = await InstructionsAsync(search, part, sets, cancellationToken).ConfigureAwait(false);
        if (sets.Length * instructions.Length == 1)
        {
            if (proposer is null)
            {
                throw new InputException("MIPROv2 has nothing to choose from: open the demonstrations, or the instruction with options or a proposer.");
            }

            return; // no proposal was of any use: yours is the only pair
        }

        // Step 3: search over (instruction, set).
        CategoricalTpe tpe = new([instructions.Length, sets.Length], Tpe);
        int validation = search.Count(Split.Validation);
        int trials = Trials(part.Slots.Demonstrations is null || part.Slots.Instruction is null ? 1 : 2);
        bool usesMinibatches = validation > SmallValidation && Minibatch < validation;
        OrderedDictionary<(int, int), List<double>> minibatches = []; // means of each pair, by minibatch
        OrderedDictionary<(int, int), double> full = []; // mean on all V
        int[] all = [.. Enumerable.Range(0, validation)];
        int[] items = all;

        await FullAsync((0, 0)).ConfigureAwait(false);
        for (int t = 1; t <= trials; t++)
        {
            ImmutableArray<int> x = learns ? tpe.Ask(search.Stream("tpe", t)) : [search.Stream("pair", t).Next(instructions.Length), search.Stream("pair/set", t).Next(sets.Length)];
            (int, int) pair = (x[0], x[1]);
            if (!usesMinibatches)
            {
                await FullAsync(pair).ConfigureAwait(false);
                continue;
            }

            if ((t - 1) % FullEvery == 0)
            {
                items = [.. search.SharedStream("minibatch", t).Choose(Minibatch, validation).Order()];
            }

            double mean = await MeanAsync(pair, items, string.Create(CultureInfo.InvariantCulture, $"trial {t}")).ConfigureAwait(false);
            if (!minibatches.TryAdd(pair, [mean]))
            {
                minibatches[pair].Add(mean);
            }

            tpe.Tell(x, mean);
            if (t % FullEvery == 0 || t == trials)
            {
                (int, int)[] open = [.. minibatches.Where(p => !full.ContainsKey(p.Key) && p.Value.Average() > double.NegativeInfinity).OrderByDescending(p => p.Value.Average()).Select(p => p.Key)];
                if (open.Length > 0)
                {
                    await FullAsync(open[0]).ConfigureAwait(false);
                }
            }
        }

        foreach (Trial<Prompt> trial in search.Trials.Where(t => t.State == TrialState.Running))
        {
            search.Prune(trial.Candidate);
        }

        (int, int) best = full.MaxBy(p => p.Value).Key; // the first of equals
        await Selection.FinishAsync(search, Whole(Candidate(best, "")), Simplify, cancellationToken).ConfigureAwait(false);

        async Task FullAsync((int, int) pair)
        {
            double mean = await MeanAsync(pair, all, "full").ConfigureAwait(false);
            full[pair] = mean;
            tpe.Tell([pair.Item1, pair.Item2], mean);
            search.Nominate(Candidate(full.MaxBy(p => p.Value).Key, "full"));
        }

        // Asks for the items that are not known yet. -∞ where one was rejected on the scale real: such a pair is never promoted.
        async Task<double> MeanAsync((int, int) pair, int[] wanted, string origin)
        {
            Candidate<Prompt> candidate = Candidate(pair, origin);
            ImmutableArray<Outcome?> known = Known(candidate);
            ImmutableArray<int> missing = [.. wanted.Where(i => known[i] is null)];
            if (!missing.IsEmpty)
            {
                await search.EvaluateAsync([new(candidate, Split.Validation, missing)], cancellationToken).ConfigureAwait(false);
                known = Known(candidate);
            }

            return wanted.Select(i => known[i]!).ToImmutableArray().MeanScore(search.Scale) ?? double.NegativeInfinity;
        }

        ImmutableArray<Outcome?> Known(Candidate<Prompt> candidate) =>
            search.Trials.FirstOrDefault(t => t.Candidate.Id == candidate.Id)?.OutcomesOn(Split.Validation, validation) ?? [.. new Outcome?[validation]];

        Block<Prompt> Whole(Candidate<Prompt> candidate) =>
            new(search.WholeSplit(candidate, Split.Validation), [.. Known(candidate).Select(o => o!)], search.Scale);

        Candidate<Prompt> Candidate((int Instruction, int Set) pair, string origin) => pair == (0, 0)
            ? yours
            : search.Propose(part.Yours with { Instruction = instructions[pair.Instruction], Demonstrations = sets[pair.Set] }, origin);
    }

    /// <summary>The user's own instruction, those that the user offers, and what the proposer writes.</summary>
    private async Task<ImmutableArray<string>> InstructionsAsync(
        Search<Prompt> search, PromptPart part, ImmutableArray<ImmutableArray<Demonstration>> sets, CancellationToken cancellationToken)
    {
        if (proposer is null || part.Slots.Instruction is null)
        {
            return part.Instructions;
        }

        InstructionWriter writer = new(search, part, proposer, Writing);
        ImmutableArray<string> offered = [.. part.Instructions.Where(writer.IsNew)];
        int count = part.Slots.Demonstrations is null ? N : N / 2;
        string summary = await SummaryAsync(search, part, writer, cancellationToken).ConfigureAwait(false);
        Rng rng = search.SharedStream("tips");
        string?[] written = await writer.WriteAsync(
            [
                .. Enumerable.Range(1, count - 1).Select(i => MiproText.Propose(Writing, part, summary, Examples(sets[i % sets.Length]), rng.Pick(MiproText.Tips))),
            ],
            cancellationToken).ConfigureAwait(false);
        return [.. offered, .. written.OfType<string>()];

        // Three of the set; where it is empty, three training items.
        ImmutableArray<Demonstration> Examples(ImmutableArray<Demonstration> set) => set.IsEmpty
            ? [.. rng.Choose(part.Train.Length, part.Train.Length).Where(part.CanDemonstrate).Take(3).Select(part.Demonstrate)]
            : [.. set.Take(3)];
    }

    /// <summary>What the proposer notices about the training items: batches of 10, at most 10 of them, until it has said five times that nothing is to be added; then all in a few sentences.</summary>
    private async Task<string> SummaryAsync(Search<Prompt> search, PromptPart part, InstructionWriter writer, CancellationToken cancellationToken)
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
    private static ImmutableArray<ImmutableArray<Demonstration>> Distinct(Search<Prompt> search, IEnumerable<ImmutableArray<Demonstration>> sets) =>
        [.. sets.DistinctBy(s => search.Propose(new Prompt { Demonstrations = s }, "set").Id)];
}
