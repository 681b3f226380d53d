using Ansatz.Sandbox.Syntax;

namespace Ansatz.Sandbox.Tests;

/// <summary>Simpler means smaller and the same to the bit; one canonical form means the same to the bit too.</summary>
public sealed class SimplifierTests
{
    private static readonly HoleSignature Doubles = HoleSignature.Of<Func<double, double, int, int, bool, double>>("F");
    private static readonly HoleLimits Limits = RandomSyntax.Limits with { Depth = 500 };

    [Theory]
    [InlineData("x * 1.0 + 1.0 * y / 1.0", "x + y")]
    [InlineData("x - 0.0 + -0.0", "x")]
    [InlineData("x + 0.0", "x + 0.0")] // -0 + 0 is 0
    [InlineData("x - -0.0", "x - -0.0")]
    [InlineData("x - x", "x - x")] // infinity
    [InlineData("x * 0.0", "x * 0.0")]
    [InlineData("0.0 - x", "0.0 - x")]
    [InlineData("x * -1.0 - -y", "-x + y")]
    [InlineData("-(-x) + -2.5", "x - 2.5")]
    [InlineData("!(x < y) && !(x == y) ? x : y", "!(x < y) && x != y ? x : y")]
    [InlineData("!(i < j) ? x : y", "i >= j ? x : y")]
    [InlineData("!!b == true ? x : y", "b ? x : y")]
    [InlineData("!b ? x : y", "b ? y : x")]
    [InlineData("(b ? true : i > 3) && (i > 3 ? b : false) ? x : y", "(b || i > 3) && (i > 3 && b) ? x : y")]
    [InlineData("i * 0 + (j - j) + (i & -1)", "i")]
    [InlineData("i / j * 0", "i / j * 0")] // may trap
    [InlineData("(i / j) - (i / j)", "i / j - i / j")]
    [InlineData("i / 1 + (i ^ i) + (j << 32) + 0", "i + j")]
    [InlineData("1 / (i * 0)", "1 / (i * 0)")] // 1 / 0 is no C#
    [InlineData("x % -Math.Max(0.0, double.NaN)", "x % double.NaN")] // there is one NaN
    [InlineData("(i += 1) * 0", "(i += 1) * 0")]
    [InlineData("3 < i ? x : y", "i > 3 ? x : y")]
    [InlineData("i == i && x < x ? x : y", "y")]
    [InlineData("x == x ? x : y", "x == x ? x : y")] // NaN
    [InlineData("(int)(double)i + (int)(long)j", "i + j")]
    [InlineData("(uint)(double)i", "(uint)(double)i")] // saturates
    [InlineData("(long)(int)(uint)i", "i")]
    [InlineData("(double)(int)x", "(int)x")] // the value is returned as a double
    [InlineData("Math.Sqrt(2.0) + Math.Max(x, x) * Math.Min(3.0, 1.0)", "1.4142135623730951 + x")]
    [InlineData("Math.Abs(-x) + Math.Abs(Math.Abs(y))", "Math.Abs(x) + Math.Abs(y)")]
    [InlineData("Math.Clamp(1.0, 3.0, 2.0) + Math.Sign(double.NaN)", "Math.Clamp(1.0, 3.0, 2.0) + Math.Sign(double.NaN)")]
    [InlineData("x > 0.0 || true ? x : y", "x")]
    [InlineData("b && i / j > 0 && false ? x : y", "b && i / j > 0 && false ? x : y")]
    [InlineData("5 is > 3 ? x : y", "x")]
    [InlineData("5 switch { 3 => x, > 4 => y, _ => 0.0 }", "y")]
    public void Simplify_Expression_AsExpected(string before, string after)
    {
        HoleSyntax simple = Simplifier.Simplify(Read($"return {before};"));

        Assert.Equal($"return {after};", Body(simple));
    }

    [Theory]
    [InlineData("int a = 3; a = i; a += j; return x;", "return x;")]
    [InlineData("int a = i / j; return x;", "int a = i / j;\nreturn x;")] // the trap stays
    [InlineData("if (true) { x = y; } if (false) { x = 0; } else { y = x; } return y;", "x = y;\ny = x;\nreturn y;")]
    [InlineData("if (b) { } if (i / j > 0) { } if (b) { x = y; } else { } return x;", "if (i / j > 0)\n{\n}\n\nif (b)\n{\nx = y;\n}\n\nreturn x;")]
    [InlineData("if (b) { } else { x = y; } return x;", "if (!b)\n{\nx = y;\n}\n\nreturn x;")]
    [InlineData("if (b) { if (i > 3) { x = y; } } return x;", "if (b && i > 3)\n{\nx = y;\n}\n\nreturn x;")]
    [InlineData("if (b) { x = y; } else { x = y; } return x;", "x = y;\nreturn x;")]
    [InlineData("while (false) { x = y; } do { x += y; } while (false); return x; x = 3;", "x += y;\nreturn x;")]
    [InlineData("while (b) { } return x;", "while (b)\n{\n}\n\nreturn x;")] // may never end
    [InlineData("for (int k = 0; k < 3; k++) { int t = k; x += y; continue; } return x;", "for (int k = 0; k < 3; k++)\n{\nx += y;\n}\n\nreturn x;")]
    [InlineData("int t = 0; for (int k = 0; k < 3; k++, t++) { t += k; } return x;", "return x;")]
    [InlineData("for (int k = 0; k < i + j; k++) { double t = k; } return x;", "return x;")]
    [InlineData("double[] a = new double[i]; for (int k = 0; k < a.Length; k++) { double u = a[k]; double v = a[(k + 2) % a.Length]; double w = a[a.Length - 1 - k]; } return a[0];", "double[] a = new double[i];\nreturn a[0];")]
    [InlineData("double[] a = new double[i]; for (int k = -1; k < a.Length; k++) { double t = a[k]; } return a[0];", "double[] a = new double[i];\nfor (int k = -1; k < a.Length; k++)\n{\ndouble t = a[k];\n}\n\nreturn a[0];")] // the trap stays
    [InlineData("double[] a = new double[i]; for (int k = 0; k < i; k++) { double t = a[k]; } return a[0];", "double[] a = new double[i];\nfor (int k = 0; k < i; k++)\n{\ndouble t = a[k];\n}\n\nreturn a[0];")]
    [InlineData("double[] a = new double[i]; for (int k = 0; k < a.Length; k++) { double t = a[(k + j) % a.Length]; } return a[0];", "double[] a = new double[i];\nfor (int k = 0; k < a.Length; k++)\n{\ndouble t = a[(k + j) % a.Length];\n}\n\nreturn a[0];")]
    [InlineData("for (int k = 0; k <= i; k++) { } return x;", "for (int k = 0; k <= i; k++)\n{\n}\n\nreturn x;")] // never ends for the largest int
    [InlineData("for (int k = 0; k < x; k++) { } return x;", "for (int k = 0; k < x; k++)\n{\n}\n\nreturn x;")] // nor for a larger double
    [InlineData("for (int k = 0; k < i / j; k++) { } return x;", "for (int k = 0; k < i / j; k++)\n{\n}\n\nreturn x;")] // may trap
    [InlineData("for (int k = 0; k < i + k; k++) { } return x;", "for (int k = 0; k < i + k; k++)\n{\n}\n\nreturn x;")]
    [InlineData("for (int k = 0, t = H(i), u = 3; k < 3; k++) { } return x; } static int H(int n) { return n;", "for (int k = 0, t = H(i); k < 3; k++)\n{\n}\n\nreturn x;")]
    [InlineData("if (b) { return x; } else { return y; } return 0;", "if (b)\n{\nreturn x;\n}\nelse\n{\nreturn y;\n}")]
    [InlineData("x = x; x *= 1; i ^= 0; _ = y; Math.Max(x, y); return x;", "return x;")]
    [InlineData("return x; } static double G(double z) { return H(z); } static double H(double z) { return G(z);", "return x;")]
    [InlineData("int t = H(i); return x; } static int H(int n) { return n;", "H(i);\nreturn x;")]
    [InlineData("switch (i) { case 1: return x; int y2 = 3; case 2: y2 = 4; return y2; } return y;", "switch (i)\n{\ncase 1:\nreturn x;\nint y2;\ncase 2:\ny2 = 4;\nreturn y2;\n}\n\nreturn y;")]
    public void Simplify_Statements_AsExpected(string before, string after) => Assert.Equal(after, Body(Simplifier.Simplify(Read(before))));

    [Fact]
    public void Simplify_RandomPrograms_SmallerAndTheSameToTheBit()
    {
        HoleCompiler compiler = new(RandomProgram.Signature, Limits);
        (int before, int after, int compared) = (0, 0, 0);
        for (int i = 0; i < 120; i++)
        {
            Rng rng = new(seed: 7, "simplified programs", i);
            HoleSyntax syntax = RandomSyntax.Tree(1000 + i);
            HoleSyntax complicated = (HoleSyntax)syntax.Rewrite(node => Complicated(node, rng));
            HoleSyntax simple = Simplifier.Simplify(complicated);

            Assert.True(simple.Size <= syntax.Size && simple.Size <= complicated.Size, $"Program {i}: {syntax.Size}, complicated {complicated.Size}, simplified {simple.Size}\n{syntax}\n{simple}");
            Assert.True(compiler.Check(simple) is null, $"Program {i}: {compiler.Check(simple)}\n{simple}");
            Assert.Equal(simple, Simplifier.Simplify(simple));
            Assert.True(CanonicalForm.Of(syntax) == CanonicalForm.Of(complicated), $"Program {i}:\n{CanonicalForm.Normal(syntax)}\n\n{CanonicalForm.Normal(complicated)}");
            for (int call = 0; call < 8; call++)
            {
                object[] arguments = RandomProgram.Arguments(rng);
                AssertSame(syntax, simple, arguments, ref compared);
                AssertSame(syntax, CanonicalForm.Normal(syntax), arguments, ref compared);
            }

            before += syntax.Size;
            after += simple.Size;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{before} nodes, {after} simplified; {compared} calls compared");
        Assert.True(after < before && compared > 1000, $"{before} nodes, {after} simplified; {compared} calls compared");
    }

    // Few values, and those at which laws fail: zeros of both signs, ones, infinities, NaN, ends of ranges.
    [Fact]
    public void Simplify_RandomExpressionsAtTheEdges_TheSameToTheBit()
    {
        (int smaller, int compared) = (0, 0);
        HoleType[] types = [.. RandomProgram.Signature.Parameters.Where(p => !p.IsArray)];
        for (int i = 0; i < 4000; i++)
        {
            Rng rng = new(seed: 9, "edges", i);
            Parameter[] parameters = [.. RandomProgram.Signature.Parameters.Select((type, n) => new Parameter(type, $"p{n}"))];
            Expression value = Edgy(rng.Pick(types), 3, parameters, rng);
            Expression result = value.Type == HoleType.Double ? value : value.Type == HoleType.Bool ? new Conditional(value, Literal.Of(1.0), Literal.Of(0.0)) : new Conversion(HoleType.Double, value);
            HoleSyntax syntax = new([new Method(HoleType.Double, "F", [.. parameters], new([new Return(result)]))]);
            HoleSyntax simple = Simplifier.Simplify(syntax);
            smaller += simple.Size < syntax.Size ? 1 : 0;
            for (int call = 0; call < 6; call++)
            {
                object[] arguments = [.. parameters.Select(p => p.Type.IsArray ? Array.CreateInstance(p.Type.Element!.Clr, rng.Next(3)) : Edge(p.Type, rng).Value)];
                if (arguments[^1] is int[][] rows)
                {
                    Array.Fill(rows, [1, 2]);
                }

                AssertSame(syntax, simple, arguments, ref compared);
                AssertSame(syntax, CanonicalForm.Normal(syntax), arguments, ref compared);
            }
        }

        Assert.True(smaller > 1500 && compared == 48_000, $"{smaller} became smaller, {compared} calls compared");
    }

    private static Literal Edge(HoleType type, Rng rng) => type.Name switch
    {
        "bool" => Literal.Of(rng.Next(2) == 0),
        "double" => Literal.Of(rng.Pick<double>([0.0, -0.0, 1.0, -1.0, 2.0, -3.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, -9e18, 5e9])),
        "int" => Literal.Of(rng.Pick<int>([0, 1, -1, 2, 32, int.MinValue, int.MaxValue])),
        "uint" => Literal.Of(rng.Pick<uint>([0, 1, 2, uint.MaxValue, 1u << 31])),
        "long" => Literal.Of(rng.Pick<long>([0, 1, -1, 64, long.MinValue, long.MaxValue, int.MinValue])),
        _ => Literal.Of(rng.Pick<ulong>([0, 1, 3, ulong.MaxValue, 1UL << 63])),
    };

    private static Expression Edgy(HoleType type, int depth, IReadOnlyList<Parameter> parameters, Rng rng)
    {
        HoleType[] numbers = [HoleType.Int, HoleType.UInt, HoleType.Long, HoleType.ULong, HoleType.Double];
        Parameter known = parameters.First(p => p.Type == type);
        if (depth == 0 || rng.Next(6) == 0)
        {
            return rng.Next(2) == 0 ? Edge(type, rng) : new Variable(type, known.Name);
        }

        Expression x = Of(type);
        Expression y = rng.Next(6) switch { 0 => x, 1 => Edge(type, rng), _ => Of(type) };
        bool isSigned = type == HoleType.Int || type == HoleType.Long;
        switch (rng.Next(12))
        {
            case 0:
                return new Conditional(Of(HoleType.Bool), x, y);
            case 1:
                return new SwitchExpression(Of(HoleType.Int), [new(new ConstantPattern(Edge(HoleType.Int, rng)), rng.Next(2) == 0 ? null : Of(HoleType.Bool), x)], y);
            case 2 when type != HoleType.Bool:
                HoleType[] others = [.. numbers.Where(n => n != type)];
                return new Conversion(type, Of(rng.Pick(others)));
            case 3 when type == HoleType.Int && parameters.First(p => p.Type == HoleType.Int.ToArray()) is { } array:
                Variable items = new(array.Type, array.Name);
                return rng.Next(2) == 0 ? new Length(items) : new Element(items, x);
            case 3 or 4 when type == HoleType.Double || isSigned:
                return new Unary(UnaryOperator.Negate, x);
            case 4 when type != HoleType.Bool:
                return new Unary(UnaryOperator.Complement, x);
            case 5 when type == HoleType.Int || type == HoleType.Double:
                return rng.Next(3) == 0 ? new Assign(new Variable(type, known.Name), x) : new CompoundAssign(BinaryOperator.Add, new Variable(type, known.Name), x);
            case 6 when type == HoleType.Double || isSigned:
                return new LibraryCall(LibraryFunction.Abs, [x]);
            case 6 or 7 when type != HoleType.Bool:
                return rng.Next(4) == 0 ? new LibraryCall(LibraryFunction.Clamp, [x, y, Of(type)]) : new LibraryCall(rng.Next(2) == 0 ? LibraryFunction.Min : LibraryFunction.Max, [x, y]);
            case 8 when type == HoleType.Int:
                return new LibraryCall(LibraryFunction.Sign, [Of(rng.Next(2) == 0 ? HoleType.Double : HoleType.Int)]);
            case 8 when type == HoleType.Double:
                return new LibraryCall(rng.Pick<LibraryFunction>([LibraryFunction.Sqrt, LibraryFunction.Floor, LibraryFunction.Round, LibraryFunction.Exp]), [x]);
            case 9 when type != HoleType.Bool && type != HoleType.Double:
                return new Binary(rng.Pick<BinaryOperator>([BinaryOperator.ShiftLeft, BinaryOperator.ShiftRight, BinaryOperator.ShiftRightUnsigned]), x, Of(HoleType.Int));
            case 10 when type != HoleType.Bool && type != HoleType.Double:
                return new Binary(rng.Pick<BinaryOperator>([BinaryOperator.And, BinaryOperator.Or, BinaryOperator.Xor]), x, y);
            default:
                return type == HoleType.Bool ? Bool() : new Binary(rng.Pick<BinaryOperator>([BinaryOperator.Add, BinaryOperator.Subtract, BinaryOperator.Multiply, BinaryOperator.Divide, BinaryOperator.Remainder]), x, y);
        }

        Expression Of(HoleType other) => Edgy(other, depth - 1, parameters, rng);

        Expression Bool()
        {
            HoleType compared = rng.Pick(numbers);
            Expression value = Of(compared);
            return rng.Next(8) switch
            {
                0 => new Unary(UnaryOperator.Not, x),
                1 or 2 => new Binary(rng.Pick<BinaryOperator>([BinaryOperator.AndAlso, BinaryOperator.OrElse, BinaryOperator.And, BinaryOperator.Or, BinaryOperator.Xor, BinaryOperator.Equal, BinaryOperator.NotEqual]), x, y),
                3 => new IsPattern(value, rng.Next(3) == 0 ? new NotPattern(new ConstantPattern(Edge(compared, rng))) : new ConstantPattern(Edge(compared, rng))),
                4 => new LibraryCall(LibraryFunction.IsNaN, [Of(HoleType.Double)]),
                _ => new Binary(BinaryOperator.Equal + rng.Next(6), value, rng.Next(5) == 0 ? value : Of(compared)),
            };
        }
    }

    [Theory]
    [InlineData("return x + y;", "return y + x;")]
    [InlineData("return x * y + i;", "return i + y * x;")]
    [InlineData("double a = x; double c = y; return a - c;", "double q = x; double p = y; return q - p;")]
    [InlineData("return i + (j + 3);", "return 3 + i + j;")]
    [InlineData("return x - 2.5;", "return x + -2.5;")]
    [InlineData("i++; return i;", "i += 1; return i;")]
    [InlineData("i--; return i;", "i = i - 1; return i;")]
    [InlineData("x *= y; return x;", "x = y * x; return x;")]
    [InlineData("return x < y ? x : y;", "return !(y > x) ? y : x;")]
    [InlineData("return i is 3 ? x : y;", "return i == 3 ? x : y;")]
    [InlineData("return b && i > 3 ? x : y;", "return 3 < i && b ? x : y;")]
    [InlineData("for (int k = 0; k < 3; k++) { x += y; } return x;", "int n = 0; while (n < 3) { x = x + y; n++; } return x;")]
    [InlineData("return G(x) + H(y); } static double G(double a) { return a + 1; } static double H(double a) { return a;", "return P(x) + Q(y); } static double Q(double z) { return z; } static double P(double t) { return 1 + t;")]
    [InlineData("return Math.Max(x, y) + Math.Min(i, j);", "return Math.Min(j, i) + Math.Max(y, x);")]
    [InlineData("int[] a = new int[3]; return a[i] + a[j];", "int[] a = new int[3]; return a[j] + a[i];")] // either way an index is all that may be wrong
    public void Of_SameButForWhatItEquates_OneForm(string one, string other)
    {
        HoleSyntax a = Read(one);
        HoleSyntax b = Read(other);

        Assert.Equal(CanonicalForm.Normal(a).ToString(), CanonicalForm.Normal(b).ToString());
        Assert.Matches("^[0-9a-f]{16}$", CanonicalForm.Of(a));
        Assert.Equal(CanonicalForm.Of(a), CanonicalForm.Of(b));
    }

    [Theory]
    [InlineData("return x - y;", "return y - x;")]
    [InlineData("return x + (y + 1.5);", "return x + y + 1.5;")] // doubles
    [InlineData("return i / j + (i = 3);", "return (i = 3) + i / j;")]
    [InlineData("int[] a = new int[3]; return a[i] + i / j;", "int[] a = new int[3]; return i / j + a[i];")] // which trap comes first
    [InlineData("return x < y ? x : y;", "return x <= y ? x : y;")]
    [InlineData("return !(x < y) ? x : y;", "return x >= y ? x : y;")] // NaN
    [InlineData("return x + 0.0;", "return x;")]
    [InlineData("return i;", "return j;")]
    [InlineData("return 1.0;", "return 2.0;")]
    [InlineData("return (double)(i / 2);", "return i / 2.0;")]
    [InlineData("return b && i / j > 0 ? x : y;", "return i / j > 0 && b ? x : y;")]
    [InlineData("for (int k = 0; k < 3; k++) { if (b) { continue; } x += y; } return x;", "int n = 0; while (n < 3) { if (b) { continue; } x = x + y; n++; } return x;")]
    public void Of_NotTheSame_TwoForms(string one, string other) => Assert.NotEqual(CanonicalForm.Of(Read(one)), CanonicalForm.Of(Read(other)));

    [Fact]
    public void Of_BrokenRandomPrograms_EqualFormsMeanEqualResults()
    {
        (int alike, int compared) = (0, 0);
        for (int i = 0; i < 200; i++)
        {
            Rng rng = new(seed: 8, "alike programs", i);
            HoleSyntax syntax = RandomSyntax.Tree(rng.Next(40));
            HoleSyntax other = ((HoleSyntax)SyntaxCheckTests.Break(syntax, syntax, rng)).Folded();
            if (new HoleCompiler(RandomProgram.Signature, Limits).Check(other) is null && CanonicalForm.Of(syntax) == CanonicalForm.Of(other))
            {
                alike += syntax == other ? 0 : 1;
                for (int call = 0; call < 10; call++)
                {
                    AssertSame(syntax, other, RandomProgram.Arguments(rng), ref compared);
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{alike} different pairs of one form");
        Assert.True(alike > 3, $"{alike} pairs");
    }

    // Unless the first meets a limit of fuel or depth: the second may do with less.
    private static void AssertSame(HoleSyntax one, HoleSyntax other, object[] arguments, ref int compared)
    {
        HoleInterpreter first = new(Lowering.Lower(one, RandomProgram.Signature), RandomProgram.Signature, Limits);
        object expected = Both.Catch(() => first.Call(arguments));
        if (expected is HoleTrap.Fuel or HoleTrap.Depth)
        {
            return;
        }

        HoleInterpreter second = new(Lowering.Lower(other, RandomProgram.Signature), RandomProgram.Signature, Limits);
        object actual = Both.Catch(() => second.Call(arguments));
        Assert.True(Both.Text(expected) == Both.Text(actual), $"{Both.Text(expected)} has become {Both.Text(actual)}:\n{one}\n\n{other}");
        compared++;
    }

    // The same, said with more words.
    private static Node Complicated(Node node, Rng rng)
    {
        if (rng.Next(4) > 0)
        {
            return node;
        }

        return node switch
        {
            Block block => new Block([.. block.Statements.SelectMany(s => Complicated(s, rng))]),
            Return { Value: { } value } => new Return(Complicated(value, rng)),
            Declare { Value: { } value } declare => declare with { Value = Complicated(value, rng) },
            Assign assign => assign with { Value = Complicated(assign.Value, rng) },
            Binary { Operator: < BinaryOperator.ShiftLeft } binary => binary with { Right = Complicated(binary.Right, rng) },
            If branch => branch with { Condition = Complicated(branch.Condition, rng) },
            While loop => loop with { Condition = Complicated(loop.Condition, rng) },
            _ => node,
        };
    }

    private static IEnumerable<Statement> Complicated(Statement statement, Rng rng) => rng.Next(6) switch
    {
        0 when statement is not Declare => [new If(Literal.Of(true), new([statement]), null)],
        1 => [statement, new If(Literal.Of(false), new([new Return(Literal.Of(1.0))]), null)],
        2 => [statement, new If(new Binary(BinaryOperator.AndAlso, new IsPattern(Literal.Of(3), new ConstantPattern(Literal.Of(4))), Literal.Of(true)), new([]), new([]))],
        3 => [new Evaluate(new LibraryCall(LibraryFunction.Sqrt, [Literal.Of(2.0)])), statement],
        _ => [statement],
    };

    private static Expression Complicated(Expression value, Rng rng) => (value.Type.Name, rng.Next(3)) switch
    {
        ("double", 0) => new Binary(BinaryOperator.Multiply, Literal.Of(1.0), value),
        ("double", 1) => new Binary(BinaryOperator.Subtract, value, Literal.Of(0.0)),
        ("double", _) => new Unary(UnaryOperator.Negate, new Unary(UnaryOperator.Negate, value)),
        ("bool", 0) => new Unary(UnaryOperator.Not, new Unary(UnaryOperator.Not, value)),
        ("bool", 1) => new Binary(BinaryOperator.AndAlso, Literal.Of(true), value),
        ("bool", _) => new Conditional(value, Literal.Of(true), Literal.Of(false)),
        ("int", 0) => new Conversion(HoleType.Int, new Conversion(HoleType.Long, value)),
        ("int" or "long" or "uint" or "ulong", 1) => new Binary(BinaryOperator.Add, value, new Literal(value.Type, 0)),
        ("int" or "long" or "uint" or "ulong", _) => new Binary(BinaryOperator.ShiftRight, value, Literal.Of(64)),
        _ => value,
    };

    private static HoleSyntax Read(string body)
    {
        Assert.True(new HoleCompiler(Doubles).TryRead($"static double F(double x, double y, int i, int j, bool b)\n{{\n{body}\n}}", out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals), string.Join('\n', refusals));
        return syntax;
    }

    private static string Body(HoleSyntax syntax)
    {
        string[] lines = [.. syntax.Methods[0].ToString().Split('\n').Select(l => l.Trim())];
        return string.Join('\n', lines[2..^1]);
    }
}
