using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using static Ansatz.Sandbox.HoleGates;

namespace Ansatz.Sandbox;

/// <summary>
/// The grammar of candidates, read in one pass that never goes back, before C#'s parser sees the source. That parser reads ahead where it has to guess - is this a lambda, a local, a generic call? - and where a
/// source is no C# it guesses again at every word: forty words kept it busy for days.
/// </summary>
/// <remarks>
/// What stands at each place is listed, and all else is refused. It takes more than the subset - precedence, types and names are left to C# - but nothing in another order than C# has it.
/// </remarks>
internal sealed class HoleGrammar
{
    /// <summary>Comparisons, negations and guards of one switch, or of one is: C# spends ever more time on finding out which of them can still match.</summary>
    public const int Tests = 64;

    // Words that C# gives a meaning to where a statement, a value, a pattern or a method begins or ends.
    private static readonly HashSet<string> NoNames =
    [
        "and", "async", "await", "extension", "file", "global", "nameof", "not", "or", "partial", "record", "required", "scoped", "var", "when", "where", "with", "yield",
    ];

    private readonly string _source;
    private readonly List<SyntaxToken> _tokens = [];
    private int _at;
    private int _level;
    private int _tests;
    private bool _isPattern; // where only constants stand: C# takes N[...] and N(...) for types at first, and reads them again

    private HoleGrammar(string source) => _source = source;

    /// <summary>Reads a source.</summary>
    /// <exception cref="RefusedException">It is not made of methods, or they hold what no candidate may.</exception>
    public static void Check(string source, HoleLimits limits)
    {
        HoleGrammar grammar = new(source);
        foreach (SyntaxToken token in SyntaxFactory.ParseTokens(source, options: Facade.Parsing))
        {
            if (grammar._tokens.Count == limits.Tokens)
            {
                throw HoleGates.Refuse(source, token.SpanStart, $"The source has more than {limits.Tokens} tokens.");
            }

            if (token.IsKind(SyntaxKind.IdentifierToken) && !token.Text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                throw HoleGates.Refuse(source, token.SpanStart, "A name has to be ASCII letters, digits and underscores.");
            }

            grammar._tokens.Add(token);
        }

        while (grammar.Kind != SyntaxKind.EndOfFileToken)
        {
            grammar.Method();
        }
    }

    private SyntaxKind Kind => _tokens[_at].Kind();

    private SyntaxKind KindAt(int at) => at < _tokens.Count ? _tokens[at].Kind() : SyntaxKind.EndOfFileToken;

    private bool IsWord(string word) => Kind == SyntaxKind.IdentifierToken && _tokens[_at].Text == word;

    private bool Take(SyntaxKind kind)
    {
        bool isIt = Kind == kind;
        _at += isIt ? 1 : 0;
        return isIt;
    }

    private void Expect(SyntaxKind kind, string? wanted = null)
    {
        if (!Take(kind))
        {
            throw Unexpected(wanted ?? $"'{SyntaxFacts.GetText(kind)}'");
        }
    }

    private void Enter()
    {
        if (++_level > TreeDepth)
        {
            throw Refuse(TooDeep);
        }
    }

    private void Method()
    {
        int first = _at;
        while (Kind is SyntaxKind.PublicKeyword or SyntaxKind.PrivateKeyword or SyntaxKind.InternalKeyword or SyntaxKind.StaticKeyword && !_tokens[first.._at].Exists(t => t.IsKind(Kind)))
        {
            _at++;
        }

        switch (Kind)
        {
            case SyntaxKind.OpenBracketToken:
                throw Refuse($"An attribute {AllowedInWords}");
            case SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken or SyntaxKind.CloseBraceToken:
                throw Refuse($"'{_tokens[_at].Text}' closes nothing here: the source has to be methods and nothing else.");
            case SyntaxKind.ClassKeyword or SyntaxKind.StructKeyword or SyntaxKind.EnumKeyword or SyntaxKind.InterfaceKeyword or SyntaxKind.NamespaceKeyword or SyntaxKind.ConstKeyword or SyntaxKind.ReadOnlyKeyword:
                throw Refuse(OnlyMethods);
        }

        Type();
        if (Kind != SyntaxKind.IdentifierToken || KindAt(_at + 1) is not (SyntaxKind.OpenParenToken or SyntaxKind.LessThanToken))
        {
            throw Refuse(OnlyMethods);
        }

        Name();
        Function();
    }

    // Behind its name.
    private void Function()
    {
        if (Kind == SyntaxKind.LessThanToken)
        {
            throw Refuse($"A generic type or method {AllowedInWords}");
        }

        Expect(SyntaxKind.OpenParenToken);
        if (!Take(SyntaxKind.CloseParenToken))
        {
            do
            {
                Type();
                Name();
                if (Kind == SyntaxKind.EqualsToken)
                {
                    throw Refuse("A parameter may not have a default value.");
                }
            }
            while (Take(SyntaxKind.CommaToken));
            Expect(SyntaxKind.CloseParenToken);
        }

        if (Take(SyntaxKind.EqualsGreaterThanToken))
        {
            Expression(mayBeTuple: true);
            Expect(SyntaxKind.SemicolonToken);
        }
        else
        {
            Block();
        }
    }

    private void Block()
    {
        Expect(SyntaxKind.OpenBraceToken, "the body of a method, in braces,");
        while (!Take(SyntaxKind.CloseBraceToken))
        {
            Statement();
        }
    }

    private void Type()
    {
        if (SyntaxFacts.IsPredefinedType(Kind))
        {
            _at++;
        }
        else
        {
            do
            {
                if (Kind == SyntaxKind.IdentifierToken && _tokens[_at] is var name && name.Text != "var" && SyntaxFacts.GetContextualKeywordKind(name.Text) != SyntaxKind.None)
                {
                    throw Refuse($"The word '{name.Text}' {AllowedInWords}");
                }

                Expect(SyntaxKind.IdentifierToken, "a type");
            }
            while (Take(SyntaxKind.DotToken));
        }

        while (Take(SyntaxKind.OpenBracketToken))
        {
            while (Take(SyntaxKind.CommaToken))
            {
            }

            Expect(SyntaxKind.CloseBracketToken);
        }

        if (Kind is SyntaxKind.LessThanToken or SyntaxKind.QuestionToken or SyntaxKind.AsteriskToken)
        {
            throw Refuse($"{(Kind == SyntaxKind.LessThanToken ? "A generic type or method" : Kind == SyntaxKind.QuestionToken ? "A nullable type" : "Unsafe code")} {AllowedInWords}");
        }
    }

    private void Name()
    {
        if (Kind == SyntaxKind.IdentifierToken && NoNames.Contains(_tokens[_at].Text))
        {
            throw Refuse($"The word '{_tokens[_at].Text}' {AllowedInWords} As a name choose another.");
        }

        Expect(SyntaxKind.IdentifierToken, "a name");
    }

    private void Statement()
    {
        Enter();
        switch (Kind)
        {
            case SyntaxKind.OpenBraceToken:
                Block();
                break;
            case SyntaxKind.SemicolonToken:
                _at++;
                break;
            case SyntaxKind.IfKeyword:
                _at++;
                Condition();
                Statement();
                if (Take(SyntaxKind.ElseKeyword))
                {
                    Statement();
                }

                break;
            case SyntaxKind.WhileKeyword:
                _at++;
                Condition();
                Statement();
                break;
            case SyntaxKind.DoKeyword:
                _at++;
                Statement();
                Expect(SyntaxKind.WhileKeyword);
                Condition();
                Expect(SyntaxKind.SemicolonToken);
                break;
            case SyntaxKind.ForKeyword:
                _at++;
                For();
                break;
            case SyntaxKind.ForEachKeyword:
                _at++;
                Expect(SyntaxKind.OpenParenToken);
                Type();
                Name();
                Expect(SyntaxKind.InKeyword);
                Expression();
                Expect(SyntaxKind.CloseParenToken);
                Statement();
                break;
            case SyntaxKind.SwitchKeyword:
                _at++;
                Condition();
                Sections();
                break;
            case SyntaxKind.BreakKeyword or SyntaxKind.ContinueKeyword:
                _at++;
                Expect(SyntaxKind.SemicolonToken);
                break;
            case SyntaxKind.ReturnKeyword:
                _at++;
                if (Kind != SyntaxKind.SemicolonToken)
                {
                    Expression();
                }

                Expect(SyntaxKind.SemicolonToken);
                break;
            case SyntaxKind.UncheckedKeyword when KindAt(_at + 1) == SyntaxKind.OpenBraceToken:
                _at++;
                Block();
                break;
            case SyntaxKind.StaticKeyword:
                _at++;
                Type();
                Name();
                Function();
                break;
            case SyntaxKind.ConstKeyword:
                _at++;
                Type();
                Declarators();
                Expect(SyntaxKind.SemicolonToken);
                break;
            case SyntaxKind.IdentifierToken when KindAt(_at + 1) == SyntaxKind.ColonToken:
                throw Refuse($"A label {AllowedInWords}");
            default:
                if (!IsDeclaration())
                {
                    Expression(mayBeTuple: true);
                    Expect(SyntaxKind.SemicolonToken);
                    break;
                }

                Type();
                if (KindAt(_at + 1) == SyntaxKind.OpenParenToken)
                {
                    Name();
                    Function();
                    break;
                }

                Declarators();
                Expect(SyntaxKind.SemicolonToken);
                break;
        }

        _level--;
    }

    // A type, and a name behind it; or a type that cannot be the beginning of a value.
    private bool IsDeclaration()
    {
        if (SyntaxFacts.IsPredefinedType(Kind))
        {
            return KindAt(_at + 1) != SyntaxKind.DotToken;
        }

        return TypeEnd(_at) is { } end && KindAt(end) == SyntaxKind.IdentifierToken;
    }

    // Where a type ends that begins here with a name: N, N.M, N[], N[,][].
    private int? TypeEnd(int at)
    {
        do
        {
            if (KindAt(at++) != SyntaxKind.IdentifierToken)
            {
                return null;
            }
        }
        while (KindAt(at++) == SyntaxKind.DotToken);
        at--;
        while (KindAt(at) == SyntaxKind.OpenBracketToken)
        {
            do
            {
                at++;
            }
            while (KindAt(at) == SyntaxKind.CommaToken);
            if (KindAt(at++) != SyntaxKind.CloseBracketToken)
            {
                return null;
            }
        }

        return at;
    }

    private void Declarators()
    {
        do
        {
            Name();
            if (Take(SyntaxKind.EqualsToken))
            {
                if (Take(SyntaxKind.OpenBraceToken))
                {
                    Items(SyntaxKind.CloseBraceToken);
                }
                else
                {
                    Expression();
                }
            }
        }
        while (Take(SyntaxKind.CommaToken));
    }

    private void Condition()
    {
        Expect(SyntaxKind.OpenParenToken);
        Expression();
        Expect(SyntaxKind.CloseParenToken);
    }

    private void For()
    {
        Expect(SyntaxKind.OpenParenToken);
        if (IsDeclaration())
        {
            Type();
            Declarators();
        }
        else
        {
            Expressions(SyntaxKind.SemicolonToken);
        }

        Expect(SyntaxKind.SemicolonToken);
        if (Kind != SyntaxKind.SemicolonToken)
        {
            Expression();
        }

        Expect(SyntaxKind.SemicolonToken);
        Expressions(SyntaxKind.CloseParenToken);
        Expect(SyntaxKind.CloseParenToken);
        Statement();
    }

    private void Expressions(SyntaxKind before)
    {
        if (Kind == before)
        {
            return;
        }

        do
        {
            Expression(mayBeTuple: true);
        }
        while (Take(SyntaxKind.CommaToken));
    }

    private void Sections()
    {
        int outer = _tests;
        _tests = 0;
        Expect(SyntaxKind.OpenBraceToken);
        while (!Take(SyntaxKind.CloseBraceToken))
        {
            if (Kind is not (SyntaxKind.CaseKeyword or SyntaxKind.DefaultKeyword))
            {
                throw Unexpected("'case'");
            }

            while (Kind is SyntaxKind.CaseKeyword or SyntaxKind.DefaultKeyword)
            {
                if (!Take(SyntaxKind.DefaultKeyword))
                {
                    _at++;
                    Label();
                }

                Expect(SyntaxKind.ColonToken);
            }

            while (Kind is not (SyntaxKind.CaseKeyword or SyntaxKind.DefaultKeyword or SyntaxKind.CloseBraceToken))
            {
                Statement();
            }
        }

        _tests = outer;
    }

    private void Arms()
    {
        int outer = _tests;
        _tests = 0;
        Expect(SyntaxKind.OpenBraceToken);
        while (Kind != SyntaxKind.CloseBraceToken)
        {
            Label();
            Expect(SyntaxKind.EqualsGreaterThanToken);
            Expression();
            if (!Take(SyntaxKind.CommaToken))
            {
                break;
            }
        }

        Expect(SyntaxKind.CloseBraceToken);
        _tests = outer;
    }

    private void Label()
    {
        if (Pattern())
        {
            _isPattern = true;
            Rest(); // of a constant
            _isPattern = false;
        }

        if (IsWord("when"))
        {
            Test();
            Expression();
        }
    }

    // Whether it is a constant, which may go on as one.
    private bool Pattern()
    {
        Enter();
        (bool outer, _isPattern) = (_isPattern, true);
        bool isConstant = true;
        while (true)
        {
            while (IsWord("not") || Kind is SyntaxKind.LessThanToken or SyntaxKind.LessThanEqualsToken or SyntaxKind.GreaterThanToken or SyntaxKind.GreaterThanEqualsToken)
            {
                isConstant = false;
                if (!IsWord("not"))
                {
                    Test();
                    break;
                }

                Test();
            }

            if (Kind == SyntaxKind.OpenParenToken && !IsCast() && !SyntaxFacts.IsPredefinedType(KindAt(_at + 1)))
            {
                _at++;
                isConstant &= Pattern();
                if (isConstant)
                {
                    Rest();
                }

                Expect(SyntaxKind.CloseParenToken);
            }
            else
            {
                Operand();
            }

            while (TakeOperator(isArithmetic: true))
            {
                Operand();
            }

            if (!IsWord("and") && !IsWord("or"))
            {
                (_level, _isPattern) = (_level - 1, outer);
                return isConstant;
            }

            isConstant = false;
            _at++;
        }
    }

    private void Test()
    {
        if (++_tests > Tests)
        {
            throw Refuse($"More than {Tests} comparisons, negations and guards stand in one switch here: use if, or a helper function.");
        }

        _at++;
    }

    private void Expression(bool mayBeTuple = false)
    {
        Enter();
        Operand(mayBeTuple);
        Rest(mayBeTuple);
        _level--;
    }

    // What may stand behind a value, and the values behind that. Precedence is C#'s to know.
    private void Rest(bool mayBeTuple = false)
    {
        while (true)
        {
            if (!_isPattern && Take(SyntaxKind.IsKeyword))
            {
                int outer = _tests;
                _tests = 0;
                Pattern();
                _tests = outer;
                if (Kind == SyntaxKind.LessThanToken)
                {
                    throw Unexpected("the end of a pattern"); // could begin a list of types
                }

                continue;
            }

            bool isAssignment = Kind == SyntaxKind.EqualsToken;
            if (Take(SyntaxKind.QuestionToken))
            {
                Expression();
                Expect(SyntaxKind.ColonToken);
            }
            else if (!TakeOperator())
            {
                return;
            }

            Operand(mayBeTuple && isAssignment);
        }
    }

    // The lexer takes each > by itself, but for >=.
    private bool TakeOperator(bool isArithmetic = false)
    {
        if (Kind == SyntaxKind.GreaterThanToken)
        {
            int end = _at + 1;
            while (end < _at + 3 && KindAt(end) is SyntaxKind.GreaterThanToken && _tokens[end].SpanStart == _tokens[end - 1].Span.End)
            {
                end++;
            }

            bool isCompound = end < _at + 3 && KindAt(end) == SyntaxKind.GreaterThanEqualsToken && _tokens[end].SpanStart == _tokens[end - 1].Span.End;
            if (isArithmetic && (isCompound || end == _at + 1))
            {
                return false;
            }

            _at = isCompound ? end + 1 : end;
            return true;
        }

        bool isOperator = (Kind == SyntaxKind.LessThanToken && !_isPattern) || Kind is SyntaxKind.PlusToken or SyntaxKind.MinusToken or SyntaxKind.AsteriskToken or SyntaxKind.SlashToken or SyntaxKind.PercentToken or SyntaxKind.LessThanLessThanToken
            || (!isArithmetic && Kind is SyntaxKind.AmpersandToken or SyntaxKind.BarToken or SyntaxKind.CaretToken or SyntaxKind.AmpersandAmpersandToken or SyntaxKind.BarBarToken
                or SyntaxKind.EqualsEqualsToken or SyntaxKind.ExclamationEqualsToken or SyntaxKind.LessThanEqualsToken or SyntaxKind.GreaterThanEqualsToken
                or SyntaxKind.EqualsToken or SyntaxKind.PlusEqualsToken or SyntaxKind.MinusEqualsToken or SyntaxKind.AsteriskEqualsToken or SyntaxKind.SlashEqualsToken or SyntaxKind.PercentEqualsToken
                or SyntaxKind.AmpersandEqualsToken or SyntaxKind.BarEqualsToken or SyntaxKind.CaretEqualsToken or SyntaxKind.LessThanLessThanEqualsToken);
        _at += isOperator ? 1 : 0;
        return isOperator;
    }

    private void Operand(bool mayBeTuple = false)
    {
        while (true)
        {
            if (Kind is SyntaxKind.PlusToken or SyntaxKind.MinusToken or SyntaxKind.ExclamationToken or SyntaxKind.TildeToken or SyntaxKind.PlusPlusToken or SyntaxKind.MinusMinusToken)
            {
                _at++;
            }
            else if (Kind == SyntaxKind.OpenParenToken && ((SyntaxFacts.IsPredefinedType(KindAt(_at + 1)) && KindAt(_at + 2) != SyntaxKind.DotToken) || IsCast()))
            {
                _at++;
                Type();
                if (Kind is SyntaxKind.IdentifierToken)
                {
                    throw Refuse(NoLambda);
                }

                Expect(SyntaxKind.CloseParenToken);
            }
            else
            {
                break;
            }
        }

        switch (Kind)
        {
            case SyntaxKind.NumericLiteralToken or SyntaxKind.TrueKeyword or SyntaxKind.FalseKeyword:
                _at++;
                break;
            case SyntaxKind.IdentifierToken:
                Name();
                Member();
                return;
            case SyntaxKind.OpenParenToken:
                _at++;
                Parenthesized(mayBeTuple);
                break;
            case SyntaxKind.OpenBracketToken when !_isPattern:
                _at++;
                Items(SyntaxKind.CloseBracketToken);
                break;
            case SyntaxKind.NewKeyword when !_isPattern:
                _at++;
                New();
                break;
            case SyntaxKind.DefaultKeyword:
                _at++;
                if (Take(SyntaxKind.OpenParenToken))
                {
                    Type();
                    Expect(SyntaxKind.CloseParenToken);
                }

                break;
            case SyntaxKind.UncheckedKeyword:
                _at++;
                Condition();
                break;
            case var kind when SyntaxFacts.IsPredefinedType(kind):
                _at++;
                if (Kind != SyntaxKind.DotToken)
                {
                    throw _tokens[_at - 2].IsKind(SyntaxKind.LessThanToken) ? Refuse($"A generic type or method {AllowedInWords}") : Unexpected("'.'");
                }

                break;
            default:
                throw Unexpected("a value");
        }

        Behind();
    }

    private void Parenthesized(bool mayBeTuple)
    {
        if (Kind == SyntaxKind.CloseParenToken)
        {
            throw Refuse(NoLambda);
        }

        do
        {
            Expression();
        }
        while (mayBeTuple && Take(SyntaxKind.CommaToken));
        if (Kind == SyntaxKind.CommaToken)
        {
            throw Refuse($"A tuple as a value {AllowedInWords}");
        }

        Expect(SyntaxKind.CloseParenToken);
    }

    // (Name) before the beginning of a value.
    private bool IsCast()
    {
        if (TypeEnd(_at + 1) is not { } end || KindAt(end) != SyntaxKind.CloseParenToken)
        {
            return false;
        }

        SyntaxKind next = KindAt(end + 1);
        return next == SyntaxKind.IdentifierToken
            ? _tokens[end + 1].Text is not ("and" or "or" or "when")
            : next is SyntaxKind.NumericLiteralToken or SyntaxKind.TrueKeyword or SyntaxKind.FalseKeyword or SyntaxKind.OpenParenToken or SyntaxKind.NewKeyword or SyntaxKind.DefaultKeyword or SyntaxKind.UncheckedKeyword
                or SyntaxKind.TildeToken or SyntaxKind.ExclamationToken || SyntaxFacts.IsPredefinedType(next);
    }

    // Behind a name, which may be called.
    private void Member()
    {
        if (!_isPattern && Take(SyntaxKind.OpenParenToken) && !Take(SyntaxKind.CloseParenToken))
        {
            do
            {
                if (Kind == SyntaxKind.IdentifierToken && KindAt(_at + 1) == SyntaxKind.ColonToken)
                {
                    throw Refuse($"A named argument {AllowedInWords}");
                }

                Expression();
            }
            while (Take(SyntaxKind.CommaToken));
            Expect(SyntaxKind.CloseParenToken);
        }

        Behind();
    }

    // Behind a value, as a part of it.
    private void Behind()
    {
        while (true)
        {
            switch (Kind)
            {
                case SyntaxKind.DotToken:
                    _at++;
                    Name();
                    Member();
                    return;
                case SyntaxKind.OpenBracketToken when !_isPattern:
                    _at++;
                    do
                    {
                        Expression();
                    }
                    while (Take(SyntaxKind.CommaToken));
                    Expect(SyntaxKind.CloseBracketToken);
                    break;
                case SyntaxKind.PlusPlusToken or SyntaxKind.MinusMinusToken:
                    _at++;
                    break;
                case SyntaxKind.SwitchKeyword when !_isPattern:
                    _at++;
                    Enter();
                    Arms();
                    _level--;
                    break;
                default:
                    return;
            }
        }
    }

    private void New()
    {
        if (Kind != SyntaxKind.OpenBracketToken)
        {
            bool isName = SyntaxFacts.IsPredefinedType(Kind) || Kind == SyntaxKind.IdentifierToken;
            while (isName && KindAt(_at + 1) == SyntaxKind.DotToken)
            {
                _at += 2;
            }

            _at += isName ? 1 : 0;
        }

        if (Kind != SyntaxKind.OpenBracketToken)
        {
            throw Refuse($"An object {AllowedInWords}");
        }

        _at++;
        bool hasSize = Kind != SyntaxKind.CloseBracketToken;
        if (hasSize)
        {
            do
            {
                Expression();
            }
            while (Take(SyntaxKind.CommaToken));
        }

        Expect(SyntaxKind.CloseBracketToken);
        while (Kind == SyntaxKind.OpenBracketToken && KindAt(_at + 1) == SyntaxKind.CloseBracketToken)
        {
            _at += 2;
        }

        if (Take(SyntaxKind.OpenBraceToken))
        {
            Items(SyntaxKind.CloseBraceToken);
        }
        else if (!hasSize)
        {
            throw Unexpected("'{'");
        }
    }

    // Of an array.
    private void Items(SyntaxKind close)
    {
        while (Kind != close)
        {
            Expression();
            if (!Take(SyntaxKind.CommaToken))
            {
                break;
            }
        }

        Expect(close);
    }

    private RefusedException Refuse(string reason) => HoleGates.Refuse(_source, _tokens[_at].SpanStart, reason);

    private RefusedException Unexpected(string wanted)
    {
        SyntaxToken token = _tokens[_at];
        string? what = token.Kind() switch
        {
            SyntaxKind.EqualsGreaterThanToken or SyntaxKind.DelegateKeyword => "A lambda",
            SyntaxKind.DotDotToken => "A range",
            SyntaxKind.DotToken when _at > 0 && _tokens[_at - 1].IsKind(SyntaxKind.DotToken) => "A range",
            SyntaxKind.CaretToken => "The operator ^",
            SyntaxKind.TryKeyword or SyntaxKind.CatchKeyword or SyntaxKind.FinallyKeyword or SyntaxKind.ThrowKeyword => "An exception",
            SyntaxKind.GotoKeyword => "goto",
            SyntaxKind.LockKeyword => "lock",
            SyntaxKind.TypeOfKeyword => "typeof",
            SyntaxKind.CheckedKeyword => "checked arithmetic",
            SyntaxKind.NullKeyword => "null",
            SyntaxKind.AmpersandToken or SyntaxKind.AsteriskToken or SyntaxKind.FixedKeyword or SyntaxKind.StackAllocKeyword => "Unsafe code",
            var kind when (SyntaxFacts.IsReservedKeyword(kind) && !IsOfTheSubset(kind)) || (kind == SyntaxKind.IdentifierToken && NoNames.Contains(token.Text)) => $"The word '{token.Text}'",
            _ => null,
        };
        return Refuse(
            what is not null ? $"{what} {AllowedInWords}"
            : token.IsKind(SyntaxKind.EndOfFileToken) ? $"The source ends where {wanted} is expected."
            : $"'{token.Text}' stands where {wanted} is expected.");
    }

    private static bool IsOfTheSubset(SyntaxKind kind) => SyntaxFacts.IsPredefinedType(kind) || kind is SyntaxKind.IfKeyword or SyntaxKind.ElseKeyword or SyntaxKind.WhileKeyword or SyntaxKind.DoKeyword or SyntaxKind.ForKeyword
        or SyntaxKind.ForEachKeyword or SyntaxKind.SwitchKeyword or SyntaxKind.CaseKeyword or SyntaxKind.DefaultKeyword or SyntaxKind.BreakKeyword or SyntaxKind.ContinueKeyword or SyntaxKind.ReturnKeyword
        or SyntaxKind.UncheckedKeyword or SyntaxKind.StaticKeyword or SyntaxKind.ConstKeyword or SyntaxKind.NewKeyword or SyntaxKind.TrueKeyword or SyntaxKind.FalseKeyword or SyntaxKind.IsKeyword
        or SyntaxKind.PublicKeyword or SyntaxKind.PrivateKeyword or SyntaxKind.InternalKeyword;
}
