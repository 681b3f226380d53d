using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ansatz.Cli.Tests.Commands;

public sealed class RunCommandTests
{
    [Fact]
    public async Task Run_SmallStudy_EndsWithVerdictReportAndCommands()
    {
        using Cli cli = Cli.WithStudy();

        int exitCode = await cli.RunAsync("run", "study.json");

        Assert.Equal("", cli.Error);
        Assert.Equal(App.Done, exitCode);
        Assert.Contains("tiny: sort reviews into praise and complaint", cli.Output, StringComparison.Ordinal);
        Assert.Contains(" It helped: ", cli.Output, StringComparison.Ordinal);
        Assert.Contains(" What did it: calling the labels \"positive\" and \"negative\" inside the prompt", cli.Output, StringComparison.Ordinal);
        Assert.Contains("   try it    ansatz try tiny\n", cli.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(cli.File("runs/tiny/report.html")));
    }

    [Fact]
    public async Task Run_OneAnswerOnly_IsRefusedBeforeAnythingIsSpent()
    {
        using Cli cli = Cli.WithStudy();
        cli.Write("rows.csv", Cli.Rows.Replace("complaint", "praise", StringComparison.Ordinal));
        cli.Write("study.json", Cli.Study.Replace(", \"label\": { \"praise\": [\"praise\", \"positive\"], \"complaint\": [\"complaint\", \"negative\"] }", "", StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));
        Assert.Contains("every row of rows.csv has the same answer, \"praise\": there is nothing to tell apart.", cli.Error, StringComparison.Ordinal);
        Assert.Equal(0, cli.Model.Blocks);
    }

    [Fact]
    public async Task Run_AgainWhenDone_AsksNothingAndSaysTheSame()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");
        (string first, int blocks) = (cli.Output, cli.Model.Blocks);

        int exitCode = await cli.RunAsync("run", "study.json");

        Assert.Equal((App.Done, blocks), (exitCode, cli.Model.Blocks));
        Assert.Equal(first[first.IndexOf(" It helped", StringComparison.Ordinal)..], cli.Output[cli.Output.IndexOf(" It helped", StringComparison.Ordinal)..]);
        Assert.Contains("rollouts were in the journal and were not run again", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Interrupted_SaysHowToGoOnAndGoesOnToTheSameHistory()
    {
        using Cli whole = Cli.WithStudy(), cut = Cli.WithStudy();
        await whole.RunAsync("run", "study.json");
        using CancellationTokenSource stopping = new();
        cut.Model.BeforeBlock = n =>
        {
            if (n == 4)
            {
                stopping.Cancel();
            }
        };

        int exitCode = await cut.RunAsync("", ["run", "study.json"], stopping.Token);

        Assert.Equal(App.Interrupted, exitCode);
        Assert.Equal("Stopped. Everything so far is kept in ansatz.db; the same command goes on: ansatz run study.json\n", cut.Error);
        cut.Model.BeforeBlock = _ => { };
        Assert.Equal(App.Done, await cut.RunAsync("run", "study.json"));
        Assert.Equal(await whole.HistoryAsync("tiny"), await cut.HistoryAsync("tiny"));
        Assert.Equal(whole.Model.Blocks + 1, cut.Model.Blocks); // the block that was out is asked again, no other
    }

    [Theory]
    [InlineData("\"seed\": 1\n", "\"seed\": 2\n", "The study \"tiny\" was begun with seed 1; now it is 2.")]
    [InlineData("\"candidates\": 6", "\"candidates\": 7", "The study \"tiny\" was begun with search.candidates 6; now it is 7.")]
    [InlineData("\"upTo\": 2", "\"upTo\": 3", "The study \"tiny\" was begun with prompt.open.demonstrations.upTo 2; now it is 3.")]
    public async Task Run_ChangedStudyFile_IsRefusedWithTheField(string old, string changed, string message)
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");
        cli.Write("study.json", Cli.Study.Replace(old, changed, StringComparison.Ordinal));

        int exitCode = await cli.RunAsync("run", "study.json");

        Assert.Equal(App.WrongUse, exitCode);
        Assert.Equal($"{message} Put it back, or begin it again under another name: the same test items will then count as judged twice. `run --fork` gives it another name.\n", cli.Error);
    }

    [Fact]
    public async Task Run_ChangedData_IsRefusedByNameOfTheData()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");
        cli.Write("rows.csv", Cli.Rows.Replace("thing", "item", StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));
        Assert.StartsWith("The study \"tiny\" was begun with data.contents ", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Fork_BeginsAgainUnderANameOfItsOwnAndGoesOnWithThat()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");
        cli.Write("study.json", Cli.Study.Replace("\"seed\": 1\n", "\"seed\": 2\n", StringComparison.Ordinal));

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json", "--fork"));
        int blocks = cli.Model.Blocks;
        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json", "--fork"));

        Assert.Equal(blocks, cli.Model.Blocks);
        Assert.Contains("All of these 40 reviews were judged before", cli.Output.ReplaceLineEndings(" ").Replace("\n", " ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        await cli.RunAsync("list", "--json");
        Assert.Equal(["tiny", "tiny-2"], cli.Output.Trim().Split('\n').Select(l => JsonNode.Parse(l)!["study"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Run_Json_WritesOneEventALineUpToTheVerdict()
    {
        using Cli cli = Cli.WithStudy();

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json", "--json"));

        StudyEvent[] events = [.. cli.Output.Trim().Split('\n').Select(l => JsonSerializer.Deserialize(l, StudyEventJson.Default.StudyEvent)!)];
        Assert.IsType<ArmStarted>(events[0]);
        Assert.Equal("tiny", Assert.IsType<StudyJudged>(events[^1]).Verdict.Study);
    }

    [Fact]
    public async Task Run_DryRun_SaysWhatItWouldDoAndKeepsNothing()
    {
        using Cli cli = Cli.WithStudy();

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json", "--dry-run"));

        Assert.Contains("search: 6 candidates, at most ", cli.Output, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was spent or kept.\n", cli.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(cli.File("ansatz.db")));
    }

    [Theory]
    [InlineData("\"use\": \"opro\", \"candidates\": 20", "search: 3 steps of 8, at most ")]
    [InlineData("\"use\": \"grips\", \"candidates\": 12", "search: 2 steps of 5, at most ")]
    [InlineData("\"use\": \"evoprompt-ga\", \"candidates\": 20", "search: a population of 4 and 4 generations after it, at most ")]
    [InlineData("\"use\": \"evoprompt-de\", \"candidates\": 20", "search: a population of 4 and 4 generations after it, at most ")]
    [InlineData("\"use\": \"bootstrap-few-shot\", \"candidates\": 3", "search: 5 candidates, at most ")]
    [InlineData("\"use\": \"gepa\", \"candidates\": 9", "search: 9 iterations, at most ")]
    public async Task Run_DryRun_SaysHowManyTheSearchReallyTries(string search, string words)
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("\"candidates\": 6", search, StringComparison.Ordinal));

        Assert.True(await cli.RunAsync("run", "study.json", "--dry-run") == App.Done, cli.Error);

        Assert.Contains(words, cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "controls: yours, 8 random draws")]
    [InlineData("\"use\": \"bootstrap-few-shot\",", "controls: yours, labelled few-shot")]
    public async Task Run_ControlsOfTheSearchAlone_AreThoseOfItsClaim(string search, string words)
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("\"search\": {", $"\"controls\": \"search\", \"search\": {{ {search}", StringComparison.Ordinal));

        Assert.True(await cli.RunAsync("run", "study.json", "--dry-run") == App.Done, cli.Error);

        Assert.Contains(words, cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(search.Length == 0 ? "no instruction" : "random draws", cli.Output, StringComparison.Ordinal);
    }

    /// <summary>Training items alone chose what it had in mind: the test items are not spent on that, and a larger budget goes on.</summary>
    [Fact]
    public async Task Run_BudgetEndsBeforeValidation_JudgesNothingAndGoesOnWithMore()
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("2000", "90", StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.Matches("^There is nothing to judge in \"tiny\": the arm \"found\" ended after [0-9]+ rollouts, before what it would have chosen was evaluated on all validation items", cli.Error);
        cli.Write("study.json", Cli.Study);
        Assert.True(await cli.RunAsync("run", "study.json") == App.Done, cli.Error);
    }

    [Fact]
    public async Task Run_DryRunWithLimits_NamesThem()
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("\"rollouts\": 2000", "\"rollouts\": 2000, \"calls\": 300, \"minutes\": 1", StringComparison.Ordinal));

        Assert.True(await cli.RunAsync("run", "study.json", "--dry-run") == App.Done, cli.Error);

        Assert.Contains("limits: 300 calls, 1 minute; search and controls end at the first of them", cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"rollouts\": 19", true)]
    [InlineData("\"rollouts\": 2000, \"calls\": 1", false)] // the embedded model is called by nobody
    public async Task Run_DryRunOfABudgetThatReachesNoVerdict_SaysSo(string budget, bool isTooSmall)
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("\"rollouts\": 2000", budget, StringComparison.Ordinal));

        Assert.True(await cli.RunAsync("run", "study.json", "--dry-run") == App.Done, cli.Error);

        Assert.Equal(isTooSmall, cli.Output.Contains("the budget of 19 rollouts cannot reach a verdict: to measure your own prompt alone on the 20 validation items may take 20 rollouts, and what it may take is reserved first\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ModelFails_SaysSoAndHowToGoOn()
    {
        using Cli cli = Cli.WithStudy();
        cli.Model.BeforeBlock = n => _ = n == 3 ? throw new FaultException("The server is down.") : n;

        Assert.Equal(App.Failed, await cli.RunAsync("run", "study.json"));

        Assert.Equal("The server is down.\nEverything so far is kept in ansatz.db; the same command goes on: ansatz run study.json\n", cli.Error);
        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));
    }

    [Fact]
    public async Task Run_Bug_IsOneSentenceWithoutAStackTrace()
    {
        using Cli cli = Cli.WithStudy();
        cli.Model.BeforeBlock = _ => throw new NotSupportedException("oops");

        Assert.Equal(App.Failed, await cli.RunAsync("run", "study.json"));

        Assert.StartsWith("This is a bug in Ansatz, not your mistake (NotSupportedException: oops).", cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"use\": \"few-shot-search\", \"race\": true,", "yours, no instruction, 8 random draws")]
    [InlineData("\"use\": \"bootstrap-few-shot\",", "yours, no instruction, labelled few-shot, 8 random draws")]
    [InlineData("\"use\": \"grips\",", "yours, no instruction, random walk, 8 random draws")]
    [InlineData("\"use\": \"opro\", \"opro\": { \"steps\": 2, \"perStep\": 3, \"shown\": 4, \"order\": \"descending\", \"display\": \"twenty-buckets\", \"minScoreShown\": 0.1, \"exemplars\": 1, \"exemplarChoice\": \"most-missed\", \"temperature\": 1.2, \"finalTemperature\": 0.4 },", "yours, no instruction, one step, 8 random draws")]
    [InlineData("\"use\": \"evoprompt-ga\",", "yours, no instruction, no selection, 8 random draws")]
    [InlineData("\"use\": \"evoprompt-de\",", "yours, no instruction, no selection, 8 random draws")]
    [InlineData("\"use\": \"gepa\",", "yours, no instruction, one reflection, 8 random draws")]
    [InlineData("\"use\": \"mipro-v2\", \"size\": \"light\",", "yours, no instruction, random pairs, 8 random draws")]
    public async Task Run_EveryOptimizer_IsJudgedBesideItsControls(string search, string controls)
    {
        using Cli cli = Cli.WithStudy(Cli.Study
            .Replace("\"search\": { \"candidates\": 6,", $"\"search\": {{ {search}{(search.Contains("mipro", StringComparison.Ordinal) ? "" : " \"candidates\": 6,")}", StringComparison.Ordinal)
            .Replace("\"Decide.\"", "\"Decide what it is, praise or a complaint.\"", StringComparison.Ordinal));

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));

        Assert.Contains(controls, cli.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("were judged for the first time", cli.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        await using Journal journal = Journal.OpenToRead(cli.File("ansatz.db"));
        JsonNode optimizer = journal.Find("tiny")!.Settings["arms"]![0]!["optimizer"]!;
        if (optimizer["use"]!.GetValue<string>() == "opro")
        {
            // What the file says arrives.
            Assert.Equal((2, 3, 4, 1), (optimizer["steps"]!.GetValue<int>(), optimizer["perStep"]!.GetValue<int>(), optimizer["shown"]!.GetValue<int>(), optimizer["exemplars"]!.GetValue<int>()));
            Assert.Equal(("Descending", "TwentyBuckets", "MostMissed"), (optimizer["order"]!.ToString(), optimizer["display"]!.ToString(), optimizer["exemplarChoice"]!.ToString()));
            Assert.Equal((0.1, 1.2f, 0.4f), (optimizer["minScoreShown"]!.GetValue<double>(), optimizer["temperature"]!.GetValue<float>(), optimizer["finalTemperature"]!.GetValue<float>()));
        }
    }

    [Theory]
    [InlineData("\"use\": \"grips\", \"race\": true,", "search.race belongs to few-shot-search, and search.use is grips.")]
    [InlineData("\"use\": \"opro\", \"opro\": { \"steps\": 2 },", "search.candidates is 6, and search.opro says 2 steps of 8, which are 16; leave one of the two out.")]
    [InlineData("\"use\": \"grips\", \"opro\": {},", "search.opro belongs to opro, and search.use is grips.")]
    [InlineData("\"use\": \"gepa\", \"layout\": \"pretrained\",", "gepa asks its proposer as a chat model; leave search.layout out.")]
    [InlineData("\"use\": \"mipro-v2\", \"plateau\": 9,", "search.plateau ends searches that try one candidate after the other, and mipro-v2 knows from the start how many it tries. Leave it out.")]
    [InlineData("\"use\": \"mipro-v2\",", "search.candidates says nothing to mipro-v2, whose number of trials follows from search.size: light, medium or heavy.")]
    [InlineData("\"race\": true, \"plateau\": 9,", "search.plateau ends searches that try one candidate after the other, and a race begins with all of them. Leave it out.")]
    [InlineData("\"use\": \"evoprompt-ga\", \"size\": \"light\",", "search.size belongs to mipro-v2, and search.use is evoprompt-ga; say with search.candidates how many are tried.")]
    [InlineData("\"use\": \"bootstrap-few-shot\", \"proposer\": \"embedded\",", "search.proposer belongs to a search with a proposer, such as opro, and search.use is bootstrap-few-shot, which proposes nothing.")]
    public async Task Run_SettingOfAnotherOptimizer_IsRefused(string search, string message)
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("\"search\": {", $"\"search\": {{ {search}", StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.Contains(message, cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"rows.csv\"", "\"row.csv\"", "study.json(3,21): the data file row.csv does not exist in ")]
    [InlineData("{text}", "{txt}", "rows.csv(1): there is no column \"txt\"")]
    [InlineData("\"praise\": [\"praise\"", "\"prase\": [\"praise\"", "study.json(7,78): the label \"prase\" is not one of: praise, complaint. Did you mean \"praise\"?")]
    [InlineData("\"test\": 40", "\"test\": 400", "study.json(3,61): ")]
    [InlineData("Kind: {label}", "Kind: {label", "study.json(5,17): the prompt's template ")]
    [InlineData("\"search\": {", "\"search\": { \"layout\": \"chat\",", "study.json(9,25): search.layout belongs to a search with a proposer, such as opro, and search.use is few-shot-search, which proposes nothing.")]
    [InlineData("\"seed\": 1\n", "\"seed\": 1, \"model\": { \"baseUrl\": \"http://127.0.0.1:1/v1\" }\n", "study.json(10,36): model.name is missing; an endpoint needs the name of its model")]
    [InlineData("\"seed\": 1\n", "\"seed\": 1, \"model\": { \"file\": \"no.gguf\" }\n", "study.json(10,23): ")]
    public async Task Run_SomethingDoesNotFit_SaysWhere(string old, string changed, string beginning)
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace(old, changed, StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.StartsWith(beginning, cli.ErrorHere, StringComparison.Ordinal);
        Assert.Single(cli.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Run_BadRow_IsNamedAndCanBeSkipped()
    {
        using Cli cli = Cli.WithStudy();
        cli.Write("rows.csv", Cli.Rows + "\nlonely\n");

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));
        Assert.Contains("rows.csv(122): ", cli.Error, StringComparison.Ordinal);

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json", "--skip-bad-rows"));
        Assert.StartsWith("1 bad row was left out", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Opro_ProposesAndIsJudged()
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("\"candidates\": 6", "\"use\": \"opro\", \"candidates\": 6", StringComparison.Ordinal));

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));

        Assert.Contains("one step", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LargerBudgetAfterAStop_GoesOnAsIfItHadAlwaysBeenThatLarge()
    {
        using Cli whole = Cli.WithStudy(), cut = Cli.WithStudy(Cli.Study.Replace("2000", "60", StringComparison.Ordinal));
        await whole.RunAsync("run", "study.json");
        using CancellationTokenSource stopping = new();
        cut.Model.BeforeBlock = n =>
        {
            if (n == 2)
            {
                stopping.Cancel();
            }
        };
        Assert.Equal(App.Interrupted, await cut.RunAsync("", ["run", "study.json"], stopping.Token));
        cut.Model.BeforeBlock = _ => { };
        cut.Write("study.json", Cli.Study);

        Assert.Equal(App.Done, await cut.RunAsync("run", "study.json"));

        Assert.Equal(await whole.HistoryAsync("tiny"), await cut.HistoryAsync("tiny"));
    }

    [Fact]
    public async Task Run_SmallerBudget_IsRefused()
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("2000", "60", StringComparison.Ordinal));
        await cli.RunAsync("run", "study.json");
        cli.Write("study.json", Cli.Study.Replace("2000", "50", StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.Contains("50 rollouts instead of 60", cli.Error, StringComparison.Ordinal);
    }
}
