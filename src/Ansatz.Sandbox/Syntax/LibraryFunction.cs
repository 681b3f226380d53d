namespace Ansatz.Sandbox.Syntax;

/// <summary>The members of Math and double that a candidate may call. Where nothing else is said they take one double, or as many as Math does, and give a double.</summary>
public enum LibraryFunction
{
    /// <summary>Math.Abs, of int, long or double. Traps for the least whole number: overflow.</summary>
    Abs,

    /// <summary>Math.Min of two numbers: NaN if one is, -0 below 0.</summary>
    Min,

    /// <summary>Math.Max of two numbers: NaN if one is, 0 above -0.</summary>
    Max,

    /// <summary>Math.Clamp of value, least, greatest. Traps where the bounds are in the wrong order: argument.</summary>
    Clamp,

    /// <summary>Math.Sign, of int, long or double: an int. Traps for NaN: argument.</summary>
    Sign,

    /// <summary>Math.Sqrt</summary>
    Sqrt,

    /// <summary>Math.Floor</summary>
    Floor,

    /// <summary>Math.Ceiling</summary>
    Ceiling,

    /// <summary>Math.Truncate</summary>
    Truncate,

    /// <summary>Math.Round: a half goes to the even neighbour.</summary>
    Round,

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

    /// <summary>Math.Atan2 of y and x.</summary>
    Atan2,

    /// <summary>Math.Sinh</summary>
    Sinh,

    /// <summary>Math.Cosh</summary>
    Cosh,

    /// <summary>Math.Tanh</summary>
    Tanh,

    /// <summary>double.IsNaN</summary>
    IsNaN,

    /// <summary>double.IsFinite</summary>
    IsFinite,

    /// <summary>double.IsInfinity</summary>
    IsInfinity,

    /// <summary>double.IsPositiveInfinity</summary>
    IsPositiveInfinity,

    /// <summary>double.IsNegativeInfinity</summary>
    IsNegativeInfinity,
}

/// <summary>What the functions take and give.</summary>
internal static class LibraryFunctions
{
    /// <summary>How many arguments it takes.</summary>
    public static int Arity(this LibraryFunction function) => function switch
    {
        LibraryFunction.Clamp => 3,
        LibraryFunction.Min or LibraryFunction.Max or LibraryFunction.Pow or LibraryFunction.Atan2 => 2,
        _ => 1,
    };

    /// <summary>Whether there is an overload for arguments of this type.</summary>
    public static bool Takes(this LibraryFunction function, HoleType type) => type == HoleType.Double || function switch
    {
        LibraryFunction.Min or LibraryFunction.Max or LibraryFunction.Clamp => type.IsNumber,
        LibraryFunction.Abs or LibraryFunction.Sign => type == HoleType.Int || type == HoleType.Long,
        _ => false,
    };

    /// <summary>What it gives for arguments of this type.</summary>
    public static HoleType Result(this LibraryFunction function, HoleType type) => function switch
    {
        >= LibraryFunction.IsNaN => HoleType.Bool,
        LibraryFunction.Sign => HoleType.Int,
        LibraryFunction.Abs or LibraryFunction.Min or LibraryFunction.Max or LibraryFunction.Clamp => type,
        _ => HoleType.Double,
    };

    /// <summary>Whether it is overloaded, for decimal too, so that the types of the arguments as written choose the type of the call.</summary>
    public static bool IsOverloaded(this LibraryFunction function) => function is <= LibraryFunction.Sign or (>= LibraryFunction.Floor and <= LibraryFunction.Round);

    /// <summary>As C# writes it.</summary>
    public static string FullName(this LibraryFunction function) => (function >= LibraryFunction.IsNaN ? "double." : "Math.") + function;
}
