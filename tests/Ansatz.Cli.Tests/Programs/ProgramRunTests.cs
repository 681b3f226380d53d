using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ansatz.Sandbox;

namespace Ansatz.Cli.Tests.Programs;

/// <summary>run, list, report, check and forget on a study of a program.</summary>
public sealed class ProgramRunTests
{
    [Fact]
    public async Task Run_InputsFromAFile_AreSplitAndAChangedFileIsRefused()
    {
        using Cli cli = new();
        cli.Write("study.json", ProgramStudies.Of("OfRows", "\"evaluations\": 1000").Replace("\"search\"", "\"data\": { \"file\": \"rows.csv\", \"split\": { \"train\": 5, \"validation\": 6, \"test\": 7 } }, \"search\"", StringComparison.Ordinal));
        cli.Write("rows.csv", "x,y\n" + string.Join('\n', Enumerable.Range(0, 20).Select(i => $"{i},{(3 * i) + 2}")));

        Assert.True(await cli.RunAsync("run", "study.json") == App.Done, cli.Error);
        Assert.Contains("7 rows", cli.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("check", "line")); // from what is stored
        Assert.Equal(App.Done, await cli.RunAsync("export", "line", "--as", "project"));
        Assert.Contains("JsonSerializer.Deserialize(", await File.ReadAllTextAsync(cli.File("runs/line/.project/Program.cs"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        cli.Write("rows.csv", "x,y\n" + string.Join('\n', Enumerable.Range(0, 20).Select(i => $"{i},{(3 * i) + 1}")));
        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));
        Assert.Contains("data.contents", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SmallStudy_EndsWithVerdictReportAndCommands()
    {
        using Cli cli = ProgramStudies.Cli();

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));

        Assert.Equal("", cli.Error);
        Assert.StartsWith("line: find a better Ansatz.Cli.Tests.Holes.Line.F\nwritten by: the grammar, seed 1\ndata: 4 train, 3 validation, 6 test points (sealed until the end)\ncontrols: yours, three times x, random programs, hill climber\n", cli.Output, StringComparison.Ordinal);
        Assert.Contains(" It helped: ", cli.Output, StringComparison.Ordinal);
        Assert.Contains(" What was found: a program of ", cli.Output, StringComparison.Ordinal);
        Assert.InRange(cli.Output.Split('\n').Length, 10, 150); // not a line a program
        string report = await File.ReadAllTextAsync(cli.File("runs/line/report.html"), TestContext.Current.CancellationToken);
        Assert.Contains("Where it came from", report, StringComparison.Ordinal);
        Assert.Contains("What became of proposals", report, StringComparison.Ordinal);
        Assert.Contains("random programs", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "\"islands\":1,\"shown\":2,\"temperature\":1,\"scalesTemperature\":true,\"period\":132,\"lexicasePool\":100,\"lengthTemperature\":1,\"reduction\":\"Mean\",\"signatureDigits\":12,\"clusterCapacity\":100,\"islandCapacity\":null,\"resetEvery\":null,\"halveEvery\":null")]
    [InlineData(", \"database\": { \"preset\": \"reference\", \"resetEvery\": 40 }", "\"islands\":10,\"shown\":2,\"temperature\":0.1,\"scalesTemperature\":false,\"period\":30000,\"lexicasePool\":null,\"lengthTemperature\":1,\"reduction\":\"Last\",\"signatureDigits\":null,\"clusterCapacity\":null,\"islandCapacity\":null,\"resetEvery\":40,\"halveEvery\":null")]
    [InlineData(", \"islands\": 2, \"database\": { \"shown\": 3, \"temperature\": 0.5, \"period\": 50, \"lexicasePool\": 30, \"signatureDigits\": 0, \"clusterCapacity\": 7, \"islandCapacity\": 8, \"resetEvery\": 30 }", "\"islands\":2,\"shown\":3,\"temperature\":0.5,\"scalesTemperature\":true,\"period\":50,\"lexicasePool\":30,\"lengthTemperature\":1,\"reduction\":\"Mean\",\"signatureDigits\":null,\"clusterCapacity\":7,\"islandCapacity\":8,\"resetEvery\":30,\"halveEvery\":null")]
    public async Task Run_Database_IsWhatTheFileSaysAndThePresetElse(string search, string settings)
    {
        using Cli cli = ProgramStudies.Cli(search: $"\"evaluations\": 120, \"samplesPerPrompt\": 4, \"finalists\": 3{search}");

        Assert.True(await cli.RunAsync("run", "study.json") == App.Done, cli.Error);

        string report = WebUtility.HtmlDecode(await File.ReadAllTextAsync(cli.File("runs/line/report.html"), TestContext.Current.CancellationToken));
        Assert.Contains($"\"database\":{{{settings}}},\"samplesPerPrompt\":4,\"finalists\":3,", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Interrupted_GoesOnToTheSameHistory()
    {
        using Cli whole = ProgramStudies.Cli(), cut = ProgramStudies.Cli();
        Assert.Equal(App.Done, await whole.RunAsync("run", "study.json"));

        Assert.Equal(App.Interrupted, await cut.RunAsync("", ["run", "study.json"], new CancellationToken(canceled: true)));
        cut.Write("study.json", ProgramStudies.Of("Line", "\"evaluations\": 120, \"rollouts\": 100"));
        Assert.Equal(App.Done, await cut.RunAsync("run", "study.json", "--db", "other.db"));
        cut.Write("study.json", ProgramStudies.Of("Line"));
        Assert.Equal(App.Done, await cut.RunAsync("run", "study.json"));

        Assert.Equal(await whole.HistoryAsync("line"), await cut.HistoryAsync("line"));
    }

    [Fact]
    public async Task Run_MoreWorkers_SameHistory()
    {
        using Cli one = ProgramStudies.Cli(), four = ProgramStudies.Cli();
        four.Write("study.json", ProgramStudies.Of("Line").Replace("\"hole\"", "\"workers\": 4, \"hole\"", StringComparison.Ordinal));

        await one.RunAsync("run", "study.json");
        await four.RunAsync("run", "study.json");

        Assert.Equal(await one.HistoryAsync("line"), await four.HistoryAsync("line"));
    }

    [Fact]
    public async Task Run_NoTestInputs_JudgesOverSeedsAndSaysSo()
    {
        using Cli cli = ProgramStudies.Cli("OverSeeds", "\"evaluations\": 40");

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));
        Assert.Contains("none to test on, so the verdict is over seeds", cli.Output, StringComparison.Ordinal);

        Assert.Equal(App.Done, await cli.RunAsync("export", "line"));
        Assert.Contains("static double F(double x)", cli.Output, StringComparison.Ordinal);
        Assert.StartsWith("The best of 10 seeds, chosen among them", cli.Error, StringComparison.Ordinal);

        // A trial's number is one of the seed that is shown.
        Assert.Equal(App.Done, await cli.RunAsync("try", "line"));
        string found = cli.Output;
        Assert.Equal(App.Done, await cli.RunAsync("show", "line"));
        string number = cli.Output.Split("trial ")[1].Split([':', ',', ' '])[0]; // newest first
        Assert.Equal(App.Done, await cli.RunAsync("try", "line", "--trial", number));
        Assert.Equal(found, cli.Output);
    }

    [Fact]
    public async Task Run_ModelWritesPrograms_CountsWhatIsRefusedAndWhatFails()
    {
        string[] replies = ["```csharp\nstatic double F(double x) => x.ToString();\n```", "```csharp\nstatic double F(double x) { while (true) { } }\n```", "```csharp\nstatic double F(double x) => 3 * x + 1;\n```"];
        using Cli cli = ProgramStudies.Cli(search: "\"evaluations\": 6, \"window\": 1, \"proposer\": \"embedded\"");
        int asked = 0;
        cli.Model.Reply = _ => replies[asked++ % 3];

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json", "--json"));

        JsonNode[] blocks = [.. cli.Output.Trim().Split('\n').Select(l => JsonNode.Parse(l)!).Where(e => e["event"]!.GetValue<string>() == "block-evaluated" && e["arm"]!.GetValue<string>() == "found" && e["split"]!.GetValue<string>() == "Train")];
        Assert.Contains(blocks, b => b["reason"]?.GetValue<string>().StartsWith("It does not compile: ", StringComparison.Ordinal) == true);
        Assert.Contains(blocks, b => b["reason"]?.GetValue<string>().Contains("fuel", StringComparison.Ordinal) == true);
        Assert.Equal(App.Done, await cli.RunAsync("export", "line"));
        Assert.Contains("return 3.0 * x + 1", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListReportCheckForget_AfterARun_WorkAsForPrompts()
    {
        using Cli cli = ProgramStudies.Cli();
        await cli.RunAsync("run", "study.json");
        File.Delete(cli.File("study.json"));
        string first = await File.ReadAllTextAsync(cli.File("runs/line/report.html"), TestContext.Current.CancellationToken);

        Assert.Equal(App.Done, await cli.RunAsync("list"));
        Assert.Contains("line ", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("report", "line", "--to", "again.html"));
        Assert.Equal(first.Replace("ansatz run study.json", "ansatz report line", StringComparison.Ordinal), await File.ReadAllTextAsync(cli.File("again.html"), TestContext.Current.CancellationToken));
        Assert.Equal(App.Done, await cli.RunAsync("check", "line"));
        Assert.Contains("\"line\" holds: ", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("check", "line", "--dry-run"));
        Assert.Matches("^What \"line\" found, on its test [a-z ]+: [0-9]+ rollouts; cost: free\nNothing was spent or kept.\n$", cli.Output);
        Assert.Equal(App.WrongUse, await cli.RunAsync("check", "line", "--model", "embedded"));
        Assert.Equal("--model is for prompts: no model answers in the study \"line\".\n", cli.Error);
        Assert.Equal(App.Done, await cli.RunAsync("export", "line", "--as", "project"));
        Assert.Equal(App.Done, await cli.RunAsync("forget", "line", "--yes"));
        Assert.Contains(", and the project runs/line/.project", cli.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(cli.File("runs/line")));
        Assert.Equal(App.Done, await cli.RunAsync("show", "line"));
        Assert.Equal(App.WrongUse, await cli.RunAsync("export", "line"));
        Assert.StartsWith("The texts of the study \"line\" were erased on ", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ScorerOfAnotherSearch_IsRefusedWithTheField()
    {
        using Cli cli = ProgramStudies.Cli();
        await cli.RunAsync("run", "study.json");
        cli.Write("study.json", ProgramStudies.Of("Line", "\"evaluations\": 121"));

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));
        Assert.StartsWith("The study \"line\" was begun with search.evaluations 120; now it is 121.", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_InStages_DropsProgramsBeforeTheyCostMore()
    {
        using Cli cli = ProgramStudies.Cli("Line", "\"evaluations\": 120, \"cascade\": { \"stages\": [1], \"share\": 0.25 }");

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));

        await using Journal journal = Journal.Open(cli.File("ansatz.db"));
        StoredStudy study = journal.Find("line")!;
        int pruned = journal.Candidates(study, "found").Count(c => c.IsPruned);
        Assert.InRange(pruned, 40, 100); // of those after the first 20, three of four where later programs are no better than those before
        Assert.InRange(journal.Effects(study, "found").Count(e => JsonNode.Parse(e.Asked)!["items"]!.ToJsonString() == "[1,2,3]"), 20, 121 - pruned); // who passed went on
    }

    [Theory]
    [InlineData("\"stages\": []")]
    [InlineData("\"stages\": [2, 2]")]
    [InlineData("\"stages\": [4]")]
    public async Task Run_StagesThatDoNotFit_AreRefusedInTheirPlace(string cascade)
    {
        using Cli cli = ProgramStudies.Cli("Line", $"\"cascade\": {{ {cascade} }}");

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.Equal("study.json(4,26): the stages of a cascade have to ascend from 1 and end before the 4 train inputs.\n", cli.Error);
    }

    [Fact]
    public async Task Run_InProcessesOfTheirOwn_WritesExportsAndTries()
    {
        using Cli cli = ProgramStudies.Cli("OverSeeds");
        cli.Write("study.json", ProgramStudies.Of("OfRows", "\"evaluations\": 3").Replace("\"hole\"", "\"sandbox\": \"program\", \"workers\": 2, \"hole\"", StringComparison.Ordinal)
            .Replace("\"search\"", "\"data\": { \"file\": \"rows.csv\", \"split\": { \"train\": 3, \"validation\": 2, \"test\": 6 } }, \"search\"", StringComparison.Ordinal));
        cli.Write("rows.csv", "x,y\n" + string.Join('\n', Enumerable.Range(0, 20).Select(i => $"{i},{2 * i}")));
        if (ProgramSandbox.MissingHere is { } missing)
        {
            Assert.Equal(App.Failed, await cli.RunAsync("run", "study.json"));
            Assert.Contains(missing, cli.Error, StringComparison.Ordinal);
            return;
        }

        Assert.True(await cli.RunAsync("run", "study.json") == App.Done, cli.Error);
        Assert.Equal(App.Done, await cli.RunAsync("export", "line"));
        Assert.Contains("static double F(double x)", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("try", "line", "--input", "1"));
        Assert.Contains("train input 1: ", cli.Output, StringComparison.Ordinal);
        cli.Write("study.json", ProgramStudies.Of("OfRows").Replace("\"hole\"", "\"sandbox\": \"program\", \"fuel\": 5000, \"hole\"", StringComparison.Ordinal));
        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));
        Assert.Contains("program.fuel belongs to the sandbox hole", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OtherFuel_IsAnotherStudy()
    {
        using Cli cli = ProgramStudies.Cli();
        await cli.RunAsync("run", "study.json");
        cli.Write("study.json", ProgramStudies.Of("Line").Replace("\"hole\"", "\"fuel\": 5000, \"hole\"", StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.StartsWith("The study \"line\" was begun with program.fuel ", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_SaysWhatItWouldTakeAndKeepsNothing()
    {
        using Cli cli = ProgramStudies.Cli();

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json", "--dry-run"));

        Assert.Contains("start program: -7.00 on the train points, the same twice", cli.Output, StringComparison.Ordinal);
        Assert.Contains("of 20 got a score, from ", cli.Output, StringComparison.Ordinal);
        Assert.Contains("time: about ", cli.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(cli.File("ansatz.db")));
        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json", "--dry-run", "--json"));
        Assert.Equal(-7, JsonNode.Parse(cli.Output)!["start"]!.GetValue<double>());
    }

    [Fact]
    public async Task DryRun_PaidProposer_IsRehearsedAndAskedNothing()
    {
        // Nobody listens there: a call would be a fault.
        using Cli cli = ProgramStudies.Cli(search: "\"evaluations\": 500, \"money\": 2.5, \"proposer\": { \"baseUrl\": \"http://127.0.0.1:1/v1\", \"name\": \"big\" } }, \"prices\": { \"big\": { \"inputPerMillion\": 1, \"outputPerMillion\": 4 }");

        Assert.True(await cli.RunAsync("run", "study.json", "--dry-run") == App.Done, cli.Error);

        // The search and two controls of as many programs: 1,500 questions of at least 100 tokens and at most 5,000, and replies of at most 512.
        Match bill = Regex.Match(cli.Output, @"calls: about 1,500 of its proposer big at http://127.0.0.1:1/v1, if all are made: ([\d,]+) to ([\d,]+) tokens, (\d+\.\d+) to (\d+\.\d+) of money\n");
        Assert.True(bill.Success, cli.Output);
        double[] figures = [.. bill.Groups.Values.Skip(1).Select(g => double.Parse(g.Value, NumberStyles.Number, CultureInfo.InvariantCulture))];
        Assert.InRange(figures[0], 1_500 * 100, figures[1]);
        Assert.InRange(figures[1], 1_500 * 512, 1_500 * 5_512);
        Assert.Equal(((figures[0] - 1_500) + (4 * 1_500)) / 1e6, figures[2], 0.001);
        Assert.Equal(((figures[1] - (1_500 * 512)) + (4 * 1_500 * 512)) / 1e6, figures[3], 0.001);
        Assert.DoesNotContain("free", cli.Output, StringComparison.Ordinal);
        Assert.Contains("limits: 2.50 of money; search and controls end at the first of them", cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"evaluations\": 120, \"rollouts\": 200", "search.rollouts ends the search after about ")]
    [InlineData("\"evaluations\": 120, \"rollouts\": 200000", "")]
    public async Task DryRun_FewerRolloutsThanPrograms_IsSaid(string search, string remark)
    {
        using Cli cli = ProgramStudies.Cli(search: search);

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json", "--dry-run"));

        string told = cli.Output + cli.Error;
        Assert.Equal(remark.Length > 0, told.Contains("search.rollouts ends", StringComparison.Ordinal));
        Assert.Contains(remark, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnstableScorer_IsRefusedWhereItStands()
    {
        using Cli cli = ProgramStudies.Cli("Unstable");

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));
        Assert.Matches(@"^\S+\.cs\(\d+\): The scorer is unstable: on train input 0 the start program got ", cli.Error);
        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json", "--dry-run"));
        Assert.Contains("The scorer is unstable", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_ScorerThatTellsNothingApart_IsWarnedOf()
    {
        using Cli cli = ProgramStudies.Cli("Flat");

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json", "--dry-run"));
        Assert.Contains("all that got a score got the same", cli.Output, StringComparison.Ordinal);
    }
}
