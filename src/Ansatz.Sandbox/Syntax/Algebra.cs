using Ansatz.Sandbox.Tree;

namespace Ansatz.Sandbox.Syntax;

/// <summary>The rules of <see cref="Simplifier"/> for expressions. Each gives the same value, to the bit, and the same effects in the same order.</summary>
/// <param name="hasNull">Whether an array may be null.</param>
internal sealed class Algebra(bool hasNull)
{
    /// <summary>The expression as simple as it gets, its children being so already.</summary>
    public Expression Reduce(Expression expression)
    {
        Expression result = (Expression)Constants.Fold(expression);
        return result switch
        {
            Unary { Operator: UnaryOperator.Not } unary => Not(unary.Operand) is var not && not == unary ? unary : not,
            Unary { Operand: Unary inner } unary when unary.Operator == inner.Operator => inner.Operand, // -(-x), ~~x
            Binary { Operator: BinaryOperator.AndAlso or BinaryOperator.OrElse } binary => Logic(binary),
            Binary binary when binary.Operator >= BinaryOperator.Equal => Comparison(binary),
            Binary { Left.Type.Name: "bool" } binary => Bools(binary),
            Binary { Left.Type.Name: "double" } binary => Signs(Doubles(binary)),
            Binary binary => Signs(WholeNumbers(binary)),
            Conversion { Operand: Conversion inner } conversion when Composes(inner.Operand.Type, inner.Type, conversion.Type) =>
                inner.Operand.Type == conversion.Type ? inner.Operand : new Conversion(conversion.Type, inner.Operand),
            Conditional choice => Choice(choice),
            LibraryCall call => Library(call),
            IsPattern { Value: Literal value } test => Literal.Of(Matches(value, test.Pattern)),
            SwitchExpression choice => Choice(choice),
            _ => result,
        };
    }

    /// <summary>The opposite of a bool.</summary>
    public static Expression Not(Expression value) => value switch
    {
        Literal literal => Literal.Of(literal.Bits == 0),
        Unary { Operator: UnaryOperator.Not } unary => unary.Operand,
        Binary { Operator: BinaryOperator.Equal } binary => binary with { Operator = BinaryOperator.NotEqual },
        Binary { Operator: BinaryOperator.NotEqual } binary => binary with { Operator = BinaryOperator.Equal },
        Binary { Operator: >= BinaryOperator.Less and <= BinaryOperator.GreaterOrEqual } binary when binary.Left.Type != HoleType.Double => binary with
        {
            Operator = binary.Operator switch
            {
                BinaryOperator.Less => BinaryOperator.GreaterOrEqual,
                BinaryOperator.LessOrEqual => BinaryOperator.Greater,
                BinaryOperator.Greater => BinaryOperator.LessOrEqual,
                _ => BinaryOperator.Less,
            },
        },
        _ => new Unary(UnaryOperator.Not, value),
    };

    private bool IsIdle(Expression expression) => Effects.Of(expression, hasNull).AreNone;

    // Equal, and evaluating one of them is as good as both.
    private bool AreSame(Expression one, Expression other) => one == other && IsIdle(one);

    private Expression Logic(Binary binary)
    {
        bool isAnd = binary.Operator == BinaryOperator.AndAlso;
        return (binary.Left, binary.Right) switch
        {
            (Literal left, _) => left.Bits != 0 == isAnd ? binary.Right : left,
            (_, Literal right) when right.Bits != 0 == isAnd => binary.Left,
            (_, Literal right) when IsIdle(binary.Left) => right,
            _ => AreSame(binary.Left, binary.Right) ? binary.Left : binary,
        };
    }

    private Expression Comparison(Binary binary)
    {
        HoleType type = binary.Left.Type;
        if (binary.Left is Literal)
        {
            binary = new(Mirrored(binary.Operator), binary.Right, binary.Left); // 3 < x: a literal has no effects, so it may come second
        }

        if (type == HoleType.Bool && binary.Right is Literal literal)
        {
            return literal.Bits != 0 == (binary.Operator == BinaryOperator.Equal) ? binary.Left : Not(binary.Left);
        }

        if (AreSame(binary.Left, binary.Right) && (type != HoleType.Double || binary.Operator is BinaryOperator.Less or BinaryOperator.Greater))
        {
            return Literal.Of(binary.Operator is BinaryOperator.Equal or BinaryOperator.LessOrEqual or BinaryOperator.GreaterOrEqual);
        }

        return binary;
    }

    /// <summary>The comparison that holds with its sides exchanged.</summary>
    public static BinaryOperator Mirrored(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Less => BinaryOperator.Greater,
        BinaryOperator.LessOrEqual => BinaryOperator.GreaterOrEqual,
        BinaryOperator.Greater => BinaryOperator.Less,
        BinaryOperator.GreaterOrEqual => BinaryOperator.LessOrEqual,
        _ => operation,
    };

    private Expression Bools(Binary binary)
    {
        (Expression x, Expression y) = binary.Left is Literal ? (binary.Right, binary.Left) : (binary.Left, binary.Right);
        return (binary.Operator, y) switch
        {
            (BinaryOperator.And, Literal { Bits: 1 }) or (BinaryOperator.Or or BinaryOperator.Xor, Literal { Bits: 0 }) => x,
            (BinaryOperator.Xor, Literal) => Not(x),
            (_, Literal) when IsIdle(x) => y,
            (BinaryOperator.Xor, _) when AreSame(x, y) => Literal.Of(false),
            _ => AreSame(x, y) ? x : binary,
        };
    }

    private static Expression Doubles(Binary binary) => (binary.Operator, binary.Left, binary.Right) switch
    {
        (BinaryOperator.Multiply or BinaryOperator.Divide, var x, Literal y) when Is(y, 1.0) => x,
        (BinaryOperator.Multiply or BinaryOperator.Divide, var x, Literal y) when Is(y, -1.0) => new Unary(UnaryOperator.Negate, x),
        (BinaryOperator.Multiply, Literal x, var y) when Is(x, 1.0) => y,
        (BinaryOperator.Multiply, Literal x, var y) when Is(x, -1.0) => new Unary(UnaryOperator.Negate, y),
        (BinaryOperator.Subtract, var x, Literal y) when Is(y, 0.0) => x, // -0 - 0 is -0
        (BinaryOperator.Add, var x, Literal y) when Is(y, -0.0) => x, // 0 + -0 is 0
        (BinaryOperator.Add, Literal x, var y) when Is(x, -0.0) => y,
        (BinaryOperator.Subtract, Literal x, var y) when Is(x, -0.0) => new Unary(UnaryOperator.Negate, y),
        _ => binary,
    };

    private static bool Is(Literal literal, double value) => literal.Bits == Bits.Of(value); // to the bit: 0 is not -0

    private Expression WholeNumbers(Binary binary)
    {
        HoleType type = binary.Left.Type;
        bool isSigned = type == HoleType.Int || type == HoleType.Long;
        long ones = type == HoleType.UInt ? uint.MaxValue : -1;
        int places = type.IsWide ? 63 : 31;
        return (binary.Operator, binary.Left, binary.Right) switch
        {
            (BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Or or BinaryOperator.Xor, var x, Literal { Bits: 0 }) => x,
            (BinaryOperator.Add or BinaryOperator.Or or BinaryOperator.Xor, Literal { Bits: 0 }, var y) => y,
            (BinaryOperator.Subtract, Literal { Bits: 0 }, var y) when isSigned => new Unary(UnaryOperator.Negate, y),
            (BinaryOperator.Multiply or BinaryOperator.Divide, var x, Literal { Bits: 1 }) => x,
            (BinaryOperator.Multiply, Literal { Bits: 1 }, var y) => y,
            (BinaryOperator.Multiply, var x, Literal { Bits: -1 }) when isSigned => new Unary(UnaryOperator.Negate, x),
            (BinaryOperator.Multiply, Literal { Bits: -1 }, var y) when isSigned => new Unary(UnaryOperator.Negate, y),
            (BinaryOperator.Multiply or BinaryOperator.And, var x, Literal { Bits: 0 } zero) when IsIdle(x) => zero,
            (BinaryOperator.Multiply or BinaryOperator.And, Literal { Bits: 0 } zero, var y) when IsIdle(y) => zero,
            (BinaryOperator.Remainder, var x, Literal { Bits: 1 } one) when IsIdle(x) => one with { Bits = 0 },
            (BinaryOperator.And, var x, Literal y) when y.Bits == ones => x,
            (BinaryOperator.And, Literal x, var y) when x.Bits == ones => y,
            (BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight or BinaryOperator.ShiftRightUnsigned, var x, Literal y) when (y.Bits & places) == 0 => x,
            (BinaryOperator.Subtract or BinaryOperator.Xor, var x, var y) when AreSame(x, y) => new Literal(type, 0),
            (BinaryOperator.And or BinaryOperator.Or, var x, var y) when AreSame(x, y) => x,
            _ => binary,
        };
    }

    // x + -y is x - y, and x - -y is x + y: exact for doubles, and for whole numbers that wrap.
    private static Expression Signs(Expression expression)
    {
        if (expression is not Binary { Operator: BinaryOperator.Add or BinaryOperator.Subtract } binary)
        {
            return expression;
        }

        BinaryOperator other = binary.Operator == BinaryOperator.Add ? BinaryOperator.Subtract : BinaryOperator.Add;
        return binary.Right switch
        {
            Unary { Operator: UnaryOperator.Negate } negated => new Binary(other, binary.Left, negated.Operand),
            Literal literal when IsNegative(literal) => new Binary(other, binary.Left, Constants.Fold(new Unary(UnaryOperator.Negate, literal)) as Literal ?? literal),
            _ => binary,
        };
    }

    private static bool IsNegative(Literal literal) => literal.Value switch
    {
        int i => i is < 0 and > int.MinValue,
        long l => l is < 0 and > long.MinValue,
        double d => d < 0,
        _ => false,
    };

    // Whether (c)(b)x is (c)x for every x of type a. Between whole numbers bits are cut off or added; from double they saturate.
    private static bool Composes(HoleType a, HoleType b, HoleType c)
    {
        bool isNarrow = a == HoleType.Int || a == HoleType.UInt;
        if (a == HoleType.Double)
        {
            return false;
        }

        if (b == HoleType.Double)
        {
            return isNarrow && (c == a || c == HoleType.Long || (c == HoleType.ULong && a == HoleType.UInt));
        }

        return c == HoleType.Double
            ? isNarrow && (b == HoleType.Long || (b == HoleType.ULong && a == HoleType.UInt))
            : b.IsWide || !c.IsWide;
    }

    private Expression Choice(Conditional choice) => choice switch
    {
        { Condition: Literal condition } => condition.Bits != 0 ? choice.Then : choice.Otherwise,
        { Then: var then, Otherwise: var otherwise } when then == otherwise && IsIdle(choice.Condition) => then,
        { Then: Literal { Type.Name: "bool" } then } => Reduce(then.Bits != 0
            ? new Binary(BinaryOperator.OrElse, choice.Condition, choice.Otherwise)
            : new Binary(BinaryOperator.AndAlso, Not(choice.Condition), choice.Otherwise)),
        { Otherwise: Literal { Type.Name: "bool" } otherwise } => Reduce(otherwise.Bits == 0
            ? new Binary(BinaryOperator.AndAlso, choice.Condition, choice.Then)
            : new Binary(BinaryOperator.OrElse, Not(choice.Condition), choice.Then)),
        { Condition: Unary { Operator: UnaryOperator.Not } not } => new Conditional(not.Operand, choice.Otherwise, choice.Then),
        _ => choice,
    };

    private Expression Choice(SwitchExpression choice)
    {
        if (choice.Value is Literal value)
        {
            SwitchArm[] arms = [.. choice.Arms.Where(a => Matches(value, a.Pattern))];
            return arms is [{ Guard: null } first, ..] ? first.Value : arms.Length == 0 ? choice.Otherwise : choice;
        }

        return choice.Arms.All(a => a.Guard is null && a.Value == choice.Otherwise) && IsIdle(choice.Value) ? choice.Otherwise : choice;
    }

    private static bool Matches(Literal value, Pattern pattern) => ValueSet.Of(new ConstantPattern(value), value.Type).IsWithin(ValueSet.Of(pattern, value.Type));

    private Expression Library(LibraryCall call) => call switch
    {
        { Arguments: var arguments } when arguments.All(a => a is Literal) => Compute(call),
        { Function: LibraryFunction.Min or LibraryFunction.Max, Arguments: [var x, var y] } when AreSame(x, y) => x,
        { Function: LibraryFunction.Abs, Arguments: [Unary { Operator: UnaryOperator.Negate } x] } when call.Type == HoleType.Double => call with { Arguments = [x.Operand] },
        { Function: LibraryFunction.Abs, Arguments: [LibraryCall { Function: LibraryFunction.Abs } x] } => x,
        _ => call,
    };

    // A call of Math with known arguments, made by the interpreter.
    private static Expression Compute(LibraryCall call)
    {
        HoleSignature signature = new("F", call.Type, []);
        HoleTree tree = Lowering.Lower(new([new Method(call.Type, "F", [], new([new Return(call)]))]), signature);
        try
        {
            return Literal.Of(new HoleInterpreter(tree, signature).Call());
        }
        catch (HoleTrapException)
        {
            return call;
        }
    }
}
