using System.Globalization;
using System.Text;

namespace Ansatz.Sandbox;

/// <summary>What a delegate does to call a candidate in another process: begin, put in every argument, run, take the result. All crosses as text of 64-bit numbers (see <see cref="Bits"/>); nothing of the answer is believed.</summary>
internal sealed class ProgramCall(HoleSignature signature, ProgramCalls calls)
{
    private readonly StringBuilder _arguments = new();
    private string[] _answer = [];
    private int _at;

    internal void Begin() => _arguments.Clear();

    internal void Put(int index, double value) => Add(Bits.Of(value));

    internal void Put(int index, int value) => Add(value);

    internal void Put(int index, uint value) => Add(value);

    internal void Put(int index, bool value) => Add(Bits.Of(value));

    internal void Put(int index, long value) => Add(value);

    internal void Put(int index, ulong value) => Add((long)value);

    internal void Put(int index, Array value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Add(value.Length);
        foreach (object? item in value)
        {
            if (item is Array inner)
            {
                Put(index, inner);
            }
            else
            {
                Add(Bits.Unbox(item ?? throw new ArgumentException($"An argument of {signature.Name} is an array that holds null.")));
            }
        }
    }

    internal void Run() => (_answer, _at) = (calls.Ask(_arguments.ToString()).Split(' '), 0);

    internal double TakeDouble() => Bits.ToDouble(Bits.Of(Bits.ToDouble(Next())));

    internal long TakeBits() => Next();

    internal object TakeArray() => Items(signature.Result);

    private void Add(long bits) => _arguments.Append(CultureInfo.InvariantCulture, $"{bits} ");

    private Array Items(HoleType type)
    {
        long length = Next();
        if (length < 0 || length > _answer.Length - _at)
        {
            throw Nonsense();
        }

        Array items = Array.CreateInstance(type.Element!.Clr, length);
        for (int i = 0; i < length; i++)
        {
            items.SetValue(type.Element.IsArray ? Items(type.Element) : Bits.Box(type.Element, Next()), i);
        }

        return items;
    }

    private long Next() => _at < _answer.Length && long.TryParse(_answer[_at++], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long bits) ? bits : throw Nonsense();

    private ProgramFailureException Nonsense() => calls.Nonsense(new(ProgramCause.Exception, $"The program's answer is no {signature.Result}."));
}
