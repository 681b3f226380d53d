using System.Collections.Immutable;
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

        WasmWriter module = new();
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
        byte[] type = new WasmWriter().Byte(0x60).Unsigned(parameters.Length).Raw(parameters).Unsigned(results.Length).Raw(results).ToArray();
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
        WasmCode c = new();
        c.LocalGet(count).Int(0).Op(WasmOp.I32LtS);
        FailIf(c, HoleTrap.NegativeLength);

        // size = (count << shift) + 8 for the length, rounded up to 8
        c.LocalGet(count).Op(WasmOp.I64ExtendI32S).LocalGet(shift).Op(WasmOp.I64ExtendI32S).Op(WasmOp.I64Shl).Long(15).Op(WasmOp.I64Add).Long(~7L).Op(WasmOp.I64And).LocalTee(size);
        c.GlobalGet(HeapGlobal).Op(WasmOp.I64ExtendI32U).Op(WasmOp.I64Add).Long(_end).Op(WasmOp.I64GtS);
        FailIf(c, HoleTrap.Memory);

        c.GlobalGet(FuelGlobal).LocalGet(count).Int(3).Op(WasmOp.I32ShrU).Op(WasmOp.I64ExtendI32U).Op(WasmOp.I64Sub).GlobalSet(FuelGlobal);
        FailWithoutFuel(c);

        c.GlobalGet(HeapGlobal).LocalTee(address).LocalGet(size).Op(WasmOp.I32WrapI64).Op(WasmOp.I32Add).GlobalSet(HeapGlobal);
        c.LocalGet(address).Int(8).Op(WasmOp.I32Add).Int(0).LocalGet(size).Op(WasmOp.I32WrapI64).Int(8).Op(WasmOp.I32Sub).MemoryFill();
        c.LocalGet(address).LocalGet(count).Store(WasmOp.I32Store, 0);
        c.LocalGet(address);
        return (Type([I32, I32], [I32]), c.Function([I64, I32]));
    }

    // Notes the cause and traps.
    private static void Fail(WasmCode c, HoleTrap trap) => c.Int((int)trap).GlobalSet(TrapGlobal).Unreachable();

    private static void FailIf(WasmCode c, HoleTrap trap)
    {
        c.If();
        Fail(c, trap);
        c.End();
    }

    private static void FailWithoutFuel(WasmCode c)
    {
        c.GlobalGet(FuelGlobal).Long(0).Op(WasmOp.I64LtS).If().Long(0).GlobalSet(FuelGlobal);
        Fail(c, HoleTrap.Fuel);
        c.End();
    }

    private static WasmOp LoadOf(byte type) => type == F64 ? WasmOp.F64Load : type == I64 ? WasmOp.I64Load : WasmOp.I32Load;

    private static WasmOp StoreOf(byte type) => type == F64 ? WasmOp.F64Store : type == I64 ? WasmOp.I64Store : WasmOp.I32Store;

    /// <summary>Compiles one function.</summary>
    private sealed class Body(WasmCompiler module, Function function)
    {
        private readonly WasmCode _c = new();
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
            _c.Int(0).Load(WasmOp.I32Load, Heap).GlobalSet(HeapGlobal);
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
                _c.GlobalGet(DepthGlobal).Int(function.Depth).Op(WasmOp.I32Add).GlobalSet(DepthGlobal);
                _c.GlobalGet(DepthGlobal).Int(module.Limits.Depth).Op(WasmOp.I32GtS);
                FailIf(_c, HoleTrap.Depth);
            }

            Spend(function.Fuel);

            // Every return is a jump to the end of this block, so that depth goes down in one place.
            OpenBlock(function.Result == HoleType.Void ? WasmCode.NoResult : Wasm(function.Result));
            Do(function.Body);
            if (function.Result != HoleType.Void)
            {
                _c.Unreachable(); // the C# compiler has seen to it that every path returns
            }

            CloseBlock();
            if (module._countsDepth)
            {
                _c.GlobalGet(DepthGlobal).Int(function.Depth).Op(WasmOp.I32Sub).GlobalSet(DepthGlobal);
            }
        }

        private void Spend(long fuel)
        {
            _c.GlobalGet(FuelGlobal).Long(fuel).Op(WasmOp.I64Sub).GlobalSet(FuelGlobal);
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
                    OpenBlock(WasmCode.NoResult);
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
                        _c.Op(WasmOp.Drop);
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
            _c.LocalGet(index).LocalGet(array).Load(WasmOp.I32Load, 0).Op(WasmOp.I32GeU).If();
            _c.Int((int)HoleTrap.Index).Int((int)HoleTrap.Null).LocalGet(array).Op(WasmOp.Select).GlobalSet(TrapGlobal).Unreachable().End(); // the null array has length 0, so it ends here too
            _c.LocalGet(array).LocalGet(index);
            if (element.Shift > 0)
            {
                _c.Int(element.Shift).Op(WasmOp.I32Shl);
            }

            _c.Op(WasmOp.I32Add);
        }

        private void Load(Element element)
        {
            (int array, int index) = (Scratch(I32), Scratch(I32));
            Value(element.Array);
            _c.LocalSet(array);
            Value(element.Index);
            _c.LocalSet(index);
            Check(array, index, element.Type);
            _c.Load(element.Type == HoleType.Bool ? WasmOp.I32Load8U : LoadOf(Wasm(element.Type)), 8);
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
            _c.LocalGet(value).Store(type == HoleType.Bool ? WasmOp.I32Store8 : StoreOf(Wasm(type)), 8);
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
            _c.LocalTee(array).Op(WasmOp.I32Eqz);
            FailIf(_c, HoleTrap.Null);
            _c.LocalGet(array).Load(WasmOp.I32Load, 0);
            Free(I32, array);
        }

        private void Apply(Unary unary)
        {
            byte type = Wasm(unary.Type);
            if (unary.Operator == UnaryOperator.Negate && type != F64)
            {
                _ = type == I64 ? _c.Long(0) : _c.Int(0);
                Value(unary.Operand);
                _c.Op(type == I64 ? WasmOp.I64Sub : WasmOp.I32Sub);
                return;
            }

            Value(unary.Operand);
            _ = unary.Operator switch
            {
                UnaryOperator.Negate => _c.Op(WasmOp.F64Neg),
                UnaryOperator.Complement when type == I64 => _c.Long(-1).Op(WasmOp.I64Xor),
                UnaryOperator.Complement => _c.Int(-1).Op(WasmOp.I32Xor),
                UnaryOperator.Not => _c.Op(WasmOp.I32Eqz),
                UnaryOperator.Abs => _c.Op(WasmOp.F64Abs),
                UnaryOperator.Sqrt => _c.Op(WasmOp.F64Sqrt),
                UnaryOperator.Floor => _c.Op(WasmOp.F64Floor),
                UnaryOperator.Ceiling => _c.Op(WasmOp.F64Ceil),
                UnaryOperator.Truncate => _c.Op(WasmOp.F64Trunc),
                UnaryOperator.Round => _c.Op(WasmOp.F64Nearest),
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
                _c.Op(WasmOp.I64ExtendI32U); // the number of places; WebAssembly masks it as C# does
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
            _c.LocalGet(right).Op(isWide ? WasmOp.I64Eqz : WasmOp.I32Eqz);
            FailIf(_c, HoleTrap.DivisionByZero);
            if (type == HoleType.Int || type == HoleType.Long)
            {
                _c.LocalGet(right);
                _ = isWide ? _c.Long(-1).Op(WasmOp.I64Eq) : _c.Int(-1).Op(WasmOp.I32Eq);
                _c.LocalGet(left);
                _ = isWide ? _c.Long(long.MinValue).Op(WasmOp.I64Eq) : _c.Int(int.MinValue).Op(WasmOp.I32Eq);
                _c.Op(WasmOp.I32And);
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
                    _c.Op(fromUnsigned ? WasmOp.I64ExtendI32U : WasmOp.I64ExtendI32S);
                    break;
                case (I64, I32):
                    _c.Op(WasmOp.I32WrapI64);
                    break;
                case (I32, F64):
                    _c.Op(fromUnsigned ? WasmOp.F64ConvertI32U : WasmOp.F64ConvertI32S);
                    break;
                case (I64, F64):
                    _c.Op(fromUnsigned ? WasmOp.F64ConvertI64U : WasmOp.F64ConvertI64S);
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

    private static WasmOp OfDoubles(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Add => WasmOp.F64Add,
        BinaryOperator.Subtract => WasmOp.F64Sub,
        BinaryOperator.Multiply => WasmOp.F64Mul,
        BinaryOperator.Divide => WasmOp.F64Div,
        BinaryOperator.Min => WasmOp.F64Min,
        BinaryOperator.Max => WasmOp.F64Max,
        BinaryOperator.Equal => WasmOp.F64Eq,
        BinaryOperator.NotEqual => WasmOp.F64Ne,
        BinaryOperator.Less => WasmOp.F64Lt,
        BinaryOperator.LessOrEqual => WasmOp.F64Le,
        BinaryOperator.Greater => WasmOp.F64Gt,
        BinaryOperator.GreaterOrEqual => WasmOp.F64Ge,
        _ => throw new InvalidOperationException($"No code is known for {operation} of double."),
    };

    private static WasmOp OfIntegers(BinaryOperator operation, HoleType type, byte wasm)
    {
        bool isUnsigned = type == HoleType.UInt || type == HoleType.ULong;
        WasmOp narrow = operation switch
        {
            BinaryOperator.Add => WasmOp.I32Add,
            BinaryOperator.Subtract => WasmOp.I32Sub,
            BinaryOperator.Multiply => WasmOp.I32Mul,
            BinaryOperator.Divide => isUnsigned ? WasmOp.I32DivU : WasmOp.I32DivS,
            BinaryOperator.Remainder => isUnsigned ? WasmOp.I32RemU : WasmOp.I32RemS,
            BinaryOperator.And => WasmOp.I32And,
            BinaryOperator.Or => WasmOp.I32Or,
            BinaryOperator.Xor => WasmOp.I32Xor,
            BinaryOperator.ShiftLeft => WasmOp.I32Shl,
            BinaryOperator.ShiftRight => isUnsigned ? WasmOp.I32ShrU : WasmOp.I32ShrS,
            BinaryOperator.ShiftRightUnsigned => WasmOp.I32ShrU,
            BinaryOperator.Equal => WasmOp.I32Eq,
            BinaryOperator.NotEqual => WasmOp.I32Ne,
            BinaryOperator.Less => isUnsigned ? WasmOp.I32LtU : WasmOp.I32LtS,
            BinaryOperator.LessOrEqual => isUnsigned ? WasmOp.I32LeU : WasmOp.I32LeS,
            BinaryOperator.Greater => isUnsigned ? WasmOp.I32GtU : WasmOp.I32GtS,
            BinaryOperator.GreaterOrEqual => isUnsigned ? WasmOp.I32GeU : WasmOp.I32GeS,
            _ => throw new InvalidOperationException($"No code is known for {operation} of {type}."),
        };

        // The opcodes for 64 bits lie at fixed distances: comparisons 11 above, arithmetic 18 above.
        return wasm == I32 ? narrow : narrow + (narrow <= WasmOp.I32GeU ? WasmOp.I64Eqz - WasmOp.I32Eqz : WasmOp.I64Add - WasmOp.I32Add);
    }
}
