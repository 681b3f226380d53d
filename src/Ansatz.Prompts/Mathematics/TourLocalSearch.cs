using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>A control of <see cref="TravellingSalesmanOpro"/>: random tours, each improved by 2-opt and Or-opt until neither helps.</summary>
/// <remarks>
/// 2-opt: Croes 1958, Operations Research 6:791-812; Or-opt: Or 1976, thesis, Northwestern University. Only improved tours are evaluated: the moves between
/// are arithmetic on the map, which a search that knows it may do for nothing. That is what a method for this problem has over one for any.
/// </remarks>
public sealed class TourLocalSearch : Optimizer<ImmutableArray<int>>
{
    private const double Least = 1e-9; // a shorter gain is rounding, and could go round in circles

    /// <summary>How many random tours are improved. Default 1.</summary>
    public int Restarts
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Restarts));
            field = value;
        }
    } = 1;

    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = "tour-local-search", ["restarts"] = Restarts };

    /// <inheritdoc />
    public override Task SearchAsync(Search<ImmutableArray<int>> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        TourPart part = TourPart.Of(search);
        return TourPart.EvaluateAsync(
            search, Enumerable.Range(0, Restarts).Select(i => Improve(part.Problem, part.Draw(search.Stream("restart", i)))), "improved", cancellationToken);
    }

    /// <summary>Applies the first 2-opt or Or-opt move that shortens the tour, again and again until there is none.</summary>
    /// <returns>The tour, city 0 first.</returns>
    public static ImmutableArray<int> Improve(TravellingSalesman problem, ImmutableArray<int> tour)
    {
        ArgumentNullException.ThrowIfNull(problem);
        int[] at = [.. tour];
        while (TwoOpt(problem, at) || OrOpt(problem, at))
        {
        }

        int zero = Array.IndexOf(at, 0);
        return [.. at[zero..], .. at[..zero]];
    }

    /// <summary>Replaces the edges (a, b) and (c, d) by (a, c) and (b, d): the piece between is turned around.</summary>
    private static bool TwoOpt(TravellingSalesman problem, int[] at)
    {
        int n = at.Length;
        bool isShorter = false;
        for (int i = 0; i < n - 1; i++)
        {
            for (int j = i + 2; j < n; j++)
            {
                int a = at[i], b = at[i + 1], c = at[j], d = at[(j + 1) % n];
                if (a != d && problem.Distance(a, c) + problem.Distance(b, d) < problem.Distance(a, b) + problem.Distance(c, d) - Least)
                {
                    Array.Reverse(at, i + 1, j - i);
                    isShorter = true;
                }
            }
        }

        return isShorter;
    }

    /// <summary>Moves a piece of one to three cities to another place, as it is or turned around.</summary>
    private static bool OrOpt(TravellingSalesman problem, int[] at)
    {
        int n = at.Length;
        for (int length = 1; length <= Math.Min(3, n - 3); length++)
        {
            for (int start = 0; start < n; start++)
            {
                int before = at[(start + n - 1) % n], first = at[start], last = at[(start + length - 1) % n], after = at[(start + length) % n];
                double gain = problem.Distance(before, first) + problem.Distance(last, after) - problem.Distance(before, after);
                for (int k = 0; k < n - length - 1; k++)
                {
                    int i = at[(start + length + k) % n], j = at[(start + length + k + 1) % n]; // the edges of the rest
                    double open = gain + problem.Distance(i, j) - Least;
                    bool isTurned = problem.Distance(i, last) + problem.Distance(first, j) < open;
                    if (isTurned || problem.Distance(i, first) + problem.Distance(last, j) < open)
                    {
                        Move(at, start, length, k, isTurned);
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static void Move(int[] at, int start, int length, int k, bool isTurned)
    {
        int n = at.Length;
        int[] piece = [.. Enumerable.Range(start, length).Select(i => at[i % n])];
        int[] rest = [.. Enumerable.Range(start + length, n - length).Select(i => at[i % n])];
        if (isTurned)
        {
            Array.Reverse(piece);
        }

        int[] moved = [.. rest[..(k + 1)], .. piece, .. rest[(k + 1)..]];
        moved.CopyTo(at, 0);
    }
}
