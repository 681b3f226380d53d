using System.Globalization;

namespace Ansatz.Language;

/// <summary>A scorer that needs nothing but the reply: a pure function, without a model.</summary>
/// <remarks>Immutable and thread-safe. A subclass says what counts as the right answer. A reply of more than 50,000 characters is rejected unread: a server may send any amount, whatever it was allowed.</remarks>
public abstract class RuleScorer : Scorer
{
    private const int Longest = 50_000;

    /// <summary>The outcome of one reply.</summary>
    /// <param name="reply">The text that the model wrote.</param>
    /// <param name="item">What was asked.</param>
    /// <param name="wordings">What the labels are called inside the prompt; none: as in the data.</param>
    public Outcome Score(string reply, TextItem item, LabelWordings? wordings = null)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        return string.IsNullOrWhiteSpace(reply) ? new Rejected("The reply is empty.", reply)
            : reply.Length > Longest ? new Rejected(string.Create(CultureInfo.InvariantCulture, $"The reply has {reply.Length:N0} characters; the longest that is read has {Longest:N0}."), reply[..Longest])
            : ScoreReply(reply, item, wordings ?? LabelWordings.None);
    }

    /// <inheritdoc />
    public sealed override Task<Outcome> ScoreAsync(string reply, TextItem item, LabelWordings wordings, ReplyPlace place, CancellationToken cancellationToken) =>
        Task.FromResult(Score(reply, item, wordings));

    /// <summary>The outcome of a reply that is not blank.</summary>
    protected abstract Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings);

    // Output is the label as the user calls it where the reply names one: tables and confusions speak the user's language.
    private protected static Scored Compared(string answer, TextItem item, LabelWordings wordings, Func<string, string, bool> same)
    {
        bool right = same(answer, wordings.Of(item.Answer));
        string? label = right ? item.Answer : wordings.Labels.FirstOrDefault(l => same(answer, wordings.Of(l)));
        return new(right ? 1 : 0, label ?? answer);
    }

    // A gold answer that cannot be read: said before anything is spent (Flaw), so here it is the caller's mistake.
    private protected InputException Unusable(TextItem item) =>
        new($"{(item.Source.Length > 0 ? item.Source + ": " : "")}{Flaw(item) ?? "the item cannot be scored."}");
}
