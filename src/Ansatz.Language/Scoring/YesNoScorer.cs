using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ansatz.Language;

/// <summary>Right is a reply that says the answer's side: yes, true or valid against no, false or invalid.</summary>
/// <remarks>
/// Whole words only: "invalid" does not hold "valid", "unknown" and "cannot" do not hold "no". "Not valid" is invalid; any other denial ("does not appear to be
/// valid", "hardly true", "not yes") is rejected, not guessed at, and what is asked or missing ("whether it is valid", "lacks valid premises") says nothing. Read in this order, the first that says something counts: a stated answer; a first word that
/// is set off ("No, ..."); all such words of the reply, where they are of one side. "Yes and no" is rejected, and so is a reply with words of both sides.
/// </remarks>
public sealed partial class YesNoScorer : RuleScorer
{
    private static readonly string[] Yes = ["yes", "true", "valid"], No = ["no", "false", "invalid"];

    /// <inheritdoc />
    public override JsonObject Identity => new() { ["use"] = "yesNo" };

    /// <inheritdoc />
    public override string? Flaw(TextItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return SideOf(item.Answer) is null ? $"The answer \"{item.Answer}\" is none of yes, no, true, false, valid and invalid: no reply could be right." : null;
    }

    /// <inheritdoc />
    public override bool TakesCutReply(string reply, LabelWordings wordings) => false;

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(wordings);
        bool gold = SideOf(item.Answer) ?? throw Unusable(item);
        foreach (bool?[] sides in Readings(AnswerText.Plain(reply)))
        {
            if (sides.Contains(true) && sides.Contains(false))
            {
                return new Rejected("The reply says both yes and no.", reply);
            }

            if (sides.Contains(null))
            {
                return new Rejected("The reply denies something, and what it says then is not certain.", reply);
            }

            if (sides.Length > 0)
            {
                return new Scored(sides[0] == gold ? 1 : 0, sides[0] == gold ? item.Answer : Opposite(item.Answer, wordings));
            }
        }

        return new Rejected("The reply says neither yes nor no.", reply);
    }

    // Null: a word that is denied.
    private static IEnumerable<bool?[]> Readings(string plain)
    {
        foreach (Statement statement in AnswerText.Stated(plain))
        {
            yield return statement.ReadsBackwards ? [.. Sides(statement.Text).TakeLast(1)] : AtTheBeginning(statement.Text);
        }

        yield return SetOff().IsMatch(plain) ? AtTheBeginning(plain) : [];
        yield return [.. Sides(plain)];
    }

    // The first word of a statement, together with the one that it is joined with: "yes and no".
    private static bool?[] AtTheBeginning(string text)
    {
        Match first = Word().Match(text);
        if (!first.Success || first.Groups["aside"].Success)
        {
            return [];
        }

        return AnswerText.AfterConjunction(text[(first.Index + first.Length)..]) is { } rest && Word().Match(rest) is { Success: true, Index: 0 } second && IsAnswer(rest, second)
            ? [Side(text, first), Side(rest, second)]
            : [Side(text, first)];
    }

    private static IEnumerable<bool?> Sides(string text) => Word().Matches(text).Where(w => IsAnswer(text, w)).Select(w => Side(text, w));

    private static bool IsAnswer(string text, Match word) => !word.Groups["aside"].Success
        && (!word.Groups["word"].Value.Equals("no", StringComparison.OrdinalIgnoreCase) || !Determined().IsMatch(text.AsSpan(word.Index + word.Length)));

    // "Not" turns true, false, valid and invalid round, but not yes and no: "not sure, yes".
    private static bool? Side(string text, Match match) => AnswerText.IsDenied(text, match.Index, match.Index + match.Length)
        ? null
        : Yes.Contains(match.Groups["word"].Value, StringComparer.OrdinalIgnoreCase) != match.Groups["not"].Success;

    private static bool? SideOf(string answer)
    {
        string word = TextItem.Normalise(answer);
        return Yes.Contains(word, StringComparer.Ordinal) ? true : No.Contains(word, StringComparer.Ordinal) ? false : null;
    }

    // As the data write it: the label of the other side, else the partner of this one.
    private static string Opposite(string answer, LabelWordings wordings)
    {
        if (wordings.Labels.FirstOrDefault(l => SideOf(l) is { } side && side != SideOf(answer)) is { } label)
        {
            return label;
        }

        string word = TextItem.Normalise(answer);
        return Array.IndexOf(Yes, word) is >= 0 and int yes ? No[yes] : Yes[Array.IndexOf(No, word)];
    }

    [GeneratedRegex(@"(?:(?<aside>\b(?:whether\s+(?:[\w']+\s+){0,4}?|lack(?:s|ing)?\s+(?:\w+\s+){0,2}?))|(?<not>\b(?:not(?!\s+(?:only|just|merely|simply)\b)|never|isn't|aren't|wasn't|cannot\s+be|can't\s+be)\s+(?:\w+\s+){0,2}?))?\b(?<word>true|false|valid|invalid)\b|\b(?<word>yes|no)\b(?!-)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    // The first word of the reply is an answer by itself: "No, ...", "Yes - because ...", "(invalid)".
    [GeneratedRegex(@"^[\s""'(]*(?:yes|no|true|false|valid|invalid)\b[""')]*(?:[,.:;!\n\r\u2013\u2014]|\s+[-\u2013\u2014]|\s*$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SetOff();

    // "no reason", "no longer": a "no" that belongs to the next word answers nothing.
    [GeneratedRegex(@"^\s+(?!(?:because|since|as|it|they|he|she|this|that|the|there)\b)[a-z]")]
    private static partial Regex Determined();
}
