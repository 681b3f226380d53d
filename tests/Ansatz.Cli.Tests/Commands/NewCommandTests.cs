using System.Globalization;

namespace Ansatz.Cli.Tests.Commands;

public sealed class NewCommandTests
{
    [Fact]
    public async Task New_TwoColumns_WritesAStudyThatRuns()
    {
        using Cli cli = new();
        cli.Write("rows.csv", Cli.Rows);

        Assert.Equal(App.Done, await cli.RunAsync("new", "rows.csv"));

        Assert.Equal("", cli.Error);
        Assert.Contains("120 rows; column \"text\" in, column \"label\" out.", cli.Output, StringComparison.Ordinal);
        Assert.Contains("Split: 20 train, 30 validation, 70 test. With 70 test rows a true difference of ", cli.Output, StringComparison.Ordinal);
        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));
        Assert.Contains("rows: sort rows into praise and complaint", cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("body,sentiment", "body", "sentiment")]
    [InlineData("id,Question,Category", "Question", "Category")]
    [InlineData("words,kind of thing", "words", "kind of thing")]
    public async Task New_OtherNames_GuessesTheColumns(string header, string input, string answer)
    {
        using Cli cli = new();
        bool hasId = header.StartsWith("id", StringComparison.Ordinal);
        cli.Write("rows.csv", header + "\n" + string.Join('\n', Enumerable.Range(0, 60).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"{(hasId ? $"{i}," : "")}a longer text of number {i},{(i % 2 == 0 ? "a" : "b")}"))));

        Assert.Equal(App.Done, await cli.RunAsync("new", "rows.csv"));

        Assert.Contains($"column \"{input}\" in, column \"{answer}\" out.", cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(49, "rows.csv has 49 different rows; at least 50 are needed. On fewer, a verdict could show nothing but a miracle: label some more first.\n")]
    [InlineData(1, "rows.csv has 1 different row; at least 50 are needed.")]
    [InlineData(0, "rows.csv holds no rows of data.")]
    public async Task New_TooFewRows_IsRefused(int rows, string message)
    {
        using Cli cli = new();
        cli.Write("rows.csv", string.Join('\n', Cli.Rows.Split('\n').Take(rows + 1)));

        Assert.Equal(App.WrongUse, await cli.RunAsync("new", "rows.csv"));

        Assert.StartsWith(message, cli.ErrorHere, StringComparison.Ordinal);
        Assert.False(File.Exists(cli.File("study.json")));
    }

    [Fact]
    public async Task New_StudyFileIsThere_LeavesItAlone()
    {
        using Cli cli = Cli.WithStudy();

        Assert.Equal(App.WrongUse, await cli.RunAsync("new", "rows.csv"));

        Assert.Equal("study.json exists already; name another file with --to.\n", cli.Error);
        Assert.Equal(Cli.Study, await File.ReadAllTextAsync(cli.File("study.json"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("text\nhello\n", "rows.csv has one column, \"text\"; a column of texts and a column of right answers are needed, with their names in the first line.\n")]
    [InlineData("", "")]
    public async Task New_NoAnswers_SaysWhatIsNeeded(string text, string message)
    {
        using Cli cli = new();
        cli.Write("rows.csv", text);

        Assert.Equal(App.WrongUse, await cli.RunAsync("new", "rows.csv"));

        Assert.StartsWith(message, cli.Error, StringComparison.Ordinal);
        Assert.Single(cli.Error.Trim().Split('\n'));
    }

    [Theory]
    [InlineData(",label", new string[0], "rows.csv: the first column has no name; name it in the first line.\n")]
    [InlineData(",label", new[] { "--input", "", "--answer", "label" }, "rows.csv: the first column has no name; name it in the first line.\n")]
    [InlineData("text,", new string[0], "rows.csv: column 2 has no name; name it in the first line.\n")]
    [InlineData("text,label", new[] { "--input", "", "--answer", "label" }, "--input and --answer take the name of a column, and an empty text is none.\n")]
    public async Task New_ColumnWithoutAName_IsRefusedInOneSentence(string header, string[] options, string message)
    {
        using Cli cli = new();
        cli.Write("rows.csv", Cli.Rows.Replace("text,label", header, StringComparison.Ordinal));

        Assert.Equal(App.WrongUse, await cli.RunAsync(["new", "rows.csv", .. options]));

        Assert.Equal(message, cli.ErrorHere);
    }

    [Fact]
    public async Task New_RowsWithoutALineOfNames_IsRefused()
    {
        using Cli cli = new();
        cli.Write("rows.csv", Cli.Rows.Split('\n', 2)[1]);

        Assert.Equal(App.WrongUse, await cli.RunAsync("new", "rows.csv"));

        Assert.Matches("^rows.csv: \"(praise|complaint)\" is the name of the column of answers, and one of the answers: the first line seems to be a row, and no names\\.", cli.ErrorHere);
    }

    /// <summary>Whether it is spam is often said in a column called spam.</summary>
    [Fact]
    public async Task New_ColumnCalledAsOneOfItsAnswers_IsTaken()
    {
        using Cli cli = new();
        cli.Write("rows.csv", Cli.Rows.Replace("text,label", "text,praise", StringComparison.Ordinal));

        Assert.True(await cli.RunAsync("new", "rows.csv") == App.Done, cli.Error);
    }

    [Theory]
    [InlineData("praise, loud", true)]
    [InlineData("praises", false)]
    public async Task New_LabelThatBeginsWithAnother_IsTold(string label, bool isTold)
    {
        using Cli cli = new();
        cli.Write("rows.csv", Cli.Rows.Replace("complaint", $"\"{label}\"", StringComparison.Ordinal));

        Assert.True(await cli.RunAsync("new", "rows.csv") == App.Done, cli.Error);

        Assert.Equal(isTold, cli.Output.Contains("The label \"praise, loud\" begins with the label \"praise\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task New_NoSuchFileBesideAStudy_SaysSo()
    {
        using Cli cli = Cli.WithStudy();

        await cli.RunAsync("new", "nothing.csv");

        Assert.Contains("nothing.csv", cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("study.json", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_LabelsThatDifferInCaseAlone_IsRefused()
    {
        using Cli cli = new();
        cli.Write("rows.csv", Cli.Rows + "\nOne more thing,Praise\n");

        Assert.Equal(App.WrongUse, await cli.RunAsync("new", "rows.csv"));

        Assert.Equal("rows.csv: the labels \"praise\" and \"Praise\" differ in case, spaces or punctuation alone. Write them alike, or rename one of them.\n", cli.ErrorHere);
        Assert.False(File.Exists(cli.File("study.json")));
    }

    [Fact]
    public async Task New_OneLabelNearlyAlways_SaysThatItIsRightThatOften()
    {
        using Cli cli = new();
        cli.Write("rows.csv", "text,label\n" + string.Join('\n', Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"text {i},{(i % 10 == 0 ? "b" : "a")}"))));

        Assert.Equal(App.Done, await cli.RunAsync("new", "rows.csv"));

        Assert.Contains("90 % of the rows are \"a\": a prompt that always says so is right that often.", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_TextUnderTwoAnswers_NamesBothRows()
    {
        using Cli cli = new();
        cli.Write("rows.csv", Cli.Rows.TrimEnd('\n') + "\nThe very same,praise\nthe very same!,complaint\n");

        Assert.Equal(App.Done, await cli.RunAsync("new", "rows.csv"));

        Assert.Contains("1 text stands under different answers, and its first one counts: rows.csv(122): \"praise\"; rows.csv(123): \"complaint\".", cli.Output.Replace(cli.File("") + Path.DirectorySeparatorChar, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_ColumnThatIsNotThere_SuggestsTheNearest()
    {
        using Cli cli = new();
        cli.Write("rows.csv", Cli.Rows);

        Assert.Equal(App.WrongUse, await cli.RunAsync("new", "rows.csv", "--answer", "labels"));

        Assert.Equal("rows.csv has no column \"labels\"; its columns are: \"text\", \"label\". Did you mean \"label\"?\n", cli.Error);
    }

    [Theory]
    [InlineData(49)]
    [InlineData(50)]
    [InlineData(120)]
    [InlineData(420)]
    [InlineData(100_000)]
    public void SplitSizes_AnyNumberOfRows_UseNoMoreThanThereAre(int rows)
    {
        SplitSizes? sizes = SplitSizes.For(rows);

        Assert.Equal(rows >= SplitSizes.Floor, sizes is not null);
        Assert.True(sizes is null || sizes.Train + sizes.Validation + sizes.Test <= rows);
        Assert.True(sizes is null || sizes.Test >= sizes.Validation);
    }

    [Fact]
    public async Task New_EveryTextUnderTwoAnswers_IsRefused()
    {
        using Cli cli = new();
        cli.Write("both.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"text number {i},open\ntext number {i},closed\n")));

        Assert.Equal(App.WrongUse, await cli.RunAsync("new", "both.csv"));

        Assert.Equal("both.csv: every text stands under \"open\" first, and again under another answer: only the first counts, so there is nothing to tell apart. Keep one row of each text.\n", cli.Error);
    }
}
