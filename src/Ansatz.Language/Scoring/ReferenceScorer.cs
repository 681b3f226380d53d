using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ansatz.Language;

/// <summary>
/// Scores as the reference code of OPRO does, wrong results included: for comparing with figures that were measured by it, and for nothing else.
/// </summary>
/// <remarks>
/// After google-deepmind/opro, evaluation/metrics.py and eval_utils.py (Yang et al. 2023, "Large Language Models as Optimizers", arXiv:2309.03409), in English
/// alone and without the second call that asks for the answer. It never rejects: what it cannot read is wrong. Known to be wrong in it, and kept: a gold answer that is no
/// number is right wherever it stands inside the reply ("valid" in "invalid", "no" in "cannot", "(a)" in "(a) or (b)"); number words are replaced inside words
/// ("height" is 8), tens and units do not add up ("forty two" is 40), 10.5 is rounded to 10 and 3/4 is 4; \boxed{} is not seen during optimisation. Use
/// <see cref="ChoiceScorer"/>, <see cref="YesNoScorer"/> and <see cref="NumberScorer"/> for results.
/// </remarks>
/// <param name="kind">What the answers are.</param>
public sealed partial class ReferenceScorer(ReferenceAnswer kind) : RuleScorer
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"; // Python's string.punctuation

    private static readonly string[] NextQuestion = ["question:", "q:"];
    private static readonly string[] Primary = ["answer is ", "answer: ", "answer is: "], Secondary = ["is: ", "are: "];
    private static readonly string[] Behind = ["step-by-step answer: ", "#### "], Ahead = [" is the correct answer", " is the right answer", " is the final answer", " is the answer"];
    private static readonly string[][] Booleans = [["false", "true"], ["no", "yes"], ["invalid", "valid"]];

    private static readonly string[] NumberWords =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
        "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];

    /// <inheritdoc />
    public override JsonObject Identity => new() { ["use"] = "reference", ["answers"] = kind.ToString() };

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        string prediction = FirstLine(Normalise(reply));
        bool isRight = IsRight(item.Answer.ToLowerInvariant(), prediction, kind == ReferenceAnswer.Choice ? string.Join('\n', item.Fields.Values) : "");
        return new Scored(isRight ? 1 : 0, isRight ? item.Answer : prediction);
    }

    // get_normalized_prediction, num_decimals = 0.
    private string Normalise(string reply)
    {
        // The answer phrases are looked for in the reply as it was written, and cut out of it in lower case: "Answer: 5" alone is no primary phrase.
        string[] phrases = Primary.Any(p => reply.Contains(p, StringComparison.Ordinal)) ? Primary : Secondary;
        string text = reply.ToLowerInvariant().Trim();
        foreach (string next in NextQuestion)
        {
            text = text.Split(next)[0];
        }

        bool isStated = false;
        foreach (string phrase in Behind.Concat(phrases).Where(p => text.Contains(p, StringComparison.Ordinal)))
        {
            (text, isStated) = (text.Split(phrase)[^1], true);
        }

        foreach (string phrase in Ahead.Where(p => text.Contains(p, StringComparison.Ordinal)))
        {
            (text, isStated) = (text.Split(phrase)[0], true);
        }

        text = text.Trim().Split("this is the solution:")[0].TrimEnd('.').TrimEnd('\'');
        string[] letters = [.. Enumerable.Range('a', 26).Select(l => $"({(char)l})").Where(l => text.Contains(l, StringComparison.Ordinal))];
        text = letters.Length == 1 ? Bracketed().Match(text).Value : text;
        return kind switch
        {
            ReferenceAnswer.Number => AsNumber(text, isStated),
            ReferenceAnswer.Boolean => WithoutPunctuation(AsBoolean(text, isStated)).Trim(),
            _ => text.Split('.')[0],
        };
    }

    private static string AsBoolean(string text, bool isStated)
    {
        string words = text.Split('.')[0], number = AsNumber(text, isStated);
        return Booleans.Any(b => b.Contains(words)) ? words
            : words is "0" or "1" ? (words == "1" ? "true" : "false")
            : number is "0" or "1" ? (number == "1" ? "true" : "false")
            : text;
    }

    private static string AsNumber(string text, bool isStated)
    {
        text = text.Split('=')[^1];
        foreach (string sign in (string[])["$", ",", "%", "\u20AC", "\u00A3"])
        {
            text = text.Replace(sign, "", StringComparison.Ordinal);
        }

        text = text.Split(':')[0].Trim();
        for (int n = 0; n < NumberWords.Length; n++) // inside words too, and units before the teens that begin with them: "fourteen" is "4teen"
        {
            text = text.Replace(NumberWords[n], (n < 20 ? n : 10 * (n - 18)).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        string[] parts = text.Split(' ');
        parts = isStated ? parts : [.. parts.Reverse()];
        text = parts.FirstOrDefault(p => p.Length == 0 || !p.All(char.IsLetter), parts[0]);
        while (text.Length > 0 && char.IsLetter(text[^1]))
        {
            text = text[..^1];
        }

        text = text.EndsWith('-') ? text[..^1] : text;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? Math.Round(value, MidpointRounding.ToEven).ToString("0", CultureInfo.InvariantCulture)
            : LastDigits().Match(text) is { Success: true } digits ? digits.Value
            : text;
    }

    // _get_accuracy. The gold answer's text among the choices is looked for in what the item shows.
    private bool IsRight(string gold, string prediction, string choices)
    {
        bool isInside = kind != ReferenceAnswer.Number && prediction.Contains(gold, StringComparison.Ordinal);
        string text = "";
        List<string> others = [];
        if (choices.Length > 0)
        {
            gold = gold.Length == 1 ? $"({gold})" : gold;
            prediction = prediction.Length == 1 && char.IsAsciiLetterLower(prediction[0]) ? $"({prediction})" : prediction;
            if (!Bracketed().IsMatch(gold) || gold.Length != 3)
            {
                return false; // a gold answer that is no letter is never right
            }

            string[] texts = [.. ChoiceMark().Split(choices).Skip(1).Select(t => t.Trim().ToLowerInvariant().Split('\n')[0])];
            int index = gold[1] - 'a';
            text = index < texts.Length ? texts[index] : "";
            int marks = Enumerable.Range('A', 26).TakeWhile(l => choices.Contains($"({(char)l})", StringComparison.Ordinal)).Count();
            others = [.. texts.Take(marks).Where((_, k) => k != index)];
        }

        gold = Letter(gold);
        prediction = Letter(prediction);
        bool isText = choices.Length > 0 && text.Length > 0 && (prediction == text || WithoutPunctuation(prediction).Trim() == text);
        bool isTextInside = choices.Length > 0 && text.Length > 0 && prediction.Contains(text, StringComparison.Ordinal)
            && others.All(o => !(others.Any(other => other.Contains(text, StringComparison.Ordinal)) ? prediction : prediction.Replace(text, "", StringComparison.Ordinal)).Contains(o, StringComparison.Ordinal));
        return isInside || prediction == gold || WithoutPunctuation(prediction).Trim() == WithoutPunctuation(gold).Trim() || isText || isTextInside || IsSameTruth(gold, prediction);

        static string Letter(string answer) => answer.Length == 3 && Bracketed().IsMatch(answer) ? answer[1].ToString() : answer;
    }

    private static bool IsSameTruth(string gold, string prediction)
    {
        string[]? pair = Booleans.FirstOrDefault(b => b.Contains(gold));
        return pair is not null && (prediction switch { "0" => "false", "1" => "true", _ => prediction.Trim() }) == (pair[1] == gold ? "true" : "false");
    }

    private static string FirstLine(string text) => text.Trim(':').Trim().Split('\n')[0].Split("Q:")[0];

    private static string WithoutPunctuation(string text) => string.Concat(text.Where(c => !Punctuation.Contains(c, StringComparison.Ordinal)));

    [GeneratedRegex(@"\(.*?\)")]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"\([A-Z]\)|A:")]
    private static partial Regex ChoiceMark();

    [GeneratedRegex(@"\d+(?!.*\d)")]
    private static partial Regex LastDigits();
}

/// <summary>What the answers of a data set are, for a <see cref="ReferenceScorer"/>.</summary>
public enum ReferenceAnswer
{
    /// <summary>Numbers: GSM8K, multi-step arithmetic, object counting.</summary>
    Number,

    /// <summary>Letters of choices: most of BBH, MMLU, AQuA.</summary>
    Choice,

    /// <summary>True or false, yes or no, valid or invalid.</summary>
    Boolean,

    /// <summary>Anything else: word sorting, brackets.</summary>
    Text,
}
