using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ansatz.Samples.Programs;

namespace Ansatz.Programs.Tests;

/// <summary>K1: the tasks of samples/programs against published objects and figures.</summary>
public sealed partial class KnownAnswerTests
{
    [Theory]
    [InlineData("or3.json", 5.74, 5.37, 3.11)]
    [InlineData("weibull-5k.json", 4.23, 3.98, 0.68)]
    public void Packing_ShippedInstances_BinsAndExcessAsPublished(string file, double firstFit, double bestFit, double published)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "data", file);
        ImmutableArray<PackingInstance> instances = PackingInstance.Read(path);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        List<int> witnessed = [];
        foreach ((PackingInstance instance, JsonElement known) in instances.Zip(document.RootElement.GetProperty("instances").EnumerateArray()))
        {
            Assert.Equal(known.GetProperty("bins_first_fit").GetInt32(), Bins(instance, (_, _) => 0));
            Assert.Equal(known.GetProperty("bins_best_fit").GetInt32(), Bins(instance, (item, free) => item - free));
            int[] witness = [.. known.GetProperty("witness").EnumerateArray().Select(x => x.GetInt32())];
            witnessed.Add(OnlineBinPacking.Count(instance, witness));
            Assert.Equal(known.GetProperty("bins_published").GetInt32(), witnessed[^1]);
        }

        Assert.Equal(document.RootElement.GetProperty("lower_bound_mean").GetDouble(), instances.Average(i => i.LowerBound), 1e-9);
        Assert.Equal(firstFit, Math.Round(OnlineBinPacking.ExcessPercent(instances, (_, _) => 0), 2));
        Assert.Equal(bestFit, Math.Round(OnlineBinPacking.ExcessPercent(instances, (item, free) => item - free), 2));
        Assert.Equal(published, Math.Round(100 * ((witnessed.Average() / instances.Average(i => i.LowerBound)) - 1), 2));

        static int Bins(PackingInstance instance, Func<double, double, double> priority) => OnlineBinPacking.Count(instance, OnlineBinPacking.Pack(instance, priority));
    }

    [Fact]
    public void Packing_TwoConstantRule_AsGoodAsThePublishedHeuristic()
    {
        // The smallest gap up to 1; else the emptiest open bin with a gap of at least 22; else a new bin; else whatever is left.
        ImmutableArray<PackingInstance> instances = PackingInstance.Read(Path.Combine(AppContext.BaseDirectory, "data", "weibull-5k.json"));
        Assert.Equal(0.68, Math.Round(OnlineBinPacking.ExcessPercent(instances, TwoConstants), 2));

        static double TwoConstants(double item, double free)
        {
            double gap = free - item;
            return gap <= 1 ? 1_000 - gap : free == 100 ? 0 : gap >= 22 ? gap : -1_000;
        }
    }

    [Fact]
    public void Packing_AFullBin_Refused()
    {
        PackingInstance instance = new("two", 10, [6, 5]);
        Assert.Throws<InvalidOperationException>(() => OnlineBinPacking.Count(instance, [0, 0]));
        Assert.Equal(2, OnlineBinPacking.Count(instance, [0, 1]));
    }

    [Fact]
    public void CapSet_PublishedOfDimension8_Is512()
    {
        int[][] vectors = Rows("n8_size512.txt");
        int[] numbers = [.. vectors.Select(v => v.Aggregate(0, (number, digit) => (number * 3) + digit))];
        Assert.Equal(512, numbers.Length);
        Assert.True(CapSets.IsCapSet(numbers));
        Assert.False(CapSets.IsCapSet([.. numbers, Enumerable.Range(0, 6561).Except(numbers).First()])); // it is complete
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void CapSet_ConstantPriority_2ToTheN(int n)
    {
        List<int> set = CapSets.Build(n, (_, _) => 0);
        Assert.Equal(1 << n, set.Count);
        Assert.True(CapSets.IsCapSet(set));
    }

    [Fact]
    public void CyclicGraph_SmallPowers_IndependentAndNoLargerThanKnown()
    {
        // The capacity of the 5-cycle is the root of 5: 5 vectors in its square, and no more.
        List<int> pentagon = CyclicGraphs.Build(5, 2, (v, m, _) => v[1] == v[0] * 2 % m ? 1 : 0);
        Assert.Equal(5, pentagon.Count);
        Assert.True(CyclicGraphs.IsIndependent(5, 2, pentagon));
        Assert.False(CyclicGraphs.IsIndependent(5, 2, [0, 1]));
        Assert.InRange(CyclicGraphs.Build(7, 3, (_, _, _) => 0).Count, 27, 33); // 33 is the largest
    }

    [Fact]
    public void AdmissibleSet_Published12And7_FullByAllTriples()
    {
        int[][] vectors = Rows("admissible_set_n12_w7_size792.txt");
        Assert.Equal(792, vectors.Length); // C(12, 7)
        Assert.True(AdmissibleSets.IsAdmissible(vectors, 7));
        int place = Array.FindIndex(vectors[0], x => x == 1);
        vectors[0] = [.. vectors[0].Select((x, i) => i == place ? 2 : x)];
        Assert.False(AdmissibleSets.IsAdmissible(vectors, 7)); // one entry changed
    }

    [Theory]
    [InlineData("pre_admissible_set_for_n15_w10_size3003.txt", 10, 101, 3_003, "4403b734509b62be7d0684590ac701e2")]
    [InlineData("pre_admissible_set_for_n21_w15_size43596.txt", 15, 308, 43_596, "604d2a8e5a5e144f17a779bce03308b0")]
    [InlineData("pre_admissible_set_for_n24_w17_size237984.txt", 17, 736, 237_984, null)]
    public void AdmissibleSet_PublishedOrbits_AdmissibleAndExpandToThePublishedSet(string file, int w, int orbits, int size, string? hashOfSet)
    {
        int[][] rows = Rows(file);
        Assert.Equal(orbits, rows.Length);
        Assert.Equal(size, rows.Sum(r => AdmissibleSets.Size(r)));
        Assert.True(AdmissibleSets.IsAdmissible((IReadOnlyList<int[]>)rows, w));
        if (hashOfSet is not null)
        {
            string[] vectors = [.. AdmissibleSets.Expand(rows).Select(v => string.Concat(v)).Order(StringComparer.Ordinal)];
            Assert.Equal(hashOfSet, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', vectors))))[..32]); // of the published file of all vectors, sorted
        }
    }

    [Fact]
    public void AdmissibleSet_SymmetricCheck_AgreesWithAllTriples()
    {
        // Random sets of orbits, admissible or not: the check by orbits says what the check by vectors does.
        int[] found = new int[2];
        for (int repeat = 0; repeat < 300; repeat++)
        {
            Rng rng = new(repeat, "orbits");
            int[][] all = [.. Enumerable.Range(0, 343).Select(i => (int[])[i / 49, i / 7 % 7, i % 7]).Where(o => o.Sum(AdmissibleSets.Weight) == 5)];
            int[][] some = [.. rng.Choose(2 + rng.Next(3), all.Length).Select(i => all[i])];
            bool isAdmissible = AdmissibleSets.IsAdmissible((IReadOnlyList<int[]>)some, 5);
            Assert.Equal(AdmissibleSets.IsAdmissible((int[][])[.. AdmissibleSets.Expand(some)], 5), isAdmissible);
            found[isAdmissible ? 1 : 0]++;
        }

        Assert.All(found, f => Assert.InRange(f, 10, 290));
    }

    [Fact]
    public void AdmissibleSet_Built_IsAdmissible()
    {
        List<int[]> set = AdmissibleSets.BuildSymmetric(9, 6, (orbit, _, _) => orbit[0]);
        Assert.InRange(set.Sum(o => AdmissibleSets.Size(o)), 10, 84); // C(9, 6) is full
        Assert.True(AdmissibleSets.IsAdmissible(set, 6));
        Assert.True(AdmissibleSets.IsAdmissible((int[][])[.. AdmissibleSets.Expand(set)], 6));
    }

    [Theory]
    [InlineData(12, 7, 792, 7, 2.218443)]
    [InlineData(15, 10, 3_003, 5, 2.219486)]
    [InlineData(21, 15, 43_596, 4, 2.220041)]
    [InlineData(24, 17, 237_984, 4, 2.2202336538665377)]
    public void Capacity_FormulaOfThePaper_PublishedBounds(int n, int w, int size, int m, double published)
    {
        Assert.Equal(published, AdmissibleSets.CapacityBound(n, w, size, m), 5e-7);
    }

    private static int[][] Rows(string file) =>
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "data", file)).Where(l => l.Length > 0)
            .Select(l => (int[])[.. Number().Matches(l).Select(m => int.Parse(m.Value, System.Globalization.CultureInfo.InvariantCulture))]),
    ];

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
