using System.Collections.Immutable;

namespace Ansatz.Sandbox.Tree;

/// <summary>
/// A candidate as it is run: what <see cref="Syntax.HoleSyntax"/> is written out in, and all that interpreter and compiler know. Function 0 is the hole. Immutable.
/// </summary>
/// <remarks>
/// The tree has few kinds of node; everything else of the subset is written out in them (a compound assignment as reads and writes of unnamed slots,
/// a switch as ifs and jumps). A slot is a parameter or local variable of one function; types agree everywhere, and conversions are written out.
/// Arithmetic is unchecked, as C#'s default is. Evaluation goes left to right and in the order in which a record names its parts.
/// </remarks>
public sealed record HoleTree(ImmutableArray<Function> Functions)
{
    /// <summary>Whether some expression, however deep, is such a one.</summary>
    internal bool Any(Func<Expression, bool> isSuch)
    {
        return Functions.Any(f => InStatement(f.Body));

        bool InStatement(Statement statement) => statement.Expressions.Any(InExpression) || statement.Statements.Any(InStatement);

        bool InExpression(Expression expression) => isSuch(expression) || expression.Parts.Any(InExpression);
    }

    /// <summary>Whether a call may take longer than it takes to read the tree through: there is a loop, or a call that might be one.</summary>
    internal bool Repeats
    {
        get
        {
            return Functions.Length > 1 || Functions.Any(f => In(f.Body)) || Any(e => e is Call);

            static bool In(Statement statement) => statement is Repeat || statement.Statements.Any(In);
        }
    }
}

/// <summary>A function: its slots (the parameters first), what it returns, its body.</summary>
public sealed record Function(string Name, ImmutableArray<HoleType> Slots, int Parameters, HoleType Result, Block Body)
{
    /// <summary>Nodes of the whole body, loops included.</summary>
    public int Nodes { get; } = Cost.Nodes(Body);

    /// <summary>What a call costs: the nodes outside loops.</summary>
    public long Fuel { get; } = Cost.Of(Body);

    /// <summary>What a call counts against the limit of depth.</summary>
    public int Depth => 1 + (Nodes / 64);
}

/// <summary>Something that has a value.</summary>
public abstract record Expression(HoleType Type)
{
    internal abstract ImmutableArray<Expression> Parts { get; } // in the order in which they are evaluated, as far as they are
}

/// <summary>A number or bool, as 64 bits: int with its sign, uint without, bool as 0 or 1, double as its pattern.</summary>
public sealed record Constant(HoleType Type, long Bits) : Expression(Type)
{
    internal override ImmutableArray<Expression> Parts => [];
}

/// <summary>What a slot holds.</summary>
public sealed record Read(HoleType Type, int Slot) : Expression(Type)
{
    internal override ImmutableArray<Expression> Parts => [];
}

/// <summary>Sets a slot; its value is what was set.</summary>
public sealed record Write(int Slot, Expression Value) : Expression(Value.Type)
{
    internal override ImmutableArray<Expression> Parts => [Value];
}

/// <summary>An element of an array. Traps: null, index.</summary>
public sealed record Element(Expression Array, Expression Index) : Expression(Array.Type.Element!)
{
    internal override ImmutableArray<Expression> Parts => [Array, Index];
}

/// <summary>Sets an element; its value is what was set. Array, index and value are evaluated before anything is checked. Traps: null, index.</summary>
public sealed record SetElement(Expression Array, Expression Index, Expression Value) : Expression(Value.Type)
{
    internal override ImmutableArray<Expression> Parts => [Array, Index, Value];
}

/// <summary>The number of elements of an array. Traps: null.</summary>
public sealed record Length(Expression Array) : Expression(HoleType.Int)
{
    internal override ImmutableArray<Expression> Parts => [Array];
}

/// <summary>A new array of zeros. Traps, in this order: negative length, memory, fuel.</summary>
public sealed record NewArray(HoleType Type, Expression Count) : Expression(Type)
{
    internal override ImmutableArray<Expression> Parts => [Count];
}

/// <summary>An operation on one value.</summary>
public sealed record Unary(UnaryOperator Operator, Expression Operand) : Expression(Operand.Type)
{
    internal override ImmutableArray<Expression> Parts => [Operand];
}

/// <summary>An operation on two values of one type; the right side of a shift is an int.</summary>
public sealed record Binary(HoleType Type, BinaryOperator Operator, Expression Left, Expression Right) : Expression(Type)
{
    internal override ImmutableArray<Expression> Parts => [Left, Right];
}

/// <summary>A conversion between numbers, as C# makes it unchecked: from double it saturates, NaN gives 0.</summary>
public sealed record Cast(HoleType Type, Expression Operand) : Expression(Type)
{
    internal override ImmutableArray<Expression> Parts => [Operand];
}

/// <summary>One of two values; the other is not evaluated.</summary>
public sealed record Choose(Expression Condition, Expression Then, Expression Else) : Expression(Then.Type)
{
    internal override ImmutableArray<Expression> Parts => [Condition, Then, Else];
}

/// <summary>Values for their effects alone, then one that counts.</summary>
public sealed record Sequence(ImmutableArray<Expression> First, Expression Last) : Expression(Last.Type)
{
    internal override ImmutableArray<Expression> Parts => [.. First, Last];
}

/// <summary>A call of one of the candidate's functions. Traps: depth, then fuel.</summary>
public sealed record Call(HoleType Type, int Function, ImmutableArray<Expression> Arguments) : Expression(Type)
{
    internal override ImmutableArray<Expression> Parts => Arguments;
}

/// <summary>A call of a function of <see cref="Math"/> that WebAssembly lacks.</summary>
public sealed record MathCall(MathFunction Function, ImmutableArray<Expression> Arguments) : Expression(HoleType.Double)
{
    internal override ImmutableArray<Expression> Parts => Arguments;
}

/// <summary>A call of one of the host's helpers.</summary>
public sealed record HelperCall(HoleType Type, int Helper, int Fuel, ImmutableArray<Expression> Arguments) : Expression(Type)
{
    internal override ImmutableArray<Expression> Parts => Arguments;
}

/// <summary>Ends the call without a result.</summary>
public sealed record Fail(HoleType Type, HoleTrap Trap) : Expression(Type)
{
    internal override ImmutableArray<Expression> Parts => [];
}

/// <summary>Something that is done.</summary>
public abstract record Statement
{
    internal virtual ImmutableArray<Expression> Expressions => [];

    internal virtual ImmutableArray<Statement> Statements => [];
}

/// <summary>Statements one after the other.</summary>
public sealed record Block(ImmutableArray<Statement> Body) : Statement
{
    internal override ImmutableArray<Statement> Statements => Body;
}

/// <summary>An expression for its effect.</summary>
public sealed record Evaluate(Expression Expression) : Statement
{
    internal override ImmutableArray<Expression> Expressions => [Expression];
}

/// <summary>One of two statements.</summary>
public sealed record If(Expression Condition, Statement Then, Statement? Else) : Statement
{
    internal override ImmutableArray<Expression> Expressions => [Condition];

    internal override ImmutableArray<Statement> Statements => Else is null ? [Then] : [Then, Else];
}

/// <summary>The body over and over, until a jump or a return leaves it. Every turn is charged before it begins.</summary>
public sealed record Repeat(Statement Body) : Statement
{
    /// <summary>What a turn costs.</summary>
    public long Fuel { get; } = 1 + Cost.Of(Body);

    internal override ImmutableArray<Statement> Statements => [Body];
}

/// <summary>A statement that a jump inside it can leave. Labels are numbered within their function.</summary>
public sealed record Labelled(int Label, Statement Body) : Statement
{
    internal override ImmutableArray<Statement> Statements => [Body];
}

/// <summary>Goes on behind the labelled statement around it.</summary>
public sealed record Jump(int Label) : Statement;

/// <summary>Ends the function.</summary>
public sealed record Return(Expression? Value) : Statement
{
    internal override ImmutableArray<Expression> Expressions => Value is null ? [] : [Value];
}

/// <summary>Operations on one value.</summary>
public enum UnaryOperator
{
    /// <summary>-x</summary>
    Negate,

    /// <summary>~x</summary>
    Complement,

    /// <summary>!x</summary>
    Not,

    /// <summary>Math.Abs of a double.</summary>
    Abs,

    /// <summary>Math.Sqrt</summary>
    Sqrt,

    /// <summary>Math.Floor</summary>
    Floor,

    /// <summary>Math.Ceiling</summary>
    Ceiling,

    /// <summary>Math.Truncate</summary>
    Truncate,

    /// <summary>Math.Round: a half goes to the even neighbour.</summary>
    Round,
}

/// <summary>Operations on two values.</summary>
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

    /// <summary>x % y of whole numbers. Traps as a division does.</summary>
    Remainder,

    /// <summary>x &amp; y</summary>
    And,

    /// <summary>x | y</summary>
    Or,

    /// <summary>x ^ y</summary>
    Xor,

    /// <summary>x &lt;&lt; y</summary>
    ShiftLeft,

    /// <summary>x &gt;&gt; y: keeps the sign of a signed number.</summary>
    ShiftRight,

    /// <summary>x &gt;&gt;&gt; y</summary>
    ShiftRightUnsigned,

    /// <summary>x == y</summary>
    Equal,

    /// <summary>x != y</summary>
    NotEqual,

    /// <summary>x &lt; y</summary>
    Less,

    /// <summary>x &lt;= y</summary>
    LessOrEqual,

    /// <summary>x > y</summary>
    Greater,

    /// <summary>x >= y</summary>
    GreaterOrEqual,

    /// <summary>Math.Min of doubles: NaN if one is, -0 below 0.</summary>
    Min,

    /// <summary>Math.Max of doubles: NaN if one is, 0 above -0.</summary>
    Max,
}

/// <summary>What a tree costs. The same numbers are charged by the interpreter and compiled into the module.</summary>
file static class Cost
{
    private const int MathFuel = 20; // some 100 ns a call: fuel bounds the work, it does not measure time

    /// <summary>Nodes outside loops, and what Math and helpers cost beyond.</summary>
    public static long Of(Statement statement) => statement switch
    {
        Repeat => 1, // its turns are charged one by one
        _ => Own(statement) + statement.Expressions.Sum(Of) + statement.Statements.Sum(Of),
    };

    public static int Nodes(Statement statement) => Own(statement) + statement.Expressions.Sum(Nodes) + statement.Statements.Sum(Nodes);

    private static int Own(Statement statement) => statement is Block or Labelled or Evaluate ? 0 : 1; // these three do nothing themselves

    private static long Of(Expression expression) => 1 + expression.Parts.Sum(Of) + expression switch
    {
        MathCall => MathFuel,
        HelperCall call => call.Fuel,
        _ => 0,
    };

    private static int Nodes(Expression expression) => 1 + expression.Parts.Sum(Nodes);
}
