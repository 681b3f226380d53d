using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Ansatz.Sandbox.Tree;

namespace Ansatz.Sandbox;

/// <summary>Compiles a candidate's tree to a WebAssembly module (binary format 1, core specification 2.0).</summary>
/// <remarks>
/// The module. Import: at most one function, "host" "call" (i32 which); only where the tree calls Math or a helper. Exports: "memory", "run", "fuel", "trap".
/// Memory (of fixed size): at 0 eight zero bytes, the null array; at <see cref="Heap"/> the i32 where the arrays of a call may begin; at <see cref="Mailbox"/> eight bytes a value:
/// arguments and result of run, arguments and result of host.call; then arrays, each an i32 length, four bytes unused, and its elements; an array's value is its address.
/// Globals: fuel (i64), heap (i32, the next free byte), depth (i32), trap (i32, why it failed).
/// Types: bool, int, uint and arrays are i32; long and ulong i64; double f64.
/// </remarks>
internal sealed class WasmCompiler
{
    /// <summary>Address of the i32 that says where arrays may begin.</summary>
    public const int Heap = 8;

    /// <summary>Address of the first value that crosses.</summary>
    public const int Mailbox = 16;

    /// <summary>Bytes of a page of memory.</summary>
    public const int Page = 65536;

    private const byte I32 = 0x7F;
    private const byte I64 = 0x7E;
    private const byte F64 = 0x7C;
    private const byte NoResult = 0x40;
    private const int FuelGlobal = 0;
    private const int HeapGlobal = 1;
    private const int DepthGlobal = 2;
    private const int TrapGlobal = 3;

    private readonly HoleTree _tree;
    private readonly HoleSignature _signature;
    private readonly List<byte[]> _types = [];
    private readonly bool _callsHost;
    private readonly bool _makesArrays;
    private readonly bool _callsHole; // a function calls the hole, so that it has to be one itself
    private readonly bool _countsDepth; // without calls among the functions, only one is ever entered
    private readonly long _end; // the first byte that no array may use

    private WasmCompiler(HoleTree tree, HoleSignature signature, HoleLimits limits)
    {
        (_tree, _signature) = (tree, signature);
        _callsHost = HostCalls.In(tree);
        _countsDepth = tree.Functions[0].Depth > limits.Depth || tree.Any(e => e is Call);
        _callsHole = tree.Any(e => e is Call { Function: 0 });
        _makesArrays = tree.Any(e => e is Tree.NewArray);
        _end = ArraysAt(signature) + (long)limits.MemoryBytes;
        Limits = limits;
    }

    private HoleLimits Limits { get; }

    // Functions: the import, if there is one; newArray, if it is called; the tree's functions, the hole only if it is called; run, which is the hole too. Each one more costs more to compile than most candidates' bodies do.
    private int NewArrayFunction => _callsHost ? 1 : 0;

    private int FirstFunction => _callsHole ? 0 : 1;

    private int RunFunction => TreeFunction(_tree.Functions.Length);

    private int TreeFunction(int index) => NewArrayFunction + (_makesArrays ? 1 : 0) + index - FirstFunction;

    /// <summary>The address of the first array.</summary>
    public static int ArraysAt(HoleSignature signature) =>
        Mailbox + (8 * Math.Max(2, Math.Max(signature.Parameters.Length, signature.Offered.Select(o => o.Parameters.Length).DefaultIfEmpty().Max())));

    /// <summary>The bytes of the module.</summary>
    public static byte[] Compile(HoleTree tree, HoleSignature signature, HoleLimits limits) => new WasmCompiler(tree, signature, limits).Module();

    private byte[] Module()
    {
        List<(int Type, byte[] Code)> functions =
        [
            .. _makesArrays ? [NewArray()] : Enumerable.Empty<(int, byte[])>(),
            .. _tree.Functions.Skip(FirstFunction).Select(f => (Type(f), new Body(this, f).Compile())),
            (Type([], []), new Body(this, _tree.Functions[0]).CompileRun()), // RunFunction
        ];
        int hostType = Type([I32], []);
        int pages = (int)((_end + Page - 1) / Page);

        Writer module = new();
        module.Raw([0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00]); // \0asm, version 1
        module.Section(1, s => s.Vector(_types, (w, t) => w.Raw(t)));
        if (_callsHost)
        {
            module.Section(2, s => s.Unsigned(1).Name("host").Name("call").Byte(0x00).Unsigned(hostType));
        }

        module.Section(3, s => s.Vector(functions, (w, f) => w.Unsigned(f.Type)));
        module.Section(5, s => s.Unsigned(1).Byte(0x01).Unsigned(pages).Unsigned(pages)); // least = most: it cannot grow
        module.Section(6, s => s.Unsigned(4)
            .Byte(I64).Byte(1).Byte(0x42).Signed(Limits.Fuel).Byte(0x0B)
            .Byte(I32).Byte(1).Byte(0x41).Signed(0).Byte(0x0B)
            .Byte(I32).Byte(1).Byte(0x41).Signed(0).Byte(0x0B)
            .Byte(I32).Byte(1).Byte(0x41).Signed(0).Byte(0x0B));
        module.Section(7, s => s.Unsigned(4)
            .Name("memory").Byte(0x02).Unsigned(0)
            .Name("run").Byte(0x00).Unsigned(RunFunction)
            .Name("fuel").Byte(0x03).Unsigned(FuelGlobal)
            .Name("trap").Byte(0x03).Unsigned(TrapGlobal));
        module.Section(10, s => s.Vector(functions, (w, f) => w.Unsigned(f.Code.Length).Raw(f.Code)));
        return module.ToArray();
    }

    private static byte Wasm(HoleType type) => type == HoleType.Double ? F64 : type.IsWide ? I64 : I32;

    private int Type(Function function) =>
        Type([.. function.Slots.Take(function.Parameters).Select(Wasm)], function.Result == HoleType.Void ? [] : [Wasm(function.Result)]);

    private int Type(ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> results)
    {
        byte[] type = [0x60, (byte)parameters.Length, .. parameters, (byte)results.Length, .. results];
        int known = _types.FindIndex(t => t.AsSpan().SequenceEqual(type));
        if (known >= 0)
        {
            return known;
        }

        _types.Add(type);
        return _types.Count - 1;
    }

    // newArray(count, shift): address of count zeros of 2^shift bytes each.
    private (int, byte[]) NewArray()
    {
        const int count = 0, shift = 1, size = 2, address = 3;
        Code c = new();
        c.LocalGet(count).Int(0).Op(Op.I32LtS);
        FailIf(c, HoleTrap.NegativeLength);

        // size = (count << shift) + 8 for the length, rounded up to 8
        c.LocalGet(count).Op(Op.I64ExtendI32S).LocalGet(shift).Op(Op.I64ExtendI32S).Op(Op.I64Shl).Long(15).Op(Op.I64Add).Long(~7L).Op(Op.I64And).LocalTee(size);
        c.GlobalGet(HeapGlobal).Op(Op.I64ExtendI32U).Op(Op.I64Add).Long(_end).Op(Op.I64GtS);
        FailIf(c, HoleTrap.Memory);

        c.GlobalGet(FuelGlobal).LocalGet(count).Int(3).Op(Op.I32ShrU).Op(Op.I64ExtendI32U).Op(Op.I64Sub).GlobalSet(FuelGlobal);
        FailWithoutFuel(c);

        c.GlobalGet(HeapGlobal).LocalTee(address).LocalGet(size).Op(Op.I32WrapI64).Op(Op.I32Add).GlobalSet(HeapGlobal);
        c.LocalGet(address).Int(8).Op(Op.I32Add).Int(0).LocalGet(size).Op(Op.I32WrapI64).Int(8).Op(Op.I32Sub).MemoryFill();
        c.LocalGet(address).LocalGet(count).Store(Op.I32Store, 0);
        c.LocalGet(address);
        return (Type([I32, I32], [I32]), c.Function([I64, I32]));
    }

    // Notes the cause and traps.
    private static void Fail(Code c, HoleTrap trap) => c.Int((int)trap).GlobalSet(TrapGlobal).Unreachable();

    private static void FailIf(Code c, HoleTrap trap)
    {
        c.If();
        Fail(c, trap);
        c.End();
    }

    private static void FailWithoutFuel(Code c)
    {
        c.GlobalGet(FuelGlobal).Long(0).Op(Op.I64LtS).If().Long(0).GlobalSet(FuelGlobal);
        Fail(c, HoleTrap.Fuel);
        c.End();
    }

    private static Op LoadOf(byte type) => type == F64 ? Op.F64Load : type == I64 ? Op.I64Load : Op.I32Load;

    private static Op StoreOf(byte type) => type == F64 ? Op.F64Store : type == I64 ? Op.I64Store : Op.I32Store;

    /// <summary>Compiles one function.</summary>
    private sealed class Body(WasmCompiler module, Function function)
    {
        private readonly Code _c = new();
        private readonly List<byte> _locals = [.. function.Slots.Select(Wasm)]; // parameters and other slots, then scratch
        private readonly Dictionary<byte, Stack<int>> _free = [];
        private readonly Dictionary<int, int> _labels = []; // label -> depth of its block
        private int _depth;

        public byte[] Compile()
        {
            Whole();
            return _c.Function([.. _locals.Skip(function.Parameters)]);
        }

        /// <summary>run(): arguments from the mailbox, the hole, its result into the mailbox.</summary>
        public byte[] CompileRun()
        {
            _c.Int(0).Load(Op.I32Load, Heap).GlobalSet(HeapGlobal);
            if (module._countsDepth)
            {
                _c.Int(0).GlobalSet(DepthGlobal);
            }

            for (int i = 0; i < function.Parameters; i++)
            {
                _c.Int(0).Load(LoadOf(_locals[i]), Mailbox + (8 * i)).LocalSet(i);
            }

            _c.Int(Mailbox);
            Whole();
            _c.Store(StoreOf(Wasm(function.Result)), 0);
            return _c.Function(_locals);
        }

        private void Whole()
        {
            // depth += this function's; trap above the limit; fuel -= this function's; trap below zero
            if (module._countsDepth)
            {
                _c.GlobalGet(DepthGlobal).Int(function.Depth).Op(Op.I32Add).GlobalSet(DepthGlobal);
                _c.GlobalGet(DepthGlobal).Int(module.Limits.Depth).Op(Op.I32GtS);
                FailIf(_c, HoleTrap.Depth);
            }

            Spend(function.Fuel);

            // Every return is a jump to the end of this block, so that depth goes down in one place.
            OpenBlock(function.Result == HoleType.Void ? NoResult : Wasm(function.Result));
            Do(function.Body);
            if (function.Result != HoleType.Void)
            {
                _c.Unreachable(); // the C# compiler has seen to it that every path returns
            }

            CloseBlock();
            if (module._countsDepth)
            {
                _c.GlobalGet(DepthGlobal).Int(function.Depth).Op(Op.I32Sub).GlobalSet(DepthGlobal);
            }
        }

        private void Spend(long fuel)
        {
            _c.GlobalGet(FuelGlobal).Long(fuel).Op(Op.I64Sub).GlobalSet(FuelGlobal);
            FailWithoutFuel(_c);
        }

        private void OpenBlock(byte type)
        {
            _c.Block(type);
            _depth++;
        }

        private void CloseBlock()
        {
            _c.End();
            _depth--;
        }

        private int Scratch(byte type)
        {
            if (_free.TryGetValue(type, out Stack<int>? free) && free.TryPop(out int local))
            {
                return local;
            }

            _locals.Add(type);
            return _locals.Count - 1;
        }

        private void Free(byte type, int local)
        {
            if (!_free.TryGetValue(type, out Stack<int>? free))
            {
                _free.Add(type, free = new());
            }

            free.Push(local);
        }

        private void Do(Statement statement)
        {
            switch (statement)
            {
                case Block block:
                    foreach (Statement each in block.Body)
                    {
                        Do(each);
                    }

                    break;
                case Evaluate evaluate:
                    Effect(evaluate.Expression);
                    break;
                case If branch:
                    Value(branch.Condition);
                    _c.If();
                    _depth++;
                    Do(branch.Then);
                    if (branch.Else is not null)
                    {
                        _c.Else();
                        Do(branch.Else);
                    }

                    CloseBlock();
                    break;
                case Repeat repeat:
                    _c.Loop();
                    _depth++;
                    Spend(repeat.Fuel);
                    Do(repeat.Body);
                    _c.Branch(0);
                    CloseBlock();
                    break;
                case Labelled labelled:
                    OpenBlock(NoResult);
                    _labels[labelled.Label] = _depth;
                    Do(labelled.Body);
                    CloseBlock();
                    break;
                case Jump jump:
                    _c.Branch(_depth - _labels[jump.Label]);
                    break;
                case Return @return:
                    if (@return.Value is not null)
                    {
                        Value(@return.Value);
                    }

                    _c.Branch(_depth - 1);
                    break;
                default:
                    throw new InvalidOperationException($"No code is known for {statement.GetType()}.");
            }
        }

        // An expression whose value nobody wants.
        private void Effect(Expression expression)
        {
            switch (expression)
            {
                case Write write:
                    Value(write.Value);
                    _c.LocalSet(write.Slot);
                    break;
                case SetElement set:
                    Store(set, keep: false);
                    break;
                case Sequence sequence:
                    foreach (Expression each in sequence.First)
                    {
                        Effect(each);
                    }

                    Effect(sequence.Last);
                    break;
                default:
                    Value(expression);
                    if (expression.Type != HoleType.Void && expression is not Tree.Fail)
                    {
                        _c.Op(Op.Drop);
                    }

                    break;
            }
        }

        private void Value(Expression expression)
        {
            switch (expression)
            {
                case Constant constant:
                    Push(constant);
                    break;
                case Read read:
                    _c.LocalGet(read.Slot);
                    break;
                case Write write:
                    Value(write.Value);
                    _c.LocalTee(write.Slot);
                    break;
                case Element element:
                    Load(element);
                    break;
                case SetElement set:
                    Store(set, keep: true);
                    break;
                case Length length:
                    LengthOf(length);
                    break;
                case NewArray array:
                    Value(array.Count);
                    _c.Int(array.Type.Element!.Shift).Call(module.NewArrayFunction);
                    break;
                case Unary unary:
                    Apply(unary);
                    break;
                case Binary binary:
                    Apply(binary);
                    break;
                case Cast cast:
                    Value(cast.Operand);
                    Convert(cast.Type, cast.Operand.Type);
                    break;
                case Choose choose:
                    Value(choose.Condition);
                    _c.If(Wasm(choose.Type));
                    _depth++;
                    Value(choose.Then);
                    _c.Else();
                    Value(choose.Else);
                    CloseBlock();
                    break;
                case Sequence sequence:
                    foreach (Expression each in sequence.First)
                    {
                        Effect(each);
                    }

                    Value(sequence.Last);
                    break;
                case Call call:
                    foreach (Expression argument in call.Arguments)
                    {
                        Value(argument);
                    }

                    _c.Call(module.TreeFunction(call.Function));
                    break;
                case MathCall call:
                    CallHost(HostCalls.Number(call.Function), call.Arguments, call.Type);
                    break;
                case HelperCall call:
                    CallHost(HostCalls.Number(call.Helper), call.Arguments, call.Type);
                    break;
                case Tree.Fail fail:
                    WasmCompiler.Fail(_c, fail.Trap);
                    break;
                default:
                    throw new InvalidOperationException($"No code is known for {expression.GetType()}.");
            }
        }

        private void Push(Constant constant)
        {
            switch (Wasm(constant.Type))
            {
                case F64:
                    _c.Double(Bits.ToDouble(constant.Bits));
                    break;
                case I64:
                    _c.Long(constant.Bits);
                    break;
                default:
                    _c.Int((int)constant.Bits);
                    break;
            }
        }

        // Leaves the address of the element, less the 8 bytes of the length, which the load or store adds.
        private void Check(int array, int index, HoleType element)
        {
            _c.LocalGet(index).LocalGet(array).Load(Op.I32Load, 0).Op(Op.I32GeU).If();
            _c.Int((int)HoleTrap.Index).Int((int)HoleTrap.Null).LocalGet(array).Op(Op.Select).GlobalSet(TrapGlobal).Unreachable().End(); // the null array has length 0, so it ends here too
            _c.LocalGet(array).LocalGet(index);
            if (element.Shift > 0)
            {
                _c.Int(element.Shift).Op(Op.I32Shl);
            }

            _c.Op(Op.I32Add);
        }

        private void Load(Element element)
        {
            (int array, int index) = (Scratch(I32), Scratch(I32));
            Value(element.Array);
            _c.LocalSet(array);
            Value(element.Index);
            _c.LocalSet(index);
            Check(array, index, element.Type);
            _c.Load(element.Type == HoleType.Bool ? Op.I32Load8U : LoadOf(Wasm(element.Type)), 8);
            Free(I32, array);
            Free(I32, index);
        }

        private void Store(SetElement set, bool keep)
        {
            HoleType type = set.Array.Type.Element!;
            (int array, int index, int value) = (Scratch(I32), Scratch(I32), Scratch(Wasm(type)));
            Value(set.Array);
            _c.LocalSet(array);
            Value(set.Index);
            _c.LocalSet(index);
            Value(set.Value);
            _c.LocalSet(value);
            Check(array, index, type);
            _c.LocalGet(value).Store(type == HoleType.Bool ? Op.I32Store8 : StoreOf(Wasm(type)), 8);
            if (keep)
            {
                _c.LocalGet(value);
            }

            Free(I32, array);
            Free(I32, index);
            Free(Wasm(type), value);
        }

        private void LengthOf(Length length)
        {
            int array = Scratch(I32);
            Value(length.Array);
            _c.LocalTee(array).Op(Op.I32Eqz);
            FailIf(_c, HoleTrap.Null);
            _c.LocalGet(array).Load(Op.I32Load, 0);
            Free(I32, array);
        }

        private void Apply(Unary unary)
        {
            byte type = Wasm(unary.Type);
            if (unary.Operator == UnaryOperator.Negate && type != F64)
            {
                _ = type == I64 ? _c.Long(0) : _c.Int(0);
                Value(unary.Operand);
                _c.Op(type == I64 ? Op.I64Sub : Op.I32Sub);
                return;
            }

            Value(unary.Operand);
            _ = unary.Operator switch
            {
                UnaryOperator.Negate => _c.Op(Op.F64Neg),
                UnaryOperator.Complement when type == I64 => _c.Long(-1).Op(Op.I64Xor),
                UnaryOperator.Complement => _c.Int(-1).Op(Op.I32Xor),
                UnaryOperator.Not => _c.Op(Op.I32Eqz),
                UnaryOperator.Abs => _c.Op(Op.F64Abs),
                UnaryOperator.Sqrt => _c.Op(Op.F64Sqrt),
                UnaryOperator.Floor => _c.Op(Op.F64Floor),
                UnaryOperator.Ceiling => _c.Op(Op.F64Ceil),
                UnaryOperator.Truncate => _c.Op(Op.F64Trunc),
                UnaryOperator.Round => _c.Op(Op.F64Nearest),
                _ => throw new InvalidOperationException($"No code is known for {unary.Operator}."),
            };
        }

        private void Apply(Binary binary)
        {
            HoleType type = binary.Left.Type;
            byte wasm = Wasm(type);
            Value(binary.Left);
            Value(binary.Right);
            if (wasm == F64)
            {
                _c.Op(OfDoubles(binary.Operator));
                return;
            }

            if (binary.Operator is BinaryOperator.Divide or BinaryOperator.Remainder)
            {
                GuardDivision(binary, type, wasm);
            }
            else if (binary.Operator is BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight or BinaryOperator.ShiftRightUnsigned && wasm == I64)
            {
                _c.Op(Op.I64ExtendI32U); // the number of places; WebAssembly masks it as C# does
            }

            _c.Op(OfIntegers(binary.Operator, type, wasm));
        }

        // Divisor 0, and the least number by -1, fail with their cause. A constant divisor needs no guard.
        private void GuardDivision(Binary binary, HoleType type, byte wasm)
        {
            if (binary.Right is Constant { Bits: not (0 or -1) })
            {
                return;
            }

            bool isWide = wasm == I64;
            (int left, int right) = (Scratch(wasm), Scratch(wasm));
            _c.LocalSet(right).LocalSet(left);
            _c.LocalGet(right).Op(isWide ? Op.I64Eqz : Op.I32Eqz);
            FailIf(_c, HoleTrap.DivisionByZero);
            if (type == HoleType.Int || type == HoleType.Long)
            {
                _c.LocalGet(right);
                _ = isWide ? _c.Long(-1).Op(Op.I64Eq) : _c.Int(-1).Op(Op.I32Eq);
                _c.LocalGet(left);
                _ = isWide ? _c.Long(long.MinValue).Op(Op.I64Eq) : _c.Int(int.MinValue).Op(Op.I32Eq);
                _c.Op(Op.I32And);
                FailIf(_c, HoleTrap.Overflow);
            }

            _c.LocalGet(left).LocalGet(right);
            Free(wasm, left);
            Free(wasm, right);
        }

        private void CallHost(int number, ImmutableArray<Expression> arguments, HoleType result)
        {
            // All arguments first: one of them may call the host itself, through the same mailbox.
            int[] scratch = [.. arguments.Select(a => Scratch(Wasm(a.Type)))];
            for (int i = 0; i < scratch.Length; i++)
            {
                Value(arguments[i]);
                _c.LocalSet(scratch[i]);
            }

            for (int i = 0; i < scratch.Length; i++)
            {
                byte type = Wasm(arguments[i].Type);
                _c.Int(0).LocalGet(scratch[i]).Store(StoreOf(type), Mailbox + (8 * i));
                Free(type, scratch[i]);
            }

            _c.Int(number).Call(0).Int(0).Load(LoadOf(Wasm(result)), Mailbox);
        }

        private void Convert(HoleType to, HoleType from)
        {
            (byte a, byte b) = (Wasm(from), Wasm(to));
            bool fromUnsigned = from == HoleType.UInt || from == HoleType.ULong;
            bool toUnsigned = to == HoleType.UInt || to == HoleType.ULong;
            switch ((a, b))
            {
                case (I32, I64):
                    _c.Op(fromUnsigned ? Op.I64ExtendI32U : Op.I64ExtendI32S);
                    break;
                case (I64, I32):
                    _c.Op(Op.I32WrapI64);
                    break;
                case (I32, F64):
                    _c.Op(fromUnsigned ? Op.F64ConvertI32U : Op.F64ConvertI32S);
                    break;
                case (I64, F64):
                    _c.Op(fromUnsigned ? Op.F64ConvertI64U : Op.F64ConvertI64S);
                    break;
                case (F64, I32):
                    _c.Saturate(toUnsigned ? 3 : 2);
                    break;
                case (F64, I64):
                    _c.Saturate(toUnsigned ? 7 : 6);
                    break;
                default:
                    break; // int and uint, long and ulong: the same bits
            }
        }
    }

    private static Op OfDoubles(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Add => Op.F64Add,
        BinaryOperator.Subtract => Op.F64Sub,
        BinaryOperator.Multiply => Op.F64Mul,
        BinaryOperator.Divide => Op.F64Div,
        BinaryOperator.Min => Op.F64Min,
        BinaryOperator.Max => Op.F64Max,
        BinaryOperator.Equal => Op.F64Eq,
        BinaryOperator.NotEqual => Op.F64Ne,
        BinaryOperator.Less => Op.F64Lt,
        BinaryOperator.LessOrEqual => Op.F64Le,
        BinaryOperator.Greater => Op.F64Gt,
        BinaryOperator.GreaterOrEqual => Op.F64Ge,
        _ => throw new InvalidOperationException($"No code is known for {operation} of double."),
    };

    private static Op OfIntegers(BinaryOperator operation, HoleType type, byte wasm)
    {
        bool isUnsigned = type == HoleType.UInt || type == HoleType.ULong;
        Op narrow = operation switch
        {
            BinaryOperator.Add => Op.I32Add,
            BinaryOperator.Subtract => Op.I32Sub,
            BinaryOperator.Multiply => Op.I32Mul,
            BinaryOperator.Divide => isUnsigned ? Op.I32DivU : Op.I32DivS,
            BinaryOperator.Remainder => isUnsigned ? Op.I32RemU : Op.I32RemS,
            BinaryOperator.And => Op.I32And,
            BinaryOperator.Or => Op.I32Or,
            BinaryOperator.Xor => Op.I32Xor,
            BinaryOperator.ShiftLeft => Op.I32Shl,
            BinaryOperator.ShiftRight => isUnsigned ? Op.I32ShrU : Op.I32ShrS,
            BinaryOperator.ShiftRightUnsigned => Op.I32ShrU,
            BinaryOperator.Equal => Op.I32Eq,
            BinaryOperator.NotEqual => Op.I32Ne,
            BinaryOperator.Less => isUnsigned ? Op.I32LtU : Op.I32LtS,
            BinaryOperator.LessOrEqual => isUnsigned ? Op.I32LeU : Op.I32LeS,
            BinaryOperator.Greater => isUnsigned ? Op.I32GtU : Op.I32GtS,
            BinaryOperator.GreaterOrEqual => isUnsigned ? Op.I32GeU : Op.I32GeS,
            _ => throw new InvalidOperationException($"No code is known for {operation} of {type}."),
        };

        // The opcodes for 64 bits lie at fixed distances: comparisons 11 above, arithmetic 18 above.
        return wasm == I32 ? narrow : narrow + (narrow <= Op.I32GeU ? Op.I64Eqz - Op.I32Eqz : Op.I64Add - Op.I32Add);
    }

    /// <summary>Opcodes, as the specification's index of instructions gives them.</summary>
    private enum Op : byte
    {
        Drop = 0x1A,
        Select = 0x1B,
        I32Load = 0x28,
        I64Load = 0x29,
        F64Load = 0x2B,
        I32Load8U = 0x2D,
        I32Store = 0x36,
        I64Store = 0x37,
        F64Store = 0x39,
        I32Store8 = 0x3A,
        I32Eqz = 0x45,
        I32Eq = 0x46,
        I32Ne = 0x47,
        I32LtS = 0x48,
        I32LtU = 0x49,
        I32GtS = 0x4A,
        I32GtU = 0x4B,
        I32LeS = 0x4C,
        I32LeU = 0x4D,
        I32GeS = 0x4E,
        I32GeU = 0x4F,
        I64Eqz = 0x50,
        I64Eq = 0x51,
        I64LtS = 0x53,
        I64GtS = 0x55,
        F64Eq = 0x61,
        F64Ne = 0x62,
        F64Lt = 0x63,
        F64Gt = 0x64,
        F64Le = 0x65,
        F64Ge = 0x66,
        I32Add = 0x6A,
        I32Sub = 0x6B,
        I32Mul = 0x6C,
        I32DivS = 0x6D,
        I32DivU = 0x6E,
        I32RemS = 0x6F,
        I32RemU = 0x70,
        I32And = 0x71,
        I32Or = 0x72,
        I32Xor = 0x73,
        I32Shl = 0x74,
        I32ShrS = 0x75,
        I32ShrU = 0x76,
        I64Add = 0x7C,
        I64Sub = 0x7D,
        I64And = 0x83,
        I64Xor = 0x85,
        I64Shl = 0x86,
        F64Abs = 0x99,
        F64Neg = 0x9A,
        F64Ceil = 0x9B,
        F64Floor = 0x9C,
        F64Trunc = 0x9D,
        F64Nearest = 0x9E,
        F64Sqrt = 0x9F,
        F64Add = 0xA0,
        F64Sub = 0xA1,
        F64Mul = 0xA2,
        F64Div = 0xA3,
        F64Min = 0xA4,
        F64Max = 0xA5,
        I32WrapI64 = 0xA7,
        I64ExtendI32S = 0xAC,
        I64ExtendI32U = 0xAD,
        F64ConvertI32S = 0xB7,
        F64ConvertI32U = 0xB8,
        F64ConvertI64S = 0xB9,
        F64ConvertI64U = 0xBA,
    }

    /// <summary>Instructions, in order.</summary>
    private sealed class Code
    {
        private readonly Writer _w = new();

        public Code Op(Op op) => With(_w.Byte((byte)op));

        public Code Int(int value) => With(_w.Byte(0x41).Signed(value));

        public Code Long(long value) => With(_w.Byte(0x42).Signed(value));

        public Code Double(double value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            return With(_w.Byte(0x44).Raw(bytes));
        }

        public Code LocalGet(int local) => With(_w.Byte(0x20).Unsigned(local));

        public Code LocalSet(int local) => With(_w.Byte(0x21).Unsigned(local));

        public Code LocalTee(int local) => With(_w.Byte(0x22).Unsigned(local));

        public Code GlobalGet(int global) => With(_w.Byte(0x23).Unsigned(global));

        public Code GlobalSet(int global) => With(_w.Byte(0x24).Unsigned(global));

        public Code Call(int function) => With(_w.Byte(0x10).Unsigned(function));

        public Code Block(byte type) => With(_w.Byte(0x02).Byte(type));

        public Code Loop() => With(_w.Byte(0x03).Byte(NoResult));

        public Code If(byte type = NoResult) => With(_w.Byte(0x04).Byte(type));

        public Code Else() => With(_w.Byte(0x05));

        public Code End() => With(_w.Byte(0x0B));

        public Code Branch(int depth) => With(_w.Byte(0x0C).Unsigned(depth));

        public Code Unreachable() => With(_w.Byte(0x00));

        public Code Load(Op op, int offset) => With(_w.Byte((byte)op).Unsigned(0).Unsigned(offset)); // alignment is a hint

        public Code Store(Op op, int offset) => Load(op, offset);

        public Code MemoryFill() => With(_w.Raw([0xFC, 0x0B, 0x00]));

        public Code Saturate(int which) => With(_w.Byte(0xFC).Unsigned(which)); // iNN.trunc_sat_f64_x

        /// <summary>The function of these instructions: its locals, then they, then end.</summary>
        public byte[] Function(IReadOnlyList<byte> locals)
        {
            Writer function = new();
            function.Vector(locals, (w, type) => w.Unsigned(1).Byte(type));
            return function.Raw(_w.ToArray()).Byte(0x0B).ToArray();
        }

        private Code With(Writer _) => this;
    }

    /// <summary>Bytes, LEB128 numbers, names, vectors and sections.</summary>
    private sealed class Writer
    {
        private readonly List<byte> _bytes = [];

        public Writer Byte(byte value)
        {
            _bytes.Add(value);
            return this;
        }

        public Writer Raw(ReadOnlySpan<byte> bytes)
        {
            _bytes.AddRange(bytes);
            return this;
        }

        public Writer Unsigned(int value)
        {
            uint rest = (uint)value;
            while (rest >= 0x80)
            {
                Byte((byte)(rest | 0x80));
                rest >>= 7;
            }

            return Byte((byte)rest);
        }

        public Writer Signed(long value)
        {
            while (value is < -64 or > 63)
            {
                Byte((byte)(value | 0x80));
                value >>= 7;
            }

            return Byte((byte)(value & 0x7F));
        }

        public Writer Name(string name)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            return Unsigned(bytes.Length).Raw(bytes);
        }

        public Writer Vector<T>(IReadOnlyList<T> items, Action<Writer, T> write)
        {
            Unsigned(items.Count);
            foreach (T item in items)
            {
                write(this, item);
            }

            return this;
        }

        public void Section(byte id, Action<Writer> write)
        {
            Writer content = new();
            write(content);
            Byte(id).Unsigned(content._bytes.Count).Raw(content.ToArray());
        }

        public byte[] ToArray() => [.. _bytes];
    }
}
