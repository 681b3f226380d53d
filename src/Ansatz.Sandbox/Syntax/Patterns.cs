namespace Ansatz.Sandbox.Syntax;

/// <summary>What a value is compared with, in an is, a switch or a case. Its constants have the value's type.</summary>
public abstract record Pattern : Node
{
    private protected Pattern()
    {
    }
}

/// <summary>3: the value equals it; NaN matches NaN.</summary>
public sealed record ConstantPattern(Literal Value) : Pattern
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [Value];

    private protected override Node Rebuild(Refill children) => new ConstantPattern(children.Next<Literal>());
}

/// <summary>&lt; 3, &lt;= 3, > 3, >= 3</summary>
public sealed record RelationalPattern(BinaryOperator Operator, Literal Value) : Pattern
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [Value];

    private protected override Node Rebuild(Refill children) => this with { Value = children.Next<Literal>() };
}

/// <summary>not pattern</summary>
public sealed record NotPattern(Pattern Pattern) : Pattern
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [Pattern];

    private protected override Node Rebuild(Refill children) => new NotPattern(children.Next<Pattern>());
}

/// <summary>left and right</summary>
public sealed record AndPattern(Pattern Left, Pattern Right) : Pattern
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [Left, Right];

    private protected override Node Rebuild(Refill children) => new AndPattern(children.Next<Pattern>(), children.Next<Pattern>());
}

/// <summary>left or right</summary>
public sealed record OrPattern(Pattern Left, Pattern Right) : Pattern
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [Left, Right];

    private protected override Node Rebuild(Refill children) => new OrPattern(children.Next<Pattern>(), children.Next<Pattern>());
}

/// <summary>_: every value. Only in an arm of a switch expression.</summary>
public sealed record AnyPattern : Pattern
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [];

    private protected override Node Rebuild(Refill children) => this;
}
