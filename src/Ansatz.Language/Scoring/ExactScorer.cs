using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>Right is a reply that equals the answer, character by character; white space around it does not count.</summary>
public sealed class ExactScorer : RuleScorer
{
    /// <inheritdoc />
    public override JsonObject Identity => new() { ["use"] = "exact" };

    /// <inheritdoc />
    public override bool TakesCutReply(string reply, LabelWordings wordings) => false;

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(wordings);
        return Compared(reply.Trim(), item, wordings, (a, b) => string.Equals(a, b.Trim(), StringComparison.Ordinal));
    }
}
