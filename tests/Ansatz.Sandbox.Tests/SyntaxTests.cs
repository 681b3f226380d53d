using Ansatz.Sandbox.Syntax;

namespace Ansatz.Sandbox.Tests;

/// <summary>Syntax trees: written as a person would, and the same when they are read again.</summary>
public sealed class SyntaxTests
{
    private static readonly HoleSignature Ints = HoleSignature.Of<Func<int, int>>("F");

    /// <summary>Where C# cannot choose between overloads of double and decimal, a candidate is none: what is exported has to compile elsewhere.</summary>
    [Theory]
    [InlineData("static int F(int x) => (int)Math.Floor(x);")]
    [InlineData("static int F(int x) => (int)Math.Round(3 * x);")]
    [InlineData("static int F(int x) => (int)Math.Max(4UL, x);")]
    [InlineData("static int F(int x) => (int)Math.Abs(4UL);")]
    public void TryRead_CallThatCSharpFindsAmbiguous_IsRefused(string source)
    {
        Assert.False(new HoleCompiler(Ints).TryRead(source, out _, out IReadOnlyList<Refusal> refusals));
        Assert.Contains("ambiguous", refusals[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_WholeNumberIntoFloor_KeepsTheConversionThatChooses()
    {
        HoleCompiler compiler = new(Ints);
        Assert.True(compiler.TryRead("static int F(int x) => (int)Math.Floor((double)x) + (int)Math.Sqrt((double)x);", out HoleSyntax? syntax, out _));

        Assert.Contains("(int)Math.Floor((double)x) + (int)Math.Sqrt(x)", syntax.ToString(), StringComparison.Ordinal);
        Assert.True(compiler.TryRead(syntax.ToString(), out HoleSyntax? again, out _));
        Assert.Equal(syntax, again);
    }

    [Fact]
    public void ToString_Heuristic_WrittenAsAPersonWould()
    {
        const string source =
            """
            static double Priority(double item, double[] bins)
            {
                double best = double.NegativeInfinity;
                for (int i = 0; i < bins.Length; i++)
                {
                    double gap = bins[i] - 2.0 * item;
                    if (gap < -1.5 && !(gap > 1E-05) || i % 2 == 0)
                    {
                        best = Math.Max(best, -gap * i);
                        continue;
                    }
                    else if (i > 3)
                    {
                        break;
                    }
                    else
                    {
                        bins[i] += (best - (gap - i)) / (item + 1.0);
                    }

                    gap = -(-gap);
                }

                while (best >= Half(bins.Length))
                {
                    best--;
                }

                int n = (int)best & 7 | bins.Length << 2;
                return n switch { 1 or > 5 and < 7 => best, 2 when item > 0.0 => Math.PI, _ => (double)n / bins.Length };
            }

            static int Half(int n)
            {
                return n / 2;
            }
            """;
        HoleCompiler compiler = new(HoleSignature.Of<Func<double, double[], double>>("Priority"));

        Assert.True(compiler.TryRead(source, out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals), string.Join('\n', refusals));

        Assert.Equal(source, syntax.ToString());
    }

    [Theory]
    [InlineData("int a = 1, b; b = a; return b;", "int a = 1;\nint b;\nb = a;\nreturn b;")]
    [InlineData("for (int i = 0, j = x; i < j; i++, j--) x += i; return x;", "for (int i = 0, j = x; i < j; i++, j--)\n{\nx += i;\n}\n\nreturn x;")]
    [InlineData("for (;;) { if (x++ > 3) return x; }", "for (;;)\n{\nif (x++ > 3)\n{\nreturn x;\n}\n}")]
    [InlineData("{ int y = 1; x += y; } { int y = 2; x += y; } return x;", "int y = 1;\nx += y;\nint y2 = 2;\nx += y2;\nreturn x;")]
    [InlineData("for (int i = 0; i < 2; i++) x++; for (int i = 0; i < 2; i++) x--; return x;", "for (int i = 0; i < 2; i++)\n{\nx++;\n}\n\nfor (int i2 = 0; i2 < 2; i2++)\n{\nx--;\n}\n\nreturn x;")]
    [InlineData("int field = x; int from = 2; return field + from;", "int field2 = x;\nint from2 = 2;\nreturn field2 + from2;")]
    [InlineData("const int K = 3 * 4; double d = 2; d += x; return K + (int)d;", "int K = 12;\ndouble d = 2.0;\nd += x;\nreturn 12 + (int)d;")]
    [InlineData("long l = x; l = l * x + 1; uint u = 7; double d = u * l; return (int)(l + (long)d);", "long l = x;\nl = l * x + 1L;\nuint u = 7u;\ndouble d = u * l;\nreturn (int)(l + (long)d);")]
    [InlineData("int i = 3; double d = (double)i / x; d = i / (double)x; d = i / x; return (int)d;", "int i = 3;\ndouble d = (double)i / x;\nd = (double)i / x;\nd = i / x;\nreturn (int)d;")]
    [InlineData("double d = x > 1 ? 1 : x; return (int)Math.Max(d, x) + (int)Math.Abs((double)x) + (int)Math.Sqrt(x);", "double d = x > 1 ? 1 : x;\nreturn (int)Math.Max(d, x) + (int)Math.Abs((double)x) + (int)Math.Sqrt(x);")]
    [InlineData("return (x switch { 1 => 2, _ => 3 }) + (x is 3 or 4 ? 1 : 0);", "return (x switch { 1 => 2, _ => 3 }) + ((x is 3 or 4) ? 1 : 0);")]
    [InlineData("int[][] a = new int[x][]; int[] b = { 1, x }; double[] c = [x, 2]; return (new int[3])[1] + a.Length + b.Length + c.Length;", "int[][] a = new int[x][];\nint[] b = new int[] { 1, x };\ndouble[] c = new double[] { x, 2.0 };\nreturn (new int[3])[1] + a.Length + b.Length + c.Length;")]
    [InlineData("int a = 1, b = 2; (a, b) = (b, a); (_, x) = (1.5, a = 3); _ = b; return a - (b - x) - -1 - (x = 4);", "int a = 1;\nint b = 2;\n(a, b) = (b, a);\n(_, x) = (1.5, (a = 3));\n_ = b;\nreturn a - (b - x) - -1 - (x = 4);")]
    [InlineData("return G(x < 1, x > (2)) ? 1 : 0; static bool G(bool a, bool b) => a & b;", "return G((x < 1), x > 2) ? 1 : 0;")]
    [InlineData("return G(1) + G(1.5); static int G(double x) => 1; } static int G(int x) { return 2;", "return G2(1.0) + G2(1.5);")]
    [InlineData("switch (x) { case 1: case < -3 when x > -9: return 1; default: case 7: x++; break; } return x;", "switch (x)\n{\ncase 1:\ncase < -3 when x > -9:\nreturn 1;\ncase 7:\ndefault:\nx++;\nbreak;\n}\n\nreturn x;")]
    [InlineData("do x--; while (x > 0 == true); foreach (double d in new int[2]) x += (int)d; return ~x >>> 1;", "do\n{\nx--;\n}\nwhile (x > 0 == true);\n\nforeach (double d in new int[2])\n{\nx += (int)d;\n}\n\nreturn ~x >>> 1;")]
    [InlineData("for ((x, _) = (3, 4); x > 0; (x, _) = (x - 1, 2)) { } return x;", "for ((x, _) = (3, 4); x > 0; (x, _) = (x - 1, 2))\n{\n}\n\nreturn x;")]
    public void ToString_EachConstruct_WrittenAndReadAgain(string body, string expected)
    {
        HoleCompiler compiler = new(Ints);
        Assert.True(compiler.TryRead($"static int F(int x)\n{{\n{body}\n}}", out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals), string.Join('\n', refusals));

        string text = syntax.ToString();

        string[] lines = [.. syntax.Methods[0].ToString().Split('\n').Select(l => l.Trim())];
        Assert.Equal(expected, string.Join('\n', lines[2..^1]));
        Assert.True(compiler.TryRead(text, out HoleSyntax? again, out refusals), $"{string.Join('\n', refusals)}\n{text}");
        Assert.Equal(syntax, again);
    }

    [Theory]
    [InlineData("double d = x switch { 1 => 2, _ => 3 }; d += (double)(x switch { 1 => 2, _ => x }); d = (x switch { 1 => x, _ => d }) + x; return (int)d;")]
    [InlineData("long l = x > 1 ? 1 : x; l += (long)(x > 1 ? 1 : 2); l = x > 2 ? 5L : 7u; l = (x > 2 ? x : 7u) + l; return (int)l;")]
    [InlineData("int b; if (x > 0 && (b = x) > 3) return b; while (true) { if (x++ > 9) { b = 1; break; } } return b;")]
    [InlineData("int b; switch (x > 0) { case true: b = 1; break; case false: b = 2; break; } return b;")]
    [InlineData("bool b; bool c = x > 0 ? (b = true) : (b = false); return b & c ? 1 : 0;")]
    [InlineData("x /= 0; return x;")]
    [InlineData("double d = x; d /= 0; return d is double.NaN or < -5 and not -7.5 ? 1 : d is > double.MinValue ? 2 : 4;")]
    [InlineData("return x switch { int.MinValue => 1, _ when x > 3 => 2, not 4 when (x < 3 ? true : false) => 4, _ => -1 };")]
    [InlineData("uint u = 5; ulong ul = u * 3; ul = ul * u; long l = -u; return (int)(ul + u) + (u > 3 ? 1 : 0) + (int)Math.Max(ul, u) + (int)Math.Max(u, l) + (int)Math.Max(x, u);")]
    [InlineData("if (x > 1 == x < 3 != (x is 4)) return 1; return x << 1 + x >> 2;")]
    [InlineData("int y = x; { int G = 3; y += G; } return y + H(2); static int H(int Math) => Math + 1;")]
    [InlineData("H(); return x; static void H() { int x = 0; if (x == 0) return; x++; }")]
    [InlineData("Math.Max(x, 1); var a = new[] { new[] { 1 }, new int[0] }; return a[0][0] + new int[] { }.Length + (new int[] { 4 })[0];")]
    [InlineData("return -x - -(-x) - ~-x + (x > 0 ? -1 : - -x);")]
    [InlineData("switch (x) { } switch ((double)x) { case 1: case double.NaN: case < -1: return 3; } switch (x) { case 1: int y = 3; return y; case 2: y = 4; return y; } return 1;")]
    [InlineData("int K = 3; if (false) { int q; return q; } return K; ")]
    [InlineData("double d = x; if (d is 3.141592653589793) return 1; return d is > 3.141592653589793 and not 6.283185307179586 ? 2 : Math.PI > d ? 3 : 4;")]
    public void ToString_WhatCouldBeMisread_ReadAsTheSameTree(string body)
    {
        HoleCompiler compiler = new(Ints);
        Assert.True(compiler.TryRead($"static int F(int x)\n{{\n{body}\n}}", out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals), string.Join('\n', refusals));

        Assert.True(compiler.TryRead(syntax.ToString(), out HoleSyntax? again, out refusals), $"{string.Join('\n', refusals)}\n{syntax}");
        Assert.True(syntax == again, $"{syntax}\nis read as\n{again}");
        Assert.Null(compiler.Check(syntax));
    }

    [Fact]
    public void ToString_RandomPrograms_ReadAsTheSameTree()
    {
        HoleCompiler compiler = new(RandomProgram.Signature, RandomSyntax.Limits);
        for (int i = 0; i < 200; i++)
        {
            string source = new RandomProgram(new Rng(seed: 4, "random programs", i), portableOnly: false).Write();
            Assert.True(compiler.TryRead(source, out HoleSyntax? syntax, out _), source);
            string text = syntax.ToString();

            Assert.True(compiler.TryRead(text, out HoleSyntax? again, out IReadOnlyList<Refusal> refusals), $"Program {i}: {string.Join('\n', refusals)}\n{text}");
            Assert.True(syntax == again && syntax.GetHashCode() == again.GetHashCode(), $"Program {i}:\n{text}\nis read as\n{again}");
            Assert.Equal(text, again.ToString());
            Assert.True(compiler.Check(syntax) is null, $"Program {i}: {compiler.Check(syntax)}\n{text}");
        }
    }

    [Fact]
    public void WithChildren_SameChildren_SameNode()
    {
        HoleSyntax syntax = RandomSyntax.Tree(0);

        Assert.Equal(syntax, Copy(syntax));
        Assert.Same(syntax, syntax.Rewrite(n => n));
        Assert.Equal(syntax.Size, RandomSyntax.Nodes(syntax).Count);
        Assert.Throws<ArgumentException>(() => new Length(new Variable(HoleType.Int.ToArray(), "a")).WithChildren([]));
        Assert.Throws<ArgumentException>(() => new Break().WithChildren([new Break()]));
        Assert.Throws<ArgumentException>(() => new Evaluate(Literal.Of(1)).WithChildren([new Break()]));

        static Node Copy(Node node) => node.WithChildren([.. node.Children.Select(Copy)]);
    }

    [Fact]
    public void Folded_Constants_AsTheInterpreterComputesThem()
    {
        Assert.Equal(Literal.Of(int.MinValue), Constants.Fold(new Binary(BinaryOperator.Add, Literal.Of(int.MaxValue), Literal.Of(1))));
        Assert.Equal(Literal.Of(double.NaN), Constants.Fold(new Binary(BinaryOperator.Divide, Literal.Of(0.0), Literal.Of(-0.0))));
        Assert.Equal(Literal.Of(1.5), Constants.Fold(new Binary(BinaryOperator.Remainder, Literal.Of(7.5), Literal.Of(2.0))));
        Assert.Equal(Literal.Of(uint.MaxValue), Constants.Fold(new Conversion(HoleType.UInt, Literal.Of(1e300))));
        Assert.Equal(Literal.Of(false), Constants.Fold(new Unary(UnaryOperator.Not, Literal.Of(true))));
        Assert.Equal(Literal.Of(2L), Constants.Fold(new Conditional(Literal.Of(false), Literal.Of(1L), Literal.Of(2L))));
        Binary[] traps = [new(BinaryOperator.Divide, Literal.Of(1), Literal.Of(0)), new(BinaryOperator.Remainder, Literal.Of(long.MinValue), Literal.Of(-1L)), new(BinaryOperator.Add, Literal.Of(1), Literal.Of(1.5))];
        Assert.All(traps, trap => Assert.Same(trap, Constants.Fold(trap)));
    }
}
