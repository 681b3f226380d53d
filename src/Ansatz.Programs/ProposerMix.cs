using System.Collections.Immutable;

namespace Ansatz.Programs;

/// <summary>
/// Decides which of several proposers writes the next program: a bandit whose reward is how much better a child is than its better parent, per cost. Auer, Cesa-Bianchi and Fischer 2002, "Finite-time Analysis of the Multiarmed Bandit Problem" (UCB1).
/// One a search; not thread-safe.
/// </summary>
/// <remarks>
/// The proposer with the highest (mean + √(2 ln N / n)) / (1 + c) is asked: the mean is that of its children's gains, from 0 for none to 1 for the whole spread of the island's ten best (<see cref="ProgramDatabase.Register"/>); n its
/// proposals so far, N all proposals, c what a proposal of its costs, in evaluations; at first each once. A proposal that is out counts as made and not yet rewarded, so that asks at once are spread.
/// </remarks>
internal sealed class ProposerMix(ImmutableArray<ProgramProposer> proposers)
{
    private readonly long[] _made = new long[proposers.Length];
    private readonly double[] _gained = new double[proposers.Length];
    private readonly Dictionary<long, int> _out = []; // number of a proposal of the last requests -> proposer

    /// <summary>Has every request answered by the proposer whose turn it is.</summary>
    public async Task<ImmutableArray<Proposal?>> ProposeAsync(Search<ProgramSource> search, IReadOnlyList<ProposalRequest> requests, CancellationToken cancellationToken)
    {
        _out.Clear();
        int[] by = [.. requests.Select(r => _out[r.Number] = Next())];
        Proposal?[] proposals = new Proposal?[requests.Count];
        for (int p = 0; p < proposers.Length; p++)
        {
            int[] mine = [.. Enumerable.Range(0, requests.Count).Where(i => by[i] == p)];
            if (mine.Length > 0)
            {
                ImmutableArray<Proposal?> answers = await proposers[p].ProposeAsync(search, [.. mine.Select(i => requests[i])], cancellationToken).ConfigureAwait(false);
                for (int i = 0; i < mine.Length; i++)
                {
                    proposals[mine[i]] = answers[i];
                }
            }
        }

        return [.. proposals];
    }

    /// <summary>Says how much better the child of a proposal is than its better parent.</summary>
    /// <param name="number">The proposal, one of the last requests.</param>
    /// <param name="gain">From 0 to 1.</param>
    public void Reward(long number, double gain) => _gained[_out[number]] += gain;

    private int Next()
    {
        int best = 0;
        double most = double.NegativeInfinity;
        for (int p = 0; p < proposers.Length; p++)
        {
            double bound = _made[p] == 0
                ? double.PositiveInfinity
                : ((_gained[p] / _made[p]) + Math.Sqrt(2 * PortableMath.Log(_made.Sum()) / _made[p])) / (1 + proposers[p].Cost);
            if (bound > most)
            {
                (best, most) = (p, bound);
            }
        }

        _made[best]++;
        return best;
    }
}
