using System.Collections.Immutable;
using Ansatz.Sandbox;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Programs.Grammar;

/// <summary>The operators of typed genetic programming, on trees: each makes one change at a random place, or none where there is no such place. What comes out need not compile.</summary>
/// <param name="grammar">Writes what is new.</param>
internal sealed class Mutations(ProgramGrammar grammar)
{
    /// <summary>An expression of one program takes the place of one of the same type in another; variables that are not there become others. Now and then: whole statements in front of the body.</summary>
    public HoleSyntax? Crossover(HoleSyntax program, HoleSyntax donor, Rng rng)
    {
        if (rng.Next(5) == 0)
        {
            return Prepend(program, donor, rng);
        }

        List<Place> from = Places.Expressions(donor);
        return At(program, rng, place => !place.IsInLoopHeader, (place, type) =>
        {
            Place[] fitting = [.. from.Where(p => ((Expression)p.Node).Type == type && !Contains<Call>(p.Node))];
            return fitting.Length == 0 ? null : (Expression)rng.Pick(fitting).Node.Rewrite(node => node is Variable variable && !place.Scope.Has(variable)
                ? grammar.Expression(variable.Type, 0, place.Scope, rng)
                : node);
        });
    }

    /// <summary>A new expression in the place of an old one, or around it; or one statement more or less.</summary>
    public HoleSyntax? Subtree(HoleSyntax program, Rng rng) => rng.Next(program.Methods[0].Parameters.Any(p => p.Type.Element is { IsArray: false }) ? 20 : 10) switch
    {
        0 => Delete(program, rng),
        < 4 => At(program, rng, place => !place.IsInLoopHeader, (place, type) => Around((Expression)place.Node, type, place.Scope, rng)),
        < 9 => At(program, rng, place => !place.IsInLoopHeader, (place, type) => Threshold(program, place, rng) ?? grammar.Expression(type, 1 + rng.Next(3), place.Scope, rng)),
        _ => Insert(program, rng), // oftener where there are arrays: what they are good for is gathered by statements
    };

    /// <summary>One to three constants moved: by noise, by a small whole number, by a factor.</summary>
    public static HoleSyntax? Constants(HoleSyntax program, Rng rng)
    {
        HoleSyntax? changed = null;
        for (int left = 1 + rng.Next(3); left > 0; left--)
        {
            changed = At(changed ?? program, rng, place => !place.IsInLoopHeader && place.Node is Literal { Type.IsNumber: true }, (place, type) =>
            {
                double x = Convert.ToDouble(((Literal)place.Node).Value, System.Globalization.CultureInfo.InvariantCulture);
                return ProgramGrammar.Number(type, rng.Next(3) switch
                {
                    0 => ProgramGrammar.Rounded(x + (rng.NextGaussian() * Math.Max(0.1, 0.2 * Math.Abs(x)))),
                    1 => Math.Round(x + rng.Pick((double[])[-2, -1, 1, 2]), 6), // 3.32, not 3.3200000000000003
                    _ => ProgramGrammar.Rounded(x * PortableMath.Exp(0.3 * rng.NextGaussian())),
                });
            }) ?? changed;
        }

        return changed;
    }

    /// <summary>Another operator, function, variable or constant in one place; what hangs below stays.</summary>
    public HoleSyntax? Point(HoleSyntax program, Rng rng) => At(program, rng, place => !place.IsInLoopHeader, (place, type) => place.Node switch
    {
        Binary { Operator: BinaryOperator.AndAlso } and => and with { Operator = BinaryOperator.OrElse },
        Binary { Operator: BinaryOperator.OrElse } or => or with { Operator = BinaryOperator.AndAlso },
        Binary { Operator: >= BinaryOperator.Equal } comparison when comparison.Left.Type.IsNumber => comparison with { Operator = BinaryOperator.Equal + rng.Next(6) },
        Binary { Operator: <= BinaryOperator.Divide } arithmetic => arithmetic with { Operator = BinaryOperator.Add + rng.Next(type == HoleType.Double ? 4 : 3) },
        LibraryCall { Arguments.Count: 2 } call => new LibraryCall(call.Function == LibraryFunction.Min ? LibraryFunction.Max : LibraryFunction.Min, call.Arguments),
        LibraryCall { Arguments.Count: 1 } call when type == HoleType.Double && call.Arguments[0].Type == type =>
            new LibraryCall(rng.Pick((LibraryFunction[])[LibraryFunction.Abs, LibraryFunction.Sqrt, LibraryFunction.Exp, LibraryFunction.Log, LibraryFunction.Sin, LibraryFunction.Cos, LibraryFunction.Floor]), call.Arguments),
        Conditional choice => new Conditional(choice.Condition, choice.Otherwise, choice.Then),
        _ => Threshold(program, place, rng) ?? grammar.Expression(type, 0, place.Scope, rng),
    });

    /// <summary>An expression shrinks to a part of its own type.</summary>
    public static HoleSyntax? Hoist(HoleSyntax program, Rng rng) => At(program, rng, place => !place.IsInLoopHeader && place.Node.Children.Count > 0, (place, type) =>
    {
        Expression[] parts = [.. Below(place.Node).OfType<Expression>().Where(e => e.Type == type)];
        return parts.Length == 0 ? null : rng.Pick(parts);

        static IEnumerable<Node> Below(Node node) => node.Children.SelectMany(c => Below(c).Prepend(c));
    });

    // For a number that is compared with something.
    private Literal? Threshold(HoleSyntax program, Place place, Rng rng) =>
        place.Node is Expression { Type.IsNumber: true } number && Places.At(program, place.Path[..^1]) is Binary { Operator: >= BinaryOperator.Equal } ? grammar.Threshold(number.Type, rng) : null;

    // Something new beside what stands there: a case for it, or a second operand.
    private Expression? Around(Expression old, HoleType type, Scope scope, Rng rng)
    {
        if (type.IsArray)
        {
            return null;
        }

        Expression other = grammar.Expression(type, 1 + rng.Next(2), scope, rng);
        return rng.Next(4) switch
        {
            0 => new Conditional(grammar.Expression(HoleType.Bool, 1, scope, rng), old, other),
            1 => new Conditional(grammar.Expression(HoleType.Bool, 1, scope, rng), other, old),
            _ when type == HoleType.Bool => new Binary(rng.Next(2) == 0 ? BinaryOperator.AndAlso : BinaryOperator.OrElse, old, other),
            _ => new Binary(BinaryOperator.Add + rng.Next(3), old, other),
        };
    }

    private static HoleSyntax? At(HoleSyntax program, Rng rng, Func<Place, bool> isWanted, Func<Place, HoleType, Expression?> change)
    {
        Place[] places = [.. Places.Expressions(program).Where(isWanted)];
        if (places.Length == 0)
        {
            return null;
        }

        Place place = rng.Pick(places);
        return change(place, ((Expression)place.Node).Type) is { } changed ? Places.Replace(program, place.Path, changed) : null;
    }

    // A step of the grammar's somewhere in a block. A local that it declares is read behind it: what nobody reads, the simplifier would drop at once.
    private HoleSyntax Insert(HoleSyntax program, Rng rng)
    {
        Place place = rng.Pick(Places.Blocks(program));
        Block block = (Block)place.Node;
        int at = rng.Next(block.Statements.Count + 1);
        if (at == block.Statements.Count && at > 0 && block.Statements[^1] is Return)
        {
            at--;
        }

        // In scope are what came into the block, and what it has declared so far; names must differ from all others of the method.
        Scope scope = block.Statements.Take(at).OfType<Declare>().Aggregate(place.Scope, (s, d) => s.With(d.Type, d.Name));
        List<Statement> added = [];
        Scope behind = grammar.Add(added, scope, rng);
        int steps = added.Count;
        if (behind.Variables.Length > scope.Variables.Length)
        {
            added.Add(new Evaluate(new Variable(behind.Variables[^1].Type, behind.Variables[^1].Name))); // goes along, so that it is renamed alike
        }

        Block renamed = WithFreshNames(new([.. added]), Names.In(program.Methods[place.Path[0]]));
        HoleSyntax grown = Places.Replace(program, place.Path, new Block([.. block.Statements.Take(at), .. renamed.Statements.Take(steps), .. block.Statements.Skip(at)]));
        return renamed.Statements.Count == steps ? grown : Using(grown, ((Evaluate)renamed.Statements[^1]).Expression, place.Path, at + steps, rng);
    }

    // The program with a local in the place of a number of its block's, from a statement on, or beside it.
    private static HoleSyntax Using(HoleSyntax program, Expression local, ImmutableArray<int> block, int from, Rng rng)
    {
        Place[] numbers =
        [
            .. Places.Expressions(program).Where(p => !p.IsInLoopHeader && ((Expression)p.Node).Type.IsNumber
                && p.Path.Length > block.Length && p.Path.AsSpan(0, block.Length).SequenceEqual(block.AsSpan()) && p.Path[block.Length] >= from
                && Places.At(program, p.Path[..^1]) is not NewArray), // how long an array is, its first expression says best
        ];
        if (numbers.Length == 0)
        {
            return program;
        }

        Place place = rng.Next(5) < 2 ? Outermost(numbers) : rng.Pick(numbers);
        Expression old = (Expression)place.Node, read = local.Type == old.Type ? local : new Conversion(old.Type, local);
        return Places.Replace(program, place.Path, rng.Next(6) switch
        {
            < 2 => read,
            < 4 => new Binary(BinaryOperator.Add, old, read),
            4 => new Binary(BinaryOperator.Subtract, old, read),
            _ => new Binary(BinaryOperator.Multiply, old, read),
        });

        static Place Outermost(Place[] places) => places.Reverse().MinBy(p => p.Path.Length)!; // the result, for the most part
    }

    private static HoleSyntax? Delete(HoleSyntax program, Rng rng)
    {
        Place[] blocks = [.. Places.Blocks(program).Where(p => ((Block)p.Node).Statements.Any(s => s is not Return))];
        if (blocks.Length == 0)
        {
            return null;
        }

        Place place = rng.Pick(blocks);
        ValueList<Statement> statements = ((Block)place.Node).Statements;
        int[] removable = [.. Enumerable.Range(0, statements.Count).Where(i => statements[i] is not Return)];
        int gone = rng.Pick(removable);
        return Places.Replace(program, place.Path, new Block([.. statements.Where((_, i) => i != gone)]));
    }

    // The donor's steps in front of the program's own, and its last value somewhere in the program's: what a loop has gathered is of no use elsewhere.
    private static HoleSyntax? Prepend(HoleSyntax program, HoleSyntax donor, Rng rng)
    {
        Method mine = program.Methods[0];
        ValueList<Statement> its = donor.Methods[0].Body.Statements;
        if (its.Count < 2 || its[^1] is not Return { Value: { } last } || its.Any(s => Contains<Call>(s)) || !mine.Parameters.Equals(donor.Methods[0].Parameters))
        {
            return null;
        }

        Block renamed = WithFreshNames(new([.. its.SkipLast(1), new Evaluate(last)]), Names.In(mine)); // the value goes along, so that it is renamed alike
        Expression value = ((Evaluate)renamed.Statements[^1]).Expression;
        Block body = new([.. renamed.Statements.SkipLast(1), .. mine.Body.Statements]);
        HoleSyntax both = new([mine with { Body = body }, .. program.Methods.Skip(1)]);
        int before = renamed.Statements.Count - 1;
        Place[] places = [.. Places.Expressions(both).Where(p => p.Path[0] == 0 && p.Path[2] >= before && !p.IsInLoopHeader && ((Expression)p.Node).Type == value.Type)];
        return places.Length == 0 ? null : Places.Replace(both, rng.Pick(places).Path, value);
    }

    // Variables that a block declares under names that the method has already get others.
    private static Block WithFreshNames(Block block, HashSet<string> taken)
    {
        Dictionary<string, string> names = [];
        foreach (string name in Names.Declared(block))
        {
            string stem = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
            string fresh = taken.Contains(name) ? Names.Fresh(stem.Length == 0 ? "x" : stem, taken) : name;
            names[name] = fresh;
            taken.Add(fresh);
        }

        return (Block)block.Rewrite(node => node switch
        {
            Variable v when names.TryGetValue(v.Name, out string? name) => new Variable(v.Type, name),
            Declare d when names.TryGetValue(d.Name, out string? name) => d with { Name = name },
            ForEach f when names.TryGetValue(f.Name, out string? name) => f with { Name = name },
            _ => node,
        });
    }

    private static bool Contains<T>(Node node) => node is T || node.Children.Any(Contains<T>);
}
