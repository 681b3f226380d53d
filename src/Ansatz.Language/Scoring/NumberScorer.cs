using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ansatz.Language;

/// <summary>Right is a reply whose number is the answer's: separators, currency, units and percent signs do not count; 3/4 is 0.75, forty-two is 42.</summary>
/// <remarks>
/// Read in this order, the first that holds a number counts: \boxed{...}; a stated answer, after the last "=" of an expression; a reply of a few words; then,
/// unless <see cref="Strict"/>, the last number of the reply (digits before words; a "one" inside prose is none). 75 % is right for 0.75 and for 75. A range
/// ("5-7", "5 to 7") is rejected, and so are what would have to be worked out ("2\sqrt{3}", "6 * 7") and a number that its sentence denies ("The answer is not
/// 5."). See <see cref="NumberText"/> for what a number is.
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
    public override bool TakesCutReply(string reply, LabelWordings wordings) => false;

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        FoundNumber gold = GoldOf(item) ?? throw Unusable(item);
        foreach ((FoundNumber[] numbers, string text) in Readings(AnswerText.Plain(NumberText.Plain(reply))))
        {
            if (numbers is [{ Value: double.NaN } unread])
            {
                return new Rejected($"The reply gives {unread.Text}, which is not one plain number.", reply);
            }

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

                bool isRight = numbers.Any(n => n.IsSame(gold, Tolerance, RelativeTolerance)); // "0.6 or 60%"
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
        return at > 0 && text[numbers[at - 1].End..number.Index] is { } between && between.Trim() != "," && AfterJoint(between) is "" // "In May 2024, 5 came"
            ? [numbers[at - 1], number]
            : AfterJoint(text[number.End..]) is { } rest && Numbers(rest) is [{ Index: 0 } second, ..] ? [number, second]
            : [number];
    }

    // What follows where a text joins one number to the next at its beginning: by "or", as the end of a range, by an operator.
    private static string? AfterJoint(string text) =>
        AnswerText.AfterConjunction(text) ?? (Range().Match(text) is { Success: true } range ? text[range.Length..] : null);

    // Digits before words: "forty-two (42)", "one of them, 42".
    private static FoundNumber[] Numbers(string text) => NumberText.Digits(text).ToArray() is { Length: > 0 } digits ? digits : [.. NumberText.Words(text)];

    // "6 * 7 = 42" and "x = 42" end in the answer; "12, where n = 3" does not, and "x = 5 or x = 7" has two.
    private static string AfterEquals(string text)
    {
        int equals = text.LastIndexOf('=');
        return equals < 0 || !(Expression().IsMatch(text) || Numbers(text[..equals]).Length == 0) ? text
            : Alternative().IsMatch(text[..equals]) ? text[(text.LastIndexOf('=', equals - 1) + 1)..]
            : text[(equals + 1)..];
    }

    private static FoundNumber? GoldOf(TextItem item)
    {
        FoundNumber[] all = Numbers(AnswerText.Plain(NumberText.Plain(item.Answer)));
        return all is [{ Value: not double.NaN } only] ? only : null;
    }

    // A number or a letter, a unit perhaps.
    private const string Term = @"[$\u20AC\u00A3\u00A5]?(?:[0-9][0-9.,]*(?<![.,])|[A-Za-z]\b)%?[A-Za-z]*(?:\s[A-Za-z]+)?(?:\s?/\s?[A-Za-z]+)?\s*";

    // An operator with what it works on: a number, a letter or LaTeX.
    private const string Operation = @"(?:\\(?!circ|q?quad)|x\s*[0-9]|(?:\)\s*(?=\()|\)?\s*[-+*/^=\u00D7\u00F7\u00B7])[\s(\[{$]*[-+]?(?:[$\u20AC\u00A3\u00A5.0-9\u221A\u03C0]|\\(?!circ)|(?<!/\s*)(?!(?:a|I)\s)[A-Za-z]\b))";

    // Or something to be worked out: "6 * 7", "12 34". On one line: a list's next item may begin with a dash and a number.
    [GeneratedRegex(@"^[ \t]*(?:-|\u2013|\u2014|\b(?:to|through|plus|minus|times)\b|\.{2,3}|[~+*x\u00D7\u00F7\u00B7\u22C5\u00B1]|\\(?:times|cdot|div|pm))[ \t]*|^[ \t]+(?=[0-9]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Range();

    // "6 apples * 7", "2x + 1", "$5 - $3", "(3 + 4", LaTeX; not "42 - because", "60 km/h".
    [GeneratedRegex(@"^[\s(\[$]*[-+]?(?:[\\\u221A\u03C0]|" + Term + Operation + ")")]
    private static partial Regex Expression();

    [GeneratedRegex(@"\b(?:or|and)\s+\$?[a-z]\w{0,2}\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Alternative();

    [GeneratedRegex(@"\S+")]
    private static partial Regex Words();
}
