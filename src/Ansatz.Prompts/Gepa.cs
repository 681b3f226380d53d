using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>Which candidate GEPA reflects on next.</summary>
public enum ParentSelection
{
    /// <summary>One that is best on some validation item, drawn in proportion to the number of items: the paper's.</summary>
    Pareto,

    /// <summary>The best mean on validation.</summary>
    CurrentBest,

    /// <summary>The best mean; any other, each equally likely, with a small probability.</summary>
    EpsilonGreedy,

    /// <summary>The last one accepted, which is also what the search ends with: no validation, a few training items decide alone. Shows what the gate is for.</summary>
    LastAccepted,
}

/// <summary>
/// GEPA, genetic-Pareto: a model reads what a candidate did on a few training items and what was said about it, rewrites one of its prompts, and what is better on these
/// items is kept if it is; parents are those that are best on some validation item, and lineages that have learnt different prompts are merged.
/// Agrawal et al. 2025, "GEPA: Reflective Prompt Evolution Can Outperform Reinforcement Learning", arXiv:2507.19457.
/// </summary>
/// <remarks>
/// <para>Symbols: V the validation items, B a minibatch of m training items, i and j two parents of a merge, a an ancestor of both.</para>
/// <para>
/// Follows the reference code in details that the paper leaves open: a pointer a candidate goes round its components and is inherited; a merge is tried only right after an accepted
/// reflection; only accepted merges count towards their limit, but every one tried takes an iteration. Differs from it: all pairs are looked at for a merge, not ten random
/// ones; the limit of merges is never exceeded; nothing is added that the pool holds already; a proposal that is too long or quotes items is refused; a mean of 1 on validation ends the
/// search, since nothing can be better. The meta-prompt's wording is ours.
/// </para>
/// <para>Only instructions are searched: demonstrations and label words stay the user's own. Its budget is 15 to 30 times V, as the authors advise.</para>
/// </remarks>
/// <typeparam name="T">One filling of all components.</typeparam>
/// <param name="proposer">Who reflects.</param>
public class Gepa<T>(Proposer proposer) : Optimizer<T>
{
    private const double Rounding = 1e-9; // equal sums, added in another order, differ by less

    /// <summary>Iterations: reflections, merges tried, and minibatches without a mistake. Default 100.</summary>
    public int Iterations { get; init => field = AtLeast(1, value); } = 100;

    /// <summary>m: training items a reflection. Default 3.</summary>
    public int Minibatch { get; init => field = AtLeast(1, value); } = 3;

    /// <summary>Which candidate is reflected on next.</summary>
    public ParentSelection Selection { get; init; } = ParentSelection.Pareto;

    /// <summary>The probability of a random parent with <see cref="ParentSelection.EpsilonGreedy"/>. Default 0.1.</summary>
    public double Epsilon
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Epsilon));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1, nameof(Epsilon));
            field = value;
        }
    } = 0.1;

    /// <summary>Whether a reflection reads what was said about an answer, or its score alone: an ablation. Default true.</summary>
    public bool WithFeedback { get; init; } = true;

    /// <summary>The most merges that are accepted; 0: no merging. Default 5.</summary>
    public int Merges { get; init => field = AtLeast(0, value); } = 5;

    /// <summary>On how many validation items a merge is tested first. Default 5.</summary>
    public int MergeItems { get; init => field = AtLeast(1, value); } = 5;

    /// <summary>Longer instructions are refused. Default 4,000 characters; the reference code has no limit, and its prompts grow.</summary>
    public int MaxCharacters { get; init => field = AtLeast(1, value); } = 4000;

    /// <summary>The proposer's temperature. Default 1.</summary>
    public float Temperature
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Temperature));
            field = value;
        }
    } = 1;

    /// <summary>The longest reply of the proposer, in tokens. Default 2,048.</summary>
    public int MaxTokens { get; init => field = AtLeast(1, value); } = 2048;

    /// <summary>How the winner is simplified afterwards, where the budget has not ended the search before; <see langword="null"/>: not at all, as in the paper.</summary>
    public Simplification? Simplify { get; init; } = new();

    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "gepa",
        ["proposer"] = proposer.Identity,
        ["iterations"] = Iterations,
        ["minibatch"] = Minibatch,
        ["selection"] = Selection.ToString(),
        ["epsilon"] = Epsilon,
        ["withFeedback"] = WithFeedback,
        ["merges"] = Merges,
        ["mergeItems"] = MergeItems,
        ["maxCharacters"] = MaxCharacters,
        ["temperature"] = Temperature,
        ["maxTokens"] = MaxTokens,
        ["simplify"] = Simplify?.Settings,
    };

    /// <summary>The most rollouts that it asks for: every iteration accepted, and the winner simplified.</summary>
    /// <param name="validation">Number of validation items.</param>
    public long MostRollouts(int validation) => validation + ((long)Iterations * ((2 * Minibatch) + validation)) + ((Simplify?.MaxTries ?? 0L) * validation);

    /// <inheritdoc />
    public override Task SearchAsync(Search<T> search, CancellationToken cancellationToken) => SearchAsync(search, fromYoursAlone: false, cancellationToken);

    /// <summary>The search; or its control, in which every reflection is on the user's own prompts.</summary>
    internal async Task SearchAsync(Search<T> search, bool fromYoursAlone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        PromptComponents<T> part = search.Open as PromptComponents<T>
            ?? throw new ArgumentException("This optimizer searches prompts: the objective's open part must be made of them.", nameof(search));
        string[] open = [.. part.Components.Where(c => part.SlotsOf(c).Instruction is not null)];
        if (open.Length == 0)
        {
            throw new InputException("GEPA writes instructions, but every instruction is closed. Open one at least.");
        }

        bool isGated = Selection != ParentSelection.LastAccepted;
        GepaPool pool = new();
        List<Candidate<T>> candidates = []; // as the pool has them
        Minibatches minibatches = new(part.Scorable(part.Yours), Minibatch, epoch => search.Stream("minibatch", epoch));
        int merges = 0;
        bool isAccepted = false; // by the reflection before
        await AddAsync(search.Propose(part.Yours, "yours"), [], []).ConfigureAwait(false);

        for (int n = 1; n <= Iterations && !IsPerfect() && !search.HasStalled; n++)
        {
            if (isAccepted && merges < Merges && isGated && !fromYoursAlone && pool.NextMerge(search.Stream("merge", n)) is ({ } plan, var texts))
            {
                isAccepted = false;
                if (await MergeAsync(n, plan, texts).ConfigureAwait(false))
                {
                    merges++;
                }

                continue; // an attempted merge ends the iteration
            }

            isAccepted = await ReflectAsync(n).ConfigureAwait(false);
        }

        if (Simplify is not null && isGated && pool.Mean(pool.Best) > double.NegativeInfinity)
        {
            Candidate<T> best = candidates[pool.Best];
            ImmutableArray<Outcome?> outcomes = search.TrialOf(best)!.OutcomesOn(Split.Validation, search.Count(Split.Validation));
            await Simplify.SimplifyAsync(search, new(search.WholeSplit(best, Split.Validation), [.. outcomes.Select(o => o!)], search.Scale), cancellationToken).ConfigureAwait(false);
        }

        async Task<bool> ReflectAsync(int n)
        {
            // parent = ParetoSelect(); B = the next m items; run the parent on B
            int parent = fromYoursAlone ? 0 : Select(pool, search.Stream("parent", n));
            ImmutableArray<int> minibatch = minibatches.Next();
            Block<T> before = (await search.EvaluateAsync([new(candidates[parent], Split.Train, minibatch)], cancellationToken).ConfigureAwait(false))[0];
            if (search.Scale != Scale.Real && before.Outcomes.All(o => o.ScoreOn(search.Scale) >= 1))
            {
                return false; // nothing to learn from
            }

            // Reflect on one component, by round robin.
            string component = open[pool.NextComponent(parent)];
            T value = candidates[parent].Value;
            Prompt prompt = part.Get(value, component);
            (ComponentTrace, string)[] runs =
            [
                .. minibatch.Zip(before.Outcomes, (item, outcome) =>
                {
                    ComponentTrace trace = part.TraceOf(value, component, item, outcome);
                    return (trace, Reflection.Feedback(outcome, trace.RightAnswer, WithFeedback));
                }),
            ];
            ProposerRequest request = new(Reflection.Write(component, part.Components, prompt.Instruction, runs, MaxCharacters), Temperature, TopP: 1, MaxTokens);
            ProposerReply reply = (await search.CallAsync(
                proposer.Calls(request, [n], sample => search.Stream("reflection", sample).Next(int.MaxValue)), Proposer.Codec, cancellationToken).ConfigureAwait(false))[0];
            if (Reflection.Parse(reply) is not { } instruction || instruction.Length > MaxCharacters || part.Leak(instruction) is not null)
            {
                return false;
            }

            Candidate<T> child = search.Propose(
                part.With(value, component, prompt with { Instruction = instruction }),
                string.Create(CultureInfo.InvariantCulture, $"reflection {n}{(open.Length > 1 ? $" on {component}" : "")}"),
                candidates[parent].Id);
            if (pool.Contains(TextsOf(child)))
            {
                return false;
            }

            // Run the child on B; accept iff sum(child) > sum(parent).
            Block<T> after = (await search.EvaluateAsync([new(child, Split.Train, minibatch)], cancellationToken).ConfigureAwait(false))[0];
            if (Scores(after).Sum() <= Scores(before).Sum() + Rounding)
            {
                search.Prune(child);
                return false;
            }

            await AddAsync(child, [parent], []).ConfigureAwait(false);
            return true;
        }

        async Task<bool> MergeAsync(int n, MergePlan plan, ImmutableArray<string> texts)
        {
            T value = part.Yours;
            foreach ((string component, string text) in open.Zip(texts))
            {
                value = part.With(value, component, part.Get(value, component) with { Instruction = text });
            }

            // Accept iff its sum on a few items >= the larger sum of its parents there.
            Candidate<T> child = search.Propose(
                value, string.Create(CultureInfo.InvariantCulture, $"merge {n}"), candidates[plan.First].Id, candidates[plan.Second].Id);
            int[] items = pool.MergeItems(plan, MergeItems, search.Stream("merge items", n));
            Block<T> test = (await search.EvaluateAsync([new(child, Split.Validation, [.. items])], cancellationToken).ConfigureAwait(false))[0];
            double first = items.Sum(v => pool.Scores(plan.First)[v]), second = items.Sum(v => pool.Scores(plan.Second)[v]);
            if (Scores(test).Sum() < Math.Max(first, second) - Rounding)
            {
                search.Prune(child);
                return false;
            }

            await AddAsync(child, [plan.First, plan.Second], [test]).ConfigureAwait(false);
            return true;
        }

        // Run it on what it was not tested on of V, add it to the pool, nominate the best mean.
        async Task AddAsync(Candidate<T> candidate, ImmutableArray<int> parents, ImmutableArray<Block<T>> tested)
        {
            double[] scores = new double[isGated ? search.Count(Split.Validation) : 0];
            ImmutableArray<int> left = [.. Enumerable.Range(0, scores.Length).Except(tested.SelectMany(b => b.Ask.Items))];
            ImmutableArray<Block<T>> rest = left.IsEmpty ? [] : await search.EvaluateAsync([new(candidate, Split.Validation, left)], cancellationToken).ConfigureAwait(false);
            foreach (Block<T> block in tested.Concat(rest))
            {
                foreach ((int item, double score) in block.Ask.Items.Zip(Scores(block)))
                {
                    scores[item] = score;
                }
            }

            pool.Add(TextsOf(candidate), scores, parents);
            candidates.Add(candidate);
            search.Nominate(candidates[isGated ? pool.Best : ^1]);
        }

        ImmutableArray<string> TextsOf(Candidate<T> candidate) => [.. open.Select(c => part.Get(candidate.Value, c).Instruction)];

        bool IsPerfect() => isGated && search.Scale != Scale.Real && pool.Mean(pool.Best) >= 1;
    }

    private int Select(GepaPool pool, Rng rng) => Selection switch
    {
        ParentSelection.Pareto => pool.ParetoSelect(rng),
        ParentSelection.EpsilonGreedy when rng.NextDouble() < Epsilon => rng.Next(pool.Count),
        ParentSelection.LastAccepted => pool.Count - 1,
        _ => pool.Best,
    };

    // On the scale real a rejected outcome has no number: nothing is worse.
    private static double[] Scores(Block<T> block) =>
        [.. block.Outcomes.Select(o => o is Rejected && block.Scale == Scale.Real ? double.NegativeInfinity : o.ScoreOn(block.Scale))];

    private static int AtLeast(int least, int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        return value;
    }
}

/// <summary>GEPA on a single prompt. See <see cref="Gepa{T}"/>.</summary>
/// <param name="proposer">Who reflects.</param>
public sealed class Gepa(Proposer proposer) : Gepa<Prompt>(proposer);

/// <summary>Minibatches of training items, epoch by epoch: shuffled anew, and filled up with the items that were used least.</summary>
internal sealed class Minibatches(ImmutableArray<int> items, int size, Func<int, Rng> chance)
{
    private readonly int _size = Math.Min(size, items.Length);
    private readonly Dictionary<int, int> _uses = items.ToDictionary(i => i, _ => 0);
    private readonly Queue<int> _epoch = [];
    private int _epochs;

    public ImmutableArray<int> Next()
    {
        if (_epoch.Count == 0)
        {
            int[] shuffled = [.. items];
            chance(_epochs++).Shuffle<int>(shuffled);
            foreach (int item in shuffled)
            {
                Use(item);
            }

            while (_epoch.Count % _size is > 0 and int begun)
            {
                Use(shuffled.Except([.. _epoch.TakeLast(begun)]).MinBy(i => _uses[i])); // none twice in one minibatch; MinBy keeps the first of equals
            }
        }

        return [.. Enumerable.Range(0, _size).Select(_ => _epoch.Dequeue())];
    }

    private void Use(int item)
    {
        _epoch.Enqueue(item);
        _uses[item]++;
    }
}
