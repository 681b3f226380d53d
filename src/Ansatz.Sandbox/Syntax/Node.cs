namespace Ansatz.Sandbox.Syntax;

/// <summary>A part of a candidate's source: an expression, a statement, a pattern, or what these are made of. Immutable; two nodes are equal if they say the same.</summary>
/// <remarks>
/// <see cref="Children"/> and <see cref="WithChildren"/> are all that it takes to look through a tree and to change one place of it. The set of nodes is closed. Anyone may put nodes
/// together in any way: whether the result is a candidate, <see cref="HoleCompiler.Check"/> says.
/// </remarks>
public abstract record Node
{
    private protected Node()
    {
    }

    /// <summary>The nodes right below, in the order of the source. A part that is left out, such as the condition of an endless for, is no child.</summary>
    public abstract ValueList<Node> Children { get; }

    /// <summary>How many nodes there are from here down, this one included.</summary>
    public int Size
    {
        get
        {
            int size = 1;
            foreach (Node child in Children)
            {
                size += child.Size;
            }

            return size;
        }
    }

    /// <summary>The same node with other children: as many, of the same kinds, in the same order; a <see cref="Block"/> takes any number of statements.</summary>
    /// <exception cref="ArgumentException">The children do not fit.</exception>
    public Node WithChildren(IReadOnlyList<Node> children)
    {
        ArgumentNullException.ThrowIfNull(children);
        Refill refill = new(this, children);
        Node result = Rebuild(refill);
        refill.End();
        return result;
    }

    /// <summary>The tree with every node replaced by what <paramref name="change"/> makes of it, children before the nodes that hold them. What nothing changes is not copied.</summary>
    public Node Rewrite(Func<Node, Node> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        ValueList<Node> children = Children;
        Node[]? changed = null;
        for (int i = 0; i < children.Count; i++)
        {
            Node child = children[i].Rewrite(change);
            if (!ReferenceEquals(child, children[i]))
            {
                changed ??= [.. children];
                changed[i] = child;
            }
        }

        return change(changed is null ? this : WithChildren(changed));
    }

    /// <summary>The node as C#.</summary>
    public sealed override string ToString() => CSharpWriter.Write(this);

    private protected abstract Node Rebuild(Refill children);
}

/// <summary>Hands children to a node that is made anew, one after the other.</summary>
internal sealed class Refill(Node node, IReadOnlyList<Node> children)
{
    private int _next;

    /// <summary>The next child.</summary>
    public T Next<T>()
        where T : Node => _next < children.Count && children[_next++] is T child ? child : throw Misfit(typeof(T));

    /// <summary>The next child, where there was one.</summary>
    public T? Next<T>(T? old)
        where T : Node => old is null ? null : Next<T>();

    /// <summary>As many children as there were.</summary>
    public ValueList<T> Next<T>(ValueList<T> old)
        where T : Node => [.. old.Select(_ => Next<T>())];

    /// <summary>All that are left.</summary>
    public ValueList<T> Rest<T>()
        where T : Node => [.. children.Skip(_next).Select(_ => Next<T>())];

    /// <summary>Says that no child may be left.</summary>
    public void End()
    {
        if (_next != children.Count)
        {
            throw new ArgumentException($"{node.GetType().Name} has {_next} children here, not {children.Count}.");
        }
    }

    private ArgumentException Misfit(Type wanted) => new($"Child {Math.Min(_next, children.Count)} of {node.GetType().Name} has to be a {wanted.Name}; {children.Count} children were given.");
}
