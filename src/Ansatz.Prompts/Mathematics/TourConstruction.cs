using System.Collections.Immutable;

namespace Ansatz.Prompts;

/// <summary>Tours that are built, not searched: the two baselines of OPRO's section 3.2. Rosenkrantz, Stearns and Lewis 1977, SIAM J. Comput. 6:563-581.</summary>
/// <remarks>Every tour is given with city 0 first. Ties go to the city with the lower number.</remarks>
public static class TourConstruction
{
    /// <summary>From one city always on to the nearest that is left.</summary>
    public static ImmutableArray<int> NearestNeighbour(TravellingSalesman problem, int start = 0)
    {
        ArgumentNullException.ThrowIfNull(problem);
        List<int> left = [.. Enumerable.Range(0, problem.Cities.Length).Where(c => c != start)], tour = [start];
        while (left.Count > 0)
        {
            int next = left.MinBy(c => problem.Distance(tour[^1], c));
            left.Remove(next);
            tour.Add(next);
        }

        return FromZero(tour);
    }

    /// <summary>The shortest of the nearest-neighbour tours from every city.</summary>
    public static ImmutableArray<int> BestNearestNeighbour(TravellingSalesman problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return Enumerable.Range(0, problem.Cities.Length).Select(s => NearestNeighbour(problem, s)).MinBy(t => problem.Length(t.AsSpan()));
    }

    /// <summary>Begins with city 0 alone, and always inserts, at its best place, the city k with the largest c(k), the detour at its best place.</summary>
    /// <remarks>c(k) = min over neighbours i, j of d(i, k) + d(k, j) − d(i, j): the paper's rule.</remarks>
    public static ImmutableArray<int> FarthestInsertion(TravellingSalesman problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        List<int> left = [.. Enumerable.Range(1, problem.Cities.Length - 1)], tour = [0];
        while (left.Count > 0)
        {
            (int city, int place, _) = left
                .Select(k => (City: k, Place: BestPlace(k), Detour: Detour(k, BestPlace(k))))
                .MaxBy(x => x.Detour);
            left.Remove(city);
            tour.Insert(place + 1, city);
        }

        return FromZero(tour);

        int BestPlace(int k) => Enumerable.Range(0, tour.Count).MinBy(p => Detour(k, p));

        double Detour(int k, int place)
        {
            (int i, int j) = (tour[place], tour[(place + 1) % tour.Count]);
            return problem.Distance(i, k) + problem.Distance(k, j) - problem.Distance(i, j);
        }
    }

    private static ImmutableArray<int> FromZero(List<int> tour)
    {
        int zero = tour.IndexOf(0);
        return [.. tour[zero..], .. tour[..zero]];
    }
}
