using System.Linq.Expressions;
using System.Reflection;

namespace Ansatz.Sandbox;

/// <summary>Numbers and bools as 64 bits: int with its sign, uint without, bool as 0 or 1, double as its pattern, and every NaN as one.</summary>
/// <remarks>
/// Which NaN an operation gives differs between processors (0.0 / 0 has its sign bit set on x64, not on arm64). No operation that a candidate may use
/// can tell one from another, so it is enough to make them one where values leave.
/// </remarks>
internal static class Bits
{
    public static double ToDouble(long bits) => BitConverter.Int64BitsToDouble(bits);

    public static long Of(double value) => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value);

    public static long Of(bool value) => value ? 1 : 0;

    public static bool ToBool(long bits) => bits != 0;

    /// <summary>The expression of a typed value, given that of its bits.</summary>
    public static Expression Typed(HoleType type, Expression bits) =>
        type == HoleType.Double ? Expression.Call(Method(ToDouble), bits)
        : type == HoleType.Bool ? Expression.Call(Method(ToBool), bits)
        : Expression.Convert(bits, type.Clr);

    /// <summary>The expression of a value's bits, given that of the value.</summary>
    public static Expression Untyped(HoleType type, Expression value) =>
        type == HoleType.Double ? Expression.Call(Method<double, long>(Of), value)
        : type == HoleType.Bool ? Expression.Call(Method<bool, long>(Of), value)
        : Expression.Convert(value, typeof(long));

    /// <summary>A boxed value from its bits.</summary>
    public static object Box(HoleType type, long bits) => type.Name switch
    {
        "bool" => bits != 0,
        "int" => (int)bits,
        "uint" => (uint)bits,
        "long" => bits,
        "ulong" => (ulong)bits,
        "double" => Of(ToDouble(bits)) is long one ? ToDouble(one) : 0,
        _ => throw new InvalidOperationException($"{type} is no number and no bool."),
    };

    /// <summary>The bits of a boxed value.</summary>
    public static long Unbox(object value) => value switch
    {
        bool b => Of(b),
        int i => i,
        uint u => u,
        long l => l,
        ulong u => (long)u,
        double d => Of(d),
        _ => throw new ArgumentException($"{value.GetType()} is no type of the sandbox.", nameof(value)),
    };

    private static MethodInfo Method(Func<long, double> method) => method.Method;

    private static MethodInfo Method(Func<long, bool> method) => method.Method;

    private static MethodInfo Method<TFrom, TTo>(Func<TFrom, TTo> method) => method.Method;
}
