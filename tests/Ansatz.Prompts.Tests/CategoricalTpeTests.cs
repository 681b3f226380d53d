using System.Collections.Immutable;
using System.Globalization;
using CsCheck;

namespace Ansatz.Prompts.Tests;

public sealed class CategoricalTpeTests
{
    /// <summary>
    /// Four points over 2 x 3 choices, of which ⌈0.4⌉ = 1, (0, 2), is good. l has two kernels of weight 1/2, a = 1/2: its point's gives 3/4 and 1/4 on the first variable, 3/5 and 1/5 on the
    /// second, the prior's 1/6 everywhere. g has four kernels of weight 1/4, a = 1/4: 5/6 and 1/6; 5/7 and 1/7; 1/6.
    /// </summary>
    [Theory]
    [InlineData(0, 2, (0.75 * 0.6 / 2) + (1 / 12.0), ((5 / 42.0) + (1 / 42.0) + (5 / 42.0) + (1 / 6.0)) / 4)]
    [InlineData(1, 0, (0.25 * 0.2 / 2) + (1 / 12.0), ((5 / 42.0) + (5 / 42.0) + (5 / 42.0) + (1 / 6.0)) / 4)]
    [InlineData(1, 2, (0.25 * 0.6 / 2) + (1 / 12.0), ((1 / 42.0) + (5 / 42.0) + (25 / 42.0) + (1 / 6.0)) / 4)]
    public void LogDensities_FourPoints_AreWorkedByHand(int first, int second, double good, double others)
    {
        CategoricalTpe tpe = new([2, 3]);
        tpe.Tell([0, 0], 1);
        tpe.Tell([1, 1], 2);
        tpe.Tell([0, 2], 3);
        tpe.Tell([1, 2], 0);

        (double logGood, double logOthers) = tpe.LogDensities([first, second]);

        Assert.Equal(good, Math.Exp(logGood), 12);
        Assert.Equal(others, Math.Exp(logOthers), 12);
    }

    /// <summary>40 points: the 36 of g are more than 25, so the earlier ones weigh less. Expected values by exact fractions, from the formulas of Optuna's estimator, outside of .NET.</summary>
    [Theory]
    [InlineData(0, 0, 0.08333333333333333, 0.18241272037893363)]
    [InlineData(1, 1, 0.3333333333333333, 0.29078261945747685)]
    [InlineData(0, 2, 0.08333333333333333, 0.017188431723315443)]
    [InlineData(1, 0, 0.08333333333333333, 0.19894971928758678)]
    public void LogDensities_FortyPoints_EarlierOnesWeighLess(int first, int second, double good, double others)
    {
        CategoricalTpe tpe = new([2, 3]);
        for (int i = 0; i < 40; i++)
        {
            tpe.Tell([i % 2, i * i % 3], i * 7 % 40);
        }

        (double logGood, double logOthers) = tpe.LogDensities([first, second]);

        Assert.Equal(good, Math.Exp(logGood), 12);
        Assert.Equal(others, Math.Exp(logOthers), 12);
    }

    [Fact]
    public void LogDensities_AnyPoints_SumTo1() =>
        Gen.Select(Gen.Int[0, 2].Array[2], Gen.Double[-1, 1]).Array[0, 60].Sample(
            points =>
            {
                CategoricalTpe tpe = new([3, 3]);
                foreach ((int[] x, double score) in points)
                {
                    tpe.Tell(x, score);
                }

                (double Good, double Others)[] all = [.. Enumerable.Range(0, 9).Select(i => tpe.LogDensities([i / 3, i % 3]))];
                Assert.Equal(1, all.Sum(d => Math.Exp(d.Good)), 9);
                Assert.Equal(1, all.Sum(d => Math.Exp(d.Others)), 9);
            },
            iter: 100);

    [Fact]
    public void Ask_FewPoints_IsUniform()
    {
        CategoricalTpe tpe = new([4], new() { StartupTrials = 5 });
        for (int i = 0; i < 4; i++)
        {
            tpe.Tell([0], 1);
        }

        int[] counts = new int[4];
        for (int i = 0; i < 4000; i++)
        {
            counts[tpe.Ask(new Rng(1, "ask", i))[0]]++;
        }

        Assert.All(counts, c => Assert.InRange(c, 880, 1120)); // 4.4 standard deviations
    }

    /// <summary>Of 8 x 8 x 8 x 8 points on an additive surface with an interaction, 60 are asked; the best of them, on a scale on which the best of all is 1.</summary>
    [Fact]
    public void Ask_KnownSurface_FindsBetterPointsThanRandomDrawsOver20Seeds()
    {
        double tpe = 0, random = 0;
        const int seeds = 20;
        for (int seed = 0; seed < seeds; seed++)
        {
            double[][] worth = [.. Enumerable.Range(0, 4).Select(d => Enumerable.Range(0, 8).Select(c => new Rng(seed, $"worth {d}", c).NextDouble()).ToArray())];
            double most = AllPoints().Max(Score);
            tpe += Best(learns: true) / most / seeds;
            random += Best(learns: false) / most / seeds;

            double Score(IReadOnlyList<int> x) => worth[0][x[0]] + worth[1][x[1]] + worth[2][x[2]] + worth[3][x[3]] + (x[0] == x[1] ? 0.3 : 0);

            double Best(bool learns)
            {
                CategoricalTpe search = new([8, 8, 8, 8], new() { StartupTrials = learns ? 10 : int.MaxValue });
                double best = 0;
                for (int t = 0; t < 60; t++)
                {
                    ImmutableArray<int> x = search.Ask(new Rng(seed, "ask", t));
                    search.Tell(x, Score(x));
                    best = Math.Max(best, Score(x));
                }

                return best;
            }
        }

        Assert.True(tpe - random >= 0.03, string.Create(CultureInfo.InvariantCulture, $"TPE {tpe:0.000}, random {random:0.000}"));

        static IEnumerable<int[]> AllPoints() => Enumerable.Range(0, 4096).Select(i => new[] { i / 512, i / 64 % 8, i / 8 % 8, i % 8 });
    }

    [Fact]
    public void Tell_PointOutsideOrNoNumber_IsRefused()
    {
        CategoricalTpe tpe = new([2, 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tpe.Tell([0], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => tpe.Tell([0, 3], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => tpe.Tell([-1, 0], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => tpe.Tell([0, 0], double.NaN));
    }
}
