using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz.Programs;

/// <summary>The control of <see cref="FunSearch"/> without a population: a (1+1) climber, by the same proposer, with as many programs; the first of them are random where the proposer begins so. A child takes its parent's place if it is not worse.</summary>
/// <remarks>
/// It has one parent, so a grammar cannot cross over and replaces subtrees more often instead (<see cref="GrammarMutator.Crossover"/>), and a model is shown one program; failures are shown as in the search. Several
/// proposers are weighed by what each has added to what was climbed so far.
/// </remarks>
/// <param name="of">The search whose control it is.</param>
public sealed class HillClimber(FunSearch of) : Optimizer<ProgramSource>
{
    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "hill-climber",
        ["proposers"] = of.ProposerSettings,
        ["evaluations"] = of.Evaluations,
        ["window"] = of.Window,
        ["finalists"] = of.Finalists,
        ["cascade"] = of.Cascade?.Settings,
        ["reduction"] = of.Reduction.ToString(),
    };

    /// <inheritdoc />
    public override async Task SearchAsync(Search<ProgramSource> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        ProgramPart part = ProgramPart.Of(search);
        Evaluator evaluator = new(search, of);
        ProposerMix mix = new(of.Proposers);
        SeenPrograms seen = new();
        seen.Add(part.Read(part.Yours));
        Candidate<ProgramSource> current = search.Propose(part.Yours, "yours");
        double score = (await evaluator.ScoreAsync([current], cancellationToken).ConfigureAwait(false))[0].Scores is { } scores ? of.Reduce(scores) : double.NegativeInfinity;
        double first = score; // a gain counts by what has been climbed with it
        RecentFailures failures = new();
        foreach (int[] some in Enumerable.Range(0, of.Evaluations).Chunk(of.Window).TakeWhile(_ => !search.HasStalled))
        {
            ImmutableArray<Proposal?> proposals = await mix.ProposeAsync(
                search, [.. some.Select(n => new ProposalRequest(n, of.Evaluations, [current.Value], 0, failures.All, seen))], cancellationToken).ConfigureAwait(false);
            (int Number, Candidate<ProgramSource> Child)[] children =
                [.. some.Zip(proposals).Where(p => p.Second is not null).Select(p => (p.First, search.Propose(p.Second!.Program, p.Second.Origin, p.Second.From.IsEmpty ? [] : [current.Id])))];
            ImmutableArray<Evaluated> scored = await evaluator.ScoreAsync([.. children.Select(c => c.Child)], cancellationToken).ConfigureAwait(false);
            foreach (((int number, Candidate<ProgramSource> child), Evaluated result) in children.Zip(scored))
            {
                failures.Add(child.Value, result);
                if (result.Scores is { } its && of.Reduce(its) is var reduced && reduced >= score)
                {
                    if (reduced > score)
                    {
                        mix.Reward(number, double.IsFinite(first) ? (reduced - score) / (reduced - first) : 1);
                    }

                    (current, score) = (child, reduced);
                }
            }
        }
    }
}
