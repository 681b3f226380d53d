namespace Ansatz.Sandbox.Tests;

/// <summary>What each construct of the subset means, worked by hand; interpreter and module have to agree everywhere.</summary>
public sealed class MeaningTests
{
    [Theory]
    [InlineData("x + y * 2", 7, 3, 13)]
    [InlineData("2147483647 + x", 1, 0, int.MinValue)] // unchecked
    [InlineData("x * y", 65536, 65537, 65536)]
    [InlineData("x / y", -7, 2, -3)] // towards zero
    [InlineData("x % y", -7, 2, -1)] // the sign of the left side
    [InlineData("x << y", 1, 33, 2)] // 33 & 31
    [InlineData("x >> y", -8, 1, -4)]
    [InlineData("x >>> y", -8, 1, 2147483644)]
    [InlineData("x >> y", -1, -1, -1)] // -1 & 31
    [InlineData("~x ^ (y | 12)", 5, 3, -11)]
    [InlineData("-x", int.MinValue, 0, int.MinValue)]
    [InlineData("(int)(uint)x >>> y", -1, 28, 15)]
    [InlineData("(int)((uint)x / 2u)", -2, 0, 2147483647)]
    [InlineData("(int)((uint)x % (uint)y)", -1, 7, 3)] // 4294967295 = 7 * 613566756 + 3
    [InlineData("(int)((ulong)x >> 60)", -1, 0, 15)] // the sign is extended first
    [InlineData("(int)((ulong)(uint)x >> 28)", -1, 0, 15)]
    [InlineData("(int)((long)x * y >> 32)", 65536, 65536, 1)]
    [InlineData("(int)(1L << x)", 33, 0, 0)]
    [InlineData("(uint)x < (uint)y ? 1 : 0", -1, 1, 0)]
    [InlineData("(ulong)x > (ulong)y ? 1 : 0", -1, 1, 1)]
    [InlineData("x > y && 1 / y > 0 ? 1 : 2", 0, 0, 2)] // the right side is not evaluated
    [InlineData("x == 0 || 1 / x > 0 ? 1 : 2", 0, 0, 1)]
    [InlineData("x + (x = 5) + x", 1, 0, 11)] // left to right: 1 + 5 + 5
    [InlineData("x++ + ++x", 1, 0, 4)]
    [InlineData("(x += y) * x", 2, 3, 25)]
    [InlineData("Math.Abs(x) + Math.Sign(y)", -3, -9, 2)]
    [InlineData("Math.Min(x, y) * 100 + Math.Max(x, y)", 3, -2, -197)]
    [InlineData("Math.Clamp(x, 0, y)", 12, 10, 10)]
    [InlineData("x switch { 1 => 10, > 5 and < 8 => 20, 9 or 10 when y == 1 => 30, not 3 => 40, _ => 50 }", 10, 1, 30)]
    [InlineData("x switch { 1 => 10, > 5 and < 8 => 20, 9 or 10 when y == 1 => 30, not 3 => 40, _ => 50 }", 10, 2, 40)]
    [InlineData("x switch { 1 => 10, > 5 and < 8 => 20, 9 or 10 when y == 1 => 30, not 3 => 40, _ => 50 }", 3, 2, 50)]
    [InlineData("x is > 3 and not 5 ? 1 : 0", 5, 0, 0)]
    [InlineData("unchecked((int)0x9E3779B9) + x", 1, 0, -1640531526)]
    [InlineData("int.MaxValue % 10 + x", 0, 0, 7)]
    [InlineData("default(int) + x", 4, 0, 4)]
    public void F_Ints_AsCSharp(string expression, int x, int y, int expected) =>
        Assert.Equal(expected, Both.Run<Func<int, int, int>>($"static int F(int x, int y) => {expression};", x, y));

    [Theory]
    [InlineData("x / y", 1, 0, double.PositiveInfinity)]
    [InlineData("x - y", double.PositiveInfinity, double.PositiveInfinity, double.NaN)]
    [InlineData("x % y", -7.5, 2, -1.5)]
    [InlineData("x % y", 7.5, 0, double.NaN)]
    [InlineData("-x", 0.0, 0, -0.0)]
    [InlineData("x == x ? 1 : 2", double.NaN, 0, 2)]
    [InlineData("x != x ? 1 : 2", double.NaN, 0, 1)]
    [InlineData("x < y ? 1 : x >= y ? 2 : 3", double.NaN, 0, 3)]
    [InlineData("(int)x", double.NaN, 0, 0)]
    [InlineData("(int)x", 3e10, 0, int.MaxValue)]
    [InlineData("(int)x", -1.9, 0, -1)]
    [InlineData("(uint)x", -1.0, 0, 0)]
    [InlineData("(uint)x", 3e9, 0, 3e9)]
    [InlineData("(long)x", -1e300, 0, (double)long.MinValue)]
    [InlineData("(ulong)x", 1e300, 0, 18446744073709551615.0)]
    [InlineData("(double)(ulong)(long)x", -1, 0, 18446744073709551615.0)]
    [InlineData("Math.Min(x, y)", double.NaN, 1, double.NaN)]
    [InlineData("1 / Math.Max(x, y)", -0.0, 0.0, double.PositiveInfinity)]
    [InlineData("1 / Math.Min(x, y)", 0.0, -0.0, double.NegativeInfinity)]
    [InlineData("Math.Round(x) + Math.Round(y)", 2.5, 3.5, 6)]
    [InlineData("Math.Floor(x) * 10 + Math.Ceiling(y)", -1.5, 1.5, -18)]
    [InlineData("Math.Truncate(x) + Math.Sqrt(y)", -1.5, 9, 2)]
    [InlineData("Math.Abs(x)", -0.0, 0, 0.0)]
    [InlineData("double.IsNaN(x) ? 1 : double.IsFinite(x) ? 2 : double.IsPositiveInfinity(x) ? 3 : 4", double.NegativeInfinity, 0, 4)]
    [InlineData("double.IsInfinity(x) && !double.IsNegativeInfinity(x) ? 1 : 2", double.PositiveInfinity, 0, 1)]
    [InlineData("x is double.NaN ? 1 : 2", double.NaN, 0, 1)]
    [InlineData("Math.PI > 3.14159 ? Math.E : double.Epsilon", 0, 0, Math.E)]
    [InlineData("x += 1.5f > 1 ? y : 0", 1, 2, 3)]
    [InlineData("Math.Pow(x, y) + Math.Exp(0) + Math.Log(1) + Math.Sin(0) + Math.Atan2(0, 1)", 3, 2, 10)]
    public void F_Doubles_AsCSharp(string expression, double x, double y, double expected) =>
        Assert.Equal(expected, Both.Run<Func<double, double, double>>($"static double F(double x, double y) => {expression};", x, y));

    [Theory]
    [InlineData("int s = 0; for (int i = 0; i < x; i++) { if (i % 2 == 0) continue; if (i > 7) break; s += i; } return s;", 100, 16)] // 1 + 3 + 5 + 7
    [InlineData("int s = 0; while (x > 0) { s = s * 10 + x % 10; x /= 10; } return s;", 123, 321)]
    [InlineData("int s = 0; do s++; while (s < x); return s;", -5, 1)]
    [InlineData("int s = 0; for (int i = 0, j = x; i < j; i++, j--) s += j - i; return s;", 5, 9)] // 5 + 3 + 1
    [InlineData("int s = 0; for (;;) { for (int j = 0; ; j++) { if (j == 3) break; s++; } if (s > x) return s; }", 7, 9)]
    [InlineData("int s = 0; foreach (int v in new[] { 3, 1, 4 }) { if (v == 1) continue; s += v * x; } return s;", 2, 14)]
    [InlineData("switch (x) { case 1: case 2: return 12; case > 10: { int y = x; return y; } default: break; } return 0;", 2, 12)]
    [InlineData("int n = 0; for (int i = 0; i < 4; i++) { switch (i) { default: n += 100; break; case 1: continue; case 2 when x == 0: n += 7; break; } n++; } return n;", 0, 210)]
    [InlineData("switch (x) { case 3: default: return 1; case > 2 when x > 0: return 2; }", 3, 1)] // the first label that matches, also beside default
    [InlineData("switch (x) { case 3: default: return 1; case > 2 when x > 0: return 2; }", 5, 2)]
    [InlineData("int y = 0; switch (x) { case > 2 when (y = 5) > 9: return 1; case 1 when (y += 2) > 9: default: return y; }", 1, 2)] // a guard is evaluated wherever its label leads
    [InlineData("int[] a = new int[3]; a[1] += x; a[1]++; int i = 0; a[i++] = i; a[i] *= i + 1; return a[0] * 100 + a[1] * 10 + a[2];", 5, 220)] // a = [1, 12, 0]
    [InlineData("int[] a = { 1, 2, 3 }; int[] b = a; b[0] = x; return a[0] + a.Length;", 40, 43)] // arrays are references
    [InlineData("int[] a = [1, 2, 3]; (a[0], a[2]) = (a[2], a[0]); int i = 1, j = 2; (i, j) = (j, i); return a[0] * 100 + a[2] * 10 + i;", 0, 312)]
    [InlineData("int[][] a = new int[2][]; a[0] = new int[x]; a[1] = new[] { 7, 8 }; a[0][1] = a[1][1]; return a[0][1] + a[0].Length;", 3, 11)]
    [InlineData("bool[] seen = new bool[10]; seen[x] = !seen[x]; seen[x] |= false; int n = 0; foreach (bool b in seen) n += b ? 1 : 0; return n;", 9, 1)]
    [InlineData("double[] d = new double[2]; d[0] = x; d[1] = d[0] / 2; return (int)(d[1] * 10);", 5, 25)]
    [InlineData("long[] l = { long.MaxValue }; l[0] += x; return l[0] == long.MinValue ? 1 : 0;", 1, 1)]
    [InlineData("ulong u = 1; u <<= 63; u >>= 62; uint w = 3; w -= 4; return (int)u + (w == uint.MaxValue ? 10 : 0);", 0, 12)]
    [InlineData("return G(x) + H(2, true); static int G(int n) => n < 2 ? 1 : n * G(n - 1); static int H(int a, bool b) { if (b) return a; return 0; }", 5, 122)]
    [InlineData("const int K = 3; var y = K * 2L; { int z = 1; y += z; } { int z = 2; y += z; } return (int)y + x;", 1, 10)]
    [InlineData("int a = x; ; unchecked { a *= 1 << 31; } return a == int.MinValue ? 1 : 0;", 3, 1)]
    [InlineData("_ = x / 1; int[] order = new int[4]; int n = 0; order[n++] = n++; return order[0] * 10 + n;", 0, 12)] // index first, then value
    public void F_Statements_AsCSharp(string body, int x, int expected) =>
        Assert.Equal(expected, Both.Run<Func<int, int>>($"static int F(int x)\n{{\n{body}\n}}", x));

    [Theory]
    [InlineData("return 1 / x;", 0, HoleTrap.DivisionByZero)]
    [InlineData("return 1 % x;", 0, HoleTrap.DivisionByZero)]
    [InlineData("return (int)(1UL / (ulong)x);", 0, HoleTrap.DivisionByZero)]
    [InlineData("return int.MinValue / x;", -1, HoleTrap.Overflow)]
    [InlineData("return int.MinValue % x;", -1, HoleTrap.Overflow)] // as .NET does it
    [InlineData("long l = long.MinValue; return (int)(l / x);", -1, HoleTrap.Overflow)]
    [InlineData("return Math.Abs(x);", int.MinValue, HoleTrap.Overflow)]
    [InlineData("int[] a = new int[3]; return a[x];", 3, HoleTrap.Index)]
    [InlineData("int[] a = new int[3]; a[x] = 1; return 0;", -1, HoleTrap.Index)]
    [InlineData("int[] a = new int[0]; a[x] += 1; return 0;", 0, HoleTrap.Index)]
    [InlineData("int[][] a = new int[2][]; return a[x][0];", 1, HoleTrap.Null)]
    [InlineData("int[][] a = new int[2][]; return a[x].Length;", 1, HoleTrap.Null)]
    [InlineData("int[][] a = new int[2][]; foreach (int v in a[x]) x += v; return x;", 1, HoleTrap.Null)]
    [InlineData("int[] a = new int[x]; return a.Length;", -1, HoleTrap.NegativeLength)]
    [InlineData("return Math.Clamp(x, 2, 1);", 0, HoleTrap.Argument)]
    [InlineData("return Math.Sign(0.0 / x);", 0, HoleTrap.Argument)]
    [InlineData("int[] a = new int[1]; a[x] = 1 / (x - 5); return 0;", 5, HoleTrap.DivisionByZero)] // the value is evaluated before the index is checked
    [InlineData("int[] a = new int[1]; a[x] += 1 / (x - 5); return 0;", 5, HoleTrap.Index)] // here the old value is read first
    public void F_Traps_HaveTheirCause(string body, int x, HoleTrap expected) =>
        Assert.Equal(expected, Both.Run<Func<int, int>>($"static int F(int x)\n{{\n{body}\n}}", x));

    /// <summary>There is one NaN, also for a helper that looks at its sign.</summary>
    [Theory]
    [InlineData("H(-(x / x))")]
    [InlineData("H(-Math.Sqrt(x - 1))")]
    [InlineData("H(-(-(x / x)))")]
    public void F_SignOfNaN_IsTheSameInBoth(string expression)
    {
        HoleSignature signature = HoleSignature.Of<Func<double, double>>("F", OfferedHelper.Of("H", (double d) => double.IsNegative(d) ? 1.0 : 0.0));

        Assert.Equal(1.0, Both.Run(signature, $"static double F(double x) => {expression};", new(), 0.0)); // C#'s own NaN is negative
    }

    [Fact]
    public void F_ArrayArguments_AreCopiedInAndOut()
    {
        double[] given = [1, 2, double.NaN];
        int[][] table = [[1, 2], [], [3]];

        object result = Both.Run<Func<double[], int[][], double[]>>(
            """
            static double[] F(double[] values, int[][] table)
            {
                double[] result = new double[values.Length + 1];
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] *= 2;
                    result[i] = values[i];
                }

                result[values.Length] = table[0][1] + table[2][0] + table[1].Length;
                return result;
            }
            """, given, table);

        Assert.Equal(new double[] { 2, 4, double.NaN, 5 }, result);
        Assert.Equal([1, 2, double.NaN], given); // the host's own array is untouched
    }

    /// <summary>An array that stands in the result a million times would be a million copies in the host: they count like the arrays of the call.</summary>
    [Theory]
    [InlineData(10, false)]
    [InlineData(1_000, true)]
    [InlineData(1_000_000, true)]
    public void F_ResultThatHoldsAnArrayAgainAndAgain_IsBounded(int times, bool isTooLarge)
    {
        object result = Both.Run(
            HoleSignature.Of<Func<int, double[][]>>("F"),
            "static double[][] F(int n) { double[] a = new double[1000]; double[][] r = new double[n][]; for (int i = 0; i < n; i++) r[i] = a; return r; }",
            new() { MemoryBytes = 5_000_000 },
            times);

        if (isTooLarge)
        {
            Assert.Equal(HoleTrap.Memory, result);
        }
        else
        {
            Assert.Equal(times, Assert.IsType<double[][]>(result).Length);
        }
    }

    /// <summary>The host's work of copying is the candidate's: 101 arrays of 16, and an eighth of 100,100 elements.</summary>
    [Theory]
    [InlineData(5_000, false)]
    [InlineData(14_127, false)]
    [InlineData(20_000, true)]
    public void F_ResultThatTakesLongToCopy_CostsFuel(int fuel, bool isEnough)
    {
        object result = Both.Run(
            HoleSignature.Of<Func<int, double[][]>>("F"),
            "static double[][] F(int n) { double[] a = new double[1000]; double[][] r = new double[n][]; for (int i = 0; i < n; i++) r[i] = a; return r; }",
            new() { Fuel = fuel },
            100);

        Assert.Equal(isEnough ? typeof(double[][]) : typeof(HoleTrap), result.GetType());
        Assert.True(isEnough || HoleTrap.Fuel.Equals(result), $"{result}");
    }

    [Fact]
    public void F_EveryType_CrossesBothWays()
    {
        Assert.Equal(true, Both.Run<Func<bool, bool, bool>>("static bool F(bool a, bool b) => a ^ b;", true, false));
        Assert.Equal(uint.MaxValue, Both.Run<Func<uint, uint>>("static uint F(uint a) => a;", uint.MaxValue));
        Assert.Equal(long.MinValue, Both.Run<Func<long, long>>("static long F(long a) => a;", long.MinValue));
        Assert.Equal(ulong.MaxValue, Both.Run<Func<ulong, ulong>>("static ulong F(ulong a) => a;", ulong.MaxValue));
        Assert.Equal(-0.0, Both.Run<Func<double, double>>("static double F(double a) => a;", -0.0));
        Echo<bool>(true, false);
        Echo(1, int.MinValue);
        Echo(1u, uint.MaxValue);
        Echo(1L, long.MinValue);
        Echo(1UL, ulong.MaxValue);
        Echo(0.5, double.NaN);
        Echo<int[]>([1], []);

        static void Echo<T>(params T[] values) =>
            Assert.Equal(values, Both.Run<Func<T[], T[]>>($"static {HoleType.From(typeof(T))}[] F({HoleType.From(typeof(T))}[] a) => a;", [values]));
    }

    [Fact]
    public void F_OfferedHelpers_AreCalledWithTheCandidatesNumbers()
    {
        List<string> seen = [];
        HoleSignature signature = HoleSignature.Of<Func<double, double>>("F",
            OfferedHelper.Of("Area", (double w, double h) => { seen.Add($"{w} {h}"); return w * h; }),
            OfferedHelper.Of("Digit", (int n, bool last) => last ? n % 10 : n / 10));

        object result = Both.Run(signature, "static double F(double x) => Area(Area(x, 2), Digit(12, true)) + Digit(34, false);", new(), 3.0);

        Assert.Equal(15.0, result); // 3 * 2 * 2 + 3
        Assert.Equal(["3 2", "6 2", "3 2", "6 2"], seen); // the interpreter's calls, the module's calls
    }
}
