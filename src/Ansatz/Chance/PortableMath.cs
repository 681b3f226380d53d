using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ansatz;

/// <summary>
/// exp and log out of additions, multiplications and divisions alone, in a fixed order. The C library's functions, and the runtime's vectorised ones,
/// differ in the last bit from machine to machine, and a study's history must not.
/// </summary>
public static class PortableMath
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2High = 0.693147180369123816490; // ln 2 in two parts, so that n·ln 2 is exact
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double RoundToInteger = 6755399441055744.0; // 1.5·2^52: adding it leaves the nearest integer in the low bits
    private const double Lowest = -700; // exp of less would leave the normal numbers

    /// <summary>exp(x) for x &lt;= 700; below -700 it stays at exp(-700).</summary>
    public static double Exp(double x) => Exp(Vector256.Create(x))[0];

    /// <summary>log(x) for normal x &gt; 0.</summary>
    public static double Log(double x)
    {
        // x = m·2^n with m in [1/√2, √2); log m = 2·artanh(s), s = (m - 1)/(m + 1), s² <= 0.0295: eleven terms.
        long bits = BitConverter.DoubleToInt64Bits(x);
        long n = ((bits >> 52) & 0x7FF) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            n++;
        }

        double s = (m - 1) / (m + 1);
        double square = s * s;
        double series = 0;
        for (int k = 21; k >= 1; k -= 2)
        {
            series = (series * square) + (1.0 / k);
        }

        return (n * Ln2High) + ((n * Ln2Low) + (2 * s * series));
    }

    /// <summary>exp of four numbers, each as <see cref="Exp(double)"/> gives it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x)
    {
        x = Vector256.Max(x, Vector256.Create(Lowest));
        Vector256<double> shifted = (x * Log2E) + Vector256.Create(RoundToInteger);
        Vector256<double> n = shifted - Vector256.Create(RoundToInteger);
        Vector256<double> r = (x - (n * Ln2High)) - (n * Ln2Low); // exp x = 2^n · exp r, |r| <= ln 2 / 2

        // Taylor's series to r^11/11!, relative error below 1e-14, in pairs (Estrin), so that a processor computes them side by side.
        Vector256<double> r2 = r * r;
        Vector256<double> r4 = r2 * r2;
        Vector256<double> low = Pair(1, 1) + (Pair(1.0 / 2, 1.0 / 6) * r2);
        Vector256<double> middle = Pair(1.0 / 24, 1.0 / 120) + (Pair(1.0 / 720, 1.0 / 5040) * r2);
        Vector256<double> high = Pair(1.0 / 40320, 1.0 / 362880) + (Pair(1.0 / 3628800, 1.0 / 39916800) * r2);
        Vector256<double> sum = (((high * r4) + middle) * r4) + low;
        return (sum.AsInt64() + (shifted.AsInt64() << 52)).AsDouble(); // n, in the low bits, added to the exponent

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<double> Pair(double a, double b) => (Vector256.Create(b) * r) + Vector256.Create(a);
    }
}
