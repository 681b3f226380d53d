namespace Ansatz.Sandbox.Syntax;

/// <summary>One text for candidates that differ in nothing that a search could care about: what decides whether it saw a candidate before.</summary>
/// <remarks>
/// Candidates of one form give the same result or trap, to the bit, for all arguments; only fuel and depth may differ. Besides all that <see cref="Simplifier"/> makes the same, the form does not tell apart: the names of variables and own
/// methods, and the order of the methods; the order of operands of +, *, &amp;, |, ^, ==, !=, Min, Max and, where both are idle, &amp;&amp; and ||; a &lt; b and b > a; how sums and products of whole numbers, and
/// chains of &amp;, |, ^, &amp;&amp; and ||, are bracketed; x - c and x + -c for a literal c; x += y, x++ and x = x + y; a for without continue and the while that it stands for; x is 3 and x == 3. Operands change places only where it makes
/// no difference which is evaluated first: neither may change anything, and they may not trap in two ways. It does not know that (a + b) + c is a + (b + c) for doubles, since it is not, nor anything else that is not
/// exact; and nothing about arrays, loops or the order of statements.
/// </remarks>
public static class CanonicalForm
{
    /// <summary>The first 16 hexadecimal digits of a hash of the form.</summary>
    /// <param name="syntax">A candidate: <see cref="HoleCompiler.Check"/> passes it.</param>
    public static string Of(HoleSyntax syntax) => ContentHash.Of(Normal(syntax).ToString());

    /// <summary>The form itself, as a tree. It is for comparing, and is no candidate: it may compute what C# would have computed.</summary>
    internal static HoleSyntax Normal(HoleSyntax syntax)
    {
        syntax = Renamed(Simplifier.Simplify(syntax));
        Ordering ordering = new(Effects.MayHaveNull(syntax));
        return (HoleSyntax)syntax.Rewrite(ordering.Order);
    }

    // Methods (as #0, #1: no helper is called so) in the order in which they are first called, variables in the order in which they are declared. Neither depends on the order of operands that may change places:
    // such operands neither call nor declare.
    private static HoleSyntax Renamed(HoleSyntax syntax)
    {
        Dictionary<string, string> methods = [];
        Number(syntax.Methods[0]);
        return new([.. methods.Keys.Select(name => Rename(syntax.Methods.First(m => m.Name == name)))]);

        void Number(Node node)
        {
            string? name = node switch { Method method => method.Name, Call call => call.Method, _ => null };
            bool isNew = name is not null && methods.TryAdd(name, $"#{methods.Count}");
            foreach (Node child in node.Children)
            {
                Number(child);
            }

            if (isNew && node is Call)
            {
                Number(syntax.Methods.First(m => m.Name == name));
            }
        }

        Method Rename(Method method)
        {
            Dictionary<string, string> variables = [];
            foreach (Parameter parameter in method.Parameters)
            {
                Add(parameter.Name);
            }

            Declared(method.Body);
            Method renamed = (Method)method.Rewrite(node => node switch
            {
                Variable variable => variable with { Name = variables[variable.Name] },
                Declare declare => declare with { Name = variables[declare.Name] },
                ForEach loop => loop with { Name = variables[loop.Name] },
                Call call => call with { Method = methods[call.Method] },
                _ => node,
            });
            return renamed with { Name = methods[method.Name], Parameters = [.. method.Parameters.Select(p => new Parameter(p.Type, variables[p.Name]))] };

            void Add(string name) => variables.Add(name, $"v{variables.Count}");

            void Declared(Node node)
            {
                if (node is Declare or ForEach)
                {
                    Add(node is Declare declare ? declare.Name : ((ForEach)node).Name);
                }

                foreach (Node child in node.Children)
                {
                    Declared(child);
                }
            }
        }
    }

    /// <summary>Puts what means the same into one shape and order.</summary>
    private sealed class Ordering(bool hasNull)
    {
        public Node Order(Node node) => node switch
        {
            Evaluate { Expression: Step { Target: Variable target } step } => new Evaluate(Assigned(target, step.IsIncrement ? BinaryOperator.Add : BinaryOperator.Subtract, One(step.Type))),
            Step { IsPrefix: true, Target: Variable target } step => Assigned(target, step.IsIncrement ? BinaryOperator.Add : BinaryOperator.Subtract, One(step.Type)),
            CompoundAssign { Target: Variable target } compound => Assigned(target, compound.Operator, compound.Value),
            Binary binary => Order(binary),
            LibraryCall { Function: LibraryFunction.Min or LibraryFunction.Max, Arguments: [var x, var y] } call when NodeOrder.Instance.Compare(x, y) > 0 && MaySwap(x, y) => call with { Arguments = [y, x] },
            IsPattern { Pattern: ConstantPattern { Value: var value } } test when !IsNaN(value) => Order(new Binary(BinaryOperator.Equal, test.Value, value)),
            IsPattern { Pattern: NotPattern { Pattern: ConstantPattern { Value: var value } } } test when !IsNaN(value) => Order(new Binary(BinaryOperator.NotEqual, test.Value, value)),
            IsPattern { Pattern: RelationalPattern relational } test => Order(new Binary(relational.Operator, test.Value, relational.Value)),
            Block block => new Block([.. block.Statements.SelectMany(Unrolled)]),
            _ => node,
        };

        private static Literal One(HoleType type) => new(type, type == HoleType.Double ? Bits.Of(1.0) : 1);

        private static bool IsNaN(Literal literal) => literal.Type == HoleType.Double && double.IsNaN(Bits.ToDouble(literal.Bits));

        private Assign Assigned(Variable target, BinaryOperator operation, Expression value) => new(target, Order(new Binary(operation, target, value)));

        private Expression Order(Binary binary)
        {
            binary = binary switch
            {
                { Operator: BinaryOperator.Subtract, Right: Literal right } => new(BinaryOperator.Add, binary.Left, Negated(right)),
                { Operator: BinaryOperator.Greater or BinaryOperator.GreaterOrEqual } when MaySwap(binary.Left, binary.Right) => new(Algebra.Mirrored(binary.Operator), binary.Right, binary.Left),
                _ => binary,
            };
            bool isChain = binary.Operator is BinaryOperator.And or BinaryOperator.Or or BinaryOperator.Xor or BinaryOperator.AndAlso or BinaryOperator.OrElse
                || (binary.Operator is BinaryOperator.Add or BinaryOperator.Multiply && binary.Type != HoleType.Double);
            bool isCommutative = isChain || binary.Operator is BinaryOperator.Add or BinaryOperator.Multiply or BinaryOperator.Equal or BinaryOperator.NotEqual;
            if (!isCommutative)
            {
                return binary;
            }

            List<Expression> operands = isChain ? [.. Operands(binary, binary.Operator)] : [binary.Left, binary.Right];
            bool mustBeIdle = binary.Operator is BinaryOperator.AndAlso or BinaryOperator.OrElse;
            Effects[] effects = [.. operands.Select(o => Effects.Of(o, hasNull))];
            if (mustBeIdle ? effects.All(e => e.AreNone) : effects.SelectMany((e, i) => effects.Skip(i + 1).Select(e.MaySwapWith)).All(may => may))
            {
                operands.Sort(NodeOrder.Instance);
            }

            return operands.Aggregate((x, y) => new Binary(binary.Operator, x, y));
        }

        // a + (b + c) is (a + b) + c, where nothing but the bracketing changes.
        private static IEnumerable<Expression> Operands(Expression expression, BinaryOperator operation) => expression is Binary binary && binary.Operator == operation
            ? Operands(binary.Left, operation).Concat(Operands(binary.Right, operation))
            : [expression];

        private static Literal Negated(Literal literal) => literal.Type == HoleType.UInt || literal.Type == HoleType.ULong
            ? literal with { Bits = literal.Type == HoleType.UInt ? (uint)-literal.Bits : -literal.Bits }
            : (Literal)Constants.Fold(new Unary(UnaryOperator.Negate, literal));

        private bool MaySwap(Expression x, Expression y) => Effects.Of(x, hasNull).MaySwapWith(Effects.Of(y, hasNull));

        // A for without continue is what it stands for.
        private static IEnumerable<Statement> Unrolled(Statement statement) => statement is For loop && !Reduction.Jumps<Continue>(loop.Body)
            ? [.. loop.Before, new While(loop.Condition ?? Literal.Of(true), new([.. loop.Body.Statements, .. loop.Step]))]
            : [statement];
    }
}
