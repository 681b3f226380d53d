using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>A control of <see cref="TravellingSalesmanOpro"/>: a plain evolutionary loop that sees lengths alone, never the map, at as many tours.</summary>
/// <remarks>
/// Five random starts; the 20 shortest tours of different length are kept; a child turns one or two random pieces of the better of two random parents.
/// What OPRO gains over it is what the model adds to trying.
/// </remarks>
public sealed class TourEvolution : Optimizer<ImmutableArray<int>>
{
    private const int Kept = 20;
    private const double SameLength = 1e-9;

    /// <summary>The most steps. Default 500.</summary>
    public int Steps { get; init => field = Positive(value); } = 500;

    /// <summary>Children a step. Default 8.</summary>
    public int PerStep { get; init => field = Positive(value); } = 8;

    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = "tour-evolution", ["steps"] = Steps, ["perStep"] = PerStep };

    /// <inheritdoc />
    public override async Task SearchAsync(Search<ImmutableArray<int>> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        TourPart part = TourPart.Of(search);
        Rng starts = search.Stream("starts");
        List<(double Length, ImmutableArray<int> Tour)> population = [];
        await AddAsync(Enumerable.Range(0, TourDraws.Starts).Select(_ => part.Draw(starts)), "start").ConfigureAwait(false);
        for (int t = 0; t < Steps && !part.IsOptimal(population[0].Length); t++)
        {
            Rng rng = search.Stream("children", t);
            ImmutableArray<int>[] children = [.. Enumerable.Range(0, PerStep).Select(_ => Child(population, rng))];
            await AddAsync(children, string.Create(CultureInfo.InvariantCulture, $"step {t + 1}")).ConfigureAwait(false);
        }

        async Task AddAsync(IEnumerable<ImmutableArray<int>> tours, string origin)
        {
            foreach (Block<ImmutableArray<int>> block in await TourPart.EvaluateAsync(search, tours, origin, cancellationToken).ConfigureAwait(false))
            {
                // A sorted list, the shortest first; one tour of each length.
                double length = -block.Mean!.Value;
                int place = population.FindIndex(p => p.Length >= length - SameLength);
                place = place < 0 ? population.Count : place;
                if (place == population.Count || population[place].Length > length + SameLength)
                {
                    population.Insert(place, (length, block.Ask.Candidate.Value));
                }
            }

            population.RemoveRange(Math.Min(Kept, population.Count), Math.Max(0, population.Count - Kept));
        }
    }

    private static ImmutableArray<int> Child(List<(double Length, ImmutableArray<int> Tour)> population, Rng rng)
    {
        int[] child = [.. population[Math.Min(rng.Next(population.Count), rng.Next(population.Count))].Tour];
        for (int turns = 1 + rng.Next(2); turns > 0; turns--)
        {
            int[] ends = rng.Choose(2, child.Length - 1); // city 0 stays first
            (int from, int to) = (1 + ends.Min(), 1 + ends.Max());
            Array.Reverse(child, from, to - from + 1);
        }

        return [.. child];
    }

    private static int Positive(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}
