using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz;

/// <summary>The one door between an optimizer and the world. Every await on it is a numbered effect of the journal.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <remarks>
/// Not thread-safe, and one await at a time: what shall run at once goes into one call, and comes back by index. So the number of
/// workers never changes what an optimizer sees.
/// </remarks>
public abstract class Search<T>
{
    /// <summary>The part that is left open.</summary>
    public abstract OpenPart<T> Open { get; }

    /// <summary>What the score is.</summary>
    public abstract Scale Scale { get; }

    /// <summary>All candidates evaluated so far in this arm, in the order in which they were first asked for. Those of long ago are read from the journal, so with thousands this takes as long as reading all their answers; of one alone there is <see cref="TrialOf"/>.</summary>
    public abstract IReadOnlyList<Trial<T>> Trials { get; }

    /// <summary>A candidate with what was answered about it so far in this arm; none if nothing was.</summary>
    public virtual Trial<T>? TrialOf(Candidate<T> candidate) => Trials.FirstOrDefault(t => t.Candidate.Id == candidate.Id);

    /// <summary>Number of items in a split. The test split counts 0 here.</summary>
    public abstract int Count(Split split);

    /// <summary>A generator of its own for each purpose and index, from the study's seed and the arm's name.</summary>
    public abstract Rng Stream(string purpose, long index = 0);

    /// <summary>As <see cref="Stream"/>, but from the study's seed alone: the same in every arm, for what a search and its control have to draw alike.</summary>
    public abstract Rng SharedStream(string purpose, long index = 0);

    /// <summary>Makes a candidate of a filling.</summary>
    /// <param name="value">The filling.</param>
    /// <param name="origin">How it came about, in a word or two.</param>
    /// <param name="parents">Ids of the candidates that it was made from.</param>
    public abstract Candidate<T> Propose(T value, string origin, params ReadOnlySpan<string> parents);

    /// <summary>Evaluates blocks, at once where there are workers. A block that this arm has asked before is answered from memory and costs nothing.</summary>
    /// <returns>The answers, by index.</returns>
    /// <exception cref="ArgumentException">An ask for the test split, for an item that does not exist, or without items.</exception>
    public abstract Task<ImmutableArray<Block<T>>> EvaluateAsync(IReadOnlyList<Ask<T>> asks, CancellationToken cancellationToken);

    /// <summary>Asks the world for something else than an evaluation: a proposer's call, a compiler, a tool. At once where there are workers.</summary>
    /// <typeparam name="TReply">The type of the reply.</typeparam>
    /// <returns>The replies, by index.</returns>
    public abstract Task<ImmutableArray<TReply>> CallAsync<TReply>(
        IReadOnlyList<Call<TReply>> calls, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken);

    /// <summary>Whether the budget still has room for this. A pure function of the settings and of what was awaited, so the clock is no part of it; after <see langword="false"/> nothing more of that size may be asked.</summary>
    public abstract bool CanSpend(Cost atMost);

    /// <summary>Whether so many candidates brought no gain that the budget ends the search (<see cref="Budget.Plateau"/>): nobody is called any more and no candidate evaluated that was not before; those that were may be, so that an optimizer leaves its loop and chooses among them.</summary>
    public virtual bool HasStalled => false;

    /// <summary>The candidate that goes to the judge, if it is the last one nominated. Without one: the best mean over all validation items (all train items where there are none), ties to the earlier.</summary>
    public abstract void Nominate(Candidate<T> candidate);

    /// <summary>Marks a candidate as given up, for those who look on.</summary>
    public abstract void Prune(Candidate<T> candidate);

    /// <summary>An ask for all items of a split, in order, as one block.</summary>
    public Ask<T> WholeSplit(Candidate<T> candidate, Split split) => new(candidate, split, [.. Enumerable.Range(0, Count(split))]);
}
