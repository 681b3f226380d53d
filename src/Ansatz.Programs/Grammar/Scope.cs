using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Sandbox;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Programs.Grammar;

/// <summary>A variable that can be read at a place.</summary>
internal sealed record ScopeVariable(HoleType Type, string Name, bool MayBeAssigned);

/// <summary>What can be named at a place of a program. Immutable.</summary>
internal sealed record Scope(ImmutableArray<ScopeVariable> Variables)
{
    public IEnumerable<ScopeVariable> Of(HoleType type) => Variables.Where(v => v.Type == type);

    public bool Has(Variable variable) => Variables.Any(v => v.Name == variable.Name && v.Type == variable.Type);

    public Scope With(HoleType type, string name, bool mayBeAssigned = true) => new(Variables.Add(new(type, name, mayBeAssigned)));
}

/// <summary>The names of a method: no two of its variables may share one.</summary>
internal static class Names
{
    /// <summary>What a method takes and declares.</summary>
    public static HashSet<string> In(Method method) => [.. method.Parameters.Select(p => Root(p.Name)), .. Declared(method.Body)];

    /// <summary>The name that a source has to leave free for a variable: of a part of an argument, "(int)item.Kind", the argument's.</summary>
    public static string Root(string name) => name[(name.IndexOf(')', StringComparison.Ordinal) + 1)..].Split('.')[0];

    /// <summary>What is declared from a node down.</summary>
    public static IEnumerable<string> Declared(Node node) => (node switch
    {
        Declare d => (IEnumerable<string>)[d.Name],
        ForEach f => [f.Name],
        _ => [],
    }).Concat(node.Children.SelectMany(Declared));

    /// <summary>A name that is not taken: the stem with a number.</summary>
    public static string Fresh(string stem, IReadOnlySet<string> taken) =>
        Enumerable.Range(1, int.MaxValue).Select(i => string.Create(CultureInfo.InvariantCulture, $"{stem}{i}")).First(n => !taken.Contains(n));
}

/// <summary>A place in a program where something else could stand.</summary>
/// <param name="Path">Child numbers from the root.</param>
/// <param name="Node">What stands there.</param>
/// <param name="Scope">What can be named there.</param>
/// <param name="IsInLoopHeader">Whether it decides how often a loop turns: almost every other expression there makes it endless.</param>
internal sealed record Place(ImmutableArray<int> Path, Node Node, Scope Scope, bool IsInLoopHeader);

/// <summary>Finds the places of a program, and puts something else there.</summary>
internal static class Places
{
    /// <summary>All expressions whose value could be another one of their type: no targets of assignments, no constants of patterns, no calls that stand for themselves.</summary>
    public static List<Place> Expressions(HoleSyntax program)
    {
        List<Place> found = [];
        Visit(program, place =>
        {
            if (place.Node is Expression { Type: var type } && type != HoleType.Void)
            {
                found.Add(place);
            }
        });
        return found;
    }

    /// <summary>All blocks.</summary>
    public static List<Place> Blocks(HoleSyntax program)
    {
        List<Place> found = [];
        Visit(program, place =>
        {
            if (place.Node is Block)
            {
                found.Add(place);
            }
        });
        return found;
    }

    /// <summary>What stands at a place.</summary>
    public static Node At(HoleSyntax program, ImmutableArray<int> path) => path.Aggregate((Node)program, (node, child) => node.Children[child]);

    /// <summary>The program with another node at a place.</summary>
    public static HoleSyntax Replace(HoleSyntax program, ImmutableArray<int> path, Node node) => (HoleSyntax)Replace(program, path.AsSpan(), node);

    private static Node Replace(Node root, ReadOnlySpan<int> path, Node node)
    {
        if (path.IsEmpty)
        {
            return node;
        }

        Node[] children = [.. root.Children];
        children[path[0]] = Replace(children[path[0]], path[1..], node);
        return root.WithChildren(children);
    }

    private static void Visit(HoleSyntax program, Action<Place> see)
    {
        for (int m = 0; m < program.Methods.Count; m++)
        {
            Method method = program.Methods[m];
            Walk(method.Body, [m, 0], new([.. method.Parameters.Select(p => new ScopeVariable(p.Type, p.Name, MayBeAssigned: p.Part is null))]), isHeader: false, see);
        }
    }

    // Walks a node and gives the scope behind it.
    private static Scope Walk(Node node, ImmutableArray<int> path, Scope scope, bool isHeader, Action<Place> see)
    {
        see(new(path, node, scope, isHeader));
        Scope inner = scope;
        ValueList<Node> children = node.Children;
        for (int i = 0; i < children.Count; i++)
        {
            bool isPlace = !(children[i] is Pattern
                || (node is Assign or CompoundAssign or Step && i == 0)
                || (node is AssignTuple tuple && i < tuple.Targets.Count)
                || node is Evaluate);
            bool header = isHeader || (node is For && children[i] is not Block) || (node is While or DoWhile && children[i] is Expression);
            if (node is ForEach each && i == 1)
            {
                inner = inner.With(each.Type, each.Name, mayBeAssigned: false);
            }

            inner = isPlace
                ? Walk(children[i], path.Add(i), inner, header, see)
                : Inside(children[i], path.Add(i), inner, header, see);
        }

        return node is Declare declare ? scope.With(declare.Type, declare.Name, mayBeAssigned: !isHeader) // a loop counts its own turns
            : node is Block or For or ForEach or While or DoWhile or If or Switch ? scope
            : inner;
    }

    // No place itself, but there may be some in it: the index of an element that is assigned to, the value that is.
    private static Scope Inside(Node node, ImmutableArray<int> path, Scope scope, bool isHeader, Action<Place> see)
    {
        if (node is not Pattern and not Variable)
        {
            for (int i = 0; i < node.Children.Count; i++)
            {
                if (!(node is Assign or CompoundAssign or Step && i == 0))
                {
                    Walk(node.Children[i], path.Add(i), scope, isHeader, see);
                }
                else
                {
                    Inside(node.Children[i], path.Add(i), scope, isHeader, see);
                }
            }
        }

        return scope;
    }
}
