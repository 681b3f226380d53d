using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>Right is a reply whose first word is the answer; case and punctuation do not count. For answers of one word.</summary>
public sealed class FirstWordScorer : RuleScorer
{
    private static readonly char[] Around = [.. "*()[]_`\"'\u2018\u2019\u201C\u201D.,!?;:\u2026"]; // Markdown and punctuation around a word are no part of it

    /// <inheritdoc />
    public override JsonObject Identity => new() { ["use"] = "firstWord" };

    /// <inheritdoc />
    /// <remarks>One whose first word is whole: something follows it, or it is a label and cannot go on to be another.</remarks>
    public override bool TakesCutReply(string reply, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(wordings);
        string text = reply.TrimStart().TrimStart(Around).TrimStart();
        return text.Any(char.IsWhiteSpace) || wordings.LengthOfFirst(text) is > 0;
    }

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(wordings);
        string first = reply.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => w.Trim(Around).ToLowerInvariant()).FirstOrDefault(w => w.Length > 0, "");
        return first.Length == 0
            ? new Rejected("The reply holds no word.", reply)
            : Compared(first, item, wordings, (a, b) => TextItem.Normalise(a) == TextItem.Normalise(b));
    }
}
