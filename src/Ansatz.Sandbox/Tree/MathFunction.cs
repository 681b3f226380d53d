namespace Ansatz.Sandbox.Tree;

/// <summary>The functions of <see cref="Math"/> that WebAssembly lacks: the host computes them, with the same bits on every machine.</summary>
public enum MathFunction
{
    /// <summary>x % y of doubles.</summary>
    Remainder,

    /// <summary>Math.Exp</summary>
    Exp,

    /// <summary>Math.Log of one argument: the natural logarithm.</summary>
    Log,

    /// <summary>Math.Log2</summary>
    Log2,

    /// <summary>Math.Log10</summary>
    Log10,

    /// <summary>Math.Pow</summary>
    Pow,

    /// <summary>Math.Cbrt</summary>
    Cbrt,

    /// <summary>Math.Sin</summary>
    Sin,

    /// <summary>Math.Cos</summary>
    Cos,

    /// <summary>Math.Tan</summary>
    Tan,

    /// <summary>Math.Asin</summary>
    Asin,

    /// <summary>Math.Acos</summary>
    Acos,

    /// <summary>Math.Atan</summary>
    Atan,

    /// <summary>Math.Atan2</summary>
    Atan2,

    /// <summary>Math.Sinh</summary>
    Sinh,

    /// <summary>Math.Cosh</summary>
    Cosh,

    /// <summary>Math.Tanh</summary>
    Tanh,
}
