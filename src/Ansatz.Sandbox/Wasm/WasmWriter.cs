using System.Text;

namespace Ansatz.Sandbox;

/// <summary>Bytes, LEB128 numbers, names, vectors and sections.</summary>
internal sealed class WasmWriter
{
    private readonly List<byte> _bytes = [];

    public WasmWriter Byte(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public WasmWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public WasmWriter Unsigned(int value)
    {
        uint rest = (uint)value;
        while (rest >= 0x80)
        {
            Byte((byte)(rest | 0x80));
            rest >>= 7;
        }

        return Byte((byte)rest);
    }

    public WasmWriter Signed(long value)
    {
        while (value is < -64 or > 63)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        return Byte((byte)(value & 0x7F));
    }

    public WasmWriter Name(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        return Unsigned(bytes.Length).Raw(bytes);
    }

    public WasmWriter Vector<T>(IReadOnlyList<T> items, Action<WasmWriter, T> write)
    {
        Unsigned(items.Count);
        foreach (T item in items)
        {
            write(this, item);
        }

        return this;
    }

    public void Section(byte id, Action<WasmWriter> write)
    {
        WasmWriter content = new();
        write(content);
        Byte(id).Unsigned(content._bytes.Count).Raw(content.ToArray());
    }

    public byte[] ToArray() => [.. _bytes];
}
