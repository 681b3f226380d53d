using System.Collections.Immutable;
using System.Globalization;

namespace Ansatz.Experiments.Racing;

/// <summary>A way to choose one of many candidates.</summary>
/// <param name="Name">In words.</param>
/// <param name="Choose">Which candidate, and what it cost.</param>
internal sealed record Design(string Name, Func<PlantedWorld, long, (int Chosen, long Rollouts)> Choose)
{
    public const int Block = 20;
    public const double Shipped = 1.5; // the default z
    private const int Train = 40; // training items that a few-shot search scores on

    /// <summary>Every candidate on all validation items.</summary>
    public static readonly Design Full = new("all items", (world, _) =>
    {
        int items = world.On(Split.Validation)[0].Length;
        return (Best(world, Range(world), Split.Validation, items), (long)world.Candidates * items);
    });

    /// <summary>The race that ships, from the most careful z to the boldest.</summary>
    public static readonly ImmutableArray<Design> Races = [.. new[] { 3, 2.5, 2, 1.75, 1.5, 1.25, 1, 0.5 }.Select(Race)];

    /// <summary>Successive halving: after each block one in so many goes on, rounded up.</summary>
    public static readonly ImmutableArray<Design> Halvings = [.. new[] { 2, 3, 4, 6, 12, 48 }.Select(Halving)];

    /// <summary>What a few-shot search does by default: all on 40 training items, the best few on all validation items.</summary>
    public static Design TrainThenFinalists(int finalists) => new(
        string.Create(CultureInfo.InvariantCulture, $"{Train} train items, then {finalists} finalists"),
        (world, _) =>
        {
            int items = world.On(Split.Validation)[0].Length;
            int[] ranked = [.. Range(world).OrderByDescending(c => world.Mean(c, Split.Train, Train)).Take(finalists)];
            return (Best(world, ranked, Split.Validation, items), ((long)world.Candidates * Train) + ((long)finalists * items));
        });

    public static Design Race(double z) => new(NameOf(z), (world, seed) =>
    {
        PlantedSearch search = new(world, seed);
        ImmutableArray<Block<int>> left = new Race { BlockItems = Block, StandardErrors = z }
            .RunAsync(search, [.. Range(world).Select(c => search.Propose(c, "planted"))], CancellationToken.None).GetAwaiter().GetResult();
        return (left[0].Ask.Candidate.Value, search.Rollouts);
    });

    public static string NameOf(double z) => string.Create(CultureInfo.InvariantCulture, $"race, z = {z:0.##}");

    private static Design Halving(int keepOneIn) => new(string.Create(CultureInfo.InvariantCulture, $"one in {keepOneIn} goes on"), (world, _) =>
    {
        int all = world.On(Split.Validation)[0].Length;
        int[] left = [.. Range(world)];
        long rollouts = 0;
        for (int items = Block; ; items += Block)
        {
            rollouts += (long)left.Length * Block;
            left = [.. left.OrderByDescending(c => world.Mean(c, Split.Validation, items))];
            if (items >= all)
            {
                return (left[0], rollouts);
            }

            left = left[..((left.Length + keepOneIn - 1) / keepOneIn)];
        }
    });

    private static IEnumerable<int> Range(PlantedWorld world) => Enumerable.Range(0, world.Candidates);

    private static int Best(PlantedWorld world, IEnumerable<int> candidates, Split split, int items) => candidates.MaxBy(c => world.Mean(c, split, items));
}
