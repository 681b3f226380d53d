namespace Ansatz.Sandbox.Syntax;

/// <summary>
/// A candidate at the level of its source: typed, with names, in the constructs of the subset. Method 0 is the hole, the others are the candidate's own helpers. Immutable.
/// </summary>
/// <remarks>
/// What the reader makes of C#, what a mutator changes, and what is printed, simplified and compiled. Printing and reading again gives an equal tree. Conversions are nodes, also where C# makes them
/// by itself; constants are literals; local functions are methods beside the hole; within a method no two variables share a name; blocks that only stand in a block are gone.
/// </remarks>
public sealed record HoleSyntax(ValueList<Method> Methods) : Node
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [.. Methods];

    /// <summary>The tree with constants computed, as C# does it: what a program that puts trees together calls before it has them checked.</summary>
    /// <remarks>Unchecked arithmetic; a division of whole numbers that would trap stays, and C# refuses it.</remarks>
    public HoleSyntax Folded() => (HoleSyntax)Rewrite(Constants.Fold);

    private protected override Node Rebuild(Refill children) => new HoleSyntax(children.Next(Methods));
}

/// <summary>A method: its name, what it returns, what it takes, what it does.</summary>
public sealed record Method(HoleType Result, string Name, ValueList<Parameter> Parameters, Block Body) : Node
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [Body];

    private protected override Node Rebuild(Refill children) => this with { Body = children.Next<Block>() };
}

/// <summary>A parameter of a method. No node: it has no place of its own in the tree.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Name">Its name; of a part of a user's type the C# that reads it: "item.Weight".</param>
/// <param name="Part">The argument that it is a part of; none where it is one itself.</param>
public sealed record Parameter(HoleType Type, string Name, WholeArgument? Part = null)
{
    /// <summary>What stands in the method's header: several parts of one argument stand there once.</summary>
    public string Declared => Part is null ? $"{Type} {Name}" : $"{Part.TypeName} {Part.Name}";
}

/// <summary>An argument of a user's type.</summary>
/// <param name="TypeName">The type's name.</param>
/// <param name="Name">The argument's.</param>
public sealed record WholeArgument(string TypeName, string Name);

/// <summary>Statements one after the other, and the scope of what they declare.</summary>
public sealed record Block(ValueList<Statement> Statements) : Node
{
    /// <inheritdoc/>
    public override ValueList<Node> Children => [.. Statements];

    private protected override Node Rebuild(Refill children) => new Block(children.Rest<Statement>());
}
