using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz.Experiments.OproPaper;

/// <summary>A search without a journal and a budget: for thousands of runs of a function that costs nothing. Everything else is as in a study.</summary>
internal sealed class UnrecordedSearch<T>(Objective<T> objective, long seed) : Search<T>
{
    private readonly Dictionary<string, Block<T>> _known = [];
    private readonly List<Trial<T>> _trials = [];

    public override OpenPart<T> Open => objective.Open;

    public override Scale Scale => objective.Scale;

    /// <summary>One trial a block, which for a function of one item is one trial a candidate.</summary>
    public override IReadOnlyList<Trial<T>> Trials => _trials;

    public override int Count(Split split) => split == Split.Test ? 0 : objective.Count(split);

    public override Rng Stream(string purpose, long index = 0) => new(seed, purpose, index);

    public override Rng SharedStream(string purpose, long index = 0) => new(seed, "shared/" + purpose, index);

    public override Candidate<T> Propose(T value, string origin, params ReadOnlySpan<string> parents) =>
        new(value, ContentHash.Of(JsonSerializer.Serialize(value, objective.Codec)), [.. parents], origin);

    public override async Task<ImmutableArray<Block<T>>> EvaluateAsync(IReadOnlyList<Ask<T>> asks, CancellationToken cancellationToken)
    {
        Block<T>[] blocks = new Block<T>[asks.Count];
        for (int i = 0; i < blocks.Length; i++)
        {
            string identity = asks[i].Identity;
            if (!_known.TryGetValue(identity, out Block<T>? block))
            {
                block = new(asks[i], await objective.EvaluateAsync(asks[i], Replies.None, cancellationToken), Scale);
                _known.Add(identity, block);
                _trials.Add(new(_trials.Count, asks[i].Candidate, TrialState.Completed, [block]));
            }

            blocks[i] = block;
        }

        return [.. blocks];
    }

    public override async Task<ImmutableArray<TReply>> CallAsync<TReply>(
        IReadOnlyList<Call<TReply>> calls, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken)
    {
        TReply[] replies = new TReply[calls.Count];
        for (int i = 0; i < replies.Length; i++)
        {
            replies[i] = (await calls[i].MakeAsync(cancellationToken)).Reply;
        }

        return [.. replies];
    }

    public override bool CanSpend(Cost atMost) => true;

    public override void Nominate(Candidate<T> candidate)
    {
    }

    public override void Prune(Candidate<T> candidate)
    {
    }
}
