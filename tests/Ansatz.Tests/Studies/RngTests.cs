using CsCheck;

namespace Ansatz.Tests.Studies;

public sealed class RngTests
{
    [Fact]
    public void NextBits_KnownSeed_SameNumbersForever()
    {
        // SHA-256 of "1\n0\ntest" as state, then xoshiro256** (Blackman and Vigna): recomputed in Python with integers of 64 bits.
        Rng rng = new(1, "test");
        ulong[] drawn = [rng.NextBits(), rng.NextBits(), rng.NextBits()];
        Assert.Equal(Expected, drawn);
    }

    [Fact]
    public void Streams_OtherPurposeOrIndexOrSeed_Differ()
    {
        ulong[] first = [new Rng(1, "a").NextBits(), new Rng(1, "b").NextBits(), new Rng(1, "a", 1).NextBits(), new Rng(2, "a").NextBits()];
        Assert.Equal(4, first.Distinct().Count());
    }

    [Fact]
    public void Next_AnyRange_StaysInsideAndIsEven() => Gen.Int[1, 50].Sample(below =>
    {
        Rng rng = new(3, "range", below);
        int[] counts = new int[below];
        for (int i = 0; i < below * 400; i++)
        {
            counts[rng.Next(below)]++;
        }

        return counts.All(c => c is > 280 and < 540); // 400 with a standard deviation of at most 20
    });

    [Fact]
    public void Choose_AnyCount_AreDifferentNumbersOfTheRange() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 30]).Sample((a, b) =>
        {
            (int count, int below) = (Math.Min(a, b), Math.Max(a, b));
            int[] chosen = new Rng(a, "choose", b).Choose(count, below);
            return chosen.Length == count && chosen.Distinct().Count() == count && chosen.All(i => i >= 0 && i < below);
        });

    [Fact]
    public void NextGaussian_ManyDraws_HaveMean0AndVariance1()
    {
        Rng rng = new(1, "gauss");
        double[] draws = [.. Enumerable.Range(0, 20_000).Select(_ => rng.NextGaussian())];
        Assert.InRange(draws.Average(), -0.03, 0.03);
        Assert.InRange(draws.Average(x => x * x), 0.96, 1.04);
    }

    private static readonly ulong[] Expected = [11547675464906143762UL, 2562305883371686468UL, 9758660275741601314UL];
}
