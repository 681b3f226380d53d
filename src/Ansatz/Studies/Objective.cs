using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz;

/// <summary>Gives a candidate its outcomes: the score that a search climbs, one number an item.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <remarks>
/// An outcome belongs to (candidate, ordered block, sample) and must not depend on anything else: not on earlier asks, not on the
/// number of workers. <see cref="EvaluateAsync"/> may be called by several workers at once.
/// </remarks>
public abstract class Objective<T>
{
    /// <summary>All that decides a score, as named parts: hashes of data, scorer, weights, kernels. Stored with the study and compared, part by part, on resume.</summary>
    public abstract JsonObject Identity { get; }

    /// <summary>What the score is.</summary>
    public abstract Scale Scale { get; }

    /// <summary>What the items are called in a sentence, in the plural: "reviews".</summary>
    public virtual string Noun => "items";

    /// <summary>Number of items in a split. No test items: the verdict is over seeds alone.</summary>
    public abstract int Count(Split split);

    /// <summary>How a candidate is written in the journal, and read from it again. Its id is the hash of this text.</summary>
    public abstract JsonTypeInfo<T> Codec { get; }

    /// <summary>The part that is left open.</summary>
    public abstract OpenPart<T> Open { get; }

    /// <summary>Plain methods that are no candidates and give outcomes on the same items by the same scoring.</summary>
    public virtual IReadOnlyList<Baseline> Baselines => [];

    /// <summary>A hash of one item's content, by which the ledger knows items across studies.</summary>
    public abstract string ItemHash(Split split, int item);

    /// <summary>The most that an ask can cost; reserved before it starts.</summary>
    /// <remarks>An objective that calls anybody has to say so here: an ask with calls is noted before it begins, and no further one begins before its answer is on disk. One that only computes is simply computed again where a run was cut off.</remarks>
    public virtual Cost AtMost(Ask<T> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        return new() { Rollouts = ask.Items.Length };
    }

    /// <summary>Evaluates a whole block.</summary>
    /// <param name="ask">The block.</param>
    /// <param name="replies">Keeps each reply of an endpoint as it arrives, so that a block that was cut off asks only for the rest.</param>
    /// <param name="cancellationToken">Stops the evaluation; nothing of it is then kept but the replies.</param>
    /// <returns>One outcome an item, in the order of the ask.</returns>
    /// <exception cref="FaultException">The world failed. The study pauses and the ask is repeated when it goes on.</exception>
    public abstract Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<T> ask, Replies replies, CancellationToken cancellationToken);

    /// <summary>Other summaries of outcomes on all items of a split (balanced accuracy, macro-F1): shown, never searched.</summary>
    public virtual IReadOnlyList<Summary> Summarize(Split split, ImmutableArray<Outcome> outcomes) => [];
}
