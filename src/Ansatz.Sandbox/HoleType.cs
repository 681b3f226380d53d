#pragma warning disable CA1720 // These are the types: their names are the right ones.

namespace Ansatz.Sandbox;

/// <summary>A type that a candidate may use: a number, bool, or an array of such a type (arrays of arrays too).</summary>
public sealed record HoleType
{
    /// <summary>No value: what a helper function of the candidate's own returns, never the hole.</summary>
    public static readonly HoleType Void = new("void", typeof(void), 0);

    /// <summary>C#'s bool; a byte in an array.</summary>
    public static readonly HoleType Bool = new("bool", typeof(bool), 0);

    /// <summary>32 bits, signed.</summary>
    public static readonly HoleType Int = new("int", typeof(int), 2);

    /// <summary>32 bits, unsigned.</summary>
    public static readonly HoleType UInt = new("uint", typeof(uint), 2);

    /// <summary>64 bits, signed.</summary>
    public static readonly HoleType Long = new("long", typeof(long), 3);

    /// <summary>64 bits, unsigned.</summary>
    public static readonly HoleType ULong = new("ulong", typeof(ulong), 3);

    /// <summary>A floating-point number of 64 bits.</summary>
    public static readonly HoleType Double = new("double", typeof(double), 3);

    private static readonly HoleType[] Scalars = [Bool, Int, UInt, Long, ULong, Double];

    private HoleType(string name, Type clr, int shift, HoleType? element = null) => (Name, Clr, Shift, Element) = (name, clr, shift, element);

    /// <summary>As C# writes it.</summary>
    public string Name { get; }

    /// <summary>The runtime's type.</summary>
    public Type Clr { get; }

    /// <summary>What an array holds; none for a type that is no array.</summary>
    public HoleType? Element { get; }

    /// <summary>Whether it is an array.</summary>
    public bool IsArray => Element is not null;

    internal int Shift { get; } // log2 of the bytes that an element of this type takes in an array

    /// <summary>What an array of this type takes: 8 bytes for its length, then the elements, rounded up to 8.</summary>
    internal long BytesOf(long count) => ((count << Element!.Shift) + 15) & ~7;

    internal bool IsWide => this == Long || this == ULong;

    /// <summary>Whether it is a number: no bool, no array.</summary>
    public bool IsNumber => !IsArray && this != Bool && this != Void;

    /// <summary>The array of this type.</summary>
    /// <exception cref="InvalidOperationException">There is no array of <see cref="Void"/>.</exception>
    public HoleType ToArray() =>
        this == Void ? throw new InvalidOperationException("There is no array of void.") : new(Name + "[]", Clr.MakeArrayType(), 2, this); // an element that is an array is an address

    /// <summary>The type of a candidate that stands for a type of the runtime; none where there is none.</summary>
    public static HoleType? From(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.IsSZArray ? From(type.GetElementType()!)?.ToArray() : Array.Find(Scalars, s => s.Clr == type);
    }

    /// <summary>Whether it is the same type. There is one object a scalar; an array is what its elements are.</summary>
    public bool Equals(HoleType? other) => ReferenceEquals(this, other) || (Element is not null && Element.Equals(other?.Element));

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
