using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz.Prompts;

/// <summary>
/// Coordinate search: lets an optimizer of single prompts search one component after the other, with all others held at the best filling so far.
/// In rounds, on one budget.
/// </summary>
/// <typeparam name="T">One filling of all components.</typeparam>
/// <remarks>
/// <para>
/// This is how COPRO treats several prompts (Khattab et al. 2023, "DSPy", arXiv:2310.03714). Differs from it: the components take turns, each turn a whole search; and what a
/// turn nominates is taken only if its mean over all validation items is better than that of the filling before.
/// </para>
/// <para>
/// Where the optimizer shows training items, it shows them as the component sees them under the filling held: with what earlier components wrote. Their answers are those of the
/// whole system, since the data have no others; as demonstrations they show in a middle component what that wrote where the whole was right.
/// </para>
/// </remarks>
/// <param name="inner">Searches one component. It nominates its winner.</param>
public sealed class CoordinateSearch<T>(Optimizer<Prompt> inner) : Optimizer<T>
{
    /// <summary>How often every component has its turn. Default 1.</summary>
    public int Rounds
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Rounds));
            field = value;
        }
    } = 1;

    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = "coordinate-search", ["of"] = inner.Settings, ["rounds"] = Rounds };

    /// <summary>What searches one component.</summary>
    public Optimizer<Prompt> Inner => inner;

    /// <summary>The most rollouts that it asks for.</summary>
    /// <param name="turns">The most that the search of each open component asks for.</param>
    /// <param name="train">Number of training items.</param>
    /// <param name="validation">Number of validation items.</param>
    public long MostRollouts(IEnumerable<long> turns, int train, int validation) => Rounds * turns.Sum(t => t + train + (2L * validation));

    /// <inheritdoc />
    public override async Task SearchAsync(Search<T> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        PromptComponents<T> part = search.Open as PromptComponents<T>
            ?? throw new ArgumentException("This optimizer searches prompts: the objective's open part must be made of them.", nameof(search));
        string[] open = [.. part.Components.Where(c => !part.SlotsOf(c).IsClosed)];
        if (open.Length == 0)
        {
            throw new InputException("Every component is closed, so there is nothing to search. Open the instruction of one at least.");
        }

        Candidate<T> held = search.Propose(part.Yours, "yours");
        search.Nominate(held);
        for (int turn = 0; turn < Rounds * open.Length && !search.HasStalled; turn++)
        {
            // What every component writes under the filling that is held: the inner search asks for the same block again, and gets it from memory.
            Outcome?[] outcomes = await ComponentSearch<T>.OnTrainAsync(search, part, held, cancellationToken).ConfigureAwait(false);
            string component = open[turn % open.Length];
            ComponentSearch<T> view = new(
                search, part, part.PartOf(held.Value, component, outcomes), held, component, string.Create(CultureInfo.InvariantCulture, $"turn {turn}/"), isFirst: turn == 0);
            await inner.SearchAsync(view, cancellationToken).ConfigureAwait(false);
            if (view.Nominee is { } nominee)
            {
                ImmutableArray<Block<T>> both = await search.EvaluateAsync(
                    [search.WholeSplit(held, Split.Validation), search.WholeSplit(nominee, Split.Validation)], cancellationToken).ConfigureAwait(false);
                held = both[1].Mean > both[0].Mean ? nominee : held;
            }

            search.Nominate(held);
        }
    }
}

/// <summary>A search of whole fillings, shown as a search of the prompts of one component.</summary>
/// <param name="inner">The search of fillings.</param>
/// <param name="part">Its open part.</param>
/// <param name="view">The component as an open part of its own.</param>
/// <param name="held">The filling in which the component is searched.</param>
/// <param name="component">The component.</param>
/// <param name="prefix">What tells its chance from that of other such searches.</param>
/// <param name="isFirst">Whether nothing better than the user's own is known yet: only then does a nomination in the middle of a turn stand if the budget ends the search.</param>
internal sealed class ComponentSearch<T>(
    Search<T> inner, PromptComponents<T> part, PromptPart view, Candidate<T> held, string component, string prefix, bool isFirst) : Search<Prompt>
{
    private readonly Dictionary<string, (Candidate<T> Whole, Candidate<Prompt> Prompt)> _known = []; // by id, which both have in common

    /// <summary>What a filling gives on the training items, by item; null where it may not be scored.</summary>
    public static async Task<Outcome?[]> OnTrainAsync(Search<T> search, PromptComponents<T> part, Candidate<T> filling, CancellationToken cancellationToken)
    {
        Block<T> block = (await search.EvaluateAsync([new(filling, Split.Train, part.Scorable(filling.Value))], cancellationToken).ConfigureAwait(false))[0];
        Outcome?[] outcomes = new Outcome?[search.Count(Split.Train)];
        for (int i = 0; i < block.Outcomes.Length; i++)
        {
            outcomes[block.Ask.Items[i]] = block.Outcomes[i];
        }

        return outcomes;
    }

    /// <summary>The last filling nominated.</summary>
    public Candidate<T>? Nominee { get; private set; }

    public override OpenPart<Prompt> Open => view;

    public override Scale Scale => inner.Scale;

    public override IReadOnlyList<Trial<Prompt>> Trials =>
        [.. inner.Trials.Where(t => _known.ContainsKey(t.Candidate.Id)).Select((t, n) => new Trial<Prompt>(n, _known[t.Candidate.Id].Prompt, t.State, [.. t.Blocks.Select(Shown)]))];

    public override int Count(Split split) => inner.Count(split);

    public override Rng Stream(string purpose, long index = 0) => inner.Stream(prefix + purpose, index);

    public override Rng SharedStream(string purpose, long index = 0) => inner.SharedStream(prefix + purpose, index);

    public override Candidate<Prompt> Propose(Prompt value, string origin, params ReadOnlySpan<string> parents)
    {
        Candidate<T> whole = inner.Propose(part.With(held.Value, component, value), $"{component}: {origin}", parents.IsEmpty ? [held.Id] : parents);
        whole = whole.Id == held.Id ? held : whole;
        return _known.TryGetValue(whole.Id, out (Candidate<T> Whole, Candidate<Prompt> Prompt) known)
            ? known.Prompt
            : (_known[whole.Id] = (whole, new(value, whole.Id, whole.Parents, origin))).Prompt;
    }

    public override async Task<ImmutableArray<Block<Prompt>>> EvaluateAsync(IReadOnlyList<Ask<Prompt>> asks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(asks);
        ImmutableArray<Block<T>> blocks = await inner.EvaluateAsync(
            [.. asks.Select(a => new Ask<T>(_known[a.Candidate.Id].Whole, a.Split, a.Items, a.Sample))], cancellationToken).ConfigureAwait(false);
        return [.. blocks.Select(Shown)];
    }

    public override Task<ImmutableArray<TReply>> CallAsync<TReply>(
        IReadOnlyList<Call<TReply>> calls, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken) => inner.CallAsync(calls, codec, cancellationToken);

    public override bool CanSpend(Cost atMost) => inner.CanSpend(atMost);

    public override bool HasStalled => inner.HasStalled;

    public override void Nominate(Candidate<Prompt> candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        Nominee = _known[candidate.Id].Whole;
        if (isFirst)
        {
            inner.Nominate(Nominee);
        }
    }

    public override void Prune(Candidate<Prompt> candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        inner.Prune(_known[candidate.Id].Whole);
    }

    private Block<Prompt> Shown(Block<T> block) =>
        new(new(_known[block.Ask.Candidate.Id].Prompt, block.Ask.Split, block.Ask.Items, block.Ask.Sample), block.Outcomes, block.Scale);
}
