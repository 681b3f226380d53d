using System.Text.Json.Nodes;

namespace Ansatz.Cli.Tests.Commands;

/// <summary>transfer: what one study found, on the test items of another and on another model.</summary>
public sealed class TransferCommandTests
{
    private static readonly string Other = Cli.Study
        .Replace("\"tiny\"", "\"other\"", StringComparison.Ordinal)
        .Replace("rows.csv", "others.csv", StringComparison.Ordinal)
        .Replace("Review: {text}\\nKind: {label}", "Text: {text}\\nKind: {label}", StringComparison.Ordinal);

    [Fact]
    public async Task Transfer_TwoStudies_MeasuresEachOnBothAndAsksNothingTwice()
    {
        using Cli cli = Cli.WithStudy();
        cli.Write("other.json", Other);
        cli.Write("others.csv", Cli.Rows.Replace("thing ", "object ", StringComparison.Ordinal));
        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));
        Assert.True(await cli.RunAsync("run", "other.json") == App.Done, cli.Error);
        int before = cli.Model.Blocks;
        Assert.Equal(App.Done, await cli.RunAsync("transfer", "tiny", "other", "--dry-run"));
        Assert.Contains("in every place where they were not measured when they were judged: 80 rollouts; cost: free\n", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("transfer", "tiny", "other", "--model", """{ "baseUrl": "http://127.0.0.1:1/v1", "name": "big" }""", "--dry-run", "--json"));
        Assert.Equal((80 + (2 * 3 * 40), 2 * 3 * 40), (JsonNode.Parse(cli.Output)!["rollouts"]!.GetValue<int>(), JsonNode.Parse(cli.Output)!["calls"]!.GetValue<int>()));
        Assert.Equal(before, cli.Model.Blocks);

        Assert.True(await cli.RunAsync("transfer", "tiny", "other") == App.Done, cli.Error);

        Assert.Contains("found by     [1]     [2]\n", cli.Output, StringComparison.Ordinal);
        Assert.Contains(" [1] 40 test reviews of tiny\n", cli.Output, StringComparison.Ordinal);
        Assert.Equal(2, cli.Output.Split("   at home\n").Length - 1);
        int measured = cli.Model.Blocks - before;
        Assert.True(measured > 0); // what stays at home was judged

        Assert.Equal(App.Done, await cli.RunAsync("transfer", "tiny", "other", "--json"));
        Assert.Equal(before + measured, cli.Model.Blocks);
        JsonArray cells = JsonNode.Parse(cli.Output)!["cells"]!.AsArray();
        Assert.Equal(["tiny on tiny", "other on tiny", "tiny on other", "other on other"], cells.Select(c => $"{c!["foundBy"]} on {c["on"]}"));
        Assert.All(cells, c => Assert.InRange(c!["difference"]!.GetValue<double>(), c["low"]!.GetValue<double>(), c["high"]!.GetValue<double>()));
        Assert.Equal(App.Done, await cli.RunAsync("check", "tiny")); // a check goes its own way
        Assert.Contains("This was check 1", cli.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "tiny" }, "Where to? Name another study beside \"tiny\", or another model with --model.")]
    [InlineData(new[] { "tiny", "nobody" }, "ansatz.db holds no study \"nobody\"; it holds: tiny.")]
    [InlineData(new[] { "tiny", "--model", "none.gguf" }, "the model file none.gguf")]
    public async Task Transfer_NowhereToGo_SaysSo(string[] where, string words)
    {
        using Cli cli = Cli.WithStudy();
        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));

        Assert.Equal(App.WrongUse, await cli.RunAsync(["transfer", .. where]));

        Assert.Contains(words, cli.ErrorHere, StringComparison.Ordinal);
    }
}
