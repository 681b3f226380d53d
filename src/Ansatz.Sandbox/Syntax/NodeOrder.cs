namespace Ansatz.Sandbox.Syntax;

/// <summary>Some order of nodes, always the same: by kind, by what a node says itself, by its children. Expressions that differ are never equal in it.</summary>
internal sealed class NodeOrder : IComparer<Node>
{
    /// <summary>The order.</summary>
    public static NodeOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(Node? x, Node? y)
    {
        if (x is null || y is null || ReferenceEquals(x, y))
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }

        int order = string.CompareOrdinal(x.GetType().Name, y.GetType().Name);
        if (order == 0)
        {
            (long Number, string Word) own = Own(x), other = Own(y);
            order = own.Number != other.Number ? own.Number.CompareTo(other.Number) : string.CompareOrdinal(own.Word, other.Word);
        }

        (ValueList<Node> children, ValueList<Node> others) = (x.Children, y.Children);
        order = order != 0 ? order : children.Count - others.Count;
        for (int i = 0; i < children.Count && order == 0; i++)
        {
            order = Compare(children[i], others[i]);
        }

        return order;
    }

    private static (long, string) Own(Node node) => node switch
    {
        Literal literal => (literal.Bits, literal.Type.Name),
        Variable variable => (0, variable.Name),
        Unary unary => ((long)unary.Operator, ""),
        Binary binary => ((long)binary.Operator, ""),
        RelationalPattern relational => ((long)relational.Operator, ""),
        CompoundAssign compound => ((long)compound.Operator, ""),
        Step step => ((step.IsPrefix ? 2 : 0) + (step.IsIncrement ? 1 : 0), ""),
        LibraryCall call => ((long)call.Function, ""),
        Call call => (0, call.Method),
        HelperCall call => (0, call.Helper),
        Conversion or NewArray or ArrayLiteral or Discard => (0, ((Expression)node).Type.Name),
        SwitchArm arm => (arm.Guard is null ? 0 : 1, ""),
        _ => (0, ""),
    };
}
