using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Sandbox.Syntax;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using static Ansatz.Sandbox.HoleGates;
using Conversion = Ansatz.Sandbox.Syntax.Conversion;

namespace Ansatz.Sandbox;

/// <summary>Makes the syntax tree out of C# that Roslyn has parsed and bound, or says where and why it cannot.</summary>
/// <remarks>The last of four gates, behind those of <see cref="HoleGates"/>: bound operations that are not named here are refused. Thread-safe.</remarks>
internal sealed class HoleReader
{
    private readonly HoleSignature _signature;
    private readonly HoleLimits _limits;
    private readonly CSharpCompilation _base;

    public HoleReader(HoleSignature signature, HoleLimits limits)
    {
        (_signature, _limits) = (signature, limits);
        string helpers = string.Join(' ', signature.Offered.Select(helper =>
            $"static {helper.Result} {helper.Name}({string.Join(", ", helper.Parameters.Select((p, i) => $"{p} p{i}"))}) => default;"));
        SyntaxTree offered = CSharpSyntaxTree.ParseText($"static partial class Candidate {{ {helpers} }}\n{signature.Declarations}", Facade.Parsing);
        _base = CSharpCompilation.Create("Candidate", [offered], [Facade.Reference], Facade.Options);
    }

    /// <summary>The syntax of a source, or none and the reasons.</summary>
    public HoleSyntax? Read(string source, out ImmutableArray<Refusal> refusals)
    {
        try
        {
            SyntaxTree syntax = Parse(source, _limits);
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

    private static RefusedException NotInSubset(IOperation operation) => Refuse(operation.Syntax, $"'{Shown(operation.Syntax)}' is not in the allowed subset of C#.");

    private static string Shown(SyntaxNode syntax) => syntax.ToString() is var text && text.Length > 60 ? text[..60] + "..." : text;

    private static HoleType TypeOf(ITypeSymbol? type, SyntaxNode at) => type switch
    {
        { SpecialType: SpecialType.System_Void } => HoleType.Void,
        { SpecialType: SpecialType.System_Boolean } => HoleType.Bool,
        { SpecialType: SpecialType.System_Int32 } => HoleType.Int,
        { SpecialType: SpecialType.System_UInt32 } => HoleType.UInt,
        { SpecialType: SpecialType.System_Int64 } => HoleType.Long,
        { SpecialType: SpecialType.System_UInt64 } => HoleType.ULong,
        { SpecialType: SpecialType.System_Double } => HoleType.Double,
        { TypeKind: TypeKind.Enum } => HoleType.Int, // only the hole's own arguments have any
        IArrayTypeSymbol { IsSZArray: true, ElementType: { SpecialType: not SpecialType.System_Void } element } => TypeOf(element, at).ToArray(),
        _ => throw Refuse(at, $"The type {type?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} is not allowed: use int, uint, long, ulong, double, bool, or arrays of them (int[][], not int[,])."),
    };

    /// <summary>Reads the methods of one source. Local functions become methods of their own; no two methods, and no method and variable, share a name.</summary>
    private sealed class Candidate(HoleReader reader, SemanticModel model)
    {
        private readonly Dictionary<IMethodSymbol, string> _names = new(SymbolEqualityComparer.Default);
        private readonly List<(IMethodSymbol Symbol, IBlockOperation Body, SyntaxNode Syntax)> _bodies = [];
        private readonly HashSet<string> _taken = [.. reader._signature.Offered.Select(o => o.Name)];

        private HoleSignature Signature => reader._signature;

        public HoleSyntax Read(ImmutableArray<MethodDeclarationSyntax> methods)
        {
            HoleSignature signature = reader._signature;
            MethodDeclarationSyntax[] holes = [.. methods.Where(m => m.Identifier.Text == signature.Name)];
            string wanted = $"static {signature}";
            if (holes is not [MethodDeclarationSyntax hole])
            {
                throw Refuse(1, 1, $"The source has to define exactly one method {wanted}; it defines {holes.Length}.");
            }

            Add(hole);
            IMethodSymbol symbol = _bodies[0].Symbol;
            if (symbol.ReturnType.TypeKind == TypeKind.Enum || TypeOf(symbol.ReturnType, hole) != signature.Result
                || !symbol.Parameters.Select(p => p.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)).SequenceEqual(signature.Arguments.Select(a => a.TypeName)))
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

            return new([.. _bodies.Select((b, i) => new Body(this, b.Symbol, b.Syntax).Read(b.Body, isHole: i == 0))]);
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
            if (reader._signature.Offered.Any(o => o.Name == symbol.Name))
            {
                throw Refuse(function, $"{symbol.Name} is an offered helper: give this function another name.");
            }

            if (_bodies.Count > 0 && symbol.Parameters.Length > Parameters)
            {
                throw Refuse(function, $"{symbol.Name} takes {symbol.Parameters.Length} parameters; {Parameters} are allowed: use an array.");
            }

            if (!symbol.IsStatic)
            {
                throw Refuse(function, $"{symbol.Name} has to be static.");
            }

            _names.Add(symbol, _bodies.Count == 0 ? symbol.Name : Names.Fresh(symbol.Name, _taken));
            _taken.Add(symbol.Name);
            _bodies.Add((symbol, body ?? throw Refuse(function, $"{symbol.Name} has no body."), function));
        }

        /// <summary>Reads one method.</summary>
        private sealed class Body(Candidate candidate, IMethodSymbol symbol, SyntaxNode syntax)
        {
            private readonly Dictionary<ISymbol, Variable> _variables = new(SymbolEqualityComparer.Default);
            private readonly Dictionary<ISymbol, Dictionary<string, Variable>> _parts = new(SymbolEqualityComparer.Default); // of arguments of which something else crosses, by their paths
            private readonly HashSet<string> _taken = [.. candidate._taken];

            public Method Read(IBlockOperation body, bool isHole)
            {
                Parameter[] parameters = isHole ? [.. HoleParameters(candidate.Signature)] : [.. symbol.Parameters.Select(p => NewVariable(p, p.Type, syntax)).Select(v => new Parameter(v.Type, v.Name))];
                return new(TypeOf(symbol.ReturnType, syntax), candidate._names[symbol], [.. parameters], ReadBlock(body.Operations));
            }

            private IEnumerable<Parameter> HoleParameters(HoleSignature signature)
            {
                string[] names = [.. symbol.Parameters.Select((p, i) => signature.Arguments[i].IsRead ? Names.Fresh(p.Name, _taken) : NewVariable(p, p.Type, syntax).Name)];
                foreach ((IParameterSymbol parameter, HoleArgument argument, string name) in symbol.Parameters.Zip(signature.Arguments, names).Where(p => p.Second.IsRead))
                {
                    _parts.Add(parameter, argument.Components.ToDictionary(c => c.Path, c => new Variable(c.Type, c.Of(name))));
                }

                return signature.ParametersOf(names);
            }

            // item.Weight, item.Size.Width; an enum by itself has no path.
            private Variable Part(IOperation operation)
            {
                string path = "";
                IOperation at = operation;
                while (at is IFieldReferenceOperation { Instance: { } instance } field)
                {
                    (path, at) = ($".{field.Field.Name}{path}", instance);
                }

                return at is not IParameterReferenceOperation { Parameter: { } parameter } ? throw NotInSubset(operation)
                    : !_parts.TryGetValue(parameter, out Dictionary<string, Variable>? parts) ? Known(parameter, at)
                    : parts.TryGetValue(path, out Variable? part) ? (IsSmall(operation.Type) && operation.Parent is not IConversionOperation
                        ? throw Refuse(operation.Syntax, $"{Shown(operation.Syntax)} is a {operation.Type!.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}: read it as {part.Name}.")
                        : part)
                    : throw Refuse(operation.Syntax, $"{Shown(operation.Syntax)} can only be read part by part: {string.Join(", ", parts.Values.Take(5).Select(v => v.Name))}.");
            }

            // What C# computes with them may be rounded to fewer bits; once it is converted it is the number that crossed.
            private static bool IsSmall(ITypeSymbol? type) =>
                type?.SpecialType is SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Single;

            private Variable NewVariable(ISymbol variable, ITypeSymbol type, SyntaxNode at)
            {
                Variable result = new(TypeOf(type, at), Names.Fresh(variable.Name, _taken));
                _variables.Add(variable, result);
                return result;
            }

            private Variable Known(ISymbol variable, IOperation at) => _variables.TryGetValue(variable, out Variable? known)
                ? known
                : throw Refuse(at.Syntax, $"{variable.Name} belongs to the function around this one: pass it as a parameter.");

            private Block ReadBlock(IEnumerable<IOperation> operations) => new([.. operations.SelectMany(ReadStatement)]);

            private Block ReadBlock(IOperation? operation) => operation is null ? new([]) : ReadBlock([operation]);

            private IEnumerable<Statement> ReadStatement(IOperation operation)
            {
                switch (operation)
                {
                    case IBlockOperation block:
                        return ReadBlock(block.Operations).Statements;
                    case IVariableDeclarationGroupOperation group:
                        return [.. group.Declarations.SelectMany(d => d.Declarators.Select(v => Declare(v, v.Initializer ?? d.Initializer)))];
                    case IExpressionStatementOperation { Operation: IDeconstructionAssignmentOperation { Target: ITupleOperation targets } tuple }:
                        return [AssignTuple(targets, tuple.Value)];
                    case IExpressionStatementOperation statement:
                        return [new Evaluate(ReadExpression(statement.Operation))];
                    case IConditionalOperation branch:
                        return [new If(ReadExpression(branch.Condition), ReadBlock(branch.WhenTrue), branch.WhenFalse is null ? null : ReadBlock(branch.WhenFalse))];
                    case IWhileLoopOperation { Condition: { } condition, ConditionIsTop: true } loop:
                        return [new While(ReadExpression(condition), ReadBlock(loop.Body))];
                    case IWhileLoopOperation { Condition: { } condition } loop:
                        return [new DoWhile(ReadBlock(loop.Body), ReadExpression(condition))];
                    case IForLoopOperation loop:
                        ValueList<Statement> before = [.. loop.Before.SelectMany(ReadStatement)];
                        Expression? test = loop.Condition is null ? null : ReadExpression(loop.Condition);
                        Block body = ReadBlock(loop.Body);
                        return [new For(before, test, [.. loop.AtLoopBottom.SelectMany(ReadStatement)], body)];
                    case IForEachLoopOperation loop:
                        return [ForEach(loop)];
                    case ISwitchOperation @switch:
                        return [new Switch(ReadExpression(@switch.Value), [.. @switch.Cases.Select(c => Section(c, @switch.Value.Type))])];
                    case IBranchOperation { BranchKind: BranchKind.Break }:
                        return [new Break()];
                    case IBranchOperation { BranchKind: BranchKind.Continue }:
                        return [new Continue()];
                    case IReturnOperation { Kind: OperationKind.Return } @return:
                        return [new Return(@return.ReturnedValue is null ? null : ReadExpression(@return.ReturnedValue))];
                    case ILocalFunctionOperation or IEmptyOperation:
                        return [];
                    default:
                        throw NotInSubset(operation);
                }
            }

            private Declare Declare(IVariableDeclaratorOperation declarator, IVariableInitializerOperation? initializer)
            {
                if (declarator.Symbol.RefKind != RefKind.None)
                {
                    throw Refuse(declarator.Syntax, "A ref local is not allowed.");
                }

                Variable variable = NewVariable(declarator.Symbol, declarator.Symbol.Type, declarator.Syntax);
                return new(variable.Type, variable.Name, initializer is null ? null : ReadExpression(initializer.Value));
            }

            private ForEach ForEach(IForEachLoopOperation loop)
            {
                IOperation collection = loop.Collection is IConversionOperation { Operand.Type: IArrayTypeSymbol } conversion ? conversion.Operand : loop.Collection;
                if (collection.Type is not IArrayTypeSymbol || loop.LoopControlVariable is not IVariableDeclaratorOperation { Symbol: { RefKind: RefKind.None } symbol })
                {
                    throw Refuse(loop.Syntax, "foreach is allowed over arrays alone.");
                }

                Expression array = ReadExpression(collection);
                Variable item = NewVariable(symbol, symbol.Type, loop.Syntax);
                if (item.Type != array.Type.Element && !(item.Type.IsNumber && array.Type.Element!.IsNumber))
                {
                    throw Refuse(loop.Syntax, $"A {array.Type.Element} cannot become a {item.Type} here.");
                }

                return new(item.Type, item.Name, array, ReadBlock(loop.Body));
            }

            private SwitchSection Section(ISwitchCaseOperation section, ITypeSymbol? type)
            {
                ICaseClauseOperation[] labels = [.. section.Clauses.Where(c => c is not IDefaultCaseClauseOperation)];
                return new([.. labels.Select(l => Label(l, type))], labels.Length < section.Clauses.Length, ReadBlock(section.Body));
            }

            private SwitchLabel Label(ICaseClauseOperation clause, ITypeSymbol? type) => clause switch
            {
                ISingleValueCaseClauseOperation single => new(new ConstantPattern(Constant(single.Value, type)), null),
                IPatternCaseClauseOperation pattern => new(ReadPattern(pattern.Pattern), pattern.Guard is null ? null : ReadExpression(pattern.Guard)),
                _ => throw NotInSubset(clause),
            };

            private Pattern ReadPattern(IPatternOperation pattern) => pattern switch
            {
                IDiscardPatternOperation => new AnyPattern(),
                IConstantPatternOperation constant => new ConstantPattern(Constant(constant.Value, pattern.InputType)),
                IRelationalPatternOperation relational => new RelationalPattern(Operator(relational.OperatorKind, pattern), Constant(relational.Value, pattern.InputType)),
                INegatedPatternOperation negated => new NotPattern(ReadPattern(negated.Pattern)),
                IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both => new AndPattern(ReadPattern(both.LeftPattern), ReadPattern(both.RightPattern)),
                IBinaryPatternOperation either => new OrPattern(ReadPattern(either.LeftPattern), ReadPattern(either.RightPattern)),
                _ => throw NotInSubset(pattern),
            };

            private Literal Constant(IOperation value, ITypeSymbol? type) =>
                To(TypeOf(type, value.Syntax), ReadExpression(value), value) as Literal ?? throw NotInSubset(value);

            private Expression ReadExpression(IOperation operation)
            {
                if (operation.ConstantValue is { HasValue: true, Value: { } value })
                {
                    return new Literal(TypeOf(operation.Type, operation.Syntax), Bits.Unbox(value is byte or sbyte or short or ushort ? Convert.ToInt32(value, CultureInfo.InvariantCulture) : value)); // of an enum that is kept in one
                }

                RefuseSmallEnum(operation);
                switch (operation)
                {
                    case ILocalReferenceOperation local:
                        return Known(local.Local, local);
                    case IParameterReferenceOperation or IFieldReferenceOperation:
                        return Part(operation);
                    case IArrayElementReferenceOperation element:
                        return Element(element);
                    case IPropertyReferenceOperation { Property: { Name: "Length", ContainingType.SpecialType: SpecialType.System_Array }, Instance: { } array }:
                        return new Length(ReadExpression(array));
                    case IConversionOperation { OperatorMethod: null, IsChecked: false } conversion:
                        return To(TypeOf(conversion.Type, conversion.Syntax), ReadExpression(conversion.Operand), conversion);
                    case IUnaryOperation { OperatorMethod: null, IsChecked: false, IsLifted: false } unary:
                        return Unary(unary);
                    case IBinaryOperation { OperatorMethod: null, IsChecked: false, IsLifted: false } binary:
                        return binary.LeftOperand is IConversionOperation { Operand.Type: IArrayTypeSymbol }
                            ? throw Refuse(binary.Syntax, "Arrays cannot be compared.")
                            : new Binary(Operator(binary.OperatorKind, binary), ReadExpression(binary.LeftOperand), ReadExpression(binary.RightOperand));
                    case IConditionalOperation { WhenFalse: { } otherwise, IsRef: false } choice:
                        return new Conditional(ReadExpression(choice.Condition), ReadExpression(choice.WhenTrue), ReadExpression(otherwise));
                    case ISimpleAssignmentOperation { IsRef: false } assignment:
                        return new Assign(Target(assignment.Target), ReadExpression(assignment.Value));
                    case ICompoundAssignmentOperation { OperatorMethod: null, IsChecked: false, IsLifted: false } compound:
                        return new CompoundAssign(Operator(compound.OperatorKind, compound), Target(compound.Target), ReadExpression(compound.Value));
                    case IIncrementOrDecrementOperation { OperatorMethod: null, IsChecked: false, IsLifted: false } step:
                        return new Step(step.Kind == OperationKind.Increment, !step.IsPostfix, Target(step.Target));
                    case IInvocationOperation invocation:
                        return Call(invocation);
                    case IArrayCreationOperation creation:
                        return NewArray(creation);
                    case ICollectionExpressionOperation { Type: IArrayTypeSymbol } list:
                        return ArrayLiteral(TypeOf(list.Type, list.Syntax), list.Elements);
                    case IIsPatternOperation test:
                        return new IsPattern(ReadExpression(test.Value), ReadPattern(test.Pattern));
                    case ISwitchExpressionOperation choice:
                        return SwitchExpression(choice);
                    default:
                        throw NotInSubset(operation);
                }
            }

            // C# would compute in the 8 or 16 bits that the enum is kept in.
            private static void RefuseSmallEnum(IOperation operation)
            {
                ITypeSymbol? type = operation switch
                {
                    IConversionOperation conversion => conversion.Type,
                    IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract } binary => IsSmallEnum(binary.LeftOperand.Type) ? binary.LeftOperand.Type : binary.RightOperand.Type,
                    IUnaryOperation unary => unary.Operand.Type,
                    ICompoundAssignmentOperation compound => compound.Target.Type,
                    IIncrementOrDecrementOperation step => step.Target.Type,
                    _ => null,
                };
                if (IsSmallEnum(type))
                {
                    INamedTypeSymbol its = (INamedTypeSymbol)type!;
                    throw Refuse(operation.Syntax, $"{its.Name} is kept in a {its.EnumUnderlyingType!.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}, in which C# would compute this: make its values ints first, (int){its.Name}.{its.MemberNames.First()}.");
                }
            }

            private static bool IsSmallEnum(ITypeSymbol? type) => type is INamedTypeSymbol { EnumUnderlyingType: { } kept } && IsSmall(kept);

            private Element Element(IArrayElementReferenceOperation element)
            {
                Expression array = ReadExpression(element.ArrayReference);
                Expression index = element.Indices is [{ } one] ? ReadExpression(one) : throw NotInSubset(element);
                return index.Type == HoleType.Int ? new(array, index) : throw Refuse(element.Syntax, $"An index has to be an int, not {index.Type}: cast it.");
            }

            private Expression Unary(IUnaryOperation unary)
            {
                Expression operand = ReadExpression(unary.Operand);
                return unary.OperatorKind switch
                {
                    UnaryOperatorKind.Plus => operand,
                    UnaryOperatorKind.Minus => new Unary(UnaryOperator.Negate, operand),
                    UnaryOperatorKind.BitwiseNegation => new Unary(UnaryOperator.Complement, operand),
                    UnaryOperatorKind.Not => new Unary(UnaryOperator.Not, operand),
                    _ => throw NotInSubset(unary),
                };
            }

            private static BinaryOperator Operator(BinaryOperatorKind kind, IOperation at) => kind switch
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
                BinaryOperatorKind.Equals => BinaryOperator.Equal,
                BinaryOperatorKind.NotEquals => BinaryOperator.NotEqual,
                BinaryOperatorKind.LessThan => BinaryOperator.Less,
                BinaryOperatorKind.LessThanOrEqual => BinaryOperator.LessOrEqual,
                BinaryOperatorKind.GreaterThan => BinaryOperator.Greater,
                BinaryOperatorKind.GreaterThanOrEqual => BinaryOperator.GreaterOrEqual,
                BinaryOperatorKind.ConditionalAnd => BinaryOperator.AndAlso,
                BinaryOperatorKind.ConditionalOr => BinaryOperator.OrElse,
                _ => throw NotInSubset(at),
            };

            private Expression Target(IOperation target) => target switch
            {
                ILocalReferenceOperation { IsDeclaration: false } local => Known(local.Local, local),
                IParameterReferenceOperation parameter when _parts.ContainsKey(parameter.Parameter) => throw Refuse(target.Syntax, $"{parameter.Parameter.Name} cannot be assigned to: copy what is needed into a local."),
                IParameterReferenceOperation parameter => Known(parameter.Parameter, parameter),
                IArrayElementReferenceOperation element => Element(element),
                IDiscardOperation discard => new Discard(TypeOf(discard.Type, discard.Syntax)),
                _ => throw NotInSubset(target),
            };

            private AssignTuple AssignTuple(ITupleOperation targets, IOperation values)
            {
                ITupleOperation tuple = (values is IConversionOperation conversion ? conversion.Operand : values) as ITupleOperation ?? throw NotInSubset(values);
                Expression[] places = [.. targets.Elements.Select(Target)];
                return new([.. places], [.. tuple.Elements.Select((v, i) => To(places[i].Type, ReadExpression(v), v))]);
            }

            private Expression NewArray(IArrayCreationOperation creation)
            {
                HoleType type = TypeOf(creation.Type, creation.Syntax);
                if (creation.Initializer is { } initializer)
                {
                    return ArrayLiteral(type, initializer.ElementValues);
                }

                Expression count = creation.DimensionSizes is [{ } one] ? ReadExpression(one) : throw NotInSubset(creation);
                return count.Type == HoleType.Int ? new NewArray(type, count) : throw Refuse(creation.Syntax, $"The length of an array has to be an int, not {count.Type}: cast it.");
            }

            private ArrayLiteral ArrayLiteral(HoleType type, ImmutableArray<IOperation> values) => new(type, [.. values.Select(v => To(type.Element!, ReadExpression(v), v))]);

            private SwitchExpression SwitchExpression(ISwitchExpressionOperation choice)
            {
                if (choice.Arms is not [.. var arms, { Pattern: IDiscardPatternOperation, Guard: null, Value: { } last }])
                {
                    throw Refuse(choice.Syntax, "The last arm of a switch expression has to be `_ => ...`.");
                }

                HoleType type = TypeOf(choice.Type, choice.Syntax);
                return new(
                    ReadExpression(choice.Value),
                    [.. arms.Select(a => new SwitchArm(ReadPattern(a.Pattern), a.Guard is null ? null : ReadExpression(a.Guard), To(type, ReadExpression(a.Value), choice)))],
                    To(type, ReadExpression(last), choice));
            }

            private Expression Call(IInvocationOperation invocation)
            {
                IMethodSymbol method = invocation.TargetMethod;
                if (method.Name == candidate.Signature.Name && candidate._names.ContainsKey(method) && candidate.Signature.Arguments.Any(a => a.IsRead))
                {
                    throw Refuse(invocation.Syntax, $"{method.Name} cannot be called from inside, since it takes what the host alone can make: put what calls itself into a helper that takes numbers.");
                }

                foreach (IArgumentOperation argument in invocation.Arguments)
                {
                    if (argument is not { ArgumentKind: ArgumentKind.Explicit, Parameter.RefKind: RefKind.None })
                    {
                        throw Refuse(argument.Syntax, "Arguments have to be plain: no ref, out or params.");
                    }
                }

                ValueList<Expression> arguments = [.. invocation.Arguments.Select(a => ReadExpression(a.Value))];
                if (candidate._names.TryGetValue(method, out string? name))
                {
                    return new Call(TypeOf(method.ReturnType, invocation.Syntax), name, arguments);
                }

                return method.ContainingType switch
                {
                    { Name: "Candidate", ContainingNamespace.IsGlobalNamespace: true } => new HelperCall(TypeOf(method.ReturnType, invocation.Syntax), method.Name, arguments),
                    { ContainingNamespace.Name: "System", Name: "Math" or "Double" } when Enum.TryParse(method.Name, out LibraryFunction function) => new LibraryCall(function, arguments),
                    _ => throw NotInSubset(invocation),
                };
            }

            private static Expression To(HoleType type, Expression value, IOperation at) =>
                value.Type == type ? value
                : type.IsNumber && value.Type.IsNumber ? (Expression)Constants.Fold(new Conversion(type, value))
                : throw Refuse(at.Syntax, $"A {value.Type} cannot become a {type} here.");
        }
    }
}
