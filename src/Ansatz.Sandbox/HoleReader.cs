using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Sandbox.Tree;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using Expression = Ansatz.Sandbox.Tree.Expression;

namespace Ansatz.Sandbox;

/// <summary>Makes the tree out of C# that Roslyn has parsed and bound, or says where and why it cannot.</summary>
/// <remarks>
/// Four gates, each before work that the next one needs and a hostile source could abuse: size (counted on tokens, before anything recurses), kinds of syntax
/// (before binding: no generic name, type, attribute, lambda ... reaches the binder), Roslyn's own errors (types, definite assignment, missing returns), and the
/// bound operations, of which those that are not named here are refused. Thread-safe.
/// </remarks>
internal sealed class HoleReader
{
    private const string Open = "using System; static partial class Candidate {"; // a line of our own before the source's first
    private const int TreeDepth = 200; // levels of syntax; every later step recurses over them

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

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

    // Words that change what an allowed node means.
    private static readonly HashSet<SyntaxKind> Words =
    [
        SyntaxKind.AsyncKeyword, SyntaxKind.UnsafeKeyword, SyntaxKind.ExternKeyword, SyntaxKind.PartialKeyword, SyntaxKind.RefKeyword, SyntaxKind.OutKeyword, SyntaxKind.InKeyword,
        SyntaxKind.ParamsKeyword, SyntaxKind.ThisKeyword, SyntaxKind.ScopedKeyword, SyntaxKind.UsingKeyword, SyntaxKind.AwaitKeyword,
    ];

    private readonly HoleSignature _signature;
    private readonly HoleLimits _limits;
    private readonly CSharpCompilation _base;

    public HoleReader(HoleSignature signature, HoleLimits limits)
    {
        (_signature, _limits) = (signature, limits);
        string helpers = string.Join(' ', signature.Offered.Select(helper =>
            $"static {helper.Result} {helper.Name}({string.Join(", ", helper.Parameters.Select((p, i) => $"{p} p{i}"))}) => default;"));
        SyntaxTree offered = CSharpSyntaxTree.ParseText($"static partial class Candidate {{ {helpers} }}", Facade.Parsing);
        _base = CSharpCompilation.Create("Candidate", [offered], [Facade.Reference], Facade.Options);
    }

    /// <summary>The tree of a source, or none and the reasons.</summary>
    public HoleTree? Read(string source, out ImmutableArray<Refusal> refusals)
    {
        try
        {
            SyntaxTree syntax = Parse(source);
            CSharpCompilation compilation = _base.AddSyntaxTrees(syntax);
            SemanticModel model = compilation.GetSemanticModel(syntax);
            RefuseErrors(model.GetDiagnostics());
            refusals = [];
            return new Candidate(this, model).Read(Members(syntax));
        }
        catch (RefusedException e)
        {
            refusals = e.Refusals;
            return null;
        }
    }

    private static ImmutableArray<MethodDeclarationSyntax> Members(SyntaxTree syntax) =>
        [.. ((ClassDeclarationSyntax)((CompilationUnitSyntax)syntax.GetRoot()).Members[0]).Members.Cast<MethodDeclarationSyntax>()];

    // Gates 1 and 2: size and kinds of syntax.
    private SyntaxTree Parse(string source)
    {
        if (source.Length > _limits.SourceCharacters)
        {
            throw Refuse(1, 1, $"The source has {source.Length} characters; {_limits.SourceCharacters} are allowed.");
        }

        CountTokens(source);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(Open + "\n" + source + "\n}", Facade.Parsing);
        RefuseErrors(tree.GetDiagnostics());
        CompilationUnitSyntax root = (CompilationUnitSyntax)tree.GetRoot();
        if (root.Members is not [ClassDeclarationSyntax { Identifier.Text: "Candidate", AttributeLists: [] } candidate] || root.Usings.Count != 1 || root.ContainsDirectives)
        {
            throw Refuse(1, 1, "The source has to be methods and nothing else: no type, namespace, using or directive.");
        }

        foreach (MemberDeclarationSyntax member in candidate.Members)
        {
            if (member is not MethodDeclarationSyntax)
            {
                throw Refuse(member, "Only methods may stand here: no field, property, type or other member.");
            }

            RefuseKinds(member, 1);
        }

        return tree;
    }

    private void CountTokens(string source)
    {
        (int tokens, int nesting) = (0, 0);
        foreach (SyntaxToken token in SyntaxFactory.ParseTokens(source, options: Facade.Parsing))
        {
            nesting += token.Kind() switch
            {
                SyntaxKind.OpenParenToken or SyntaxKind.OpenBraceToken or SyntaxKind.OpenBracketToken => 1,
                SyntaxKind.CloseParenToken or SyntaxKind.CloseBraceToken or SyntaxKind.CloseBracketToken => -1,
                _ => 0,
            };
            if (++tokens > _limits.Tokens || nesting > _limits.Nesting)
            {
                string before = source[..token.SpanStart];
                throw Refuse(before.Count(c => c == '\n') + 1, before.Length - before.LastIndexOf('\n'), tokens > _limits.Tokens
                    ? $"The source has more than {_limits.Tokens} tokens."
                    : $"Brackets nest more than {_limits.Nesting} deep here: use locals or helper functions.");
            }
        }
    }

    private static void RefuseKinds(SyntaxNode node, int depth)
    {
        if (!Allowed.Contains(node.Kind()))
        {
            throw Refuse(node, $"{NotAllowed(node)} is not allowed here. Allowed are numbers, bool, arrays, locals, if, switch, loops, static helper functions, the offered helpers and Math.");
        }

        if (depth > TreeDepth)
        {
            throw Refuse(node, $"The code nests more than {TreeDepth} levels deep here: use locals or helper functions.");
        }

        foreach (SyntaxNodeOrToken child in node.ChildNodesAndTokens())
        {
            if (child.AsNode() is { } inner)
            {
                RefuseKinds(inner, depth + 1);
            }
            else if (child.IsKind(SyntaxKind.IdentifierToken) && child.AsToken().Text.AsSpan().ContainsAnyExcept(Letters))
            {
                throw Refuse(node, "A name has to be ASCII letters, digits and underscores.");
            }
            else if (!child.IsToken || !Words.Contains(child.Kind()) || (child.IsKind(SyntaxKind.InKeyword) && node is ForEachStatementSyntax))
            {
                continue;
            }
            else
            {
                throw Refuse(node, $"The word '{child}' is not allowed.");
            }
        }

        if (node is ParameterSyntax { Default: { } value })
        {
            throw Refuse(value, "A parameter may not have a default value.");
        }
    }

    private static string NotAllowed(SyntaxNode node) => node switch
    {
        GenericNameSyntax => "A generic type or method",
        AttributeListSyntax => "An attribute",
        LambdaExpressionSyntax or AnonymousMethodExpressionSyntax => "A lambda",
        GotoStatementSyntax => "goto",
        TryStatementSyntax or ThrowStatementSyntax or ThrowExpressionSyntax => "An exception",
        UnsafeStatementSyntax or FixedStatementSyntax or PointerTypeSyntax or StackAllocArrayCreationExpressionSyntax => "Unsafe code",
        ObjectCreationExpressionSyntax or ImplicitObjectCreationExpressionSyntax => "An object",
        LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression or (int)SyntaxKind.CharacterLiteralExpression } or InterpolatedStringExpressionSyntax => "Text",
        LiteralExpressionSyntax => "null",
        TypeOfExpressionSyntax => "typeof",
        CheckedExpressionSyntax or CheckedStatementSyntax => "checked arithmetic",
        AwaitExpressionSyntax => "await",
        YieldStatementSyntax => "yield",
        LockStatementSyntax => "lock",
        QueryExpressionSyntax => "A query",
        TupleTypeSyntax => "A tuple as a type",
        NullableTypeSyntax => "A nullable type",
        RangeExpressionSyntax => "A range",
        PrefixUnaryExpressionSyntax => $"The operator {((PrefixUnaryExpressionSyntax)node).OperatorToken}",
        LabeledStatementSyntax => "A label",
        _ => $"{node.Kind()}",
    };

    // Gate 3: Roslyn's own errors.
    private static void RefuseErrors(IEnumerable<Diagnostic> diagnostics)
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

    private static RefusedException Refuse(SyntaxNode at, string reason)
    {
        LinePosition position = at.GetLocation().GetLineSpan().StartLinePosition; // from 0, and a line of ours comes first
        return Refuse(position.Line, position.Character + 1, reason);
    }

    private static RefusedException Refuse(int line, int column, string reason) => new([new(line, column, Plain(reason))]);

    // A reason quotes the source, which may be hostile to whatever shows it: printable ASCII alone, and not much of it.
    private static string Plain(string reason) =>
        string.Concat(reason.Take(400).Select(c => c is >= ' ' and <= '~' ? c : '?')) + (reason.Length > 400 ? "..." : "");

    private sealed class RefusedException(ImmutableArray<Refusal> refusals) : Exception
    {
        public ImmutableArray<Refusal> Refusals { get; } = refusals;
    }

    // Gate 4: bound operations become the tree.
    private sealed class Candidate(HoleReader reader, SemanticModel model)
    {
        private readonly Dictionary<IMethodSymbol, int> _functions = new(SymbolEqualityComparer.Default);
        private readonly List<(IMethodSymbol Symbol, IBlockOperation Body, SyntaxNode Syntax)> _bodies = [];

        public HoleTree Read(ImmutableArray<MethodDeclarationSyntax> methods)
        {
            HoleSignature signature = reader._signature;
            MethodDeclarationSyntax[] holes = [.. methods.Where(m => m.Identifier.Text == signature.Name)];
            string wanted = $"static {signature.Result} {signature.Name}({string.Join(", ", signature.Parameters)})";
            if (holes is not [MethodDeclarationSyntax hole])
            {
                throw Refuse(1, 1, $"The source has to define exactly one method {wanted}; it defines {holes.Length}.");
            }

            Add(hole);
            IMethodSymbol symbol = _bodies[0].Symbol;
            if (TypeOf(symbol.ReturnType, hole) != signature.Result || !symbol.Parameters.Select(p => TypeOf(p.Type, hole)).SequenceEqual(signature.Parameters))
            {
                throw Refuse(hole, $"The method has to be {wanted}.");
            }

            foreach (SyntaxNode helper in methods.Where(m => m != hole).Cast<SyntaxNode>().Concat(methods.SelectMany(m => m.DescendantNodes().OfType<LocalFunctionStatementSyntax>())))
            {
                Add(helper);
            }

            if (_bodies.Count > reader._limits.Functions)
            {
                throw Refuse(_bodies[reader._limits.Functions].Syntax, $"The source has more than {reader._limits.Functions} functions.");
            }

            return new([.. _bodies.Select(b => new Body(this, b.Symbol, b.Syntax).Read(b.Body))]);
        }

        private void Add(SyntaxNode function)
        {
            IMethodSymbol symbol = (IMethodSymbol)model.GetDeclaredSymbol(function)!;
            IBlockOperation? body = model.GetOperation(function) switch
            {
                IMethodBodyOperation method => method.BlockBody ?? method.ExpressionBody,
                ILocalFunctionOperation local => local.Body,
                _ => null,
            };
            if (Array.Exists([.. reader._signature.Offered], o => o.Name == symbol.Name))
            {
                throw Refuse(function, $"{symbol.Name} is an offered helper: give this function another name.");
            }

            if (!symbol.IsStatic)
            {
                throw Refuse(function, $"{symbol.Name} has to be static.");
            }

            _functions.Add(symbol, _bodies.Count);
            _bodies.Add((symbol, body ?? throw Refuse(function, $"{symbol.Name} has no body."), function));
        }

        private static HoleType TypeOf(ITypeSymbol? type, SyntaxNode at) => type switch
        {
            { SpecialType: SpecialType.System_Void } => HoleType.Void,
            { SpecialType: SpecialType.System_Boolean } => HoleType.Bool,
            { SpecialType: SpecialType.System_Int32 } => HoleType.Int,
            { SpecialType: SpecialType.System_UInt32 } => HoleType.UInt,
            { SpecialType: SpecialType.System_Int64 } => HoleType.Long,
            { SpecialType: SpecialType.System_UInt64 } => HoleType.ULong,
            { SpecialType: SpecialType.System_Double } => HoleType.Double,
            IArrayTypeSymbol { IsSZArray: true, ElementType: { SpecialType: not SpecialType.System_Void } element } => TypeOf(element, at).ToArray(),
            _ => throw Refuse(at, $"The type {type?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} is not allowed: use int, uint, long, ulong, double, bool, or arrays of them (int[][], not int[,])."),
        };

        /// <summary>Reads one function.</summary>
        private sealed class Body(Candidate candidate, IMethodSymbol symbol, SyntaxNode syntax)
        {
            private readonly List<HoleType> _slots = [];
            private readonly Dictionary<ISymbol, int> _variables = new(SymbolEqualityComparer.Default);
            private readonly Dictionary<ILabelSymbol, int> _labels = new(SymbolEqualityComparer.Default);

            public Function Read(IBlockOperation body)
            {
                foreach (IParameterSymbol parameter in symbol.Parameters)
                {
                    _variables.Add(parameter, NewSlot(TypeOf(parameter.Type, syntax)));
                }

                Block block = ReadBlock(body.Operations);
                return new(symbol.Name, [.. _slots], symbol.Parameters.Length, TypeOf(symbol.ReturnType, syntax), block);
            }

            private int NewSlot(HoleType type)
            {
                _slots.Add(type);
                return _slots.Count - 1;
            }

            private int NewLabel(ILabelSymbol label)
            {
                _labels.Add(label, _labels.Count);
                return _labels.Count - 1;
            }

            private Read Slot(int slot) => new(_slots[slot], slot);

            private int Variable(ISymbol variable, IOperation at) => _variables.TryGetValue(variable, out int slot)
                ? slot
                : throw Refuse(at.Syntax, $"{variable.Name} belongs to the function around this one: pass it as a parameter.");

            private Block ReadBlock(IEnumerable<IOperation> operations) => new([.. operations.SelectMany(ReadStatement)]);

            private Block ReadBlock(IOperation? operation) => operation is null ? new([]) : ReadBlock([operation]);

            private IEnumerable<Statement> ReadStatement(IOperation operation)
            {
                switch (operation)
                {
                    case IBlockOperation block:
                        return ReadBlock(block.Operations).Body;
                    case IVariableDeclarationGroupOperation group:
                        return [.. group.Declarations.SelectMany(d => d.Declarators.SelectMany(v => Declare(v, v.Initializer ?? d.Initializer)))];
                    case IExpressionStatementOperation statement:
                        return [new Evaluate(ReadExpression(statement.Operation, isUsed: false))];
                    case IConditionalOperation branch:
                        return [new If(ReadExpression(branch.Condition), ReadBlock(branch.WhenTrue), branch.WhenFalse is null ? null : ReadBlock(branch.WhenFalse))];
                    case IWhileLoopOperation loop:
                        return [Loop(loop, loop.ConditionIsTop ? loop.Condition : null, [], loop.ConditionIsTop ? null : loop.Condition)];
                    case IForLoopOperation loop:
                        return [.. loop.Before.SelectMany(ReadStatement), Loop(loop, loop.Condition, loop.AtLoopBottom, null)];
                    case IForEachLoopOperation loop:
                        return ForEach(loop);
                    case ISwitchOperation @switch:
                        return Switch(@switch);
                    case IBranchOperation { BranchKind: BranchKind.Break or BranchKind.Continue } branch when _labels.TryGetValue(branch.Target, out int label):
                        return [new Jump(label)];
                    case IReturnOperation { Kind: OperationKind.Return } @return:
                        return [new Return(@return.ReturnedValue is null ? null : ReadExpression(@return.ReturnedValue))];
                    case ILocalFunctionOperation or IEmptyOperation:
                        return [];
                    default:
                        throw NotInSubset(operation);
                }
            }

            private IEnumerable<Statement> Declare(IVariableDeclaratorOperation declarator, IVariableInitializerOperation? initializer)
            {
                if (declarator.Symbol.RefKind != RefKind.None)
                {
                    throw Refuse(declarator.Syntax, "A ref local is not allowed.");
                }

                int slot = NewSlot(TypeOf(declarator.Symbol.Type, declarator.Syntax));
                _variables.Add(declarator.Symbol, slot);
                return initializer is null ? [] : [new Evaluate(new Write(slot, ReadExpression(initializer.Value)))];
            }

            private Labelled Loop(ILoopOperation loop, IOperation? before, IEnumerable<IOperation> step, IOperation? after)
            {
                int exit = NewLabel(loop.ExitLabel);
                int next = NewLabel(loop.ContinueLabel);
                return new(exit, new Repeat(new Block(
                [
                    .. LeaveUnless(before, exit),
                    new Labelled(next, ReadBlock(loop.Body)),
                    .. step.SelectMany(ReadStatement),
                    .. LeaveUnless(after, exit),
                ])));
            }

            private IEnumerable<Statement> LeaveUnless(IOperation? condition, int exit) => condition is null or { ConstantValue: { HasValue: true, Value: true } }
                ? []
                : [new If(Not(ReadExpression(condition)), new Jump(exit), null)];

            private IEnumerable<Statement> ForEach(IForEachLoopOperation loop)
            {
                IOperation collection = loop.Collection is IConversionOperation { Operand.Type: IArrayTypeSymbol } conversion ? conversion.Operand : loop.Collection;
                if (collection.Type is not IArrayTypeSymbol || loop.LoopControlVariable is not IVariableDeclaratorOperation { Symbol: { RefKind: RefKind.None } variable })
                {
                    throw Refuse(loop.Syntax, "foreach is allowed over arrays alone.");
                }

                Expression array = ReadExpression(collection);
                (int items, int index, int item) = (NewSlot(array.Type), NewSlot(HoleType.Int), NewSlot(TypeOf(variable.Type, loop.Syntax)));
                _variables.Add(variable, item);
                int exit = NewLabel(loop.ExitLabel);
                int next = NewLabel(loop.ContinueLabel);
                return
                [
                    new Evaluate(new Write(items, array)),
                    new Evaluate(new Write(index, Int(0))),
                    new Labelled(exit, new Repeat(new Block(
                    [
                        new If(new Binary(HoleType.Bool, BinaryOperator.GreaterOrEqual, Slot(index), new Length(Slot(items))), new Jump(exit), null),
                        new Evaluate(new Write(item, To(_slots[item], new Element(Slot(items), Slot(index)), loop))),
                        new Labelled(next, ReadBlock(loop.Body)),
                        new Evaluate(new Write(index, new Binary(HoleType.Int, BinaryOperator.Add, Slot(index), Int(1)))),
                    ]))),
                ];
            }

            // C# lets no section fall through, so each ends in a jump of its own; default comes last, wherever it is written.
            private IEnumerable<Statement> Switch(ISwitchOperation @switch)
            {
                int exit = NewLabel(@switch.ExitLabel);
                Expression value = ReadExpression(@switch.Value);
                int slot = NewSlot(value.Type);
                List<Statement> sections = [];
                ISwitchCaseOperation? otherwise = null;
                foreach (ISwitchCaseOperation section in @switch.Cases)
                {
                    if (section.Clauses.Any(c => c is IDefaultCaseClauseOperation))
                    {
                        otherwise = section; // its other labels lead to the same place
                        continue;
                    }

                    Expression matches = section.Clauses.Select(c => Matches(c, Slot(slot))).Aggregate((a, b) => Or(a, b));
                    sections.Add(new If(matches, ReadBlock(section.Body), null));
                }

                return [new Evaluate(new Write(slot, value)), new Labelled(exit, new Block([.. sections, .. otherwise is null ? [] : ReadBlock(otherwise.Body).Body]))];
            }

            private Expression Matches(ICaseClauseOperation clause, Expression value) => clause switch
            {
                ISingleValueCaseClauseOperation single => Equal(value, To(value.Type, ReadExpression(single.Value), single)),
                IPatternCaseClauseOperation { Guard: null } pattern => Matches(pattern.Pattern, value),
                IPatternCaseClauseOperation { Guard: { } guard } pattern => And(Matches(pattern.Pattern, value), ReadExpression(guard)),
                _ => throw NotInSubset(clause),
            };

            private Expression Matches(IPatternOperation pattern, Expression value) => pattern switch
            {
                IDiscardPatternOperation => True,
                IConstantPatternOperation constant => Equal(value, To(value.Type, ReadExpression(constant.Value), constant)),
                IRelationalPatternOperation relational =>
                    new Binary(HoleType.Bool, Comparison(relational.OperatorKind, pattern), value, To(value.Type, ReadExpression(relational.Value), relational)),
                INegatedPatternOperation negated => Not(Matches(negated.Pattern, value)),
                IBinaryPatternOperation { OperatorKind: Microsoft.CodeAnalysis.Operations.BinaryOperatorKind.And } both => And(Matches(both.LeftPattern, value), Matches(both.RightPattern, value)),
                IBinaryPatternOperation either => Or(Matches(either.LeftPattern, value), Matches(either.RightPattern, value)),
                _ => throw NotInSubset(pattern),
            };

            private static Binary Equal(Expression value, Expression constant) => constant is Constant { Type: var type, Bits: var bits } && type == HoleType.Double && double.IsNaN(Bits.ToDouble(bits))
                ? new Binary(HoleType.Bool, BinaryOperator.NotEqual, value, value) // a pattern NaN matches NaN
                : new Binary(HoleType.Bool, BinaryOperator.Equal, value, constant);

            private Expression ReadExpression(IOperation operation, bool isUsed = true)
            {
                if (operation.ConstantValue is { HasValue: true, Value: { } value })
                {
                    HoleType type = TypeOf(operation.Type, operation.Syntax);
                    return new Constant(type, Bits.Unbox(value));
                }

                switch (operation)
                {
                    case ILocalReferenceOperation local:
                        return Slot(Variable(local.Local, local));
                    case IParameterReferenceOperation parameter:
                        return Slot(Variable(parameter.Parameter, parameter));
                    case IArrayElementReferenceOperation element:
                        return new Element(ReadExpression(element.ArrayReference), Index(element));
                    case IPropertyReferenceOperation { Property: { Name: "Length", ContainingType.SpecialType: SpecialType.System_Array }, Instance: { } array }:
                        return new Length(ReadExpression(array));
                    case IConversionOperation { OperatorMethod: null, IsChecked: false } conversion:
                        return To(TypeOf(conversion.Type, conversion.Syntax), ReadExpression(conversion.Operand), conversion);
                    case IUnaryOperation { OperatorMethod: null, IsChecked: false, IsLifted: false } unary:
                        return Unary(unary);
                    case IBinaryOperation { OperatorMethod: null, IsChecked: false, IsLifted: false } binary:
                        return Binary(binary);
                    case IConditionalOperation { WhenFalse: { } otherwise, IsRef: false } choice:
                        return new Choose(ReadExpression(choice.Condition), ReadExpression(choice.WhenTrue), ReadExpression(otherwise));
                    case ISimpleAssignmentOperation { IsRef: false } assignment:
                        return Assign(assignment.Target, ReadTarget(assignment.Target), ReadExpression(assignment.Value));
                    case ICompoundAssignmentOperation { OperatorMethod: null, IsChecked: false, IsLifted: false } compound:
                        return Compound(compound);
                    case IIncrementOrDecrementOperation { OperatorMethod: null, IsChecked: false, IsLifted: false } step:
                        return Step(step, isUsed);
                    case IInvocationOperation invocation:
                        return Call(invocation);
                    case IArrayCreationOperation creation:
                        return CreateArray(creation);
                    case ICollectionExpressionOperation { Type: IArrayTypeSymbol } list:
                        return CreateArray(TypeOf(list.Type, list.Syntax), list.Elements);
                    case IIsPatternOperation test:
                        return WithSlot(ReadExpression(test.Value), slot => Matches(test.Pattern, slot));
                    case ISwitchExpressionOperation choice:
                        return SwitchExpression(choice);
                    case IDeconstructionAssignmentOperation { Target: ITupleOperation targets } tuple when !isUsed:
                        return AssignTuple(targets, tuple.Value);
                    default:
                        throw NotInSubset(operation);
                }
            }

            private Expression Index(IArrayElementReferenceOperation element)
            {
                Expression index = element.Indices is [{ } one] ? ReadExpression(one) : throw NotInSubset(element);
                return index.Type == HoleType.Int ? index : throw Refuse(element.Syntax, $"An index has to be an int, not {index.Type}: cast it.");
            }

            private Expression Unary(IUnaryOperation unary)
            {
                Expression operand = ReadExpression(unary.Operand);
                return unary.OperatorKind switch
                {
                    UnaryOperatorKind.Plus => operand,
                    UnaryOperatorKind.Minus => new Unary(UnaryOperator.Negate, operand),
                    UnaryOperatorKind.BitwiseNegation => new Unary(UnaryOperator.Complement, operand),
                    UnaryOperatorKind.Not => Not(operand),
                    _ => throw NotInSubset(unary),
                };
            }

            private Expression Binary(IBinaryOperation binary)
            {
                if (binary.LeftOperand is IConversionOperation { Operand.Type: IArrayTypeSymbol })
                {
                    throw Refuse(binary.Syntax, "Arrays cannot be compared.");
                }

                Expression left = ReadExpression(binary.LeftOperand);
                Expression right = ReadExpression(binary.RightOperand);
                return binary.OperatorKind switch
                {
                    BinaryOperatorKind.ConditionalAnd => And(left, right),
                    BinaryOperatorKind.ConditionalOr => Or(left, right),
                    BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals or BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual
                        or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual =>
                        new Binary(HoleType.Bool, Comparison(binary.OperatorKind, binary), left, right),
                    _ => Arithmetic(binary.OperatorKind, left, right, binary),
                };
            }

            private static Expression Arithmetic(BinaryOperatorKind kind, Expression left, Expression right, IOperation at) => kind switch
            {
                BinaryOperatorKind.Remainder when left.Type == HoleType.Double => new MathCall(MathFunction.Remainder, [left, right]),
                _ => new Binary(left.Type, kind switch
                {
                    BinaryOperatorKind.Add => BinaryOperator.Add,
                    BinaryOperatorKind.Subtract => BinaryOperator.Subtract,
                    BinaryOperatorKind.Multiply => BinaryOperator.Multiply,
                    BinaryOperatorKind.Divide => BinaryOperator.Divide,
                    BinaryOperatorKind.Remainder => BinaryOperator.Remainder,
                    BinaryOperatorKind.And => BinaryOperator.And,
                    BinaryOperatorKind.Or => BinaryOperator.Or,
                    BinaryOperatorKind.ExclusiveOr => BinaryOperator.Xor,
                    BinaryOperatorKind.LeftShift => BinaryOperator.ShiftLeft,
                    BinaryOperatorKind.RightShift => BinaryOperator.ShiftRight,
                    BinaryOperatorKind.UnsignedRightShift => BinaryOperator.ShiftRightUnsigned,
                    _ => throw NotInSubset(at),
                }, left, right),
            };

            private static BinaryOperator Comparison(BinaryOperatorKind kind, IOperation at) => kind switch
            {
                BinaryOperatorKind.Equals => BinaryOperator.Equal,
                BinaryOperatorKind.NotEquals => BinaryOperator.NotEqual,
                BinaryOperatorKind.LessThan => BinaryOperator.Less,
                BinaryOperatorKind.LessThanOrEqual => BinaryOperator.LessOrEqual,
                BinaryOperatorKind.GreaterThan => BinaryOperator.Greater,
                BinaryOperatorKind.GreaterThanOrEqual => BinaryOperator.GreaterOrEqual,
                _ => throw NotInSubset(at),
            };

            // What an assignment writes to: a slot, or an array and an index, which are evaluated before the value.
            private (int Slot, Expression? Array, Expression? Index) ReadTarget(IOperation target) => target switch
            {
                ILocalReferenceOperation { IsDeclaration: false } local => (Variable(local.Local, local), null, null),
                IParameterReferenceOperation parameter => (Variable(parameter.Parameter, parameter), null, null),
                IArrayElementReferenceOperation element => (-1, ReadExpression(element.ArrayReference), Index(element)),
                IDiscardOperation discard => (NewSlot(TypeOf(discard.Type, discard.Syntax)), null, null),
                _ => throw NotInSubset(target),
            };

            private static Expression Assign(IOperation at, (int Slot, Expression? Array, Expression? Index) target, Expression value) =>
                target.Array is { } array && target.Index is { } index ? new SetElement(array, index, To(array.Type.Element!, value, at)) : new Write(target.Slot, value);

            // Array and index of a target, evaluated once into slots of their own, and the target in terms of them.
            private (ImmutableArray<Expression> First, (int, Expression?, Expression?) Target, Expression Value) Once(IOperation operation)
            {
                (int slot, Expression? array, Expression? index) = ReadTarget(operation);
                if (array is null || index is null)
                {
                    return ([], (slot, null, null), Slot(slot));
                }

                (int a, int i) = (NewSlot(array.Type), NewSlot(HoleType.Int));
                return ([new Write(a, array), new Write(i, index)], (-1, Slot(a), Slot(i)), new Element(Slot(a), Slot(i)));
            }

            // target op= value: the old value is read (and its index checked) before the value is evaluated.
            private Expression Compound(ICompoundAssignmentOperation compound)
            {
                (ImmutableArray<Expression> first, (int, Expression?, Expression?) target, Expression old) = Once(compound.Target);
                Expression value = ReadExpression(compound.Value);
                bool isShift = compound.OperatorKind is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift;
                Expression left = isShift ? old : To(value.Type, old, compound);
                Expression result = To(old.Type, Arithmetic(compound.OperatorKind, left, value, compound), compound);
                return After(first, Assign(compound, target, result));
            }

            private Expression Step(IIncrementOrDecrementOperation step, bool isUsed)
            {
                (ImmutableArray<Expression> first, (int, Expression?, Expression?) target, Expression old) = Once(step.Target);
                BinaryOperator operation = step.Kind == OperationKind.Increment ? BinaryOperator.Add : BinaryOperator.Subtract;
                Constant one = new(old.Type, old.Type == HoleType.Double ? Bits.Of(1.0) : 1);
                if (!step.IsPostfix || !isUsed)
                {
                    return After(first, Assign(step, target, new Binary(old.Type, operation, old, one)));
                }

                int before = NewSlot(old.Type);
                return new Sequence([.. first, new Write(before, old), Assign(step, target, new Binary(old.Type, operation, Slot(before), one))], Slot(before));
            }

            private Sequence AssignTuple(ITupleOperation targets, IOperation values)
            {
                ITupleOperation tuple = (values is IConversionOperation conversion ? conversion.Operand : values) as ITupleOperation ?? throw NotInSubset(values);
                List<Expression> steps = [];
                List<(IOperation At, (int, Expression?, Expression?) Target, HoleType Type)> places = [];
                foreach (IOperation target in targets.Elements)
                {
                    (ImmutableArray<Expression> first, (int, Expression?, Expression?) place, Expression old) = Once(target);
                    steps.AddRange(first);
                    places.Add((target, place, old.Type));
                }

                List<int> slots = [];
                foreach (((IOperation at, _, HoleType type), IOperation value) in places.Zip(tuple.Elements))
                {
                    slots.Add(NewSlot(type));
                    steps.Add(new Write(slots[^1], To(type, ReadExpression(value), at)));
                }

                steps.AddRange(places.Zip(slots, (place, slot) => Assign(place.At, place.Target, Slot(slot))));
                return new Sequence([.. steps[..^1]], steps[^1]);
            }

            private Expression CreateArray(IArrayCreationOperation creation)
            {
                HoleType type = TypeOf(creation.Type, creation.Syntax);
                if (creation.Initializer is { } initializer)
                {
                    return CreateArray(type, initializer.ElementValues);
                }

                Expression size = creation.DimensionSizes is [{ } one] ? ReadExpression(one) : throw NotInSubset(creation);
                return size.Type == HoleType.Int ? new NewArray(type, size) : throw Refuse(creation.Syntax, $"The length of an array has to be an int, not {size.Type}: cast it.");
            }

            private Sequence CreateArray(HoleType type, ImmutableArray<IOperation> values)
            {
                int array = NewSlot(type);
                List<Expression> steps = [new Write(array, new NewArray(type, Int(values.Length)))];
                steps.AddRange(values.Select((v, i) => new SetElement(Slot(array), Int(i), To(type.Element!, ReadExpression(v), v))));
                return new([.. steps], Slot(array));
            }

            private Sequence SwitchExpression(ISwitchExpressionOperation choice) => WithSlot(ReadExpression(choice.Value), value =>
            {
                if (choice.Arms is not [.., { Pattern: IDiscardPatternOperation, Guard: null, Value: { } last }])
                {
                    throw Refuse(choice.Syntax, "The last arm of a switch expression has to be `_ => ...`.");
                }

                HoleType type = TypeOf(choice.Type, choice.Syntax);
                Expression result = To(type, ReadExpression(last), choice);
                foreach (ISwitchExpressionArmOperation arm in choice.Arms.SkipLast(1).Reverse())
                {
                    Expression matches = Matches(arm.Pattern, value);
                    result = new Choose(arm.Guard is null ? matches : And(matches, ReadExpression(arm.Guard)), To(type, ReadExpression(arm.Value), choice), result);
                }

                return result;
            });

            private Expression Call(IInvocationOperation invocation)
            {
                IMethodSymbol method = invocation.TargetMethod;
                foreach (IArgumentOperation argument in invocation.Arguments)
                {
                    if (argument is not { ArgumentKind: ArgumentKind.Explicit, Parameter.RefKind: RefKind.None })
                    {
                        throw Refuse(argument.Syntax, "Arguments have to be plain: no ref, out or params.");
                    }
                }

                ImmutableArray<Expression> arguments = [.. invocation.Arguments.Select(a => ReadExpression(a.Value))];
                if (candidate._functions.TryGetValue(method, out int function))
                {
                    return new Call(TypeOf(method.ReturnType, invocation.Syntax), function, arguments);
                }

                HoleSignature signature = candidate.Signature;
                if (method.ContainingType is { Name: "Candidate", ContainingNamespace.IsGlobalNamespace: true } && signature.Offered.FirstOrDefault(o => o.Name == method.Name) is { } helper)
                {
                    return new HelperCall(helper.Result, signature.Offered.IndexOf(helper), helper.Fuel, arguments);
                }

                return method.ContainingType is { ContainingNamespace.Name: "System", Name: "Math" or "Double" }
                    ? Library(method.Name, arguments, invocation)
                    : throw NotInSubset(invocation);
            }

            // The members of Math and double. What WebAssembly has is an operator; what can be said by comparisons is said so; the rest the host computes.
            private Expression Library(string name, ImmutableArray<Expression> arguments, IOperation at)
            {
                HoleType type = arguments[0].Type;
                bool isDouble = type == HoleType.Double;
                switch (name)
                {
                    case "Abs" when !isDouble:
                        return WithSlot(arguments[0], x => new Choose(
                            Compare(BinaryOperator.Less, x, Zero(type)),
                            new Choose(
                                Compare(BinaryOperator.Equal, x, new Constant(type, type == HoleType.Int ? int.MinValue : long.MinValue)),
                                new Fail(type, HoleTrap.Overflow),
                                new Unary(UnaryOperator.Negate, x)),
                            x));
                    case "Abs" or "Sqrt" or "Floor" or "Ceiling" or "Truncate" or "Round":
                        return new Unary(Enum.Parse<UnaryOperator>(name), arguments[0]);
                    case "Min" or "Max" when isDouble:
                        return new Binary(type, Enum.Parse<BinaryOperator>(name), arguments[0], arguments[1]);
                    case "Min":
                        return WithSlots(arguments, x => new Choose(Compare(BinaryOperator.LessOrEqual, x[0], x[1]), x[0], x[1]));
                    case "Max":
                        return WithSlots(arguments, x => new Choose(Compare(BinaryOperator.GreaterOrEqual, x[0], x[1]), x[0], x[1]));
                    case "Clamp":
                        return WithSlots(arguments, x => new Choose(
                            Compare(BinaryOperator.Greater, x[1], x[2]),
                            new Fail(type, HoleTrap.Argument),
                            new Choose(
                                Compare(BinaryOperator.Less, x[0], x[1]),
                                x[1],
                                new Choose(Compare(BinaryOperator.Greater, x[0], x[2]), x[2], x[0]))));
                    case "Sign":
                        return WithSlot(arguments[0], x => new Choose(
                            Compare(BinaryOperator.Less, x, Zero(type)),
                            Int(-1),
                            new Choose(
                                Compare(BinaryOperator.Greater, x, Zero(type)),
                                Int(1),
                                new Choose(Compare(BinaryOperator.Equal, x, Zero(type)), Int(0), new Fail(HoleType.Int, HoleTrap.Argument)))));
                    case "IsNaN":
                        return WithSlot(arguments[0], x => Compare(BinaryOperator.NotEqual, x, x));
                    case "IsFinite":
                        return Compare(BinaryOperator.Less, new Unary(UnaryOperator.Abs, arguments[0]), Double(double.PositiveInfinity));
                    case "IsInfinity":
                        return Compare(BinaryOperator.Equal, new Unary(UnaryOperator.Abs, arguments[0]), Double(double.PositiveInfinity));
                    case "IsPositiveInfinity":
                        return Compare(BinaryOperator.Equal, arguments[0], Double(double.PositiveInfinity));
                    case "IsNegativeInfinity":
                        return Compare(BinaryOperator.Equal, arguments[0], Double(double.NegativeInfinity));
                    default:
                        return Enum.TryParse(name, out MathFunction function) && Enum.IsDefined(function) ? new MathCall(function, arguments) : throw NotInSubset(at);
                }
            }

            private static Expression To(HoleType type, Expression value, IOperation at) =>
                value.Type == type ? value
                : type.IsNumber && value.Type.IsNumber ? new Cast(type, value)
                : throw Refuse(at.Syntax, $"A {value.Type} cannot become a {type} here.");

            private Sequence WithSlot(Expression value, Func<Expression, Expression> then)
            {
                int slot = NewSlot(value.Type);
                return new Sequence([new Write(slot, value)], then(Slot(slot)));
            }

            private Sequence WithSlots(ImmutableArray<Expression> values, Func<Expression[], Expression> then)
            {
                int[] slots = [.. values.Select(v => NewSlot(v.Type))];
                return new Sequence([.. values.Select((v, i) => new Write(slots[i], v))], then([.. slots.Select(Slot)]));
            }

            private static Expression After(ImmutableArray<Expression> first, Expression last) => first.IsEmpty ? last : new Sequence(first, last);

            private static Binary Compare(BinaryOperator operation, Expression left, Expression right) => new(HoleType.Bool, operation, left, right);

            private static Constant True { get; } = new(HoleType.Bool, 1);

            private static Constant False { get; } = new(HoleType.Bool, 0);

            private static Constant Int(int value) => new(HoleType.Int, value);

            private static Constant Double(double value) => new(HoleType.Double, Bits.Of(value));

            private static Constant Zero(HoleType type) => new(type, 0);

            private static Unary Not(Expression value) => new Unary(UnaryOperator.Not, value);

            private static Choose And(Expression left, Expression right) => new Choose(left, right, False);

            private static Choose Or(Expression left, Expression right) => new Choose(left, True, right);

            private static RefusedException NotInSubset(IOperation operation) => Refuse(operation.Syntax, $"'{Shown(operation.Syntax)}' is not in the allowed subset of C#.");

            private static string Shown(SyntaxNode syntax) => syntax.ToString() is var text && text.Length > 60 ? text[..60] + "..." : text;
        }

        private HoleSignature Signature => reader._signature;
    }
}
