using System.Numerics;

namespace Ansatz.Sandbox.Syntax;

/// <summary>Definite assignment and reachability, as C# has them (specification 9.4 and 13.2): no variable is read before it has a value, no section of a switch falls through, every path returns.</summary>
/// <remarks>Where C# knows that a place is never reached for a reason that is not followed here, this asks for more than C# does.</remarks>
internal sealed class Flow
{
    private readonly Dictionary<string, int> _numbers = [];
    private BigInteger? _state = BigInteger.Zero; // bit i: variable i has a value on every path that leads here; none where no path does
    private BigInteger? _atBreak;
    private BigInteger? _atContinue;
    private string? _fault;

    private Flow()
    {
    }

    /// <summary>What is wrong with a method; none if nothing is.</summary>
    public static string? Fault(Method method)
    {
        Flow flow = new();
        foreach (Parameter parameter in method.Parameters)
        {
            flow.Give(parameter.Name);
        }

        flow.Do(method.Body);
        return flow._fault ?? (flow._state is null || method.Result == HoleType.Void ? null : $"Not every path of {method.Name} returns a value.");
    }

    private static BigInteger? Meet(BigInteger? one, BigInteger? other) => one is null ? other : other is null ? one : one & other;

    private BigInteger Bit(string name)
    {
        if (!_numbers.TryGetValue(name, out int number))
        {
            _numbers.Add(name, number = _numbers.Count);
        }

        return BigInteger.One << number;
    }

    private void Give(string name) => _state |= Bit(name);

    private void Do(Block block)
    {
        foreach (Statement statement in block.Statements)
        {
            Do(statement);
        }
    }

    private void Do(Statement statement)
    {
        switch (statement)
        {
            case Declare { Value: null } declare:
                _state &= ~Bit(declare.Name);
                break;
            case Declare declare:
                Evaluate(declare.Value);
                Give(declare.Name);
                break;
            case Evaluate evaluate:
                Evaluate(evaluate.Expression);
                break;
            case AssignTuple tuple:
                foreach (Expression each in tuple.Targets.Where(t => t is Element).Concat(tuple.Values))
                {
                    Evaluate(each);
                }

                foreach (Variable variable in tuple.Targets.OfType<Variable>())
                {
                    Give(variable.Name);
                }

                break;
            case If branch:
                (BigInteger? then, BigInteger? otherwise) = Test(branch.Condition);
                _state = then;
                Do(branch.Then);
                then = _state;
                _state = otherwise;
                Do(branch.Else ?? new([]));
                _state = Meet(then, _state);
                break;
            case While loop:
                Loop(loop.Condition, loop.Body, []);
                break;
            case DoWhile loop:
                (BigInteger? outerBreak, BigInteger? outerContinue) = (_atBreak, _atContinue);
                (_atBreak, _atContinue) = (null, null);
                Do(loop.Body);
                _state = Meet(_state, _atContinue);
                (_, BigInteger? done) = Test(loop.Condition);
                _state = Meet(done, _atBreak);
                (_atBreak, _atContinue) = (outerBreak, outerContinue);
                break;
            case For loop:
                Do(new Block(loop.Before));
                Loop(loop.Condition, loop.Body, loop.Step);
                break;
            case ForEach loop:
                Evaluate(loop.Array);
                BigInteger? before = _state;
                Give(loop.Name);
                Loop(null, loop.Body, []);
                _state = Meet(before, _state);
                break;
            case Switch choice:
                Do(choice);
                break;
            case Break:
                (_atBreak, _state) = (Meet(_atBreak, _state), null);
                break;
            case Continue:
                (_atContinue, _state) = (Meet(_atContinue, _state), null);
                break;
            case Return result:
                Evaluate(result.Value);
                _state = null;
                break;
            default:
                throw new InvalidOperationException($"No flow is known for {statement.GetType()}.");
        }
    }

    // What has a value before the first turn has one before every turn, so one walk through the body is enough.
    private void Loop(Expression? condition, Block body, ValueList<Statement> step)
    {
        (BigInteger? outerBreak, BigInteger? outerContinue) = (_atBreak, _atContinue);
        (_atBreak, _atContinue) = (null, null);
        (_state, BigInteger? done) = condition is null ? (_state, null) : Test(condition);
        Do(body);
        _state = Meet(_state, _atContinue);
        Do(new Block(step));
        _state = Meet(done, _atBreak);
        (_atBreak, _atContinue) = (outerBreak, outerContinue);
    }

    private void Do(Switch choice)
    {
        Evaluate(choice.Value);
        BigInteger? before = _state;
        BigInteger? outerBreak = _atBreak;
        _atBreak = null;
        ValueSet matched = ValueSet.None(choice.Value.Type);
        foreach (SwitchSection section in choice.Sections)
        {
            BigInteger? start = section.IsDefault ? before : null;
            foreach (SwitchLabel label in section.Labels)
            {
                _state = before;
                start = Meet(start, label.Guard is null ? before : Test(label.Guard).True);
                matched = label.Guard is null ? matched.Union(ValueSet.Of(label.Pattern, choice.Value.Type)) : matched;
            }

            _state = start;
            Do(section.Body);
            if (_state is not null)
            {
                _fault ??= "A section of a switch falls through: it has to end in break, continue or return.";
            }
        }

        bool isComplete = choice.Sections.Any(s => s.IsDefault) || matched.Complement().IsEmpty;
        _state = isComplete ? _atBreak : Meet(before, _atBreak);
        _atBreak = outerBreak;
    }

    // The states in which a bool is true and false.
    private (BigInteger? True, BigInteger? False) Test(Expression condition)
    {
        switch (condition)
        {
            case Literal literal:
                return literal.Bits != 0 ? (_state, null) : (null, _state);
            case Unary { Operator: UnaryOperator.Not } unary:
                (BigInteger? isTrue, BigInteger? isFalse) = Test(unary.Operand);
                return (isFalse, isTrue);
            case Binary { Operator: BinaryOperator.AndAlso } both:
                (_state, BigInteger? leftFalse) = Test(both.Left);
                (BigInteger? bothTrue, BigInteger? rightFalse) = Test(both.Right);
                return (bothTrue, Meet(leftFalse, rightFalse));
            case Binary { Operator: BinaryOperator.OrElse } either:
                (BigInteger? leftTrue, _state) = Test(either.Left);
                (BigInteger? rightTrue, BigInteger? bothFalse) = Test(either.Right);
                return (Meet(leftTrue, rightTrue), bothFalse);
            case Conditional choice:
                (_state, BigInteger? otherwise) = Test(choice.Condition);
                (BigInteger? True, BigInteger? False) then = Test(choice.Then);
                _state = otherwise;
                (BigInteger? True, BigInteger? False) last = Test(choice.Otherwise);
                return (Meet(then.True, last.True), Meet(then.False, last.False));
            default:
                Evaluate(condition);
                return (_state, _state);
        }
    }

    private void Evaluate(Node? node)
    {
        switch (node)
        {
            case null:
                break;
            case Variable variable:
                if (_state is { } state && (state & Bit(variable.Name)).IsZero)
                {
                    _fault ??= $"{variable.Name} is read before it has a value.";
                }

                break;
            case Unary { Operator: UnaryOperator.Not } or Binary { Operator: BinaryOperator.AndAlso or BinaryOperator.OrElse }:
                (BigInteger? isTrue, BigInteger? isFalse) = Test((Expression)node);
                _state = Meet(isTrue, isFalse);
                break;
            case Conditional choice:
                (_state, BigInteger? otherwise) = Test(choice.Condition);
                Evaluate(choice.Then);
                BigInteger? then = _state;
                _state = otherwise;
                Evaluate(choice.Otherwise);
                _state = Meet(then, _state);
                break;
            case Assign { Target: Variable variable } assign:
                Evaluate(assign.Value);
                Give(variable.Name);
                break;
            case SwitchExpression choice:
                Evaluate(choice.Value);
                BigInteger? before = _state;
                BigInteger? after = null;
                foreach (SwitchArm arm in choice.Arms)
                {
                    _state = before;
                    _state = arm.Guard is null ? before : Test(arm.Guard).True;
                    Evaluate(arm.Value);
                    after = Meet(after, _state);
                }

                _state = before;
                Evaluate(choice.Otherwise);
                _state = Meet(after, _state);
                break;
            default:
                foreach (Node child in node.Children)
                {
                    Evaluate(child);
                }

                break;
        }
    }
}
