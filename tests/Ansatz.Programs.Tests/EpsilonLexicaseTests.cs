namespace Ansatz.Programs.Tests;

/// <summary>ε-lexicase selection against cases that were worked by hand.</summary>
public sealed class EpsilonLexicaseTests
{
    [Theory]
    [InlineData(new double[] { 4 }, 0)]
    [InlineData(new double[] { 1, 5 }, 2)] // both are 2 from the median of 3
    [InlineData(new double[] { 9, 1, 2, 2, 4 }, 1)] // from 2: 7, 1, 0, 0, 2
    [InlineData(new double[] { 0, 1, 3, 10 }, 1.5)] // from 2: 2, 1, 1, 8
    [InlineData(new double[] { double.MaxValue, double.MaxValue }, 0)]
    public void MedianDeviation_WorkedByHand(double[] values, double expected) => Assert.Equal(expected, EpsilonLexicase.MedianDeviation(values));

    [Fact]
    public void Passing_NoCaseTellsThemApart_AllOfThem() =>
        Assert.Equal([0, 2, 3], EpsilonLexicase.Passing([[5, 7], [1, 2], [5, 7], [5, 7]], new Rng(1, "order")));

    // Case 0: of 10, 6, 0 the median is 6 and the deviation 4, so the first two pass; case 1: of their 0 and 6 the deviation is 3, so the second. The other order is the mirror image.
    [Fact]
    public void Passing_FairOneBetweenTwoSpecialists_AlwaysTheFairOne() =>
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal([1], EpsilonLexicase.Passing([[10, 0], [6, 6], [0, 10]], new Rng(1, "order", i))));

    /// <summary>
    /// With [9, 3] besides. Case 0 first: the median of 10, 6, 0, 9 is 7.5 and the deviation 2, so 10 and 9 pass, and on case 1 the 3 of the fourth. Case 1 first: the median of 0, 6, 10, 3 is 4.5 and the deviation 3, so the third alone.
    /// The second, whose mean nobody's is above, is never chosen.
    /// </summary>
    [Fact]
    public void Passing_EveryOrderOfTheCases_ChoosesItsOwn()
    {
        const int Draws = 10_000;
        int[] counts = new int[4];
        for (int i = 0; i < Draws; i++)
        {
            counts[Assert.Single(EpsilonLexicase.Passing([[10, 0], [6, 6], [0, 10], [9, 3]], new Rng(1, "order", i)))]++;
        }

        Assert.Equal([0, 0], counts[..2]);
        Assert.InRange(counts[2], (Draws / 2) - 200, (Draws / 2) + 200); // four standard deviations
    }
}
