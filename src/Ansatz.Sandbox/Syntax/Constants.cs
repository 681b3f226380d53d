using Ansatz.Sandbox.Tree;

namespace Ansatz.Sandbox.Syntax;

/// <summary>What C# computes while it compiles: operations on literals. In a tree they are done, since that is how the reader sees them.</summary>
internal static class Constants
{
    /// <summary>Whether C# takes it for a constant, though it is no literal. Its parts have to be literals already.</summary>
    public static bool IsConstant(Expression expression) => expression switch
    {
        Unary { Operand: Literal } or Binary { Left: Literal, Right: Literal } or Conversion { Operand: Literal } => true,
        Conditional { Condition: Literal, Then: Literal, Otherwise: Literal } => true,
        _ => false,
    };

    /// <summary>The literal that a constant is, computed as the interpreter does; any other node as it is, and a division that would trap.</summary>
    public static Node Fold(Node node)
    {
        if (node is not Expression expression || !IsConstant(expression) || Typing.Fault(expression) is not null)
        {
            return node;
        }

        switch (expression)
        {
            case Unary { Operator: UnaryOperator.Not, Operand: Literal x }:
                return x with { Bits = 1 - x.Bits };
            case Unary { Operand: Literal x } unary:
                return new Literal(x.Type, HoleInterpreter.Apply(unary.Operator == UnaryOperator.Negate ? Tree.UnaryOperator.Negate : Tree.UnaryOperator.Complement, x.Type, x.Bits));
            case Binary { Operator: BinaryOperator.AndAlso, Left: Literal x, Right: Literal y }:
                return x with { Bits = x.Bits & y.Bits };
            case Binary { Operator: BinaryOperator.OrElse, Left: Literal x, Right: Literal y }:
                return x with { Bits = x.Bits | y.Bits };
            case Binary { Operator: BinaryOperator.Remainder, Left: Literal x, Right: Literal y } when x.Type == HoleType.Double:
                return x with { Bits = PortableFunctions.Call(MathFunction.Remainder, [x.Bits, y.Bits]) };
            case Binary { Left: Literal x, Right: Literal y } binary:
                return Traps(binary.Operator, x, y) ? node : new Literal(binary.Type, HoleInterpreter.Apply((Tree.BinaryOperator)binary.Operator, x.Type, x.Bits, y.Bits));
            case Conversion { Operand: Literal x } conversion:
                return new Literal(conversion.Type, HoleInterpreter.Convert(conversion.Type, x.Type, x.Bits));
            case Conditional { Condition: Literal { Bits: var isTrue } } choice:
                return isTrue != 0 ? choice.Then : choice.Otherwise;
            default:
                return node;
        }
    }

    /// <summary>Whether a division of whole numbers is by zero, or of the least number by -1, as far as its parts are literals.</summary>
    public static bool Traps(BinaryOperator operation, Expression x, Expression y) =>
        operation is BinaryOperator.Divide or BinaryOperator.Remainder && x.Type != HoleType.Double && y is Literal { Bits: var by and (0 or -1) }
        && (by == 0 || (x is Literal least && (x.Type == HoleType.Int ? least.Bits == int.MinValue : x.Type == HoleType.Long && least.Bits == long.MinValue)));
}
