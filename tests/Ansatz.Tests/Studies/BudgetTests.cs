using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ansatz.Testing;

namespace Ansatz.Tests.Studies;

/// <summary>The limits that are no sum of costs: time and plateau; and the price that nobody knows.</summary>
public sealed class BudgetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Study<ImmutableArray<double>> Open(Budget budget, TimeProvider? clock = null, int workers = 1, string name = "study", Optimizer<ImmutableArray<double>>? optimizer = null) =>
        Study.Open(
            _folder.File("ansatz.db"),
            new Ticking(clock as TickClock),
            optimizer ?? new RandomSearch(40),
            budget,
            1,
            new() { Name = name, Workers = workers, Controls = [Arm<ImmutableArray<double>>.OfYours()], Clock = clock ?? TimeProvider.System });

    [Fact]
    public async Task Run_TimeIsUp_StopsThereAndStopsThereAgainWhateverTheClockSays()
    {
        string[] whole = OfFound(await StudyRunner.HistoryAsync(Open(Budget.Unlimited, new TickClock(), name: "whole")));
        Budget budget = new() { MaxTime = TimeSpan.FromMinutes(10) };

        string[] cut = OfFound(await StudyRunner.HistoryAsync(Open(budget, new TickClock())));

        Assert.Equal("""{"arm":"found","ended":"stopped at effect 10: the time of 10 minutes is spent"}""", cut[^1]);
        Assert.Equal(whole[..10], cut[..^1]);
        Assert.Equal(cut, OfFound(await StudyRunner.HistoryAsync(Open(budget, new TickClock())))); // the replay takes no time at all
        Assert.Equal(whole, OfFound(await StudyRunner.HistoryAsync(Open(new() { MaxTime = TimeSpan.FromDays(1) }, new TickClock()))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    public async Task Run_TimeIsUpAmongAsksAtOnce_EndsWithoutGapsAndReplays(int workers)
    {
        AllAtOnce optimizer = new();
        Budget budget = new() { MaxTime = TimeSpan.FromMinutes(10) };

        string[] cut = OfFound(await StudyRunner.HistoryAsync(Open(budget, new TickClock(), workers, optimizer: optimizer)));

        Assert.Contains("the time of 10 minutes is spent", cut[^1], StringComparison.Ordinal);
        Assert.InRange(cut.Length - 1, 10, 10 + workers); // what was begun is awaited
        Assert.Equal(Enumerable.Range(0, cut.Length - 1), cut[..^1].Select(l => JsonNode.Parse(l)!["effect"]!.GetValue<int>()));
        Assert.Contains($"stopped at effect {cut.Length - 1}:", cut[^1], StringComparison.Ordinal);
        Assert.Equal(cut, OfFound(await StudyRunner.HistoryAsync(Open(budget, new TickClock(), workers: 3, optimizer: optimizer))));
    }

    [Fact]
    public async Task Run_TimeOverSeveralRuns_AddsUp()
    {
        Budget budget = new() { MaxTime = TimeSpan.FromMinutes(10) };
        for (int run = 0; run < 3; run++)
        {
            Assert.False(await StudyRunner.StopAfterAsync(Open(budget, new TickClock { Last = 4 }), events: 3)); // whoever reads is in time to stop it
        }

        string[] history = OfFound(await StudyRunner.HistoryAsync(Open(budget, new TickClock())));

        Assert.Contains("the time of 10 minutes is spent", history[^1], StringComparison.Ordinal);
        Assert.InRange(history.Length - 1, 9, 13); // a block a minute; one that was out when a run was left counts only once it is answered
    }

    [Fact]
    public async Task Run_CallsThatNeverCameToTheirEnd_CountWithTheTimeThatTheyTook()
    {
        Budget budget = new() { MaxTime = TimeSpan.FromMinutes(10) };
        for (int run = 0; run < 5; run++)
        {
            using CancellationTokenSource stop = new();
            TickClock clock = new() { Last = 2, WhenLast = stop.Cancel };
            await using Study<ImmutableArray<double>> study = Study.Open(
                _folder.File("ansatz.db"), new Calling(clock), new RandomSearch(40), budget, 1, new() { Name = "calls", Controls = [Arm<ImmutableArray<double>>.OfYours()], Clock = clock });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await study.RunAsync(stop.Token).CountAsync(Token));
        }

        TickClock last = new();
        string[] history = OfFound(await StudyRunner.HistoryAsync(Study.Open(
            _folder.File("ansatz.db"), new Calling(last), new RandomSearch(40), budget, 1, new() { Name = "calls", Controls = [Arm<ImmutableArray<double>>.OfYours()], Clock = last })));

        Assert.Equal(["""{"arm":"found","ended":"stopped at effect 0: the time of 10 minutes is spent"}"""], history); // five times two minutes, and nothing answered
    }

    [Fact]
    public async Task Run_EffectsOfLessThanAMillisecond_AddUpInTheJournal()
    {
        await using Study<ImmutableArray<double>> study = Open(Budget.Unlimited, new TickClock(tenths: 4));
        await foreach (StudyEvent _ in study.RunAsync(Token))
        {
        }

        StoredEffect[] effects = [.. study.Journal.Effects(study.Journal.Find("study")!, "found")];

        Assert.Equal(4 * effects.Length / 10, effects.Sum(e => e.Milliseconds));
        Assert.InRange(effects.Length, 40, 1000);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(16, 4)]
    public async Task Run_NoGainForSoLong_StopsAtTheSamePlace(int workers, int batch)
    {
        RandomSearch optimizer = new(40, batch);
        string[] whole = OfFound(await StudyRunner.HistoryAsync(Open(Budget.Unlimited, name: "whole", optimizer: optimizer)));
        double best = double.NegativeInfinity;
        int expected = 0, since = 0; // asked at once, all of them are answered before it stops
        for (; since < 5 || expected % batch != 0; expected++)
        {
            double mean = JsonNode.Parse(whole[expected])!["answer"]!.AsArray().Average(o => o!["score"]!.GetValue<double>());
            since = mean > best ? 0 : since + 1;
            best = Math.Max(best, mean);
        }

        string[] cut = OfFound(await StudyRunner.HistoryAsync(Open(new() { Plateau = 5 }, workers: workers, optimizer: optimizer)));

        Assert.Equal($$"""{"arm":"found","ended":"stopped at effect {{expected}}: no gain in the last {{since}} candidates"}""", cut[^1]);
        Assert.Equal(whole[..expected], cut[..^1]);
    }

    /// <summary>What came after a plateau would be no beginning of what comes after a larger one.</summary>
    [Fact]
    public async Task Run_OtherPlateau_IsRefusedInASentence()
    {
        await StudyRunner.HistoryAsync(Open(new() { Plateau = 3 }, optimizer: new RandomSearch(20, 4)));

        InputException e = await Assert.ThrowsAsync<InputException>(async () => await StudyRunner.HistoryAsync(Open(new() { Plateau = 4 }, optimizer: new RandomSearch(20, 4))));

        Assert.Contains("was begun with another plateau: 4 trials without a gain instead of 3.", e.Message, StringComparison.Ordinal);
    }

    /// <summary>At the most that they can cost the budget covers ten asks at once; at what they do cost, ninety-one.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Run_AsksThatCostLessThanTheyMay_GoOnUntilNotOneMoreIsCovered(int workers)
    {
        Study<ImmutableArray<double>> Of(long tokens, string name) => Study.Open(
            _folder.File("ansatz.db"), new Cheap(), new AllAtOnce(), new() { MaxTokens = tokens }, 1, new() { Name = name, Workers = workers, Controls = [Arm<ImmutableArray<double>>.OfYours()] });

        string[] cut = OfFound(await StudyRunner.HistoryAsync(Of(1_000, "study")));

        Assert.Equal("""{"arm":"found","ended":"stopped at effect 91: the budget of 1,000 tokens does not cover the next step"}""", cut[^1]);
        Assert.Equal(cut, OfFound(await StudyRunner.HistoryAsync(Of(1_000, "study"))));
        string[] more = OfFound(await StudyRunner.HistoryAsync(Of(1_500, "study"))); // grows: what there was stays a prefix
        Assert.Equal(cut[..^1], more[..91]);
        Assert.Equal(142, more.Length);
    }

    [Fact]
    public async Task Run_MoneyIsLimitedButThePriceIsUnknown_IsRefusedBeforeAnythingIsSpent()
    {
        await using Study<ImmutableArray<double>> study = Study.Open(
            _folder.File("ansatz.db"), new Unpriced(), new RandomSearch(4), new() { MaxMoney = 5 }, 1, new() { Controls = [Arm<ImmutableArray<double>>.OfYours()] });

        InputException e = await Assert.ThrowsAsync<InputException>(async () => await study.RunAsync(Token).CountAsync(Token));

        Assert.StartsWith("The budget of 5.00 cannot be kept: the price of the model's calls is not known.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Run_PurseThatTwoStudiesShare_PausesTheSecondWhereItIsEmptyAndGoesOnToTheSameHistory(int workers)
    {
        string[] whole = [.. await StudyRunner.HistoryAsync(Of("whole", null))];
        Purse purse = new(1);

        Assert.Equal(whole, await StudyRunner.HistoryAsync(Of("one", purse))); // 20 draws and yours, 0.03 each
        Assert.Equal(0.63m, purse.Spent);
        InputException e = await Assert.ThrowsAsync<InputException>(async () => await StudyRunner.HistoryAsync(Of("two", purse)));

        Assert.StartsWith("The money of 1.00 does not cover the next step: 0.93 is spent, and it may take 0.10 more.", e.Message, StringComparison.Ordinal);
        Purse again = new(1);
        await using (Journal journal = Journal.Open(_folder.File("ansatz.db")))
        {
            again.Count(journal, journal.Find("one")!);
        }

        await Assert.ThrowsAsync<InputException>(async () => await StudyRunner.HistoryAsync(Of("two", again)));
        Assert.Equal(0.93m, again.Spent); // the replay took nothing
        Purse larger = new(1.25m);
        Assert.Equal(whole, await StudyRunner.HistoryAsync(Of("two", larger)));
        Assert.Equal(0.63m, larger.Spent);

        Study<ImmutableArray<double>> Of(string name, Purse? limit) => OpenPriced(name, limit, workers: workers);
    }

    private Study<ImmutableArray<double>> OpenPriced(string name, Purse? purse, Objective<ImmutableArray<double>>? objective = null, int workers = 1, string file = "ansatz.db") => Study.Open(
        _folder.File(file), objective ?? new Priced(), new RandomSearch(20), Budget.Unlimited, 1, new() { Name = name, Workers = workers, Purse = purse, Controls = [Arm<ImmutableArray<double>>.OfYours()] });

    [Fact]
    public async Task Run_PurseOfTwoStudiesAtOnce_CoversWhatIsUnderWayInBoth()
    {
        Purse purse = new(1);

        InputException?[] pauses = await Task.WhenAll(((string[])["one.db", "two.db"]).Select(async file =>
        {
            try
            {
                await StudyRunner.HistoryAsync(OpenPriced("study", purse, workers: 3, file: file));
                return null;
            }
            catch (InputException e)
            {
                return e;
            }
        }));

        Assert.Contains(pauses, p => p is not null);
        Assert.InRange(purse.Spent, 0.63m, 1);
    }

    [Fact]
    public async Task Judge_PurseThatDoesNotCoverItsFirstRow_SealsNothing()
    {
        await Assert.ThrowsAsync<InputException>(async () => await StudyRunner.HistoryAsync(OpenPriced("study", new(0.70m)), judge: true)); // 0.63 for the search
        Assert.False(await IsSealedAsync());
        await Assert.ThrowsAsync<InputException>(async () => await StudyRunner.HistoryAsync(OpenPriced("study", new(0.73m)), judge: true)); // found, and not yours
        Assert.True(await IsSealedAsync());

        Assert.Equal(
            await StudyRunner.HistoryAsync(OpenPriced("study", null, file: "whole.db"), judge: true),
            await StudyRunner.HistoryAsync(OpenPriced("study", new(0.76m)), judge: true));

        async Task<bool> IsSealedAsync()
        {
            await using Journal journal = Journal.Open(_folder.File("ansatz.db"));
            return journal.Find("study")!.IsSealed;
        }
    }

    [Fact]
    public async Task Run_FaultAmongStepsTakenTogether_ThePurseHasWhatWasAnswered()
    {
        Purse purse = new(10), counted = new(10);
        await Assert.ThrowsAsync<FaultException>(async () => await StudyRunner.HistoryAsync(OpenPriced("study", purse, new Priced { FaultAt = 11 })));

        await using (Journal journal = Journal.Open(_folder.File("ansatz.db")))
        {
            counted.Count(journal, journal.Find("study")!);
        }

        Assert.Equal(0.30m, counted.Spent);
        Assert.Equal(counted.Spent, purse.Spent);
    }

    [Fact]
    public async Task Run_SeriesThatSharesAPurse_CountsTheMembersWhoseTurnIsOver()
    {
        Purse? purse = null;
        Func<Study<ImmutableArray<double>>>[] members = [.. ((string[])["a", "b", "c"]).Select(name => (Func<Study<ImmutableArray<double>>>)(() => OpenPriced(name, purse)))];
        for (int run = 0; run < 3; run++) // the searches take 1.89, a verdict 0.06
        {
            purse = new(2.05m);
            await Assert.ThrowsAsync<InputException>(async () => await Series.RunAsync(members, Token).CountAsync(Token));
            Assert.Equal(1.98m, purse.Spent);
        }

        purse = new(2.20m);
        Assert.Equal(3, await Series.RunAsync(members, Token).CountAsync(e => e.Event is StudyJudged, Token));
    }

    [Fact]
    public async Task Run_PricesThatWereSaidLater_TellWhatTheyDoNotCover()
    {
        await Assert.ThrowsAsync<FaultException>(async () => await StudyRunner.HistoryAsync(OpenPriced("study", null, new Priced { FaultAt = 11, IsUnpriced = true })));

        InputException e = await Assert.ThrowsAsync<InputException>(async () => await StudyRunner.HistoryAsync(OpenPriced("study", new(10))));

        Assert.Equal("The money of 10.00 cannot be kept to: 10 calls of earlier runs have no known price. Take the limit away, or begin again under another name.", e.Message);
        ImmutableArray<string> history = await StudyRunner.HistoryAsync(OpenPriced("study", null));
        Assert.Equal(history, await StudyRunner.HistoryAsync(OpenPriced("study", new(10)))); // asks nothing new
    }

    [Fact]
    public async Task Run_TimeIsUpInABlockThatHasReplies_MakesItToItsEnd()
    {
        Budget budget = new() { MaxTime = TimeSpan.FromMinutes(10) };
        using CancellationTokenSource stop = new();
        TickClock clock = new() { Last = 12, WhenLast = stop.Cancel };
        await using (Study<ImmutableArray<double>> cut = Of(clock))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cut.RunAsync(stop.Token).CountAsync(Token));
        }

        TickClock rest = new();
        string[] history = OfFound(await StudyRunner.HistoryAsync(Of(rest)));

        Assert.Equal(2, history.Length);
        Assert.Equal("""{"arm":"found","ended":"stopped at effect 1: the time of 10 minutes is spent"}""", history[1]);
        Assert.Equal(rest.GetTimestamp(), new TickClock { Start = 8 + 20 }.GetTimestamp()); // twelve of its twenty replies were kept; then yours

        Study<ImmutableArray<double>> Of(TickClock time) => Study.Open(
            _folder.File("ansatz.db"), new Replying(time), new RandomSearch(40), budget, 1, new() { Name = "replies", Controls = [Arm<ImmutableArray<double>>.OfYours()], Clock = time });
    }

    [Fact]
    public async Task Run_PurseAndAPriceThatNobodyKnows_IsRefusedBeforeAnythingIsSpent()
    {
        await using Study<ImmutableArray<double>> study = Study.Open(
            _folder.File("ansatz.db"), new Unpriced(), new RandomSearch(4), Budget.Unlimited, 1, new() { Purse = new(5), Controls = [Arm<ImmutableArray<double>>.OfYours()] });

        InputException e = await Assert.ThrowsAsync<InputException>(async () => await study.RunAsync(Token).CountAsync(Token));

        Assert.StartsWith("The money of 5.00 cannot be kept to: the price of the model's calls is not known.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IsAtLeast_EveryLimit_Counts()
    {
        Budget[] budgets =
        [
            new() { MaxRollouts = 1 }, new() { MaxCalls = 1 }, new() { MaxTokens = 1 }, new() { MaxMoney = 1 }, new() { MaxTime = TimeSpan.FromMinutes(1) }, new() { Plateau = 1 },
        ];
        Assert.All(budgets, b => Assert.True(Budget.Unlimited.IsAtLeast(b) && b.IsAtLeast(b) && !b.IsAtLeast(Budget.Unlimited)));
    }

    private static string[] OfFound(IEnumerable<string> history) => [.. history.Where(l => l.StartsWith("""{"arm":"found",""", StringComparison.Ordinal))];

    /// <summary>A clock that only an evaluation moves: a minute each, or so many tenths of a millisecond.</summary>
    private sealed class TickClock(long tenths = 600_000) : TimeProvider
    {
        private long _ticks;

        /// <summary>Where it begins.</summary>
        public long Start { init => _ticks = value; }

        public override long TimestampFrequency => 10_000;

        public override long GetTimestamp() => tenths * Interlocked.Read(ref _ticks);

        /// <summary>The tick after which nothing is answered any more, until it is cancelled.</summary>
        public long Last { get; init; } = long.MaxValue;

        /// <summary>What happens then.</summary>
        public Action WhenLast { get; init; } = () => { };

        public Task TickAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _ticks) <= Last)
            {
                return Task.CompletedTask;
            }

            Interlocked.Decrement(ref _ticks);
            WhenLast();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    private class Ticking(TickClock? clock) : Objective<ImmutableArray<double>>
    {
        private readonly Thresholds _inner = new();

        protected TickClock? Clock => clock;

        public override JsonObject Identity => _inner.Identity;

        public override Scale Scale => _inner.Scale;

        public override System.Text.Json.Serialization.Metadata.JsonTypeInfo<ImmutableArray<double>> Codec => _inner.Codec;

        public override OpenPart<ImmutableArray<double>> Open => _inner.Open;

        public override int Count(Split split) => _inner.Count(split);

        public override string ItemHash(Split split, int item) => _inner.ItemHash(split, item);

        public override async Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken)
        {
            await (clock?.TickAsync(cancellationToken) ?? Task.CompletedTask);
            return await _inner.EvaluateAsync(ask, replies, cancellationToken);
        }
    }

    // Each block takes three ticks, and calls somebody.
    private sealed class Calling(TickClock clock) : Ticking(clock)
    {
        public override Cost AtMost(Ask<ImmutableArray<double>> ask) => new() { Rollouts = ask.Items.Length, Calls = ask.Items.Length };

        public override async Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken)
        {
            await Clock!.TickAsync(cancellationToken);
            await Clock.TickAsync(cancellationToken);
            return await base.EvaluateAsync(ask, replies, cancellationToken);
        }
    }

    private sealed class Unpriced() : Ticking(null)
    {
        public override Cost AtMost(Ask<ImmutableArray<double>> ask) => new() { Rollouts = ask.Items.Length, Calls = ask.Items.Length, UnpricedCalls = ask.Items.Length };
    }

    // A block may take 0.10, and takes 0.03.
    private sealed class Priced() : Ticking(null)
    {
        private int _blocks;

        public int FaultAt { get; init; }

        public bool IsUnpriced { get; init; }

        public override Cost AtMost(Ask<ImmutableArray<double>> ask) => IsUnpriced
            ? new() { Rollouts = ask.Items.Length, Calls = 1, UnpricedCalls = 1 }
            : new() { Rollouts = ask.Items.Length, Calls = 1, Money = 0.10m };

        public override async Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (Interlocked.Increment(ref _blocks) == FaultAt)
            {
                throw new FaultException("The network is down.");
            }

            Cost cost = IsUnpriced ? new() { Calls = 1, UnpricedCalls = 1 } : new() { Calls = 1, Money = 0.03m };
            return [.. (await base.EvaluateAsync(ask, replies, cancellationToken)).Select((o, i) => o with { Cost = i == 0 ? cost : Cost.Zero })];
        }
    }

    // Asks somebody about each item, one after the other: a tick each.
    private sealed class Replying(TickClock clock) : Ticking(clock)
    {
        public override Cost AtMost(Ask<ImmutableArray<double>> ask) => new() { Rollouts = ask.Items.Length, Calls = ask.Items.Length };

        public override async Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken)
        {
            List<Outcome> outcomes = [];
            for (int i = 0; i < ask.Items.Length; i++)
            {
                double reply = await replies.OnceAsync("what?", i, 0, async token => { await Clock!.TickAsync(token); return ask.Candidate.Value[0]; }, NumbersJson.Default.Double, cancellationToken);
                outcomes.Add(new Scored(reply > 0.5 ? 1 : 0));
            }

            return [.. outcomes];
        }
    }

    private sealed class Cheap() : Ticking(null)
    {
        public override Cost AtMost(Ask<ImmutableArray<double>> ask) => new() { Rollouts = ask.Items.Length, OutputTokens = 100 };

        public override async Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken) =>
            [.. (await base.EvaluateAsync(ask, replies, cancellationToken)).Select((o, i) => o with { Cost = new() { OutputTokens = i == 0 ? 10 : 0 } })];
    }

    private sealed class AllAtOnce : Optimizer<ImmutableArray<double>>
    {
        public override JsonObject Settings => new() { ["use"] = "all at once" };

        public override Task SearchAsync(Search<ImmutableArray<double>> search, CancellationToken cancellationToken) => search.EvaluateAsync(
            [.. Enumerable.Range(0, 200).Select(i => search.WholeSplit(search.Propose([i / 200.0], "one"), Split.Validation))], cancellationToken);
    }
}
