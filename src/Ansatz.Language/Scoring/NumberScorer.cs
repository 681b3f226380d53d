using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ansatz.Language;

/// <summary>Right is a reply whose number is the answer's: separators, currency, units and percent signs do not count; 3/4 is 0.75, forty-two is 42.</summary>
/// <remarks>
/// Read in this order, the first that holds a number counts: \boxed{...}; a stated answer, after the last "=" of an expression; a reply of a few words; then,
/// unless <see cref="Strict"/>, the last number of the reply (digits before words; a "one" inside prose is none). 75 % is right for 0.75 and for 75. A range
/// ("5-7", "5 to 7") is rejected, and so is a number that its sentence denies ("The answer is not 5."). See <see cref="NumberText"/> for what a number is.
/// </remarks>
public sealed partial class NumberScorer : RuleScorer
{
    private const int FewWords = 4; // "about 42 apples each": short enough that its number is its answer

    /// <summary>The largest difference that is still right, in the answer's unit: percentage points for "50%". Default 0.</summary>
    public double Tolerance
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfEqual(double.IsFinite(value), false, nameof(Tolerance));
            field = value;
        }
    }

    /// <summary>The largest difference that is still right, as a share of the answer: 0.01 for one percent. Default 0.</summary>
    public double RelativeTolerance
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfEqual(double.IsFinite(value), false, nameof(RelativeTolerance));
            field = value;
        }
    }

    /// <summary>Rejects a longer reply that states no answer and holds several different numbers, where the last of them would be taken otherwise.</summary>
    public bool Strict { get; init; }

    /// <inheritdoc />
    public override JsonObject Identity => new()
    {
        ["use"] = "number",
        ["tolerance"] = Tolerance,
        ["relativeTolerance"] = RelativeTolerance,
        ["strict"] = Strict,
    };

    /// <inheritdoc />
    public override string? Flaw(TextItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return GoldOf(item) is null ? $"The answer \"{item.Answer}\" is not one number: no reply could be right." : null;
    }

    /// <inheritdoc />
    public override bool TakesCutReplies => false;

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        FoundNumber gold = GoldOf(item) ?? throw Unusable(item);
        foreach ((FoundNumber[] numbers, string text) in Readings(AnswerText.Plain(NumberText.Plain(reply))))
        {
            if (numbers.Any(n => !n.IsSame(numbers[0], 0, 0)))
            {
                return new Rejected($"The reply gives several numbers: {string.Join(", ", numbers.Select(n => n.Text).Distinct(StringComparer.Ordinal).Take(4))}.", reply);
            }

            if (numbers.Length > 0)
            {
                if (AnswerText.IsDenied(text, numbers[0].Index, numbers[0].End))
                {
                    return new Rejected($"The reply denies {numbers[0].Text}.", reply);
                }

                bool isRight = numbers[0].IsSame(gold, Tolerance, RelativeTolerance);
                return new Scored(isRight ? 1 : 0, isRight ? item.Answer : numbers[0].Text);
            }
        }

        return new Rejected("The reply holds no number.", reply);
    }

    // Numbers, and the text in which they stand.
    private IEnumerable<(FoundNumber[] Numbers, string Text)> Readings(string plain)
    {
        foreach (Statement statement in AnswerText.Stated(plain))
        {
            string text = AfterEquals(statement.Text);
            FoundNumber[] numbers = Numbers(text);
            yield return (numbers.Length == 0 ? [] : WithOthers(text, numbers, statement.ReadsBackwards ? numbers.Length - 1 : 0), text);
        }

        if (Words().Count(plain) <= FewWords)
        {
            string text = AfterEquals(plain);
            FoundNumber[] numbers = Numbers(text);
            yield return (numbers.Length == 1 ? WithOthers(text, numbers, 0) : numbers, text);
        }

        FoundNumber[] all = [.. Numbers(plain).Where(n => !n.Text.Equals("one", StringComparison.OrdinalIgnoreCase))];
        yield return (Strict || all.Length == 0 ? all : WithOthers(plain, all, all.Length - 1), plain);
    }

    // "5 or 7" gives two numbers, and so does the range "5-7", "5 to 7": the number in question and the other one.
    private static FoundNumber[] WithOthers(string text, FoundNumber[] numbers, int at)
    {
        FoundNumber number = numbers[at];
        if (at > 0 && Range().Match(text, numbers[at - 1].End) is { Success: true } to && to.Index + to.Length == number.Index)
        {
            return [numbers[at - 1], number];
        }

        string behind = text[number.End..];
        string? rest = AnswerText.AfterConjunction(behind) ?? (Range().Match(behind) is { Success: true } range ? behind[range.Length..] : null);
        return rest is not null && Numbers(rest) is [{ Index: 0 } second, ..] ? [number, second] : [number];
    }

    // Digits before words: "forty-two (42)", "one of them, 42".
    private static FoundNumber[] Numbers(string text) => NumberText.Digits(text).ToArray() is { Length: > 0 } digits ? digits : [.. NumberText.Words(text)];

    // "6 * 7 = 42" and "x = 42" end in the answer; "12, where n = 3" does not.
    private static string AfterEquals(string text)
    {
        int equals = text.LastIndexOf('=');
        return equals >= 0 && (Expression().IsMatch(text) || Numbers(text[..equals]).Length == 0) ? text[(equals + 1)..] : text;
    }

    private static FoundNumber? GoldOf(TextItem item)
    {
        FoundNumber[] all = Numbers(AnswerText.Plain(NumberText.Plain(item.Answer)));
        return all.Length == 1 ? all[0] : null;
    }

    // On one line: a list's next item may begin with a dash and a number.
    [GeneratedRegex(@"\G[ \t]*(?:-|\u2013|\u2014|\bto\b|\bthrough\b|\.{2,3})[ \t]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Range();

    // A number or a letter, a unit perhaps, and an operator: "6 apples * 7", "2x + 1", "$5 -", "(3 + 4".
    [GeneratedRegex(@"^[\s(\[$]*[-+]?[$\u20AC\u00A3\u00A5]?(?:[0-9][0-9.,]*(?<![.,])|[A-Za-z]\b)%?[A-Za-z]*(?:\s[A-Za-z]+)?\s*(?:[-+*/^=\u00D7\u00F7)]|x\s*[0-9]|\\)")]
    private static partial Regex Expression();

    [GeneratedRegex(@"\S+")]
    private static partial Regex Words();
}
