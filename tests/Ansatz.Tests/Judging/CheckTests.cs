namespace Ansatz.Tests.Judging;

public sealed class CheckTests
{
    /// <summary>Ten times 0.1 has a mean of 0.09999999999999999, and a bound of 0.1.</summary>
    [Fact]
    public void Holds_SameScoresAgain_HoldsWhateverTheLastDigit()
    {
        Assert.True(Of(Enumerable.Repeat(0.1, 10).Average() - 1e-17).Holds);
        Assert.False(Of(0.099_999_9).Holds);
        Assert.False(Of(null).Holds);
    }

    private static Check Of(double? mean) => new(1, 10, mean, 0.1, 0.1, new("now", "then", 0, new(0, 0), null, null), 0, Cost.Zero);
}
