using System.Globalization;
using System.Text.RegularExpressions;

namespace Ansatz.Cli.Tests.Commands;

/// <summary>Studies whose answers are no labels, from file to verdict.</summary>
public sealed partial class ScorerStudyTests
{
    private const string Study = """
        {
          "name": "sums",
          "data": { "file": "sums.csv", "split": { "train": 10, "validation": 20, "test": 40, "seed": 1 } },
          "prompt": { "template": "{instruction}{demonstrations}{question}\n{answer}", "yours": { "instruction": "Add." }, "open": { "instruction": { "options": ["Think carefully."] } } },
          "scorer": SCORER,
          "search": { "candidates": 3 }
        }
        """;

    private static string Sums => "question,answer\n" + string.Join('\n', Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"How much is {i} and 1000?,{i + 1000}")));

    [Fact]
    public async Task Run_Numbers_AreReadInAnyNotation()
    {
        using Cli cli = With("\"number\"");

        Assert.Equal(App.Done, await cli.RunAsync("run", "sums.json"));

        Assert.Contains("100.0 % right instead of 12.5 %", cli.Output, StringComparison.Ordinal); // "Think carefully.": 1,012
        Assert.Equal(App.Done, await cli.TypeAsync("How much is 7 and 1000?", "try", "sums"));
        Assert.Contains("1,007", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Graded_CountsTheGradersCalls()
    {
        using Cli cli = With("""{ "use": "graded", "rubric": "Right is a reply that says a number.", "grader": "embedded" }""");

        Assert.Equal(App.Done, await cli.RunAsync("run", "sums.json"));

        Assert.Contains("100.0 % right instead of 12.5 %", cli.Output, StringComparison.Ordinal);
        await using Journal journal = Journal.Open(cli.File("ansatz.db"));
        StoredStudy study = journal.Find("sums")!;
        StoredBlock[] blocks = [.. StoredBlock.Of(journal, study, "yours")];
        Assert.NotEmpty(blocks);
        Assert.All(blocks.SelectMany(b => b.Outcomes), o => Assert.Equal(2, o.Cost.Calls));
        Assert.Matches(@"\d+\s+tokens\s+an\s+item,\s+the\s+grader's\s+included;\s+yours\s+takes\s+\d+\.", cli.Output);
    }

    [Fact]
    public async Task Run_AnswerThatNoReplyCouldMatch_StartsOnlyWithoutItsRow()
    {
        using Cli cli = With("\"number\"");
        cli.Write("sums.csv", Sums + "\nHow much is love?,much");

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "sums.json"));
        Assert.Equal("sums.csv(102): the answer \"much\" is not one number: no reply could be right. --skip-bad-rows leaves such rows out.\n", cli.ErrorHere);
        Assert.Equal(App.Done, await cli.RunAsync("run", "sums.json", "--skip-bad-rows"));
        Assert.Contains("1 bad row was left out, the first of them:", cli.Error + cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FormatWithOtherColumns_SaysWhichItHas()
    {
        using Cli cli = With("\"number\"");
        cli.Write("sums.json", File.ReadAllText(cli.File("sums.json")).Replace("\"sums.csv\",", "\"sums.tsv\", \"format\": \"gsm8k\",", StringComparison.Ordinal).Replace("{question}", "{text}", StringComparison.Ordinal));
        cli.Write("sums.tsv", Tabs());

        Assert.Equal(App.WrongUse, await cli.RunAsync("run", "sums.json"));
        Assert.EndsWith("data in the format gsm8k have the columns \"question\" and \"answer\": the template needs the hole {question}, and ends with {answer}.\n", cli.Error, StringComparison.Ordinal);

        cli.Write("sums.json", File.ReadAllText(cli.File("sums.json")).Replace("{text}", "{question}", StringComparison.Ordinal));
        Assert.Equal(App.Done, await cli.RunAsync("run", "sums.json", "--dry-run"));

        static string Tabs() => string.Join('\n', Sums.Split('\n').Skip(1).Select(l => l.Replace(',', '\t') + "\tb'because'"));
    }

    [Fact]
    public async Task New_NumbersAsAnswers_AreScoredAsNumbers()
    {
        using Cli cli = new();
        cli.Write("sums.csv", Sums);

        Assert.Equal(App.Done, await cli.RunAsync("new", "sums.csv"));

        Assert.Contains("\"scorer\": \"number\"", await File.ReadAllTextAsync(cli.File("study.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("100 different answers: they are taken as numbers, right whatever their notation.", cli.Output, StringComparison.Ordinal);
    }

    private static Cli With(string scorer)
    {
        Cli cli = new();
        cli.Write("sums.csv", Sums);
        cli.Write("sums.json", Study.Replace("SCORER", scorer, StringComparison.Ordinal));
        cli.Model.Reply = message =>
            message.Contains("Grade:", StringComparison.Ordinal) ? $"So it is.\nGrade: {(message.Contains("The answer is", StringComparison.Ordinal) ? "right" : "wrong")}"
            : First().Match(message) is { Success: true } match && (message.Contains("carefully", StringComparison.Ordinal) || match.Value.Length == 1)
                ? string.Create(CultureInfo.InvariantCulture, $"The answer is {int.Parse(match.Value, CultureInfo.InvariantCulture) + 1000:N0}.")
                : "I cannot say.";
        return cli;
    }

    [GeneratedRegex(@"(?<=How much is )\d+(?!.*How much)", RegexOptions.Singleline)]
    private static partial Regex First();
}
