using System.Collections.Immutable;
using Ansatz.Sandbox.Tree;

namespace Ansatz.Sandbox.Syntax;

/// <summary>Writes a syntax tree out in the few nodes that interpreter and compiler know: names become slots, loops and switches jumps, compound assignments reads and writes.</summary>
/// <remarks>The tree has to be one that the reader made or <see cref="SyntaxCheck"/> passed.</remarks>
internal sealed class Lowering
{
    private readonly HoleSyntax _syntax;
    private readonly HoleSignature _signature;
    private readonly Dictionary<string, int> _functions = [];
    private readonly Dictionary<Tree.Statement, Statement>? _origins;

    private Lowering(HoleSyntax syntax, HoleSignature signature, Dictionary<Tree.Statement, Statement>? origins)
    {
        (_syntax, _signature, _origins) = (syntax, signature, origins);
        foreach (Method method in syntax.Methods)
        {
            _functions.Add(method.Name, _functions.Count);
        }
    }

    /// <summary>The tree that is run.</summary>
    /// <param name="syntax">What it is made of.</param>
    /// <param name="signature">What it is.</param>
    /// <param name="origins">Where it is kept, by reference, which statement of the syntax each of the tree comes from; none: nowhere.</param>
    public static HoleTree Lower(HoleSyntax syntax, HoleSignature signature, Dictionary<Tree.Statement, Statement>? origins = null) => new Lowering(syntax, signature, origins).Lower();

    private HoleTree Lower() => new([.. _syntax.Methods.Select(m => new Body(this).Lower(m))]);

    // What stands in it and has an origin already was lowered from a statement within.
    private void Keep(Tree.Statement lowered, Statement origin)
    {
        if (_origins!.TryAdd(lowered, origin))
        {
            foreach (Tree.Statement inner in lowered.Statements)
            {
                Keep(inner, origin);
            }
        }
    }

    /// <summary>Lowers one method.</summary>
    private sealed class Body(Lowering candidate)
    {
        private static readonly Constant True = new(HoleType.Bool, 1);
        private static readonly Constant False = new(HoleType.Bool, 0);

        private readonly List<HoleType> _slots = [];
        private readonly Dictionary<string, int> _variables = [];
        private int _labels;
        private int _break;
        private int _continue;

        public Function Lower(Method method)
        {
            foreach (Parameter parameter in method.Parameters)
            {
                _variables.Add(parameter.Name, NewSlot(parameter.Type));
            }

            Tree.Block body = Do(method.Body);
            return new(method.Name, [.. _slots], method.Parameters.Count, method.Result, body);
        }

        private int NewSlot(HoleType type)
        {
            _slots.Add(type);
            return _slots.Count - 1;
        }

        private Read Slot(int slot) => new(_slots[slot], slot);

        private Tree.Block Do(Block block) => new([.. block.Statements.SelectMany(Do)]);

        private Tree.Statement[] Do(Statement statement)
        {
            Tree.Statement[] lowered = [.. Lowered(statement)];
            if (candidate._origins is not null)
            {
                foreach (Tree.Statement each in lowered)
                {
                    candidate.Keep(each, statement);
                }
            }

            return lowered;
        }

        private IEnumerable<Tree.Statement> Lowered(Statement statement)
        {
            switch (statement)
            {
                case Declare declare:
                    int variable = NewSlot(declare.Type);
                    _variables.Add(declare.Name, variable);
                    return declare.Value is null ? [] : [new Tree.Evaluate(new Write(variable, Value(declare.Value)))];
                case Evaluate { Expression: Step step }:
                    return [new Tree.Evaluate(Increment(step, isUsed: false))];
                case Evaluate evaluate:
                    return [new Tree.Evaluate(Value(evaluate.Expression))];
                case AssignTuple tuple:
                    return [new Tree.Evaluate(Assign(tuple))];
                case If branch:
                    return [new Tree.If(Value(branch.Condition), Do(branch.Then), branch.Else is null ? null : Do(branch.Else))];
                case While loop:
                    return [Loop(loop.Condition, [], loop.Body, null)];
                case DoWhile loop:
                    return [Loop(null, [], loop.Body, loop.Condition)];
                case For loop:
                    return [.. loop.Before.SelectMany(Do), Loop(loop.Condition, loop.Step, loop.Body, null)];
                case ForEach loop:
                    return Lowered(loop);
                case Switch choice:
                    return Lowered(choice);
                case Break:
                    return [new Jump(_break)];
                case Continue:
                    return [new Jump(_continue)];
                case Return result:
                    return [new Tree.Return(result.Value is null ? null : Value(result.Value))];
                default:
                    throw new InvalidOperationException($"No lowering is known for {statement.GetType()}.");
            }
        }

        private Labelled Loop(Expression? before, ValueList<Statement> step, Block body, Expression? after)
        {
            (int exit, int next) = (_labels++, _labels++);
            return new(exit, new Repeat(new Tree.Block(
            [
                .. LeaveUnless(before, exit),
                new Labelled(next, Inside(body, exit, next)),
                .. step.SelectMany(Do),
                .. LeaveUnless(after, exit),
            ])));
        }

        private Tree.Block Inside(Block body, int exit, int next)
        {
            (int outerBreak, int outerContinue) = (_break, _continue);
            (_break, _continue) = (exit, next);
            Tree.Block result = Do(body);
            (_break, _continue) = (outerBreak, outerContinue);
            return result;
        }

        private IEnumerable<Tree.Statement> LeaveUnless(Expression? condition, int exit) => condition is null or Literal { Bits: 1 }
            ? []
            : [new Tree.If(Not(Value(condition)), new Jump(exit), null)];

        private IEnumerable<Tree.Statement> Lowered(ForEach loop)
        {
            Tree.Expression array = Value(loop.Array);
            (int items, int index, int item) = (NewSlot(array.Type), NewSlot(HoleType.Int), NewSlot(loop.Type));
            _variables.Add(loop.Name, item);
            (int exit, int next) = (_labels++, _labels++);
            return
            [
                new Tree.Evaluate(new Write(items, array)),
                new Tree.Evaluate(new Write(index, Int(0))),
                new Labelled(exit, new Repeat(new Tree.Block(
                [
                    new Tree.If(Compare(Tree.BinaryOperator.GreaterOrEqual, Slot(index), new Tree.Length(Slot(items))), new Jump(exit), null),
                    new Tree.Evaluate(new Write(item, To(loop.Type, new Tree.Element(Slot(items), Slot(index))))),
                    new Labelled(next, Inside(loop.Body, exit, next)),
                    new Tree.Evaluate(new Write(index, new Tree.Binary(HoleType.Int, Tree.BinaryOperator.Add, Slot(index), Int(1)))),
                ]))),
            ];
        }

        // No section falls through, so each ends in a jump of its own. Default comes last, wherever it is written; the labels beside it lead to it,
        // which only matters where another label comes behind them, or where a guard may have an effect.
        private IEnumerable<Tree.Statement> Lowered(Switch choice)
        {
            (int exit, int otherwise) = (_labels++, _labels++);
            Tree.Expression value = Value(choice.Value);
            int slot = NewSlot(value.Type);
            List<Tree.Statement> tests = [];
            SwitchSection? last = null;
            bool jumps = false;
            foreach (SwitchSection section in choice.Sections)
            {
                if (section.IsDefault)
                {
                    last = section;
                    if (section.Labels.Count > 0 && (!ReferenceEquals(section, choice.Sections[^1]) || section.Labels.Any(l => l.Guard is not null)))
                    {
                        jumps = true;
                        tests.Add(new Tree.If(Any(section.Labels, slot), new Jump(otherwise), null));
                    }

                    continue;
                }

                tests.Add(new Tree.If(Any(section.Labels, slot), Inside(section.Body, exit, _continue), null));
            }

            Tree.Block tail = last is null ? new([]) : Inside(last.Body, exit, _continue);
            return
            [
                new Tree.Evaluate(new Write(slot, value)),
                new Labelled(exit, new Tree.Block([.. jumps ? [new Labelled(otherwise, new Tree.Block([.. tests]))] : tests, .. tail.Body])),
            ];
        }

        private Tree.Expression Any(ValueList<SwitchLabel> labels, int slot) => labels.Select(l => Guarded(Matches(l.Pattern, Slot(slot)), l.Guard)).Aggregate(Or);

        private Tree.Expression Guarded(Tree.Expression matches, Expression? guard) => guard is null ? matches : And(matches, Value(guard));

        private static Tree.Expression Matches(Pattern pattern, Tree.Expression value) => pattern switch
        {
            AnyPattern => True,
            ConstantPattern { Value: { } constant } when constant.Type == HoleType.Double && double.IsNaN(Bits.ToDouble(constant.Bits)) =>
                Compare(Tree.BinaryOperator.NotEqual, value, value), // a pattern NaN matches NaN
            ConstantPattern constant => Compare(Tree.BinaryOperator.Equal, value, Constant(constant.Value)),
            RelationalPattern relational => Compare(Core(relational.Operator), value, Constant(relational.Value)),
            NotPattern negated => Not(Matches(negated.Pattern, value)),
            AndPattern both => And(Matches(both.Left, value), Matches(both.Right, value)),
            OrPattern either => Or(Matches(either.Left, value), Matches(either.Right, value)),
            _ => throw new InvalidOperationException($"No lowering is known for {pattern.GetType()}."),
        };

        private Tree.Expression Value(Expression expression)
        {
            switch (expression)
            {
                case Literal literal:
                    return Constant(literal);
                case Variable variable:
                    return Slot(_variables[variable.Name]);
                case Unary { Operator: UnaryOperator.Not } unary:
                    return Not(Value(unary.Operand));
                case Unary unary:
                    return new Tree.Unary(unary.Operator == UnaryOperator.Negate ? Tree.UnaryOperator.Negate : Tree.UnaryOperator.Complement, Value(unary.Operand));
                case Binary { Operator: BinaryOperator.AndAlso } binary:
                    return And(Value(binary.Left), Value(binary.Right));
                case Binary { Operator: BinaryOperator.OrElse } binary:
                    return Or(Value(binary.Left), Value(binary.Right));
                case Binary binary:
                    return Arithmetic(binary.Operator, Value(binary.Left), Value(binary.Right));
                case Conversion conversion:
                    return new Cast(conversion.Type, Value(conversion.Operand));
                case Conditional choice:
                    return new Choose(Value(choice.Condition), Value(choice.Then), Value(choice.Otherwise));
                case Element element:
                    return new Tree.Element(Value(element.Array), Value(element.Index));
                case Length length:
                    return new Tree.Length(Value(length.Array));
                case NewArray array:
                    return new Tree.NewArray(array.Type, Value(array.Count));
                case ArrayLiteral array:
                    return CreateArray(array);
                case Call call:
                    return new Tree.Call(call.Type, candidate._functions[call.Method], Values(call.Arguments));
                case HelperCall call:
                    OfferedHelper helper = candidate._signature.Offered.First(o => o.Name == call.Helper);
                    return new Tree.HelperCall(helper.Result, candidate._signature.Offered.IndexOf(helper), helper.Fuel, Values(call.Arguments));
                case LibraryCall call:
                    return Library(call.Function, Values(call.Arguments));
                case Assign assign:
                    Place place = Target(assign.Target);
                    return Assign(place, Value(assign.Value));
                case CompoundAssign compound:
                    return Compound(compound);
                case Step step:
                    return Increment(step, isUsed: true);
                case IsPattern test:
                    return WithSlot(Value(test.Value), slot => Matches(test.Pattern, slot));
                case SwitchExpression choice:
                    return Choice(choice);
                default:
                    throw new InvalidOperationException($"No lowering is known for {expression.GetType()}.");
            }
        }

        private ImmutableArray<Tree.Expression> Values(ValueList<Expression> expressions) => [.. expressions.Select(Value)];

        private static Tree.Expression Arithmetic(BinaryOperator operation, Tree.Expression left, Tree.Expression right) =>
            operation == BinaryOperator.Remainder && left.Type == HoleType.Double ? new MathCall(MathFunction.Remainder, [left, right])
            : operation >= BinaryOperator.Equal ? Compare(Core(operation), left, right)
            : new Tree.Binary(left.Type, Core(operation), left, right);

        // The two lists of operators begin alike.
        private static Tree.BinaryOperator Core(BinaryOperator operation) => (Tree.BinaryOperator)operation;

        // What an assignment writes to: a slot, or an array and an index, which are evaluated before the value.
        private readonly record struct Place(int Slot, Tree.Expression? Array, Tree.Expression? Index);

        private Place Target(Expression target) => target switch
        {
            Variable variable => new(_variables[variable.Name], null, null),
            Discard discard => new(NewSlot(discard.Type), null, null),
            Element element => new(-1, Value(element.Array), Value(element.Index)),
            _ => throw new InvalidOperationException($"{target.GetType()} cannot be assigned to."),
        };

        private static Tree.Expression Assign(Place place, Tree.Expression value) =>
            place.Array is { } array && place.Index is { } index ? new SetElement(array, index, value) : new Write(place.Slot, value);

        // Array and index of a target, evaluated once into slots of their own, and the target in terms of them.
        private (ImmutableArray<Tree.Expression> First, Place Place, Tree.Expression Old) Once(Expression target)
        {
            Place place = Target(target);
            if (place.Array is not { } array || place.Index is not { } index)
            {
                return ([], place, Slot(place.Slot));
            }

            (int a, int i) = (NewSlot(array.Type), NewSlot(HoleType.Int));
            return ([new Write(a, array), new Write(i, index)], new(-1, Slot(a), Slot(i)), new Tree.Element(Slot(a), Slot(i)));
        }

        // target op= value: the old value is read (and its index checked) before the value is evaluated.
        private Tree.Expression Compound(CompoundAssign compound)
        {
            (ImmutableArray<Tree.Expression> first, Place place, Tree.Expression old) = Once(compound.Target);
            return After(first, Assign(place, Arithmetic(compound.Operator, old, Value(compound.Value))));
        }

        private Tree.Expression Increment(Step step, bool isUsed)
        {
            (ImmutableArray<Tree.Expression> first, Place place, Tree.Expression old) = Once(step.Target);
            Tree.BinaryOperator operation = step.IsIncrement ? Tree.BinaryOperator.Add : Tree.BinaryOperator.Subtract;
            Constant one = new(old.Type, old.Type == HoleType.Double ? Bits.Of(1.0) : 1);
            if (step.IsPrefix || !isUsed)
            {
                return After(first, Assign(place, new Tree.Binary(old.Type, operation, old, one)));
            }

            int before = NewSlot(old.Type);
            return new Sequence([.. first, new Write(before, old), Assign(place, new Tree.Binary(old.Type, operation, Slot(before), one))], Slot(before));
        }

        private Sequence Assign(AssignTuple tuple)
        {
            List<Tree.Expression> steps = [];
            List<Place> places = [];
            foreach (Expression target in tuple.Targets)
            {
                (ImmutableArray<Tree.Expression> first, Place place, _) = Once(target);
                steps.AddRange(first);
                places.Add(place);
            }

            List<int> slots = [];
            foreach (Expression value in tuple.Values)
            {
                slots.Add(NewSlot(value.Type));
                steps.Add(new Write(slots[^1], Value(value)));
            }

            steps.AddRange(places.Zip(slots, (place, slot) => Assign(place, Slot(slot))));
            return new Sequence([.. steps[..^1]], steps[^1]);
        }

        private Sequence CreateArray(ArrayLiteral literal)
        {
            int array = NewSlot(literal.Type);
            List<Tree.Expression> steps = [new Write(array, new Tree.NewArray(literal.Type, Int(literal.Items.Count)))];
            steps.AddRange(literal.Items.Select((item, i) => new SetElement(Slot(array), Int(i), Value(item))));
            return new([.. steps], Slot(array));
        }

        private Sequence Choice(SwitchExpression choice) => WithSlot(Value(choice.Value), value =>
        {
            Tree.Expression result = Value(choice.Otherwise);
            foreach (SwitchArm arm in choice.Arms.Reverse())
            {
                result = new Choose(Guarded(Matches(arm.Pattern, value), arm.Guard), Value(arm.Value), result);
            }

            return result;
        });

        // What WebAssembly has is an operator; what can be said by comparisons is said so; the rest the host computes.
        private Tree.Expression Library(LibraryFunction function, ImmutableArray<Tree.Expression> arguments)
        {
            HoleType type = arguments[0].Type;
            bool isDouble = type == HoleType.Double;
            switch (function)
            {
                case LibraryFunction.Abs when !isDouble:
                    return WithSlot(arguments[0], x => new Choose(
                        Compare(Tree.BinaryOperator.Less, x, Zero(type)),
                        new Choose(
                            Compare(Tree.BinaryOperator.Equal, x, new Constant(type, type == HoleType.Int ? int.MinValue : long.MinValue)),
                            new Fail(type, HoleTrap.Overflow),
                            new Tree.Unary(Tree.UnaryOperator.Negate, x)),
                        x));
                case LibraryFunction.Abs:
                    return new Tree.Unary(Tree.UnaryOperator.Abs, arguments[0]);
                case LibraryFunction.Sqrt:
                    return new Tree.Unary(Tree.UnaryOperator.Sqrt, arguments[0]);
                case LibraryFunction.Floor:
                    return new Tree.Unary(Tree.UnaryOperator.Floor, arguments[0]);
                case LibraryFunction.Ceiling:
                    return new Tree.Unary(Tree.UnaryOperator.Ceiling, arguments[0]);
                case LibraryFunction.Truncate:
                    return new Tree.Unary(Tree.UnaryOperator.Truncate, arguments[0]);
                case LibraryFunction.Round:
                    return new Tree.Unary(Tree.UnaryOperator.Round, arguments[0]);
                case LibraryFunction.Min when isDouble:
                    return new Tree.Binary(type, Tree.BinaryOperator.Min, arguments[0], arguments[1]);
                case LibraryFunction.Max when isDouble:
                    return new Tree.Binary(type, Tree.BinaryOperator.Max, arguments[0], arguments[1]);
                case LibraryFunction.Min:
                    return WithSlots(arguments, x => new Choose(Compare(Tree.BinaryOperator.LessOrEqual, x[0], x[1]), x[0], x[1]));
                case LibraryFunction.Max:
                    return WithSlots(arguments, x => new Choose(Compare(Tree.BinaryOperator.GreaterOrEqual, x[0], x[1]), x[0], x[1]));
                case LibraryFunction.Clamp:
                    return WithSlots(arguments, x => new Choose(
                        Compare(Tree.BinaryOperator.Greater, x[1], x[2]),
                        new Fail(type, HoleTrap.Argument),
                        new Choose(
                            Compare(Tree.BinaryOperator.Less, x[0], x[1]),
                            x[1],
                            new Choose(Compare(Tree.BinaryOperator.Greater, x[0], x[2]), x[2], x[0]))));
                case LibraryFunction.Sign:
                    return WithSlot(arguments[0], x => new Choose(
                        Compare(Tree.BinaryOperator.Less, x, Zero(type)),
                        Int(-1),
                        new Choose(
                            Compare(Tree.BinaryOperator.Greater, x, Zero(type)),
                            Int(1),
                            new Choose(Compare(Tree.BinaryOperator.Equal, x, Zero(type)), Int(0), new Fail(HoleType.Int, HoleTrap.Argument)))));
                case LibraryFunction.IsNaN:
                    return WithSlot(arguments[0], x => Compare(Tree.BinaryOperator.NotEqual, x, x));
                case LibraryFunction.IsFinite:
                    return Compare(Tree.BinaryOperator.Less, new Tree.Unary(Tree.UnaryOperator.Abs, arguments[0]), Double(double.PositiveInfinity));
                case LibraryFunction.IsInfinity:
                    return Compare(Tree.BinaryOperator.Equal, new Tree.Unary(Tree.UnaryOperator.Abs, arguments[0]), Double(double.PositiveInfinity));
                case LibraryFunction.IsPositiveInfinity:
                    return Compare(Tree.BinaryOperator.Equal, arguments[0], Double(double.PositiveInfinity));
                case LibraryFunction.IsNegativeInfinity:
                    return Compare(Tree.BinaryOperator.Equal, arguments[0], Double(double.NegativeInfinity));
                default:
                    return new MathCall(HostFunction(function), arguments);
            }
        }

        // From Exp to Tanh the two lists are alike.
        private static MathFunction HostFunction(LibraryFunction function) => MathFunction.Exp + (function - LibraryFunction.Exp);

        private static Tree.Expression To(HoleType type, Tree.Expression value) => value.Type == type ? value : new Cast(type, value);

        private Sequence WithSlot(Tree.Expression value, Func<Tree.Expression, Tree.Expression> then)
        {
            int slot = NewSlot(value.Type);
            return new Sequence([new Write(slot, value)], then(Slot(slot)));
        }

        private Sequence WithSlots(ImmutableArray<Tree.Expression> values, Func<Tree.Expression[], Tree.Expression> then)
        {
            int[] slots = [.. values.Select(v => NewSlot(v.Type))];
            return new Sequence([.. values.Select((v, i) => new Write(slots[i], v))], then([.. slots.Select(Slot)]));
        }

        private static Tree.Expression After(ImmutableArray<Tree.Expression> first, Tree.Expression last) => first.IsEmpty ? last : new Sequence(first, last);

        private static Tree.Binary Compare(Tree.BinaryOperator operation, Tree.Expression left, Tree.Expression right) => new(HoleType.Bool, operation, left, right);

        private static Constant Constant(Literal literal) => new(literal.Type, literal.Bits);

        private static Constant Int(int value) => new(HoleType.Int, value);

        private static Constant Double(double value) => new(HoleType.Double, Bits.Of(value));

        private static Constant Zero(HoleType type) => new(type, 0);

        private static Tree.Unary Not(Tree.Expression value) => new(Tree.UnaryOperator.Not, value);

        private static Choose And(Tree.Expression left, Tree.Expression right) => new(left, right, False);

        private static Tree.Expression Or(Tree.Expression left, Tree.Expression right) => new Choose(left, True, right);
    }
}
