using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Ansatz.Sandbox.Tree;

namespace Ansatz.Sandbox;

/// <summary>
/// Walks a candidate's tree in plain C#: the reference that says what a candidate means, and what the compiled module is compared with, bit for bit.
/// </summary>
/// <remarks>About a hundred times slower than <see cref="HoleProgram"/>. Not thread-safe; needs a deep stack only where the candidate recurses.</remarks>
public sealed class HoleInterpreter
{
    private static readonly object Returned = new();

    private readonly HoleTree _tree;
    private readonly HoleSignature _signature;
    private readonly HoleLimits _limits;
    private readonly List<long[]> _arrays = []; // a value of an array type is 1 + its place here; 0 is null
    private readonly long[] _arguments;
    private long _memory;
    private int _depth;
    private HoleTrapException? _trapped;
    private long _result;
    private Statement? _at; // what is being done

    /// <summary>A run with full fuel.</summary>
    public HoleInterpreter(HoleTree tree, HoleSignature signature, HoleLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(signature);
        (_tree, _signature, _limits, _arguments) = (tree, signature, limits ?? HoleLimits.Usual, new long[signature.Parameters.Length]);
        Fuel = _limits.Fuel;
    }

    /// <summary>Why the run is over; <see cref="HoleTrap.None"/> while it is not.</summary>
    public HoleTrap Trap => _trapped?.Trap ?? HoleTrap.None;

    /// <summary>The line on which the run was trapped, from 1, in the text of the tree's syntax; <see langword="null"/> while it is not, and unless it was made by <see cref="HoleCompiler.Trace"/>.</summary>
    public int? Line => _trapped is not null && _at is not null && Lines?.TryGetValue(_at, out int line) == true ? line : null;

    /// <summary>The lines of the tree's statements, by reference.</summary>
    internal Dictionary<Statement, int>? Lines { get; init; }

    /// <summary>The hole as a delegate of its own type. After a trap every further call gives the same one, as <see cref="HoleInstance"/> does.</summary>
    /// <exception cref="InputException">The delegate's types are not the hole's.</exception>
    public TDelegate As<TDelegate>()
        where TDelegate : Delegate => HoleDelegate<HoleInterpreter, TDelegate>.Of(this, _signature);

    /// <summary>Gives the run new fuel, so that it is as good as a fresh one. A run that is over stays over.</summary>
    /// <param name="fuel">What it may spend from now on.</param>
    public void Refuel(long fuel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fuel);
        Fuel = fuel;
    }

    /// <summary>What the run may still spend; 0 once it is spent.</summary>
    public long Fuel { get; private set; }

    /// <summary>Calls the hole.</summary>
    /// <param name="arguments">Boxed values and arrays of the signature's types. Arrays are copied.</param>
    /// <exception cref="HoleTrapException">The call ended without a result.</exception>
    public object Call(params ReadOnlySpan<object> arguments)
    {
        (_memory, _depth) = (0, 0);
        _arrays.Clear();
        long[] values = new long[arguments.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i] is Array array ? Take(_signature.Parameters[i], array) : Bits.Unbox(arguments[i]);
        }

        return Give(_signature.Result, Run(_tree.Functions[0], values));
    }

    // What a delegate does: begin, put in every argument, run, take the result.
    internal void Begin()
    {
        if (_trapped is not null)
        {
            throw new HoleTrapException(_trapped.Trap, _trapped.InnerException);
        }

        (_memory, _depth) = (0, 0);
        _arrays.Clear();
    }

    internal void Put(int index, double value) => _arguments[index] = Bits.Of(value);

    internal void Put(int index, int value) => _arguments[index] = value;

    internal void Put(int index, uint value) => _arguments[index] = value;

    internal void Put(int index, bool value) => _arguments[index] = Bits.Of(value);

    internal void Put(int index, long value) => _arguments[index] = value;

    internal void Put(int index, ulong value) => _arguments[index] = (long)value;

    internal void Put(int index, Array value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _arguments[index] = Guarded(() => Take(_signature.Parameters[index], value));
    }

    internal void Run() => _result = Guarded(() => Run(_tree.Functions[0], _arguments));

    internal double TakeDouble() => Bits.ToDouble(Bits.Of(Bits.ToDouble(_result)));

    internal long TakeBits() => _result;

    internal object TakeArray() => Guarded(() => Give(_signature.Result, _result));

    private TResult Guarded<TResult>(Func<TResult> step)
    {
        try
        {
            return step();
        }
        catch (HoleTrapException e)
        {
            _trapped = e;
            throw;
        }
    }

    private long Take(HoleType type, Array values)
    {
        long[] items = new long[values.Length];
        long array = Add(type, items);
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = type.Element!.IsArray ? Take(type.Element, (Array)values.GetValue(i)!) : Bits.Unbox(values.GetValue(i)!);
        }

        return array;
    }

    private object Give(HoleType type, long value)
    {
        long left = _limits.MemoryBytes;
        return Give(type, value, ref left);
    }

    // As HoleInstance copies a result out.
    private object Give(HoleType type, long value, ref long left)
    {
        if (!type.IsArray)
        {
            return Bits.Box(type, value);
        }

        long[] items = Items(value);
        left -= type.BytesOf(items.Length);
        HoleTrapException.ThrowUnless(left >= 0, HoleTrap.Memory);
        Spend(HoleLimits.FuelOfCopy(items.Length));
        Array result = System.Array.CreateInstance(type.Element!.Clr, items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            result.SetValue(Give(type.Element, items[i], ref left), i);
        }

        return result;
    }

    private long Add(HoleType type, long[] items)
    {
        Reserve(type, items.Length);
        _arrays.Add(items);
        return _arrays.Count;
    }

    private void Reserve(HoleType type, long count)
    {
        long bytes = type.BytesOf(count);
        HoleTrapException.ThrowUnless(_memory + bytes <= _limits.MemoryBytes, HoleTrap.Memory);
        _memory += bytes;
    }

    private long[] Items(long array)
    {
        HoleTrapException.ThrowUnless(array != 0, HoleTrap.Null);
        return _arrays[(int)array - 1];
    }

    private void Spend(long fuel)
    {
        Fuel -= fuel;
        if (Fuel < 0)
        {
            Fuel = 0;
            throw new HoleTrapException(HoleTrap.Fuel);
        }
    }

    private long Run(Function function, long[] arguments)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return Task.Factory.StartNew(() => Run(function, arguments), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).GetAwaiter().GetResult();
        }

        _depth += function.Depth;
        HoleTrapException.ThrowUnless(_depth <= _limits.Depth, HoleTrap.Depth);
        Spend(function.Fuel);
        long[] slots = new long[function.Slots.Length];
        arguments.CopyTo(slots, 0);
        Statement? caller = _at;
        Do(function.Body, slots);
        (_depth, _at) = (_depth - function.Depth, caller);
        return _result;
    }

    // What a statement leaves behind: null to go on, Returned, or the Jump that is under way.
    private object? Do(Statement statement, long[] slots)
    {
        _at = statement;
        switch (statement)
        {
            case Block block:
                foreach (Statement each in block.Body)
                {
                    if (Do(each, slots) is { } leave)
                    {
                        return leave;
                    }
                }

                return null;
            case Evaluate evaluate:
                Value(evaluate.Expression, slots);
                return null;
            case If branch:
                return Value(branch.Condition, slots) != 0 ? Do(branch.Then, slots) : branch.Else is null ? null : Do(branch.Else, slots);
            case Repeat repeat:
                while (true)
                {
                    _at = repeat;
                    Spend(repeat.Fuel);
                    if (Do(repeat.Body, slots) is { } leave)
                    {
                        return leave;
                    }
                }

            case Labelled labelled:
                return Do(labelled.Body, slots) is { } left && !(left is Jump to && to.Label == labelled.Label) ? left : null;
            case Jump jump:
                return jump;
            case Return @return:
                _result = @return.Value is null ? 0 : Value(@return.Value, slots);
                return Returned;
            default:
                throw new InvalidOperationException($"No meaning is known for {statement.GetType()}.");
        }
    }

    private long Value(Expression expression, long[] slots)
    {
        switch (expression)
        {
            case Constant constant:
                return constant.Bits;
            case Read read:
                return slots[read.Slot];
            case Write write:
                return slots[write.Slot] = Value(write.Value, slots);
            case Element element:
                {
                    long array = Value(element.Array, slots);
                    long index = Value(element.Index, slots);
                    long[] items = Items(array);
                    HoleTrapException.ThrowUnless((ulong)index < (ulong)items.Length, HoleTrap.Index);
                    return items[index];
                }

            case SetElement set:
                {
                    long array = Value(set.Array, slots);
                    long index = Value(set.Index, slots);
                    long value = Value(set.Value, slots);
                    long[] items = Items(array);
                    HoleTrapException.ThrowUnless((ulong)index < (ulong)items.Length, HoleTrap.Index);
                    return items[index] = value;
                }

            case Length length:
                return Items(Value(length.Array, slots)).Length;
            case NewArray array:
                {
                    long count = Value(array.Count, slots);
                    HoleTrapException.ThrowUnless(count >= 0, HoleTrap.NegativeLength);
                    Reserve(array.Type, count);
                    Spend(count >> 3);
                    _arrays.Add(new long[count]);
                    return _arrays.Count;
                }

            case Unary unary:
                return Apply(unary.Operator, unary.Type, Value(unary.Operand, slots));
            case Binary binary:
                long left = Value(binary.Left, slots);
                return Apply(binary.Operator, binary.Left.Type, left, Value(binary.Right, slots));
            case Cast cast:
                return Convert(cast.Type, cast.Operand.Type, Value(cast.Operand, slots));
            case Choose choose:
                return Value(Value(choose.Condition, slots) != 0 ? choose.Then : choose.Else, slots);
            case Sequence sequence:
                foreach (Expression each in sequence.First)
                {
                    Value(each, slots);
                }

                return Value(sequence.Last, slots);
            case Call call:
                return Run(_tree.Functions[call.Function], Values(call.Arguments, slots));
            case MathCall call:
                return PortableFunctions.Call(call.Function, Values(call.Arguments, slots));
            case HelperCall call:
                {
                    long[] arguments = Values(call.Arguments, slots);
                    try
                    {
                        return _signature.Offered[call.Helper].Run(arguments);
                    }
                    catch (Exception e) // whatever the helper throws, the candidate's arguments made it
                    {
                        throw new HoleTrapException(HoleTrap.Helper, e);
                    }
                }

            case Fail fail:
                throw new HoleTrapException(fail.Trap);
            default:
                throw new InvalidOperationException($"No meaning is known for {expression.GetType()}.");
        }
    }

    private long[] Values(ImmutableArray<Expression> expressions, long[] slots)
    {
        long[] values = new long[expressions.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Value(expressions[i], slots);
        }

        return values;
    }

    /// <summary>What an operation gives: bits from bits.</summary>
    internal static long Apply(UnaryOperator operation, HoleType type, long x)
    {
        double d = Bits.ToDouble(x);
        return operation switch
        {
            UnaryOperator.Negate when type == HoleType.Double => Bits.Of(-d), // there is one NaN
            UnaryOperator.Negate => Narrow(type, -x),
            UnaryOperator.Complement => Narrow(type, ~x),
            UnaryOperator.Not => 1 - x,
            UnaryOperator.Abs => Bits.Of(Math.Abs(d)),
            UnaryOperator.Sqrt => Bits.Of(Math.Sqrt(d)),
            UnaryOperator.Floor => Bits.Of(Math.Floor(d)),
            UnaryOperator.Ceiling => Bits.Of(Math.Ceiling(d)),
            UnaryOperator.Truncate => Bits.Of(Math.Truncate(d)),
            UnaryOperator.Round => Bits.Of(Math.Round(d)),
            _ => throw new InvalidOperationException($"No meaning is known for {operation}."),
        };
    }

    /// <summary>What an operation on values of a type gives: bits from bits.</summary>
    /// <exception cref="HoleTrapException">A division of whole numbers that traps.</exception>
    internal static long Apply(BinaryOperator operation, HoleType type, long x, long y)
    {
        if (type == HoleType.Double)
        {
            return OfDoubles(operation, Bits.ToDouble(x), Bits.ToDouble(y));
        }

        if (operation is BinaryOperator.Divide or BinaryOperator.Remainder)
        {
            HoleTrapException.ThrowUnless(y != 0, HoleTrap.DivisionByZero);
            HoleTrapException.ThrowUnless(y != -1 || (type == HoleType.Int ? x != int.MinValue : type != HoleType.Long || x != long.MinValue), HoleTrap.Overflow);
        }

        bool isUnsigned = type == HoleType.ULong; // a uint fits a long, so the signed operations serve it
        int shift = (int)y & (type.IsWide ? 63 : 31);
        return operation switch
        {
            BinaryOperator.Add => Narrow(type, x + y),
            BinaryOperator.Subtract => Narrow(type, x - y),
            BinaryOperator.Multiply => Narrow(type, x * y),
            BinaryOperator.Divide => isUnsigned ? (long)((ulong)x / (ulong)y) : x / y,
            BinaryOperator.Remainder => isUnsigned ? (long)((ulong)x % (ulong)y) : x % y,
            BinaryOperator.And => x & y,
            BinaryOperator.Or => x | y,
            BinaryOperator.Xor => x ^ y,
            BinaryOperator.ShiftLeft => Narrow(type, x << shift),
            BinaryOperator.ShiftRight => isUnsigned ? (long)((ulong)x >> shift) : x >> shift,
            BinaryOperator.ShiftRightUnsigned => type == HoleType.Int ? (int)((uint)x >> shift) : (long)((ulong)x >> shift),
            BinaryOperator.Equal => Bits.Of(x == y),
            BinaryOperator.NotEqual => Bits.Of(x != y),
            BinaryOperator.Less => Bits.Of(isUnsigned ? (ulong)x < (ulong)y : x < y),
            BinaryOperator.LessOrEqual => Bits.Of(isUnsigned ? (ulong)x <= (ulong)y : x <= y),
            BinaryOperator.Greater => Bits.Of(isUnsigned ? (ulong)x > (ulong)y : x > y),
            BinaryOperator.GreaterOrEqual => Bits.Of(isUnsigned ? (ulong)x >= (ulong)y : x >= y),
            _ => throw new InvalidOperationException($"No meaning is known for {operation} of {type}."),
        };
    }

    private static long OfDoubles(BinaryOperator operation, double x, double y) => operation switch
    {
        BinaryOperator.Add => Bits.Of(x + y),
        BinaryOperator.Subtract => Bits.Of(x - y),
        BinaryOperator.Multiply => Bits.Of(x * y),
        BinaryOperator.Divide => Bits.Of(x / y),
        BinaryOperator.Min => Bits.Of(Math.Min(x, y)),
        BinaryOperator.Max => Bits.Of(Math.Max(x, y)),
        BinaryOperator.Equal => Bits.Of(x == y),
        BinaryOperator.NotEqual => Bits.Of(x != y),
        BinaryOperator.Less => Bits.Of(x < y),
        BinaryOperator.LessOrEqual => Bits.Of(x <= y),
        BinaryOperator.Greater => Bits.Of(x > y),
        BinaryOperator.GreaterOrEqual => Bits.Of(x >= y),
        _ => throw new InvalidOperationException($"No meaning is known for {operation} of double."),
    };

    private static long Narrow(HoleType type, long x) => type == HoleType.Int ? (int)x : type == HoleType.UInt ? (uint)x : x;

    /// <summary>What a conversion gives: bits from bits.</summary>
    internal static long Convert(HoleType to, HoleType from, long x)
    {
        if (from == HoleType.Double)
        {
            double d = Bits.ToDouble(x);
            return to == HoleType.Int ? (int)d : to == HoleType.UInt ? (uint)d : to == HoleType.Long ? (long)d : (long)(ulong)d;
        }

        return to == HoleType.Double ? Bits.Of(from == HoleType.ULong ? (double)(ulong)x : x) : Narrow(to, x);
    }
}
