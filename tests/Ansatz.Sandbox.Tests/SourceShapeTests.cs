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

    /// <summary>What looks like it, and is nothing of the kind.</summary>
    [Theory]
    [InlineData("double y = 0; for (int i = 0, j = 1; i < 3 && j > (x > 2 ? 0 : 1); i++) { y += i; } return y;")]
    [InlineData("// it's \"text\", $ and @ and # in a comment ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((\n/* '\" */ return x;")]
    [InlineData("double a = x, b = 1; (a, b) = (b, a); double[] l = x > 1 ? [a, b] : [b]; foreach (var v in l) { a += v; } return a > (b + 1) ? a : b;")]
    [InlineData("int k = (int)x; return k switch { 0 or 1 => (k switch { 0 => x, _ => 1 }), > 5 and not 7 => x, _ when k is > 2 => 3, _ => G(k) }; static double G(int n) => n > (2 * n) ? 1 : 2;")]
    [InlineData("while (true) { if (x > 1) { do { x--; } while (x > 3); } else { break; } } double[][] t = [[1, 2], [x]]; t[0][1] = (x = x + 1) * 2; return t[0][1];")]
    public void TryRead_OrdinarySource_IsRead(string body)
    {
        bool isRead = Compiler.TryRead($"static double F(double x) {{ {body} }}", out _, out IReadOnlyList<Refusal> refusals);

        Assert.True(isRead, string.Join(' ', refusals));
    }
}
