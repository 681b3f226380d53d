using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ansatz.Cli.Tests.Programs;

/// <summary>What is wrong with a user's program is one sentence with its place, before anything is spent.</summary>
public sealed class ProgramInputTests
{
    [Theory]
    [InlineData("OutsideTheSubset", "The start program of the hole F is no candidate: ", "[Open")]
    [InlineData("CannotCross", "The hole F has System.Decimal in its signature, which cannot cross into the sandbox", "[Open")]
    [InlineData("ScorerThrows", "The start program does not work: On Train input 0: the scorer threw InvalidOperationException: not 1", "[Score")]
    [InlineData("InputsThrow", "threw DirectoryNotFoundException while its inputs were made", "[Inputs(Split.Train")]
    [InlineData("NoScorer", "NoScorer has no method marked [Score]: it needs one.", "[Open")]
    [InlineData("TwoOpen", "TwoOpen has 2 methods marked [Open], F and G: it needs one.", "[Open")]
    [InlineData("NotANumber", "The start program does not work: On Train input 0: its score is NaN.", "[Score")]
    [InlineData("Overlapping", "Validation input 0 stands in the Train split as well", "[Inputs(Split.Validation")]
    public async Task Run_ProgramThatCannotBeSearched_SaysWhatAndWhere(string type, string message, string mark)
    {
        using Cli cli = ProgramStudies.Cli(type);

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Match place = Regex.Match(cli.Error, @"^(.*Holes\.cs)\((\d+)\): ");
        string[] lines = await File.ReadAllLinesAsync(place.Groups[1].Value, TestContext.Current.CancellationToken);
        int line = int.Parse(place.Groups[2].Value, CultureInfo.InvariantCulture);
        Assert.Contains(mark, lines[line - 1], StringComparison.Ordinal);
        Assert.Contains($" class {type}", lines[..line].Last(l => l.Contains(" class ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(message, cli.Error, StringComparison.Ordinal);
        Assert.Single(cli.Error.Trim().Split('\n'));
        Assert.False(File.Exists(cli.File("ansatz.db")));
    }

    [Theory]
    [InlineData("\"project\": \"gone.csproj\"", "study.json(1,27): the program gone.csproj does not exist in ")]
    [InlineData("\"project\": \"study.json\"", "study.json(1,27): the program study.json is neither a project (.csproj), nor a single file (.cs), nor an assembly that is built already (.dll).")]
    [InlineData("\"project\": \"text.dll\"", "study.json(1,27): ")]
    [InlineData("\"project\": TESTING", "Ansatz.Testing.dll has no method marked [Open]: mark the one that a search may fill.")]
    [InlineData("\"project\": HERE", " methods marked [Open], Ansatz.Cli.Tests.Holes.")]
    [InlineData("\"project\": HERE, \"hole\": \"Ansatz.Cli.Tests.Holes.Lines.F\"", "Did you mean \"Ansatz.Cli.Tests.Holes.Line.F\"?")]
    public async Task Run_NoSuchProgram_SaysWhatAndWhere(string program, string message)
    {
        using Cli cli = new();
        cli.Write("text.dll", "no assembly");
        string folder = AppContext.BaseDirectory;
        cli.Write("study.json", $$"""{ "program": { {{program
            .Replace("TESTING", JsonSerializer.Serialize(Path.Combine(folder, "Ansatz.Testing.dll")), StringComparison.Ordinal)
            .Replace("HERE", JsonSerializer.Serialize(Path.Combine(folder, "Ansatz.Cli.Tests.dll")), StringComparison.Ordinal)}} } }""");

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.StartsWith("study.json(1,", cli.Error, StringComparison.Ordinal);
        Assert.Contains(message, cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ProjectThatDoesNotBuild_ShowsTheCompilersWords()
    {
        using Cli cli = new();
        cli.Write("App.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""");
        cli.Write("App.cs", "public static class App { int x = y; }");
        cli.Write("study.json", """{ "program": { "project": "App.csproj" } }""");

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.StartsWith("study.json(1,27): App.csproj does not build:\n", cli.Error, StringComparison.Ordinal);
        Assert.Contains("App.cs(1,", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SkipBadRows_IsForData()
    {
        using Cli cli = ProgramStudies.Cli();

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json", "--skip-bad-rows"));
        Assert.StartsWith("--skip-bad-rows leaves out rows of data", cli.Error, StringComparison.Ordinal);
    }
}
