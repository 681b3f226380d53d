using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Samples.Programs;
using Ansatz.Sandbox;
using Ansatz.Testing;

namespace Ansatz.Programs.Tests;

/// <summary>FunSearch with the grammar, as every optimizer.</summary>
public sealed class FunSearchContract : OptimizerContract<ProgramSource>
{
    protected override Objective<ProgramSource> Objective() => Holes.TwoDoubles();

    protected override Optimizer<ProgramSource> Optimizer() => new FunSearch(new GrammarMutator()) { Evaluations = 40, Database = new() { Islands = 4, ResetEvery = null, HalveEvery = 13 } };
}

/// <summary>FunSearch in stages, as every optimizer.</summary>
public sealed class CascadeContract : OptimizerContract<ProgramSource>
{
    protected override Objective<ProgramSource> Objective() => Holes.TwoDoubles(train: 6);

    protected override Optimizer<ProgramSource> Optimizer() => new FunSearch(new GrammarMutator()) { Evaluations = 40, Window = 3, Cascade = new([2, 4]) };
}

/// <summary>The control without a search, as every optimizer.</summary>
public sealed class RandomProgramsContract : OptimizerContract<ProgramSource>
{
    protected override Objective<ProgramSource> Objective() => Holes.TwoDoubles();

    protected override Optimizer<ProgramSource> Optimizer() => new RandomPrograms(new FunSearch(new GrammarMutator()) { Evaluations = 40 });
}

/// <summary>The control without a population, as every optimizer.</summary>
public sealed class HillClimberContract : OptimizerContract<ProgramSource>
{
    protected override Objective<ProgramSource> Objective() => Holes.TwoDoubles();

    protected override Optimizer<ProgramSource> Optimizer() => new HillClimber(new FunSearch(new GrammarMutator()) { Evaluations = 40 });
}

/// <summary>What is FunSearch's own.</summary>
public sealed class FunSearchTests
{
    [Fact]
    public async Task Cascade_DroppedPrograms_ArePrunedAndNeverParents()
    {
        using TempFolder folder = new();
        FunSearch search = new(new GrammarMutator()) { Evaluations = 200, Cascade = new([2]) };
        await using Study<ProgramSource> study = Study.Open(folder.File("a.db"), Holes.TwoDoubles(train: 6), search, Budget.Unlimited, 1, new() { Controls = [Arm<ProgramSource>.OfYours()], Seeds = 2 });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        ImmutableArray<StoredCandidate> candidates = [.. study.Journal.Candidates(study.Journal.Find(study.Name)!, "found (seed 1)")];
        HashSet<string> pruned = [.. candidates.Where(c => c.IsPruned).Select(c => c.Id)];
        Assert.InRange(pruned.Count, 30, 150); // half or less: later programs are better than those before
        Assert.All(candidates, c => Assert.DoesNotContain(c.Parents, pruned.Contains));
    }

    /// <summary>On an input that most get right, the best are equal: they go on.</summary>
    [Fact]
    public void Cascade_ScoresThatAreEqual_Pass()
    {
        CascadeGates gates = new Cascade([1]).Open(inputs: 4);
        for (int n = 0; n < 40; n++)
        {
            gates.Passes(0, n % 3 == 0 ? 0 : 1);
        }

        Assert.True(gates.Passes(0, 1));
        Assert.False(gates.Passes(0, 0));
    }

    [Theory]
    [InlineData(1, 60, 120)]
    [InlineData(4, 20, 30)]
    public async Task SamplesPerPrompt_OneDrawOfParents_IsForAllOfThem(int samples, int least, int most)
    {
        using TempFolder folder = new();
        FunSearch search = new(new GrammarMutator { Fresh = 0, Founders = 0 }) { Evaluations = 120, SamplesPerPrompt = samples };
        await using Study<ProgramSource> study = Study.Open(folder.File("a.db"), Holes.TwoDoubles(), search, Budget.Unlimited, 1, new() { Controls = [Arm<ProgramSource>.OfYours()], Seeds = 2 });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        // A draw is seen in the parent that a child was made from: at most one for each draw.
        string?[] parents = [.. study.Journal.Candidates(study.Journal.Find(study.Name)!, "found (seed 1)").Select(c => c.Parents.LastOrDefault())];
        int changes = parents.Zip(parents.Skip(1)).Count(p => p.First != p.Second);
        Assert.InRange(changes, least, most);
    }

    [Theory]
    [InlineData(new int[0], 0.5, "The stages of a cascade have to ascend from 1 and end before the 6 train inputs.")]
    [InlineData(new[] { 0, 2 }, 0.5, "The stages of a cascade have to ascend from 1 and end before the 6 train inputs.")]
    [InlineData(new[] { 3, 3 }, 0.5, "The stages of a cascade have to ascend from 1 and end before the 6 train inputs.")]
    [InlineData(new[] { 6 }, 0.5, "The stages of a cascade have to ascend from 1 and end before the 6 train inputs.")]
    [InlineData(new[] { 2 }, 1.0, "The share of programs that passes a stage has to lie between 0 and 1.")]
    public void Cascade_ThatDoesNotFit_SaysWhy(int[] stages, double share, string message) =>
        Assert.Equal(message, Assert.Throws<InputException>(() => new Cascade([.. stages], share).Check(6)).Message);

    [Theory]
    [InlineData(1, null, 1, null, 1)]
    [InlineData(2_000, null, 4, 666, 1_283)]
    [InlineData(4_000, null, 8, 1_000, 2_062)]
    [InlineData(200_000, null, 8, 50_000, 103_125)]
    [InlineData(8_000, null, 8, 2_000, 4_125)]
    [InlineData(8_000, 1, 1, null, 8_800)]
    [InlineData(8_000, 2, 2, 4_000, 6_600)]
    [InlineData(8_000, 3, 3, 2_666, 5_377)]
    [InlineData(8_000, 10, 10, 1_600, 3_754)]
    public void Database_ByEvaluations_HasItsDefaults(long evaluations, int? islandCount, int islands, int? halveEvery, int period)
    {
        DatabaseSettings settings = DatabaseSettings.For(evaluations, islandCount);
        Assert.Equal((islands, halveEvery, null, period), (settings.Islands, settings.HalveEvery, settings.ResetEvery, settings.Period));
        Assert.Equal(evaluations > 20_000 ? 10_000 : null, settings.IslandCapacity);
    }

    [Fact]
    public async Task Founders_AreMadeFromNothing_AndWhatComesAfterThemIsNot()
    {
        using TempFolder folder = new();
        FunSearch search = new(new GrammarMutator { Fresh = 0, Founders = 0.25 }) { Evaluations = 120 };
        await using Study<ProgramSource> study = Study.Open(folder.File("a.db"), Holes.TwoDoubles(), search, Budget.Unlimited, 1, new() { Controls = [Arm<ProgramSource>.OfYours()], Seeds = 2 });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        string[] origins = [.. study.Journal.Candidates(study.Journal.Find(study.Name)!, "found (seed 1)").Select(c => c.Origin)];
        Assert.Equal("yours", origins[0]);
        Assert.All(origins[1..31], o => Assert.Equal("random program", o));
        Assert.DoesNotContain("random program", origins[31..]);
    }

    /// <summary>A law behind the scorer, x² − 3xy + 2, with five seeds: on points that no search saw, the error of what is found is in the median less than half of that of the best of as many random programs.</summary>
    [Fact]
    public async Task Search_OfAPlantedLaw_BeatsRandomPrograms()
    {
        List<double> shares = [];
        for (int seed = 101; seed <= 105; seed++)
        {
            Rng rng = new(seed, "points");
            (double X, double Y)[] points = [.. Enumerable.Range(0, 120).Select(_ => (3 * rng.NextGaussian(), 3 * rng.NextGaussian()))];
            ProgramObjective<Func<double, double, double>, (double X, double Y)> objective = new(
                new(HoleSignature.Of<Func<double, double, double>>("F"), "static double F(double x, double y) => x;"),
                new(points[..40], points[40..80], points[80..], p => string.Create(CultureInfo.InvariantCulture, $"{p.X:R} {p.Y:R}")),
                (f, p) => -Math.Abs(f(p.X, p.Y) - ((p.X * p.X) - (3 * p.X * p.Y) + 2)));

            Dictionary<string, double> means = await JudgedAsync(objective, new(new GrammarMutator()) { Evaluations = 4_000 }, seed, isRandomToo: true);
            shares.Add(means["found"] / means["random programs"]);
        }

        shares.Sort();
        Assert.InRange(shares[2], 0, 0.5);
    }

    /// <summary>Online bin packing, judged on the published instances: a quarter of the evaluations of the experiment that is measured in docs/funsearch.md, which is too few to say more than that best fit is left behind.</summary>
    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    public async Task Search_OfPackingHeuristics_BeatsBestFit(int seed)
    {
        ProgramObjective<Func<double, double, double>, PackingInstance> objective =
            PackingHole.Weibull(seed, 5_000, PackingInstance.Read(Path.Combine(AppContext.BaseDirectory, "data", "weibull-5k.json")));

        Dictionary<string, double> means = await JudgedAsync(objective, new(new GrammarMutator()) { Evaluations = 2_000 }, seed, isRandomToo: false);

        const double Bound = 1_987.8; // mean lower bound of the published instances; best fit needs 3.98 % more
        Assert.Equal(3.98, 100 * ((-means["yours"] / Bound) - 1), 0.005);
        Assert.InRange(100 * ((-means["found"] / Bound) - 1), 0, 2.98);
    }

    private static async Task<Dictionary<string, double>> JudgedAsync(Objective<ProgramSource> objective, FunSearch search, int seed, bool isRandomToo)
    {
        using TempFolder folder = new();
        IEnumerable<Arm<ProgramSource>> controls = objective.Open.Controls(new("found", ArmRole.Search, search, Budget.Unlimited)).Where(a => a.Role == ArmRole.Yours || (isRandomToo && a.Optimizer is RandomPrograms));
        await using Study<ProgramSource> study = Study.Open(
            folder.File("a.db"), objective, search, Budget.Unlimited, seed, new() { Controls = [.. controls], Workers = 2 });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        return (await study.JudgeAsync(TestContext.Current.CancellationToken)).Summary.Rows.ToDictionary(r => r.Name, r => r.Mean);
    }
}
