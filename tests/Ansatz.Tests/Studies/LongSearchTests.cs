using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ansatz.Testing;
using Microsoft.Data.Sqlite;

namespace Ansatz.Tests.Studies;

/// <summary>Of a search with more candidates than stay in memory, the early ones are read again from the journal: nobody may notice.</summary>
public sealed class LongSearchTests : IDisposable
{
    private const int Draws = 4_500; // 2,000 stay

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Study<ImmutableArray<double>> Open(Objective<ImmutableArray<double>> objective, ComesBack optimizer, string file = "long.db") =>
        Study.Open(_folder.File(file), objective, optimizer, Budget.Unlimited, 1, new() { Name = "long" });

    [Fact]
    public async Task Run_EarlyCandidates_AreWhatTheyWere()
    {
        ComesBack optimizer = new();
        Delayed<ImmutableArray<double>> counting = new(new Sphere(2, test: 2));
        await using Study<ImmutableArray<double>> study = Open(counting, optimizer);
        await study.RunAsync(Token).CountAsync(Token);

        // What was asked once is answered from the journal: each draw on train, yours and three early ones on validation, one of them a second time on train.
        Assert.Equal(Draws + 1 + 3 + 1, counting.Evaluations.Count);

        // The trial of an early candidate has its first block and those that came when it was long out of memory.
        Trial<ImmutableArray<double>> early = optimizer.Early!;
        Assert.Equal((7, "draw 7", TrialState.Completed), (early.Number, early.Candidate.Origin, early.State));
        Assert.Equal(optimizer.First.Id, early.Candidate.Id);
        Assert.Equal(optimizer.First.Value, early.Candidate.Value);
        Assert.Equal([(Split.Train, 0), (Split.Train, 1), (Split.Validation, 0)], early.Blocks.Select(b => (b.Ask.Split, b.Ask.Sample)));
        Assert.All(early.Blocks, b => Assert.Equal(optimizer.FirstScore, Assert.IsType<Scored>(Assert.Single(b.Outcomes)).Score));
        Assert.Equal(TrialState.Pruned, optimizer.Dropped!.State);

        // All of them are there, in order, with their answers; the winner is the best of the three that validation saw.
        IReadOnlyList<Trial<ImmutableArray<double>>> trials = study.Trials("found");
        Assert.Equal(Enumerable.Range(0, Draws), trials.Select(t => t.Number));
        Assert.Equal(Enumerable.Range(0, Draws).Select(i => $"draw {i}"), trials.Select(t => t.Candidate.Origin));
        Assert.All(trials, t => Assert.Equal(Distance(t.Candidate), t.Blocks[0].Mean));
        Assert.Equal(3, trials.Count(t => t.State == TrialState.Completed));
        Assert.Equal(
            trials.Where(t => t.State == TrialState.Completed).MaxBy(t => Distance(t.Candidate))!.Candidate.Id,
            study.Winner("found")!.Id);
    }

    [Fact]
    public async Task Run_CutOff_GoesOnToTheSameHistory_AndAsksNothingAgain()
    {
        ImmutableArray<string> whole = await StudyRunner.HistoryAsync(Open(new Sphere(2, test: 2), new(), "whole.db"));

        Delayed<ImmutableArray<double>> before = new(new Sphere(2, test: 2)), after = new(new Sphere(2, test: 2));
        Assert.False(await StudyRunner.StopAfterAsync(Open(before, new()), 3_300));
        ComesBack optimizer = new();
        ImmutableArray<string> pieces = await StudyRunner.HistoryAsync(Open(after, optimizer));

        Assert.Equal(whole, pieces);
        Assert.Equal(3, optimizer.Early!.Blocks.Length);
        Assert.InRange(after.Evaluations.Count, 1, Draws + 5 - 3_300);
        Assert.Equal(whole, await StudyRunner.HistoryAsync(Open(new Sphere(2, test: 2), new())));
    }

    [Fact]
    public async Task Run_RowThatAKilledRunLeftWithAnotherNumber_IsReadByItsId()
    {
        ImmutableArray<string> history = await StudyRunner.HistoryAsync(Open(new Sphere(2, test: 2), new()));
        using (SqliteConnection connection = new($"Data Source={_folder.File("long.db")};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "UPDATE candidate SET number = 11 WHERE arm = 'found' AND number = 7";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        ComesBack optimizer = new();
        await using Study<ImmutableArray<double>> study = Open(new Sphere(2, test: 2), optimizer);
        await study.RunAsync(Token).CountAsync(Token);

        Assert.Equal(history, study.Journal.History(study.Journal.Find("long")!));
        Assert.Equal((7, "draw 7", 3), (optimizer.Early!.Number, optimizer.Early.Candidate.Origin, optimizer.Early.Blocks.Length));
        Assert.Equal(Enumerable.Range(0, Draws).Select(i => $"draw {i}"), study.Trials("found").Select(t => t.Candidate.Origin));
    }

    private static double Distance(Candidate<ImmutableArray<double>> candidate) => -candidate.Value.Sum(x => (x - 0.5) * (x - 0.5));

    /// <summary>Thousands of draws on train; then it comes back to the first of them.</summary>
    private sealed class ComesBack : Optimizer<ImmutableArray<double>>
    {
        public Candidate<ImmutableArray<double>> First { get; private set; } = null!;

        public double FirstScore => Distance(First);

        public Trial<ImmutableArray<double>>? Early { get; private set; }

        public Trial<ImmutableArray<double>>? Dropped { get; private set; }

        public override JsonObject Settings => new() { ["use"] = "comes back" };

        public override async Task SearchAsync(Search<ImmutableArray<double>> search, CancellationToken cancellationToken)
        {
            Candidate<ImmutableArray<double>>[] draws = [.. Enumerable.Range(0, Draws).Select(i => Draw(search, i))];
            First = draws[7];
            foreach (Candidate<ImmutableArray<double>>[] some in draws.Chunk(150))
            {
                await search.EvaluateAsync([.. some.Select(c => search.WholeSplit(c, Split.Train))], cancellationToken);
            }

            search.Prune(draws[5]);
            Block<ImmutableArray<double>> again = (await search.EvaluateAsync([search.WholeSplit(Draw(search, 7), Split.Train)], cancellationToken))[0];
            Assert.Equal(FirstScore, again.Mean);
            await search.EvaluateAsync([search.WholeSplit(draws[7], Split.Train) with { Sample = 1 }], cancellationToken);
            await search.EvaluateAsync([.. ((int[])[7, 8, 2_000]).Select(i => search.WholeSplit(draws[i], Split.Validation))], cancellationToken);
            Early = search.TrialOf(draws[7]);
            Dropped = search.TrialOf(draws[5]);
            Assert.Null(search.TrialOf(search.Propose([2, 2], "never asked about")));
        }

        private static Candidate<ImmutableArray<double>> Draw(Search<ImmutableArray<double>> search, int i)
        {
            Rng rng = search.Stream("draw", i);
            return search.Propose([rng.NextDouble(), rng.NextDouble()], $"draw {i}");
        }
    }
}
