using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ansatz.Cli.StudyFiles;
using Ansatz.Testing;

namespace Ansatz.Cli.Tests;

/// <summary>Whole studies against a server that fails in every way: no wrong score, no lost outcome, no limit exceeded, and no key in anything that is written.</summary>
public sealed class EndpointTests
{
    private const string KeyVariable = "ANSATZ_TEST_MARKED_KEY", Key = "sk-marked-0123456789abcdef";

    private static readonly Trouble[] Passing =
    [
        Trouble.TooManyRequests, Trouble.TooManyForSeconds, Trouble.TooManyUntilDate, Trouble.InternalError, Trouble.Unavailable, Trouble.CutInBody, Trouble.Reset,
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ServerThatFails_GivesTheHistoryOfOneThatDoesNot()
    {
        await using LoopbackServer friendly = await LoopbackServer.StartAsync(Answer, (_, asked) => Kind(asked));
        await using LoopbackServer hostile = await LoopbackServer.StartAsync(Answer, Hostile(seed: 1));
        using Cli calm = Cli.WithStudy(Study(friendly)), storm = Cli.WithStudy(Study(hostile));

        Assert.Equal(App.Done, await RunAsync(calm));
        int exitCode = await RunAsync(storm);

        Assert.True(exitCode == App.Done, storm.Error);
        string[] expected = await calm.HistoryAsync("tiny");
        Assert.Equal(expected, await storm.HistoryAsync("tiny"));
        Assert.Contains(expected, l => l.Contains("qwrt zxcv", StringComparison.Ordinal)); // what could not be read is rejected, its text kept
        Assert.Contains("is tried again in", storm.Error, StringComparison.Ordinal);
        Assert.Contains("Tries that failed and were made again", Words(storm.Output), StringComparison.Ordinal);
        Assert.Equal(friendly.Answered.Order(), hostile.Answered.Order()); // nothing is asked for twice that was answered
    }

    [Theory]
    [InlineData("\"tokens\": 8000")]
    [InlineData("\"calls\": 123")]
    [InlineData("\"money\": 0.01")]
    public async Task Run_LimitAndServerThatIgnoresItsOwn_IsKeptButForWhatTheServerAdds(string limit)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, Hostile(seed: 2));
        using Cli cli = Cli.WithStudy(Study(server, limit));

        Assert.True(await RunAsync(cli) == App.Done, cli.Error);

        Assert.Contains("are beyond what the server was allowed for a call.", Words(cli.Output), StringComparison.Ordinal);
        await using Journal journal = Journal.Open(cli.File("ansatz.db"));
        StoredStudy study = journal.Find("tiny")!;
        StoredArm arm = journal.Arms(study)[0];
        Assert.StartsWith("stopped at effect", arm.Ended, StringComparison.Ordinal);
        Cost spent = study.Verdict!.Account.Search;
        Assert.True(spent.Calls > 20 && spent.ExcessTokens > 0);
        Assert.True(arm.Budget.Covers(spent with { OutputTokens = spent.OutputTokens - spent.ExcessTokens, Money = spent.Money - spent.ExcessMoney }));
    }

    [Fact]
    public async Task Run_MoneyOfTheWholeStudyIsGivenInSlices_NeverExceedsItAndGoesOnToTheSameHistory()
    {
        await using LoopbackServer one = await LoopbackServer.StartAsync(Answer, (_, _) => Trouble.None), other = await LoopbackServer.StartAsync(Answer, (_, _) => Trouble.None);
        using Cli whole = Cli.WithStudy(Study(one)), sliced = Cli.WithStudy(Study(other));
        Assert.True(await RunAsync(whole) == App.Done, whole.Error);

        List<string> pausedIn = [];
        decimal most = 0;
        int code;
        do
        {
            most += 0.006m;
            Assert.True(pausedIn.Count < 100);
            sliced.Write("study.json", Study(other).Replace("\"seed\": 1,", FormattableString.Invariant($"\"seed\": 1, \"money\": {most},"), StringComparison.Ordinal));
            code = await RunAsync(sliced);
            await using Journal journal = Journal.Open(sliced.File("ansatz.db"));
            Purse purse = new(most);
            purse.Count(journal, journal.Find("tiny")!);
            Assert.InRange(purse.Spent, 0.0000001m, most);
            if (code != App.Done)
            {
                Assert.Equal(App.WrongUse, code);
                Assert.Contains($"The money of {most:0.00##} does not cover the next step: ", sliced.Error, StringComparison.Ordinal);
                pausedIn.Add((await sliced.HistoryAsync("tiny")) is [.., var last] ? JsonNode.Parse(last)!["arm"]!.GetValue<string>() : "");
            }
        }
        while (code != App.Done);

        Assert.Contains("found", pausedIn);
        Assert.Contains(pausedIn, a => a != "found"); // in a control, or the verdict
        Assert.Equal(await whole.HistoryAsync("tiny"), await sliced.HistoryAsync("tiny"));
        Assert.Equal(one.Answered.Order(), other.Answered.Order()); // nothing is paid for twice
    }

    [Fact]
    public async Task Compare_MoneyOfAllMembers_PausesBeforeItIsExceededAndGoesOnWithMore()
    {
        await using LoopbackServer one = await LoopbackServer.StartAsync(Answer, (_, _) => Trouble.None), other = await LoopbackServer.StartAsync(Answer, (_, _) => Trouble.None);
        using Cli whole = Cli.WithStudy(Study(one)), cli = Cli.WithStudy(Study(other));
        const string Series = """{ "study": "study.json", "searches": { "a": { "use": "few-shot-search", "candidates": 4 } }, "seeds": 2, "money": MOST }""";

        foreach (string most in (string[])["0.02", "0.04", "0.04"]) // the second and third pause at the same step
        {
            cli.Write("series.json", Series.Replace("MOST", most, StringComparison.Ordinal));
            Assert.Equal(App.WrongUse, await cli.RunAsync("compare", "series.json"));
            Assert.Contains($"The money of {most} does not cover the next step: ", cli.Error, StringComparison.Ordinal);
            Purse purse = new(decimal.Parse(most, System.Globalization.CultureInfo.InvariantCulture));
            await using Journal journal = Journal.Open(cli.File("ansatz.db"));
            foreach (string name in journal.StudyNames())
            {
                purse.Count(journal, journal.Find(name)!);
            }

            Assert.InRange(purse.Spent, purse.Most / 2, purse.Most);
        }

        foreach (Cli each in (Cli[])[cli, whole])
        {
            each.Write("series.json", Series.Replace("MOST", "10", StringComparison.Ordinal));
            Assert.True(await each.RunAsync("compare", "series.json") == App.Done, each.Error);
        }

        foreach (string name in (string[])["series/a/1", "series/a/2"])
        {
            Assert.Equal(await whole.HistoryAsync(name), await cli.HistoryAsync(name));
        }

        Assert.Equal(one.Answered.Order(), other.Answered.Order()); // nothing is paid for twice
    }

    [Fact]
    public async Task Compare_MoneyOfTheStudyAlone_IsRefusedWithTheField()
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("\"seed\": 1\n", "\"seed\": 1, \"money\": 5\n", StringComparison.Ordinal));
        cli.Write("series.json", """{ "study": "study.json", "searches": { "a": { "use": "few-shot-search" } } }""");

        Assert.Equal(App.WrongUse, await cli.RunAsync("compare", "series.json"));

        Assert.Contains("study.json(10,23): money is for this study alone; in a series the series file says what all members may spend together, so leave it out here.", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CutOffAgainAndAgain_GoesOnToTheSameHistoryAndAsksNothingTwiceThatWasKept()
    {
        const int cuts = 12, concurrency = 8;
        await using LoopbackServer whole = await LoopbackServer.StartAsync(Answer, Hostile(seed: 3));
        using Cli uncut = Cli.WithStudy(Study(whole));
        Assert.Equal(App.Done, await RunAsync(uncut));

        CancellationTokenSource stopping = new();
        int left = 0;
        Func<int, string, Trouble> hostile = Hostile(seed: 4);
        await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, (number, asked) =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                stopping.Cancel();
            }

            return hostile(number, asked);
        });
        using Cli cut = Cli.WithStudy(Study(server));
        for (int n = 0; n < cuts; n++)
        {
            stopping = new();
            left = 10 + new Rng(5, "cut", n).Next(60);
            int code = await RunAsync(cut, stopping.Token);
            Assert.True(code is App.Interrupted, cut.Error);
        }

        left = -1;
        Assert.True(await RunAsync(cut) == App.Done, cut.Error);

        Assert.Equal(await uncut.HistoryAsync("tiny"), await cut.HistoryAsync("tiny"));
        Assert.InRange(server.Answered.Count, whole.Answered.Count, whole.Answered.Count + (cuts * concurrency)); // at most what was out when it was cut off
        stopping.Dispose();
    }

    [Fact]
    public async Task Run_ProcessKilled_GoesOnToTheSameHistoryAndAsksNothingTwiceThatWasKept()
    {
        const int kills = 3, concurrency = 8;
        await using LoopbackServer friendly = await LoopbackServer.StartAsync(Answer, (_, asked) => Kind(asked));
        using Cli whole = Cli.WithStudy(Study(friendly));
        Assert.Equal(App.Done, await RunAsync(whole));

        Process? running = null;
        int left = 0;
        await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, (number, asked) =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                running!.Kill(entireProcessTree: true);
            }

            return number % 50 == 0 ? Trouble.Reset : Kind(asked);
        });
        using Cli cut = Cli.WithStudy(Study(server));
        for (int n = 0; n <= kills; n++)
        {
            left = n < kills ? 20 + new Rng(7, "kill", n).Next(100) : -1;
            using Process process = new()
            {
                StartInfo = new("dotnet", [Path.GetFullPath("Ansatz.Cli.dll"), "run", "study.json"]) { WorkingDirectory = cut.File(""), RedirectStandardOutput = true, RedirectStandardError = true },
            };
            running = process;
            process.Start();
            Task<string> output = process.StandardOutput.ReadToEndAsync(Token), error = process.StandardError.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);
            await output;
            Assert.True(process.ExitCode == 0 == (n == kills), await error);
        }

        Assert.Equal(await whole.HistoryAsync("tiny"), await cut.HistoryAsync("tiny"));
        Assert.InRange(server.Answered.Count, friendly.Answered.Count, friendly.Answered.Count + (kills * 2 * concurrency)); // what was out, or answered and not yet on disk
    }

    [Theory]
    [InlineData(Trouble.Unauthorised, "It refused the key in ANSATZ_TEST_MARKED_KEY.")]
    [InlineData(Trouble.AccountEmpty, "The account is empty: You exceeded your current quota.")]
    public async Task Run_AFaultInTheMiddle_PausesWithOneSentenceAndGoesOn(Trouble trouble, string words)
    {
        Environment.SetEnvironmentVariable(KeyVariable, Key);
        bool isWell = false;
        await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, (number, asked) => number < 50 || isWell ? Kind(asked) : trouble);
        using Cli cli = Cli.WithStudy(Study(server));

        Assert.Equal(App.Failed, await RunAsync(cli));

        Assert.Contains(words, cli.Error, StringComparison.Ordinal);
        Assert.Equal(1, Count(cli.Error, "the same command goes on"));
        Assert.StartsWith("The key in ANSATZ_TEST_MARKED_KEY goes to 127.0.0.1:", cli.Error, StringComparison.Ordinal);
        isWell = true;

        // How it is called and what it costs decides nothing of the history, and the last of it is kept.
        Environment.SetEnvironmentVariable("ANSATZ_TEST_OTHER_KEY", Key);
        string study = await File.ReadAllTextAsync(cli.File("study.json"), Token);
        cli.Write("study.json", study.Replace(KeyVariable, "ANSATZ_TEST_OTHER_KEY", StringComparison.Ordinal).Replace("\"timeoutSeconds\"", "\"concurrency\": 3, \"timeoutSeconds\"", StringComparison.Ordinal).Replace("4.5", "5", StringComparison.Ordinal));
        Assert.True(await RunAsync(cli) == App.Done, cli.Error);
        Assert.Contains("the journal answered", Words(cli.Output), StringComparison.Ordinal);

        Assert.Equal(App.Done, await cli.RunAsync("check", "tiny"));
        Assert.StartsWith("The key in ANSATZ_TEST_OTHER_KEY goes to 127.0.0.1:", cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Trouble.Nonsense, "The answer was: \"qwrt zxcv")]
    [InlineData(Trouble.Empty, "The reply is empty")]
    [InlineData(Trouble.ContextTooLong, "at most 2048 tokens")]
    [InlineData(Trouble.Filtered, "The content filter of the model's server refused the prompt")]
    public async Task Run_EveryAnswerRejected_PausesAfterTheFirstBlocksAndKeepsTheTestItems(Trouble trouble, string quoted)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, (_, _) => trouble);
        using Cli cli = Cli.WithStudy(Study(server));

        Assert.Equal(App.WrongUse, await RunAsync(cli));
        int asked = server.Requests.Count;

        Assert.Contains(quoted, cli.Error, StringComparison.Ordinal);
        Assert.Contains("`run --allow-rejected` goes on with this one.", cli.Error, StringComparison.Ordinal);
        Assert.Equal(App.WrongUse, await RunAsync(cli)); // the same on replay, and nothing is asked
        Assert.Equal(asked, server.Requests.Count);
        Assert.DoesNotContain(await cli.HistoryAsync("tiny"), l => l.Contains("\"arm\":\"judge\"", StringComparison.Ordinal));

        Assert.Equal(App.Done, await cli.RunAsync("", ["run", "study.json", "--allow-rejected"], Token, new FastClock(200)));
    }

    [Fact]
    public async Task Run_MarkedKey_IsInNothingThatIsWritten()
    {
        Environment.SetEnvironmentVariable(KeyVariable, Key);
        StringBuilder told = new();
        using ActivityListener activities = new()
        {
            ShouldListenTo = s => s.Name == Language.OpenAiEndpoint.TelemetryName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => Tell($"{a.DisplayName} {a.StatusDescription} {string.Join(' ', a.TagObjects)} {string.Join(' ', a.Events.SelectMany(e => e.Tags))}"),
        };
        ActivitySource.AddActivityListener(activities);
        using MeterListener meters = new() { InstrumentPublished = (i, l) => { if (i.Meter.Name == Language.OpenAiEndpoint.TelemetryName) { l.EnableMeasurementEvents(i); } } };
        meters.SetMeasurementEventCallback<long>((i, n, tags, _) => Tell($"{i.Name} {string.Join(' ', tags.ToArray())}"));
        meters.SetMeasurementEventCallback<int>((i, n, tags, _) => Tell($"{i.Name} {string.Join(' ', tags.ToArray())}"));
        meters.SetMeasurementEventCallback<double>((i, n, tags, _) => Tell($"{i.Name} {string.Join(' ', tags.ToArray())}"));
        meters.Start();
        ConcurrentQueue<string> thrown = [];
        void Listen(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs e)
        {
            if (e.Exception is FaultException or InputException)
            {
                thrown.Enqueue(e.Exception.ToString());
            }
        }

        AppDomain.CurrentDomain.FirstChanceException += Listen;
        try
        {
            Func<int, string, Trouble> hostile = Hostile(seed: 6);
            bool isWell = false;
            Trouble[] fatal = [Trouble.Unauthorised, Trouble.Forbidden, Trouble.NotFound, Trouble.AccountEmpty];
            int run = 0;
            await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, (number, asked) => !isWell && number % 40 == 39 ? fatal[run % fatal.Length] : hostile(number, asked));
            using Cli cli = Cli.WithStudy(Study(server));
            for (; run < 4; run++)
            {
                Assert.Equal(App.Failed, await RunAsync(cli));
                Tell(cli.Output + cli.Error);
            }

            isWell = true;
            Assert.True(await RunAsync(cli) == App.Done, cli.Error);
            Tell(cli.Output + cli.Error);
            foreach (string[] command in (string[][])[["show", "tiny"], ["show", "tiny", "--json"], ["list"], ["export", "tiny", "--as", "csharp"], ["report", "tiny"], ["run", "study.json", "--json"]])
            {
                Assert.Equal(App.Done, await cli.RunAsync(command));
                Tell(cli.Output + cli.Error);
            }

            Assert.Contains(server.Requests, r => r.Key == $"Bearer {Key}"); // it was in use
            string[] files = Directory.GetFiles(cli.File(""), "*", SearchOption.AllDirectories);
            Assert.Contains(files, f => f.EndsWith("ansatz.db", StringComparison.Ordinal));
            Assert.Contains(files, f => f.EndsWith("report.html", StringComparison.Ordinal));
            foreach (string file in files)
            {
                byte[] bytes = await File.ReadAllBytesAsync(file, Token);
                Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Key)) < 0, file);
                Assert.True(bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(Key)) < 0, file);
            }
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Listen;
            Environment.SetEnvironmentVariable(KeyVariable, null);
        }

        string everything = told.ToString() + string.Join('\n', thrown);
        Assert.Contains("gen_ai", everything, StringComparison.Ordinal);
        Assert.Contains("401 (unauthorised)", everything, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, everything, StringComparison.Ordinal);
        Assert.DoesNotContain("It is good thing", string.Join('\n', told.ToString().Split('\n').Where(l => l.Contains("gen_ai", StringComparison.Ordinal))), StringComparison.Ordinal); // nor a text

        void Tell(string text)
        {
            lock (told)
            {
                told.AppendLine(text);
            }
        }
    }

    [Fact]
    public async Task Run_Dry_SaysWhatItWouldCost()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, (_, asked) => Kind(asked));
        using Cli priced = Cli.WithStudy(Study(server)), unpriced = Cli.WithStudy(Study(server).Replace("\"prices\"", "// \"prices\"", StringComparison.Ordinal));

        Assert.Equal(App.Done, await priced.RunAsync("run", "study.json", "--dry-run"));
        Assert.Equal(App.Done, await unpriced.RunAsync("run", "study.json", "--dry-run"));

        Assert.Matches(@"calls: at most [\d,]+ of tiny at .*: [\d,]+ to [\d,]+ tokens, 0\.\d+ to 0\.\d+ of money", priced.Output);
        Assert.Contains("their price is not known", unpriced.Output, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("\"search\": { \"candidates\": 6, \"rollouts\": 2000 }, \"scorer\": { \"use\": \"graded\", \"rubric\": \"It is right.\", \"grader\": GRADER },", "calls: at most [\\d,]+ of its grader big at .*: [\\d,]+ to [\\d,]+ tokens, \\d+\\.\\d+ to \\d+\\.\\d+ of money\n")]
    [InlineData("\"search\": { \"use\": \"opro\", \"proposer\": GRADER },", "calls: about 96 of its proposer big at .*: [\\d,]+ to [\\d,]+ tokens, \\d+\\.\\d+ to \\d+\\.\\d+ of money\n")]
    [InlineData("\"search\": { \"use\": \"gepa\", \"candidates\": 6, \"proposer\": GRADER },", "calls: about 1?\\d of its proposer big at .*: [\\d,]+ to [\\d,]+ tokens, \\d+\\.\\d+ to \\d+\\.\\d+ of money\n")]
    public async Task Run_DryWithALocalModelAndAPaidOther_AsksNothingAndIsNotFree(string other, string words)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, (_, _) => Trouble.None);
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("\"search\": { \"candidates\": 6, \"rollouts\": 2000 },\n", $$"""
            {{other.Replace("GRADER", $"{{ \"baseUrl\": \"{server.Url}\", \"name\": \"big\" }}", StringComparison.Ordinal)}}
              "prices": { "big": { "inputPerMillion": 1, "outputPerMillion": 4.5 } },

            """, StringComparison.Ordinal));

        Assert.True(await cli.RunAsync("run", "study.json", "--dry-run") == App.Done, cli.Error);

        Assert.Matches(words, cli.Output);
        Assert.DoesNotContain("free", cli.Output, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(10, 300)]
    [InlineData(200, 600)]
    public void EndpointOf_TimeOut_LeavesPatienceForWhatAServerAsks(int timeoutSeconds, int patienceSeconds)
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace(
            "\"seed\": 1\n", $"\"seed\": 1, \"model\": {{ \"baseUrl\": \"http://127.0.0.1:1/v1\", \"name\": \"tiny\", \"timeoutSeconds\": {timeoutSeconds} }}\n", StringComparison.Ordinal));
        ReadStudyFile read = StudyFileReader.Read(cli.File("study.json"), "study.json");

        Assert.Equal(TimeSpan.FromSeconds(patienceSeconds), StudyModels.EndpointOf(read, "model", read.Study.Model).Patience);
    }

    /// <summary>A model that reasons before it answers needs more than a search asks for.</summary>
    [Fact]
    public async Task Run_ProposersReplyLimit_IsWhatItIsAskedFor()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(asked => $"<INS>Judge it, {asked.Length % 7}.</INS>", (_, _) => Trouble.None);
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("\"search\": { \"candidates\": 6,", $$"""
            "search": { "use": "opro", "candidates": 6, "proposer": { "baseUrl": "{{server.Url}}", "name": "big", "maxReplyTokens": 777 },
            """, StringComparison.Ordinal));

        Assert.True(await cli.RunAsync("run", "study.json") == App.Done, cli.Error);

        Assert.NotEmpty(server.Requests);
        Assert.All(server.Requests, r => Assert.Equal(777, ((r.Body!["max_completion_tokens"] ?? r.Body["max_tokens"])!).GetValue<int>()));
    }

    [Theory]
    [InlineData("\"rollouts\": 2000", "\"money\": 1.5", "9,41): search.money")]
    [InlineData("\"seed\": 1,", "\"seed\": 1, \"money\": 1.5,", "10,23): money")]
    public async Task Run_MoneyLimitWithoutAPrice_IsRefusedWithTheField(string place, string limit, string field)
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("\"seed\": 1\n", "\"seed\": 1, \"model\": { \"baseUrl\": \"http://127.0.0.1:1/v1\", \"name\": \"tiny\" }\n", StringComparison.Ordinal)
            .Replace(place, limit, StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.StartsWith($"study.json({field} cannot be kept to without knowing what \"tiny\" costs; say it under \"prices\"", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TopTokensFromAServerThatGivesNone_IsAFaultInWords()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, (_, _) => Trouble.None);
        using Cli cli = Cli.WithStudy(Study(server).Replace("\"maxReplyTokens\": 16", "\"topTokens\": 20", StringComparison.Ordinal));

        Assert.Equal(App.Failed, await RunAsync(cli));

        Assert.Contains("The server gives no log-probabilities of its reply's tokens, which \"topTokens\" asks for", cli.Error, StringComparison.Ordinal);
        Assert.Equal(20, server.Requests[0].Body!["top_logprobs"]!.GetValue<int>());
    }

    [Fact]
    public async Task Run_ControlsYours_RunsNoOther()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, (_, asked) => Kind(asked));
        using Cli cli = Cli.WithStudy(Study(server).Replace("\"controls\": \"all\"", "\"controls\": \"yours\"", StringComparison.Ordinal));

        Assert.True(await RunAsync(cli) == App.Done, cli.Error);

        Assert.Contains("controls: yours, ", cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("random draws", cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("no instruction", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AsInstructions_SendsThemAsTheSystemsMessage()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, (_, _) => Trouble.None);
        using Cli cli = Cli.WithStudy(Study(server).Replace("\"template\"", "\"asInstructions\": true, \"template\"", StringComparison.Ordinal));

        Assert.Equal(App.Done, await RunAsync(cli));

        JsonArray[] asked = [.. server.Requests.Select(r => r.Body!["messages"]!.AsArray())];
        Assert.All(asked, m => Assert.StartsWith("Review: ", m[^1]!["content"]!.ToString(), StringComparison.Ordinal));
        Assert.All(asked, m => Assert.DoesNotContain("\n\n", m[^1]!["content"]!.ToString(), StringComparison.Ordinal));
        Assert.Contains(asked, m => m.Count == 2 && m[0]!["role"]!.ToString() == "system" && m[0]!["content"]!.ToString() == "Decide.");
    }

    [Fact]
    public async Task Check_AsInstructions_MeasuresWhatAnAgentWouldBeSent()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(Answer, (_, _) => Trouble.None);
        using Cli cli = Cli.WithStudy(Study(server));
        Assert.Equal(App.Done, await RunAsync(cli));
        Assert.Equal(App.Done, await cli.RunAsync("export", "tiny", "--as", "agent"));
        Assert.Contains("Cut in two, into instructions and a message, it was not measured", cli.Output, StringComparison.Ordinal);
        int before = server.Requests.Count;

        Assert.Contains(await cli.RunAsync("check", "tiny", "--as-instructions"), (int[])[App.Done, App.NoLongerHolds]);

        Assert.Contains(", as instructions: ", cli.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(40, server.Requests.Count - before);
        Assert.All(server.Requests.Skip(before), r => Assert.StartsWith("Review: ", r.Body!["messages"]!.AsArray()[^1]!["content"]!.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_KeyInThePlaceOfItsVariablesName_IsRefusedAndStandsNowhere()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(_ => "praise", (_, _) => Trouble.None);
        using Cli cli = Cli.WithStudy(Study(server).Replace($"\"keyFrom\": \"{KeyVariable}\"", $"\"keyFrom\": \"{Key}\"", StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await RunAsync(cli));

        Assert.StartsWith("study.json(", cli.ErrorHere, StringComparison.Ordinal);
        Assert.Contains("is no name of one", cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, cli.Error + cli.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(cli.File("ansatz.db")));
    }

    [Fact]
    public async Task ModelsCheck_StudyFile_SaysWhatTheEndpointDoes()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(_ => "A fox.", (_, _) => Trouble.None);
        using Cli cli = Cli.WithStudy(Study(server));

        Assert.Equal(App.Done, await cli.RunAsync("models", "check", "study.json"));

        Assert.StartsWith($"model: tiny at {server.Url}\n   token limit        yes ", cli.Output, StringComparison.Ordinal);
        Assert.Contains("   seed               unclear ", cli.Output, StringComparison.Ordinal);
        Assert.Matches(@"the check: \d calls, \d+ tokens in, \d+ out, 0\.\d+\n", cli.Output);

        Assert.Equal(App.Done, await cli.RunAsync("models", "check", server.Url, "--name", "tiny", "--json"));
        Assert.Equal("tiny", JsonDocument.Parse(cli.Output).RootElement.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData("study.json", "study.json names no endpoint: its models run on this machine.")]
    [InlineData("embedded", "The embedded model is no endpoint")]
    [InlineData("http://127.0.0.1:1/v1", "A server may have several models; name one with --name.")]
    public async Task ModelsCheck_NothingToCheck_SaysSo(string what, string words)
    {
        using Cli cli = Cli.WithStudy();

        Assert.Equal(App.WrongUse, await cli.RunAsync("models", "check", what));

        Assert.StartsWith(words, cli.Error, StringComparison.Ordinal);
    }

    private static Task<int> RunAsync(Cli cli, CancellationToken? stop = null) => cli.RunAsync("", ["run", "study.json"], stop ?? Token, new FastClock(200));

    private static string Study(LoopbackServer server, string limit = "\"rollouts\": 2000") => Cli.Study
        .Replace("\"rollouts\": 2000", limit, StringComparison.Ordinal)
        .Replace("\"seed\": 1\n", $$"""
            "seed": 1,
              "controls": "all",
              "model": { "baseUrl": "{{server.Url}}", "name": "tiny", "keyFrom": "{{KeyVariable}}", "maxReplyTokens": 16, "timeoutSeconds": 12000 },
              "prices": { "tiny": { "inputPerMillion": 1, "outputPerMillion": 4.5 } }

            """, StringComparison.Ordinal);

    // The model: knows an item with a probability that grows with the prompt, and always says the same of the same text.
    private static string Answer(string asked)
    {
        string item = asked[asked.LastIndexOf("Review: ", StringComparison.Ordinal)..];
        double skill = asked.Contains("positive", StringComparison.Ordinal) ? 0.9 : 0.6;
        bool isGood = item.Contains("good", StringComparison.Ordinal) == new Rng(0, asked).NextDouble() < skill;
        return asked.Contains("positive", StringComparison.Ordinal) || asked.Contains("negative", StringComparison.Ordinal)
            ? isGood ? "positive" : "negative"
            : isGood ? "praise" : "complaint";
    }

    // What a reply is like is a function of what was asked; whether it comes is not.
    private static Trouble Kind(string asked) => new Rng(1, asked).Next(20) switch
    {
        0 => Trouble.IgnoresLimit,
        1 => Trouble.Nonsense,
        2 => Trouble.NoUsage,
        3 => Trouble.WrongContentType,
        4 => Trouble.Empty,
        5 => Trouble.ContextTooLong,
        6 => Trouble.Slow,
        _ => Trouble.None,
    };

    private static Func<int, string, Trouble> Hostile(int seed)
    {
        ConcurrentDictionary<string, int> failed = new(StringComparer.Ordinal); // how often by text: a few times each, so that no call fails for good
        return (number, asked) =>
        {
            Rng rng = new(seed, "trouble", number);
            if (rng.Next(10) >= 3 || failed.AddOrUpdate(asked, 1, (_, times) => times + 1) > 4)
            {
                return Kind(asked);
            }

            return failed[asked] == 1 && rng.Next(4) == 0 ? Trouble.CutInJson : rng.Pick<Trouble>(Passing); // half a JSON is asked for once more only
        };
    }

    private static int Count(string text, string part) => (text.Length - text.Replace(part, "", StringComparison.Ordinal).Length) / part.Length;

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
