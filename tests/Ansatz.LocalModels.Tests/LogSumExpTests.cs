using CsCheck;

namespace Ansatz.LocalModels.Tests;

public sealed class LogSumExpTests
{
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
