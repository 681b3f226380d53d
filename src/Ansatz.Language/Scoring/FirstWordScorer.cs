using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>Right is a reply whose first word is the answer; case and punctuation do not count. For answers of one word.</summary>
public sealed class FirstWordScorer : RuleScorer
{
    /// <inheritdoc />
    public override JsonObject Identity => new() { ["use"] = "firstWord" };

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(wordings);
        string normalised = TextItem.Normalise(reply).Trim('*', '(', ')', '[', ']', '_', '`'); // Markdown around an answer is no part of it
        string first = normalised.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("").Trim('*', '(', ')', '[', ']', '_', '`');
        return first.Length == 0
            ? new Rejected("The reply holds no word.", reply)
            : Compared(first, item, wordings, (a, b) => TextItem.Normalise(a) == TextItem.Normalise(b));
    }
}
