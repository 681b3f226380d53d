using System.Diagnostics.CodeAnalysis;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Sandbox.Tests;

/// <summary>Enums, structs and records of the user's cross as their parts: what a candidate reads of them is what C# reads.</summary>
public sealed class HoleArgumentTests
{
    public enum Colour
    {
        Red = 1,
        Green,
        Blue = 7,
    }

    public readonly record struct Size(double Width, int Height);

    public readonly struct Item(double weight, Colour colour, Size size, double[] history)
    {
        [SuppressMessage("Design", "CA1051:Do not declare visible instance fields", Justification = "Fields cross as properties do.")]
        public readonly double Weight = weight;

        public Colour Colour { get; } = colour;

        public Size Size { get; } = size;

        public double[] History { get; } = history;

        public string Name { get; } = "left behind";
    }

    public sealed record Order(long Number, bool IsUrgent);

    public static class Others
    {
        public readonly record struct Size(int Width);

        public readonly record struct Box(Size Size);

        public record Base(int Hidden);

        public sealed record Derived(double Own) : Base(1)
        {
            public new double Hidden => 2 * Own;
        }
    }

    public delegate double Priority(Item item, int n, Order order, Colour wanted);

    private static readonly HoleSignature Signature = HoleSignature.Of<Priority>("F");

    [Fact]
    public void Signature_UsersTypes_CrossAsTheirParts()
    {
        Assert.Equal("double F(Item, int, Order, Colour)", Signature.ToString());
        Assert.Equal(
            ["double", "int", "double", "int", "double[]", "int", "long", "bool", "int"],
            Signature.Parameters.Select(p => p.Name));
        Assert.Equal(
            """
            enum Colour { Red = 1, Green = 2, Blue = 7 }
            readonly struct Size { public readonly double Width; public readonly int Height; }
            readonly struct Item { public readonly double Weight; public readonly Colour Colour; public readonly Size Size; public readonly double[] History; }
            readonly struct Order { public readonly long Number; public readonly bool IsUrgent; }
            """.ReplaceLineEndings("\n"),
            Signature.Declarations);
    }

    [Theory]
    [InlineData("static double F(Item item, int n, Order order, Colour wanted) => item.Weight * item.Size.Width + item.Size.Height;", 2.5 * 3 + 4)]
    [InlineData("static double F(Item it, int n, Order o, Colour c) => it.Colour == Colour.Green && c == Colour.Blue ? it.History[n] + it.History.Length : 0;", 6 + 3)]
    [InlineData("static double F(Item it, int n, Order o, Colour c) => c switch { Colour.Red => 1, Colour.Blue => o.Number, _ => 3 };", 40)]
    [InlineData("static double F(Item it, int n, Order o, Colour c) { var k = it.Colour; k = Colour.Blue; if (o.IsUrgent) { return Twice(k); } return 0; } static int Twice(Colour k) => 2 * (int)k;", 14)]
    [InlineData("static double F(Item it, int n, Order o, Colour c) { double s = 0; foreach (double h in it.History) { s += h; } return s; }", 4 + 5 + 6)]
    [InlineData("static double F(Item it, int n, Order o, Colour c) => -(int)it.Colour + (int)c;", 5)]
    [InlineData("static double F(Item it, int n, Order o, Colour c) => it.Colour < c ? (double)c : 0;", 7)]
    public void Compile_ReadsParts_AsCSharpDoes(string source, double expected)
    {
        HoleCompiler compiler = new(Signature);
        Assert.True(compiler.TryCompile(source, out HoleProgram? program, out IReadOnlyList<Refusal> refusals), string.Join(' ', refusals));
        using (program)
        using (HoleInstance run = program.Start())
        {
            Assert.Equal(expected, run.As<Priority>()(new(2.5, Colour.Green, new(3, 4), [4, 5, 6]), 2, new(40, true), Colour.Blue));

            // Printed and read again it is the same tree, which passes without Roslyn too.
            string text = program.Syntax.ToString();
            Assert.True(compiler.TryRead(text, out HoleSyntax? again, out refusals), text + string.Join(' ', refusals));
            Assert.Equal(program.Syntax, again);
            Assert.Null(compiler.Check(again));
            Assert.Equal(text, again.ToString());
        }
    }

    [Theory]
    [InlineData("static double F(Item item, int n, Order order, Colour wanted) { var other = item; return other.Weight; }", "The type Item is not allowed")]
    [InlineData("static double F(Item item, int n, Order order, Colour wanted) { wanted = Colour.Red; return 1; }", "wanted cannot be assigned to: copy what is needed into a local.")]
    [InlineData("static double F(Item item, int n, Order order, Colour wanted) { item.Weight = 2; return 1; }", "readonly field")]
    [InlineData("static double F(Item item, int n, Order order, Colour wanted) => G(item); static double G(Item item) => item.Weight;", "item can only be read part by part: item.Weight, (int)item.Colour, item.Size.Width, item.Size.Height, item.History.")]
    [InlineData("static double F(Item item, int n, Order order, Colour wanted) => n <= 0 ? 0 : F(item, n - 1, order, Colour.Red);", "F cannot be called from inside, since it takes what the host alone can make")]
    [InlineData("static double F(Item item, int n, Order order, Colour wanted) => item.Name.Length;", "'Item' does not contain a definition for 'Name'")]
    [InlineData("static double F(Item item, int n, Order order, int wanted) => 1;", "The method has to be static double F(Item, int, Order, Colour).")]
    [InlineData("static double F(Item item, int n, Order order, Colour wanted) { Item[] all = new Item[3]; return all.Length; }", "The type Item is not allowed")]
    [InlineData("static double F(Item item, int n, Order order, Colour wanted) => item.Size.Width + item.Size.GetHashCode();", "does not contain a definition for 'GetHashCode'")]
    public void TryCompile_MoreThanParts_IsRefused(string source, string reason)
    {
        Assert.False(new HoleCompiler(Signature).TryCompile(source, out _, out IReadOnlyList<Refusal> refusals));
        Assert.Contains(refusals, r => r.Reason.Contains(reason, StringComparison.Ordinal));
    }

    public readonly record struct Small(float Weight, byte Kind, short[] Behind);

    public delegate double OfSmall(float x, byte b, sbyte s, short h, ushort u, Small all);

    [Fact]
    public void Signature_SmallNumbers_CrossAsLargerOnes()
    {
        HoleSignature signature = HoleSignature.Of<OfSmall>("F");
        Assert.Equal("double F(float, byte, sbyte, short, ushort, Small)", signature.ToString());
        Assert.Equal(["double", "int", "int", "int", "int", "double", "int"], signature.Parameters.Select(p => p.Name));
        Assert.Equal("readonly struct Small { public readonly float Weight; public readonly byte Kind; }", signature.Declarations);
        Assert.Equal([typeof(Small)], signature.Arguments.SelectMany(a => a.UsersTypes));
    }

    [Theory]
    [InlineData("static double F(float x, byte b, sbyte s, short h, ushort u, Small all) => (double)x * (double)x;", 0.1f * (double)0.1f)] // not 0.1f * 0.1f
    [InlineData("static double F(float x, byte b, sbyte s, short h, ushort u, Small all) => x;", 0.1f)]
    [InlineData("static double F(float x, byte b, sbyte s, short h, ushort u, Small all) => Math.Sqrt(all.Weight) + x * 2.0;", 3 + (0.1f * 2.0))]
    [InlineData("static double F(float x, byte b, sbyte s, short h, ushort u, Small all) => b * b + s - h + u / 2 + all.Kind % 4;", (250 * 250) - 100 + 30_000 + 30_000 + 3)]
    [InlineData("static double F(float x, byte b, sbyte s, short h, ushort u, Small all) { int n = b; n += u; int[] a = [1, 2, 3, 4, 5, 6, 7, 8]; return n + a[all.Kind] + (b > s && h == -30000 ? 1 : 0); }", 250 + 60_000 + 8 + 1)]
    [InlineData("static double F(float x, byte b, sbyte s, short h, ushort u, Small all) => G(x, b); static double G(double x, long n) => x > 0.1 ? n : -n;", 250)] // 0.1f is more than 0.1
    [InlineData("static double F(float x, byte b, sbyte s, short h, ushort u, Small all) => (int)all.Weight << (int)all.Kind;", 9 << 7)]
    public void Compile_SmallNumbers_AreWhatCSharpConvertsThemTo(string source, double expected)
    {
        HoleCompiler compiler = new(HoleSignature.Of<OfSmall>("F"));
        Assert.True(compiler.TryCompile(source, out HoleProgram? program, out IReadOnlyList<Refusal> refusals), string.Join(' ', refusals));
        using (program)
        using (HoleInstance run = program.Start())
        {
            Assert.Equal(expected, run.As<OfSmall>()(0.1f, 250, -100, -30_000, 60_000, new(9, 7, [])));
            string text = program.Syntax.ToString();
            Assert.True(compiler.TryRead(text, out HoleSyntax? again, out refusals), text + string.Join(' ', refusals));
            Assert.Equal(program.Syntax, again);
            Assert.Null(compiler.Check(again));
        }
    }

    [Theory]
    [InlineData("=> x * x;", "x is a float: read it as (double)x.")]
    [InlineData("=> all.Weight * x;", "all.Weight is a float: read it as (double)all.Weight.")]
    [InlineData("=> x > all.Weight ? 1 : 0;", "x is a float: read it as (double)x.")]
    [InlineData("=> x * 2 + 1.0;", "x is a float: read it as (double)x.")]
    [InlineData("=> -x;", "x is a float: read it as (double)x.")]
    [InlineData("{ var y = x; return y; }", "The type float is not allowed")]
    [InlineData("{ float y = (float)b; return y; }", "The type float is not allowed")]
    [InlineData("=> (double)(float)(double)x;", "The type float is not allowed")]
    [InlineData("=> (byte)(b + 10);", "The type byte is not allowed")]
    [InlineData("=> b switch { 1 => 2, _ => 3 };", "b is a byte: read it as (int)b.")]
    [InlineData("{ b = 3; return 1; }", "b cannot be assigned to")]
    [InlineData("{ b++; return 1; }", "b cannot be assigned to")]
    [InlineData("=> x <= 0 ? 0 : F(x, b, s, h, u, all);", "x is a float: read it as (double)x.")]
    [InlineData("=> b <= 0 ? 0 : F(1, b, s, h, u, all);", "F cannot be called from inside, since it takes what the host alone can make")]
    [InlineData("{ var m = Math.Max(b, all.Kind); m += 100; return m; }", "The type byte is not allowed")]
    [InlineData("=> Math.Abs(s);", "s is a sbyte: read it as (int)s.")] // of -128 it throws
    [InlineData("=> Math.Abs(h);", "h is a short: read it as (int)h.")]
    [InlineData("=> Math.Clamp(u, u, u);", "u is a ushort: read it as (int)u.")]
    [InlineData("=> Math.Sign(h);", "h is a short: read it as (int)h.")]
    [InlineData("=> Math.Min(x, all.Weight);", "x is a float: read it as (double)x.")]
    [InlineData("=> Math.Max(b, 1);", "ambiguous")]
    [InlineData("=> all.Behind.Length;", "does not contain a definition for 'Behind'")]
    public void TryCompile_WhatCSharpWouldRoundOrWrap_IsRefused(string body, string reason)
    {
        Assert.False(new HoleCompiler(HoleSignature.Of<OfSmall>("F")).TryCompile($"static double F(float x, byte b, sbyte s, short h, ushort u, Small all) {body}", out _, out IReadOnlyList<Refusal> refusals));
        Assert.True(refusals.Any(r => r.Reason.Contains(reason, StringComparison.Ordinal)), string.Join(' ', refusals));
    }

    public enum Level : byte
    {
        Low = 3,
        High = 250,
    }

    public delegate double OfLevel(Level level, int n);

    [Fact]
    public void Signature_EnumKeptInAByte_SaysSo() => Assert.Equal("enum Level : byte { Low = 3, High = 250 }", HoleSignature.Of<OfLevel>("F").Declarations);

    [Theory]
    [InlineData("=> (int)level + 10;", 260)]
    [InlineData("=> level == Level.High && level > Level.Low ? (int)Level.Low - (int)level : 0;", -247)]
    [InlineData("{ var other = level; other = Level.Low; return (int)other + G(level); } static int G(Level one) => (int)one;", 253)]
    [InlineData("=> level switch { Level.Low => 1, Level.High => n, _ => 3 };", 300)]
    [InlineData("=> (int)(level & Level.Low) + (double)(Level)3;", 5)]
    public void Compile_EnumKeptInAByte_IsItsNumber(string body, double expected)
    {
        HoleCompiler compiler = new(HoleSignature.Of<OfLevel>("F"));
        Assert.True(compiler.TryCompile($"static double F(Level level, int n) {body}", out HoleProgram? program, out IReadOnlyList<Refusal> refusals), string.Join(' ', refusals));
        using (program)
        using (HoleInstance run = program.Start())
        {
            Assert.Equal(expected, run.As<OfLevel>()(Level.High, 300));
            Assert.True(compiler.TryRead(program.Syntax.ToString(), out HoleSyntax? again, out refusals), program.Syntax + string.Join(' ', refusals));
            Assert.Equal(program.Syntax, again);
        }
    }

    [Theory]
    [InlineData("=> (int)(Level.Low - level);")]
    [InlineData("=> (int)(level + 10);")]
    [InlineData("=> (int)~level;")]
    [InlineData("=> (int)(Level)n;")]
    [InlineData("=> level < (Level)n ? 1 : 0;")]
    [InlineData("{ var z = level; z += 10; return (int)z; }")]
    [InlineData("{ var z = level; z++; return (int)z; }")]
    public void TryCompile_ArithmeticInTheByteOfAnEnum_IsRefused(string body)
    {
        Assert.False(new HoleCompiler(HoleSignature.Of<OfLevel>("F")).TryCompile($"static double F(Level level, int n) {body}", out _, out IReadOnlyList<Refusal> refusals));
        Assert.Contains(refusals, r => r.Reason == "Level is kept in a byte, in which C# would compute this: make its values ints first, (int)Level.Low.");
    }

    [Fact]
    public void Signature_TypesThatCannotCross_AreRefused()
    {
        Assert.Contains("or an enum, struct or record of these", Assert.Throws<InputException>(() => HoleSignature.Of<Func<string, double>>("F")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot cross", Assert.Throws<InputException>(() => HoleSignature.Of<Func<DateTime, double>>("F")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot cross", Assert.Throws<InputException>(() => HoleSignature.Of<Func<Item[], double>>("F")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot cross", Assert.Throws<InputException>(() => HoleSignature.Of<Func<int, Colour>>("F")).Message, StringComparison.Ordinal);
        Assert.Contains("arrays of int, uint, long, ulong, double or bool", Assert.Throws<InputException>(() => HoleSignature.Of<Func<float[], double>>("F")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot cross", Assert.Throws<InputException>(() => HoleSignature.Of<Func<int, float>>("F")).Message, StringComparison.Ordinal);
        Assert.Contains("two types that are both called Size", Assert.Throws<InputException>(() => HoleSignature.Of<Func<Item, Others.Box, double>>("F")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_PartsThatDoNotFit_AreFaults()
    {
        HoleCompiler compiler = new(Signature);
        Assert.True(compiler.TryRead("static double F(Item item, int n, Order order, Colour wanted) => item.Weight;", out HoleSyntax? syntax, out _));
        Method hole = syntax.Methods[0];

        Assert.Equal("The first method has to be static double F(Item, int, Order, Colour).", compiler.Check(new([hole with { Parameters = [.. hole.Parameters.Reverse()] }])));
        Assert.Equal(
            "The first method has to be static double F(Item, int, Order, Colour).",
            compiler.Check(new([hole with { Parameters = [.. hole.Parameters.Select(p => p.Part is null ? p : p with { Name = p.Name.Replace("item", "other", StringComparison.Ordinal) })] }])));
        Statement assigns = new Evaluate(new Assign(new Variable(HoleType.Double, "item.Weight"), Literal.Of(1.0)));
        Assert.Contains("nothing may assign to it", compiler.Check(new([hole with { Body = new([assigns, .. hole.Body.Statements]) }])), StringComparison.Ordinal);
    }

    [Fact]
    public void Signature_HiddenMembers_TheMostDerivedCrosses()
    {
        HoleSignature signature = HoleSignature.Of<Func<Others.Derived, double>>("F");

        Assert.Equal(["double .Own", "double .Hidden"], signature.Arguments[0].Components.Select(c => $"{c.Type} {c.Path}").Order(StringComparer.Ordinal).Reverse());
        Assert.True(new HoleCompiler(signature).TryCompile("static double F(Derived d) => d.Hidden + d.Own;", out HoleProgram? program, out _));
        using (program)
        using (HoleInstance run = program.Start())
        {
            Assert.Equal(7.5, run.As<Func<Others.Derived, double>>()(new(2.5)));
        }
    }

    [Fact]
    public void CanonicalForm_OtherNames_AreTheSame()
    {
        HoleCompiler compiler = new(Signature);
        Assert.True(compiler.TryRead("static double F(Item item, int n, Order order, Colour wanted) => item.Weight + (int)wanted;", out HoleSyntax? one, out _));
        Assert.True(compiler.TryRead("static double F(Item x, int i, Order o, Colour c) => (int)c + x.Weight;", out HoleSyntax? other, out _));

        Assert.Equal(CanonicalForm.Of(one), CanonicalForm.Of(other));
    }
}
