using System.Text.Json;

namespace Ansatz.Tests;

public sealed class McNemarTests
{
    [Fact]
    public void PValue_EveryReferenceCase_EqualsSciPy()
    {
        foreach (JsonElement table in SciPyReference.Section("mcnemar").EnumerateArray())
        {
            int b = table.GetProperty("b").GetInt32();
            int c = table.GetProperty("c").GetInt32();
            double expected = table.GetProperty("mcnemar_exact_p").GetDouble();

            Assert.Equal(expected, McNemar.PValue(b, c), 1e-12);
            Assert.Equal(expected, McNemar.PValue(c, b), 1e-12);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(500, 500)]
    public void PValue_AsManyEitherWay_IsOne(int onlyFirst, int onlySecond) => Assert.Equal(1, McNemar.PValue(onlyFirst, onlySecond));

    [Fact]
    public void PValue_Negative_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => McNemar.PValue(-1, 3));
}
