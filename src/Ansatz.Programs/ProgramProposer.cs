using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz.Programs;

/// <summary>Writes programs: a grammar, or a model. Keeps no state between calls.</summary>
public abstract class ProgramProposer
{
    /// <summary>Name and settings, whole.</summary>
    public abstract JsonObject Settings { get; }

    /// <summary>What a proposal costs beside its evaluation, in evaluations: how several proposers are weighed against each other. Default 0.</summary>
    public virtual double Cost => 0;

    /// <summary>Writes one program for each request, in order.</summary>
    /// <param name="search">Where a model is asked.</param>
    /// <param name="requests">What each is made from.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>One proposal a request; none where nothing came out that the search has not seen.</returns>
    public abstract Task<ImmutableArray<Proposal?>> ProposeAsync(
        Search<ProgramSource> search, IReadOnlyList<ProposalRequest> requests, CancellationToken cancellationToken);
}

/// <summary>What a program shall be made from.</summary>
/// <param name="Number">Which proposal of the search it is: its chance is that of <c>search.Stream("propose", Number)</c>.</param>
/// <param name="Of">How many proposals the search has.</param>
/// <param name="Parents">Programs to improve on, worse first. The same one may stand there twice.</param>
/// <param name="Base">Which of them a grammar changes (<see cref="ShownPrograms.Base"/>).</param>
/// <param name="Failures">What was tried lately and failed, and why.</param>
/// <param name="Seen">The programs that the search has had. A proposer proposes nothing that it holds, and adds what it proposes.</param>
public sealed record ProposalRequest(long Number, long Of, ImmutableArray<ProgramSource> Parents, int Base, ImmutableArray<FailedProgram> Failures, SeenPrograms Seen);

/// <summary>A program that was rejected.</summary>
/// <param name="Program">The program.</param>
/// <param name="Reason">Why, in a sentence. It may quote the program.</param>
public sealed record FailedProgram(ProgramSource Program, string Reason);

/// <summary>A proposed program.</summary>
/// <param name="Program">The program.</param>
/// <param name="Origin">How it came about, in a word or two: "crossover".</param>
/// <param name="From">Which of the request's parents it took from, by index, the one that it was made from last; none: made from nothing.</param>
public sealed record Proposal(ProgramSource Program, string Origin, ImmutableArray<int> From);
