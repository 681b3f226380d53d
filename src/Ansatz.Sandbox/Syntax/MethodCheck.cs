using static Ansatz.Sandbox.Syntax.SyntaxCheck;

namespace Ansatz.Sandbox.Syntax;

/// <summary>The part of <see cref="SyntaxCheck"/> that looks at the nodes of one method: types, names, places, and how deep they nest.</summary>
/// <param name="syntax">The candidate.</param>
/// <param name="method">The method.</param>
/// <param name="signature">The hole.</param>
/// <param name="taken">Names of methods and helpers: no variable may have one.</param>
/// <param name="nodes">How many nodes it may have.</param>
internal sealed class MethodCheck(HoleSyntax syntax, Method method, HoleSignature signature, IReadOnlySet<string> taken, int nodes)
{
    private readonly HashSet<string> _declared = [];
    private readonly Dictionary<string, (HoleType Type, bool IsFixed)> _scope = [];
    private readonly List<string> _open = []; // what is in scope, in the order in which it was declared
    private int _count;
    private int _loops;
    private int _breakable;

    /// <summary>Throws where something is wrong.</summary>
    /// <exception cref="FaultyException">Why it is no candidate.</exception>
    public void Check()
    {
        foreach (Parameter parameter in method.Parameters)
        {
            if (parameter.Part is null)
            {
                Introduce(parameter.Type, parameter.Name);
                continue;
            }

            Require(_declared.Contains(parameter.Part.Name) || (Names.IsFree(parameter.Part.Name) && !taken.Contains(parameter.Part.Name)), $"A parameter cannot be called {parameter.Part.Name}: that is a word of C#, or something else has this name.");
            _declared.Add(parameter.Part.Name);
            _scope.Add(parameter.Name, (parameter.Type, IsFixed: true));
            _open.Add(parameter.Name);
        }

        Visit(method.Body, 2);
    }

    private void Introduce(HoleType type, string name, bool isFixed = false)
    {
        Require(type != HoleType.Void, $"{name} cannot be void.");
        Require(Names.IsFree(name) && !taken.Contains(name) && _declared.Add(name), $"A variable cannot be called {name}: that is a word of C#, or something else has this name.");
        _scope.Add(name, (type, isFixed));
        _open.Add(name);
    }

    // Levels are those of Roslyn's tree, counted from above, or more; whatever walks over a tree may recurse so deep.
    private void Enter(Node node, int level)
    {
        int own = node switch { Declare => 4, ForEach or ArrayLiteral => 3, LibraryCall => 2, Literal or Call or HelperCall or Step => 1, Variable { Name: var name } => name.Count(c => c is '.' or '('), _ => 0 }; // levels of its types and names
        Require(level + own <= HoleGates.TreeDepth, $"The code nests more than {HoleGates.TreeDepth} levels deep: use locals or methods.");
        Require(++_count <= nodes, $"{method.Name} has more than {nodes} nodes.");
        if (node is Expression expression && Constants.IsConstant(expression))
        {
            throw new FaultyException(ReferenceEquals(Constants.Fold(node), node) && Typing.Fault(expression) is null
                ? $"{Typing.Show(node)} has no value, and C# refuses it."
                : $"{Typing.Show(node)} is a constant: write its value, as HoleSyntax.Folded does.");
        }
    }

    private void Visit(Block block, int level)
    {
        Enter(block, level);
        int outside = _open.Count;
        foreach (Statement statement in block.Statements)
        {
            Visit(statement, level + 1);
        }

        Leave(outside);
    }

    private void Leave(int outside)
    {
        foreach (string name in _open.Skip(outside))
        {
            _scope.Remove(name);
        }

        _open.RemoveRange(outside, _open.Count - outside);
    }

    private void Visit(Statement statement, int level)
    {
        Enter(statement, level);
        switch (statement)
        {
            case Declare declare:
                Visit(declare, level);
                break;
            case Evaluate evaluate:
                Require(evaluate.Expression is Assign or CompoundAssign or Step or Call or HelperCall or LibraryCall, "Only an assignment, a step or a call can be a statement.");
                Visit(evaluate.Expression, level + 1);
                break;
            case AssignTuple tuple:
                Visit(tuple, level);
                break;
            case If branch:
                Condition(branch.Condition, level + 1);
                Visit(branch.Then, level + 1);
                if (branch.Else is not null)
                {
                    Visit(branch.Else, level + 2);
                }

                break;
            case While loop:
                Condition(loop.Condition, level + 1);
                Loop(loop.Body, level + 1);
                break;
            case DoWhile loop:
                Loop(loop.Body, level + 1);
                Condition(loop.Condition, level + 1);
                break;
            case For loop:
                Visit(loop, level);
                break;
            case ForEach loop:
                Value(loop.Array, level + 1);
                HoleType? element = loop.Array.Type.Element;
                Require(element is not null && (element == loop.Type || (element.IsNumber && loop.Type.IsNumber)), $"foreach cannot take a {loop.Type} from a {loop.Array.Type}.");
                int outside = _open.Count;
                Introduce(loop.Type, loop.Name, isFixed: true);
                Loop(loop.Body, level + 1);
                Leave(outside);
                break;
            case Switch choice:
                Visit(choice, level);
                break;
            case Break:
                Require(_breakable > 0, "A break stands outside of every loop and switch.");
                break;
            case Continue:
                Require(_loops > 0, "A continue stands outside of every loop.");
                break;
            case Return { Value: { } value }:
                Value(value, level + 1);
                Require(Typing.Expect(value, method.Result));
                break;
            case Return:
                Require(method.Result == HoleType.Void, $"{method.Name} has to return a {method.Result}.");
                break;
            default:
                throw new InvalidOperationException($"No check is known for {statement.GetType()}.");
        }
    }

    private void Visit(Declare declare, int level)
    {
        if (declare.Value is { } value)
        {
            Value(value, level + 4);
            Require(Typing.Expect(value, declare.Type));
        }

        Introduce(declare.Type, declare.Name);
    }

    private void Loop(Block body, int level)
    {
        _loops++;
        _breakable++;
        Visit(body, level);
        _loops--;
        _breakable--;
    }

    private void Visit(AssignTuple tuple, int level)
    {
        Require(tuple.Targets.Count is 2 or 3 && tuple.Targets.Count == tuple.Values.Count, "A tuple has two or three targets and as many values.");
        foreach ((Expression target, Expression value) in tuple.Targets.Zip(tuple.Values))
        {
            Require(Typing.Target(target, mayDiscard: true));
            Target(target, level + 4);
            Value(value, level + 4);
            Require(Typing.Expect(value, target.Type));
        }
    }

    private void Visit(For loop, int level)
    {
        Require(loop.Before.All(s => s is Declare d && d.Type == ((Declare)loop.Before[0]).Type) || loop.Before.All(s => s is Evaluate or AssignTuple),
            "A for begins with declarations of one type, or with assignments and calls.");
        Require(loop.Step.All(s => s is Evaluate or AssignTuple), "The step of a for is made of assignments and calls.");
        int outside = _open.Count;
        foreach (Statement statement in loop.Before)
        {
            Visit(statement, level + 1);
        }

        if (loop.Condition is not null)
        {
            Condition(loop.Condition, level + 1);
        }

        foreach (Statement statement in loop.Step)
        {
            Visit(statement, level + 1);
        }

        Loop(loop.Body, level + 1);
        Leave(outside);
    }

    private void Visit(Switch choice, int level)
    {
        Value(choice.Value, level + 1);
        Require(choice.Sections.Count(s => s.IsDefault) <= 1, "A switch has more than one default.");
        Tests(choice.Sections.Sum(s => s.Labels.Sum(l => Tests(l.Pattern) + (l.Guard is null ? 0 : 1))));
        ValueSet matched = ValueSet.None(choice.Value.Type);
        int outside = _open.Count;
        _breakable++;
        foreach (SwitchSection section in choice.Sections)
        {
            Enter(section, level + 1);
            Require(section.Labels.Count > 0 || section.IsDefault, "A section of a switch has no label.");
            foreach (SwitchLabel label in section.Labels)
            {
                Enter(label, level + 2);
                Require(!Has<AnyPattern>(label.Pattern), "_ is no pattern of a switch statement: default is.");
                matched = Pattern(label.Pattern, choice.Value.Type, label.Guard, matched, level + 3);
                if (label.Guard is not null)
                {
                    Condition(label.Guard, level + 4);
                }
            }

            foreach (Statement statement in section.Body.Statements)
            {
                Visit(statement, level + 2);
            }
        }

        _breakable--;
        Leave(outside);
    }

    // The values that are matched so far, and by this pattern too.
    private ValueSet Pattern(Pattern pattern, HoleType type, Expression? guard, ValueSet matched, int level)
    {
        Nesting(pattern, level);
        Require(Typing.Fault(pattern, type));
        ValueSet values = ValueSet.Of(pattern, type);
        Require(!values.IsWithin(matched), $"{Typing.Show(pattern)} never matches here.");
        return guard is null or Literal { Bits: 1 } ? matched.Union(values) : matched;
    }

    private void Nesting(Pattern pattern, int level)
    {
        Enter(pattern, level);
        foreach (Node child in pattern.Children)
        {
            if (child is Pattern inner)
            {
                Nesting(inner, level + 2);
            }
            else
            {
                Enter(child, level + 3);
            }
        }
    }

    private static int Tests(Pattern pattern) => (pattern is NotPattern or RelationalPattern ? 1 : 0) + pattern.Children.OfType<Pattern>().Sum(Tests);

    private static void Tests(int count) => Require(count <= HoleGrammar.Tests, $"More than {HoleGrammar.Tests} comparisons, negations and guards stand in one switch: use if, or a method.");

    private static bool Has<T>(Node node) => node is T || node.Children.Any(Has<T>);

    private void Condition(Expression condition, int level)
    {
        Value(condition, level);
        Require(Typing.Expect(condition, HoleType.Bool));
    }

    // Where a value is needed.
    private void Value(Expression expression, int level)
    {
        Visit(expression, level);
        Require(expression.Type != HoleType.Void, $"{Typing.Show(expression)} has no value.");
    }

    private void Target(Expression target, int level)
    {
        if (target is Discard)
        {
            Enter(target, level);
            Require(target.Type != HoleType.Void, "A discard needs a value.");
            return;
        }

        Visit(target, level);
        Require(target is not Variable variable || !_scope[variable.Name].IsFixed, $"{Typing.Show(target)} is the variable of a foreach, or a part of an argument: nothing may assign to it.");
    }

    private void Visit(Expression expression, int level)
    {
        Enter(expression, level);
        switch (expression)
        {
            case Variable variable:
                Require(_scope.TryGetValue(variable.Name, out (HoleType Type, bool) known) && known.Type == variable.Type, $"There is no {variable.Type} {variable.Name} here.");
                break;
            case Assign { Target: var target, Value: var value }:
                Require(Typing.Target(target, mayDiscard: true));
                Target(target, level + 1);
                Operand(value, level + 1);
                break;
            case CompoundAssign { Target: var target, Value: var value }:
                Require(Typing.Target(target));
                Target(target, level + 1);
                Operand(value, level + 1);
                break;
            case Step { Target: var target }:
                Require(Typing.Target(target));
                Target(target, level + 1);
                break;
            case Binary binary:
                Operand(binary.Left, level + 1, binary.Left is Binary { Operator: var inner } && inner == binary.Operator);
                Operand(binary.Right, level + 1);
                break;
            case Conditional choice:
                Operand(choice.Condition, level + 1);
                Operand(choice.Then, level + 1);
                Operand(choice.Otherwise, level + 1, choice.Otherwise is Conditional);
                break;
            case Element element:
                Operand(element.Array, element.Array is NewArray or ArrayLiteral ? level + 2 : level + 1);
                Operand(element.Index, level + 3);
                break;
            case Call call:
                Arguments(call.Arguments, level);
                Require(syntax.Methods.FirstOrDefault(m => m.Name == call.Method) is { } own && own.Result == call.Type && own.Parameters.Select(p => p.Type).SequenceEqual(call.Arguments.Select(a => a.Type)),
                    $"There is no method for the call {Typing.Show(call)}.");
                break;
            case HelperCall call:
                Arguments(call.Arguments, level);
                Require(signature.Offered.FirstOrDefault(o => o.Name == call.Helper) is { } helper && helper.Result == call.Type && helper.Parameters.SequenceEqual(call.Arguments.Select(a => a.Type)),
                    $"There is no helper for the call {Typing.Show(call)}.");
                break;
            case LibraryCall call:
                Arguments(call.Arguments, level);
                break;
            case NewArray array:
                Operand(array.Count, level + 3);
                Require(array.Count is not Literal { Bits: < 0 }, "C# refuses an array of a constant negative size.");
                break;
            case ArrayLiteral array:
                foreach (Expression item in array.Items)
                {
                    Operand(item, level + 2);
                }

                break;
            case IsPattern test:
                Operand(test.Value, level + 1);
                Require(!Has<AnyPattern>(test.Pattern), "_ is no pattern of an is.");
                Tests(Tests(test.Pattern));
                Pattern(test.Pattern, test.Value.Type, null, ValueSet.None(test.Value.Type), level + 1);
                break;
            case SwitchExpression choice:
                Visit(choice, level);
                break;
            case Discard:
                throw new FaultyException("_ has no value.");
            default:
                foreach (Node child in expression.Children)
                {
                    Operand((Expression)child, level + 1);
                }

                break;
        }

        Require(Typing.Fault(expression));
    }

    private void Visit(SwitchExpression choice, int level)
    {
        Operand(choice.Value, level + 1);
        Tests(choice.Arms.Sum(a => Tests(a.Pattern) + (a.Guard is null ? 0 : 1)));
        ValueSet matched = ValueSet.None(choice.Value.Type);
        foreach (SwitchArm arm in choice.Arms)
        {
            Enter(arm, level + 1);
            matched = Pattern(arm.Pattern, choice.Value.Type, arm.Guard, matched, level + 2);
            if (arm.Guard is not null)
            {
                Operand(arm.Guard, level + 3);
            }

            Operand(arm.Value, level + 2);
        }

        Operand(choice.Otherwise, level + 2);
        Require(!matched.Complement().IsEmpty, "The arms of a switch expression leave nothing for _.");
    }

    private void Arguments(ValueList<Expression> arguments, int level)
    {
        foreach (Expression argument in arguments)
        {
            Operand(argument, level + 3);
        }
    }

    // Most operators may need to stand in parentheses, which are a level.
    private void Operand(Expression operand, int level, bool isBare = false) =>
        Value(operand, !isBare && operand is Binary or Conditional or Assign or CompoundAssign or IsPattern or SwitchExpression or Unary or Conversion ? level + 1 : level);
}
