using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ansatz.Language;

/// <summary>Right is a reply that chooses the answer's letter: "(B)", "B", "The answer is (B).", "\boxed{B}", or the words of that choice alone.</summary>
/// <remarks>
/// Read in this order, the first that says something counts: a stated answer; a line that is a choice and nothing else; the only letter that the reply marks as
/// a choice. "(A) or (B)" chooses nothing and is rejected, and so is a letter that its sentence denies ("Option A is wrong."). Where a field of the item lists the choices, a line each ("(A) west"), only their letters count, and
/// a reply that is the words of one of them chooses it; of several such lists in a field the last counts, since statements may be lettered above it. A letter
/// inside prose ("a dog", "vitamin C", "I think") is no choice.
/// </remarks>
public sealed partial class ChoiceScorer : RuleScorer
{
    /// <inheritdoc />
    public override JsonObject Identity => new() { ["use"] = "choice" };

    /// <inheritdoc />
    public override string? Flaw(TextItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (LetterOf(item.Answer) is not { } gold)
        {
            return $"The answer \"{item.Answer}\" is not the letter of a choice, such as (A): no reply could be right.";
        }

        IReadOnlyList<string> choices = ChoicesOf(item);
        return choices.Count == 0 || gold - 'A' < choices.Count
            ? null
            : $"The answer \"{item.Answer}\" is not one of the choices (A) to ({(char)('A' + choices.Count - 1)}): no reply could be right.";
    }

    /// <summary>The words of the choices that an item lists as "(A) ..." to its last letter, a line each; empty where it lists none.</summary>
    internal static IReadOnlyList<string> ChoicesOf(TextItem item)
    {
        foreach (string field in item.Fields.Values)
        {
            List<List<string>> lists = [];
            foreach (Match line in ChoiceLine().Matches(field))
            {
                int letter = line.Groups[1].Value[0] - 'A';
                if (letter == 0)
                {
                    lists.Add([]);
                }

                lists.FindLast(l => l.Count == letter)?.Add(line.Groups[2].Value.Trim()); // letters in order: anything else is part of the text
            }

            if (lists.FindLast(l => l.Count > 1) is { } choices)
            {
                return choices;
            }
        }

        return [];
    }

    /// <summary>The letter of an answer as data sets write it: "(A)", "A)", "A.", "A", "a".</summary>
    internal static char? LetterOf(string answer) => LoneLetter().Match(answer) is { Success: true } match ? char.ToUpperInvariant(match.Groups[1].Value[0]) : null;

    /// <inheritdoc />
    public override bool TakesCutReply(string reply, LabelWordings wordings) => false;

    /// <inheritdoc />
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(wordings);
        if (Flaw(item) is not null)
        {
            throw Unusable(item);
        }

        IReadOnlyList<string> choices = ChoicesOf(item);
        string plain = AnswerText.Plain(reply);
        SortedSet<char> refused = [];
        foreach ((HashSet<char> letters, HashSet<char> denied) in Readings(plain, choices))
        {
            letters.RemoveWhere(l => choices.Count > 0 && l - 'A' >= choices.Count);
            if (letters.IsSubsetOf(denied))
            {
                refused.UnionWith(letters);
                continue;
            }

            if (letters.Count > 1)
            {
                return new Rejected($"The reply chooses several: {string.Join(", ", letters.Order().Select(l => $"({l})"))}.", reply);
            }

            if (letters.Count == 1)
            {
                char gold = LetterOf(item.Answer)!.Value, letter = letters.Single();
                string asTheDataWriteIt = item.Answer.Replace(gold, letter).Replace(char.ToLowerInvariant(gold), char.ToLowerInvariant(letter));
                return new Scored(letter == gold ? 1 : 0, asTheDataWriteIt);
            }
        }

        return new Rejected(
            refused.Count == 0 ? "The reply chooses none of the letters." : $"The reply denies {string.Join(", ", refused.Select(l => $"({l})"))} and chooses no other.", reply);
    }

    // The letters that a part of the reply holds, and those of them that their sentence denies.
    private static IEnumerable<(HashSet<char> Letters, HashSet<char> Denied)> Readings(string plain, IReadOnlyList<string> choices)
    {
        foreach (Statement statement in AnswerText.Stated(plain))
        {
            yield return (Worded(statement.Line, choices), []); // before the letters: "A mixture" may be (B)
            yield return (Worded(statement.Text, choices), []);
            yield return statement.ReadsBackwards ? AtTheEnd(statement.Text) : AtTheBeginning(statement.Text);
            yield return Marked(statement.Text);
        }

        yield return (Worded(plain, choices), []);
        yield return ([.. plain.Split('\n').SelectMany(line => Alone(line, choices))], []);
        yield return Marked(plain);
    }

    private static (HashSet<char>, HashSet<char>) AtTheBeginning(string text)
    {
        Match first = FirstLetter().Match(text);
        if (!first.Success)
        {
            return ([], []);
        }

        return AnswerText.AfterConjunction(text[first.Length..]) is { } rest && FirstLetter().Match(rest) is { Success: true } second
            ? ([Letter(first), Letter(second)], [])
            : Undenied(text, [first]);
    }

    private static (HashSet<char>, HashSet<char>) AtTheEnd(string text)
    {
        Match last = LastLetters().Match(text);
        HashSet<char> letters = [.. last.Groups["letter"].Captures.Select(c => char.ToUpperInvariant(c.Value[0]))];
        return (letters, last.Success && AnswerText.IsDenied(text, last.Index, text.Length) ? letters : []);
    }

    // The words of one choice and nothing else.
    private static HashSet<char> Worded(string text, IReadOnlyList<string> choices)
    {
        string words = TextItem.Normalise(text);
        int[] same = [.. Enumerable.Range(0, choices.Count).Where(k => TextItem.Normalise(choices[k]) == words)];
        return same.Length == 1 ? [(char)('A' + same[0])] : [];
    }

    // A line that is "(B)", or "(B)" with the words of that choice.
    private static HashSet<char> Alone(string line, IReadOnlyList<string> choices)
    {
        if (LetterOf(line) is { } letter)
        {
            return [letter];
        }

        Match choice = ChoiceLine().Match(line);
        return choice.Success && Worded(choice.Groups[2].Value, choices) is { Count: 1 } worded && worded.Contains(choice.Groups[1].Value[0]) ? worded : [];
    }

    private static (HashSet<char>, HashSet<char>) Marked(string text) => Undenied(text, MarkedLetter().Matches(text));

    private const int Enough = 50; // denials of one letter, after which it is denied everywhere

    // A letter that is denied in one place and not in another is not denied.
    private static (HashSet<char> Letters, HashSet<char> Denied) Undenied(string text, IEnumerable<Match> matches)
    {
        ILookup<char, Match> marks = matches.ToLookup(Letter);
        return ([.. marks.Select(m => m.Key)], [.. marks.Where(l => l.Take(Enough).All(m => AnswerText.IsDenied(text, m.Index, m.Index + m.Length))).Select(l => l.Key)]);
    }

    private static char Letter(Match match) => char.ToUpperInvariant(match.Groups["letter"].Value[0]);

    [GeneratedRegex(@"^[ \t]*\(?([A-Z])[).:][ \t]*(\S.*?)[ \t\r]*$", RegexOptions.Multiline)]
    private static partial Regex ChoiceLine();

    [GeneratedRegex(@"^[\s""'$]*[(\[]?\s*([A-Za-z])\s*[)\]]?[\s.:""'$]*$")]
    private static partial Regex LoneLetter();

    // Not the article before a noun ("A place in the east"): a word follows that no noun begins with, or none.
    private const string NoArticle = @"(?!\w|'\w)(?!\s+(?!(?:or|and|but|because|since|as|is|was|for|with|by|from|in|on|at|if|when|where|which|though|although|based|due|according)\b(?!-)|(?:definitely|certainly|surely|clearly|obviously|indeed|instead|again|here|then|too)\s*(?:[.,;:!?)]|$))[a-z])";

    // At the beginning of a statement a bare capital is a choice, but for the article "A", and "I" unless it is all that is said; a small letter only in brackets, or alone.
    [GeneratedRegex(@"^[\s""'$,:]*(?:(?:[Oo]ption|[Cc]hoice|[Ll]etter|[Ee]ither|[Bb]oth|[Pp]robably|[Cc]learly|[Tt]herefore)\s+)*[""']?(?:[(\[]\s*(?<letter>[A-Za-z])\s*[)\]]|(?<letter>[B-HJ-Z])(?!\w|'\w)|(?<letter>A)" + NoArticle + @"|(?<letter>I)(?=[\s.,:;!)""'$]*$)|(?<letter>[a-z])(?=[).]?\s*$))")]
    private static partial Regex FirstLetter();

    [GeneratedRegex(@"(?:(?:[(\[]\s*(?<letter>[A-Za-z])\s*[)\]]|(?<!\w|\w')(?<letter>[A-HJ-Z]|(?<!\band\s)I))['""]?\s*(?:,\s*|\bor\b\s*|\band\b\s*|/\s*)?)+[\s""']*$")]
    private static partial Regex LastLetters();

    // "(B)", "[B]", "B)" or "B." at the beginning of a line, "Answer B", "I choose B". "item(s)" is none.
    [GeneratedRegex(@"(?<!\w)\(\s*(?<letter>[A-Za-z])\s*\)|(?<!\w)\[\s*(?<letter>[A-Za-z])\s*\]|(?<=(?:^|\n)[ \t]*(?:[-*>][ \t]*)?)(?<letter>[A-Z])[).:](?!\w)|\b(?i:option|choice|letter|answer|ans|choose|select|pick)(?:\s*[-:.,]\s*|\s+)[""']?(?<letter>[A-HJ-Z])" + NoArticle)]
    private static partial Regex MarkedLetter();
}
