using System.Diagnostics;
using Ansatz.Testing;

namespace Ansatz.Cli.Tests.Programs;

public sealed class NewProgramTests
{
    private const string Hole = "namespace My.App;\n\npublic static partial class Rules\n{\n    public static int Next(int[] queue, double load) => queue[0];\n}\n";

    /// <summary>What the page of the docs does, as real processes: from an empty folder to a heuristic that runs outside the sandbox.</summary>
    [Fact]
    public async Task New_EmptyFolder_BuildsRunsAndExports()
    {
        using TempFolder folder = new();
        Assert.StartsWith("Written: Heuristic.cs, Heuristic.csproj, study.json.\n", await AnsatzAsync(folder, "new", "--program", "Heuristic.cs"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("study.json"), (await File.ReadAllTextAsync(folder.File("study.json"), TestContext.Current.CancellationToken)).Replace("8000", "60", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        string run = await AnsatzAsync(folder, "run", "study.json");
        string project = await AnsatzAsync(folder, "export", "heuristic", "--as", "project", "--input", "2");
        string tried = await AnsatzAsync(folder, "try", "heuristic", "--input", "2");
        string output = await ProcessAsync(folder, "run", "--project", folder.File("runs/heuristic/.project"));

        Assert.Contains("controls: yours, value per weight, random programs, hill climber", run, StringComparison.Ordinal);
        Assert.Contains("is written: it runs what was found on train input 2", project, StringComparison.Ordinal);
        Assert.Contains($"train input 2: {output.Trim()}, ", tried, StringComparison.Ordinal); // in the sandbox and outside it
    }

    [Fact]
    public async Task New_FileWithoutScorer_WritesAStubBesideIt()
    {
        using Cli cli = new();
        cli.Write("Rules.cs", Hole);

        Assert.Equal(App.Done, await cli.RunAsync("new", "--program", "Rules.cs"));

        Assert.StartsWith("Written: Rules.Score.cs, Rules.csproj, study.json.\nMark Next in Rules.cs with [Open]", cli.Output, StringComparison.Ordinal);
        string stub = await File.ReadAllTextAsync(cli.File("Rules.Score.cs"), TestContext.Current.CancellationToken);
        Assert.Contains("namespace My.App;", stub, StringComparison.Ordinal);
        Assert.Contains("public static partial class Rules\n{", stub, StringComparison.Ordinal);
        Assert.Contains("Score(Func<int[], double, int> program, double input)", stub, StringComparison.Ordinal);
        Assert.Equal(Hole, await File.ReadAllTextAsync(cli.File("Rules.cs"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task New_ProjectIsThereAlready_IsTaken()
    {
        using Cli cli = new();
        cli.Write("App.csproj", "<Project />");
        cli.Write("Rules.cs", Hole);

        Assert.Equal(App.Done, await cli.RunAsync("new", "--program", "Rules.cs"));

        Assert.Contains("\"project\": \"App.csproj\"", await File.ReadAllTextAsync(cli.File("study.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(File.Exists(cli.File("Rules.csproj")));
    }

    [Theory]
    [InlineData("class C { }", "Rules.cs has no static method that a search could fill: put one into a class.")]
    [InlineData("static class C { static int A() => 1; static int B() => 1; }", "Rules.cs has 2 static methods; mark the one that a search may fill with [Open]: A, B.")]
    [InlineData("static class C { [Open] static int A() => 1; [Open] static int B() => 1; }", "Rules.cs has 2 methods marked [Open], A and B: it needs one.")]
    [InlineData("static class C { [Open] static int A() => 1; }", "Rules.cs: the class C has no method marked [Score]. Make it partial (static partial class C), so that one can be written into a file beside it.")]
    public async Task New_FileThatCannotBeSearched_SaysWhatToDo(string text, string message)
    {
        using Cli cli = new();
        cli.Write("Rules.cs", text);

        Assert.Equal(App.WrongUse, await cli.RunAsync("new", "--program", "Rules.cs"));
        Assert.Equal(message + "\n", cli.Error);
    }

    [Fact]
    public async Task New_SomethingInTheWay_OverwritesNothing()
    {
        using Cli cli = new();
        cli.Write("Rules.cs", Hole);
        cli.Write("Rules.Score.cs", "mine");

        Assert.Equal(App.WrongUse, await cli.RunAsync("new", "--program", "Rules.cs"));

        Assert.Equal("Rules.Score.cs exists already, and nothing is overwritten; move it away first.\n", cli.Error);
        Assert.False(File.Exists(cli.File("study.json")));
    }

    [Fact]
    public async Task New_RowsAndProgram_OneOfThem()
    {
        using Cli cli = new();

        Assert.Equal(App.WrongUse, await cli.RunAsync("new"));
        Assert.Equal("Name either your rows, or your program: `ansatz new your.csv`, or `ansatz new --program Heuristic.cs`.\n", cli.Error);
    }

    private static async Task<string> AnsatzAsync(TempFolder folder, params string[] arguments) => await ProcessAsync(folder, [Path.GetFullPath("Ansatz.Cli.dll"), .. arguments]);

    private static async Task<string> ProcessAsync(TempFolder folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments) { WorkingDirectory = folder.File(""), RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: {await output} {await error}");
        return (await output).ReplaceLineEndings("\n");
    }
}
