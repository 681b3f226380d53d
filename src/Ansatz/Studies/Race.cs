using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz;

/// <summary>
/// A race: chooses the best of many candidates on validation without asking every candidate for every item. All are asked for a block of items; who is clearly behind the leader
/// drops out; the others are asked for the next block, and so on, until whoever is left has all items.
/// Birattari et al. 2002, "A Racing Algorithm for Configuring Metaheuristics", with a t-race in the place of its rank test; Maron and Moore 1993, "Hoeffding Races".
/// </summary>
/// <remarks>
/// <para>
/// After each block, with d_i = (the leader's score on item i) − (the candidate's), over the n items so far: out is who has mean(d) &gt; z · s(d) / √n. The comparison is paired, item by
/// item, since candidates tend to fail on the same items, and what they have in common says nothing about which is better. So blocks are the same for all that are left.
/// </para>
/// <para>
/// z is a dial, not a test's level: many candidates are compared many times, and an error costs little where it is made, between candidates that are nearly as good. How many rollouts a
/// race takes depends on how far the candidates lie apart: docs/racing.md has the measurement, also against successive halving. Who drops out depends on settings and answers alone,
/// never on a budget or on the order of arrival.
/// </para>
/// </remarks>
public sealed record Race
{
    /// <summary>Items in a block. Default 20. The last block has what remains.</summary>
    public int BlockItems
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2, nameof(BlockItems));
            field = value;
        }
    } = 20;

    /// <summary>z: how many standard errors behind the leader a candidate drops out. Default 1.5; fewer is bolder.</summary>
    public double StandardErrors
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(StandardErrors));
            field = value;
        }
    } = 1.5;

    /// <summary>The settings, whole.</summary>
    public JsonObject Settings => new() { ["use"] = "race", ["blockItems"] = BlockItems, ["standardErrors"] = StandardErrors };

    /// <summary>Runs a race on the validation items. Losers are pruned, whoever leads is nominated after each block.</summary>
    /// <typeparam name="T">The type of the open part.</typeparam>
    /// <param name="search">The search that asks.</param>
    /// <param name="candidates">Different candidates, the most promising first: ties go to the earlier.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Those that never dropped out, best first, each with its outcomes on all validation items, in order.</returns>
    public async Task<ImmutableArray<Block<T>>> RunAsync<T>(
        Search<T> search, IReadOnlyList<Candidate<T>> candidates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentOutOfRangeException.ThrowIfZero(candidates.Count, nameof(candidates));
        int items = search.Count(Split.Validation);

        // Drawn, since the items may stand in the order of their labels.
        ImmutableArray<int>[] blocks = [.. search.Stream("race").Choose(items, items).Chunk(BlockItems).Select(b => b.Order().ToImmutableArray())];
        search.Nominate(candidates[0]); // a budget that ends the race finds someone in place
        Racer<T>[] left = [.. candidates.Select(c => new Racer<T>(c))];
        for (int b = 0; b < blocks.Length;)
        {
            // Who runs alone needs nobody to wait for: all its blocks at once.
            int rounds = left.Length == 1 ? blocks.Length - b : 1;
            Ask<T>[] asks = [.. left.SelectMany(r => blocks[b..(b + rounds)].Select(block => new Ask<T>(r.Candidate, Split.Validation, block)))];
            ImmutableArray<Block<T>> answers = await search.EvaluateAsync(asks, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < answers.Length; i++)
            {
                left[i / rounds].Outcomes.AddRange(answers[i].Outcomes);
            }

            b += rounds;
            left = [.. left.OrderByDescending(r => r.Mean(search.Scale))]; // a stable sort, and no number comes last
            search.Nominate(left[0].Candidate);
            if (b < blocks.Length)
            {
                foreach (Racer<T> loser in left.Where(r => IsBehind(left[0], r, search.Scale)))
                {
                    search.Prune(loser.Candidate);
                }

                left = [.. left.Where(r => !IsBehind(left[0], r, search.Scale))];
            }
        }

        int[] order = [.. blocks.SelectMany(b => b)]; // the order in which items were asked
        return [.. left.Select(r => new Block<T>(search.WholeSplit(r.Candidate, Split.Validation), InOrder(r.Outcomes), search.Scale))];

        ImmutableArray<Outcome> InOrder(List<Outcome> outcomes) => [.. order.Zip(outcomes).OrderBy(p => p.First).Select(p => p.Second)];
    }

    private bool IsBehind<T>(Racer<T> leader, Racer<T> other, Scale scale)
    {
        if (other.Mean(scale) is null)
        {
            return leader.Mean(scale) is not null; // rejected on the scale real: it could not be crowned
        }

        double[] d = [.. leader.Outcomes.Zip(other.Outcomes, (l, o) => l.ScoreOn(scale) - o.ScoreOn(scale))];
        double mean = d.Average();
        double s = Math.Sqrt(d.Sum(x => (x - mean) * (x - mean)) / (d.Length - 1));
        return mean > 0 && mean > StandardErrors * s / Math.Sqrt(d.Length);
    }

    /// <summary>A candidate with its outcomes, in the order in which the items were asked.</summary>
    private sealed class Racer<T>(Candidate<T> candidate)
    {
        public Candidate<T> Candidate => candidate;

        public List<Outcome> Outcomes { get; } = [];

        public double? Mean(Scale scale) => Outcomes.ToImmutableArray().MeanScore(scale);
    }
}
