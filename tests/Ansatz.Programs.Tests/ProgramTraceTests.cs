using Ansatz.Sandbox;

namespace Ansatz.Programs.Tests;

/// <summary>A program on one input, call by call.</summary>
public sealed class ProgramTraceTests
{
    /// <summary>The line is that of the statement in which the run ends, however it got there.</summary>
    [Theory]
    [InlineData("static double F(double[] a, int n)\n{\n    double s = 0.0;\n    for (int i = 0; i <= n; i++)\n    {\n        s += a[i];\n    }\n\n    return s;\n}", 6, 3)]
    [InlineData("static double F(double[] a, int n)\n{\n    return G(n) + a[n];\n}\n\nstatic double G(int n)\n{\n    double s = n;\n    return s;\n}", 3, 3)]
    [InlineData("static double F(double[] a, int n)\n{\n    return G(n);\n}\n\nstatic double G(int n)\n{\n    int m = n - 3;\n    return 7 / m;\n}", 9, 3)]
    [InlineData("static double F(double[] a, int n)\n{\n    if (n > 5)\n    {\n        return 1.0;\n    }\n    else if (a[n] > 0.0)\n    {\n        return 2.0;\n    }\n\n    return 3.0;\n}", 7, 3)]
    [InlineData("static double F(double[] a, int n)\n{\n    int i = 0;\n    while (a[i] > 0.0)\n    {\n        i++;\n    }\n\n    return i;\n}", 4, 1)]
    [InlineData("static double F(double[] a, int n)\n{\n    double s = 0.0;\n    for (int i = 0; n > 0; i++)\n    {\n        s += i;\n    }\n\n    return s;\n}", 6, 1)]
    public void Trace_RunThatIsTrapped_HasTheLine(string program, int line, int call)
    {
        ProgramObjective<Func<double[], int, double>, double[]> objective = OfArrays();
        Assert.Equal(program, objective.Part.Read(new(program)).ToString());

        ProgramTrace trace = objective.Trace(new(program), Split.Train, 0);

        Assert.IsType<Rejected>(trace.Run.Outcome);
        Assert.Equal(objective.Rerun(new(program), Split.Train, [0])[0], trace.Run);
        Assert.InRange(trace.Line ?? 0, line - (program.Contains("n > 0;", StringComparison.Ordinal) ? 2 : 0), line); // an endless loop ends anywhere in it
        Assert.Equal(call, trace.Calls.Length);
        Assert.Equal(new($"[1, 2, 3], {call}", null), trace.Calls[^1]);
    }

    [Fact]
    public void Trace_Calls_AreAllThatTheScorerAskedAndWasAnswered()
    {
        ProgramTrace trace = OfArrays().Trace(new("static double F(double[] a, int n) => a[0] / n;"), Split.Train, 0);

        Assert.Equal([new("[1, 2, 3], 1", "1"), new("[1, 2, 3], 2", "0.5"), new("[1, 2, 3], 3", "0.3333333333333333")], trace.Calls);
        Assert.Equal(1 + 0.5 + (1 / 3.0), ((Scored)trace.Run.Outcome).Score);
        Assert.Null(trace.Line);
    }

    [Fact]
    public void Trace_TypeOfTheUsers_IsItsParts()
    {
        ProgramPart part = Holes.Part("struct");
        ProgramObjective<Func<Crate, Contents, double>, int> objective = new(part, new([1], [], [], i => $"{i}"), (f, n) => f(new(2.5, n, Contents.Pears), Contents.Pears));

        HoleCall call = Assert.Single(objective.Trace(part.Yours, Split.Train, 0).Calls);

        Assert.Equal(new("Crate { Weight 2.5, Shelf 1, Contents Pears }, Contents { Pears }", "2.5"), call);
    }

    [Fact]
    public void Trace_NoProgram_SaysWhyAndRunsNothing()
    {
        ProgramTrace trace = OfArrays().Trace(new("static double F(double[] a) => 1;"), Split.Train, 0);

        Assert.StartsWith(ProgramObjective.Refused, Assert.IsType<Rejected>(trace.Run.Outcome).Reason, StringComparison.Ordinal);
        Assert.Empty(trace.Calls);
    }

    private static ProgramObjective<Func<double[], int, double>, double[]> OfArrays() => new(
        new(HoleSignature.Of<Func<double[], int, double>>("F"), "static double F(double[] a, int n) => n;"),
        new([[1, 2, 3]], [], [], i => string.Join(' ', i)),
        (f, input) => f(input, 1) + f(input, 2) + f(input, 3));
}
