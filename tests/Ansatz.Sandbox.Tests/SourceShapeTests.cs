namespace Ansatz.Sandbox.Tests;

/// <summary>Sources that C#'s own parser would read for days, or until its stack ends: refused before it sees them. A test that fails here may not come back.</summary>
public sealed class SourceShapeTests
{
    private static readonly HoleCompiler Compiler = new(HoleSignature.Of("F", typeof(double), [typeof(double)]));

    [Theory]
    [InlineData("static double F(double x) => @;", "a?[", 38)]
    [InlineData("static @", "a?[", 38)]
    [InlineData("static double F(double x) => @;", "((a,b)=", 38)]
    [InlineData("static double F(double x) => @;", "(a*b,c)=(", 38)]
    [InlineData("static double F(double x) => @;", "( ( a a ", 19)]
    [InlineData("static double F(double x) { @ }", "( a a ( ", 19)]
    [InlineData("static double F(double x) => @;", "( [ => a ", 19)]
    [InlineData("static double F(double x) { return @; }", ", [ ( a ", 19)]
    [InlineData("static double F(double x) => @;", "=> { [ ( ", 13)]
    [InlineData("static double F(double x) => @;", "? ( a a ", 38)]
    [InlineData("static double F(double x) => @;", "~ ( ( a ", 19)]
    [InlineData("static double F(double x) => @;", "1 ( ( a ", 19)]
    [InlineData("static double F(double x) => @;", "[ ( not a ", 19)]
    [InlineData("static double F(double x) { var s = $\"{@}\"; return x; }", "(", 8000)]
    [InlineData("static double F(double x) { var s = @; return x; }", "$\"{", 2600)]
    [InlineData("#if @\nstatic double F(double x) => x;", "(", 8000)]
    [InlineData("#if @\nstatic double F(double x) => x;", "!", 8000)]
    public void TryRead_SourceThatKeepsTheParserBusy_RefusedAtOnce(string source, string unit, int times)
    {
        Assert.False(Compiler.TryRead(source.Replace("@", string.Concat(Enumerable.Repeat(unit, times)), StringComparison.Ordinal), out _, out IReadOnlyList<Refusal> refusals));
        Assert.NotEmpty(refusals);
    }

    /// <summary>C#'s parser takes twice as long, or nearly, for each more of these: words that it guesses about, where no candidate has any.</summary>
    [Theory]
    [InlineData("return @ x;", "checked % checked x ", "")]
    [InlineData("return @ x;", "% checked from checked ", "")]
    [InlineData("return @ x;", "unchecked % unchecked x ", "")]
    [InlineData("@ x; return 1;", "partial ", "")]
    [InlineData("return else else x @;", "partial ", "")]
    [InlineData("return @ x;", "a delegate { async ", "")]
    [InlineData("return @ x;", "a delegate { { async ", "")]
    [InlineData("return @ x;", "group private do { ", "")]
    [InlineData("return @ x;", "> global operator ! foreach ", "\npartial ")]
    [InlineData("return @ x;", "new do async ", "group int[] init ")]
    [InlineData("return @ 1 @;", "a[x is ", ".Length and n][x] ")]
    [InlineData("return @ 1 @;", "x is n < x * G(x < ", ", x > (n)) + x")]
    [InlineData("return @ 1 @;", "x is n(", ")")]
    public void TryRead_WordsThatKeepTheParserGuessing_RefusedInTime(string body, string open, string close)
    {
        string[] places = body.Split('@');
        body = places[0] + Times(open) + places[1] + Times(close) + string.Concat(places[2..]);

        Assert.False(InTime(() => Compiler.TryRead($"static double F(double x)\n{{\n{body}\n}}", out _, out _)));

        static string Times(string unit) => string.Concat(Enumerable.Repeat(unit, 38));
    }

    /// <summary>Sequences of C#'s tokens, repeated as one motif with another one behind.</summary>
    [Fact]
    public void TryRead_MotifsOfAnyTokens_AnsweredInTime()
    {
        string[] tokens =
        [
            "x", "1", "2.5", "(", ")", "[", "]", "{", "}", ",", ";", ":", "<", ">", "=", "==", "=>", "?", "+", "-", "%", "!", "~", "&&", "..", ".", "?[", "(int)", "(a, b) =", "x is", "G(", "a[", "int[]", "x switch {",
            "not", "and", "or", "when", "case", "default", "new", "int", "static", "if", "else", "do", "for", "foreach", "in", "while", "return", "break", "unchecked", "checked", "delegate", "operator", "async", "await", "partial",
            "private", "group", "global", "where", "from", "select", "with", "stackalloc", "ref", "out", "as", "scoped", "var", "get", "record", "extension", "field", "init", "class", "try", "catch", "typeof", "yield", "file", "this",
        ];
        Rng rng = new(5, "motifs");
        for (int i = 0; i < 3_000; i++)
        {
            (string open, string close) = (Motif(1 + rng.Next(5)), Motif(rng.Next(4)));
            int times = 10 + rng.Next(40);
            string source = $"static double F(double x) {{ return {string.Concat(Enumerable.Repeat(open, times))} x {string.Concat(Enumerable.Repeat(close, times))}; }}";
            InTime(() => Compiler.TryRead(source, out _, out _));
        }

        string Motif(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => rng.Pick(tokens) + " "));
    }

    // A guard against hanging, not a claim about speed.
    private static bool InTime(Func<bool> read)
    {
        Task<bool> task = Task.Factory.StartNew(read, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(task.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), "C#'s parser does not come back.");
        return task.Result;
    }

    /// <summary>What looks like it, and is nothing of the kind.</summary>
    [Theory]
    [InlineData("double y = 0; for (int i = 0, j = 1; i < 3 && j > (x > 2 ? 0 : 1); i++) { y += i; } return y;")]
    [InlineData("// it's \"text\", $ and @ and # in a comment ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((\n/* '\" */ return x;")]
    [InlineData("double a = x, b = 1; (a, b) = (b, a); double[] l = x > 1 ? [a, b] : [b]; foreach (var v in l) { a += v; } return a > (b + 1) ? a : b;")]
    [InlineData("int k = (int)x; return k switch { 0 or 1 => (k switch { 0 => x, _ => 1 }), > 5 and not 7 => x, _ when k is > 2 => 3, _ => G(k) }; static double G(int n) => n > (2 * n) ? 1 : 2;")]
    [InlineData("int partialSum = 0, group = 1, from = 2, by = 3; { unchecked { group += from << by; } } const int k = 3; return unchecked(group * k) - -partialSum + +k;")]
    [InlineData("bool isSmall = x is (>= 0 and < 1.5) or 7 or (2 + 1) * 3; switch ((int)x) { case 1: case 2 when isSmall: case (3): return 1; case -4 or > 9 and not (11 or 12): default: break; } return isSmall ? double.Epsilon : Math.PI;")]
    [InlineData("int s = 64 >> 2 >>> 1; s >>= 1; s >>>= 1; (s) = ~s; for (s = 0, x = 1; ; s++, x--) if (s > 3) break; else continue; ; return new[] { 1.0, 2 }[s & 1] + new double[] { 1, x, }.Length + new int[2][].Length + default(double);")]
    [InlineData("while (true) { if (x > 1) { do { x--; } while (x > 3); } else { break; } } double[][] t = [[1, 2], [x]]; t[0][1] = (x = x + 1) * 2; return t[0][1];")]
    public void TryRead_OrdinarySource_IsRead(string body)
    {
        bool isRead = Compiler.TryRead($"static double F(double x) {{ {body} }}", out _, out IReadOnlyList<Refusal> refusals);

        Assert.True(isRead, string.Join(' ', refusals));
    }
}
