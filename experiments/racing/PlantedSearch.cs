using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz.Experiments.Racing;

/// <summary>A search without a journal over a <see cref="PlantedWorld"/>, so that the race that is measured is the one that ships. A candidate is its number.</summary>
internal sealed class PlantedSearch(PlantedWorld world, long seed) : Search<int>
{
    private static readonly Outcome Right = new Scored(1), Wrong = new Scored(0);

    public long Rollouts { get; private set; }

    public override OpenPart<int> Open => throw new NotSupportedException();

    public override Scale Scale => Scale.Binary;

    public override IReadOnlyList<Trial<int>> Trials => throw new NotSupportedException();

    public override int Count(Split split) => split == Split.Test ? 0 : world.On(split)[0].Length;

    public override Rng Stream(string purpose, long index = 0) => new(seed, purpose, index);

    public override Rng SharedStream(string purpose, long index = 0) => new(seed, "shared/" + purpose, index);

    public override Candidate<int> Propose(int value, string origin, params ReadOnlySpan<string> parents) =>
        new(value, value.ToString(CultureInfo.InvariantCulture), [.. parents], origin);

    public override Task<ImmutableArray<Block<int>>> EvaluateAsync(IReadOnlyList<Ask<int>> asks, CancellationToken cancellationToken)
    {
        Rollouts += asks.Sum(a => a.Items.Length);
        return Task.FromResult(asks.Select(a => new Block<int>(a, [.. a.Items.Select(i => world.On(a.Split)[a.Candidate.Value][i] ? Right : Wrong)], Scale)).ToImmutableArray());
    }

    public override Task<ImmutableArray<TReply>> CallAsync<TReply>(
        IReadOnlyList<Call<TReply>> calls, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override bool CanSpend(Cost atMost) => true;

    public override void Nominate(Candidate<int> candidate)
    {
    }

    public override void Prune(Candidate<int> candidate)
    {
    }
}
