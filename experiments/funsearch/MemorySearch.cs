using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Programs;

namespace Ansatz.Experiments.ProgramSearch;

/// <summary>A search without a journal, for objectives that have no inputs but those they are searched on: it keeps the scores on the last input, which is the one that counts, and the best program by them.</summary>
internal sealed class MemorySearch(Objective<ProgramSource> objective, long seed, string arm, List<double> curve) : Search<ProgramSource>
{
    public double BestScore { get; private set; } = double.NegativeInfinity;

    public ProgramSource Best { get; private set; } = objective.Open.Yours;

    public override OpenPart<ProgramSource> Open => objective.Open;

    public override Scale Scale => objective.Scale;

    public override IReadOnlyList<Trial<ProgramSource>> Trials => throw new NotSupportedException("Nothing is kept of a trial but its score.");

    public override int Count(Split split) => split == Split.Test ? 0 : objective.Count(split);

    public override Rng Stream(string purpose, long index = 0) => new(seed, $"{arm}/{purpose}", index);

    public override Rng SharedStream(string purpose, long index = 0) => new(seed, purpose, index);

    public override Candidate<ProgramSource> Propose(ProgramSource value, string origin, params ReadOnlySpan<string> parents) => new(value, ContentHash.Of(value.Text), [.. parents], origin);

    public override async Task<ImmutableArray<Block<ProgramSource>>> EvaluateAsync(IReadOnlyList<Ask<ProgramSource>> asks, CancellationToken cancellationToken)
    {
        Block<ProgramSource>[] blocks = new Block<ProgramSource>[asks.Count];
        await Parallel.ForAsync(0, asks.Count, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken }, async (i, token) =>
            blocks[i] = new(asks[i], await objective.EvaluateAsync(asks[i], Replies.None, token), objective.Scale));
        foreach (Block<ProgramSource> block in blocks)
        {
            if (block.Outcomes[^1] is Scored scored && scored.Score > BestScore)
            {
                (BestScore, Best) = (scored.Score, block.Ask.Candidate.Value);
            }

            curve.Add(BestScore);
        }

        return [.. blocks];
    }

    public override Task<ImmutableArray<TReply>> CallAsync<TReply>(IReadOnlyList<Call<TReply>> calls, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken) =>
        throw new NotSupportedException("There is no model here.");

    public override bool CanSpend(Cost atMost) => true;

    public override void Nominate(Candidate<ProgramSource> candidate)
    {
    }

    public override void Prune(Candidate<ProgramSource> candidate)
    {
    }
}
