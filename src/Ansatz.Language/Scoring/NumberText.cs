using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ansatz.Language;

/// <summary>Finds the numbers in a text: digits with separators, fractions, percent and number words, as people write them.</summary>
internal static partial class NumberText
{
    private static readonly string[] Units =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
        "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    private static readonly Dictionary<string, double> Scales = new(StringComparer.Ordinal) { ["hundred"] = 1e2, ["thousand"] = 1e3, ["million"] = 1e6, ["billion"] = 1e9, ["trillion"] = 1e12 };

    private static readonly Dictionary<string, double> Suffixes = new(StringComparer.Ordinal) { ["k"] = 1e3, ["m"] = 1e6, ["mn"] = 1e6, ["b"] = 1e9, ["bn"] = 1e9 };

    private static readonly Dictionary<string, int> Parts = new[]
    {
        ("half", 2), ("halves", 2), ("third", 3), ("thirds", 3), ("quarter", 4), ("quarters", 4), ("fourth", 4), ("fourths", 4), ("fifth", 5), ("fifths", 5),
        ("sixth", 6), ("sixths", 6), ("eighth", 8), ("eighths", 8), ("tenth", 10), ("tenths", 10),
    }.ToDictionary(StringComparer.Ordinal);

    private const string Raised = "\u2070\u00B9\u00B2\u00B3\u2074\u2075\u2076\u2077\u2078\u2079\u207A\u207B"; // 0 to 9, plus, minus

    private static readonly Dictionary<char, string> Fractions = new[]
    {
        ('\u00BC', "1/4"), ('\u00BD', "1/2"), ('\u00BE', "3/4"), ('\u2150', "1/7"), ('\u2151', "1/9"), ('\u2152', "1/10"), ('\u2153', "1/3"), ('\u2154', "2/3"),
        ('\u2155', "1/5"), ('\u2156', "2/5"), ('\u2157', "3/5"), ('\u2158', "4/5"), ('\u2159', "1/6"), ('\u215A', "5/6"), ('\u215B', "1/8"), ('\u215C', "3/8"),
        ('\u215D', "5/8"), ('\u215E', "7/8"),
    }.ToDictionary();

    /// <summary>
    /// The text with its numbers written in ASCII: digits and signs of any script ("\uFF11\uFF12", Arabic-Indic ones), fraction signs as "1/2" (" 1/2" behind a
    /// digit), raised digits as "^2", what groups digits in threes as a comma, and no space behind a minus that cannot be a dash. The places of
    /// <see cref="Digits"/> and <see cref="Words"/> are places in such a text.
    /// </summary>
    public static string Plain(string text)
    {
        StringBuilder plain = new(text.Length);
        bool isRaised = false;
        foreach (char c in text)
        {
            bool isBehindDigit = plain.Length > 0 && char.IsAsciiDigit(plain[^1]);
            int raised = isBehindDigit || isRaised ? Raised.IndexOf(c, StringComparison.Ordinal) : -1;
            if (raised >= 0)
            {
                plain.Append(isRaised ? "" : "^").Append("0123456789+-"[raised]);
            }
            else if (Fractions.TryGetValue(c, out string? fraction))
            {
                plain.Append(isBehindDigit ? " " : "").Append(fraction);
            }
            else
            {
                plain.Append(char.IsDigit(c) ? (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c)) : c switch
                {
                    '\u066B' or '\uFF0E' => '.', // Arabic decimal separator, full-width full stop
                    '\u066C' or '\uFF0C' => ',',
                    '\u066A' or '\uFF05' => '%',
                    '\uFF0D' => '-',
                    '\u2044' => '/',
                    _ => c,
                });
            }

            isRaised = raised >= 0;
        }

        return SpacedMinus().Replace(Separator().Replace(plain.ToString(), ","), "-");
    }

    /// <summary>The numbers written with ASCII digits, in order. "5k" is 5,000, "5M" and "$5m" are 5,000,000, "5bn" is 5,000,000,000, "10^6" is 1,000,000.</summary>
    /// <remarks>
    /// No numbers: parts of a name ("B12"), ordinals ("3rd"), times and ratios ("10:30"), dates ("1/2/2024"), and "1,5", whose comma could be either. What would
    /// have to be worked out ("2\sqrt{3}", "2\pi"), or has two values ("\pm 5"), is one number without a value.
    /// </remarks>
    public static IEnumerable<FoundNumber> Digits(string text)
    {
        foreach (Match match in Number().Matches(text))
        {
            if (Value(match, text) is { } value)
            {
                yield return new(value, match.Groups["percent"].Success, match.Value, match.Index);
            }
        }
    }

    /// <summary>The numbers written as words, in order: "forty-two", "one hundred and five", "three quarters", "ten point five".</summary>
    /// <remarks>Whole words only: there is no eight in "height". An ordinal ("twenty-third") is none.</remarks>
    public static IEnumerable<FoundNumber> Words(string text)
    {
        Match[] words = Word().Matches(text).ToArray();
        for (int at = 0; at < words.Length;)
        {
            int end = at + 1; // words[at..end] are joined by spaces or hyphens alone
            while (end < words.Length && text.AsSpan(words[end - 1].Index + words[end - 1].Length, words[end].Index - words[end - 1].Index - words[end - 1].Length).Trim() is "" or "-")
            {
                end++;
            }

            string[] run = [.. words[at..end].Select(w => w.Value.ToLowerInvariant())];
            for (int i = 0; i < run.Length;)
            {
                (double? value, int length) = Spelled(run.AsSpan(i));
                if (value is { } number)
                {
                    bool isNegative = i > 0 && run[i - 1] is "minus" or "negative";
                    int start = words[at + i - (isNegative ? 1 : 0)].Index, stop = words[at + i + length - 1].Index + words[at + i + length - 1].Length;
                    yield return new(isNegative ? -number : number, Percent().IsMatch(text.AsSpan(stop)), text[start..stop], start);
                }

                i += Math.Max(1, length);
            }

            at = end;
        }
    }

    private static double? Value(Match match, string text)
    {
        char before = match.Index > 0 ? text[match.Index - 1] : ' ', beforeThat = match.Index > 1 ? text[match.Index - 2] : ' ';
        int end = match.Index + match.Length;
        char after = end < text.Length ? text[end] : ' ', afterThat = end + 1 < text.Length ? text[end + 1] : ' ';
        bool isPartOfMore = char.IsDigit(before) || (char.IsLetter(before) && match.Groups["currency"].Index != match.Index) // "US$5"
            || before is '_' or '^' || (before == '{' && beforeThat is '_' or '^')
            || (before is '.' or ',' or ':' or '/' && char.IsAsciiDigit(beforeThat))
            || (after is '.' or ',' or ':' or '/' or '_' && char.IsAsciiDigit(afterThat))
            || Ordinal().IsMatch(text.AsSpan(end));
        string digits = match.Groups["digits"].Value;
        if (isPartOfMore || (digits.Contains(',', StringComparison.Ordinal) && !Grouped().IsMatch(digits)))
        {
            return null;
        }

        if (match.Groups["unread"].Success)
        {
            return double.NaN;
        }

        digits = digits.Replace(" ", "", StringComparison.Ordinal);
        double value = Parse(match.Groups["exponent"] is { Success: true } exponent ? $"{digits}E{exponent.Value}" : digits);
        if (match.Groups["power"] is { Success: true } power)
        {
            value = digits == "10" ? Parse($"1E{power.Value}") : Math.Pow(value, Parse(power.Value));
        }

        if (match.Groups["numerator"] is { Success: true } numerator) // "1 3/4"
        {
            value += Parse(numerator.Value) / Parse(match.Groups["denominator"].Value);
        }
        else if (match.Groups["denominator"] is { Success: true } denominator)
        {
            value /= Parse(denominator.Value);
        }

        if (match.Groups["scale"] is { Success: true } scale)
        {
            // "5m" are metres and "5b" is a name, unless they are money. What is no letter of ASCII (the Kelvin sign) scales nothing.
            string name = scale.Value is "m" or "b" or "B" && !match.Groups["currency"].Success ? "" : scale.Value.ToLowerInvariant();
            value *= Scales.GetValueOrDefault(name, Suffixes.GetValueOrDefault(name, 1));
        }

        // A minus between two numbers subtracts; one after a space, or at the beginning, is a sign.
        bool isNegative = match.Groups["sign"].Captures.Count(s => s.Value != "+") % 2 == 1 && !(char.IsLetterOrDigit(before) || before == ')');
        return double.IsFinite(value) ? (isNegative ? -value : value) : null;
    }

    // The number that begins with the first of these words, and how many of them it takes; no number, and how many to skip, otherwise.
    private static (double? Value, int Length) Spelled(ReadOnlySpan<string> words)
    {
        double total = 0, group = 0; // finished thousands and millions; what stands before the next of them
        int at = 0;
        if (words[0] == "a" && words.Length > 1 && (Scales.ContainsKey(words[1]) || Parts.ContainsKey(words[1])))
        {
            (group, at) = (1, 1); // "a hundred", "a third"
        }

        while (at < words.Length)
        {
            int next = at > 0 && words[at] == "and" && group % 100 == 0 && at + 1 < words.Length && Small(words[at + 1]) is not null ? at + 1 : at; // "one hundred and five"
            if (Small(words[next]) is { } small && (group % 100 == 0 || (small < 10 && group % 10 == 0 && group % 100 >= 20)))
            {
                (group, at) = (group + small, next + 1);
            }
            else if (at > 0 && Scales.TryGetValue(words[at], out double scale))
            {
                (total, group) = scale == 100 ? (total, group * 100) : (total + (group * scale), 0);
                at++;
            }
            else
            {
                break;
            }
        }

        double value = total + group;
        ReadOnlySpan<string> rest = words[at..];
        if (at > 0 && rest is ["point", ..])
        {
            int digits = 0;
            for (double place = 0.1; digits + 1 < rest.Length && Small(rest[digits + 1]) is < 10 and { } digit; place /= 10)
            {
                value += digit * place;
                digits++;
            }

            return (Math.Round(value, 12), at + (digits > 0 ? digits + 1 : 0));
        }

        if (at > 0 && rest is ["and", "a" or "one", var last, ..] && Parts.TryGetValue(last, out int part))
        {
            return (value + (1.0 / part), at + 3); // "two and a half"
        }

        if (rest is [var name, ..] && Parts.TryGetValue(name, out int parts))
        {
            bool isFraction = at == 0 ? name == "half" : (value > 1) == name.EndsWith('s'); // "two thirds"; "twenty-third" is an ordinal
            return (isFraction ? (at == 0 ? 1 : value) / parts : null, at + 1);
        }

        return (at > 0 ? value : null, at);
    }

    private static double? Small(string word) =>
        Array.IndexOf(Units, word) is >= 0 and int unit ? unit
        : Array.IndexOf(Tens, word) is >= 0 and int ten ? 20 + (10 * ten)
        : null;

    private static double Parse(string digits) => double.Parse(digits, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    // "-", "minus", or an en dash directly before the number, where it is no dash between two.
    private const string Sign = @"(?<sign>[-+]|\u2013(?<![^\s(\[{$]\u2013)(?<![0-9%)]\s\u2013)|\b(?:minus|negative)\s(?<![0-9%)]\s\w+\s))?";

    // With a space between groups only where that is no list ("100 200 3") and no count of something else ("5 100-gram bags").
    private const string DigitGroups = @"(?<digits>(?<![0-9] )[1-9][0-9]{0,2}(?: [0-9]{3})+(?! ?[0-9]|-[A-Za-z])(?:\.[0-9]+)?|[0-9]+(?:,[0-9]+)*(?:\.[0-9]+)?|(?<![0-9])\.[0-9]+)";

    private const string Power = @"(?:[eE]|\s?(?:[x\u00D7*\u00B7\u22C5]|\\times|\\cdot)\s?10\^\{?)(?<exponent>[-+]?[0-9]+)\}?|\^\{?(?<power>[-+]?[0-9]+)\}?";

    private const string Divided = @"\s?/\s?(?<denominator>[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)";

    private const string Scaled = @"(?:\s(?<scale>hundred|thousand|million|billion|trillion)\b|\s?(?<scale>mn|bn)\b|(?<scale>[kmb])\b)?(?<percent>\s?(?:%|per\s?cent\b))?";

    // Roots, functions, pi, fractions of more than numbers; a power with more than a number in it, unless that is the sign for degrees.
    private const string Unread = @"(?<unread>\s?(?:\\(?:(?:[cdt]?frac|[dt]?binom|sqrt)(?:\[[^\[\]]{0,9}\])?(?:\s?\{(?:[^{}]|\{[^{}]*\})*\}){0,2}|(?:pi|log|ln|sin|cos|tan|exp)(?![A-Za-z])(?:_\{?\w+\}?)?)|[\u221A\u03C0])(?:\s?[0-9.]*[0-9])?|\^(?!\{?(?:\\circ|o\b|\u00B0))(?:\{[^{}]{0,20}\}|\w)?)";

    [GeneratedRegex(@"(?:(?<unread>(?:\u00B1|\\pm)\s?)?" + Sign + @"(?<currency>[$\u20AC\u00A3\u00A5])?(?<sign>[-+])?" + DigitGroups + "(?:" + Power + @"|\s(?<numerator>[0-9]+)" + Divided + "|" + Divided + ")?" + Scaled + Unread + "?|" + Unread + ")", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"^[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$")]
    private static partial Regex Grouped();

    [GeneratedRegex(@"^(?:st|nd|rd|th)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Ordinal();

    // What does not break a line, Swiss, Python's and LaTeX's; "~" between numbers is "to" as well.
    [GeneratedRegex(@"(?<=[0-9])(?:[\u00A0\u202F\u2009'\u2019_]|\{\\?,\}|~(?=0))(?=[0-9]{3}(?![0-9]))")]
    private static partial Regex Separator();

    // "is - 5", ": - 5", "= - 5", "(- 5"; at the beginning only what no list begins with.
    [GeneratedRegex(@"(?:[-\u2212](?<=(?:\b(?:is|are)|[:=({\[])[ \t*_$""]*[-\u2212])|\u2212(?<=^\s*\u2212))[ \t]+(?=[$\u20AC\u00A3\u00A5]?\.?[0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SpacedMinus();

    [GeneratedRegex(@"[A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\s*(?:%|per\s?cent\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Percent();
}

/// <summary>A number in a text.</summary>
/// <param name="Value">Its value; 75 for "75 %"; NaN for what is not one plain number ("2\sqrt{3}").</param>
/// <param name="IsPercent">Whether it was given in percent.</param>
/// <param name="Text">As it stands there.</param>
/// <param name="Index">Where it begins.</param>
internal readonly record struct FoundNumber(double Value, bool IsPercent, string Text, int Index)
{
    /// <summary>Where it has ended.</summary>
    public int End => Index + Text.Length;

    /// <summary>Whether both mean the same number. 75 % is 0.75, and is 75 where the other one leaves the percent sign out.</summary>
    /// <param name="other">The other number.</param>
    /// <param name="tolerance">The largest difference, in the unit of <paramref name="other"/>: percentage points where that is given in percent.</param>
    /// <param name="relative">The largest difference as a share of <paramref name="other"/>.</param>
    public bool IsSame(FoundNumber other, double tolerance, double relative)
    {
        return Near(Value, other.Value, tolerance)
            || (IsPercent && !other.IsPercent && Near(Value / 100, other.Value, tolerance))
            || (!IsPercent && other.IsPercent && Near(Value, other.Value / 100, tolerance / 100));

        // 1e-9: what writing down a fraction may lose; a whole number loses nothing.
        bool Near(double value, double right, double absolute) =>
            Math.Abs(value - right) <= Math.Max(absolute, Math.Max(relative, double.IsInteger(value) && double.IsInteger(right) ? 0 : 1e-9) * Math.Abs(right));
    }
}
