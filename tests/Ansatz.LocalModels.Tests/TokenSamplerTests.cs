using CsCheck;

namespace Ansatz.LocalModels.Tests;

public sealed class TokenSamplerTests
{
    // probabilities 0.5, 0.25, 0.125, 0.125 at temperature 1
    private static readonly float[] s_logits = [(float)Math.Log(0.25), (float)Math.Log(0.5), (float)Math.Log(0.125), (float)Math.Log(0.125)];

    [Fact]
    public void Next_TemperatureOne_ModelsOwnProbabilities() => AssertShares(new() { Temperature = 1 }, [0.25, 0.5, 0.125, 0.125]);

    [Fact]
    public void Next_TemperatureOneHalf_ProbabilitiesSquared() => AssertShares(new() { Temperature = 0.5 }, [4 / 22.0, 16 / 22.0, 1 / 22.0, 1 / 22.0]);

    [Fact]
    public void Next_TopP_FewestTokensThatReachIt() => AssertShares(new() { Temperature = 1, TopP = 0.7 }, [1 / 3.0, 2 / 3.0, 0, 0]);

    [Fact]
    public void Next_TopK_TiesGoToTheLowerToken() => AssertShares(new() { Temperature = 1, TopK = 3 }, [2 / 7.0, 4 / 7.0, 1 / 7.0, 0]);

    [Fact]
    public void Next_TopKThenTopP_TopPOfWhatIsLeft() => AssertShares(new() { Temperature = 1, TopK = 2, TopP = 0.6 }, [0, 1, 0, 0]);

    [Fact]
    public void Next_TemperatureZero_LikeliestAndOfEqualsTheFirst() => Assert.Equal(1, new TokenSampler(new(), new Rng(1, "test")).Next([0, 3, 3, -1]));

    [Fact]
    public void Next_MaskedTokens_NeverDrawn() =>
        Gen.Int.Sample(static seed =>
        {
            TokenSampler sampler = new(new() { Temperature = 2 }, new Rng(seed, "test"));
            return sampler.Next([float.NegativeInfinity, 1, float.NegativeInfinity, -50, float.NegativeInfinity]) is 1 or 3;
        });

    [Fact]
    public void Next_NotANumber_Fault() => Assert.Throws<FaultException>(() => new TokenSampler(new(), new Rng(1, "test")).Next([float.NaN, 1]));

    private static void AssertShares(CompletionOptions options, double[] expected)
    {
        const int Draws = 20_000;
        TokenSampler sampler = new(options, new Rng(1, "test"));
        int[] counts = new int[expected.Length];
        for (int i = 0; i < Draws; i++)
        {
            counts[sampler.Next(s_logits)]++;
        }

        for (int i = 0; i < expected.Length; i++)
        {
            double deviation = Math.Sqrt(expected[i] * (1 - expected[i]) / Draws);
            Assert.InRange((double)counts[i] / Draws, expected[i] - (4 * deviation), expected[i] + (4 * deviation));
        }
    }
}
