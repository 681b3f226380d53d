using CsCheck;

namespace Ansatz.Tests.Studies;

public sealed class PortableMathTests
{
    [Fact]
    public void Exp_WholeRange_AsTheLibraryWithin1e13() =>
        Gen.Double[-699, 50].Sample(static x => Assert.InRange(PortableMath.Exp(x) / Math.Exp(x), 1 - 1e-13, 1 + 1e-13));

    [Fact]
    public void Exp_FarBelow_Nothing() => Assert.InRange(PortableMath.Exp(double.NegativeInfinity), 0, 1e-300);

    [Fact]
    public void Log_WholeRange_AsTheLibraryWithin1e15() =>
        Gen.Double[1e-300, 1e300].Sample(static x => Assert.InRange(PortableMath.Log(x) - Math.Log(x), (-1e-15 * Math.Abs(Math.Log(x))) - 1e-16, (1e-15 * Math.Abs(Math.Log(x))) + 1e-16));

    [Fact]
    public void ExpAndLog_KnownNumbers_SameBitsForever()
    {
        // The bits that this arithmetic gives; another machine that gives others would write other histories.
        Assert.Equal((0x3FD78B56362CEF2B, 0x3FE62E42FEFA39EF), (BitConverter.DoubleToInt64Bits(PortableMath.Exp(-1)), BitConverter.DoubleToInt64Bits(PortableMath.Log(2))));
    }
}
