namespace Ansatz.Sandbox.Syntax;

/// <summary>Which types the parts of an expression may have: what C# says once every conversion is written out.</summary>
internal static class Typing
{
    /// <summary>What is wrong with the types right here; none if nothing is. What names stand for is not looked at, nor what lies further down.</summary>
    public static string? Fault(Expression expression) => expression switch
    {
        Literal literal => IsCanonical(literal) ? null : $"No {literal.Type} has the bits {literal.Bits:X}.",
        Variable or Call or HelperCall or Discard => null,
        Unary unary => Takes(unary.Operator, unary.Operand.Type) ? null : $"The operator of {Show(unary)} does not take a {unary.Operand.Type}.",
        Binary binary => Takes(binary.Operator, binary.Left.Type, binary.Right.Type) ? null : $"The operator of {Show(binary)} does not take a {binary.Left.Type} and a {binary.Right.Type}.",
        Conversion conversion => conversion.Type.IsNumber && conversion.Operand.Type.IsNumber && conversion.Type != conversion.Operand.Type
            ? null
            : $"There is no conversion of a {conversion.Operand.Type} to {conversion.Type}.",
        Conditional choice => Expect(choice.Condition, HoleType.Bool) ?? Expect(choice.Otherwise, choice.Type) ?? NotVoid(choice),
        Element element => Array(element.Array) ?? Expect(element.Index, HoleType.Int),
        Length length => Array(length.Array),
        NewArray array => (array.Type.IsArray ? null : $"{array.Type} is no array.") ?? Expect(array.Count, HoleType.Int),
        ArrayLiteral array => array.Type.IsArray ? All(array.Items, array.Type.Element!) : $"{array.Type} is no array.",
        LibraryCall call => call.Arguments.Count != call.Function.Arity() ? $"{call.Function.FullName()} takes {call.Function.Arity()} arguments, not {call.Arguments.Count}."
            : !call.Function.Takes(call.Arguments[0].Type) ? $"{call.Function.FullName()} does not take a {call.Arguments[0].Type}."
            : All(call.Arguments, call.Arguments[0].Type),
        Assign assign => Target(assign.Target, mayDiscard: true) ?? Expect(assign.Value, assign.Target.Type) ?? NotVoid(assign),
        CompoundAssign compound => Target(compound.Target) ?? (compound.Operator < BinaryOperator.Equal && Takes(compound.Operator, compound.Target.Type, compound.Value.Type)
            ? null
            : $"The operator of {Show(compound)} does not take a {compound.Target.Type} and a {compound.Value.Type}."),
        Step step => Target(step.Target) ?? (step.Type.IsNumber ? null : $"A {step.Type} cannot be stepped."),
        IsPattern test => Fault(test.Pattern, test.Value.Type),
        SwitchExpression choice => choice.Arms.Select(a => Fault(a.Pattern, choice.Value.Type) ?? (a.Guard is null ? null : Expect(a.Guard, HoleType.Bool)) ?? Expect(a.Value, choice.Type)).FirstOrDefault(f => f is not null)
            ?? Scalar(choice.Value.Type) ?? NotVoid(choice),
        _ => throw new InvalidOperationException($"No typing is known for {expression.GetType()}."),
    };

    /// <summary>What is wrong with the types of a pattern for values of this type; none if nothing is.</summary>
    public static string? Fault(Pattern pattern, HoleType type) => Scalar(type) ?? pattern switch
    {
        ConstantPattern constant => Expect(constant.Value, type) ?? Fault(constant.Value),
        RelationalPattern { Operator: < BinaryOperator.Less or > BinaryOperator.GreaterOrEqual } => "A pattern compares with <, <=, > or >=.",
        RelationalPattern relational => !type.IsNumber || (type == HoleType.Double && double.IsNaN(Bits.ToDouble(relational.Value.Bits)))
            ? $"{Show(relational)} is no pattern for a {type}."
            : Expect(relational.Value, type) ?? Fault(relational.Value),
        NotPattern negated => Fault(negated.Pattern, type),
        AndPattern both => Fault(both.Left, type) ?? Fault(both.Right, type),
        OrPattern either => Fault(either.Left, type) ?? Fault(either.Right, type),
        _ => null,
    };

    /// <summary>What is wrong where a value of this type has to stand; none if nothing is.</summary>
    public static string? Expect(Expression expression, HoleType type) => expression.Type == type ? null : $"{Show(expression)} is a {expression.Type}, not a {type}.";

    /// <summary>What is wrong with something that is assigned to; none if nothing is.</summary>
    public static string? Target(Expression target, bool mayDiscard = false) =>
        target is Variable or Element || (mayDiscard && target is Discard) ? null : $"{Show(target)} cannot be assigned to.";

    /// <summary>The beginning of a node's text, for a message.</summary>
    public static string Show(Node node) => node.ToString() is { Length: > 60 } text ? text[..60] + "..." : node.ToString();

    private static string? All(ValueList<Expression> expressions, HoleType type) => expressions.Select(e => Expect(e, type)).FirstOrDefault(f => f is not null);

    private static string? Array(Expression expression) => expression.Type.IsArray ? null : $"{Show(expression)} is a {expression.Type}, not an array.";

    private static string? NotVoid(Expression expression) => expression.Type == HoleType.Void ? $"{Show(expression)} has no value." : null;

    private static string? Scalar(HoleType type) => type.IsNumber || type == HoleType.Bool ? null : $"A {type} cannot be compared with a pattern.";

    private static bool Takes(UnaryOperator operation, HoleType type) => operation switch
    {
        UnaryOperator.Negate => type == HoleType.Int || type == HoleType.Long || type == HoleType.Double,
        UnaryOperator.Complement => IsWhole(type),
        _ => type == HoleType.Bool,
    };

    private static bool Takes(BinaryOperator operation, HoleType left, HoleType right) => operation switch
    {
        BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight or BinaryOperator.ShiftRightUnsigned => IsWhole(left) && right == HoleType.Int,
        BinaryOperator.And or BinaryOperator.Or or BinaryOperator.Xor => left == right && (IsWhole(left) || left == HoleType.Bool),
        BinaryOperator.Equal or BinaryOperator.NotEqual => left == right && (left.IsNumber || left == HoleType.Bool),
        BinaryOperator.AndAlso or BinaryOperator.OrElse => left == HoleType.Bool && right == HoleType.Bool,
        _ => left == right && left.IsNumber,
    };

    private static bool IsWhole(HoleType type) => type.IsNumber && type != HoleType.Double;

    private static bool IsCanonical(Literal literal) => literal.Type.Name switch
    {
        "bool" => literal.Bits is 0 or 1,
        "int" => literal.Bits == (int)literal.Bits,
        "uint" => literal.Bits == (uint)literal.Bits,
        "long" or "ulong" => true,
        "double" => literal.Bits == Bits.Of(Bits.ToDouble(literal.Bits)),
        _ => false,
    };
}
