namespace Ansatz.Sandbox;

/// <summary>Why a candidate's call ended without a result. The numbers are stored: they do not change.</summary>
public enum HoleTrap
{
    /// <summary>It did not end so.</summary>
    None = 0,

    /// <summary>The run has spent its fuel.</summary>
    Fuel = 1,

    /// <summary>The arrays of the call need more bytes than the limit.</summary>
    Memory = 2,

    /// <summary>Calls nest too deep.</summary>
    Depth = 3,

    /// <summary>An index lies outside its array.</summary>
    Index = 4,

    /// <summary>An element of an array of arrays was used before it was set.</summary>
    Null = 5,

    /// <summary>A whole number was divided by zero.</summary>
    DivisionByZero = 6,

    /// <summary>The least whole number divided by -1, or its absolute value: no number of the type.</summary>
    Overflow = 7,

    /// <summary>An array of less than no elements.</summary>
    NegativeLength = 8,

    /// <summary>Math.Clamp between bounds in the wrong order, or Math.Sign of NaN.</summary>
    Argument = 9,

    /// <summary>An offered helper threw an exception.</summary>
    Helper = 10,
}
