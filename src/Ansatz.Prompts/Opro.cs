using System.Collections.Immutable;
using System.Globalization;
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

    /// <summary>Those that most of the instructions now shown got wrong, ties at random.</summary>
    MostMissed,

    /// <summary>Any that some instruction ever got wrong, at random.</summary>
    EverMissed,
}

/// <summary>
/// Optimisation by prompting: a model is shown the best instructions so far, each with its score, and asked for a better one.
/// Yang et al. 2023, "Large Language Models as Optimizers", arXiv:2309.03409.
/// </summary>
/// <remarks>
/// <para>Symbols: I an instruction, s(I) its accuracy on all training items, T steps, k proposals a step, K entries shown, E exemplars.</para>
/// <para>
/// Differs from the paper: what goes to the judge is chosen on validation among the best few on train, since the best training score of many is mostly
/// luck; an instruction that quotes training items is refused; one that differs from an earlier one in case, spacing or punctuation alone is not scored
/// again, start instructions included; candidates keep the order of their samples. No score threshold, no temperature schedule. The meta-prompts' wording is ours.
/// </para>
/// <para>Only the instruction is searched: demonstrations and label words stay the user's own.</para>
/// </remarks>
/// <param name="proposer">Who writes instructions.</param>
public sealed class Opro(Proposer proposer) : Optimizer<Prompt>
{
    /// <summary>T: steps. Default 20; the paper took 200, at 1,600 calls.</summary>
    public int Steps { get; init => field = AtLeast(1, value); } = 20;

    /// <summary>k: proposals a step, each from a call of its own with the same meta-prompt. Default 8.</summary>
    public int PerStep { get; init => field = AtLeast(1, value); } = 8;

    /// <summary>K: how many of the best instructions so far are shown. Default 20.</summary>
    public int Shown { get; init => field = AtLeast(1, value); } = 20;

    /// <summary>E: how many training items are shown with their answers; the layout for pre-trained models shows none. Default 3.</summary>
    public int Exemplars { get; init => field = AtLeast(0, value); } = 3;

    /// <summary>Which training items are shown.</summary>
    public ExemplarChoice ExemplarChoice { get; init; } = ExemplarChoice.Random;

    /// <summary>The meta-prompt's layout, by what the proposer is.</summary>
    public OproLayout Layout { get; init; } = OproLayout.Chat;

    /// <summary>The proposer's temperature. Default 1.</summary>
    public float Temperature
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 1;

    /// <summary>The proposer's top-p. Default 1: all of its distribution, as in the paper; 0.95 keeps a small model from its worst ideas.</summary>
    public float TopP
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
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
    public override JsonObject Settings => new()
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

        List<Block<Prompt>> history = []; // H: every I that was scored, with s(I), in the order in which they came
        HashSet<string> seen = new(StringComparer.Ordinal);

        // I in starts: H += (I, s(I))
        ImmutableArray<string> starts = [.. part.Instructions.Where(i => seen.Add(Normalised(i)))];
        await ScoreAsync(starts.Select(i => Candidate(i, i == part.Yours.Instruction ? "yours" : "start", []))).ConfigureAwait(false);

        for (int t = 0; t < Steps; t++)
        {
            // M = metaPrompt(the best K of H, worst first; E exemplars). A stable sort: ties keep the order in which they came.
            IEnumerable<Block<Prompt>> known = historyIsShown ? history : history.Take(starts.Length);
            Block<Prompt>[] shown = [.. known.OrderBy(b => b.Mean).TakeLast(Shown)];
            string metaPrompt = MetaPrompt.Write(
                Layout,
                [.. shown.Select(b => (b.Ask.Candidate.Value.Instruction, b.Mean ?? 0))],
                Layout == OproLayout.Pretrained ? [] : [.. ChooseExemplars(search, t, shown, known, part).Select(i => Exemplar(part, i))],
                MaxCharacters);

            // k independent calls with the same M
            ProposerRequest request = new(metaPrompt, Temperature, TopP, MaxTokens, Layout == OproLayout.Pretrained ? "\n" : null);
            ImmutableArray<ProposerReply> replies = await search.CallAsync(
                proposer.Calls(request, Enumerable.Range(t * PerStep, PerStep), sample => search.Stream("proposal", sample).Next(int.MaxValue)),
                ProposerJson.Default.ProposerReply,
                cancellationToken).ConfigureAwait(false);

            // parse, polish, drop what was seen, what is too long, what gives answers away
            string[] fresh =
            [
                .. replies.Select(r => MetaPrompt.Parse(Layout, r.Text)).OfType<string>()
                    .Where(i => i.Length <= MaxCharacters && seen.Add(Normalised(i)) && part.Leak(i) is null),
            ];

            // H += (I, s(I), t)
            string origin = string.Create(CultureInfo.InvariantCulture, $"step {t + 1}");
            await ScoreAsync(fresh.Select(i => Candidate(i, origin, [.. shown.Select(b => b.Ask.Candidate.Id)]))).ConfigureAwait(false);
        }

        await Selection.CrownAsync(search, Selection.Ranked(history), Finalists, Simplify, cancellationToken).ConfigureAwait(false);

        Candidate<Prompt> Candidate(string instruction, string origin, string[] parents) =>
            search.Propose(part.Yours with { Instruction = instruction }, origin, parents);

        async Task ScoreAsync(IEnumerable<Candidate<Prompt>> candidates)
        {
            history.AddRange(await search.EvaluateAsync([.. candidates.Select(c => Selection.OnTrain(part, c))], cancellationToken).ConfigureAwait(false));
            search.Nominate(Selection.Ranked(history)[0].Ask.Candidate); // a budget that ends the search finds a nomination in place
        }
    }

    /// <summary>E training items, in order.</summary>
    private int[] ChooseExemplars(
        Search<Prompt> search, int step, IEnumerable<Block<Prompt>> shown, IEnumerable<Block<Prompt>> history, PromptPart part)
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

    private static int Misses(IEnumerable<Block<Prompt>> blocks, int item) =>
        blocks.Count(b => b.Ask.Items.IndexOf(item) is >= 0 and int at && b.Outcomes[at].ScoreOn(b.Scale) < 1);

    private static (string Problem, string Answer) Exemplar(PromptPart part, int item) =>
        (MetaPrompt.Problem(part.Template, part.Yours, part.Train[item].Fields), part.Yours.WordingOf(part.Train[item].Answer));

    // An empty instruction normalises to itself, and so is never proposed again either.
    private static string Normalised(string instruction) => TextItem.Normalise(instruction);

    private static int AtLeast(int least, int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least);
        return value;
    }
}
