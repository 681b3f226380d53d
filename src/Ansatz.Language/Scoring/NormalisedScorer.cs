using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>Right is a reply that equals the answer after <see cref="TextItem.Normalise"/>: case, spacing and sentence punctuation do not count.</summary>
public sealed class NormalisedScorer : RuleScorer
{
    /// <inheritdoc />
    public override JsonObject Identity => new() { ["use"] = "normalised" };

    /// <inheritdoc />
    public override bool TakesCutReply(string reply, LabelWordings wordings) => false;

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(wordings);
        return Compared(reply.Trim(), item, wordings, (a, b) => TextItem.Normalise(a) == TextItem.Normalise(b));
    }
}
