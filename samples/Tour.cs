// No text and no model: a round trip through 25 cities, on the same loop, journal and verdict. The open part is an order of cities, the search is written
// here: it turns pieces of a tour around. A control draws tours blindly at the same budget. There is nothing held out, so the verdict is over seeds.
//
//   dotnet run samples/Tour.cs
#:project ../src/Ansatz.Prompts/Ansatz.Prompts.csproj

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ansatz;
using Ansatz.Prompts;

TravellingSalesman cities = TravellingSalesman.Random(cities: 25, seed: 7); // yours is the tour that always goes on to the nearest city
StudyOptions<ImmutableArray<int>> options = new()
{
    Seeds = 10,
    Workers = 16, // decides how long it takes, never what comes out
    Controls = [Arm<ImmutableArray<int>>.OfYours(), new("blind draws", ArmRole.Control, new TourDraws { Tours = 640 }, Budget.Rollouts(640))],
};
await using Study<ImmutableArray<int>> study = Study.Open("tour.db", cities, new TurnPieces(steps: 39, perStep: 16), Budget.Rollouts(640), seed: 1, options);

Verdict<ImmutableArray<int>> verdict = await study.JudgeAsync();
Console.WriteLine(verdict);

/// <summary>Begins with yours; each step turns a piece of the best tour around, in as many ways as there are proposals, and keeps the best.</summary>
/// <remarks>The move is 2-opt's: Croes 1958, "A Method for Solving Traveling-Salesman Problems", Operations Research 6:791-812.</remarks>
internal sealed class TurnPieces(int steps, int perStep) : Optimizer<ImmutableArray<int>>
{
    public override JsonObject Settings => new() { ["use"] = "turn-pieces", ["steps"] = steps, ["perStep"] = perStep };

    public override async Task SearchAsync(Search<ImmutableArray<int>> search, CancellationToken cancellationToken)
    {
        Rng rng = search.Stream("turns");
        Block<ImmutableArray<int>> best = (await search.EvaluateAsync([search.WholeSplit(search.Propose(search.Open.Yours, "yours"), Split.Train)], cancellationToken))[0];
        for (int step = 0; step < steps; step++)
        {
            Candidate<ImmutableArray<int>> from = best.Ask.Candidate;
            Ask<ImmutableArray<int>>[] asks =
            [
                .. Enumerable.Range(0, perStep).Select(_ =>
                    search.WholeSplit(search.Propose(Turned(from.Value, rng), $"step {step}", from.Id), Split.Train)),
            ];
            ImmutableArray<Block<ImmutableArray<int>>> blocks = await search.EvaluateAsync(asks, cancellationToken);
            best = blocks.Append(best).MaxBy(b => b.Mean)!;
        }
    }

    private static ImmutableArray<int> Turned(ImmutableArray<int> tour, Rng rng)
    {
        int[] ends = rng.Choose(2, tour.Length - 1), turned = [.. tour]; // city 0 stays first
        Array.Sort(ends);
        Array.Reverse(turned, 1 + ends[0], ends[1] - ends[0] + 1);
        return [.. turned];
    }
}
