namespace Ansatz.Cli.Tests.Programs;

/// <summary>show, try and export on a study of a program.</summary>
public sealed class ProgramFindingTests
{
    [Fact]
    public async Task Show_Judged_HasTheProgramAndWhereItCameFrom()
    {
        using Cli cli = ProgramStudies.Cli(search: "\"evaluations\": 400");
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.Done, await cli.RunAsync("show", "line"));

        // It goes back to yours, or to a program that was made from nothing.
        Assert.Contains(" Found:\n\n   static double F(double x)", cli.Output, StringComparison.Ordinal);
        Assert.Matches(@"trial (0: yours, train -7\.0|[1-9]\d*: random program, train -?\d)", cli.Output);
        Assert.Matches(@"trial \d+: (crossover|subtree|constants|point|hoist), train -?\d+(\.\d+)? \([+-]\d", cli.Output);
        Assert.Matches(@"\n     - .*;\n(.*\n)?     \+ .*;\n", cli.Output);
    }

    [Fact]
    public async Task ShowExport_NotJudged_GiveTheBestSoFarAndSaySo()
    {
        using Cli cli = ProgramStudies.Cli(search: "\"evaluations\": 400");
        using CancellationTokenSource stopping = new();
        await RunForAWhileAsync(cli, stopping);

        Assert.Equal(App.Done, await cli.RunAsync("show", "line"));
        Assert.Contains(" The best so far, and not judged", cli.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("export", "line"));
        Assert.StartsWith("The best so far, and not judged", cli.Error, StringComparison.Ordinal);
        Assert.StartsWith("static double F(double x)", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("try", "line"));
        Assert.StartsWith("The best so far, and not judged", cli.Error, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("try", "line", "--yours"));
        Assert.Empty(cli.Error);
    }

    [Fact]
    public async Task Export_HoleOfTheUsersTypes_NamesThemInTheProject()
    {
        using Cli cli = ProgramStudies.Cli("OfSpots");
        Assert.True(await cli.RunAsync("run", "study.json") == App.Done, cli.Error);

        Assert.Equal(App.Done, await cli.RunAsync("export", "line"));
        Assert.StartsWith("static double F(Spot spot)", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("export", "line", "--as", "project"));

        string program = await File.ReadAllTextAsync(cli.File("runs/line/.project/Program.cs"), TestContext.Current.CancellationToken);
        Assert.Contains("using Spot = global::Ansatz.Cli.Tests.Holes.Spot;\nusing Side = global::Ansatz.Cli.Tests.Holes.Side;\n", program, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Try_FoundYoursAndATrial_SayScoreAndFuel()
    {
        using Cli cli = ProgramStudies.Cli();
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.Done, await cli.RunAsync("try", "line", "--yours"));
        Assert.Matches("^static double F\\(double x\\) => x;\n\ntrain input 0: -4, [0-9]+ fuel of 10,000,000\n", cli.Output);
        Assert.Equal(App.Done, await cli.RunAsync("try", "line", "--trial", "0", "--input", "3"));
        Assert.Contains("train input 3: -10, ", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("try", "line"));
        Assert.Equal(4, cli.Output.Split("train input ").Length - 1);
        Assert.Equal(App.WrongUse, await cli.RunAsync("try", "line", "--input", "4"));
        Assert.Equal("There is no train input 4; there are 4, from 0 to 3.\n", cli.Error);
        Assert.Equal(App.WrongUse, await cli.RunAsync("try", "line", "--trial", "4000"));
        Assert.Equal("The study \"line\" has no trial 4000.\n", cli.Error);
        Assert.Equal(App.WrongUse, await cli.RunAsync("try", "line", "--yours", "--trial", "0"));
        Assert.Equal("--yours and --trial name two programs; keep one of them.\n", cli.Error);
    }

    [Fact]
    public async Task Try_OneInput_SaysWhereItPartsFromYours()
    {
        using Cli cli = ProgramStudies.Cli(search: "\"evaluations\": 1, \"proposer\": \"embedded\"");
        cli.Model.Reply = _ => "```csharp\nstatic double F(double x) => 2 * x + 1;\n```";
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.Done, await cli.RunAsync("try", "line", "--trial", "1", "--input", "0"));

        Assert.Matches(@"its parent, trial 0: train input 0: -4, \d+ fuel of 10,000,000\n", cli.Output);
        Assert.Matches(@"\n  the first answer that differs, call 1: F\(\S+\) is \S+ here, \S+ there\n", cli.Output);
        Assert.Equal(App.Done, await cli.RunAsync("try", "line", "--trial", "0", "--input", "0"));
        Assert.DoesNotContain("parent", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Try_ProgramThatNeverEnds_SaysWhyAndWhere()
    {
        using Cli cli = ProgramStudies.Cli(search: "\"evaluations\": 1, \"proposer\": \"embedded\"");
        cli.Model.Reply = _ => "```csharp\nstatic double F(double x) { while (true) { } }\n```";
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.Done, await cli.RunAsync("try", "line", "--trial", "1", "--input", "2"));
        Assert.Contains("train input 2: rejected: On Train input 2: ", cli.Output, StringComparison.Ordinal);
        Assert.Matches(@"fuel.*\n  at line 3: while \(true\)\n  in call 1: F\(\S+\)\nits parent, trial 0: ", cli.Output);
    }

    [Fact]
    public async Task ExportPatch_IsADiffOfTheUsersFile()
    {
        using Cli cli = ProgramStudies.Cli();
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.Done, await cli.RunAsync("export", "line", "--as", "patch"));

        Assert.Matches(@"^--- a/(\S+/)?Holes\.cs\n\+\+\+ b/(\S+/)?Holes\.cs\n@@ -", cli.Output);
        Assert.Contains("Apply it in ", cli.Error, StringComparison.Ordinal); // its file lies elsewhere
        Assert.Contains("which is a study of its own: `run --fork`", cli.Error, StringComparison.Ordinal);
        Assert.Contains("\n-    public static double F(double x) => x;\n+    public static double F(double x)", cli.Output, StringComparison.Ordinal);
        Assert.Contains("\n     [Open(Purpose = \"A number made of x.\")]\n", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_FormOfTheOtherKind_IsRefused()
    {
        using Cli cli = ProgramStudies.Cli();
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.WrongUse, await cli.RunAsync("export", "line", "--as", "messages"));
        Assert.Equal("What \"line\" found cannot be written as messages; it can as: csharp, patch, project.\n", cli.Error);
    }

    private static async Task RunForAWhileAsync(Cli cli, CancellationTokenSource stopping)
    {
        Task<int> run = cli.RunAsync("", ["run", "study.json"], stopping.Token);
        while (!run.IsCompleted && !(File.Exists(cli.File("ansatz.db")) && await HasTrialsAsync(cli)))
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await stopping.CancelAsync();
        Assert.Equal(App.Interrupted, await run);
    }

    private static async Task<bool> HasTrialsAsync(Cli cli)
    {
        try
        {
            await using Journal journal = Journal.OpenToRead(cli.File("ansatz.db"), TimeProvider.System);
            return journal.Find("line") is { } study && journal.Candidates(study, "found").Length > 3;
        }
        catch (Exception e) when (e is FaultException or InputException)
        {
            return false; // it is being made
        }
    }
}
