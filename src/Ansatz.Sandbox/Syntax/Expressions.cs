namespace Ansatz.Sandbox.Syntax;

/// <summary>Something that has a value.</summary>
public abstract record Expression : Node
{
    private protected Expression()
    {
    }

    /// <summary>The value's type; <see cref="HoleType.Void"/> for a call that gives none.</summary>
    public abstract HoleType Type { get; }
}

/// <summary>A number or bool, as 64 bits: int with its sign, uint without, bool as 0 or 1, double as its pattern with every NaN as one.</summary>
public sealed record Literal(HoleType Type, long Bits) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type { get; } = Type.IsNumber || Type == HoleType.Bool ? Type : throw new ArgumentException($"There is no literal of type {Type}.", nameof(Type));

    /// <summary>The number or bool, boxed.</summary>
    public object Value => Sandbox.Bits.Box(Type, Bits);

    /// <inheritdoc/>
    public override ValueList<Node> Children => [];

    /// <summary>The literal of a bool, int, uint, long, ulong or double.</summary>
    /// <exception cref="ArgumentException">The value is none of these.</exception>
    public static Literal Of(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(HoleType.From(value.GetType()) ?? throw new ArgumentException($"{value.GetType()} is no type of a candidate.", nameof(value)), Sandbox.Bits.Unbox(value));
    }

    private protected override Node Rebuild(Refill children) => this;
}

/// <summary>A parameter or local variable.</summary>
public sealed record Variable(HoleType Type, string Name) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type { get; } = Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [];

    private protected override Node Rebuild(Refill children) => this;
}

/// <summary>An operation on one value.</summary>
public sealed record Unary(UnaryOperator Operator, Expression Operand) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type => Operand.Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Operand];

    private protected override Node Rebuild(Refill children) => this with { Operand = children.Next<Expression>() };
}

/// <summary>An operation on two values of one type; the right side of a shift is an int.</summary>
public sealed record Binary(BinaryOperator Operator, Expression Left, Expression Right) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type => Operator >= BinaryOperator.Equal ? HoleType.Bool : Left.Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Left, Right];

    private protected override Node Rebuild(Refill children) => this with { Left = children.Next<Expression>(), Right = children.Next<Expression>() };
}

/// <summary>A conversion of a number to another type, also one that C# makes unasked. Unchecked: from double it saturates, NaN gives 0.</summary>
public sealed record Conversion(HoleType Type, Expression Operand) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type { get; } = Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Operand];

    private protected override Node Rebuild(Refill children) => new Conversion(Type, children.Next<Expression>());
}

/// <summary>condition ? then : otherwise</summary>
public sealed record Conditional(Expression Condition, Expression Then, Expression Otherwise) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type => Then.Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Condition, Then, Otherwise];

    private protected override Node Rebuild(Refill children) => new Conditional(children.Next<Expression>(), children.Next<Expression>(), children.Next<Expression>());
}

/// <summary>array[index]</summary>
public sealed record Element(Expression Array, Expression Index) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type => Array.Type.Element ?? HoleType.Void;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Array, Index];

    private protected override Node Rebuild(Refill children) => new Element(children.Next<Expression>(), children.Next<Expression>());
}

/// <summary>array.Length</summary>
public sealed record Length(Expression Array) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type => HoleType.Int;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Array];

    private protected override Node Rebuild(Refill children) => new Length(children.Next<Expression>());
}

/// <summary>new int[count]; the type is that of the array.</summary>
public sealed record NewArray(HoleType Type, Expression Count) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type { get; } = Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Count];

    private protected override Node Rebuild(Refill children) => new NewArray(Type, children.Next<Expression>());
}

/// <summary>new int[] { item, item }; the type is that of the array.</summary>
public sealed record ArrayLiteral(HoleType Type, ValueList<Expression> Items) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type { get; } = Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [.. Items];

    private protected override Node Rebuild(Refill children) => new ArrayLiteral(Type, children.Next(Items));
}

/// <summary>A call of one of the candidate's own methods, the hole included.</summary>
public sealed record Call(HoleType Type, string Method, ValueList<Expression> Arguments) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type { get; } = Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [.. Arguments];

    private protected override Node Rebuild(Refill children) => new Call(Type, Method, children.Next(Arguments));
}

/// <summary>A call of a helper that the host offers.</summary>
public sealed record HelperCall(HoleType Type, string Helper, ValueList<Expression> Arguments) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type { get; } = Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [.. Arguments];

    private protected override Node Rebuild(Refill children) => new HelperCall(Type, Helper, children.Next(Arguments));
}

/// <summary>A call of a member of Math or double. All arguments have one type.</summary>
public sealed record LibraryCall(LibraryFunction Function, ValueList<Expression> Arguments) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type => Function.Result(Arguments.Count == 0 ? HoleType.Void : Arguments[0].Type);

    /// <inheritdoc/>
    public override ValueList<Node> Children => [.. Arguments];

    private protected override Node Rebuild(Refill children) => new LibraryCall(Function, children.Next(Arguments));
}

/// <summary>target = value, where the target is a variable, an element or a discard.</summary>
public sealed record Assign(Expression Target, Expression Value) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type => Target.Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Target, Value];

    private protected override Node Rebuild(Refill children) => new Assign(children.Next<Expression>(), children.Next<Expression>());
}

/// <summary>target += value, and so on for all operators that give a number or bool of the target's type.</summary>
public sealed record CompoundAssign(BinaryOperator Operator, Expression Target, Expression Value) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type => Target.Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Target, Value];

    private protected override Node Rebuild(Refill children) => this with { Target = children.Next<Expression>(), Value = children.Next<Expression>() };
}

/// <summary>++target, --target, target++ or target--.</summary>
public sealed record Step(bool IsIncrement, bool IsPrefix, Expression Target) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type => Target.Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Target];

    private protected override Node Rebuild(Refill children) => this with { Target = children.Next<Expression>() };
}

/// <summary>value is pattern</summary>
public sealed record IsPattern(Expression Value, Pattern Pattern) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type => HoleType.Bool;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Value, Pattern];

    private protected override Node Rebuild(Refill children) => new IsPattern(children.Next<Expression>(), children.Next<Pattern>());
}

/// <summary>value switch { pattern => value, _ => otherwise }</summary>
public sealed record SwitchExpression(Expression Value, ValueList<SwitchArm> Arms, Expression Otherwise) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type => Otherwise.Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [Value, .. Arms, Otherwise];

    private protected override Node Rebuild(Refill children) => new SwitchExpression(children.Next<Expression>(), children.Next(Arms), children.Next<Expression>());
}

/// <summary>pattern => value or pattern when guard => value</summary>
public sealed record SwitchArm(Pattern Pattern, Expression? Guard, Expression Value) : Node
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => Guard is null ? [Pattern, Value] : [Pattern, Guard, Value];

    private protected override Node Rebuild(Refill children) => new SwitchArm(children.Next<Pattern>(), children.Next(Guard), children.Next<Expression>());
}

/// <summary>_ as what is assigned to: the value is thrown away.</summary>
public sealed record Discard(HoleType Type) : Expression
{
    /// <inheritdoc/>
    public override HoleType Type { get; } = Type;

    /// <inheritdoc/>
    public override ValueList<Node> Children => [];

    private protected override Node Rebuild(Refill children) => this;
}

/// <summary>Operators on one value.</summary>
public enum UnaryOperator
{
    /// <summary>-x, of a signed number or a double.</summary>
    Negate,

    /// <summary>~x, of a whole number.</summary>
    Complement,

    /// <summary>!x, of a bool.</summary>
    Not,
}

/// <summary>Operators on two values. From <see cref="Equal"/> on they give a bool.</summary>
public enum BinaryOperator
{
    /// <summary>x + y</summary>
    Add,

    /// <summary>x - y</summary>
    Subtract,

    /// <summary>x * y</summary>
    Multiply,

    /// <summary>x / y. Traps for whole numbers: division by zero, overflow.</summary>
    Divide,

    /// <summary>x % y. Traps as a division does.</summary>
    Remainder,

    /// <summary>x &amp; y, of whole numbers or bools.</summary>
    And,

    /// <summary>x | y, of whole numbers or bools.</summary>
    Or,

    /// <summary>x ^ y, of whole numbers or bools.</summary>
    Xor,

    /// <summary>x &lt;&lt; y</summary>
    ShiftLeft,

    /// <summary>x >> y: keeps the sign of a signed number.</summary>
    ShiftRight,

    /// <summary>x >>> y</summary>
    ShiftRightUnsigned,

    /// <summary>x == y, of numbers or bools.</summary>
    Equal,

    /// <summary>x != y, of numbers or bools.</summary>
    NotEqual,

    /// <summary>x &lt; y</summary>
    Less,

    /// <summary>x &lt;= y</summary>
    LessOrEqual,

    /// <summary>x > y</summary>
    Greater,

    /// <summary>x >= y</summary>
    GreaterOrEqual,

    /// <summary>x &amp;&amp; y: y is evaluated only where x is true.</summary>
    AndAlso,

    /// <summary>x || y: y is evaluated only where x is false.</summary>
    OrElse,
}
