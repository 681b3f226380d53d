using CsCheck;

namespace Ansatz.LocalModels.Tests;

public sealed class LogSumExpTests
{
    [Fact]
    public void Exp_WholeRange_AsTheLibraryWithin1e13() =>
        Gen.Double[-699, 50].Sample(static x => Assert.InRange(LogSumExp.Exp(x) / Math.Exp(x), 1 - 1e-13, 1 + 1e-13));

    [Fact]
    public void Exp_FarBelow_Nothing() => Assert.InRange(LogSumExp.Exp(double.NegativeInfinity), 0, 1e-300);

    [Fact]
    public void Log_WholeRange_AsTheLibraryWithin1e15() =>
        Gen.Double[1e-300, 1e300].Sample(static x => Assert.InRange(LogSumExp.Log(x) - Math.Log(x), -1e-15 * Math.Abs(Math.Log(x)) - 1e-16, (1e-15 * Math.Abs(Math.Log(x))) + 1e-16));

    [Fact]
    public void Of_AnyLength_AsWrittenOut() =>
        Gen.Float[-80, 80].Array[1, 40].Sample(static x =>
        {
            double max = x.Max();
            double expected = max + Math.Log(x.Sum(v => Math.Exp(v - max)));
            Assert.InRange(LogSumExp.Of(x) - expected, -1e-12, 1e-12);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(9)]
    public void Of_NotANumberAnywhere_NotANumber(int where)
    {
        float[] x = [.. Enumerable.Range(0, 10).Select(i => i == where ? float.NaN : i)];
        Assert.Equal(double.NaN, LogSumExp.Of(x));
    }
}
