using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Ansatz.Sandbox;

/// <summary>
/// The first three of the reader's gates, each before work that the next one needs and a hostile source could abuse: size and grammar (<see cref="HoleGrammar"/>, before C#'s parser guesses), kinds of syntax
/// (before binding: no generic name, type, attribute, lambda ... reaches the binder), Roslyn's own errors (types, definite assignment, missing returns).
/// </summary>
internal static class HoleGates
{
    /// <summary>Levels of syntax; every later step recurses over them.</summary>
    public const int TreeDepth = 200;

    /// <summary>Parameters of what is called from inside: each takes stack that no node of the tree stands for.</summary>
    public const int Parameters = 32;

    /// <summary>Why something is refused, behind what it is.</summary>
    public const string AllowedInWords = "is not allowed here. Allowed are numbers, bool, arrays, locals, if, switch, loops, static helper functions, the offered helpers and Math.";

    /// <summary>Why a member is refused.</summary>
    public const string OnlyMethods = "Only methods may stand here: no field, property, type or other member.";

    /// <summary>Why a lambda is refused.</summary>
    public const string NoLambda = $"A lambda {AllowedInWords}";

    /// <summary>Why deep code is refused.</summary>
    public static readonly string TooDeep = $"The code nests more than {TreeDepth} levels deep here: use locals or helper functions.";

    private const string Open = "using System; static partial class Candidate {"; // a line of our own before the source's first

    private static readonly HashSet<SyntaxKind> Allowed =
    [
        SyntaxKind.MethodDeclaration, SyntaxKind.LocalFunctionStatement, SyntaxKind.ParameterList, SyntaxKind.Parameter, SyntaxKind.ArrowExpressionClause,
        SyntaxKind.PredefinedType, SyntaxKind.ArrayType, SyntaxKind.ArrayRankSpecifier, SyntaxKind.OmittedArraySizeExpression, SyntaxKind.IdentifierName,
        SyntaxKind.Block, SyntaxKind.LocalDeclarationStatement, SyntaxKind.VariableDeclaration, SyntaxKind.VariableDeclarator, SyntaxKind.EqualsValueClause,
        SyntaxKind.ExpressionStatement, SyntaxKind.EmptyStatement, SyntaxKind.IfStatement, SyntaxKind.ElseClause, SyntaxKind.WhileStatement, SyntaxKind.DoStatement,
        SyntaxKind.ForStatement, SyntaxKind.ForEachStatement, SyntaxKind.BreakStatement, SyntaxKind.ContinueStatement, SyntaxKind.ReturnStatement,
        SyntaxKind.SwitchStatement, SyntaxKind.SwitchSection, SyntaxKind.CaseSwitchLabel, SyntaxKind.CasePatternSwitchLabel, SyntaxKind.DefaultSwitchLabel, SyntaxKind.WhenClause,
        SyntaxKind.SwitchExpression, SyntaxKind.SwitchExpressionArm, SyntaxKind.IsPatternExpression, SyntaxKind.ConstantPattern, SyntaxKind.RelationalPattern,
        SyntaxKind.AndPattern, SyntaxKind.OrPattern, SyntaxKind.NotPattern, SyntaxKind.DiscardPattern, SyntaxKind.ParenthesizedPattern,
        SyntaxKind.UncheckedExpression, SyntaxKind.UncheckedStatement,
        SyntaxKind.NumericLiteralExpression, SyntaxKind.TrueLiteralExpression, SyntaxKind.FalseLiteralExpression, SyntaxKind.DefaultLiteralExpression, SyntaxKind.DefaultExpression,
        SyntaxKind.ParenthesizedExpression, SyntaxKind.ConditionalExpression, SyntaxKind.CastExpression, SyntaxKind.InvocationExpression, SyntaxKind.ArgumentList,
        SyntaxKind.Argument, SyntaxKind.BracketedArgumentList, SyntaxKind.ElementAccessExpression, SyntaxKind.SimpleMemberAccessExpression,
        SyntaxKind.ArrayCreationExpression, SyntaxKind.ImplicitArrayCreationExpression, SyntaxKind.ArrayInitializerExpression, SyntaxKind.CollectionExpression, SyntaxKind.ExpressionElement,
        SyntaxKind.UnaryPlusExpression, SyntaxKind.UnaryMinusExpression, SyntaxKind.BitwiseNotExpression, SyntaxKind.LogicalNotExpression,
        SyntaxKind.PreIncrementExpression, SyntaxKind.PreDecrementExpression, SyntaxKind.PostIncrementExpression, SyntaxKind.PostDecrementExpression,
        SyntaxKind.AddExpression, SyntaxKind.SubtractExpression, SyntaxKind.MultiplyExpression, SyntaxKind.DivideExpression, SyntaxKind.ModuloExpression,
        SyntaxKind.LeftShiftExpression, SyntaxKind.RightShiftExpression, SyntaxKind.UnsignedRightShiftExpression, SyntaxKind.BitwiseAndExpression, SyntaxKind.BitwiseOrExpression,
        SyntaxKind.ExclusiveOrExpression, SyntaxKind.LogicalAndExpression, SyntaxKind.LogicalOrExpression, SyntaxKind.EqualsExpression, SyntaxKind.NotEqualsExpression,
        SyntaxKind.LessThanExpression, SyntaxKind.LessThanOrEqualExpression, SyntaxKind.GreaterThanExpression, SyntaxKind.GreaterThanOrEqualExpression,
        SyntaxKind.SimpleAssignmentExpression, SyntaxKind.AddAssignmentExpression, SyntaxKind.SubtractAssignmentExpression, SyntaxKind.MultiplyAssignmentExpression,
        SyntaxKind.DivideAssignmentExpression, SyntaxKind.ModuloAssignmentExpression, SyntaxKind.AndAssignmentExpression, SyntaxKind.OrAssignmentExpression,
        SyntaxKind.ExclusiveOrAssignmentExpression, SyntaxKind.LeftShiftAssignmentExpression, SyntaxKind.RightShiftAssignmentExpression, SyntaxKind.UnsignedRightShiftAssignmentExpression,
        SyntaxKind.TupleExpression,
    ];

    /// <summary>Gates 1 and 2, size, grammar and kinds of syntax: the parsed source.</summary>
    /// <exception cref="RefusedException">It does not pass.</exception>
    public static SyntaxTree Parse(string source, HoleLimits limits)
    {
        if (source.Length > limits.SourceCharacters)
        {
            throw Refuse(1, 1, $"The source has {source.Length} characters; {limits.SourceCharacters} are allowed.");
        }

        if (SourceShape.WhyNot(source, limits.Nesting) is { } shape)
        {
            throw Refuse(source, shape.At, shape.Reason);
        }

        RefuseText(source);
        HoleGrammar.Check(source, limits);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(Open + "\n" + source + "\n}", Facade.Parsing);
        RefuseErrors(tree.GetDiagnostics());
        CompilationUnitSyntax root = (CompilationUnitSyntax)tree.GetRoot();
        if (root.Members is not [ClassDeclarationSyntax { Identifier.Text: "Candidate", AttributeLists: [] } candidate] || root.Usings.Count != 1 || root.ContainsDirectives || !candidate.Members.All(m => m is MethodDeclarationSyntax))
        {
            throw Refuse(1, 1, OnlyMethods);
        }

        foreach (MemberDeclarationSyntax member in candidate.Members)
        {
            RefuseKinds(member, 1);
        }

        return tree;
    }

    // Of texts, directives and names with @ nothing is allowed, and what stands inside them no count of tokens sees.
    private static void RefuseText(string source)
    {
        for (int at = 0; at < source.Length; at++)
        {
            if (SourceShape.Comment(source, at) is var end && end > at)
            {
                at = end - 1;
            }
            else if (source[at] is '"' or '\'' or '$' or '`')
            {
                throw Refuse(source, at, $"Text {AllowedInWords}");
            }
            else if (source[at] == '#')
            {
                const string error = "#error "; // says why this is no candidate
                throw Refuse(source, at, source.AsSpan(at).StartsWith(error, StringComparison.Ordinal) ? source[(at + error.Length)..].Split('\n')[0] : "A preprocessor directive is not allowed here: the source has to be methods and nothing else.");
            }
            else if (source[at] is '@' or '\\')
            {
                throw Refuse(source, at, "A name has to be ASCII letters, digits and underscores.");
            }
        }
    }

    private static void RefuseKinds(SyntaxNode node, int depth)
    {
        if (!Allowed.Contains(node.Kind()))
        {
            throw Refuse(node, $"{NotAllowed(node)} {AllowedInWords}");
        }

        if (depth > TreeDepth)
        {
            throw Refuse(node, TooDeep);
        }

        foreach (SyntaxNode child in node.ChildNodes())
        {
            RefuseKinds(child, depth + 1);
        }
    }

    // What the grammar takes for an expression of the subset, and C# does not.
    private static string NotAllowed(SyntaxNode node) => node switch
    {
        GenericNameSyntax => "A generic type or method",
        PointerTypeSyntax => "Unsafe code",
        NullableTypeSyntax => "A nullable type",
        _ => $"{node.Kind()}",
    };

    /// <summary>Gate 3, Roslyn's own errors.</summary>
    /// <exception cref="RefusedException">There are some.</exception>
    public static void RefuseErrors(IEnumerable<Diagnostic> diagnostics)
    {
        Refusal[] errors = [.. diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).OrderBy(d => d.Location.SourceSpan.Start).Take(5).Select(d =>
        {
            LinePosition at = d.Location.GetLineSpan().StartLinePosition;
            return new Refusal(Math.Max(at.Line, 1), at.Line == 0 ? 1 : at.Character + 1, Plain($"{d.GetMessage(CultureInfo.InvariantCulture)} ({d.Id})"));
        })];
        if (errors.Length > 0)
        {
            throw new RefusedException([.. errors]);
        }
    }

    /// <summary>A refusal of this place.</summary>
    public static RefusedException Refuse(SyntaxNode at, string reason)
    {
        LinePosition position = at.GetLocation().GetLineSpan().StartLinePosition; // from 0, and a line of ours comes first
        return Refuse(position.Line, position.Character + 1, reason);
    }

    /// <summary>A refusal of a place in the source.</summary>
    public static RefusedException Refuse(string source, int at, string reason)
    {
        string before = source[..at];
        return Refuse(before.Count(c => c == '\n') + 1, before.Length - before.LastIndexOf('\n'), reason);
    }

    /// <summary>A refusal of a line and column, from 1.</summary>
    public static RefusedException Refuse(int line, int column, string reason) => new([new(line, column, Plain(reason))]);

    // A reason quotes the source, which may be hostile to whatever shows it: printable ASCII alone, and not much of it.
    private static string Plain(string reason) =>
        string.Concat(reason.Take(400).Select(c => c is >= ' ' and <= '~' ? c : '?')) + (reason.Length > 400 ? "..." : "");
}

/// <summary>A source is no candidate; the reader catches it.</summary>
internal sealed class RefusedException(ImmutableArray<Refusal> refusals) : Exception
{
    /// <summary>Why.</summary>
    public ImmutableArray<Refusal> Refusals { get; } = refusals;
}
