using System.Text.Json.Nodes;
using Ansatz.Testing;

namespace Ansatz.Cli.Tests;

/// <summary>Studies of several prompts in a row: searched together, judged once, taken away whole.</summary>
public sealed class PipelineStudyTests
{
    private const string Study = """
        {
          "name": "row",
          "data": { "file": "rows.csv", "noun": "reviews", "split": { "train": 12, "validation": 20, "test": 40, "seed": 1 } },
          "pipeline": {
            "steps": [
              { "template": "{instruction}Review: {text}\nWord: {word}", "yours": { "instruction": "Say a word." }, "open": { "instruction": { "options": ["Name the adjective."] } } },
              {
                "template": "{instruction}{demonstrations}Word: {word}\nKind: {label}",
                "yours": { "instruction": "Decide." },
                "open": { "demonstrations": { "upTo": 2 }, "label": { "praise": ["praise", "positive"], "complaint": ["complaint", "negative"] } }
              }
            ]
          },
          "search": { "candidates": 6 },
          "seed": 1
        }
        """;

    /// <summary>The first step knows its words in this world; what it wrote about reviews that were rightly answered becomes its examples.</summary>
    [Fact]
    public async Task Run_BootstrappingInBothSteps_ShowsWhatTheFirstWrote()
    {
        using Cli cli = Row(Study.Replace("\"candidates\": 6", "\"use\": \"bootstrap-few-shot\", \"candidates\": 6", StringComparison.Ordinal)
            .Replace("{instruction}Review: {text}\\nWord: {word}", "{instruction}{demonstrations}Review: {text}\\nWord: {word}", StringComparison.Ordinal)
            .Replace("\"yours\": { \"instruction\": \"Say a word.\" }, \"open\": { \"instruction\": { \"options\": [\"Name the adjective.\"] } }", "\"yours\": { \"instruction\": \"Name the adjective.\" }, \"open\": { \"demonstrations\": { \"upTo\": 2 } }", StringComparison.Ordinal)
            .Replace("\"label\": { \"praise\": [\"praise\", \"positive\"], \"complaint\": [\"complaint\", \"negative\"] }", "\"instruction\": {}", StringComparison.Ordinal));

        Assert.True(await cli.RunAsync("run", "study.json") == App.Done, cli.Error);

        await using Journal journal = Journal.Open(cli.File("ansatz.db"), TimeProvider.System);
        StoredStudy study = journal.Find("row")!;
        JsonNode[] shown = [.. journal.Candidates(study, journal.Arms(study)[0].Name).Select(c => JsonNode.Parse(c.Text)!["steps"]![0]!["prompt"]!["demonstrations"]).OfType<JsonArray>().SelectMany(d => d).OfType<JsonNode>()];
        Assert.NotEmpty(shown);
        Assert.All(shown, d => Assert.Contains(d["answer"]!.GetValue<string>(), (string[])["good", "bad"]));
    }

    [Fact]
    public async Task Run_TwoSteps_FindsTheFirstOnesInstructionAndEveryCommandKnowsIt()
    {
        using Cli cli = Row();

        Assert.True(await cli.RunAsync("run", "study.json") == App.Done, cli.Error);

        Assert.Contains("the instruction \"Name the adjective\" in \"word\"", Words(cli.Output), StringComparison.Ordinal);
        Assert.Contains("It helped", Words(cli.Output), StringComparison.Ordinal);
        string report = await File.ReadAllTextAsync(cli.File("runs/row/report.html"), TestContext.Current.CancellationToken);
        Assert.Contains("word: instruction", report, StringComparison.Ordinal);
        Assert.Contains("--- word ---", report, StringComparison.Ordinal);

        // What is stored is enough.
        File.Delete(cli.File("study.json"));
        Assert.Equal(App.Done, await cli.RunAsync("show", "row"));
        Assert.Contains("Name the adjective.", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("report", "row", "--to", "again.html"));
        Assert.Equal(App.Done, await cli.RunAsync("check", "row"));
        Assert.StartsWith("\"row\" holds: ", cli.Output.TrimStart(), StringComparison.Ordinal);
        File.Delete(cli.File("rows.csv"));
        Assert.Equal(App.Done, await cli.RunAsync("export", "row"));
        Assert.StartsWith("--- word ---\nName the adjective.\n\nReview: {text}\nWord:\n\n--- label ---\n", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("export", "row", "--as", "messages"));
        Assert.Equal(["word", "label"], JsonNode.Parse(cli.Output)!.AsObject().Select(s => s.Key));
        Assert.Equal(App.Done, await cli.RunAsync("export", "row", "--as", "csharp"));
        Assert.Contains("public static class FoundPipeline", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.WrongUse, await cli.RunAsync("export", "row", "--as", "agent"));
        Assert.Contains("cannot be written as agent; it can as: text, messages, csharp.", cli.Error, StringComparison.Ordinal);

        // Your own first step says nothing that the second could go by.
        Assert.Equal(App.Done, await cli.TypeAsync("It is good thing 1\n", "try", "row"));
        Assert.StartsWith("praise", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.TypeAsync("It is good thing 1\n", "try", "row", "--yours"));
        Assert.StartsWith("complaint", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CutOffAndAgain_GoesOnToTheSameHistory()
    {
        using Cli whole = Row(), cut = Row();
        Assert.Equal(App.Done, await whole.RunAsync("run", "study.json"));
        using CancellationTokenSource stop = new();
        cut.Model.BeforeBlock = n => (n == 12 ? (Action)stop.Cancel : () => { })();

        Assert.Equal(App.Interrupted, await cut.RunAsync("", ["run", "study.json"], stop.Token));
        Assert.Equal(App.Done, await cut.RunAsync("run", "study.json"));

        Assert.Equal(await whole.HistoryAsync("row"), await cut.HistoryAsync("row"));
    }

    [Fact]
    public async Task Run_Gepa_ReflectsOnEachStepByItsName()
    {
        using Cli cli = Row(Study.Replace("\"open\": { \"demonstrations\"", "\"open\": { \"instruction\": {}, \"demonstrations\"", StringComparison.Ordinal)
            .Replace("\"candidates\": 6", "\"use\": \"gepa\", \"candidates\": 6", StringComparison.Ordinal));
        Func<string, string> steps = cli.Model.Reply!;
        List<string> reflections = [];
        cli.Model.Reply = asked =>
        {
            if (asked.EndsWith("Word:", StringComparison.Ordinal))
            {
                return steps(asked);
            }

            reflections.Add(asked);
            return asked.Contains("step \"word\"", StringComparison.Ordinal) ? "```\nName the adjective.\n```" : "```\nDecide now.\n```";
        };

        Assert.True(await cli.RunAsync("run", "study.json") == App.Done, cli.Error);

        Assert.Contains(reflections, r => r.Contains("the step \"word\"", StringComparison.Ordinal) && r.Contains("Output:\nthing\n", StringComparison.Ordinal));
        Assert.Contains("the instruction \"Name the adjective\" in \"word\"", Words(cli.Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ProposerOfNoUse_PausesBeforeTheVerdictAndIsToldOfInIt()
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("\"candidates\": 6", "\"use\": \"opro\", \"candidates\": 4", StringComparison.Ordinal));
        cli.Model.Reply = _ => new string('x', 5_000);

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));
        Assert.StartsWith("None of the 4 replies of the proposer so far gave anything to try: they were empty, cut off, too long, known already, or not allowed.", cli.Error, StringComparison.Ordinal);

        Assert.True(await cli.RunAsync("run", "study.json", "--allow-rejected") == App.Done, cli.Error);

        Assert.Contains("None of the 4 replies of its proposer gave an instruction to try", Words(cli.Output), StringComparison.Ordinal);
        Assert.Contains("Of the 4 replies of the search&#x27;s proposer 0 new instructions were tried", (await File.ReadAllTextAsync(cli.File("runs/tiny/report.html"), TestContext.Current.CancellationToken)).Replace("&#39;", "&#x27;", StringComparison.Ordinal).Replace("'", "&#x27;", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_Endpoint_CountsACallForEachStep()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(_ => "praise", (_, _) => Trouble.None);
        using Cli cli = Row(Study.Replace("\"seed\": 1\n}", $$"""
            "seed": 1,
            "model": { "baseUrl": "{{server.Url}}", "name": "tiny", "maxReplyTokens": 16 }, "prices": { "tiny": { "inputPerMillion": 1, "outputPerMillion": 4 } }
            }
            """, StringComparison.Ordinal));

        Assert.True(await cli.RunAsync("run", "study.json", "--dry-run", "--json") == App.Done, cli.Error);

        JsonNode plan = JsonNode.Parse(cli.Output)!;
        Assert.Equal(2 * (Number("searchRollouts") + Number("controlRollouts") + Number("verdictRollouts")), Number("calls"));
        Assert.Empty(server.Requests);

        long Number(string field) => plan[field]!.GetValue<long>();
    }

    [Theory]
    [InlineData("\"Name the adjective.\"] } } },", "\"Name the adjective.\"] } } }, {\"template\": \"{text}: {word}\"},", "study.json(5,14): the step \"word\" is named like a column of the data or an earlier step")]
    [InlineData("Word: {word}\\nKind", "Word: {wort}\\nKind", "study.json(8,21): the template shows {wort}, which is neither written by an earlier step nor a column of the data; there is: text, word. Did you mean \"word\"?")]
    [InlineData("\\nWord: {word}\", \"yours", " {label}\\nWord: {word}\", \"yours", "study.json(6,21): the template shows {label}, the right answer; only the last template ends with it.")]
    [InlineData("\"steps\": [", "\"steps\": [{ \"template\": \"{word}: {other}\" },", "study.json(5,29): the template shows {word}, which a later step writes; put that step before this one.")]
    [InlineData("\"noun\": \"reviews\",", "\"answer\": \"kind\",", "study.json(8,21): the last template ends with {label}, but the answers stand in the column \"kind\"; end it with {kind}.")]
    [InlineData("\"open\": { \"instruction\": { \"options\"", "\"open\": { \"label\": { \"praise\": [\"good\"] }, \"instruction\": { \"options\"", "study.json(5,14): the data hold no right answers for the step \"word\"")]
    [InlineData("\"steps\": [", "\"stepz\": [", "study.json(5,5): \"pipeline\" has no field \"stepz\"")]
    [InlineData("\"pipeline\": {", "\"prompt\": { \"template\": \"{text}: {label}\" }, \"pipeline\": {", "a study has one open part, and this one has a prompt and a pipeline")]
    [InlineData("\"pipeline\": {", "\"program\": { \"project\": \"x\" }, \"pipeline\": {", "a study has one open part, and this one has a pipeline and a program")]
    [InlineData("{instruction}Review: {text}\\nWord: {word}", "{instruction}Review: {text", "study.json(6,21): the prompt's template has a { at")]
    [InlineData("\"praise\": [\"praise\", \"positive\"]", "\"prays\": [\"praise\"]", "the label \"prays\" is not one of: ")]
    [InlineData("\"praise\": [\"praise\", \"positive\"]", "\"praise\": []", "study.json(5,14): the label \"praise\" has an empty wording")]
    [InlineData("\"upTo\": 2", "\"upTo\": 12", "study.json(5,14): up to 12 demonstrations of 12 different training items leave none to score")]
    [InlineData("\"instruction\": \"Decide.\"", "\"demonstrations\": [{ \"word\": \"good\", \"label\": \"prase\" }]", "study.json(5,14): the label \"prase\" is not one of: ")]
    [InlineData("\"candidates\": 6", "\"use\": \"opro\"", "opro writes instructions, but pipeline.steps[1].open has no \"instruction\". Open it with {}, leave this step as you wrote it with \"open\": {}, or use few-shot-search.")]
    [InlineData("\"candidates\": 6", "\"use\": \"bootstrap-few-shot\"", "bootstrap-few-shot chooses examples, but pipeline.steps[0].open has no \"demonstrations\". Leave this step as you wrote it with \"open\": {}, or use opro.")]
    [InlineData("\"candidates\": 6", "\"use\": \"fun-search\"", "search.use is fun-search, which searches programs")]
    [InlineData("\"seed\": 1\n}", "\"model\": { \"baseUrl\": \"http://127.0.0.1:1/v1\", \"name\": \"x\", \"maxReplyTokens\": 0 } }", "study.json(15,81): model.maxReplyTokens is 0")]
    public async Task Run_BadFile_OneSentenceWithItsPlace(string good, string bad, string words)
    {
        Assert.Contains(good, Study, StringComparison.Ordinal);
        using Cli cli = Row(Study.Replace(good, bad, StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.Contains(words, cli.ErrorHere, StringComparison.Ordinal);
        Assert.StartsWith("study.json(", cli.ErrorHere, StringComparison.Ordinal);
        Assert.False(File.Exists(cli.File("ansatz.db")));
    }

    [Theory]
    [InlineData(0, "none")]
    [InlineData(1, "one")]
    public async Task Run_TooFewSteps_SaysThatOneIsAPrompt(int steps, string count)
    {
        using Cli cli = Row($$"""
            { "data": { "file": "rows.csv" }, "pipeline": { "steps": [{{(steps == 0 ? "" : """{ "template": "{text}: {label}" }""")}}] } }
            """);

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.StartsWith($"study.json(1,58): pipeline.steps has {count}, and a pipeline has at least two; a single one is a \"prompt\".", cli.ErrorHere, StringComparison.Ordinal);
    }

    /// <summary>Rows that differ in a column which no template shows look the same to the model: one may be shown with its answer, and the other be scored.</summary>
    [Fact]
    public async Task Run_RowsThatLookTheSame_AreRefused()
    {
        using Cli cli = Row(Study.Replace("\"noun\": \"reviews\",", "\"input\": [\"text\", \"id\"],", StringComparison.Ordinal));
        cli.Write("rows.csv", "id,text,label\n" + string.Concat(Enumerable.Range(0, 120).Select(i => $"{i},It is {(i % 2 == 0 ? "good" : "bad")} thing {i % 60},{(i % 2 == 0 ? "praise" : "complaint")}\n")));

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "study.json"));

        Assert.Contains("hat the template shows of ", cli.ErrorHere, StringComparison.Ordinal);
        Assert.Contains("a prompt would be scored on what it contains.", cli.ErrorHere, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OptionThatQuotesATestItem_IsRefusedBeforeAnythingIsSpent()
    {
        using Cli cli = Row(Study.Replace("Name the adjective.", "Think of: it is good thing number five hundred and twelve.", StringComparison.Ordinal));
        cli.Write("rows.csv", Cli.Rows + string.Concat(Enumerable.Range(0, 60).Select(i => $"\nIt is good thing number five hundred and {(i == 7 ? "twelve" : $"n{i}")},praise")));
        bool isRefused = false;

        // Which split the row goes to is drawn: train may be quoted by the user, the others may not.
        for (int seed = 1; seed <= 4 && !isRefused; seed++)
        {
            cli.Write("study.json", Study.Replace("Name the adjective.", "Think of: it is good thing number five hundred and twelve.", StringComparison.Ordinal)
                .Replace("\"test\": 40, \"seed\": 1", $"\"test\": 140, \"seed\": {seed}", StringComparison.Ordinal));
            isRefused = await cli.RunAsync("run", "study.json", "--dry-run") == App.WrongUse;
        }

        Assert.True(isRefused);
        Assert.Contains("our pipeline contains an item of the validation or test split", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OtherModelOrAsInstructions_RunsAllStepsThere()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(asked => asked.Contains("Word: good\nKind:", StringComparison.Ordinal) ? "praise" : asked.Contains("Kind:", StringComparison.Ordinal) ? "complaint" : asked.Contains("good", StringComparison.Ordinal) ? "good" : "bad", (_, _) => Trouble.None);
        using Cli cli = Row(Study.Replace(", \"label\": { \"praise\": [\"praise\", \"positive\"], \"complaint\": [\"complaint\", \"negative\"] }", "", StringComparison.Ordinal));
        Assert.True(await cli.RunAsync("run", "study.json") == App.Done, cli.Error);

        string[] check = ["check", "row", "--model", $$"""{ "baseUrl": "{{server.Url}}", "name": "tiny" }""", "--as-instructions"];
        Assert.True(await cli.RunAsync([.. check, "--dry-run"]) == App.Done, cli.Error);
        Assert.Matches("^What \"row\" found, on its test reviews and tiny at .*: 40 rollouts\ncalls: at most 80 of tiny at .*: .* tokens, their price is not known; say it under \"prices\"\nNothing was spent or kept.\n$", cli.Output);
        Assert.Empty(server.Requests);

        Assert.True(await cli.RunAsync(check) == App.Done, cli.Error);

        Assert.Equal(2 * 40, server.Requests.Count);
        Assert.Contains(server.Requests, r => r.Body!["messages"]![0]!["content"]!.ToString() == "Name the adjective.");
        Assert.All(server.Requests, r => Assert.StartsWith(r.Body!["messages"]!.AsArray()[^1]!["content"]!.ToString() is var last && last.EndsWith("Word:", StringComparison.Ordinal) ? "Review: " : "Word: ", last, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Transfer_Pipeline_IsRefusedInASentence()
    {
        using Cli cli = Row();
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.WrongUse, await cli.RunAsync("transfer", "row", "--model", "embedded"));

        Assert.Contains("\"row\" searched a pipeline; transfer is for single prompts.", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_Pipeline_RunsEachSearchOnEachSeedAndNamesItsControl()
    {
        using Cli cli = Row();
        cli.Write("series.json", """
            { "study": "study.json", "seeds": 2, "searches": { "few-shot": { "use": "few-shot-search", "candidates": 3 }, "mipro": { "use": "mipro-v2" } } }
            """);

        Assert.True(await cli.RunAsync("compare", "series.json") == App.Done, cli.Error);

        string words = Words(cli.Output);
        Assert.Contains("series/mipro/2: ", words, StringComparison.Ordinal);
        Assert.Contains("mipro: random combinations", words, StringComparison.Ordinal);
        Assert.Contains("no instructions", words, StringComparison.Ordinal);
    }

    // The first step names the adjective where it is told to, else the thing; the second knows what an adjective says. Asked for an instruction, it has one.
    private static Cli Row(string study = Study)
    {
        Cli cli = Cli.WithStudy(study);
        cli.Model.Skill = _ => 1;
        cli.Model.Reply = asked => asked.EndsWith("Word:", StringComparison.Ordinal)
            ? asked[asked.LastIndexOf("Review: ", StringComparison.Ordinal)..].Split(' ')[asked.Contains("adjective", StringComparison.Ordinal) ? 3 : 4]
            : "Think.";
        return cli;
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
