using System.Text.Json.Nodes;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Web;

namespace Ansatz.Cli.Tests.Commands;

/// <summary>list, show, report, try, export: what is stored is enough for them.</summary>
public sealed class StoredCommandsTests
{
    [Fact]
    public async Task ListShowExportTry_StudyFileAndDataGone_StillWork()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");
        File.Delete(cli.File("study.json"));
        File.Delete(cli.File("rows.csv"));

        Assert.Equal(App.Done, await cli.RunAsync("list"));
        Assert.Contains("judged", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("show", "tiny"));
        Assert.Contains(" It helped: ", cli.Output, StringComparison.Ordinal);
        Assert.Contains("Review: {text}", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("export", "tiny", "--as", "messages"));
        Assert.Equal("user", JsonNode.Parse(cli.Output)![0]!["role"]!.GetValue<string>());
        Assert.Equal(App.Done, await cli.RunAsync("export", "tiny", "--as", "csharp"));
        Assert.Contains("public static class FoundPrompt", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.TypeAsync("This is good thing 1\nThis is bad thing 3\n", "try", "tiny"));
        Assert.All(cli.Output.Trim().Split('\n'), l => Assert.EndsWith(" %", l, StringComparison.Ordinal));
        Assert.Equal("", cli.Error);
        Assert.Equal(App.WrongUse, await cli.RunAsync("export", "tiny", "--to", "out.txt"));
        Assert.Equal("--to belongs to --as project, and this is written as text, to the screen; leave it out, or send the output to a file with >.\n", cli.Error);
    }

    [Fact]
    public async Task Report_DataStillThere_IsWrittenAgainTheSame()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");
        File.Delete(cli.File("study.json"));
        string first = await File.ReadAllTextAsync(cli.File("runs/tiny/report.html"), TestContext.Current.CancellationToken);

        Assert.Equal(App.Done, await cli.RunAsync("report", "tiny", "--to", "again.html"));

        string again = await File.ReadAllTextAsync(cli.File("again.html"), TestContext.Current.CancellationToken);
        Assert.Equal(first.Replace("ansatz run study.json", "ansatz report tiny", StringComparison.Ordinal), again);
    }

    [Fact]
    public async Task Report_FoundInSteps_ShowsThemFromYours()
    {
        using Cli cli = Cli.WithStudy(Cli.Study
            .Replace("\"candidates\": 6", "\"use\": \"grips\", \"candidates\": 20", StringComparison.Ordinal)
            .Replace("\"Decide.\"", "\"Say without a doubt, in a word or two, which of them it is.\"", StringComparison.Ordinal));
        cli.Model.Skill = prefix => prefix.Contains("doubt", StringComparison.Ordinal) ? 0.4 : prefix.Contains("word", StringComparison.Ordinal) ? 0.6 : 0.9;

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));

        string report = await File.ReadAllTextAsync(cli.File("runs/tiny/report.html"), TestContext.Current.CancellationToken);
        Assert.Contains("Where it came from", report, StringComparison.Ordinal);
        Assert.Contains("Every prompt was made from the one before it.", report, StringComparison.Ordinal);
    }

    /// <summary>Examples are better by one validation item of 60, 1.7 points: less than simplifying may lose, so it goes back to yours, which had been given up.</summary>
    [Fact]
    public async Task Report_SimplifiedBackToYours_SaysWhatWasBetterAndNotThatYoursWasGivenUp()
    {
        using Cli cli = Cli.WithStudy(Cli.Study
            .Replace("\"train\": 12, \"validation\": 20", "\"train\": 20, \"validation\": 60", StringComparison.Ordinal)
            .Replace("\"instruction\": {}, ", "", StringComparison.Ordinal)
            .Replace(", \"label\": { \"praise\": [\"praise\", \"positive\"], \"complaint\": [\"complaint\", \"negative\"] }", "", StringComparison.Ordinal)
            .Replace("\"candidates\": 6", "\"candidates\": 40", StringComparison.Ordinal));
        cli.Model.GainOfExamples = 0.003;

        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));

        string said = string.Join(' ', cli.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("The search ended with yours, so there is no difference to judge: ", said, StringComparison.Ordinal);
        Assert.Contains("What was found is your own prompt: the best that was tried did better on validation by 1.7 points, but simplifying it led back to yours.", said, StringComparison.Ordinal);

        Endpoints endpoints = new();
        endpoints.Add(Endpoints.Embedded, () => cli.Model);
        using PromptStudy prompt = PromptStudy.Load(StudyFileReader.Read(cli.File("study.json"), "study.json"), cli.File(""), endpoints);
        await using Journal journal = Journal.Open(cli.File("ansatz.db"));
        StoredStudy stored = journal.Find("tiny")!;
        ReportTrial yours = Assert.Single(PromptReport.Of(prompt, journal, stored.Verdict!, "again").Trials, t => t.Arm == "found" && t.Id == stored.Verdict!.Found.CandidateId);
        Assert.True(journal.Candidates(stored, "found").First(c => c.Id == yours.Id).IsPruned);
        Assert.Equal(TrialState.Completed, yours.State);
    }

    [Fact]
    public async Task Check_SameModel_HoldsAndSaysHowOften()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");
        string[] history = await cli.HistoryAsync("tiny");

        Assert.Equal(App.Done, await cli.RunAsync("check", "tiny"));
        Assert.Contains("\"tiny\" holds: ", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("check", "tiny", "--json"));

        JsonNode second = JsonNode.Parse(cli.Output)!;
        Assert.Equal(2, second["check"]!.GetValue<int>());
        Assert.Equal(0, second["difference"]!.GetValue<double>());
        Assert.Equal(40, second["rollouts"]!.GetValue<int>());
        Assert.Equal(history, await cli.HistoryAsync("tiny")); // a check is no part of what was searched and judged
    }

    [Fact]
    public async Task Check_ModelThatHasBecomeWorse_FailsWithTheBound()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");
        cli.Model.IsSpoilt = true;

        Assert.Equal(App.NoLongerHolds, await cli.RunAsync("check", "tiny"));

        Assert.Contains("\"tiny\" no longer holds: ", cli.Output, StringComparison.Ordinal);
        Assert.Contains("below the verdict's bound of ", cli.Output.ReplaceLineEndings(" ").Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NotJudged_IsRefused()
    {
        using Cli cli = Cli.WithStudy();
        cli.Model.BeforeBlock = block => throw new FaultException("The world failed.");
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.WrongUse, await cli.RunAsync("check", "tiny"));
        Assert.Equal("The study \"tiny\" has no verdict yet; the command that began it goes on.\n", cli.Error);
    }

    [Fact]
    public async Task Check_Stopped_SaysThatItGoesOn()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.Interrupted, await cli.RunAsync("", ["check", "tiny"], new CancellationToken(canceled: true)));

        Assert.Equal("Stopped. What was measured is kept; the same command goes on.\n", cli.Error);
    }

    /// <summary>No text of the user's is left in any byte of the database or the report; the numbers are.</summary>
    [Fact]
    public async Task Forget_JudgedStudy_ErasesTextsAndKeepsNumbers()
    {
        using Cli cli = Cli.WithStudy(Cli.Study.Replace("Decide.", "Unforgettable words.", StringComparison.Ordinal));
        await cli.RunAsync("run", "study.json");
        Assert.Equal(App.Done, await cli.RunAsync("show", "tiny"));
        string verdict = cli.Output[cli.Output.IndexOf("It helped", StringComparison.Ordinal)..cli.Output.IndexOf(" Found:", StringComparison.Ordinal)].Trim();

        Assert.Equal(App.Done, await cli.RunAsync("check", "tiny"));

        Assert.Equal(App.WrongUse, await cli.RunAsync("forget", "tiny"));
        Assert.Contains("Say --yes", cli.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(cli.File("runs/tiny/report.html.tmp"), "what a run that was killed has left", TestContext.Current.CancellationToken);
        Assert.Equal(App.Done, await cli.RunAsync("forget", "tiny", "--yes"));

        foreach (string file in Directory.EnumerateFiles(cli.File(""), "ansatz.db*"))
        {
            string bytes = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            Assert.DoesNotContain("Unforgettable", bytes, StringComparison.Ordinal);
            Assert.DoesNotContain("thing 1", bytes, StringComparison.Ordinal); // an item, as a demonstration
            Assert.DoesNotContain("complaint", bytes, StringComparison.Ordinal); // a label, as an output of search, judge and check
        }

        Assert.False(Directory.Exists(cli.File("runs/tiny")));
        Assert.Equal(App.Done, await cli.RunAsync("forget", "tiny", "--yes")); // again, with no folder there
        Assert.Equal(App.Done, await cli.RunAsync("show", "tiny"));
        Assert.Contains(verdict, cli.Output, StringComparison.Ordinal);
        foreach (string[] command in (string[][])[["run", "study.json"], ["export", "tiny"], ["try", "tiny"], ["report", "tiny"], ["check", "tiny"]])
        {
            Assert.Equal(App.WrongUse, await cli.RunAsync(command));
            Assert.StartsWith("The texts of the study \"tiny\" were erased on ", cli.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Report_DataChanged_IsRefused()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");
        cli.Write("rows.csv", Cli.Rows.Replace("thing", "item", StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync("report", "tiny"));
        Assert.Contains("data.contents", cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show")]
    [InlineData("try")]
    [InlineData("export")]
    [InlineData("report")]
    public async Task StudyOfThatNameIsNotThere_SuggestsTheNearest(string command)
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.WrongUse, await cli.RunAsync(command, "tinny"));

        Assert.Equal("ansatz.db holds no study \"tinny\"; it holds: tiny. Did you mean \"tiny\"?\n", cli.Error);
    }

    [Fact]
    public async Task Show_NotFinished_SaysSo()
    {
        using Cli cli = Cli.WithStudy();
        cli.Model.BeforeBlock = n => _ = n == 3 ? throw new FaultException("down") : n;
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.Done, await cli.RunAsync("show", "tiny"));
        Assert.Contains("No verdict yet", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.WrongUse, await cli.RunAsync("export", "tiny"));
        Assert.Contains("has no verdict yet", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShowJson_IsOneObject()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.Done, await cli.RunAsync("show", "tiny", "--json"));

        JsonNode shown = JsonNode.Parse(cli.Output)!;
        Assert.Equal(("Better", 40), (shown["finding"]!.GetValue<string>(), shown["verdict"]!["items"]!.GetValue<int>()));
    }

    [Fact]
    public async Task List_NoDatabase_SaysSoAndMakesNone()
    {
        using Cli cli = new();

        Assert.Equal(App.WrongUse, await cli.RunAsync("list"));

        Assert.Equal("There is no ansatz.db, so no study has been run here. Go to the folder where it was run, or name the database with --db.\n", cli.Error);
        Assert.False(File.Exists(cli.File("ansatz.db")));
    }

    [Fact]
    public async Task Check_ModelIsAnAddress_SaysHowToNameAnEndpoint()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");

        Assert.Equal(App.WrongUse, await cli.RunAsync("check", "tiny", "--model", "http://127.0.0.1:1/v1"));

        Assert.Equal("--model names an endpoint as study.json does, with the model's name: --model '{ \"baseUrl\": \"http://127.0.0.1:1/v1\", \"name\": \"...\" }'.\n", cli.Error);
    }

    /// <summary>Asks that were out at once took the clock's time once.</summary>
    [Fact]
    public async Task Computed_BlocksAtOnce_CountOnce()
    {
        using Cli cli = Cli.WithStudy();
        await cli.RunAsync("run", "study.json");
        string path = cli.File("ansatz.db");
        await using (Microsoft.Data.Sqlite.SqliteConnection connection = new($"Data Source={path};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
            command.CommandText = "UPDATE effect SET finished = NULL, milliseconds = NULL; UPDATE effect SET milliseconds = 3000, finished = '2026-01-01T00:00:0' || (3 + number) || '.0000000+00:00' WHERE arm = 'found' AND number < 3;";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using Journal journal = Journal.OpenToRead(path);
        Assert.Equal(TimeSpan.FromSeconds(5), StoredBlock.Computed(journal, "tiny")); // 0 to 3, 1 to 4, 2 to 5
    }
}
