namespace Ansatz.Cli.Tests.Programs;

public sealed class FoundMethodTests
{
    private const string File = """
        namespace A;

        public static class H
        {
            /// <summary>Yours.</summary>
            [Open] // the hole
            public static double P(double x, int[] a) => x; // trailing

            public static double Q(double x) => x;
        }
        """;

    [Theory]
    [InlineData("static double P(double x, int[] a) => x + a.Length;", "    public static double P(double x, int[] a) => x + a.Length; // trailing")]
    [InlineData("static double P(double x, int[] a)\n{\n    return x;\n}", "    public static double P(double x, int[] a)\n    {\n        return x;\n    } // trailing")]
    [InlineData("static double P(double y, int[] b) => y;", "    public static double P(double y, int[] b) => y; // trailing")]
    [InlineData("static double P(double x, int[] a) => Q(x);\n\nstatic double Q(double x) => x * 2;", "    public static double P(double x, int[] a)\n    {\n        return Q(x);\n\n        static double Q(double x) => x * 2;\n    } // trailing")]
    [InlineData("static double P(double x, int[] a) { return Q(x); }\n\nstatic double Q(double x) => x * 2;", "    public static double P(double x, int[] a)\n    {\n        return Q(x);\n\n        static double Q(double x) => x * 2;\n    } // trailing")]
    public void Into_Program_ReplacesTheBodyAndNothingElse(string program, string method)
    {
        string text = new FoundMethod(new(program), "P").Into(File, 6);

        Assert.Equal(File.Replace("    public static double P(double x, int[] a) => x; // trailing", method, StringComparison.Ordinal), text);
    }

    [Fact]
    public void Into_MethodIsElsewhereNow_SaysSo() =>
        Assert.Throws<InputException>(() => new FoundMethod(new("static double P(double x, int[] a) => 1;"), "P").Into(File, 9));
}
