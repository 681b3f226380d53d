using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>Which training items OPRO shows to the proposer.</summary>
public enum ExemplarChoice
{
    /// <summary>Drawn anew each step: the paper's default.</summary>
    Random,

    /// <summary>Drawn once.</summary>
    Constant,

    /// <summary>Those that most of the instructions now shown got wrong, ties at random. On the scale real only a rejected answer is wrong.</summary>
    MostMissed,

    /// <summary>Any that some instruction ever got wrong, at random.</summary>
    EverMissed,
}

/// <summary>
/// Optimisation by prompting: a model is shown the best instructions so far, each with its score, and asked for a better one.
/// Yang et al. 2023, "Large Language Models as Optimizers", arXiv:2309.03409.
/// </summary>
/// <remarks>
/// <para>Symbols: I an instruction, s(I) its accuracy on all training items, H the history, T steps, k proposals a step, K entries shown, E exemplars.</para>
/// <para>
/// The paper's ablations (section 5.3) are settings: <see cref="Order"/>, <see cref="Display"/>, <see cref="Exemplars"/> and <see cref="ExemplarChoice"/>,
/// <see cref="PerStep"/>, <see cref="Temperature"/>, K = 0; its "one step" is <see cref="OneStep"/>. Where the instruction stands is the template's:
/// <see cref="OproPlacement"/> has the paper's four.
/// </para>
/// <para>
/// Differs from the paper: what goes to the judge is chosen on validation among the best few on train, since the best training score of many is mostly
/// luck; an instruction that quotes training items is refused; one that differs from an earlier one in case, spacing or punctuation alone is not scored
/// again, start instructions included; candidates keep the order of their samples. Items are shown as the solver sees them. The layout for pre-trained
/// models shows K entries, not all, and is primed with the next score. The meta-prompts' wording is ours.
/// </para>
/// <para>Only the instruction is searched: demonstrations and label words stay the user's own. A pruned trial is one that did not reach validation.</para>
/// </remarks>
/// <param name="proposer">Who writes instructions.</param>
public sealed class Opro(Proposer proposer) : Optimizer<Prompt>
{
    /// <summary>T: steps. Default 20; the paper took 200, at 1,600 calls.</summary>
    public int Steps { get; init => field = AtLeast(1, value); } = 20;

    /// <summary>k: proposals a step, each from a call of its own with the same meta-prompt. Default 8.</summary>
    public int PerStep { get; init => field = AtLeast(1, value); } = 8;

    /// <summary>K: how many of the best instructions so far are shown. 0 hides all of them, and the proposer sees the exemplars alone. Default 20.</summary>
    public int Shown { get; init => field = AtLeast(0, value); } = 20;

    /// <summary>In which order they are shown.</summary>
    public HistoryOrder Order { get; init; } = HistoryOrder.Ascending;

    /// <summary>How their scores are shown.</summary>
    public ScoreDisplay Display { get; init; } = ScoreDisplay.Points;

    /// <summary>Instructions with a lower score on train are not shown. Default 0: all may be. The reference code took 0.3 with its chat models as solvers.</summary>
    public double MinScoreShown { get; init => field = Share(value); }

    /// <summary>E: how many training items are shown with their answers; the layout for pre-trained models shows none. Default 3.</summary>
    public int Exemplars { get; init => field = AtLeast(0, value); } = 3;

    /// <summary>Which training items are shown.</summary>
    public ExemplarChoice ExemplarChoice { get; init; } = ExemplarChoice.Random;

    /// <summary>The meta-prompt's layout, by what the proposer is.</summary>
    public OproLayout Layout { get; init; } = OproLayout.Chat;

    /// <summary>τ₀: the proposer's temperature at the first step. Default 1.</summary>
    public float Temperature { get; init => field = NotNegative(value); } = 1;

    /// <summary>τ₁: towards which the temperature moves in a straight line, τ₀ + t/T · (τ₁ − τ₀). Default none: it stays.</summary>
    public float? FinalTemperature { get; init => field = value is { } final ? NotNegative(final) : null; }

    /// <summary>The proposer's top-p. Default 1: all of its distribution, as in the paper; 0.95 keeps a small model from its worst ideas.</summary>
    public float TopP
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(TopP));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1, nameof(TopP));
            field = value;
        }
    } = 1;

    /// <summary>The longest reply of the proposer, in tokens. Default 256.</summary>
    public int MaxTokens { get; init => field = AtLeast(1, value); } = 256;

    /// <summary>Longer instructions are refused. Default 500 characters, as in the reference code.</summary>
    public int MaxCharacters { get; init => field = AtLeast(1, value); } = 500;

    /// <summary>How many instructions, the best on train, go to all validation items. Default 5.</summary>
    public int Finalists { get; init => field = AtLeast(1, value); } = 5;

    /// <summary>What is dropped from the winner afterwards; <see langword="null"/>: nothing.</summary>
    public Simplification? Simplify { get; init; } = new();

    /// <inheritdoc />
    public override JsonObject Settings
    {
        get
        {
            JsonObject settings = new()
            {
                ["use"] = "opro",
                ["proposer"] = proposer.Identity,
                ["steps"] = Steps,
                ["perStep"] = PerStep,
                ["shown"] = Shown,
                ["exemplars"] = Exemplars,
                ["exemplarChoice"] = ExemplarChoice.ToString(),
                ["layout"] = Layout.ToString(),
                ["temperature"] = Temperature,
                ["topP"] = TopP,
                ["maxTokens"] = MaxTokens,
                ["maxCharacters"] = MaxCharacters,
                ["finalists"] = Finalists,
                ["simplify"] = Simplify?.Settings,
            };

            // Absent where they are the paper's, so that studies from before there were these settings go on: their meta-prompts are the same.
            if (Order != HistoryOrder.Ascending)
            {
                settings["order"] = Order.ToString();
            }

            if (Display != ScoreDisplay.Points)
            {
                settings["display"] = Display.ToString();
            }

            if (MinScoreShown > 0)
            {
                settings["minScoreShown"] = MinScoreShown;
            }

            if (FinalTemperature is { } final)
            {
                settings["finalTemperature"] = final;
            }

            return settings;
        }
    }

    /// <summary>COPRO as settings: b = 10 proposals a round, d = 3 rounds, the best 10 shown, no exemplars, temperature 1.4.</summary>
    /// <remarks>
    /// Khattab et al. 2023, arXiv:2310.03714; the optimizer COPRO of stanfordnlp/dspy. Differs from it: a round is ten calls, not one call for ten texts; the
    /// start instructions do not count among the first ten; scores are shown as whole points; the prefix of the output is locked text here and not searched;
    /// one slot, where COPRO goes through a program's predictors in turn; and the winner is chosen on validation.
    /// </remarks>
    /// <param name="proposer">Who writes instructions.</param>
    public static Opro Copro(Proposer proposer) => new(proposer) { Steps = 3, PerStep = 10, Shown = 10, Exemplars = 0, Temperature = 1.4f };

    /// <summary>The most rollouts that it asks for, simplification included.</summary>
    /// <param name="starts">Number of start instructions.</param>
    /// <param name="train">Number of training items.</param>
    /// <param name="validation">Number of validation items.</param>
    public long MostRollouts(int starts, int train, int validation) =>
        ((starts + ((long)Steps * PerStep)) * train) + ((Finalists + (Simplify?.MaxTries ?? 0L)) * validation);

    /// <inheritdoc />
    public override Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken) =>
        SearchAsync(search, historyIsShown: true, cancellationToken);

    /// <summary>The search, with its history shown to the proposer or hidden from it.</summary>
    internal async Task SearchAsync(Search<Prompt> search, bool historyIsShown, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        PromptPart part = PromptPart.Of(search);
        if (part.Slots.Instruction is null)
        {
            throw new InputException("OPRO writes instructions, but the instruction of this prompt is closed. Open it, or search with few-shot search.");
        }

        MetaPrompt metaPrompt = new(Layout)
        {
            Order = Order,
            Display = Display,
            IsReal = search.Scale == Scale.Real,
            BeginsAnswer = part.Template.InstructionBeginsAnswer,
            MaxCharacters = MaxCharacters,
        };
        List<Entry> history = []; // H: every I that was scored, with s(I), in the order in which they came
        HashSet<string> seen = new(StringComparer.Ordinal);
        Entry? best = null;

        // I in starts: H += (I, s(I))
        ImmutableArray<string> starts = [.. part.Instructions.Where(i => seen.Add(Normalised(i)))];
        await ScoreAsync(starts.Select(i => Candidate(i, i == part.Yours.Instruction ? "yours" : "start", []))).ConfigureAwait(false);

        for (int t = 0; t < Steps && !search.HasStalled; t++)
        {
            // M = metaPrompt(the best K of H, worst first; E exemplars). A stable sort: ties keep the order in which they came.
            Entry[] known = historyIsShown ? [.. history] : [.. history.Take(starts.Length)];
            Entry[] shown = InOrder([.. known.Where(IsShown).OrderBy(e => e.Score).TakeLast(Shown)], search.Stream("order", t));
            string text = metaPrompt.Write(
                [.. shown.Select(e => (e.Instruction, e.Score))],
                Layout == OproLayout.Pretrained ? [] : [.. ChooseExemplars(search, t, shown, known, part).Select(Exemplar)]);

            // k independent calls with the same M
            float temperature = FinalTemperature is { } final ? Temperature + (t / (float)Steps * (final - Temperature)) : Temperature;
            ProposerRequest request = new(text, temperature, TopP, MaxTokens, Layout == OproLayout.Pretrained ? "\n" : null);
            ImmutableArray<ProposerReply> replies = await search.CallAsync(
                proposer.Calls(request, Enumerable.Range(t * PerStep, PerStep), sample => search.Stream("proposal", sample).Next(int.MaxValue)),
                Proposer.Codec,
                cancellationToken).ConfigureAwait(false);

            // parse, polish, drop what was seen, what is too long, what gives answers away
            string[] fresh =
            [
                .. replies.Where(r => r.Reaches(metaPrompt.EndMark)).Select(r => metaPrompt.Parse(r.Text)).OfType<string>()
                    .Where(i => i.Length <= MaxCharacters && seen.Add(Normalised(i)) && part.Leak(i) is null),
            ];

            // H += (I, s(I), t)
            string origin = string.Create(CultureInfo.InvariantCulture, $"step {t + 1}");
            await ScoreAsync(fresh.Select(i => Candidate(i, origin, [.. shown.Select(e => e.Block.Ask.Candidate.Id)]))).ConfigureAwait(false);
        }

        await Selection.CrownAsync(search, Selection.Ranked(history.Select(e => e.Block)), Finalists, Simplify, cancellationToken).ConfigureAwait(false);

        Candidate<Prompt> Candidate(string instruction, string origin, string[] parents) =>
            search.Propose(part.Yours with { Instruction = instruction }, origin, parents);

        async Task ScoreAsync(IEnumerable<Candidate<Prompt>> candidates)
        {
            foreach (Block<Prompt> block in await search.EvaluateAsync([.. candidates.Select(c => Selection.OnTrain(part, c))], cancellationToken).ConfigureAwait(false))
            {
                Entry entry = new(block, block.Mean ?? double.NegativeInfinity, Selection.TrainScore(block));
                history.Add(entry);
                best = best is null || entry.TrainScore > best.TrainScore ? entry : best;
            }

            search.Nominate(best!.Block.Ask.Candidate); // a budget that ends the search finds a nomination in place
        }

        (string Problem, string Answer) Exemplar(int item) =>
            (metaPrompt.Problem(part.Template, part.Yours, part.Train[item].Fields), part.Yours.WordingOf(part.Train[item].Answer));
    }

    private Entry[] InOrder(Entry[] ascending, Rng rng)
    {
        if (Order == HistoryOrder.Descending)
        {
            Array.Reverse(ascending);
        }
        else if (Order == HistoryOrder.Random)
        {
            rng.Shuffle<Entry>(ascending);
        }

        return ascending;
    }

    /// <summary>E training items, in order.</summary>
    private int[] ChooseExemplars(
        Search<Prompt> search, int step, Entry[] shown, Entry[] history, PromptPart part)
    {
        ImmutableArray<int> items = part.Scorable(part.Yours);
        Rng rng = search.Stream("exemplars", ExemplarChoice == ExemplarChoice.Constant ? 0 : step);
        int[] shuffled = [.. rng.Choose(items.Length, items.Length).Select(i => items[i])];

        // A stable sort of shuffled items: among equal counts every choice is equally likely.
        IEnumerable<int> chosen = ExemplarChoice switch
        {
            ExemplarChoice.MostMissed => shuffled.OrderByDescending(i => Misses(shown, i)),
            ExemplarChoice.EverMissed => shuffled.OrderByDescending(i => Misses(history, i) > 0),
            _ => shuffled,
        };
        return [.. chosen.Take(Exemplars).Order()];
    }

    private bool IsShown(Entry entry) =>
        entry.Score > double.NegativeInfinity && (MinScoreShown == 0 || entry.Score >= MinScoreShown); // scores on the scale real may all be below 0

    // On the scale real nothing is right or wrong, but for what was rejected.
    private static int Misses(Entry[] entries, int item) => entries.Count(e =>
        e.Block.Ask.Items.IndexOf(item) is >= 0 and int at && (e.Block.Outcomes[at] is Rejected || (e.Block.Scale != Scale.Real && e.Block.Outcomes[at].ScoreOn(e.Block.Scale) < 1)));

    // An empty instruction normalises to itself, and so is never proposed again either.
    private static string Normalised(string instruction) => TextItem.Normalise(instruction);

    private static int AtLeast(int least, int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        return value;
    }

    private static float NotNegative(float value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        return value;
    }

    private static double Share(double value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1, name);
        return value;
    }

    /// <summary>An instruction of the history. <paramref name="Score"/> is s(I), -∞ where a rejected answer leaves it without a number; <paramref name="TrainScore"/> is by what finalists are chosen.</summary>
    private sealed record Entry(Block<Prompt> Block, double Score, double TrainScore)
    {
        public string Instruction => Block.Ask.Candidate.Value.Instruction;
    }
}
