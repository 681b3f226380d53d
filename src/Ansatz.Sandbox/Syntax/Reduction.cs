namespace Ansatz.Sandbox.Syntax;

/// <summary>The rules of <see cref="Simplifier"/> for statements; those for expressions are <see cref="Algebra"/>'s.</summary>
/// <param name="hasNull">Whether an array may be null.</param>
internal sealed class Reduction(bool hasNull)
{
    private readonly Algebra _algebra = new(hasNull);

    /// <summary>The node as simple as it gets, its children being so already.</summary>
    public Node Reduce(Node node) => node switch
    {
        Expression expression => _algebra.Reduce(expression),
        Block block => Reduce(block),
        While { Body.Statements: [.., Continue] } loop => loop with { Body = WithoutLast(loop.Body) },
        DoWhile { Body.Statements: [.., Continue] } loop => loop with { Body = WithoutLast(loop.Body) },
        For loop => Same(loop, loop with
        {
            Before = [.. loop.Before.SelectMany(Reduce)],
            Condition = loop.Condition is Literal { Bits: 1 } ? null : loop.Condition,
            Step = [.. loop.Step.SelectMany(Reduce)],
            Body = WithoutLastContinue(loop.Body),
        }),
        ForEach { Body.Statements: [.., Continue] } loop => loop with { Body = WithoutLast(loop.Body) },
        Method { Body.Statements: [.., Return { Value: null }] } method => method with { Body = WithoutLast(method.Body) },
        _ => node,
    };

    /// <summary>The method without the variables that nobody reads, and without what is assigned to them.</summary>
    public Method WithoutUnread(Method method)
    {
        HashSet<string> read = [];
        Reads(method.Body, read);
        return (Method)method.Rewrite(node => node switch
        {
            Block block => Same(block, new Block([.. block.Statements.SelectMany(s => WithoutUnread(s, read))])),
            For loop => Same(loop, loop with
            {
                Before = [.. loop.Before.SelectMany(s => s is Declare { Value: { } value } && !IsIdle(value) ? [s] : WithoutUnread(s, read))], // no call may stand among declarations
                Step = [.. loop.Step.SelectMany(s => WithoutUnread(s, read))],
            }),
            _ => node,
        });
    }

    private static Block WithoutLastContinue(Block body) => body is { Statements: [.., Continue] } ? WithoutLast(body) : body;

    private static Block WithoutLast(Block body) => new([.. body.Statements.SkipLast(1)]);

    private static Node Same(Node old, Node changed) => changed == old ? old : changed; // what is unchanged is not copied further up

    private bool IsIdle(Expression expression) => Effects.Of(expression, hasNull).AreNone;

    private Node Reduce(Block block)
    {
        List<Statement> statements = [];
        bool isReached = true;
        foreach (Statement statement in block.Statements.SelectMany(Reduce))
        {
            if (isReached)
            {
                statements.Add(statement);
                isReached = !Ends(statement);
            }
            else if (statement is Declare declare)
            {
                statements.Add(declare with { Value = null }); // another section of a switch may use the name
            }
        }

        return Same(block, new Block([.. statements]));
    }

    // Whether nothing behind it is reached.
    private static bool Ends(Statement statement) => statement switch
    {
        Return or Break or Continue => true,
        If { Else: { } otherwise } branch => branch.Then.Statements.Any(Ends) && otherwise.Statements.Any(Ends),
        While { Condition: Literal { Bits: 1 } } loop => !Jumps<Break>(loop.Body),
        For { Condition: null } loop => !Jumps<Break>(loop.Body),
        _ => false,
    };

    /// <summary>Whether a break or continue in here leads out.</summary>
    public static bool Jumps<TJump>(Node node) => node switch
    {
        TJump => true,
        While or DoWhile or For or ForEach or Expression => false,
        Switch when typeof(TJump) == typeof(Break) => false,
        _ => node.Children.Any(Jumps<TJump>),
    };

    private IEnumerable<Statement> Reduce(Statement statement)
    {
        switch (statement)
        {
            case If { Condition: Literal { Bits: var isTrue } } branch:
                return isTrue != 0 ? branch.Then.Statements : branch.Else?.Statements ?? [];
            case If { Else.Statements: [] } branch:
                return Reduce(branch with { Else = null });
            case If { Then.Statements: [], Else: null } branch when IsIdle(branch.Condition):
                return [];
            case If { Then.Statements: [], Else: { } otherwise } branch:
                return [new If(Algebra.Not(branch.Condition), otherwise, null)];
            case If { Else: { } otherwise } branch when branch.Then == otherwise && IsIdle(branch.Condition):
                return otherwise.Statements;
            case If { Condition: Unary { Operator: UnaryOperator.Not } not, Else: { } otherwise } branch:
                return [new If(not.Operand, otherwise, branch.Then)];
            case If { Then.Statements: [If { Else: null } inner], Else: null } branch:
                return [new If(_algebra.Reduce(new Binary(BinaryOperator.AndAlso, branch.Condition, inner.Condition)), inner.Then, null)];
            case While { Condition: Literal { Bits: 0 } }:
                return [];
            case For { Condition: Literal { Bits: 0 } } loop:
                return loop.Before;
            case For loop when OnlyCounts(loop) && loop.Body.Statements.All(s => s is Declare { Value: { } value } && IsIdleIn(loop, value)):
                return [];
            case ForEach { Body.Statements: [], Array: var array } when IsIdle(array):
                return [];
            case DoWhile { Condition: Literal { Bits: 0 } } loop when !Jumps<Break>(loop.Body) && !Jumps<Continue>(loop.Body):
                return loop.Body.Statements;
            case Switch { Sections: [] } choice:
                return ForEffect(choice.Value) ?? [statement];
            case Evaluate { Expression: Assign { Target: Discard, Value: var value } }:
                return ForEffect(value) ?? [statement];
            case Evaluate { Expression: Assign { Target: Variable target, Value: Variable value } } when target == value:
                return [];
            case Evaluate { Expression: CompoundAssign { Target: Variable target } compound } when _algebra.Reduce(new Binary(compound.Operator, target, compound.Value)) == target:
                return [];
            case Evaluate { Expression: var expression }:
                return IsIdle(expression) ? [] : [statement];
            default:
                return [statement];
        }
    }

    // for (int i = 0; i < n; i++) { }: of int it comes to its end, whatever n is.
    private bool OnlyCounts(For loop)
    {
        if (loop is not
            {
                Before: [Declare { Value: Literal } counter],
                Condition: Binary { Operator: BinaryOperator.Less, Left: Variable compared, Right: var bound },
                Step: [Evaluate { Expression: Step { IsIncrement: true, Target: Variable counted } }],
            }
            || counter.Type != HoleType.Int || bound.Type != HoleType.Int || compared.Name != counter.Name || counted.Name != counter.Name || !IsIdle(bound))
        {
            return false;
        }

        HashSet<string> read = [];
        Reads(bound, read);
        return !read.Contains(counter.Name);
    }

    // Idle, or an entry of the array that the loop counts through: the one at the counter, one that is so many further, around the end, or the one opposite.
    private bool IsIdleIn(For loop, Expression value)
    {
        const int Longest = 1_000; // a sum with the index of an array, of which the largest has 2^30 entries, stays an int
        return IsIdle(value)
            || (!hasNull && value is Element { Array: Variable array, Index: var index }
                && loop is { Before: [Declare { Value: Literal { Bits: >= 0 } } counter], Condition: Binary { Right: Length { Array: Variable bound } length } } && array == bound
                && index switch
                {
                    Variable i => i.Name == counter.Name,
                    Binary { Operator: BinaryOperator.Remainder, Left: Binary { Operator: BinaryOperator.Add, Left: Variable i, Right: Literal { Bits: >= 0 and < Longest } }, Right: var end } => i.Name == counter.Name && end == length,
                    Binary { Operator: BinaryOperator.Subtract, Left: Binary { Operator: BinaryOperator.Subtract, Left: var end, Right: Literal { Bits: 1 } }, Right: Variable i } => i.Name == counter.Name && end == length,
                    _ => false,
                });
    }

    // What has to be done where nobody needs the value; none where it cannot be said without naming the value.
    private IEnumerable<Statement>? ForEffect(Expression expression) =>
        IsIdle(expression) ? [] : expression is Assign or CompoundAssign or Step or Call or HelperCall or LibraryCall ? [new Evaluate(expression)] : null;

    // The variables whose value something needs, other than a new value for themselves.
    private void Reads(Node node, HashSet<string> read)
    {
        switch (node)
        {
            case Evaluate { Expression: Assign { Target: Variable target, Value: var value } } when ForEffect(value) is not null:
                ReadsBut(target.Name, value, read);
                break;
            case Evaluate { Expression: CompoundAssign { Target: Variable target, Value: var value } compound } when IsIdle(new Binary(compound.Operator, target, value)):
                ReadsBut(target.Name, value, read);
                break;
            case Evaluate { Expression: Step { Target: Variable } }:
                break;
            case Variable variable:
                read.Add(variable.Name);
                break;
            default:
                foreach (Node child in node.Children)
                {
                    Reads(child, read);
                }

                break;
        }
    }

    private void ReadsBut(string name, Expression value, HashSet<string> read)
    {
        HashSet<string> inside = [];
        Reads(value, inside);
        read.UnionWith(inside.Where(n => n != name || !IsIdle(value)));
    }

    private IEnumerable<Statement> WithoutUnread(Statement statement, HashSet<string> read) => statement switch
    {
        Declare { Value: null } declare when !read.Contains(declare.Name) => [],
        Declare { Value: { } value } declare when !read.Contains(declare.Name) => ForEffect(value) ?? [statement],
        Evaluate { Expression: Assign { Target: Variable target, Value: var value } } when !read.Contains(target.Name) => ForEffect(value) ?? [statement],
        Evaluate { Expression: CompoundAssign { Target: Variable target, Value: var value } compound } when !read.Contains(target.Name) && IsIdle(new Binary(compound.Operator, target, value)) => [],
        Evaluate { Expression: Step { Target: Variable target } } when !read.Contains(target.Name) => [],
        _ => [statement],
    };
}
