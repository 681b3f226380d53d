using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ansatz.Language;

/// <summary>Right is a reply whose number is the answer's: separators, currency, units and percent signs do not count; 3/4 is 0.75, forty-two is 42.</summary>
/// <remarks>
/// Read in this order, the first that holds a number counts: \boxed{...}; a stated answer, after its last "="; a reply of a few words; then, unless
/// <see cref="Strict"/>, the last number of the reply (digits before words; a "one" inside prose is none). 75 % is right for 0.75 and for 75. See
/// <see cref="NumberText"/> for what a number is.
/// </remarks>
public sealed partial class NumberScorer : RuleScorer
{
    private const int FewWords = 4; // "about 42 apples each": short enough that its number is its answer

    /// <summary>The largest difference that is still right. Default 0.</summary>
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
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        FoundNumber gold = GoldOf(item) ?? throw Unusable(item);
        foreach (FoundNumber[] numbers in Readings(AnswerText.Plain(reply)))
        {
            if (numbers.Any(n => !n.IsSame(numbers[0], 0, 0)))
            {
                return new Rejected($"The reply gives several numbers: {string.Join(", ", numbers.Select(n => n.Text).Distinct(StringComparer.Ordinal).Take(4))}.", reply);
            }

            if (numbers.Length > 0)
            {
                bool isRight = numbers[0].IsSame(gold, Tolerance, RelativeTolerance);
                return new Scored(isRight ? 1 : 0, isRight ? item.Answer : numbers[0].Text);
            }
        }

        return new Rejected("The reply holds no number.", reply);
    }

    private IEnumerable<FoundNumber[]> Readings(string plain)
    {
        foreach (Statement statement in AnswerText.Stated(plain))
        {
            string text = AfterEquals(statement.Text);
            FoundNumber[] numbers = Numbers(text);
            yield return numbers.Length == 0 ? [] : statement.ReadsBackwards ? [numbers[^1]] : [numbers[0], .. Joined(text, numbers[0])];
        }

        if (Words().Count(plain) <= FewWords)
        {
            yield return Numbers(AfterEquals(plain));
        }

        FoundNumber[] all = [.. Numbers(plain).Where(n => !n.Text.Equals("one", StringComparison.OrdinalIgnoreCase))];
        yield return Strict ? all : [.. all.TakeLast(1)];
    }

    // "5 or 7" gives two numbers.
    private static FoundNumber[] Joined(string text, FoundNumber first)
    {
        int at = text.IndexOf(first.Text, StringComparison.Ordinal);
        return at >= 0 && AnswerText.AfterConjunction(text[(at + first.Text.Length)..]) is { } rest && Numbers(rest) is [{ } second, ..] && rest.StartsWith(second.Text, StringComparison.Ordinal)
            ? [second]
            : [];
    }

    // Digits before words: "forty-two (42)", "one of them, 42".
    private static FoundNumber[] Numbers(string text) => NumberText.Digits(text).ToArray() is { Length: > 0 } digits ? digits : [.. NumberText.Words(text)];

    private static string AfterEquals(string text) => text[(text.LastIndexOf('=') + 1)..];

    private static FoundNumber? GoldOf(TextItem item)
    {
        FoundNumber[] all = Numbers(AnswerText.Plain(item.Answer));
        return all.Length == 1 ? all[0] : null;
    }

    [GeneratedRegex(@"\S+")]
    private static partial Regex Words();
}
