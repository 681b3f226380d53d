using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz.Prompts;

/// <summary>A city on a grid.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Upwards.</param>
public readonly record struct City(int X, int Y);

/// <summary>
/// OPRO's second mathematical problem: the shortest closed tour through all cities. Yang et al. 2023, arXiv:2309.03409, section 3.2.
/// </summary>
/// <remarks>
/// A tour is an order of the numbers 0 to n − 1 that begins with 0; its score is minus its length, on the scale real; an order that is no tour is rejected.
/// The map is the one item, so a verdict is over seeds alone. Immutable and thread-safe.
/// </remarks>
public sealed class TravellingSalesman : Objective<ImmutableArray<int>>
{
    private readonly double[] _distances; // [n, n], row by row

    /// <summary>A map of one's own.</summary>
    /// <param name="cities">At least 3.</param>
    public TravellingSalesman(ImmutableArray<City> cities)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cities.Length, 3);
        Cities = cities;
        _distances =
        [
            .. from a in cities
               from b in cities
               select Math.Sqrt(((double)(a.X - b.X) * (a.X - b.X)) + ((double)(a.Y - b.Y) * (a.Y - b.Y))),
        ];
        Open = new TourPart(this);
    }

    /// <summary>The cities.</summary>
    public ImmutableArray<City> Cities { get; }

    /// <summary>The length of the shortest tour, where it is known (<see cref="HeldKarp"/>): a search ends when it has found it. Default none.</summary>
    public double? OptimalLength { get; init; }

    /// <summary>A map as in the paper: coordinates uniform in [−100, 100], cut to whole numbers.</summary>
    /// <param name="cities">n.</param>
    /// <param name="seed">The map comes from it.</param>
    public static TravellingSalesman Random(int cities, long seed)
    {
        Rng rng = new(seed, "travelling-salesman/map", cities);
        return new([.. Enumerable.Range(0, cities).Select(_ => new City(Coordinate(), Coordinate()))]);

        int Coordinate() => (int)(-100 + (200 * rng.NextDouble()));
    }

    /// <inheritdoc />
    public override JsonObject Identity => new()
    {
        ["problem"] = "travelling-salesman",
        ["cities"] = string.Join(' ', Cities.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.X},{c.Y}"))),
        ["optimalLength"] = OptimalLength,
    };

    /// <inheritdoc />
    public override Scale Scale => Scale.Real;

    /// <inheritdoc />
    public override JsonTypeInfo<ImmutableArray<int>> Codec => MathematicsJson.Default.ImmutableArrayInt32;

    /// <inheritdoc />
    public override OpenPart<ImmutableArray<int>> Open { get; }

    /// <inheritdoc />
    public override int Count(Split split) => split == Split.Train ? 1 : 0;

    /// <inheritdoc />
    public override string ItemHash(Split split, int item) => ContentHash.Of(Identity["cities"]!.ToJsonString());

    /// <summary>The distance between two cities.</summary>
    public double Distance(int a, int b) => _distances[(a * Cities.Length) + b];

    /// <summary>The length of a closed tour.</summary>
    public double Length(ReadOnlySpan<int> tour)
    {
        double length = Distance(tour[^1], tour[0]);
        for (int i = 1; i < tour.Length; i++)
        {
            length += Distance(tour[i - 1], tour[i]);
        }

        return length;
    }

    /// <summary>Whether an order visits every city once, city 0 first.</summary>
    public bool IsTour(ReadOnlySpan<int> order)
    {
        if (order.Length != Cities.Length || order[0] != 0)
        {
            return false;
        }

        bool[] visited = new bool[order.Length];
        foreach (int city in order)
        {
            if (city < 0 || city >= visited.Length || visited[city])
            {
                return false;
            }

            visited[city] = true;
        }

        return true;
    }

    /// <inheritdoc />
    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<int>> ask, Replies replies, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        ReadOnlySpan<int> tour = ask.Candidate.Value.AsSpan();
        Outcome outcome = IsTour(tour)
            ? new Scored(-Length(tour))
            : new Rejected(string.Create(CultureInfo.InvariantCulture, $"Not every city of 0 to {Cities.Length - 1} once, city 0 first."));
        return Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select(_ => outcome)]);
    }
}

/// <summary>The open part of <see cref="TravellingSalesman"/>: a tour. Yours is the nearest-neighbour tour from city 0.</summary>
/// <param name="problem">The problem.</param>
public sealed class TourPart(TravellingSalesman problem) : OpenPart<ImmutableArray<int>>
{
    private const double Rounding = 1e-6;

    /// <summary>The problem.</summary>
    public TravellingSalesman Problem => problem;

    /// <inheritdoc />
    public override ImmutableArray<int> Yours => TourConstruction.NearestNeighbour(problem);

    /// <inheritdoc />
    public override string Noun => "tour";

    /// <inheritdoc />
    public override string Describe(ImmutableArray<int> value) => string.Join(' ', value);

    /// <inheritdoc />
    /// <remarks>For OPRO: farthest insertion; evolution and random tours, at as many tours; 2-opt with Or-opt from one random tour.</remarks>
    public override IReadOnlyList<Arm<ImmutableArray<int>>> Controls(Arm<ImmutableArray<int>> search)
    {
        ArgumentNullException.ThrowIfNull(search);
        return search.Optimizer is not TravellingSalesmanOpro opro ? [Arm<ImmutableArray<int>>.OfYours()] :
        [
            Arm<ImmutableArray<int>>.OfYours(),
            Arm<ImmutableArray<int>>.Fixed("farthest insertion", ArmRole.Control, _ => TourConstruction.FarthestInsertion(problem)),
            new("evolution", ArmRole.Control, new TourEvolution { Steps = opro.Steps, PerStep = opro.PerStep }, search.Budget),
            new("random tours", ArmRole.Control, new TourDraws { Tours = (opro.Steps * opro.PerStep) + TourDraws.Starts }, search.Budget),
            new("2-opt and Or-opt", ArmRole.Control, new TourLocalSearch(), search.Budget),
        ];
    }

    /// <summary>Whether a tour of this length is known to be a shortest one.</summary>
    internal bool IsOptimal(double length) => length <= problem.OptimalLength + Rounding;

    /// <summary>A tour that nobody chose: city 0, then the others in random order.</summary>
    internal ImmutableArray<int> Draw(Rng rng) => [0, .. rng.Choose(problem.Cities.Length - 1, problem.Cities.Length - 1).Select(c => c + 1)];

    /// <summary>The open part that a search of tours works on.</summary>
    internal static TourPart Of(Search<ImmutableArray<int>> search) =>
        search.Open as TourPart ?? throw new ArgumentException("This optimizer searches tours: the objective must be a TravellingSalesman.", nameof(search));

    /// <summary>Evaluates tours as one step.</summary>
    internal static Task<ImmutableArray<Block<ImmutableArray<int>>>> EvaluateAsync(
        Search<ImmutableArray<int>> search, IEnumerable<ImmutableArray<int>> tours, string origin, CancellationToken cancellationToken) =>
        search.EvaluateAsync([.. tours.Select(t => search.WholeSplit(search.Propose(t, origin), Split.Train))], cancellationToken);
}
