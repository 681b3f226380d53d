// No text and no model: a round trip through 25 cities, on the same loop, journal and verdict. The open part is an order of cities, the search
// turns pieces of a tour around, and a control draws tours blindly at the same budget. There is nothing held out, so the verdict is over seeds.
//
//   dotnet run samples/Tour.cs
#:project ../src/Ansatz/Ansatz.csproj

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ansatz;

Cities cities = new(count: 25, seed: 7);
StudyOptions<ImmutableArray<int>> options = new()
{
    Seeds = 10,
    Workers = 16, // decides how long it takes, never what comes out
    Controls = [Arm<ImmutableArray<int>>.OfYours(), new("blind draws", ArmRole.Control, new BlindDraws(tours: 640), Budget.Rollouts(640))],
};
await using Study<ImmutableArray<int>> study = Study.Open("tour.db", cities, new TurnPieces(steps: 39, perStep: 16), Budget.Rollouts(640), seed: 1, options);

Verdict<ImmutableArray<int>> verdict = await study.JudgeAsync();
Console.WriteLine(verdict);

/// <summary>Minus the length of a round trip, so that higher is better. "Yours" is the nearest-neighbour tour from city 0.</summary>
internal sealed class Cities : Objective<ImmutableArray<int>>
{
    private readonly (double X, double Y)[] _at;
    private readonly int _seed;

    public Cities(int count, int seed)
    {
        _seed = seed;
        Rng rng = new(seed, "cities");
        _at = [.. Enumerable.Range(0, count).Select(_ => (100 * rng.NextDouble(), 100 * rng.NextDouble()))];
        Open = new Tours(NearestNeighbour());
    }

    public override JsonObject Identity => new() { ["cities"] = _at.Length, ["seed"] = _seed };

    public override Scale Scale => Scale.Real;

    public override JsonTypeInfo<ImmutableArray<int>> Codec => TourJson.Default.ImmutableArrayInt32;

    public override OpenPart<ImmutableArray<int>> Open { get; }

    public override int Count(Split split) => split == Split.Test ? 0 : 1; // one tour is all there is

    public override string ItemHash(Split split, int item) => ContentHash.Of($"tour {_seed}");

    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<int>> ask, Replies replies, CancellationToken cancellationToken)
    {
        ImmutableArray<int> tour = ask.Candidate.Value;
        double length = Enumerable.Range(0, tour.Length).Sum(i => Distance(tour[i], tour[(i + 1) % tour.Length]));
        return Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select(_ => new Scored(-length))]);
    }

    private double Distance(int a, int b) => Math.Sqrt(Math.Pow(_at[a].X - _at[b].X, 2) + Math.Pow(_at[a].Y - _at[b].Y, 2));

    private ImmutableArray<int> NearestNeighbour()
    {
        List<int> tour = [0];
        while (tour.Count < _at.Length)
        {
            tour.Add(Enumerable.Range(0, _at.Length).Except(tour).MinBy(c => Distance(tour[^1], c)));
        }

        return [.. tour];
    }
}

/// <summary>The open part: an order of cities.</summary>
internal sealed class Tours(ImmutableArray<int> yours) : OpenPart<ImmutableArray<int>>
{
    public override ImmutableArray<int> Yours => yours;

    public override string Describe(ImmutableArray<int> value) => string.Join(' ', value);
}

/// <summary>Begins with yours; each step turns a piece of the best tour around, in as many ways as there are proposals, and keeps the best.</summary>
/// <remarks>The move is 2-opt's: Croes 1958, "A Method for Solving Traveling-Salesman Problems", Operations Research 6:791-812.</remarks>
internal sealed class TurnPieces(int steps, int perStep) : Optimizer<ImmutableArray<int>>
{
    public override JsonObject Settings => new() { ["use"] = "turn-pieces", ["steps"] = steps, ["perStep"] = perStep };

    public override async Task SearchAsync(Search<ImmutableArray<int>> search, CancellationToken cancellationToken)
    {
        Rng rng = search.Stream("turns");
        Block<ImmutableArray<int>> best = (await search.EvaluateAsync([search.WholeSplit(search.Propose(search.Open.Yours, "yours"), Split.Validation)], cancellationToken))[0];
        for (int step = 0; step < steps; step++)
        {
            Candidate<ImmutableArray<int>> from = best.Ask.Candidate;
            Ask<ImmutableArray<int>>[] asks =
            [
                .. Enumerable.Range(0, perStep).Select(_ =>
                    search.WholeSplit(search.Propose(Turned(from.Value, rng), $"step {step}", from.Id), Split.Validation)),
            ];
            ImmutableArray<Block<ImmutableArray<int>>> blocks = await search.EvaluateAsync(asks, cancellationToken);
            best = blocks.Append(best).MaxBy(b => b.Mean)!;
        }
    }

    private static ImmutableArray<int> Turned(ImmutableArray<int> tour, Rng rng)
    {
        int[] ends = rng.Choose(2, tour.Length), turned = [.. tour];
        Array.Sort(ends);
        Array.Reverse(turned, ends[0], ends[1] - ends[0] + 1);
        return [.. turned];
    }
}

/// <summary>The control: tours that nobody chose, as many as the search tries.</summary>
internal sealed class BlindDraws(int tours) : Optimizer<ImmutableArray<int>>
{
    public override JsonObject Settings => new() { ["use"] = "blind-draws", ["tours"] = tours };

    public override Task SearchAsync(Search<ImmutableArray<int>> search, CancellationToken cancellationToken) =>
        search.EvaluateAsync([.. Enumerable.Range(0, tours).Select(i => Draw(search, i))], cancellationToken);

    public static Ask<ImmutableArray<int>> Draw(Search<ImmutableArray<int>> search, int index)
    {
        int cities = search.Open.Yours.Length;
        return search.WholeSplit(search.Propose([.. search.Stream("draw", index).Choose(cities, cities)], $"draw {index}"), Split.Validation);
    }
}

[JsonSerializable(typeof(ImmutableArray<int>))]
internal sealed partial class TourJson : JsonSerializerContext;
