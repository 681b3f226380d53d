using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Testing;

namespace Ansatz.Tests.Studies;

public sealed class StudyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Study<ImmutableArray<double>> Open(
        Objective<ImmutableArray<double>>? objective = null, int draws = 12, Budget? budget = null, long seed = 1, string name = "study", JsonObject? description = null) =>
        Study.Open(
            _folder.File("ansatz.db"),
            objective ?? new Thresholds(),
            new RandomSearch(draws),
            budget ?? Budget.Rollouts(1_000),
            seed,
            new() { Name = name, Description = description });

    [Fact]
    public async Task Open_OtherSeed_IsRefusedWithTheFieldThatDiffers()
    {
        await StudyRunner.HistoryAsync(Open(seed: 1));
        InputException e = Assert.Throws<InputException>(() => Open(seed: 2));
        Assert.StartsWith("The study \"study\" was begun with seed 1; now it is 2.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OtherSettingOfTheOptimizer_IsRefusedWithItsPath()
    {
        await StudyRunner.HistoryAsync(Open(draws: 12));
        InputException e = Assert.Throws<InputException>(() => Open(draws: 13));
        Assert.Contains("arms[found].optimizer.draws 12; now it is 13", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_SettingThatIsNullAndWasNotThere_IsNoDifference()
    {
        ImmutableArray<string> history = await StudyRunner.HistoryAsync(Open(description: Of(null)));

        Assert.Equal(history, await StudyRunner.HistoryAsync(Open(description: Of(new() { ["new"] = null }))));

        Assert.Contains("new nothing; now it is 1", Assert.Throws<InputException>(() => Open(description: Of(new() { ["new"] = 1 }))).Message, StringComparison.Ordinal);
        JsonObject longer = Of(null);
        longer["list"]!.AsArray().Add(new JsonObject());
        Assert.Contains("list [", Assert.Throws<InputException>(() => Open(description: longer)).Message, StringComparison.Ordinal);

        static JsonObject Of(JsonObject? added)
        {
            JsonObject inner = new() { ["name"] = "one" }, all = new() { ["about"] = "numbers", ["list"] = new JsonArray(inner) };
            foreach ((string name, JsonNode? value) in added ?? [])
            {
                (inner[name], all[name]) = (value?.DeepClone(), value?.DeepClone());
            }

            return all;
        }
    }

    [Fact]
    public async Task Open_LongTextThatDiffersAtItsEnd_ShowsTheEnd()
    {
        string text = new string('a', 80) + "x => x + 'é' <i>"; // as it was written, and not as JSON escapes it
        await StudyRunner.HistoryAsync(Open(description: new() { ["about"] = text + " before" }));

        InputException e = Assert.Throws<InputException>(() => Open(description: new() { ["about"] = text + " after" }));

        string end = text[^19..];
        Assert.Contains($"about ...{end} before\"; now it is ...{end} after\".", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OtherData_IsRefusedWithTheFieldThatDiffers()
    {
        await StudyRunner.HistoryAsync(Open(new Thresholds(60)));
        InputException e = Assert.Throws<InputException>(() => Open(new Thresholds(61)));
        Assert.Contains("objective.test 60; now it is 61", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_SmallerBudget_IsRefused()
    {
        await StudyRunner.HistoryAsync(Open(budget: Budget.Rollouts(1_000)));
        InputException e = Assert.Throws<InputException>(() => Open(budget: Budget.Rollouts(999)));
        Assert.Contains("999 rollouts instead of 1,000", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_LargerBudgetAfterJudging_IsRefused()
    {
        await StudyRunner.HistoryAsync(Open(budget: Budget.Rollouts(1_000)), judge: true);
        InputException e = Assert.Throws<InputException>(() => Open(budget: Budget.Rollouts(2_000)));
        Assert.Contains("has been judged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhileAnotherRuns_SaysWhoHoldsIt()
    {
        await using Study<ImmutableArray<double>> first = Open();
        await using IAsyncEnumerator<StudyEvent> running = first.RunAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await running.MoveNextAsync());

        await using Study<ImmutableArray<double>> second = Open();
        InputException e = await Assert.ThrowsAsync<InputException>(async () => await second.RunAsync(Token).ToArrayAsync(Token));

        Assert.Contains($"process {Environment.ProcessId}", e.Message, StringComparison.Ordinal);
        Assert.Contains(Environment.MachineName, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("here", int.MaxValue, 0, false)] // there is no such process
    [InlineData("here", -1, 0, false)] // this one's number, which another had before
    [InlineData("elsewhere", 1, 59, true)] // who cannot be seen lives as long as he is heard of
    [InlineData("elsewhere", 1, 61, false)]
    public async Task Run_HeldBySomebodyElse_TakesOverFromTheDead(string where, int process, int secondsAgo, bool lives)
    {
        await StudyRunner.StopAfterAsync(Open(), 2);
        string machine = where == "here" ? await MachineAsync() : "elsewhere/pid:[1]";
        long beat = DateTimeOffset.UtcNow.AddSeconds(-secondsAgo).ToUnixTimeMilliseconds();
        await SqlAsync($"INSERT INTO holder VALUES (1, '{machine}', {(process < 0 ? Environment.ProcessId : process)}, 0, {beat}, 'other')");

        if (lives)
        {
            InputException e = await Assert.ThrowsAsync<InputException>(() => StudyRunner.HistoryAsync(Open()));
            Assert.Contains("is being run by process 1 on elsewhere. Wait for it", e.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.NotEmpty(await StudyRunner.HistoryAsync(Open()));
        }
    }

    [Fact]
    public async Task Run_HeldByAProcessWhoseEndNobodyNoticed_TakesOver()
    {
        await StudyRunner.StopAfterAsync(Open(), 2);
        string machine = await MachineAsync();

        // What a shell started before it became something else is nobody's child to wait for: a zombie.
        using System.Diagnostics.Process shell = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!;
        int zombie = int.Parse((await shell.StandardOutput.ReadLineAsync(Token))!, System.Globalization.CultureInfo.InvariantCulture);
        string[] stat;
        do
        {
            stat = (await File.ReadAllTextAsync($"/proc/{zombie}/stat", Token)).Split(' ');
        }
        while (stat[2] != "Z");

        await SqlAsync($"INSERT INTO holder VALUES (1, '{machine}', {zombie}, {stat[21]}, {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}, 'zombie')");

        Assert.NotEmpty(await StudyRunner.HistoryAsync(Open()));
        shell.Kill();
    }

    [Fact]
    public async Task Run_HoldThatWasTakenOver_WritesNothingMore()
    {
        Waiting objective = new();
        await using Study<ImmutableArray<double>> study = Open(objective);
        Task<int> run = study.RunAsync(Token).CountAsync(Token).AsTask();
        await objective.Begun;
        await SqlAsync("UPDATE holder SET token = 'another'");
        objective.GoOn();

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => run);

        Assert.Contains("Another process has taken over this study", e.Message, StringComparison.Ordinal);
        Assert.Empty(study.Journal.History(study.Journal.Find("study")!));
    }

    [Fact]
    public async Task Open_BudgetOfASealedStudyWrittenOtherwise_ChangesNothing()
    {
        ImmutableArray<string> history = await StudyRunner.HistoryAsync(Open(budget: new() { MaxMoney = 2.50m, MaxRollouts = 100 }), judge: true);

        Assert.Equal(history, await StudyRunner.HistoryAsync(Open(budget: new() { MaxMoney = 2.5m, MaxRollouts = 100 }), judge: true));
    }

    [Fact]
    public async Task Run_BudgetThatGrewElsewhereMeanwhile_IsRefusedEachTime()
    {
        await StudyRunner.StopAfterAsync(Open(budget: Budget.Rollouts(500)), 2);
        await using Study<ImmutableArray<double>> smaller = Open(budget: Budget.Rollouts(500));
        await SqlAsync("""UPDATE arm SET budget = '{"maxRollouts":1000}'""");

        for (int time = 0; time < 2; time++)
        {
            InputException e = await Assert.ThrowsAsync<InputException>(async () => await smaller.RunAsync(Token).CountAsync(Token));
            Assert.Contains("was begun with a larger budget", e.Message, StringComparison.Ordinal);
        }
    }

    // How a holder on this machine is called.
    private async Task<string> MachineAsync()
    {
        Waiting objective = new();
        await using Study<ImmutableArray<double>> study = Open(objective, name: "other");
        Task<int> run = study.RunAsync(Token).CountAsync(Token).AsTask();
        await objective.Begun;
        string machine = (string)(await SqlAsync("SELECT machine FROM holder"))!;
        objective.GoOn();
        await run;
        return machine;
    }

    private async Task<object?> SqlAsync(string sql)
    {
        await using Microsoft.Data.Sqlite.SqliteConnection connection = new($"Data Source={_folder.File("ansatz.db")};Pooling=False");
        await connection.OpenAsync(Token);
        await using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Token);
    }

    [Fact]
    public async Task Dispose_HoldThatCannotBeWritten_StillClosesTheJournal()
    {
        Study<ImmutableArray<double>> study = Open();
        await study.RunAsync(Token).CountAsync(Token);
        await SqlAsync("CREATE TRIGGER full BEFORE DELETE ON holder BEGIN SELECT RAISE(FAIL, 'no room'); END");

        await study.DisposeAsync();

        Assert.Throws<InvalidOperationException>(() => study.Journal.StudyNames()); // its connection is closed
    }

    [Fact]
    public async Task Run_FaultInTheMiddle_PausesAndGoesOnToTheSameHistory()
    {
        ImmutableArray<string> whole = await StudyRunner.HistoryAsync(Open(name: "whole"));
        Faulty faulty = new(new Thresholds(), failAt: 5);

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => StudyRunner.HistoryAsync(Open(faulty)));
        Assert.Equal("The network is gone.", e.Message);

        Assert.Equal(whole, await StudyRunner.HistoryAsync(Open(faulty)));
    }

    [Fact]
    public async Task Run_AfterACutOffCall_CountsItAsRepeated()
    {
        await Assert.ThrowsAsync<FaultException>(() => StudyRunner.HistoryAsync(Open(new Faulty(new Thresholds(), failAt: 2))));
        await using Study<ImmutableArray<double>> study = Open();
        await study.RunAsync(Token).CountAsync(Token);
        Assert.Equal(1, study.Journal.Repeated(study.Journal.Find("study")!));
    }

    [Fact]
    public async Task Run_CutOffWhileItOnlyComputed_RepeatedNothingOfAnybody()
    {
        Study<ImmutableArray<double>> Computing(int failAt, string name) =>
            Study.Open(_folder.File("ansatz.db"), new Faulty(new Sphere(1), failAt), new RandomSearch(12), Budget.Unlimited, 1, new() { Name = name, Seeds = 2 });
        ImmutableArray<string> whole = await StudyRunner.HistoryAsync(Computing(int.MaxValue, "whole"));
        await Assert.ThrowsAsync<FaultException>(() => StudyRunner.HistoryAsync(Computing(5, "study")));

        Assert.Equal(whole, await StudyRunner.HistoryAsync(Computing(int.MaxValue, "study")));

        await using Journal journal = Journal.Open(_folder.File("ansatz.db"));
        Assert.Equal(0, journal.Repeated(journal.Find("study")!));
    }

    [Fact]
    public async Task Run_ProgramThatAsksDifferently_IsCaughtByTheQuestionsHash()
    {
        await StudyRunner.HistoryAsync(Open());
        await using Study<ImmutableArray<double>> study = Study.Open(
            _folder.File("ansatz.db"), new Thresholds(), new SaysItIsRandomSearch(12), Budget.Rollouts(1_000), 1, new() { Name = "study" });
        ReplayException e = await Assert.ThrowsAsync<ReplayException>(async () => await study.RunAsync(Token).CountAsync(Token));
        Assert.Contains("asks differently at effect 0 of \"found\"", e.Message, StringComparison.Ordinal);
        Assert.Contains("Ansatz 0.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FinishedStudyAgain_EvaluatesNothing()
    {
        await StudyRunner.HistoryAsync(Open(), judge: true);
        Delayed<ImmutableArray<double>> counting = new(new Thresholds());
        await using Study<ImmutableArray<double>> study = Open(counting);
        StudyEvent[] events = await study.JudgingAsync(Token).ToArrayAsync(Token);
        Assert.Empty(counting.Evaluations);
        Assert.IsType<StudyJudged>(events[^1]);
    }

    [Fact]
    public async Task Run_JudgedStudyWhoseProgramAsksMore_IsRefusedAndAsksNothing()
    {
        Study<ImmutableArray<double>> OpenAs(Optimizer<ImmutableArray<double>> optimizer, Objective<ImmutableArray<double>> objective) =>
            Study.Open(_folder.File("a.db"), objective, optimizer, Budget.Unlimited);
        ImmutableArray<string> judged = await StudyRunner.HistoryAsync(OpenAs(new RandomSearch(12), new Thresholds()), judge: true);
        Delayed<ImmutableArray<double>> counting = new(new Thresholds());
        await using Study<ImmutableArray<double>> study = OpenAs(new AsksMore(12), counting);

        await Assert.ThrowsAsync<ReplayException>(async () => await study.JudgingAsync(Token).CountAsync(Token));

        Assert.Empty(counting.Evaluations);
        Assert.Equal(judged, study.Journal.History(study.Journal.Find("a")!));
    }

    [Fact]
    public void Open_WithoutTheUsersOwn_IsRefusedBeforeAnythingIsSpent()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => Study.Open(
            _folder.File("a.db"), new Thresholds(), new RandomSearch(4), Budget.Unlimited, 1, new() { Controls = [] }));
        Assert.Contains("exactly one arm of yours", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_AskForTestItems_IsRefused()
    {
        await using Study<ImmutableArray<double>> study = Study.Open(_folder.File("a.db"), new Thresholds(), new Peeks(), Budget.Unlimited);
        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(async () => await study.RunAsync(Token).CountAsync(Token));
        Assert.Contains("test split is the judge's", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_ScoreOffTheScale_IsABrokenInvariant()
    {
        await using Study<ImmutableArray<double>> study = Study.Open(
            _folder.File("a.db"), new Constant(1.5), new RandomSearch(4), Budget.Unlimited);
        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(async () => await study.RunAsync(Token).CountAsync(Token));
        Assert.Contains("score 1.5", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RejectedOnScaleReal_IsNeverCrowned()
    {
        await using Study<ImmutableArray<double>> study = Study.Open(
            _folder.File("a.db"), new RejectsMost(), new RandomSearch(40), Budget.Unlimited, 1, new() { Seeds = 2 });
        await study.RunAsync(Token).CountAsync(Token);
        Candidate<ImmutableArray<double>>? winner = study.Winner("found");
        Assert.NotNull(winner);
        Assert.True(winner.Value[0] <= 0.3);
        Assert.Contains(study.Trials("found"), t => t.Candidate.Value[0] > 0.3 && t.State == TrialState.Completed);
    }

    [Fact]
    public async Task Run_LeftByItsReader_LetsGoOfTheStudy()
    {
        await StudyRunner.StopAfterAsync(Open(), 1);
        Assert.NotEmpty(await StudyRunner.HistoryAsync(Open()));
    }

    [Fact]
    public async Task Call_RepliesOfAFinishedArm_AreReplayedWithTheirCost()
    {
        Talks talks = new();
        Study<ImmutableArray<double>> OpenTalking() => Study.Open(_folder.File("a.db"), new Thresholds(), talks, new() { MaxCalls = 5 });
        ImmutableArray<string> first = await StudyRunner.HistoryAsync(OpenTalking());
        Assert.Equal(3, talks.Made);
        Assert.Equal(first, await StudyRunner.HistoryAsync(OpenTalking()));
        Assert.Equal(3, talks.Made);
        Assert.Contains(first, l => l.Contains("\"stopped at effect 3: the budget of 5 calls does not cover the next step\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_EveryAnswerRejected_PausesBeforeTheVerdictAndAgainOnReplay()
    {
        Delayed<ImmutableArray<double>> counting = new(new RejectsAll());
        Study<ImmutableArray<double>> OpenIt(bool allow) => Study.Open(
            _folder.File("a.db"), counting, new RandomSearch(12), Budget.Unlimited, 1, new() { Controls = [Arm<ImmutableArray<double>>.OfYours()], AllowRejected = allow });

        InputException e = await Assert.ThrowsAsync<InputException>(() => StudyRunner.HistoryAsync(OpenIt(allow: false), judge: true));
        Assert.StartsWith("All ", e.Message, StringComparison.Ordinal);
        Assert.Contains("were rejected, the first because: No label is in it. The answer was: \"I am sorry, but\".", e.Message, StringComparison.Ordinal);
        int asked = counting.Evaluations.Values.Sum();
        Assert.InRange(asked, 2, 12); // the first blocks, not the whole search

        InputException again = await Assert.ThrowsAsync<InputException>(() => StudyRunner.HistoryAsync(OpenIt(allow: false), judge: true));
        Assert.Equal((e.Message, asked), (again.Message, counting.Evaluations.Values.Sum()));

        ImmutableArray<string> history = await StudyRunner.HistoryAsync(OpenIt(allow: true), judge: true);
        Assert.Contains(history, l => l.Contains("\"arm\":\"judge\"", StringComparison.Ordinal));
    }

    /// <summary>A proposer that replies nothing that can be tried: the search pauses after 20 replies, and the test items stay unspent.</summary>
    [Fact]
    public async Task Run_ProposerGivesNothing_PausesBeforeTheVerdictAndAgainOnReplay()
    {
        Talks talks = new(questions: 50, evaluates: true);
        Study<ImmutableArray<double>> OpenIt(bool allow) => Study.Open(
            _folder.File("a.db"), new Thresholds(), talks, Budget.Unlimited, 1, new() { Controls = [Arm<ImmutableArray<double>>.OfYours()], AllowRejected = allow });

        for (int run = 1; run <= 2; run++)
        {
            InputException e = await Assert.ThrowsAsync<InputException>(() => StudyRunner.HistoryAsync(OpenIt(allow: false), judge: true));
            Assert.StartsWith("None of the 20 replies of the proposer so far gave anything to try", e.Message, StringComparison.Ordinal);
            Assert.Equal(20, talks.Made);
        }

        await StudyRunner.HistoryAsync(OpenIt(allow: true));
        Assert.Equal(50, talks.Made);
    }

    /// <summary>What is asked for before anything is evaluated may all be of use: MIPROv2 asks so.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public async Task Run_RepliesBeforeAnyEvaluation_PauseAtTheEndOfTheSearchAtMost(int questions)
    {
        Talks talks = new(questions);
        InputException e = await Assert.ThrowsAsync<InputException>(() => StudyRunner.HistoryAsync(Study.Open(
            _folder.File("a.db"), new Thresholds(), talks, Budget.Unlimited, 1, new() { Controls = [Arm<ImmutableArray<double>>.OfYours()] })));
        Assert.StartsWith($"None of the {questions} replies", e.Message, StringComparison.Ordinal);
        Assert.Equal(questions, talks.Made);
    }

    /// <summary>A search that leaves nothing to judge ends the run before its controls have spent anything.</summary>
    [Fact]
    public async Task Judge_SearchWithoutAWinner_RunsNoControl()
    {
        await using Study<ImmutableArray<double>> study = Study.Open(
            _folder.File("a.db"), new Thresholds(), new RandomSearch(8), Budget.Rollouts(1), 1, new() { Controls = [Arm<ImmutableArray<double>>.OfYours()] });
        List<string> begun = [];

        InputException e = await Assert.ThrowsAsync<InputException>(async () =>
        {
            await foreach (StudyEvent happened in study.JudgingAsync(Token))
            {
                begun.AddRange(happened is ArmStarted arm ? [arm.Arm] : []);
            }
        });

        Assert.StartsWith("There is nothing to judge in", e.Message, StringComparison.Ordinal);
        Assert.Equal(["found"], begun);
    }

    [Fact]
    public async Task Run_FaultInOneOfManyAtOnce_KeepsWhatWasUnderWay()
    {
        FaultsOnceOthersAreOut faulty = new(others: 3);
        Study<ImmutableArray<double>> OpenIt() => Study.Open(
            _folder.File("a.db"), faulty, new RandomSearch(8, batch: 8), Budget.Unlimited, 1, new() { Workers = 4, Controls = [Arm<ImmutableArray<double>>.OfYours()] });

        await Assert.ThrowsAsync<FaultException>(() => StudyRunner.HistoryAsync(OpenIt()));

        await using Journal journal = Journal.Open(_folder.File("a.db"));
        Assert.Equal(3, journal.Effects(journal.Find("a")!, "found").Count(e => e is { Number: < 4, Answer: not null })); // of the four that were out; on a busy machine another may begin before the fault is seen
    }

    private sealed class RejectsAll() : Altered(new Thresholds())
    {
        public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select(_ => new Rejected("No label is in it.", "I am sorry,\nbut"))]);
    }

    /// <summary>The first ask fails as soon as others are out; those end after it has failed.</summary>
    private sealed class FaultsOnceOthersAreOut(int others) : Altered(new Thresholds())
    {
        private readonly TaskCompletionSource _out = new(TaskCreationOptions.RunContinuationsAsynchronously), _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _asked;

        public override async Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken)
        {
            int asked = Interlocked.Increment(ref _asked);
            if (asked == 1)
            {
                await _out.Task;
                _failed.SetResult();
                throw new FaultException("The network is gone.");
            }

            if (asked == 1 + others)
            {
                _out.SetResult();
            }

            await _failed.Task;
            for (int turn = 0; turn < 1000; turn++)
            {
                await Task.Yield(); // time for the fault to reach whoever might stop this one
            }

            cancellationToken.ThrowIfCancellationRequested();
            return await base.EvaluateAsync(ask, replies, cancellationToken);
        }
    }

    private sealed class Faulty(Objective<ImmutableArray<double>> inner, int failAt) : Altered(inner)
    {
        private int _calls;

        public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken) =>
            ++_calls == failAt ? throw new FaultException("The network is gone.") : base.EvaluateAsync(ask, replies, cancellationToken);
    }

    private sealed class Waiting() : Altered(new Thresholds())
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously), _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        public void GoOn() => _goOn.SetResult();

        public override async Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken)
        {
            _begun.TrySetResult();
            await _goOn.Task;
            return await base.EvaluateAsync(ask, replies, cancellationToken);
        }
    }

    private sealed class Constant(double score) : Altered(new Thresholds())
    {
        public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select(_ => new Scored(score))]);
    }

    private sealed class RejectsMost() : Altered(new Sphere(1))
    {
        public override async Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken) =>
            ask.Candidate.Value[0] > 0.3 ? [new Rejected("too large")] : await base.EvaluateAsync(ask, replies, cancellationToken);
    }

    private abstract class Altered(Objective<ImmutableArray<double>> inner) : Objective<ImmutableArray<double>>
    {
        public override JsonObject Identity => inner.Identity;

        public override Scale Scale => inner.Scale;

        public override JsonTypeInfo<ImmutableArray<double>> Codec => inner.Codec;

        public override OpenPart<ImmutableArray<double>> Open => inner.Open;

        public override int Count(Split split) => inner.Count(split);

        public override string ItemHash(Split split, int item) => inner.ItemHash(split, item);

        public override Cost AtMost(Ask<ImmutableArray<double>> ask) => inner.AtMost(ask);

        public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken) =>
            inner.EvaluateAsync(ask, replies, cancellationToken);
    }

    private sealed class SaysItIsRandomSearch(int draws) : Optimizer<ImmutableArray<double>>
    {
        public override JsonObject Settings => new RandomSearch(draws).Settings;

        public override Task SearchAsync(Search<ImmutableArray<double>> search, CancellationToken cancellationToken) =>
            search.EvaluateAsync([search.WholeSplit(search.Propose([0.123], "other"), Split.Validation)], cancellationToken);
    }

    /// <summary>A later version of random search that says it is the same, and draws once more.</summary>
    private sealed class AsksMore(int draws) : Optimizer<ImmutableArray<double>>
    {
        public override JsonObject Settings => new RandomSearch(draws).Settings;

        public override async Task SearchAsync(Search<ImmutableArray<double>> search, CancellationToken cancellationToken)
        {
            await new RandomSearch(draws).SearchAsync(search, cancellationToken);
            await search.EvaluateAsync([search.WholeSplit(search.Propose([0.5], "one more"), Split.Validation)], cancellationToken);
        }
    }

    private sealed class Peeks : Optimizer<ImmutableArray<double>>
    {
        public override JsonObject Settings => new() { ["use"] = "peeks" };

        public override Task SearchAsync(Search<ImmutableArray<double>> search, CancellationToken cancellationToken) =>
            search.EvaluateAsync([new(search.Propose([1], "peek"), Split.Test, [0])], cancellationToken);
    }

    /// <summary>Makes calls of two at most each; five are allowed, so the third is the last that fits after two have cost one each.</summary>
    private sealed class Talks(int questions = 10, bool evaluates = false) : Optimizer<ImmutableArray<double>>
    {
        public int Made { get; private set; }

        public override JsonObject Settings => new() { ["use"] = "talks" };

        public override async Task SearchAsync(Search<ImmutableArray<double>> search, CancellationToken cancellationToken)
        {
            for (int i = 0; i < questions; i++)
            {
                ImmutableArray<string> replies = await search.CallAsync(
                    [new Call<string>($"question {i}", new() { Calls = 3 }, _ => Task.FromResult(($"answer {++Made}", new Cost { Calls = 1 })))],
                    StringJson.Default.String,
                    cancellationToken);
                Assert.Equal($"answer {i + 1}", replies[0]);
                if (evaluates)
                {
                    await search.EvaluateAsync([search.WholeSplit(search.Propose(search.Open.Yours, "yours"), Split.Validation)], cancellationToken);
                }
            }
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class StringJson : System.Text.Json.Serialization.JsonSerializerContext;
