using System.Buffers;

namespace Ansatz.Sandbox;

/// <summary>
/// Bounds on a source that nobody trusts, before C#'s own parser reads it in this process: that parser recurses into brackets, also of interpolated strings and directives, and where it has to guess -
/// behind <c>?[</c>, at a <c>[</c> that begins a value and could be an attribute's, and before an assignment within brackets, which could begin a lambda - it reads what follows twice, and that again within.
/// </summary>
/// <remarks>One pass over the characters, whatever they mean, so that nothing has to be understood first. Comments are passed over.</remarks>
public static class SourceShape
{
    private const int MostGuesses = 5; // each may double the time, or worse
    private const int MostNots = 100; // of a condition behind #if

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    /// <summary>Why a source is not given to the parser, and where; none where it may be.</summary>
    /// <param name="source">The source.</param>
    /// <param name="nesting">The most levels of brackets.</param>
    public static (string Reason, int At)? WhyNot(string source, int nesting)
    {
        ArgumentNullException.ThrowIfNull(source);
        Span<bool> assigned = new bool[nesting + 1]; // by level: whether an assignment stands there that has not ended yet
        Span<int> guesses = new int[nesting + 1]; // by level: how many of those around it the parser has to guess about
        (int level, int questions, int nots) = (0, 0, 0);
        for (int at = 0; at < source.Length; at++)
        {
            if (Comment(source, at) is var end && end > at)
            {
                at = end - 1;
                continue;
            }

            char c = source[at];
            nots = c is '!' ? nots + 1 : 0;
            if (nots > MostNots)
            {
                return ("More negations follow one another than anybody needs.", at);
            }

            switch (c)
            {
                case '(' or '[' or '{':
                    if (++level > nesting)
                    {
                        return ($"Brackets nest more than {nesting} deep here: use locals or helper functions.", at);
                    }

                    char behind = source.AsSpan(0, at).TrimEnd() is [.., var previous] ? previous : '\0';
                    guesses[level] = guesses[level - 1] + (assigned[level - 1] ? 1 : 0) + ((c == '[' && !(char.IsLetterOrDigit(behind) || behind is '_' or ')' or ']')) || IsBehindAWord(source, at) ? 1 : 0);
                    assigned[level] = false;
                    questions += c == '[' && behind == '?' ? 1 : 0;
                    if (guesses[level] > MostGuesses || questions > MostGuesses)
                    {
                        return (questions > MostGuesses ? $"'?[' stands here for the {MostGuesses + 1}th time: use locals." : "Assignments and lists nest too deep in brackets here: use locals.", at);
                    }

                    break;
                case ')' or ']' or '}':
                    level = Math.Max(0, level - 1);
                    assigned[level] &= c != '}'; // a block ends what stands before it, too
                    break;
                case ';':
                    assigned[level] = false;
                    break;
                case '=' when !IsComparison(source, at):
                    assigned[level] = true;
                    break;
            }
        }

        return null;
    }

    // A pattern, a deconstruction, or an object of an inferred type may begin here.
    private static bool IsBehindAWord(string source, int at)
    {
        ReadOnlySpan<char> before = source.AsSpan(0, at).TrimEnd();
        int start = before.LastIndexOfAnyExcept(Letters) + 1;
        return before[start..] is "and" or "or" or "not" or "is" or "when" or "var" or "new";
    }

    // ==, !=, <=, >=, =>; not <<= and >>=.
    private static bool IsComparison(string source, int at) =>
        At(source, at + 1) is '=' or '>' || At(source, at - 1) is '=' or '!' || (At(source, at - 1) is '<' or '>' && At(source, at - 2) != At(source, at - 1));

    private static char At(string source, int at) => at >= 0 && at < source.Length ? source[at] : '\0';

    /// <summary>The end of a comment that begins here; the place itself where none does.</summary>
    internal static int Comment(string source, int at)
    {
        if (source[at] != '/' || at + 1 == source.Length || source[at + 1] is not ('/' or '*'))
        {
            return at;
        }

        int end = source[at + 1] == '*' ? source.IndexOf("*/", at + 2, StringComparison.Ordinal) : source.AsSpan(at).IndexOfAny("\n\r\u0085\u2028\u2029");
        return end < 0 ? source.Length : source[at + 1] == '*' ? end + 2 : at + end;
    }
}
