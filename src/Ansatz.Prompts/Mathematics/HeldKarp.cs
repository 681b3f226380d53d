using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Ansatz.Prompts;

/// <summary>The shortest tour, exactly. Held and Karp 1962, "A Dynamic Programming Approach to Sequencing Problems", J. SIAM 10:196-210.</summary>
/// <remarks>
/// C(S, k): the shortest path from city 0 through all of S that ends in k of S. C(S, k) = min over m of S − {k} of C(S − {k}, m) + d(m, k). Time n² 2ⁿ, memory
/// 4 n 2ⁿ bytes: 80 MB for the most that it takes, 20 cities, in a fraction of a second.
/// </remarks>
public static class HeldKarp
{
    /// <summary>The most cities.</summary>
    public const int MostCities = 20;

    /// <summary>A shortest tour, city 0 first.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MostCities"/> cities.</exception>
    public static ImmutableArray<int> Solve(TravellingSalesman problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        int n = problem.Cities.Length - 1; // the cities besides 0: bit k of a set is city k + 1
        if (n >= MostCities)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{problem.Cities.Length} cities are too many for an exact tour: at most {MostCities} are taken, since every one more doubles time and memory."), nameof(problem));
        }

        double[] cost = new double[n << n]; // C(S, k) at S·n + k
        for (int set = 1; set < 1 << n; set++)
        {
            for (int ends = set; ends != 0; ends &= ends - 1)
            {
                int k = BitOperations.TrailingZeroCount(ends), before = set & ~(1 << k);
                double least = before == 0 ? problem.Distance(0, k + 1) : double.PositiveInfinity;
                for (int from = before; from != 0; from &= from - 1)
                {
                    int m = BitOperations.TrailingZeroCount(from);
                    least = Math.Min(least, cost[(before * n) + m] + problem.Distance(m + 1, k + 1));
                }

                cost[(set * n) + k] = least;
            }
        }

        // Back from the whole set: the end that closes the tour best, then what came before it.
        int[] tour = new int[n + 1];
        int next = 0, left = (1 << n) - 1;
        for (int place = n; place >= 1; place--)
        {
            int row = left * n, to = next;
            int k = Enumerable.Range(0, n).Where(c => (left & (1 << c)) != 0).MinBy(c => cost[row + c] + problem.Distance(c + 1, to));
            (tour[place], next, left) = (k + 1, k + 1, left & ~(1 << k));
        }

        return [.. tour];
    }
}
