namespace Ansatz.Sandbox.Syntax;

/// <summary>What evaluating an expression may do besides giving a value. What is asked of it decides what may be left out, and what may change places.</summary>
/// <param name="Changes">Whether it may change a variable or an array, take memory, or call: anything that something else could notice.</param>
/// <param name="Traps">In which ways it may trap: bit i for the trap of number i.</param>
internal readonly record struct Effects(bool Changes, int Traps)
{
    /// <summary>Nothing: it may be left out where nobody needs its value.</summary>
    public bool AreNone => !Changes && Traps == 0;

    /// <summary>The effects of an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="hasNull">Whether an array may be null: <see cref="MayHaveNull"/>.</param>
    public static Effects Of(Expression expression, bool hasNull)
    {
        Effects result = Own(expression, hasNull);
        foreach (Node child in expression.Children)
        {
            result = child switch
            {
                Expression inner => result.And(Of(inner, hasNull)),
                SwitchArm arm => result.And(arm.Guard is null ? default : Of(arm.Guard, hasNull)).And(Of(arm.Value, hasNull)),
                _ => result,
            };
        }

        return result;
    }

    /// <summary>Whether a candidate may come across a null array: only an array of arrays that it made itself has some.</summary>
    public static bool MayHaveNull(Node node) => node is NewArray { Type.Element.IsArray: true } || node.Children.Any(MayHaveNull);

    /// <summary>Whether it makes no difference which of two is evaluated first: neither changes anything, and they cannot trap in two ways.</summary>
    public bool MaySwapWith(Effects other) => !Changes && !other.Changes && (Traps == 0 || other.Traps == 0 || (Traps == other.Traps && int.IsPow2(Traps)));

    private static Effects Own(Expression expression, bool hasNull) => expression switch
    {
        Binary { Operator: BinaryOperator.Divide or BinaryOperator.Remainder } division when division.Type != HoleType.Double && division.Right is not Literal { Bits: not (0 or -1) } =>
            Trap(HoleTrap.DivisionByZero).And(Trap(HoleTrap.Overflow)),
        Element => Trap(HoleTrap.Index).And(hasNull ? Trap(HoleTrap.Null) : default),
        Length => hasNull ? Trap(HoleTrap.Null) : default,
        LibraryCall { Function: LibraryFunction.Abs } call when call.Type != HoleType.Double => Trap(HoleTrap.Overflow),
        LibraryCall { Function: LibraryFunction.Sign, Arguments: [{ } number] } when number.Type == HoleType.Double => Trap(HoleTrap.Argument),
        LibraryCall { Function: LibraryFunction.Clamp } => Trap(HoleTrap.Argument),
        NewArray or ArrayLiteral or Call or HelperCall or Assign or CompoundAssign or Step => new(true, -1),
        _ => default,
    };

    private static Effects Trap(HoleTrap trap) => new(false, 1 << (int)trap);

    private Effects And(Effects other) => new(Changes || other.Changes, Traps | other.Traps);
}
