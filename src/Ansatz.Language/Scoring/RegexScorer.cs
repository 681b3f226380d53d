using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ansatz.Language;

/// <summary>Takes what a pattern finds in the reply and leaves it to another scorer.</summary>
/// <remarks>
/// Found is the group <c>answer</c>, else the first group that took part, else the whole match. A pattern without look-around and back-references runs in time that grows
/// with the reply alone; one with them stops after a second, and the reply is rejected.
/// </remarks>
public sealed class RegexScorer : RuleScorer
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;
    private readonly RuleScorer _value;

    /// <summary>A scorer of what a pattern finds.</summary>
    /// <param name="pattern">The pattern, in .NET's syntax: <c>Category: (?&lt;answer&gt;\w+)</c>.</param>
    /// <param name="value">Scores what was found. None: right where it is the answer but for case, spacing and punctuation.</param>
    /// <exception cref="InputException">The pattern cannot be read.</exception>
    public RegexScorer(string pattern, RuleScorer? value = null)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        _value = value ?? new NormalisedScorer();
        try
        {
            _regex = Compiled(pattern);
        }
        catch (ArgumentException e)
        {
            throw new InputException($"The pattern \"{pattern}\" cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Which match counts. Default: the only one; several that find different texts are rejected.</summary>
    public RegexMatch Match { get; init; } = RegexMatch.Only;

    /// <inheritdoc />
    public override Scale Scale => _value.Scale;

    /// <inheritdoc />
    public override JsonObject Identity => new()
    {
        ["use"] = "regex",
        ["pattern"] = _regex.ToString(),
        ["match"] = Match.ToString(),
        ["value"] = _value.Identity,
    };

    /// <inheritdoc />
    public override string? Flaw(TextItem item) => _value.Flaw(item);

    /// <inheritdoc />
    public override bool TakesCutReply(string reply, LabelWordings wordings) => false;

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        string[] found;
        try
        {
            found = [.. _regex.Matches(reply).Select(Found)];
        }
        catch (RegexMatchTimeoutException)
        {
            return new Rejected($"The pattern \"{_regex}\" took longer than {Limit.TotalSeconds:0} second on the reply.", reply);
        }

        if (found.Length == 0)
        {
            return new Rejected($"The pattern \"{_regex}\" finds nothing in the reply.", reply);
        }

        if (Match == RegexMatch.Only && found.Distinct(StringComparer.Ordinal).Count() > 1)
        {
            return new Rejected($"The pattern \"{_regex}\" finds several texts in the reply: {string.Join(", ", found.Distinct(StringComparer.Ordinal).Take(3).Select(f => $"\"{f}\""))}.", reply);
        }

        Outcome outcome = _value.Score(Match == RegexMatch.Last ? found[^1] : found[0], item, wordings);
        return outcome is Rejected rejected ? rejected with { Raw = reply } : outcome;
    }

    private static string Found(Match match) => match.Groups["answer"] is { Success: true } named ? named.Value
        : match.Groups.Values.Skip(1).FirstOrDefault(g => g.Success)?.Value
        ?? (match.Groups.Count > 1 ? "" : match.Value);

    private static Regex Compiled(string pattern)
    {
        try
        {
            return new(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new(pattern, RegexOptions.CultureInvariant, Limit);
        }
    }
}

/// <summary>Which match of a <see cref="RegexScorer"/> counts.</summary>
public enum RegexMatch
{
    /// <summary>The only one: several that find different texts say nothing.</summary>
    Only,

    /// <summary>The first one.</summary>
    First,

    /// <summary>The last one.</summary>
    Last,
}
