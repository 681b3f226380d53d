using System.Diagnostics;
using Ansatz.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

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
    [InlineData("App.csproj", "Rules.cs")]
    [InlineData("App.csproj", "Deep/Down/Rules.cs")]
    public async Task New_ProjectWithoutAReference_IsTold(string project, string file)
    {
        using Cli cli = new();
        cli.Write(project, "<Project />");
        cli.Write(file, Hole);

        Assert.Equal(App.Done, await cli.RunAsync("new", "--program", file));

        Assert.Contains("App.csproj names no Ansatz: if it has no reference to Ansatz.Programs from elsewhere, give it the package, or these lines:\n  <ItemGroup>", cli.Output, StringComparison.Ordinal);
        Assert.Contains($"<Reference Include=\"{AppContext.BaseDirectory}Ansatz.Programs.dll\" Private=\"false\" />", cli.Output, StringComparison.Ordinal);
        Assert.Contains("\"project\": \"App.csproj\"", await File.ReadAllTextAsync(cli.File("study.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_ProjectAboveTheRepository_IsNotItsProject()
    {
        using Cli cli = new();
        cli.Write("Other.csproj", "<Project />");
        cli.Write("repository/.git", "gitdir: elsewhere");
        cli.Write("repository/Rules.cs", Hole);

        Assert.Equal(App.Done, await cli.RunAsync("new", "--program", "repository/Rules.cs"));

        Assert.True(File.Exists(cli.File("repository/Rules.csproj")));
    }

    /// <summary>The stub compiles with the file that it belongs to, without the global usings of a project.</summary>
    [Theory]
    [InlineData("static partial class C { static int A(int x) => x; }")]
    [InlineData("namespace A.B { namespace C { static partial class D { static int E(int x) => x; } } }")]
    [InlineData("using System.Text; using Wide = System.Int64; namespace A; public partial class B { internal static partial class C { static Wide D(Rune x) => x.Value; } }")]
    [InlineData("using System.Collections.Generic; partial struct A { static int B(List<int> x) => x[0]; }")]
    [InlineData("partial record A { public partial record struct B { static double C(bool[] x) => 1; } }")]
    public async Task New_StubOfAnyPlace_Compiles(string text)
    {
        using Cli cli = new();
        cli.Write("Rules.cs", text);

        Assert.Equal(App.Done, await cli.RunAsync("new", "--program", "Rules.cs"));

        string stub = await File.ReadAllTextAsync(cli.File("Rules.Score.cs"), TestContext.Current.CancellationToken);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Rules",
            [CSharpSyntaxTree.ParseText(text, cancellationToken: TestContext.Current.CancellationToken), CSharpSyntaxTree.ParseText(stub, cancellationToken: TestContext.Current.CancellationToken)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(f => MetadataReference.CreateFromFile(f)),
            new(OutputKind.DynamicallyLinkedLibrary));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity >= DiagnosticSeverity.Warning));
    }

    [Theory]
    [InlineData("class C { }", "Rules.cs has no static method that a search could fill: put one into a class.")]
    [InlineData("static class C { static int A() => 1; static int B() => 1; }", "Rules.cs has 2 static methods; mark the one that a search may fill with [Open]: A, B.")]
    [InlineData("static class C { [Open] static int A() => 1; [Open] static int B() => 1; }", "Rules.cs has 2 methods marked [Open], A and B: it needs one.")]
    [InlineData("static class C { [Open] static int A() => 1; }", "Rules.cs: the class C has no method marked [Score]. Make it partial (static partial class C), so that one can be written into a file beside it.")]
    [InlineData("public class B { static partial class C { [Open] static int A() => 1; } }", "Rules.cs: the class C has no method marked [Score]. Make B partial (public partial class B), so that one can be written into a file beside it.")]
    [InlineData("#:package Ansatz.Programs\nstatic partial class C { [Open] static int A() => 1; }", "Rules.cs is a whole program (it has lines that start with #:) and has no method marked [Score]: put one into it, since no second file can belong to it.")]
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

    [Theory]
    [InlineData("--input", "text")]
    [InlineData("--skip-bad-rows")]
    public async Task New_ProgramAndWhatIsSaidOfRows_IsRefused(params string[] ofRows)
    {
        using Cli cli = new();

        Assert.Equal(App.WrongUse, await cli.RunAsync(["new", "--program", "Rules.cs", .. ofRows]));

        Assert.Equal($"{ofRows[0]} says something of rows; the inputs of a program are said in its code, or in study.json (\"data\").\n", cli.Error);
        Assert.False(File.Exists(cli.File("Rules.cs")));
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
