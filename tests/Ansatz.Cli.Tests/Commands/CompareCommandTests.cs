using System.Text.Json.Nodes;

namespace Ansatz.Cli.Tests.Commands;

public sealed class CompareCommandTests
{
    private const string SeriesText = """
        {
          "study": "study.json",
          "searches": {
            "few-shot": { "use": "few-shot-search", "candidates": 4 },
            "bootstrap": { "use": "bootstrap-few-shot", "candidates": 5 }
          },
          "seeds": 2
        }
        """;

    [Fact]
    public async Task Compare_TwoSearchesTwoSeeds_OneTableAndOneJudgement()
    {
        using Cli cli = WithSeries(SeriesText);

        Assert.Equal(App.Done, await cli.RunAsync("compare", "methods.json"));

        Assert.Equal("", cli.Error);
        string said = string.Join(' ', cli.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("over 2 studies on 40 reviews that no search saw", said, StringComparison.Ordinal);
        Assert.Contains("By study (bootstrap): ", said, StringComparison.Ordinal);
        Assert.Contains("By study (bootstrap: labelled few-shot): ", said, StringComparison.Ordinal);
        Assert.Contains("few-shot: ", said, StringComparison.Ordinal);
        Assert.Contains("The test items were judged for the first time.", said, StringComparison.Ordinal);
        Assert.Contains("Fewer than 10 studies: a first look", said, StringComparison.Ordinal);

        // Every member is a study like any other.
        Assert.Equal(App.Done, await cli.RunAsync("show", "methods/bootstrap/2"));
        Assert.Equal(App.Done, await cli.RunAsync("report", "methods/few-shot/1", "--to", "one.html"));
        Assert.Equal(App.Done, await cli.RunAsync("check", "methods/few-shot/2"));

        int blocks = cli.Model.Blocks;
        Assert.Equal(App.Done, await cli.RunAsync("compare", "methods.json", "--json"));
        Assert.Equal(blocks, cli.Model.Blocks); // nothing is asked again
        JsonNode verdict = JsonNode.Parse(cli.Output.Trim().Split('\n')[^1])!;
        Assert.Equal("few-shot", verdict["rows"]![0]!["name"]!.GetValue<string>());
        Assert.Equal(2, verdict["members"]!.AsArray().Count);
    }

    /// <summary>Two tasks with data of their own: each search runs once on each.</summary>
    [Fact]
    public async Task Compare_SeveralStudies_OneTableOverTasks()
    {
        using Cli cli = WithSeries(SeriesText.Replace("\"study\": \"study.json\"", "\"studies\": [\"study.json\", \"other.json\"]", StringComparison.Ordinal).Replace(",\n  \"seeds\": 2", "", StringComparison.Ordinal));
        cli.Write("other.csv", Cli.Rows.Replace("thing", "matter", StringComparison.Ordinal));
        cli.Write("other.json", Cli.Study.Replace("rows.csv", "other.csv", StringComparison.Ordinal).Replace("\"noun\": \"reviews\"", "\"noun\": \"letters\"", StringComparison.Ordinal));

        Assert.Equal(App.Done, await cli.RunAsync("compare", "methods.json", "--dry-run"));
        Assert.Contains("methods: 2 studies for each of 2 searches, at most ", cli.Output, StringComparison.Ordinal);
        Assert.Contains("other, bootstrap: ", cli.Output, StringComparison.Ordinal);
        Assert.True(await cli.RunAsync("compare", "methods.json") == App.Done, cli.Error);

        string said = string.Join(' ', cli.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("over 2 studies on 40 items that no search saw", said, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("show", "methods/bootstrap/other"));
        Assert.Equal(App.Done, await cli.RunAsync("check", "methods/few-shot/study"));
    }

    [Theory]
    [InlineData("\"study\": \"study.json\"", "\"study\": \"study.json\", \"studies\": [\"study.json\", \"other.json\"]", "there are both study and studies; keep one of them.")]
    [InlineData("\"study\": \"study.json\"", "\"studies\": [\"study.json\", \"other.json\"]", "seeds belongs to a single study, and there are studies, each of which is run once; leave it out.")]
    [InlineData("\"study\": \"study.json\",", "", "study is missing; it must be given, such as \"study.json\", or else \"studies\", a list.")]
    public async Task Compare_StudyAndStudies_OneOfThemInASentence(string good, string bad, string words)
    {
        using Cli cli = WithSeries(SeriesText.Replace(good, bad, StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("compare", "methods.json"));

        Assert.Equal($"methods.json: {words}\n", cli.Error);
    }

    [Fact]
    public async Task Compare_DryRun_SumsAllStudiesAndKeepsNothing()
    {
        using Cli cli = WithSeries(SeriesText);

        Assert.Equal(App.Done, await cli.RunAsync("compare", "methods.json", "--dry-run"));
        Assert.Contains("methods: 2 studies for each of 2 searches, at most ", cli.Output, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was spent or kept.\n", cli.Output, StringComparison.Ordinal);
        Assert.Single(cli.Output.Split("Nothing was spent").Skip(1));

        Assert.Equal(App.Done, await cli.RunAsync("compare", "methods.json", "--dry-run", "--json"));
        JsonNode plan = JsonNode.Parse(cli.Output)!;
        Assert.Equal(
            2 * plan["searches"]!.AsArray().Sum(s => s!["searchRollouts"]!.GetValue<long>() + s["controlRollouts"]!.GetValue<long>() + s["verdictRollouts"]!.GetValue<long>()),
            plan["rollouts"]!.GetValue<long>());
        Assert.False(File.Exists(cli.File("ansatz.db")));
    }

    [Fact]
    public async Task Compare_FaultInTheMiddle_SameCommandGoesOn()
    {
        using Cli cli = WithSeries(SeriesText);
        cli.Model.BeforeBlock = block => _ = block == 20 ? throw new FaultException("The world failed.") : 0;

        Assert.Equal(App.Failed, await cli.RunAsync("compare", "methods.json"));
        Assert.Contains("the same command goes on: ansatz compare methods.json", cli.Error, StringComparison.Ordinal);

        cli.Model.BeforeBlock = _ => { };
        Assert.Equal(App.Done, await cli.RunAsync("compare", "methods.json"));
    }

    [Theory]
    [InlineData("\"seeds\": 2", "\"seeds\": 5", "5 times train 12 and validation 20, and test 40, need 200. Make the splits smaller.")]
    [InlineData("\"seeds\": 2", "\"seed\": 2", "a series file has no field \"seed\"; its fields are: name, study, studies, searches, seeds, rollouts, money. Did you mean \"seeds\"?")]
    [InlineData("\"use\": \"bootstrap-few-shot\"", "\"use\": \"few-shot-search\", \"layout\": \"chat\"", "): search.layout belongs to a search with a proposer, such as opro, and search.use is few-shot-search, which proposes nothing.")]
    [InlineData("\"use\": \"bootstrap-few-shot\"", "\"use\": \"few-shot-search\", \"evaluations\": 9", "): search.evaluations belongs to fun-search, and search.use is few-shot-search.")]
    [InlineData("\"use\": \"bootstrap-few-shot\"", "\"use\": \"opro\", \"opro\": { \"steps\": 2, \"perStep\": 4 }", "): search.candidates is 5, and search.opro says 2 steps of 4, which are 8; leave one of the two out.")]
    [InlineData("\"seeds\": 2", "\"seeds\": 2, \"name\": \" \"", "methods.json: name must be a text of 1 to 100 characters on one line, such as \"methods\".")]
    [InlineData("study.json", "other.json", "The study file other.json does not exist.")]
    public async Task Compare_BadSeries_OneSentence(string right, string wrong, string message)
    {
        using Cli cli = WithSeries(SeriesText.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("compare", "methods.json"));

        Assert.Contains(message, cli.ErrorHere, StringComparison.Ordinal);
        if (message.StartsWith(')'))
        {
            Assert.StartsWith("methods.json(", cli.ErrorHere, StringComparison.Ordinal); // a search stands there, not in the study file
        }

        Assert.Equal(0, cli.Model.Blocks);
    }

    /// <summary>What a search leaves out is not taken from the study file's own search, which has 6 candidates.</summary>
    [Fact]
    public async Task Compare_SearchWithStepsOfItsOwn_TakesNothingFromTheStudysSearch()
    {
        using Cli cli = WithSeries(SeriesText.Replace("\"use\": \"bootstrap-few-shot\", \"candidates\": 5", "\"use\": \"opro\", \"opro\": { \"steps\": 2, \"perStep\": 4 }", StringComparison.Ordinal));

        Assert.True(await cli.RunAsync("compare", "methods.json", "--dry-run") == App.Done, cli.Error);
        Assert.Contains("search: 2 steps of 4", cli.Output, StringComparison.Ordinal);
    }

    private static Cli WithSeries(string series)
    {
        Cli cli = Cli.WithStudy();
        cli.Write("methods.json", series);
        return cli;
    }
}
