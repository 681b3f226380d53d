using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>Turns a model's reply into an outcome: a score, or rejected where the reply is no answer at all.</summary>
/// <remarks>
/// Immutable and thread-safe. One that needs nothing but the reply is a <see cref="RuleScorer"/>; one that asks a model itself (a grader) derives from
/// this class, makes its calls through a <see cref="ReplyPlace"/>, and reports what they cost in the outcome.
/// </remarks>
public abstract class Scorer
{
    /// <summary>Name and settings: part of an objective's identity.</summary>
    public abstract JsonObject Identity { get; }

    /// <summary>What its scores are. Binary, unless it gives parts of a point.</summary>
    public virtual Scale Scale => Scale.Binary;

    /// <summary>
    /// Whether a reply that was cut off at its token limit can be scored all the same. Default: yes, for scorers that judge whatever they get; a scorer that reads
    /// one final answer says no, since "The answer is 12" may be the beginning of 1250, and such a reply is rejected before it.
    /// </summary>
    /// <param name="reply">What came of it; not blank.</param>
    /// <param name="wordings">What the labels are called inside the prompt.</param>
    public virtual bool TakesCutReply(string reply, LabelWordings wordings) => true;

    /// <summary>Why no reply to this item could ever be right, in a sentence; none if one could. A gold answer "Monsters, Inc" among the choices (A) to (E), say.</summary>
    public virtual string? Flaw(TextItem item) => null;

    /// <summary>The most that scoring one reply can cost, beside the reply itself; reserved before it starts.</summary>
    public virtual Cost AtMost(TextItem item) => Cost.Zero;

    /// <summary>The outcome of one reply; <see cref="Outcome.Cost"/> is what the scoring cost, without the reply.</summary>
    /// <param name="reply">The text that the model wrote.</param>
    /// <param name="item">What was asked.</param>
    /// <param name="wordings">What the labels are called inside the prompt.</param>
    /// <param name="place">Where the scorer's own calls are kept.</param>
    /// <param name="cancellationToken">Stops its calls.</param>
    /// <exception cref="FaultException">The world failed. A grader that answers nonsense is no fault.</exception>
    public abstract Task<Outcome> ScoreAsync(string reply, TextItem item, LabelWordings wordings, ReplyPlace place, CancellationToken cancellationToken);
}
