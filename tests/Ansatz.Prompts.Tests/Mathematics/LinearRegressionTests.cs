using Ansatz.Experiments.OproPaper;
using Ansatz.Language;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

public sealed class LinearRegressionObjectiveTests : ObjectiveContract<Line>
{
    protected override Objective<Line> Create() => new LinearRegression(new(3, 5), seed: 1);
}

public sealed class LinearRegressionOproContractTests : OptimizerContract<Line>
{
    protected override Objective<Line> Objective() => new LinearRegression(new(36, -1), seed: 1);

    protected override Optimizer<Line> Optimizer() => new LinearRegressionOpro(SimulatedProposer.OfLines(1.5)) { Steps = 5, PerStep = 4 };
}

public sealed class LineLocalSearchContractTests : OptimizerContract<Line>
{
    protected override Objective<Line> Objective() => new LinearRegression(new(36, -1), seed: 1);

    protected override Optimizer<Line> Optimizer() => new LineLocalSearch { Steps = 5, PerStep = 4 };
}

public sealed class LineDrawsContractTests : OptimizerContract<Line>
{
    protected override Objective<Line> Objective() => new LinearRegression(new(36, -1), seed: 1);

    protected override Optimizer<Line> Optimizer() => new LineDraws { Steps = 5, PerStep = 4 };
}

public sealed class QuadraticFitContractTests : OptimizerContract<Line>
{
    protected override Objective<Line> Objective() => new LinearRegression(new(36, -1), seed: 1);

    protected override Optimizer<Line> Optimizer() => new QuadraticFit();
}

public sealed class LinearRegressionTests
{
    // Two lines that differ by (Δw, Δb) from the truth lose Σ(Δw x + Δb − noise)², so the differences of four losses are free of noise:
    // z(w+1, b+1) − z(w+1, b) − z(w, b+1) + z(w, b) = 2 Σ x = 2 · 1275.
    [Fact]
    public void Loss_MixedDifference_IsTwiceTheSumOfX()
    {
        LinearRegression problem = new(new(3, 5), seed: 7);

        Assert.Equal(2550, problem.Loss(new(21, 9)) - problem.Loss(new(21, 8)) - problem.Loss(new(20, 9)) + problem.Loss(new(20, 8)), 1e-6);
    }

    // Residuals are N(0, 1): their squares add up to χ² with 50 degrees of freedom, mean 50, standard deviation 10.
    [Fact]
    public void Loss_AtTheTruth_IsTheNoise()
    {
        double[] losses = [.. Enumerable.Range(0, 400).Select(seed => new LinearRegression(new(36, -1), seed).Loss(new(36, -1)))];

        Assert.Equal(50, losses.Average(), 5 * 10 / Math.Sqrt(losses.Length));
    }

    // So "the true pair was evaluated" is a fair rule to stop by: it is the best of all whole pairs in 99.95 % of draws.
    [Fact]
    public void Loss_WholePairsAroundTheTruth_AreWorseInNearlyAllDraws()
    {
        int best = Enumerable.Range(0, 1000).Count(seed =>
        {
            LinearRegression problem = new(new(15, 14), seed);
            double least = problem.Loss(problem.Truth);
            return (from dw in Enumerable.Range(-2, 5)
                    from db in Enumerable.Range(-40, 81)
                    where (dw, db) != (0, 0)
                    select problem.Loss(new(15 + dw, 14 + db))).All(loss => loss > least);
        });

        Assert.True(best >= 995, $"{best}");
    }

    [Theory]
    [InlineData("I try [3, 5].", 3, 5)]
    [InlineData("[1, 2] is bad, so [w=4, b=-7]", 4, -7)]
    [InlineData("[w = 4.6, b = -7.2], in the form [w, b]", 5, -7)]
    [InlineData("[ 4 ,5 ]", 4, 5)]
    [InlineData("[w, b]", null, null)]
    [InlineData("w=4, b=5", null, null)]
    [InlineData("[1, 2, 3]", null, null)]
    [InlineData("[99999999999999, 1]", null, null)]
    public void Parse_Reply_IsTheLastPairInBrackets(string reply, int? w, int? b) =>
        Assert.Equal(w is null ? null : new Line(w.Value, b!.Value), LinearRegressionOpro.Parse(reply));

    [Fact]
    public void MetaPrompt_Pairs_ReadsLikeItsFile() => GoldenFile.Equal(
        "Opro/lines.txt",
        LinearRegressionOpro.MetaPrompt([(new(20, 10), 21_301.97), (new(16, -3), 1_944.2), (new(15, 14), 55.51)]) + "\n");

    [Fact]
    public async Task Search_Steps_ShowTheBestPairsLastAndNeverEvaluateOneTwice()
    {
        UnrecordedSearch<Line> search = new(new LinearRegression(new(15, 14), 3), 3);
        List<string> prompts = [];
        Proposer scripted = new(new(), (request, _) =>
        {
            prompts.Add(request.Text);
            return Task.FromResult(new ProposerReply(prompts.Count % 2 == 1 ? "[30, 30]" : "no pair"));
        });

        await new LinearRegressionOpro(scripted) { Steps = 3, PerStep = 2, Shown = 4 }.SearchAsync(search, TestContext.Current.CancellationToken);

        Assert.Equal(6, prompts.Count);
        Assert.Single(search.Trials, t => t.Candidate.Value == new Line(30, 30));
        int[] shown = [.. prompts[^1].Split("value:\n")[1..].Select(v => int.Parse(v.Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(4, shown.Length);
        Assert.Equal(shown.OrderDescending(), shown);
        Assert.Equal((int)search.Trials.Min(t => -t.Blocks[0].Mean!.Value), shown[^1]);
    }

    [Fact]
    public async Task QuadraticFit_EveryProblem_NeedsTwoSteps()
    {
        foreach ((Line truth, double sigma) in LineRuns.Problems)
        {
            LineRow row = await LineRuns.RunAsync(LineRuns.Fit, truth, sigma, seeds: 100, TestContext.Current.CancellationToken);
            Assert.True(row.Solved >= 99); // one draw in 2,000 has another best pair
            Assert.All(row.Steps, s => Assert.InRange(s, 0, 2));
        }
    }

    /// <summary>The table of 300 seeds (docs/opro.md), here with 60 and within four standard errors of both.</summary>
    [Theory]
    [InlineData(LineRuns.Local, 0)]
    [InlineData(LineRuns.Local, 2)]
    [InlineData(LineRuns.Local, 4)]
    public async Task Run_Comparator_AgreesWithTheEarlierComputation(string method, int problem)
    {
        (Line truth, double sigma) = LineRuns.Problems[problem];

        LineRow row = await LineRuns.RunAsync(method, truth, sigma, seeds: 60, TestContext.Current.CancellationToken);

        var before = Published.LinesBefore[(truth.W, truth.B, method)];
        double[] steps = [.. row.Steps.Select(s => (double)s)];
        Assert.Equal(60, row.Solved);
        Assert.InRange(Published.Apart(steps.Average(), OproPage.Deviation(steps), 60, before.Steps, before.Deviation, 300, 0.1), 0, 4);
    }

    /// <summary>
    /// By hand: eight draws of 121 pairs hit the truth with q = 1 − (120/121)⁸, so it takes 1/q steps, unless a start has hit: a rounded start is at an inner value
    /// with 1/10 and at an end with 1/20. The standard deviation of the geometric distribution is about its mean.
    /// </summary>
    [Theory]
    [InlineData(15, 14, 0.01)]
    [InlineData(16, 10, 0.005)]
    public async Task LineDraws_TruthInTheBox_NeedAsManyStepsAsArithmeticSays(int w, int b, double startHits)
    {
        const int Seeds = 1000;
        double mean = Math.Pow(1 - startHits, 5) / (1 - Math.Pow(120 / 121.0, 8));

        LineRow row = await LineRuns.RunAsync(LineRuns.Draws, new(w, b), 1.5, Seeds, TestContext.Current.CancellationToken);

        Assert.Equal(mean, row.Steps.Average(), 4 * mean / Math.Sqrt(Seeds));
    }

    /// <summary>OPRO's loop with a proposer that only varies what it reads: far from the box draws find nothing, and it finds the truth.</summary>
    [Fact]
    public async Task Opro_SimulatedProposer_FindsWhatDrawsFromTheBoxCannot()
    {
        LineRow opro = await LineRuns.RunAsync(LineRuns.Simulated, new(25, 23), 3, seeds: 10, TestContext.Current.CancellationToken);
        LineRow draws = await LineRuns.RunAsync(LineRuns.Draws, new(25, 23), 3, seeds: 10, TestContext.Current.CancellationToken);

        Assert.Equal((10, 0), (opro.Solved, draws.Solved));
    }
}
