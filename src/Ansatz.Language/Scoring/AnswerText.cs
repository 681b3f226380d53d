using System.Text.RegularExpressions;

namespace Ansatz.Language;

/// <summary>Finds where a reply states its final answer. What an answer looks like (a letter, a number) is the scorer's business.</summary>
internal static partial class AnswerText
{
    private const int Near = 400; // characters: no clause is longer, and a reply may be as long as a server likes

    /// <summary>
    /// The reply's statements of its answer, the best first: the last \boxed{...}; then the last "the answer is ...", "Answer: ...", "#### ..." or
    /// "... is the correct answer". A statement is one sentence. What its own sentence denies ("I do not think the answer is 5") is none.
    /// </summary>
    public static IEnumerable<Statement> Stated(string plain)
    {
        if (Boxed(plain) is { } boxed)
        {
            yield return new(boxed, boxed, ReadsBackwards: false);
        }

        Match? forwards = Forwards().Matches(plain).LastOrDefault(f => !IsDenied(plain, f.Index, plain.Length)), backwards = Backwards().Matches(plain).LastOrDefault();
        if (forwards is not null && (backwards is null || forwards.Index > backwards.Index))
        {
            yield return After(plain, forwards);
        }
        else if (backwards is not null)
        {
            int start = plain.AsSpan(0, backwards.Index).LastIndexOfAny(".!?;\n");
            string before = plain[(start + 1)..backwards.Index].Trim();
            yield return new(before, before, ReadsBackwards: true);
            if (forwards is not null)
            {
                yield return After(plain, forwards);
            }
        }
    }

    /// <summary>The reply without Markdown's emphasis and fences and LaTeX's wrappers, its quotation marks straight: "**(B)**" is "(B)", "\frac{3}{4}" is "3/4" (" 3/4" behind a digit), "\text{no}" is "no".</summary>
    public static string Plain(string reply)
    {
        string plain = FenceLanguage().Replace(reply, "").Replace("**", "", StringComparison.Ordinal).Replace("__", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal)
            .Replace('\u2018', '\'').Replace('\u2019', '\'').Replace('\u201C', '"').Replace('\u201D', '"').Replace('\u2212', '-');
        if (plain.Contains('\\', StringComparison.Ordinal))
        {
            plain = LatexFraction().Replace(plain, f => (f.Index > 0 && char.IsAsciiDigit(plain[f.Index - 1]) ? " " : "") + f.Result("${above}/${below}"));
            plain = LatexText().Replace(plain, "$1");
            plain = LatexSpace().Replace(plain, "").Replace("\\%", "%", StringComparison.Ordinal).Replace("\\$", "$", StringComparison.Ordinal)
                .Replace("\\(", " ", StringComparison.Ordinal).Replace("\\)", " ", StringComparison.Ordinal);
        }

        return plain;
    }

    /// <summary>What follows an "or", "and", "/" or comma at the beginning of a text; none where it begins otherwise. "(A) or (B)" is not (A).</summary>
    public static string? AfterConjunction(string text) => Conjunction().Match(text) is { Success: true } conjunction ? text[conjunction.Length..] : null;

    /// <summary>Whether the sentence denies what stands between two places of it: "does not appear to be ...", "neither ... nor ...", "... is wrong".</summary>
    /// <remarks>
    /// Denying are a negation before it in the same clause, and "is wrong", "is not" and their like behind it, after at most three words. A single comma between
    /// the negation and the place ends the clause ("not sure, yes"); two enclose a parenthesis ("not, in my view, valid"). Meant to err on this side: what is
    /// taken for denied is rejected, not turned round.
    /// </remarks>
    public static bool IsDenied(string text, int start, int end)
    {
        int from = start <= Near ? 0 : text.AsSpan(start - Near, Near).IndexOf(' ') is >= 0 and int space ? start - Near + space : start;
        string before = text[from..start];
        before = ClauseEnd().Matches(before) is { Count: > 0 } ends ? before[(ends[^1].Index + ends[^1].Length)..] : before;
        return Negation().Matches(before).Any(n => CommaBetween().Count(before, n.Index) != 1) || DeniedAfter().IsMatch(text.AsSpan(end, Math.Min(Near, text.Length - end)));
    }

    private static Statement After(string plain, Match phrase)
    {
        string rest = plain[(phrase.Index + phrase.Length)..].TrimStart(' ', '\t', '\r', '\n', ':', '"', '\'');
        Match end = SentenceEnd().Match(rest);
        return new((end.Success ? rest[..end.Index] : rest).Trim(), rest.Split('\n')[0].Trim(), ReadsBackwards: false);
    }

    private static string? Boxed(string text)
    {
        const string box = "\\boxed{";
        int start = text.LastIndexOf(box, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        int depth = 1;
        for (int i = start + box.Length; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return text[(start + box.Length)..i].Trim();
            }
        }

        return null;
    }

    // "The answer is not 5" states nothing.
    [GeneratedRegex(@"(?:\b(?:answer|(?:correct|right|best|answer)\s+(?:choice|option))(?:\s+to(?:\s+\w+){1,4}?)?\s+(?:is|are|should\s+be|would\s+be|must\s+be|will\s+be)\b\s*:?|\banswer\s*[:=])(?!\s*(?:not|neither)\b)|####", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Forwards();

    [GeneratedRegex(@"\s(?:is|are)\s+(?:the\s+)?(?:(?:(?:correct|right|final|best)\s+)?(?:answer|choice|option)\b|(?:correct|right)\b(?!\s+\w))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Backwards();

    [GeneratedRegex(@"[.!?;](?=\s|$)|\n")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"^[\s""()\]*$]*(?:(?:or|and|nor|and/or)\b(?:\s+\$?[a-z]\w{0,2}\s*=)?|[/,&])[\s""]*(?:(?:option|choice|maybe|perhaps|possibly|also|even)\s+)*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Conjunction();

    // A full stop inside "0.5" ends nothing, nor does one comma (see IsDenied).
    [GeneratedRegex(@"[.!?;:](?=\s|$)|\n|[\u2013\u2014]|\s-\s|\b(?:(?<!\banything\s)but|so|because|since|therefore|thus|hence|however|whereas|while|although|though|then)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ClauseEnd();

    // "no" denies the next word or the one after it ("no valid argument"), "no doubt" nothing; "less than" and "non-" deny what follows at once.
    [GeneratedRegex(@"\b(?:not|never|neither|nor|cannot|hardly|scarcely|barely|unlikely|doubtful|I\s+doubt|rather\s+than|instead\s+of|other\s+than|no\s+longer|by\s+no\s+means|in\s+no\s+way|fails?\s+to|far\s+from|nothing|nobody|no\s+one|none\s+(?:of|is|are)|anything\s+but|(?:hard|difficult|impossible)\s+to\s+(?:say|tell|know)|free\s+(?:of|from)|less\s+than(?=\W+$)|(?:non|anti)(?=[\s\u2010\u2011-]+$)|no(?=\s+(?:\w+\s+)?$)|(?:do|does|did|is|are|was|were|ca|wo|would|should|could|has|have|had|must|need|ai)n'?t)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Negation();

    [GeneratedRegex(@",(?=\s)")]
    private static partial Regex CommaBetween();

    // "(A) west is wrong", "5 isn't right", "spam-free"; not "(B) as (A) is wrong", "7 apples that are not rotten". Greedy loops: as lazy ones, .NET's generated code did not come to an end on some texts.
    [GeneratedRegex(@"^[\u2010\u2011-]free\b|^[\s""')\]*%]*(?:(?!(?:as|and|or|nor|that|which|who|it|if|when|not|but|so|because|since|while|the|this|there|he|she|they|is|are|was|were)\b)[\w-]+\s+){0,3}(?:(?:is|are|was|were|seems?|looks?|appears?|would\s+be|must\s+be)\s+(?:\w+\s+){0,2}(?:not|never|neither|wrong|incorrect|false|impossible|excluded|eliminated|ruled\s+out|out)\b|(?:can|could|should|would|does|did|do|must)\s+(?:not\b|be\s+(?:ruled\s+out|excluded|eliminated))|cannot\b|(?:is|are|was|were|ca|could|would|does|did|do|should)n'?t\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DeniedAfter();

    [GeneratedRegex(@"\\[cdt]?frac\s*(?:\{\s*(?<above>[-+]?[0-9][0-9.,]*)\s*\}|(?<above>[0-9]))\s*(?:\{\s*(?<below>[0-9][0-9.,]*)\s*\}|(?<below>[0-9]))")]
    private static partial Regex LatexFraction();

    [GeneratedRegex(@"(?<=^[ \t]*```)(?:json|te?xt|plaintext|markdown|md)(?=[ \t\r]*$)", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FenceLanguage();

    [GeneratedRegex(@"\\(?:text|textbf|mathrm|mathbf|textit)\s*\{([^{}]*)\}")]
    private static partial Regex LatexText();

    [GeneratedRegex(@"\\[,!; ]")]
    private static partial Regex LatexSpace();
}

/// <summary>A sentence that states the answer.</summary>
/// <param name="Text">The sentence, without the words that announce it.</param>
/// <param name="Line">All that stands after them on the line: a sentence seems to end in the middle of "St. Louis".</param>
/// <param name="ReadsBackwards">Whether the answer stands at its end ("... so (B)" before "is the correct answer"), not at its beginning.</param>
internal readonly record struct Statement(string Text, string Line, bool ReadsBackwards);
