using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Sandbox;

/// <summary>
/// What can be said of a candidate's tokens before they are parsed: that where C#'s parser would have to guess - is this a lambda, a local, an attribute? - the subset has nothing of the kind. It guesses
/// by reading ahead, and within brackets by reading ahead again, so that 80 characters could keep it busy for days.
/// </summary>
internal static class HoleShape
{
    private enum Place
    {
        Statements, // also where methods stand
        Arms, // of a switch expression
        Values, // of an array
        Parameters,
        Loop, // for and foreach, which may declare
        Pattern, // in brackets of its own
        Expression,
    }

    /// <summary>Why the tokens are no candidate's, and where; none where they may be one's.</summary>
    /// <param name="source">The source.</param>
    /// <param name="mostTokens">The most tokens.</param>
    public static (string Reason, int At)? WhyNot(string source, int mostTokens)
    {
        Stack<Place> places = new([Place.Statements]);
        Stack<SyntaxKind> closings = [];
        SyntaxToken before = default, last = default;
        bool isAfterArrow = false; // in the arm of a switch expression
        bool isHeader = true; // of a method
        int tokens = 0;
        foreach (SyntaxToken token in SyntaxFactory.ParseTokens(source, options: Facade.Parsing))
        {
            if (++tokens > mostTokens)
            {
                return ($"The source has more than {mostTokens} tokens.", token.SpanStart);
            }

            Place place = places.Peek();
            if (place is Place.Expression or Place.Values or Place.Arms or Place.Pattern && !Follows(last, token, isPattern: place == Place.Pattern || (place == Place.Arms && !isAfterArrow)))
            {
                return IsName(last) && IsName(token)
                    ? ("Two names follow one another within brackets: a lambda is not allowed here, and locals are declared in statements of their own.", token.SpanStart)
                    : ($"'{token.Text}' is not allowed here.", token.SpanStart);
            }

            if (last.IsKind(SyntaxKind.DotToken) && !token.IsKind(SyntaxKind.IdentifierToken))
            {
                return (token.IsKind(SyntaxKind.DotToken) ? "A range is not allowed here." : "Behind a dot stands a name.", token.SpanStart);
            }

            switch (token.Kind())
            {
                case SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken or SyntaxKind.CloseBraceToken when !closings.TryPop(out SyntaxKind closing) || closing != token.Kind():
                    return ($"'{token.Text}' closes nothing here: the source has to be methods and nothing else.", token.SpanStart);
                case SyntaxKind.DotDotToken:
                    return ("A range is not allowed here.", token.SpanStart);
                case SyntaxKind.OpenParenToken:
                    if (place == Place.Parameters)
                    {
                        return ("A parameter is a type and a name.", token.SpanStart);
                    }

                    closings.Push(SyntaxKind.CloseParenToken);
                    places.Push(last.Kind() is SyntaxKind.ForKeyword or SyntaxKind.ForEachKeyword ? Place.Loop
                        : place == Place.Statements && ((isHeader && (last.IsKind(SyntaxKind.GreaterThanToken) || before.IsKind(SyntaxKind.OperatorKeyword))) || (last.IsKind(SyntaxKind.IdentifierToken) && EndsType(before))) ? Place.Parameters
                        : Of(last) is Word.Between or Word.Not || place == Place.Pattern || (place == Place.Arms && !isAfterArrow) ? Place.Pattern
                        : Place.Expression);
                    break;
                case SyntaxKind.OpenBracketToken:
                    closings.Push(SyntaxKind.CloseBracketToken);
                    places.Push(Place.Expression);
                    break;
                case SyntaxKind.OpenBraceToken:
                    if (last.IsKind(SyntaxKind.EqualsGreaterThanToken))
                    {
                        return ("A block stands here for an expression: write return into the block of a method.", token.SpanStart);
                    }

                    isHeader = false;
                    closings.Push(SyntaxKind.CloseBraceToken);
                    places.Push(last.IsKind(SyntaxKind.SwitchKeyword) ? Place.Arms : place == Place.Statements && !last.IsKind(SyntaxKind.EqualsToken) && !last.IsKind(SyntaxKind.CloseBracketToken) ? Place.Statements : Place.Values);
                    isAfterArrow = false;
                    break;
                case SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken or SyntaxKind.CloseBraceToken:
                    places.Pop();
                    isHeader |= places.Count == 1 && token.IsKind(SyntaxKind.CloseBraceToken);
                    isAfterArrow |= places.Peek() == Place.Arms && token.IsKind(SyntaxKind.CloseBraceToken); // of an inner switch, or array, in an arm
                    break;
                case SyntaxKind.CommaToken when place == Place.Arms:
                    isAfterArrow = false;
                    break;
                case SyntaxKind.EqualsGreaterThanToken:
                    if (!(place == Place.Arms ? !isAfterArrow : place == Place.Statements && (last.IsKind(SyntaxKind.CloseParenToken) || (places.Count == 1 && last.IsKind(SyntaxKind.IdentifierToken)))))
                    {
                        return ("A lambda is not allowed here.", token.SpanStart);
                    }

                    (isAfterArrow, isHeader) = (place == Place.Arms, false);
                    break;
                case SyntaxKind.SemicolonToken when places.Count == 1:
                    isHeader = true;
                    break;
            }

            (before, last) = (last, token);
        }

        return null;
    }

    private static bool EndsType(SyntaxToken token) => token.Kind() is SyntaxKind.IdentifierToken or SyntaxKind.CloseBracketToken || SyntaxFacts.IsPredefinedType(token.Kind());

    // Within brackets, of words and what comes next: what stands between two values, what begins a value, and where a type may stand.
    private static bool Follows(SyntaxToken last, SyntaxToken token, bool isPattern) => Of(token) switch
    {
        Word.Between => last.Kind() is SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken or SyntaxKind.CloseBraceToken || Of(last) == Word.Value,
        Word.Not => Of(last) is Word.Between or Word.Not || (isPattern && Of(last) == Word.None),
        Word.Value => Of(last) is not (Word.Value or Word.Type) && (Of(last) != Word.New || token.IsKind(SyntaxKind.IdentifierToken)) && !last.IsKind(SyntaxKind.CloseBracketToken),
        Word.Type => Of(last) is not (Word.Value or Word.Type),
        Word.New => Of(last) == Word.None,
        Word.Statement => false,
        _ => Of(last) switch
        {
            Word.Value when token.Kind() is SyntaxKind.TildeToken or SyntaxKind.ExclamationToken || (token.IsKind(SyntaxKind.OpenParenToken) && last.IsKind(SyntaxKind.NumericLiteralToken)) => false,
            Word.New => token.Kind() is SyntaxKind.OpenBracketToken,
            Word.Type => token.Kind() is SyntaxKind.CloseParenToken or SyntaxKind.OpenBracketToken or SyntaxKind.DotToken,
            Word.Between or Word.Not => token.Kind() is not (SyntaxKind.OpenBracketToken or SyntaxKind.QuestionToken),
            _ => true,
        },
    };

    private static bool IsName(SyntaxToken token) => token.IsKind(SyntaxKind.IdentifierToken) || SyntaxFacts.IsPredefinedType(token.Kind());

    private enum Word
    {
        None, // no word
        Value,
        Type,
        Between, // two values, or a value and a pattern
        Not,
        New,
        Statement, // what belongs to statements, or to nothing here
    }

    private static Word Of(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.IdentifierToken => token.Text switch { "and" or "or" or "when" => Word.Between, "not" => Word.Not, "var" or "async" or "await" => Word.Statement, _ => Word.Value },
        SyntaxKind.NumericLiteralToken or SyntaxKind.TrueKeyword or SyntaxKind.FalseKeyword or SyntaxKind.DefaultKeyword or SyntaxKind.UncheckedKeyword => Word.Value,
        SyntaxKind.IsKeyword or SyntaxKind.SwitchKeyword => Word.Between,
        SyntaxKind.NewKeyword => Word.New,
        var kind when SyntaxFacts.IsPredefinedType(kind) => Word.Type,
        var kind when SyntaxFacts.IsReservedKeyword(kind) => Word.Statement,
        _ => Word.None,
    };
}
