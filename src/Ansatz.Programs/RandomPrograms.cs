using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz.Programs;

/// <summary>The control of <see cref="FunSearch"/> that takes everything from it but the search: as many programs by the same proposer, none made from another.</summary>
/// <remarks>A model is shown nothing, not even what failed. Several proposers are weighed by their costs alone, since nothing here is a gain over a parent.</remarks>
/// <param name="of">The search whose control it is.</param>
public sealed class RandomPrograms(FunSearch of) : Optimizer<ProgramSource>
{
    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "random-programs",
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
        await evaluator.ScoreAsync([search.Propose(part.Yours, "yours")], cancellationToken).ConfigureAwait(false);
        foreach (int[] some in Enumerable.Range(0, of.Evaluations).Chunk(of.Window).TakeWhile(_ => !search.HasStalled))
        {
            ImmutableArray<Proposal?> proposals = await mix.ProposeAsync(
                search, [.. some.Select(n => new ProposalRequest(n, of.Evaluations, [], 0, [], seen))], cancellationToken).ConfigureAwait(false);
            await evaluator.ScoreAsync(
                [.. proposals.OfType<Proposal>().Select(p => search.Propose(p.Program, p.Origin))], cancellationToken).ConfigureAwait(false);
        }
    }
}
