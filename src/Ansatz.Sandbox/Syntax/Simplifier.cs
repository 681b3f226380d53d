namespace Ansatz.Sandbox.Syntax;

/// <summary>Makes a candidate smaller without changing what it means: the same result or trap, to the bit, for all arguments. Only fuel and depth are less.</summary>
/// <remarks>
/// Constants are computed as the interpreter does, Math included; a trap stays where it was. For whole numbers the laws of rings hold, as they wrap. For doubles only what IEEE 754 makes exact:
/// x * 1, x / 1, x - 0, x + -0, x * -1 as -x, -(-x), x + -y as x - y; but x + 0 is not x (-0 + 0 is 0), x - x not 0, x * 0 not 0 and !(x &lt; y) not x >= y. What is not needed goes: conditions that are
/// constant, branches that are alike or empty, statements that are never reached or do nothing, variables that nobody reads, methods that nobody calls, conversions there and back. A loop stays, even if it does nothing, unless
/// it counts up to a bound or goes through an array: it may never end. What is left out has no effects: see <see cref="Effects"/>.
/// </remarks>
public static class Simplifier
{
    private const int Rounds = 50; // each makes the tree smaller, so this is a guard

    /// <summary>The smaller tree; the same one if there is nothing to do.</summary>
    /// <param name="syntax">A candidate: <see cref="HoleCompiler.Check"/> passes it.</param>
    public static HoleSyntax Simplify(HoleSyntax syntax)
    {
        ArgumentNullException.ThrowIfNull(syntax);
        for (int round = 0; round < Rounds; round++)
        {
            Reduction reduction = new(Effects.MayHaveNull(syntax));
            HoleSyntax next = WithoutUncalled((HoleSyntax)syntax.Rewrite(reduction.Reduce));
            next = (HoleSyntax)next.WithChildren([.. next.Methods.Select(reduction.WithoutUnread)]);
            if (next == syntax || Divides(next))
            {
                return syntax;
            }

            syntax = next;
        }

        return syntax;
    }

    private static HoleSyntax WithoutUncalled(HoleSyntax syntax)
    {
        HashSet<string> called = [];
        Queue<string> open = new([syntax.Methods[0].Name]);
        while (open.TryDequeue(out string? name))
        {
            if (called.Add(name))
            {
                Calls(syntax.Methods.First(m => m.Name == name).Body, open);
            }
        }

        return called.Count == syntax.Methods.Count ? syntax : new([.. syntax.Methods.Where(m => called.Contains(m.Name))]);
    }

    // What always traps there C# refuses, where it sees that: 1 / (i * 0) may stay, and 1 / 0 may not come of it.
    private static bool Divides(Node node) =>
        (node is Binary binary && Constants.Traps(binary.Operator, binary.Left, binary.Right))
        || (node is CompoundAssign compound && Constants.Traps(compound.Operator, compound.Target, compound.Value))
        || node.Children.Any(Divides);

    private static void Calls(Node node, Queue<string> methods)
    {
        if (node is Call call)
        {
            methods.Enqueue(call.Method);
        }

        foreach (Node child in node.Children)
        {
            Calls(child, methods);
        }
    }
}
