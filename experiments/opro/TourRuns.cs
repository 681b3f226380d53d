using System.Collections.Immutable;
using Ansatz.Prompts;

namespace Ansatz.Experiments.OproPaper;

/// <summary>OPRO's travelling salesman: maps as in the paper's table 3, and every method that needs no language model.</summary>
internal static class TourRuns
{
    public const string Nearest = "nearest neighbour from city 0", BestNearest = "nearest neighbour, best start", Farthest = "farthest insertion",
        OneRandom = "one random tour", BestRandom = "best of 4,005 random tours", TwoOpt = "2-opt + Or-opt from one random tour",
        Evolution = "evolution at OPRO's budget", Simulated = "OPRO, simulated optimizer";

    private const int RestartsForOptimum = 400;

    public static ImmutableArray<string> Methods { get; } = [Nearest, BestNearest, Farthest, OneRandom, BestRandom, TwoOpt, Evolution, Simulated];

    /// <summary>Cities, and maps of that size.</summary>
    public static ImmutableArray<(int Cities, int Maps)> Sizes { get; } = [(10, 1000), (15, 300), (20, 40), (50, 100)];

    /// <summary>All methods on the maps of one size.</summary>
    public static async Task<ImmutableArray<TourRow>> RunAsync(int cities, int maps, ImmutableArray<string> methods, CancellationToken cancellationToken = default)
    {
        (double Gap, int Steps)[][] runs = new (double, int)[maps][];
        await Parallel.ForEachAsync(Enumerable.Range(0, maps), cancellationToken, async (map, token) =>
        {
            TravellingSalesman problem = WithOptimum(cities, map);
            (double Gap, int Steps)[] here = new (double, int)[methods.Length];
            for (int m = 0; m < methods.Length; m++)
            {
                here[m] = await RunAsync(problem, methods[m], map, token);
            }

            runs[map] = here;
        });
        return [.. methods.Select((method, m) => new TourRow(cities, method, [.. runs.Select(r => Math.Round(r[m].Gap, 4))], IsSearch(method) ? [.. runs.Select(r => r[m].Steps)] : null))];
    }

    /// <summary>A map with its shortest length: exact up to 20 cities, beyond that the best of 400 restarts of local search.</summary>
    public static TravellingSalesman WithOptimum(int cities, int map)
    {
        TravellingSalesman problem = TravellingSalesman.Random(cities, map);
        ImmutableArray<int> shortest = cities <= HeldKarp.MostCities
            ? HeldKarp.Solve(problem)
            : Enumerable.Range(0, RestartsForOptimum)
                .Select(i => TourLocalSearch.Improve(problem, [.. new Rng(map, "optimum", i).Choose(cities, cities)]))
                .MinBy(t => problem.Length(t.AsSpan()));
        return new(problem.Cities) { OptimalLength = problem.Length(shortest.AsSpan()) };
    }

    /// <summary>How much longer the shortest tour evaluated is than the optimum, in percent, and the step that found it.</summary>
    public static (double Gap, int Steps) Read(TravellingSalesman problem, IReadOnlyList<Trial<ImmutableArray<int>>> trials)
    {
        Trial<ImmutableArray<int>> best = trials.MinBy(t => problem.Length(t.Candidate.Value.AsSpan()))!; // the first of equals
        return (Gap(problem, best.Candidate.Value), LineRuns.StepOf(best.Candidate.Origin));
    }

    public static bool IsSearch(string method) => method is Evolution or Simulated || method.StartsWith("OPRO", StringComparison.Ordinal);

    private static async Task<(double Gap, int Steps)> RunAsync(TravellingSalesman problem, string method, int map, CancellationToken cancellationToken)
    {
        Optimizer<ImmutableArray<int>>? optimizer = method switch
        {
            OneRandom => new TourDraws { Tours = 1 },
            BestRandom => new TourDraws(),
            TwoOpt => new TourLocalSearch(),
            Evolution => new TourEvolution(),
            Simulated => new TravellingSalesmanOpro(SimulatedProposer.OfTours()),
            _ => null,
        };
        if (optimizer is null)
        {
            return (Gap(problem, method switch
            {
                Nearest => TourConstruction.NearestNeighbour(problem),
                BestNearest => TourConstruction.BestNearestNeighbour(problem),
                _ => TourConstruction.FarthestInsertion(problem),
            }), 0);
        }

        UnrecordedSearch<ImmutableArray<int>> search = new(problem, map);
        await optimizer.SearchAsync(search, cancellationToken);
        return Read(problem, search.Trials);
    }

    private static double Gap(TravellingSalesman problem, ImmutableArray<int> tour) => 100 * ((problem.Length(tour.AsSpan()) / problem.OptimalLength!.Value) - 1);
}

/// <summary>One method on the maps of one size.</summary>
/// <param name="Cities">Cities a map.</param>
/// <param name="Method">Which.</param>
/// <param name="Gaps">Percent above the optimum, by map.</param>
/// <param name="Steps">The step that found the best tour, by map; none where a method has no steps.</param>
internal sealed record TourRow(int Cities, string Method, double[] Gaps, int[]? Steps)
{
    private const double Rounding = 1e-3;

    /// <summary>On how many maps the optimum was found.</summary>
    public int Solved => Gaps.Count(g => g < Rounding);
}
