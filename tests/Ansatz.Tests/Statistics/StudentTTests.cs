using CsCheck;

namespace Ansatz.Tests;

public sealed class StudentTTests
{
    // 1..10: mean 5.5, s = √(82.5 / 9) = 3.02765; t(0.975, 9) = 2.262157163 (any table): half width 2.262157163 · 3.02765 / √10 = 2.1658506.
    [Fact]
    public void Interval_OneToTen_EqualsHandWorkedValue()
    {
        Interval interval = StudentT.Interval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

        Assert.Equal(5.5 - 2.16585059, interval.Low, 1e-7);
        Assert.Equal(5.5 + 2.16585059, interval.High, 1e-7);
    }

    // Two values 0 and 2: mean 1, s / √2 = 1, so the half width is t itself: tan(π · 0.475) = 12.7062 for one degree of freedom.
    [Fact]
    public void Interval_TwoValues_UsesTheCauchyQuantile() =>
        Assert.Equal(1 + Math.Tan(Math.PI * 0.475), StudentT.Interval([0, 2]).High, 1e-6);

    [Fact]
    public void Interval_OneValue_IsEverything() => Assert.Equal(Interval.Everything, StudentT.Interval([3]));

    [Fact]
    public void Interval_EqualValues_IsThatValue() => Assert.Equal(new Interval(0.1, 0.1), StudentT.Interval([0.1, 0.1, 0.1]));

    [Fact]
    public void Interval_MoreConfidence_IsWider() =>
        Gen.Select(Gen.Double[-10, 10].Array[2, 20], Gen.Double[0.5, 0.98]).Where((v, _) => v.Distinct().Count() > 1).Sample((values, confidence) =>
        {
            Interval narrow = StudentT.Interval(values, confidence);
            Interval wide = StudentT.Interval(values, confidence + 0.01);
            return wide.Low < narrow.Low && narrow.Contains(values.Average()) && wide.High > narrow.High;
        });

    [Fact]
    public void Interval_NoValues_Throws() => Assert.Throws<ArgumentException>(() => StudentT.Interval([]));

    [Fact]
    public void Interval_NotANumber_Throws() => Assert.Throws<ArgumentException>(() => StudentT.Interval([1, double.NaN]));
}
