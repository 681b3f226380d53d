namespace Ansatz.Sandbox.Syntax;

/// <summary>How big a text is, as the reader's first gate counts it.</summary>
/// <param name="Characters">Characters.</param>
/// <param name="Tokens">Tokens, the end of the text included.</param>
/// <param name="Nesting">How deep brackets nest.</param>
internal readonly record struct SourceSize(int Characters, int Tokens, int Nesting)
{
    /// <summary>The size of what <see cref="CSharpWriter"/> wrote: no comments, no text, no characters beyond ASCII.</summary>
    public static SourceSize Of(string text)
    {
        (int tokens, int depth, int nesting) = (1, 0, 0);
        for (int i = 0; i < text.Length; tokens++)
        {
            char c = text[i];
            if (c is ' ' or '\n')
            {
                i++;
                tokens--;
            }
            else if (IsWord(c))
            {
                i = Word(text, i);
            }
            else
            {
                depth += c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0;
                nesting = Math.Max(nesting, depth);
                i += Operator(text.AsSpan(i));
            }
        }

        return new(text.Length, tokens, nesting);
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    // A name, a word, or a number, which may have a point and an exponent with a sign.
    private static int Word(string text, int i)
    {
        bool isNumber = char.IsAsciiDigit(text[i]);
        while (i < text.Length && (IsWord(text[i]) || (isNumber && (text[i] == '.' || (text[i] is '+' or '-' && text[i - 1] == 'E')))))
        {
            i++;
        }

        return i;
    }

    // Roslyn's lexer takes every > by itself, since it may end a list of types, but for >=.
    private static int Operator(ReadOnlySpan<char> text) => text switch
    {
        ['<', '<', '=', ..] => 3,
        ['<', '<', ..] or ['&', '&', ..] or ['|', '|', ..] or ['+', '+', ..] or ['-', '-', ..] or ['=', '>', ..] => 2,
        ['+' or '-' or '*' or '/' or '%' or '&' or '|' or '^' or '<' or '>' or '=' or '!', '=', ..] => 2,
        _ => 1,
    };
}
