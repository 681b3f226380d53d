using System.Buffers.Binary;

namespace Ansatz.Sandbox;

/// <summary>Instructions, in order.</summary>
internal sealed class WasmCode
{
    /// <summary>The type of a block that leaves no value.</summary>
    public const byte NoResult = 0x40;

    private readonly WasmWriter _w = new();

    public WasmCode Op(WasmOp op) => With(_w.Byte((byte)op));

    public WasmCode Int(int value) => With(_w.Byte(0x41).Signed(value));

    public WasmCode Long(long value) => With(_w.Byte(0x42).Signed(value));

    public WasmCode Double(double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        return With(_w.Byte(0x44).Raw(bytes));
    }

    public WasmCode LocalGet(int local) => With(_w.Byte(0x20).Unsigned(local));

    public WasmCode LocalSet(int local) => With(_w.Byte(0x21).Unsigned(local));

    public WasmCode LocalTee(int local) => With(_w.Byte(0x22).Unsigned(local));

    public WasmCode GlobalGet(int global) => With(_w.Byte(0x23).Unsigned(global));

    public WasmCode GlobalSet(int global) => With(_w.Byte(0x24).Unsigned(global));

    public WasmCode Call(int function) => With(_w.Byte(0x10).Unsigned(function));

    public WasmCode Block(byte type) => With(_w.Byte(0x02).Byte(type));

    public WasmCode Loop() => With(_w.Byte(0x03).Byte(NoResult));

    public WasmCode If(byte type = NoResult) => With(_w.Byte(0x04).Byte(type));

    public WasmCode Else() => With(_w.Byte(0x05));

    public WasmCode End() => With(_w.Byte(0x0B));

    public WasmCode Branch(int depth) => With(_w.Byte(0x0C).Unsigned(depth));

    public WasmCode Unreachable() => With(_w.Byte(0x00));

    public WasmCode Load(WasmOp op, int offset) => With(_w.Byte((byte)op).Unsigned(0).Unsigned(offset)); // alignment is a hint

    public WasmCode Store(WasmOp op, int offset) => Load(op, offset);

    public WasmCode MemoryFill() => With(_w.Raw([0xFC, 0x0B, 0x00]));

    public WasmCode Saturate(int which) => With(_w.Byte(0xFC).Unsigned(which)); // iNN.trunc_sat_f64_x

    /// <summary>The function of these instructions: its locals, then they, then end.</summary>
    public byte[] Function(IReadOnlyList<byte> locals)
    {
        WasmWriter function = new();
        function.Vector(locals, (w, type) => w.Unsigned(1).Byte(type));
        return function.Raw(_w.ToArray()).Byte(0x0B).ToArray();
    }

    private WasmCode With(WasmWriter _) => this;
}
