namespace Ansatz.Sandbox.Syntax;

/// <summary>Something that is done.</summary>
public abstract record Statement : Node
{
    private protected Statement()
    {
    }
}

/// <summary>int x = value; or int x;</summary>
public sealed record Declare(HoleType Type, string Name, Expression? Value) : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => Value is null ? [] : [Value];

    private protected override Node Rebuild(Refill children) => this with { Value = children.Next(Value) };
}

/// <summary>An expression for its effect: an assignment, a step, a call.</summary>
public sealed record Evaluate(Expression Expression) : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [Expression];

    private protected override Node Rebuild(Refill children) => new Evaluate(children.Next<Expression>());
}

/// <summary>(x, a[i]) = (value, value); all arrays and indexes, then all values, then the assignments.</summary>
public sealed record AssignTuple(ValueList<Expression> Targets, ValueList<Expression> Values) : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [.. Targets, .. Values];

    private protected override Node Rebuild(Refill children) => new AssignTuple(children.Next(Targets), children.Next(Values));
}

/// <summary>if (condition) { } else { }. An else that holds one if and nothing else is an else if.</summary>
public sealed record If(Expression Condition, Block Then, Block? Else) : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => Else is null ? [Condition, Then] : [Condition, Then, Else];

    private protected override Node Rebuild(Refill children) => new If(children.Next<Expression>(), children.Next<Block>(), children.Next(Else));
}

/// <summary>while (condition) { }</summary>
public sealed record While(Expression Condition, Block Body) : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [Condition, Body];

    private protected override Node Rebuild(Refill children) => new While(children.Next<Expression>(), children.Next<Block>());
}

/// <summary>do { } while (condition);</summary>
public sealed record DoWhile(Block Body, Expression Condition) : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [Body, Condition];

    private protected override Node Rebuild(Refill children) => new DoWhile(children.Next<Block>(), children.Next<Expression>());
}

/// <summary>for (before; condition; step) { }: before holds declarations of one type, or assignments and calls; step assignments and calls. No condition is an endless loop.</summary>
public sealed record For(ValueList<Statement> Before, Expression? Condition, ValueList<Statement> Step, Block Body) : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [.. Before, .. Condition is null ? ValueList.Of<Node>([]) : [Condition], .. Step, Body];

    private protected override Node Rebuild(Refill children) => new For(children.Next(Before), children.Next(Condition), children.Next(Step), children.Next<Block>());
}

/// <summary>foreach (int x in array) { }: an element is converted to the variable's type; nothing may assign to the variable.</summary>
public sealed record ForEach(HoleType Type, string Name, Expression Array, Block Body) : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [Array, Body];

    private protected override Node Rebuild(Refill children) => this with { Array = children.Next<Expression>(), Body = children.Next<Block>() };
}

/// <summary>switch (value) { }: sections are tried in order; the default one comes last, wherever it stands. No section may fall through.</summary>
public sealed record Switch(Expression Value, ValueList<SwitchSection> Sections) : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [Value, .. Sections];

    private protected override Node Rebuild(Refill children) => new Switch(children.Next<Expression>(), children.Next(Sections));
}

/// <summary>A section of a switch: its labels, and whether default is one more of them. What it declares is in scope in the sections behind it too.</summary>
public sealed record SwitchSection(ValueList<SwitchLabel> Labels, bool IsDefault, Block Body) : Node
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [.. Labels, Body];

    private protected override Node Rebuild(Refill children) => this with { Labels = children.Next(Labels), Body = children.Next<Block>() };
}

/// <summary>case pattern: or case pattern when guard:</summary>
public sealed record SwitchLabel(Pattern Pattern, Expression? Guard) : Node
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => Guard is null ? [Pattern] : [Pattern, Guard];

    private protected override Node Rebuild(Refill children) => new SwitchLabel(children.Next<Pattern>(), children.Next(Guard));
}

/// <summary>break;</summary>
public sealed record Break : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [];

    private protected override Node Rebuild(Refill children) => this;
}

/// <summary>continue;</summary>
public sealed record Continue : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [];

    private protected override Node Rebuild(Refill children) => this;
}

/// <summary>return value; or, where there is nothing to return, return;</summary>
public sealed record Return(Expression? Value) : Statement
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => Value is null ? [] : [Value];

    private protected override Node Rebuild(Refill children) => new Return(children.Next(Value));
}
