using Ansatz.Sandbox;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Programs;

/// <summary>What a member is.</summary>
internal enum CodeKind
{
    Method,
    Field,
    Type,
}

/// <summary>A member in a text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name; of fields the first one's.</param>
/// <param name="Holder">The type that it stands in, if any.</param>
/// <param name="First">Its first token, attributes and modifiers included.</param>
/// <param name="Type">The first token behind them.</param>
/// <param name="Last">Its last token.</param>
internal sealed record CodeMember(CodeKind Kind, string Name, CodeMember? Holder, int First, int Type, int Last);

/// <summary>
/// The members in a text that may be C#, with anything between them. They are found by tokens and brackets, in one pass: C#'s own parser guesses at what is no C#, and a few hundred characters of a stranger's could keep it busy for days.
/// </summary>
internal sealed class CodeMembers
{
    private static readonly CSharpParseOptions Lexing = new(LanguageVersion.CSharp14, DocumentationMode.None);

    private readonly SyntaxToken[] _tokens;
    private readonly int[] _partners; // of a bracket its other end, or the last token that can be inside
    private readonly List<CodeMember> _all = [];
    private bool _isWhole = true;

    private CodeMembers(string text)
    {
        _tokens = SourceShape.WhyNot(text, ProgramSource.MostNesting) is null ? [.. SyntaxFactory.ParseTokens(text, options: Lexing).SkipLast(1)] : [];
        _partners = new int[_tokens.Length];
        Pair();
        Scan(0, _tokens.Length, null);
    }

    /// <summary>Methods with a body, fields and types, in the order of the text.</summary>
    public IReadOnlyList<CodeMember> All => _all;

    /// <summary>Whether the text is members and nothing else, its brackets match, and every body ends behind a statement.</summary>
    public bool IsWhole => _isWhole && _all.Count > 0;

    /// <summary>The members of a text.</summary>
    public static CodeMembers Of(string text) => new(text);

    /// <summary>A method without attributes and modifiers, but static; a field as it is, but static; a type as it is.</summary>
    public string Plain(CodeMember member)
    {
        bool isStatic = member.Kind == CodeKind.Type || (member.Kind == CodeKind.Field && _tokens[member.First..member.Type].Any(t => t.Kind() is SyntaxKind.StaticKeyword or SyntaxKind.ConstKeyword));
        return isStatic ? Bare(_tokens[member.First..(member.Last + 1)]) : "static " + Bare(_tokens[member.Type..(member.Last + 1)]);
    }

    /// <summary>The text of tokens without comments and empty lines, and without the indent of where they stood.</summary>
    public static string Bare(IEnumerable<SyntaxToken> tokens)
    {
        string text = string.Concat(tokens.Select(t => $"{Space(t.LeadingTrivia)}{t.Text}{Space(t.TrailingTrivia)}")).Trim();
        string[] lines = [.. text.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
        int indent = lines.Skip(1).Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Join('\n', lines.Select((l, i) => i == 0 ? l : l[indent..]));

        static string Space(SyntaxTriviaList trivia) => string.Concat(trivia.Select(t => t.Kind() is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia ? t.ToString() : " "));
    }

    private SyntaxKind KindAt(int at) => at >= 0 && at < _tokens.Length ? _tokens[at].Kind() : SyntaxKind.EndOfFileToken;

    // A closing bracket without its own opening one ends what was opened behind the last that it could close.
    private void Pair()
    {
        Stack<int> open = [];
        for (int at = 0; at < _tokens.Length; at++)
        {
            _partners[at] = -1;
            SyntaxKind opening = KindAt(at) switch
            {
                SyntaxKind.OpenParenToken or SyntaxKind.OpenBracketToken or SyntaxKind.OpenBraceToken => SyntaxKind.None,
                SyntaxKind.CloseParenToken => SyntaxKind.OpenParenToken,
                SyntaxKind.CloseBracketToken => SyntaxKind.OpenBracketToken,
                SyntaxKind.CloseBraceToken => SyntaxKind.OpenBraceToken,
                _ => SyntaxKind.EndOfFileToken,
            };
            if (opening == SyntaxKind.None)
            {
                open.Push(at);
            }
            else if (opening != SyntaxKind.EndOfFileToken)
            {
                while (opening == SyntaxKind.OpenBraceToken && open.TryPeek(out int other) && KindAt(other) != opening)
                {
                    _partners[open.Pop()] = at - 1;
                    _isWhole = false;
                }

                bool isPair = open.TryPeek(out int last) && KindAt(last) == opening;
                _isWhole &= isPair;
                if (isPair)
                {
                    (_partners[at], _partners[open.Pop()]) = (last, at);
                }
            }
        }

        _isWhole &= open.Count == 0;
        foreach (int at in open)
        {
            _partners[at] = _tokens.Length - 1;
        }
    }

    private void Scan(int at, int end, CodeMember? holder)
    {
        int first = at; // behind the last member
        bool hasValue = false;
        while (at < end)
        {
            int next = at + 1;
            bool isOver = false;
            switch (KindAt(at))
            {
                case SyntaxKind.ClassKeyword or SyntaxKind.StructKeyword or SyntaxKind.InterfaceKeyword or SyntaxKind.EnumKeyword or SyntaxKind.NamespaceKeyword when IsTypeHead(at):
                case SyntaxKind.IdentifierToken when _tokens[at].Text == "record" && IsTypeHead(at):
                    next = Type(at, end, holder) + 1;
                    isOver = true;
                    break;
                case SyntaxKind.OpenParenToken when MethodAt(at, end, holder) is { } method:
                    _all.Add(method);
                    next = method.Last + 1;
                    isOver = true;
                    break;
                case SyntaxKind.OpenBraceToken when !hasValue:
                    next = _partners[at] + 1;
                    isOver = _isWhole = false; // a property, or no C#
                    first = next;
                    break;
                case SyntaxKind.OpenParenToken or SyntaxKind.OpenBracketToken or SyntaxKind.OpenBraceToken:
                    next = _partners[at] + 1;
                    break;
                case SyntaxKind.EqualsToken or SyntaxKind.EqualsGreaterThanToken:
                    hasValue = true;
                    break;
                case SyntaxKind.SemicolonToken:
                    CodeMember? field = FieldAt(first, at, holder);
                    _isWhole &= field is not null;
                    _all.AddRange(field is null ? [] : [field]);
                    isOver = true;
                    break;
            }

            first = isOver ? next : first;
            hasValue &= !isOver;
            at = Math.Max(next, at + 1);
        }

        _isWhole &= first >= end;
    }

    // A name and what may stand between it and its members: "a class of functions:" is prose, and so is "the class F: double F(".
    private bool IsTypeHead(int at)
    {
        int angles = 0;
        at = KindAt(at + 1) is SyntaxKind.StructKeyword or SyntaxKind.ClassKeyword ? at + 2 : at + 1;
        for (int name = at; KindAt(name) == SyntaxKind.IdentifierToken && at < _tokens.Length; at++)
        {
            SyntaxKind kind = KindAt(at);
            bool isName = kind == SyntaxKind.IdentifierToken, wasName = KindAt(at - 1) == SyntaxKind.IdentifierToken;
            switch (kind)
            {
                case SyntaxKind.OpenBraceToken or SyntaxKind.SemicolonToken:
                    return true;
                case SyntaxKind.OpenParenToken or SyntaxKind.OpenBracketToken when _partners[at] > at:
                    at = _partners[at];
                    break;
                case SyntaxKind.LessThanToken or SyntaxKind.GreaterThanToken:
                    angles += kind == SyntaxKind.LessThanToken ? 1 : -1;
                    break;
                case SyntaxKind.ColonToken or SyntaxKind.CommaToken or SyntaxKind.DotToken or SyntaxKind.ColonColonToken or SyntaxKind.QuestionToken or SyntaxKind.NewKeyword or SyntaxKind.StructKeyword or SyntaxKind.ClassKeyword:
                    break;
                case var _ when isName && (!wasName || _tokens[at].Text == "where" || _tokens[at - 1].Text is "where" or "record"):
                    break;
                case var _ when angles > 0 && SyntaxFacts.IsPredefinedType(kind):
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    // The last token of a type, or of a namespace, whose members are those of what it stands in.
    private int Type(int at, int end, CodeMember? holder)
    {
        int name = at + 1;
        while (KindAt(name) is SyntaxKind.StructKeyword or SyntaxKind.ClassKeyword)
        {
            name++;
        }

        int open = name;
        while (open < end && KindAt(open) is not (SyntaxKind.OpenBraceToken or SyntaxKind.SemicolonToken))
        {
            open = KindAt(open) is SyntaxKind.OpenParenToken or SyntaxKind.OpenBracketToken ? Math.Max(_partners[open], open) + 1 : open + 1;
        }

        bool hasBody = open < end && KindAt(open) == SyntaxKind.OpenBraceToken;
        int last = Math.Min(hasBody ? _partners[open] : open, end - 1);
        CodeMember? type = holder;
        if (KindAt(at) != SyntaxKind.NamespaceKeyword)
        {
            type = new(CodeKind.Type, _tokens[Math.Min(name, _tokens.Length - 1)].Text, holder, FirstBefore(at), at, last);
            _all.Add(type);
        }

        if (hasBody && KindAt(at) != SyntaxKind.EnumKeyword)
        {
            Scan(open + 1, KindAt(last) == SyntaxKind.CloseBraceToken && _partners[last] == open ? last : last + 1, type);
        }

        return last;
    }

    // A type, a name, brackets and a body.
    private CodeMember? MethodAt(int open, int end, CodeMember? holder)
    {
        int name = KindAt(open - 1) == SyntaxKind.GreaterThanToken ? Angle(open - 1) - 1 : open - 1;
        if (KindAt(name) != SyntaxKind.IdentifierToken || TypeBefore(name - 1) is not { } type)
        {
            return null;
        }

        int body = _partners[open] + 1;
        if (KindAt(body) == SyntaxKind.IdentifierToken && _tokens[body].Text == "where")
        {
            while (body < end && KindAt(body) is not (SyntaxKind.OpenBraceToken or SyntaxKind.EqualsGreaterThanToken or SyntaxKind.SemicolonToken))
            {
                body++;
            }
        }

        if (body >= end || KindAt(body) is not (SyntaxKind.OpenBraceToken or SyntaxKind.EqualsGreaterThanToken))
        {
            return null;
        }

        int last = _partners[body];
        if (KindAt(body) == SyntaxKind.EqualsGreaterThanToken)
        {
            for (last = body + 1; last < end && KindAt(last) is not (SyntaxKind.SemicolonToken or SyntaxKind.CloseBraceToken or SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken); last++)
            {
                last = Math.Max(last, _partners[last]);
            }

            bool isEnded = last < end && KindAt(last) == SyntaxKind.SemicolonToken;
            _isWhole &= isEnded && last > body + 1;
            last -= isEnded ? 0 : 1;
        }
        else
        {
            _isWhole &= KindAt(last - 1) is SyntaxKind.SemicolonToken or SyntaxKind.CloseBraceToken or SyntaxKind.OpenBraceToken;
        }

        return new(CodeKind.Method, _tokens[name].Text, holder, FirstBefore(type), type, Math.Min(last, end - 1));
    }

    // Attributes, modifiers, a type, and a name with or without a value.
    private CodeMember? FieldAt(int first, int end, CodeMember? holder)
    {
        int type = first;
        while (KindAt(type) == SyntaxKind.OpenBracketToken || IsModifier(type))
        {
            type = Math.Max(_partners[type], type) + 1;
        }

        int name = type;
        while (name < end && !(KindAt(name) == SyntaxKind.IdentifierToken && KindAt(name + 1) is SyntaxKind.EqualsToken or SyntaxKind.CommaToken or SyntaxKind.SemicolonToken && TypeBefore(name - 1) == type))
        {
            name++;
        }

        return name < end ? new(CodeKind.Field, _tokens[name].Text, holder, first, type, end) : null;
    }

    // Where a type begins that ends here: N, N.M<T>, int[], (int, int), each with a question mark.
    private int? TypeBefore(int at)
    {
        while (KindAt(at) is SyntaxKind.CloseBracketToken or SyntaxKind.QuestionToken)
        {
            at = KindAt(at) == SyntaxKind.QuestionToken ? at - 1 : Math.Min(_partners[at], at) - 1;
        }

        if (KindAt(at) == SyntaxKind.CloseParenToken)
        {
            return _partners[at] >= 0 && KindAt(_partners[at] - 1) != SyntaxKind.IdentifierToken ? _partners[at] : null;
        }

        if (SyntaxFacts.IsPredefinedType(KindAt(at)))
        {
            return at;
        }

        while (true)
        {
            at = KindAt(at) == SyntaxKind.GreaterThanToken ? Angle(at) - 1 : at;
            if (KindAt(at) != SyntaxKind.IdentifierToken)
            {
                return null;
            }

            if (KindAt(at - 1) is not (SyntaxKind.DotToken or SyntaxKind.ColonColonToken))
            {
                return at;
            }

            at -= 2;
        }
    }

    // The < of a list of types that ends here; behind every token where it is none.
    private int Angle(int at)
    {
        int depth = 0;
        for (; at >= 0; at--)
        {
            switch (KindAt(at))
            {
                case SyntaxKind.GreaterThanToken:
                    depth++;
                    break;
                case SyntaxKind.LessThanToken when --depth == 0:
                    return at;
                case SyntaxKind.LessThanToken or SyntaxKind.IdentifierToken or SyntaxKind.CommaToken or SyntaxKind.DotToken or SyntaxKind.QuestionToken or SyntaxKind.OpenBracketToken or SyntaxKind.CloseBracketToken or SyntaxKind.OpenParenToken or SyntaxKind.CloseParenToken:
                    break;
                case var kind when SyntaxFacts.IsPredefinedType(kind):
                    break;
                default:
                    return -1;
            }
        }

        return -1;
    }

    private int FirstBefore(int at)
    {
        while (IsModifier(at - 1) || (KindAt(at - 1) == SyntaxKind.CloseBracketToken && _partners[at - 1] >= 0 && KindAt(_partners[at - 1] - 1) is SyntaxKind.CloseBracketToken or SyntaxKind.SemicolonToken or SyntaxKind.OpenBraceToken or SyntaxKind.CloseBraceToken or SyntaxKind.EndOfFileToken))
        {
            at = KindAt(at - 1) == SyntaxKind.CloseBracketToken ? _partners[at - 1] : at - 1;
        }

        return at;
    }

    private bool IsModifier(int at) => KindAt(at) is SyntaxKind.PublicKeyword or SyntaxKind.PrivateKeyword or SyntaxKind.ProtectedKeyword or SyntaxKind.InternalKeyword or SyntaxKind.StaticKeyword or SyntaxKind.ConstKeyword
        or SyntaxKind.ReadOnlyKeyword or SyntaxKind.SealedKeyword or SyntaxKind.AbstractKeyword or SyntaxKind.UnsafeKeyword or SyntaxKind.RefKeyword
        || (KindAt(at) == SyntaxKind.IdentifierToken && _tokens[at].Text is "partial" or "file" && KindAt(at + 1) != SyntaxKind.EqualsToken);
}
