using System.Collections.Immutable;
using System.Text.Json;
using MathNet.Numerics.Distributions;

namespace Ansatz.Programs.Tests;

/// <summary>The database against a recorded run of the reference implementation, and its draws against their formulas.</summary>
public sealed class ProgramDatabaseTests
{
    /// <summary>By how much a child is better than its parent, in units of the spread of its island, before a reset that it brings about.</summary>
    [Fact]
    public void Register_Child_GivesItsGainInUnitsOfTheSpread()
    {
        ProgramDatabase database = new(new() { Islands = 2, ResetEvery = 4, HalveEvery = null });
        RegisteredProgram start = Program("start", 0, 1), two = Program("two", 2, 1);
        database.Begin(start);

        Assert.Equal(1, database.Register(two, 0, new Rng(1, "r"), start)); // the spread is this very step
        Assert.Equal(0.5, database.Register(Program("four", 4, 1), 0, new Rng(1, "r"), two)); // 2 of 4
        Assert.Equal(0, database.Register(Program("three", 3, 1), 0, new Rng(1, "r"), Program("four", 4, 1)));
        Assert.Equal(0.2, database.Register(Program("five", 5, 1), 0, new Rng(1, "r"), Program("four", 4, 1)), 12); // with the reset of the other island
    }

    [Fact]
    public void Reference_RecordedRunWithForcedDraws_SameClustersProbabilitiesAndOrder()
    {
        using JsonDocument trace = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "database-trace.json")));
        ProgramDatabase database = new(DatabaseSettings.Reference with { Islands = 4, Period = 30 });
        (int prompts, int resets) = (0, 0);
        foreach (JsonElement e in trace.RootElement.GetProperty("events").EnumerateArray())
        {
            if (e.TryGetProperty("register", out JsonElement registered))
            {
                ImmutableArray<double> scores = [e.GetProperty("scores").GetProperty("a").GetDouble(), e.GetProperty("scores").GetProperty("b").GetDouble()];
                RegisteredProgram program = new(registered.GetRawText(), new(new string('x', e.GetProperty("length").GetInt32())), scores);
                if (e.GetProperty("island").ValueKind == JsonValueKind.Null)
                {
                    database.Begin(program);
                }
                else
                {
                    database.Register(program, e.GetProperty("island").GetInt32(), new Rng(1, "unused"));
                }
            }
            else if (e.TryGetProperty("prompt", out _))
            {
                prompts++;
                int island = e.GetProperty("island").GetInt32();
                Assert.Equal(e.GetProperty("programs_in_island").GetInt32(), database.CountOf(island));
                Assert.Equal(e.GetProperty("temperature").GetDouble(), database.TemperatureOf(island), 1e-15);
                Assert.Equal(
                    e.GetProperty("clusters").EnumerateArray().Select(c => (c.GetProperty("score").GetDouble(), Numbers(c.GetProperty("programs")))),
                    database.ClustersOf(island).Select(c => (c.Score, string.Join(',', c.Programs.Select(p => p.Id)))));

                // Each draw of the trace: its probabilities must be ours, its choice is forced.
                Queue<JsonElement> draws = new(e.GetProperty("program_draws").EnumerateArray().Prepend(e.GetProperty("cluster_draw")));
                ShownPrograms shown = database.Draw(island, (p, count) =>
                {
                    JsonElement draw = draws.Dequeue();
                    double[] expected = [.. draw.GetProperty("p").EnumerateArray().Select(x => x.GetDouble())];
                    Assert.Equal(expected.Length, p.Length);
                    Assert.All(expected.Zip(p), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
                    int[] chosen = [.. draw.GetProperty("chosen").EnumerateArray().Select(x => x.GetInt32())];
                    Assert.Equal(count, chosen.Length);
                    return chosen;
                });
                Assert.Empty(draws);
                Assert.Equal(Numbers(e.GetProperty("shown_worst_first")), string.Join(',', shown.Programs.Select(p => p.Id)));
                Assert.Equal(e.GetProperty("next_version").GetInt32(), shown.Programs.Length);
            }
            else
            {
                resets++;
                database.Reset([.. e.GetProperty("noise").EnumerateArray().Select(x => x.GetDouble())], [.. e.GetProperty("founder_draws").EnumerateArray().Select(x => x.GetInt32())]);
                Assert.Equal(e.GetProperty("sizes_after").EnumerateArray().Select(x => x.GetInt32()), Enumerable.Range(0, 4).Select(database.CountOf));
            }
        }

        Assert.Equal((59, 2), (prompts, resets));

        static string Numbers(JsonElement array) => string.Join(',', array.EnumerateArray().Select(x => x.GetRawText()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Draw_HundredThousand_FrequenciesAreTheFormulas(bool scales)
    {
        // Scores 0, 1, 3, 3.5 and 9; three programs of different lengths in the cluster of 3.
        ProgramDatabase database = new(new() { Islands = 1, Shown = 1, Temperature = scales ? 0.5 : 3, ScalesTemperature = scales, Period = 20 });
        database.Begin(Program("a", 0, 10));
        (string Id, double Score, int Length)[] others = [("b", 1, 10), ("c", 3, 10), ("d", 3, 25), ("e", 3, 40), ("f", 3.5, 10), ("g", 9, 10)];
        foreach ((string id, double score, int length) in others)
        {
            database.Register(Program(id, score, length), 0, new Rng(1, "r"));
        }

        const int Draws = 100_000;
        Rng rng = new(7, "draws");
        Dictionary<string, int> counts = Enumerable.Range(0, Draws).Select(_ => database.Draw(rng).Programs[0].Id).CountBy(id => id).ToDictionary();

        // By hand: T = T0 (1 - 7/20); from the best cluster to the worst, since there are fewer than ten, it is 9.
        double temperature = scales ? 0.5 * (1 - (7 / 20.0)) * 9 : 3 * (1 - (7 / 20.0));
        double[] clusters = [.. ((double[])[0, 1, 3, 3.5, 9]).Select(s => Math.Exp(s / temperature))];
        double[] inCluster = [.. ((int[])[10, 25, 40]).Select(l => Math.Exp(-(l - 10) / (40 + 1e-6)))];
        Dictionary<string, double> expected = new()
        {
            ["a"] = clusters[0],
            ["b"] = clusters[1],
            ["f"] = clusters[3],
            ["g"] = clusters[4],
            ["c"] = clusters[2] * inCluster[0] / inCluster.Sum(),
            ["d"] = clusters[2] * inCluster[1] / inCluster.Sum(),
            ["e"] = clusters[2] * inCluster[2] / inCluster.Sum(),
        };
        double chiSquare = expected.Sum(e =>
        {
            double wanted = Draws * e.Value / clusters.Sum();
            return Math.Pow(counts.GetValueOrDefault(e.Key) - wanted, 2) / wanted;
        });
        Assert.True(1 - ChiSquared.CDF(expected.Count - 1, chiSquare) > 0.001, $"chi-square {chiSquare} with {expected.Count - 1} degrees of freedom");
    }

    /// <summary>Which cluster passes is worked out in <see cref="EpsilonLexicaseTests"/>; the worst by its mean is not among the best four, or it would pass case 0.</summary>
    [Fact]
    public void Draw_Lexicase_BySingleInputsAmongTheBestClusters()
    {
        ProgramDatabase database = new(new() { Islands = 1, LexicasePool = 4, Temperature = 1e-9 });
        database.Begin(Program("a", [10, 0]));
        (string Id, ImmutableArray<double> Scores)[] others = [("b", [6, 6]), ("c", [0, 10]), ("d", [9, 3]), ("e", [20, -90])];
        foreach ((string id, ImmutableArray<double> scores) in others)
        {
            database.Register(Program(id, scores), 0, new Rng(1, "r"));
        }

        ShownPrograms[] drawn = [.. Enumerable.Range(0, 1_000).Select(i => database.Draw(new Rng(1, "draw", i)))];

        Assert.Equal(["c", "d"], drawn.SelectMany(d => d.Programs).Select(p => p.Id).Distinct().Order());
        Assert.All(drawn, d => Assert.True(database.Reduce(d.Programs[0]) <= database.Reduce(d.Programs[1]))); // worse first
        Assert.InRange(drawn.Count(d => d.Programs[0].Id != d.Programs[1].Id), 436, 564); // each of the two in an order of its own
        Assert.InRange(drawn.Count(d => d.Programs[d.Base].Id == "c"), 436, 564); // the first draw, though the mean of d is better
    }

    /// <summary>Six clusters with the same mean, each best on an input of its own, and room for four: all of them come.</summary>
    [Fact]
    public void Draw_LexicaseOnAPlateau_LeavesNoneOut()
    {
        ProgramDatabase database = new(new() { Islands = 1, LexicasePool = 4, Shown = 1 });
        database.Begin(Program("0", [1, 0, 0, 0, 0, 0]));
        for (int i = 1; i < 6; i++)
        {
            database.Register(Program($"{i}", [.. Enumerable.Range(0, 6).Select(j => j == i ? 1.0 : 0)]), 0, new Rng(1, "r"));
        }

        Dictionary<string, int> counts = Enumerable.Range(0, 6_000).Select(i => database.Draw(new Rng(1, "draw", i)).Programs[0].Id).CountBy(id => id).ToDictionary();
        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, c => Assert.InRange(c, 870, 1_130)); // 1,000 each, four and a half standard deviations
    }

    [Fact]
    public void Draw_LexicaseWithOneInput_ByTheTemperatureAmongThoseNearTheBest()
    {
        // Of 0, 8, 9, 10 the median is 8.5 and the deviation 1, so that 9 and 10 pass; T = 0.1 (1 - 4/30,000) in units of 10, from the best to the worst.
        ProgramDatabase database = new(new() { Islands = 1, LexicasePool = 100, Temperature = 0.1, Shown = 1 });
        database.Begin(Program("a", 0, 1));
        foreach (int score in (int[])[8, 9, 10])
        {
            database.Register(Program($"p{score}", score, 1), 0, new Rng(1, "r"));
        }

        Dictionary<string, int> counts = Enumerable.Range(0, 10_000).Select(i => database.Draw(new Rng(1, "draw", i)).Programs[0].Id).CountBy(id => id).ToDictionary();

        Assert.Equal(["p10", "p9"], counts.Keys.Order());
        double share = 1 / (1 + Math.Exp(-1 / (1 - (4 / 30_000.0)))); // 0.73
        Assert.InRange(counts["p10"], (10_000 * share) - 200, (10_000 * share) + 200);
    }

    [Fact]
    public void Draw_ManyIslands_EveryOneEquallyOften()
    {
        ProgramDatabase database = new(new() { Islands = 8 });
        database.Begin(Program("a", 0, 1));
        Rng rng = new(3, "draws");
        int[] counts = new int[8];
        for (int i = 0; i < 80_000; i++)
        {
            counts[database.Draw(rng).Island]++;
        }

        double chiSquare = counts.Sum(c => Math.Pow(c - 10_000, 2) / 10_000);
        Assert.True(1 - ChiSquared.CDF(7, chiSquare) > 0.001, $"chi-square {chiSquare}");
    }

    [Fact]
    public void Reset_AfterSoManyRegistrations_BetterHalfStaysAndFoundsTheOthers()
    {
        ProgramDatabase database = new(new() { Islands = 4, ResetEvery = 8 });
        database.Begin(Program("start", 0, 1));
        for (int i = 0; i < 7; i++)
        {
            database.Register(Program($"p{i}", i, 1), i % 4, new Rng(1, "register", i)); // the best of the islands: p4, p5, p6, p3
        }

        Assert.Equal([3, 3, 3, 2], Enumerable.Range(0, 4).Select(database.CountOf));
        database.Register(Program("p7", 2.5, 1), 3, new Rng(1, "register", 7)); // p3 stays the best of island 3

        // Islands 3 and 0 have the lower bests, 3 and 4; 1 and 2 stay, and found them.
        Assert.Equal([1, 3, 3, 1], Enumerable.Range(0, 4).Select(database.CountOf));
        Assert.All((int[])[0, 3], i => Assert.Contains(Assert.Single(database.ClustersOf(i)).Programs[0].Id, (string[])["p5", "p6"]));
    }

    [Fact]
    public void Halve_WorseHalfIsDrawnFromNoMore_UntilOneIslandIsLeft()
    {
        ProgramDatabase database = new(new() { Islands = 5, ResetEvery = null });
        database.Begin(Program("start", 0, 1));
        for (int i = 0; i < 5; i++)
        {
            database.Register(Program($"p{i}", i % 3, 1), i, new Rng(1, "register", i)); // bests 0, 1, 2, 0, 1
        }

        Assert.Equal([0, 1, 2, 3, 4], Drawn());
        database.Halve(); // the smaller half of five: both with 0
        Assert.Equal([1, 2, 4], Drawn());
        database.Halve(); // of the two with 1 the later
        Assert.Equal([1, 2], Drawn());
        database.Halve();
        Assert.Equal([2], Drawn());
        database.Halve();
        Assert.Equal([2], Drawn());

        int[] Drawn() => [.. Enumerable.Range(0, 100).Select(i => database.Draw(new Rng(1, "draw", i)).Island).Distinct().Order()];
    }

    [Fact]
    public void Register_NoiseInTheLastDigits_OneClusterWhereTheReferenceOpensTwo()
    {
        foreach ((DatabaseSettings settings, int clusters) in ((DatabaseSettings, int)[])[(new() { Islands = 1 }, 1), (DatabaseSettings.Reference with { Islands = 1 }, 2)])
        {
            ProgramDatabase database = new(settings);
            database.Begin(Program("a", 0.3, 1));
            database.Register(Program("b", 0.1 + 0.2, 1), 0, new Rng(1, "r"));
            Assert.Equal(clusters, database.ClustersOf(0).Count);
        }
    }

    [Fact]
    public void Register_FullIsland_ItsWorstClustersGo_OfEqualOnesTheLater()
    {
        ProgramDatabase database = new(new() { Islands = 1, IslandCapacity = 10, ResetEvery = null });
        database.Begin(Program("start", 5, 1));
        double[] scores = [1, 9, 2, 8, 3, 7, 4, 6, 1.5];
        for (int i = 0; i < scores.Length; i++)
        {
            database.Register(Program($"p{i}", scores[i], 1), 0, new Rng(1, "register", i));
        }

        Assert.Equal(10, database.ClustersOf(0).Count);
        database.Register(Program("eleventh", 10, 1), 0, new Rng(1, "register", 9));

        // One too many, and a tenth of ten: two go, 1 and 1.5; the others stay in the order in which they opened.
        Assert.Equal([5, 9, 2, 8, 3, 7, 4, 6, 10], database.ClustersOf(0).Select(c => c.Score));
        Assert.Equal(1, database.Draw(0, (p, count) => [.. Enumerable.Repeat(p.Length - 1, count)]).Programs.Select(p => p.Id).Distinct().Count(id => id == "eleventh"));

        // What went may come again, as a cluster of its own, and goes again where it is the worst.
        database.Register(Program("again", 1, 1), 0, new Rng(1, "register", 10));
        Assert.Equal(1, database.ClustersOf(0)[^1].Score);
        database.Register(Program("twelfth", 2.5, 1), 0, new Rng(1, "register", 11));
        Assert.Equal([5, 9, 8, 3, 7, 4, 6, 10, 2.5], database.ClustersOf(0).Select(c => c.Score));
    }

    [Fact]
    public void Halve_ChildOnItsWayToAnIslandThatEnded_IsWorthWhatItWas_ThenTheIslandIsLetGo()
    {
        ProgramDatabase database = new(new() { Islands = 2, ResetEvery = null });
        database.Begin(Program("start", 0, 1));
        database.Register(Program("better", 4, 1), 0, new Rng(1, "register", 0));
        database.Halve();
        Assert.Equal(1, database.Register(Program("late", 2, 1), 1, new Rng(1, "register", 1), Program("start", 0, 1)));
        Assert.Equal((2, 2), (database.CountOf(0), database.CountOf(1)));
        database.LetEndedGo();
        Assert.Equal((2, 0), (database.CountOf(0), database.CountOf(1)));
    }

    [Fact]
    public void Register_FullCluster_KeepsEveryProgramWithTheSameChance()
    {
        const int Repeats = 4_000;
        int[] kept = new int[20];
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            ProgramDatabase database = new(new() { Islands = 1, ClusterCapacity = 5, ResetEvery = null });
            database.Begin(Program("0", 1, 1));
            for (int i = 1; i < 20; i++)
            {
                database.Register(Program($"{i}", 1, 1), 0, new Rng(repeat, "register", i));
            }

            foreach (RegisteredProgram program in database.ClustersOf(0)[0].Programs)
            {
                kept[int.Parse(program.Id, System.Globalization.CultureInfo.InvariantCulture)]++;
            }
        }

        // 5 of 20: a quarter of the repeats each; the standard deviation is 27.
        Assert.All(kept, k => Assert.InRange(k, 1_000 - 120, 1_000 + 120));
    }

    private static RegisteredProgram Program(string id, double score, int length) => new(id, new(new string('x', length)), [score]);

    private static RegisteredProgram Program(string id, ImmutableArray<double> scores) => new(id, new("x"), scores);
}
