using System.Numerics;
using Ansatz.Sandbox.Tree;

namespace Ansatz.Sandbox;

/// <summary>
/// The functions of <see cref="Math"/> that WebAssembly lacks, out of additions, multiplications, divisions and square roots alone, in a fixed order: the same bits on every
/// machine, which the C library's do not give. NaN, infinities and signs of zero as <see cref="Math"/> has them.
/// </summary>
/// <remarks>
/// Inside, a value is an unevaluated sum of two doubles (Dekker 1971; about 100 bits) where it matters, so a result is almost always the nearest double. A series' first terms are such sums;
/// the rest, too small for its last bits to matter, is plain doubles.
/// </remarks>
internal static class PortableFunctions
{
    private static readonly Pair Ln2 = new(0.6931471805599453, 2.3190468138462996e-17);
    private static readonly Pair Ln10 = new(2.302585092994046, -2.1707562233822494e-16);
    private static readonly Pair HalfPi = new(1.5707963267948966, 6.123233995736766e-17);
    private static readonly Pair One = new(1, 0);
    private static readonly Pair[] Reciprocals = [default, .. Enumerable.Range(1, 6).Select(k => One / new Pair(k * (k + 1), 0))]; // of k(k + 1); as good as dividing, to 100 bits, with fewer operations
    private const double Tiny = 1e-9; // below it sin, tan, asin, atan, sinh and tanh of x are x: the next term is below 1e-18 of it
    private const double TooBig = 711; // sinh and cosh overflow at 710.48
    private static readonly BigInteger TwoOverPi = ScaledTwoOverPi(); // 2/π · 2^1280

    /// <summary>A function by its number, on bits.</summary>
    public static long Call(MathFunction function, ReadOnlySpan<long> arguments) =>
        Bits.Of(Call(function, Bits.ToDouble(arguments[0]), arguments.Length > 1 ? Bits.ToDouble(arguments[1]) : 0));

    /// <summary>A function by its number; a function of one argument ignores the second.</summary>
    public static double Call(MathFunction function, double x, double y) => function switch
    {
        MathFunction.Remainder => x % y, // exact, so alike everywhere
        MathFunction.Exp => Exp(x),
        MathFunction.Log => Log(x, null),
        MathFunction.Log2 => Log(x, Ln2),
        MathFunction.Log10 => Log(x, Ln10),
        MathFunction.Pow => Pow(x, y),
        MathFunction.Cbrt => Cbrt(x),
        MathFunction.Sin => SinCos(x, 0),
        MathFunction.Cos => SinCos(x, 1),
        MathFunction.Tan => Tan(x),
        MathFunction.Asin => Math.Abs(x) > 1 ? double.NaN : Math.Abs(x) < Tiny ? x : Atan2Of(x, new Pair(x, 0), SqrtOneMinusSquare(x)),
        MathFunction.Acos => Math.Abs(x) > 1 ? double.NaN : Atan2Of(1, SqrtOneMinusSquare(x), new Pair(x, 0)),
        MathFunction.Atan => double.IsFinite(x) ? Atan2Of(x, new Pair(x, 0), One) : Math.CopySign(HalfPi.High, x) * (double.IsNaN(x) ? double.NaN : 1),
        MathFunction.Atan2 => Atan2(x, y),
        MathFunction.Sinh => Sinh(x),
        MathFunction.Cosh => double.IsNaN(x) ? x : Math.Abs(x) < TooBig ? Hyperbolic(Math.Abs(x), 1) : double.PositiveInfinity,
        MathFunction.Tanh => Tanh(x),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "No such function."),
    };

    private static double Exp(double x) => x switch
    {
        double.NaN => double.NaN,
        > 710 => double.PositiveInfinity,
        < -746 => 0,
        _ => Round(ExpOf(new(x, 0))),
    };

    private static double Log(double x, Pair? @base) => x switch
    {
        double.NaN or < 0 => double.NaN,
        0 => double.NegativeInfinity,
        double.PositiveInfinity => x,
        _ => @base is { } divisor ? (LogOf(x) / divisor).High : LogOf(x).High,
    };

    private static double Pow(double x, double y)
    {
        if (y == 0 || x == 1)
        {
            return 1;
        }

        if (double.IsNaN(x) || double.IsNaN(y))
        {
            return double.NaN;
        }

        bool isWhole = Math.Floor(y) == y;
        bool isOdd = isWhole && Math.Abs(y) < 9007199254740992 && ((long)y & 1) != 0;
        double sign = double.IsNegative(x) && isOdd ? -1 : 1;
        double size = Math.Abs(x);
        if (size == 1)
        {
            return double.IsInfinity(y) || isWhole ? sign : double.NaN;
        }

        if (size == 0 || double.IsInfinity(size))
        {
            return sign * (size == 0 == y < 0 ? double.PositiveInfinity : 0);
        }

        if (double.IsInfinity(y))
        {
            return size > 1 == y > 0 ? double.PositiveInfinity : 0;
        }

        if (x < 0 && !isWhole)
        {
            return double.NaN;
        }

        // Few factors are multiplied, so that squares and cubes are what a user expects.
        if (isWhole && Math.Abs(y) <= 64)
        {
            Pair power = One;
            Pair factor = new(size, 0);
            for (int n = (int)Math.Abs(y); n > 0; n >>= 1)
            {
                power = (n & 1) != 0 ? power * factor : power;
                factor *= n > 1 ? factor : One;
            }

            double result = y > 0 ? power.High : (One / power).High;
            if (double.IsNormal(result))
            {
                return sign * result;
            }
        }

        Pair exponent = LogOf(size) * new Pair(y, 0);
        return sign * (exponent.High > 710 ? double.PositiveInfinity : exponent.High < -746 ? 0 : Round(ExpOf(exponent)));
    }

    private static double Cbrt(double x)
    {
        if (x == 0 || !double.IsFinite(x))
        {
            return x;
        }

        double root = Round(ExpOf(LogOf(Math.Abs(x)) / new Pair(3, 0)));
        return Math.CopySign(root, x);
    }

    // sin(x + shift · π/2)
    private static double SinCos(double x, int shift)
    {
        if (!double.IsFinite(x))
        {
            return double.NaN;
        }

        if (Math.Abs(x) < Tiny && shift == 0)
        {
            return x;
        }

        (int quadrant, Pair r) = Reduce(x);
        return ((quadrant + shift) & 3) switch { 0 => SinOf(r).High, 1 => CosOf(r).High, 2 => -SinOf(r).High, _ => -CosOf(r).High };
    }

    private static double Tan(double x)
    {
        if (Math.Abs(x) < Tiny || !double.IsFinite(x))
        {
            return double.IsFinite(x) ? x : double.NaN;
        }

        (int quadrant, Pair r) = Reduce(x);
        return (quadrant & 1) == 0 ? (SinOf(r) / CosOf(r)).High : -(CosOf(r) / SinOf(r)).High;
    }

    private static double Atan2(double y, double x)
    {
        if (double.IsNaN(x) || double.IsNaN(y))
        {
            return double.NaN;
        }

        if (double.IsInfinity(x) || double.IsInfinity(y))
        {
            // The angle depends on the signs alone.
            (x, y) = (double.IsInfinity(x) ? Math.CopySign(1, x) : Math.CopySign(0, x), double.IsInfinity(y) ? Math.CopySign(1, y) : Math.CopySign(0, y));
        }

        return Atan2Of(y, new(y, 0), new(x, 0));
    }

    private static double Sinh(double x)
    {
        if (Math.Abs(x) < Tiny || double.IsNaN(x))
        {
            return x;
        }

        return Math.Abs(x) >= TooBig ? Math.CopySign(double.PositiveInfinity, x)
            : Math.Abs(x) < 0.5 ? Series(new(x, 0), 1).High : Math.CopySign(Hyperbolic(Math.Abs(x), -1), x);
    }

    private static double Tanh(double x)
    {
        if (Math.Abs(x) < Tiny || double.IsNaN(x))
        {
            return x;
        }

        double size = Math.Abs(x);
        if (size > 20)
        {
            return Math.CopySign(1, x);
        }

        if (size < 0.5)
        {
            return (Series(new(x, 0), 1) / Series(One, 1, new Pair(x, 0))).High; // sinh / cosh
        }

        Pair e = Scaled(ExpOf(new(2 * size, 0)));
        return Math.CopySign(((e + new Pair(-1, 0)) / (e + One)).High, x);
    }

    // (e^x ± e^-x) / 2, for x below 720: half the exponent first, so that nothing overflows before it must.
    private static double Hyperbolic(double x, double sign)
    {
        Pair half = Scaled(ExpOf(new(x / 2, 0)));
        Pair rest = One / half;
        Pair big = new Pair(half.High / 2, half.Low / 2) * half;
        return double.IsFinite(big.High) ? (big + (new Pair(sign * rest.High / 2, sign * rest.Low / 2) * rest)).High : big.High;
    }

    // e^x as a pair times a power of two.
    private static (Pair Value, int Scale) ExpOf(Pair x)
    {
        double n = Math.Round(x.High / Ln2.High);
        Pair r = x + (Ln2 * new Pair(-n, 0)); // |r| <= ln 2 / 2
        Pair s = new(r.High / 64, r.Low / 64); // a power of two, so exact; |s| <= 0.0055
        double h = s.High;
        double tail = h * h * h * (1.0 / 6 + (h * (1.0 / 24 + (h * (1.0 / 120 + (h * (1.0 / 720 + (h * (1.0 / 5040 + (h / 40320)))))))))); // below 3e-8, the first term left out below 1e-25
        Pair square = s * s;
        Pair sum = One + (s + (new Pair(square.High / 2, square.Low / 2) + new Pair(tail, 0)));
        for (int i = 0; i < 6; i++)
        {
            sum *= sum;
        }

        return (sum, (int)n);
    }

    private static double Round((Pair Value, int Scale) x) => Round(x.Value, x.Scale);

    private static Pair Scaled((Pair Value, int Scale) x) => x.Value.Scale(x.Scale);

    // The one rounding below the normal numbers is that of ScaleB.
    private static double Round(Pair value, int scale) => Math.ScaleB(value.High, scale);

    // log x for x > 0: log m + n·log 2. y = 2·artanh((m - 1)/(m + 1) in doubles, then one step of Newton's for e^y = m.
    private static Pair LogOf(double x)
    {
        int n = Math.ILogB(x);
        double m = Math.ScaleB(x, -n);
        if (m > 1.4142135623730951)
        {
            m /= 2;
            n++;
        }

        double s = (m - 1) / (m + 1);
        double square = s * s; // at most 0.0295
        double series = 0;
        for (int k = 21; k >= 1; k -= 2)
        {
            series = (series * square) + (1.0 / k);
        }

        double y = 2 * s * series;
        Pair rest = (Scaled(ExpOf(new(-y, 0))) * new Pair(m, 0)) + new Pair(-1, 0); // e^(log m - y) - 1, about 1e-16
        return (Ln2 * new Pair(n, 0)) + (new Pair(y, 0) + rest);
    }

    private static Pair SinOf(Pair r) => Series(r, -1);

    private static Pair CosOf(Pair r) => Series(One, -1, r);

    // first · Σ (sign·x²)^k / ((2k + 1)!) with first = x, or (2k)! with first = 1: sin, sinh, cos, cosh for |x| < 1.
    private static Pair Series(Pair first, double sign, Pair? argument = null)
    {
        Pair x = argument ?? first;
        Pair square = x * x * new Pair(sign, 0);
        int k = argument is null ? 2 : 1;
        Pair term = first;
        Pair sum = first;
        for (int terms = 0; terms < 3; terms++, k += 2)
        {
            term = term * square * Reciprocals[k];
            sum += term;
        }

        double rest = term.High; // now below 2e-4 of the sum
        double tail = 0;
        for (int terms = 0; terms < 8; terms++, k += 2)
        {
            rest = rest * square.High / (k * (k + 1));
            tail += rest;
        }

        return sum + new Pair(tail, 0);
    }

    // x = quadrant · π/2 + r, |r| <= π/4, for a large x, or one close to a multiple, by exact whole numbers: 2/π has 1280 bits, more than any double needs.
    private static (int Quadrant, Pair Fraction) Reduce(double x)
    {
        if (Math.Abs(x) <= 0.785)
        {
            return (0, new(x, 0));
        }

        if (Math.Abs(x) < 1e6)
        {
            double n = Math.Round(x / HalfPi.High);
            Pair r = new Pair(x, 0) + -(HalfPi * new Pair(n, 0)); // wrong by at most 1e-26
            if (Math.Abs(r.High) > 1e-6)
            {
                return ((int)((long)n & 3), r);
            }
        }

        int exponent = Math.ILogB(x) - 52;
        BigInteger product = new BigInteger(Math.ScaleB(x, -exponent)) * TwoOverPi; // x · 2/π · 2^(1280 - exponent)
        int shift = 1280 - exponent;
        BigInteger nearest = (product + (BigInteger.One << (shift - 1))) >> shift;
        BigInteger rest = product - (nearest << shift);
        int cut = Math.Max(0, (int)rest.GetBitLength() - 120); // 120 bits of the fraction are enough
        rest >>= cut;
        double high = (double)(rest >> 60);
        double low = (double)(rest - (new BigInteger(high) << 60));
        Pair fraction = Pair.Sum(Math.ScaleB(high, 60 + cut - shift), Math.ScaleB(low, cut - shift));
        return ((int)(nearest & 3), fraction * HalfPi);
    }

    // The angle of the point (x, y); sign carries the sign of a zero y.
    private static double Atan2Of(double sign, Pair y, Pair x)
    {
        Pair a = y.High < 0 ? -y : y;
        Pair b = x.High < 0 ? -x : x;
        bool isLeft = x.High < 0 || (x.High == 0 && double.IsNegative(x.High));
        Pair angle;
        if (a.High == 0 && b.High == 0)
        {
            angle = default;
        }
        else if (a.High > b.High)
        {
            angle = HalfPi + -AtanOf(b, a);
        }
        else
        {
            angle = AtanOf(a, b);
        }

        angle = isLeft ? HalfPi + HalfPi + -angle : angle;
        return Math.CopySign(angle.High, sign);
    }

    // atan(a / b) for 0 <= a <= b: halved three times by atan t = 2 atan(t / (1 + √(1 + t²))), then its series.
    private static Pair AtanOf(Pair a, Pair b)
    {
        int exponent = Math.ILogB(b.High); // so that no square overflows
        (a, b) = (a.Scale(-exponent), b.Scale(-exponent));
        if (a.High < Tiny * b.High)
        {
            return new(a.High / b.High, 0);
        }

        Pair t = a / b;
        for (int i = 0; i < 3; i++)
        {
            t /= One + (One + (t * t)).Sqrt();
        }

        double h = t.High;
        double square = h * h; // at most 0.0097
        double series = 0;
        for (int k = 21; k >= 3; k -= 2)
        {
            series = (1.0 / k) - (series * square);
        }

        return (t + new Pair(-h * square * series, 0)).Scale(3);
    }

    private static Pair SqrtOneMinusSquare(double x) => (Pair.Sum(1, -x) * Pair.Sum(1, x)).Sqrt();

    // π by Machin's formula, 16 atan(1/5) - 4 atan(1/239), in whole numbers.
    private static BigInteger ScaledTwoOverPi()
    {
        const int bits = 1344;
        BigInteger pi = (16 * Atan(5)) - (4 * Atan(239));
        return (BigInteger.One << (bits + 1 + 1280)) / pi;

        static BigInteger Atan(int n)
        {
            BigInteger term = (BigInteger.One << bits) / n;
            BigInteger sum = term;
            for (int k = 3; !term.IsZero; k += 2)
            {
                term /= -n * n;
                sum += term / k;
            }

            return sum;
        }
    }

    /// <summary>High + Low, where High is the sum's nearest double. A fused operation is exact wherever it is computed, in hardware or not.</summary>
    private readonly record struct Pair(double High, double Low)
    {
        public static Pair operator +(Pair a, Pair b)
        {
            Pair high = Sum(a.High, b.High);
            Pair low = Sum(a.Low, b.Low);
            high = Quick(high.High, high.Low + low.High);
            return Quick(high.High, high.Low + low.Low);
        }

        public static Pair operator -(Pair a) => new(-a.High, -a.Low);

        public static Pair operator *(Pair a, Pair b)
        {
            Pair product = Product(a.High, b.High);
            return Quick(product.High, product.Low + ((a.High * b.Low) + (a.Low * b.High)));
        }

        public static Pair operator /(Pair a, Pair b)
        {
            double q = a.High / b.High;
            Pair rest = a + -(b * new Pair(q, 0));
            double correction = rest.High / b.High;
            rest += -(b * new Pair(correction, 0));
            return Quick(q, correction) + new Pair(rest.High / b.High, 0);
        }

        public Pair Sqrt()
        {
            double root = Math.Sqrt(High);
            return root == 0 ? default : Quick(root, (this + -Product(root, root)).High / (2 * root));
        }

        public Pair Scale(int exponent) => new(Math.ScaleB(High, exponent), Math.ScaleB(Low, exponent));

        public static Pair Sum(double a, double b)
        {
            double sum = a + b;
            double part = sum - a;
            return new(sum, (a - (sum - part)) + (b - part));
        }

        private static Pair Quick(double a, double b)
        {
            double sum = a + b;
            return double.IsFinite(sum) ? new(sum, b - (sum - a)) : new(sum, 0);
        }

        private static Pair Product(double a, double b)
        {
            double product = a * b;
            double error = Math.FusedMultiplyAdd(a, b, -product);
            return new(product, double.IsFinite(error) ? error : 0); // not finite: the product is not
        }
    }
}
