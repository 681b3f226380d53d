using CsCheck;

namespace Ansatz.Tests;

public sealed class HolmTests
{
    // Hand-worked: 4 · 0.005 = 0.02; 3 · 0.01 = 0.03; 2 · 0.03 = 0.06; 1 · 0.04 = 0.04, lifted to 0.06.
    [Fact]
    public void Adjust_FourValues_EqualsHandWorkedValues()
    {
        double[] adjusted = [.. Holm.Adjust([0.01, 0.04, 0.03, 0.005])];

        Assert.Equal([0.03, 0.06, 0.06, 0.02], adjusted.Select(p => Math.Round(p, 12)));
    }

    [Fact]
    public void Adjust_LargeValues_StopsAtOne() => Assert.Equal([1.0, 1.0], [.. Holm.Adjust([0.6, 0.9])]);

    [Fact]
    public void Adjust_None_IsNone() => Assert.Empty(Holm.Adjust([]));

    [Fact]
    public void Adjust_One_IsUnchanged() => Assert.Equal([0.04], [.. Holm.Adjust([0.04])]);

    [Fact]
    public void Adjust_AnyValues_LiesBetweenThemAndBonferroniAndKeepsTheirOrder() =>
        Gen.Double[0, 1].Array[1, 12].Sample(p =>
        {
            double[] adjusted = [.. Holm.Adjust(p)];
            return Enumerable.Range(0, p.Length).All(i => adjusted[i] >= p[i] && adjusted[i] <= Math.Min(1, p.Length * p[i]))
                && Enumerable.Range(0, p.Length).All(i => Enumerable.Range(0, p.Length).All(j => p[i] > p[j] || adjusted[i] <= adjusted[j]));
        });

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Adjust_NoProbability_Throws(double p) => Assert.Throws<ArgumentOutOfRangeException>(() => Holm.Adjust([0.5, p]));
}
