namespace Ansatz.Language.Tests;

public sealed class BenchmarkLoadersTests
{
    [Fact]
    public void BigBenchHard_GoldThatIsNoOption_IsFoundAndNamed()
    {
        string path = TestFiles.Sample("bbh-movie-excerpt.json"); // examples 161 to 165 of movie_recommendation

        InputException e = Assert.Throws<InputException>(() => BigBenchHard.Load(path));
        Dataset movies = BigBenchHard.Load(path, skipBadRows: true);

        Assert.EndsWith(
            "bbh-movie-excerpt.json(1): example 4: the answer \"Monsters, Inc\" is not the letter of a choice, such as (A): no reply could be right. --skip-bad-rows leaves such rows out.",
            e.Message,
            StringComparison.Ordinal);
        Assert.Equal(["(A)", "(C)", "(B)", "(B)"], movies.Items.Select(i => i.Answer));
        Assert.Single(movies.Skipped);
        Assert.EndsWith("bbh-movie-excerpt.json(1): example 5", movies.Items[^1].Source, StringComparison.Ordinal);
        Assert.StartsWith("Find a movie similar to Gladiator", movies.Items[0].Fields["input"], StringComparison.Ordinal);
        Assert.All(movies.Items, i => Assert.Null(new ChoiceScorer().Flaw(i)));
    }

    [Fact]
    public void BigBenchHard_OptionsWithDashes_AreRead()
    {
        Dataset fallacies = BigBenchHard.Load(TestFiles.Sample("bbh-fallacies-excerpt.json"));

        Assert.Equal(["invalid", "invalid", "invalid", "valid"], fallacies.Items.Select(i => i.Answer));
        Assert.EndsWith("Options:\n- valid \n- invalid", fallacies.Items[0].Fields["input"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"examples":[{"input":"Which?\nOptions:\n(A) dearth\n(B) wind\n(C) & fire","target":"dearth, wind, & fire"}]}""", "(1): example 1: the answer \"dearth, wind, & fire\" is not the letter of a choice, such as (A): no reply could be right.")]
    [InlineData("{\"examples\":[\n{\"input\":\"a\",\"target\":\"b\"},\n{\"input\":\"Which?\\nOptions:\\n(A) x\\n(B) y\",\"target\":\"(C)\"}]}", "(3): example 2: the answer \"(C)\" is not one of the choices (A) to (B): no reply could be right.")]
    [InlineData("""{"examples":[{"input":"Is it?\nOptions:\n- Yes\n- No","target":"Maybe"}]}""", "(1): example 1: the answer \"Maybe\" is not one of the options Yes, No: no reply could be right.")]
    [InlineData("""{"examples":[{"input":"a"}]}""", "(1): example 1: there is no text \"target\".")]
    [InlineData("""{"examples":[{"input":"a","target":1}]}""", "(1): example 1: there is no text \"target\".")]
    [InlineData("""{"examples":[[]]}""", "(1): example 1: there is no text \"input\".")]
    [InlineData("""{"examples":[{"input":"","target":"b"}]}""", "(1): example 1: the column \"input\" is empty.")]
    [InlineData("""{"examples":[{"input":"\ud800","target":"b"}]}""", "(1): example 1 holds half of a surrogate pair, which is no text.")]
    [InlineData("""{"examples":[]}""", " holds no rows of data.")]
    [InlineData("""{"canary":{"examples":[1]}}""", ": there is no list \"examples\" in it")]
    [InlineData("[]", ": there is no list \"examples\" in it")]
    [InlineData("{\"examples\":[{\"input\":\"a\",\n\"target\":}]}", "(2): the file is not valid JSON from character 10 of the line on.")]
    [InlineData("", "(1): the file is not valid JSON from character 1 of the line on.")]
    public void BigBenchHard_BadFile_SaysWhereAndWhat(string content, string expected)
    {
        InputException e = Assert.Throws<InputException>(() => TestFiles.With(content, p => BigBenchHard.Load(p), "task.json"));

        Assert.Contains("task.json" + expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gsm8k_DoubleQuotes_AreText()
    {
        Dataset rows = Gsm8k.Load(TestFiles.Sample("gsm8k-excerpt.tsv"));

        Assert.Equal(["18", "3", "70000", "3", "21"], rows.Items.Select(i => i.Answer));
        Assert.StartsWith("9 out of 10 cheerleaders are 64\" tall.", rows.Items[^1].Fields["question"], StringComparison.Ordinal);
        Assert.Equal(["question"], rows.Inputs);
    }

    [Theory]
    [InlineData("How many?\tmany\tb'x'\n", "(1): the answer \"many\" is not one number: no reply could be right.")]
    [InlineData("How many?\t3\tb'x'\nHow many?\t3\n", "(2): the row has 2 columns where 3 are named.")]
    public void Gsm8k_BadRow_SaysWhereAndWhat(string content, string expected) => Assert.Contains(
        "gsm.tsv" + expected, Assert.Throws<InputException>(() => TestFiles.With(content, p => Gsm8k.Load(p), "gsm.tsv")).Message, StringComparison.Ordinal);

    [Fact]
    public void Mmlu_Choices_AreLinesOfTheQuestion()
    {
        Dataset anatomy = Mmlu.Load(TestFiles.Sample("mmlu-anatomy-excerpt.csv"));

        Assert.Equal(["A", "B", "A", "C"], anatomy.Items.Select(i => i.Answer));
        Assert.Equal(
            "Which of the following best describes the structure that collects urine in the body?\n(A) Bladder\n(B) Kidney\n(C) Ureter\n(D) Urethra", anatomy.Items[2].Fields["question"]);
        Assert.StartsWith("A \"dished face\" profile is often associated with\n(A) a protruding", anatomy.Items[1].Fields["question"], StringComparison.Ordinal);
        Assert.Equal(new Scored(1, "A"), new ChoiceScorer().Score("The bladder is the place, so the answer is Bladder.", anatomy.Items[2]));
    }

    [Theory]
    [InlineData("Q,a,b,c,d,E\n", "(1): the label \"E\" is not one of: A, B, C, D.")]
    [InlineData("Q,a,b,c,d,A\nQ,a,b,c,A\n", "(2): the row has 5 columns where 6 are named.")]
    [InlineData("Q,a,,c,d,A\n", "(1): the column \"B\" is empty.")]
    public void Mmlu_BadRow_SaysWhereAndWhat(string content, string expected) => Assert.Contains(
        "mmlu.csv" + expected, Assert.Throws<InputException>(() => TestFiles.With(content, p => Mmlu.Load(p), "mmlu.csv")).Message, StringComparison.Ordinal);

    [Fact]
    public void Aqua_Options_AreLinesOfTheQuestion()
    {
        Dataset rows = Aqua.Load(TestFiles.Sample("aqua-excerpt.json"));

        Assert.Equal(3, rows.Items.Length);
        Assert.Equal(("A", "E"), (rows.Items[0].Answer, rows.Items[1].Answer));
        Assert.EndsWith("\n(A) $61\n(B) $65\n(C) $67.40\n(D) $70\n(E) $78.20", rows.Items[1].Fields["question"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"question":"Q","options":["A)1","B)2"],"correct":"C"}""", "(1): the answer \"C\" is not one of the choices (A) to (B): no reply could be right.")]
    [InlineData("""{"question":"Q","options":["A)1","C)2"],"correct":"A"}""", "(1): the option \"C)2\" does not begin with \"B)\".")]
    [InlineData("""{"question":"Q","options":["A)1",null],"correct":"A"}""", "(1): the option \"\" does not begin with \"B)\".")]
    [InlineData("""{"question":"Q","correct":"A"}""", "(1): a question of AQuA has \"question\", \"options\" and \"correct\"; one of them is missing.")]
    [InlineData("\n{\"question\":", "(2): the line is not a question of AQuA from character")]
    public void Aqua_BadLine_SaysWhereAndWhat(string content, string expected) => Assert.Contains(
        "aqua.json" + expected, Assert.Throws<InputException>(() => TestFiles.With(content, p => Aqua.Load(p), "aqua.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void FromCsv_TextTabNumber_IsAClassificationSet()
    {
        Dataset rows = TestFiles.With(
            "a \"fine\" film , truly\t1\ndull .\t0\n", p => Dataset.FromCsv(p, "text", "label", DatasetOptions.TextTabLabel with { Labels = ["0", "1"] }), "dev.txt");

        Assert.Equal(["1", "0"], rows.Items.Select(i => i.Answer));
        Assert.Equal("a \"fine\" film , truly", rows.Items[0].Fields["text"]);
    }

    [Fact]
    public void FromCsv_AnswerThatNoReplyCouldMatch_IsABadRow()
    {
        DatasetOptions options = new() { Flaw = new NumberScorer().Flaw, SkipBadRows = true };

        Dataset rows = TestFiles.With("text,label\na,1\nb,many\nc,2 to 3\n", p => Dataset.FromCsv(p, "text", "label", options));

        Assert.Single(rows.Items);
        Assert.EndsWith("data.csv(3): the answer \"many\" is not one number: no reply could be right.", rows.Skipped[0], StringComparison.Ordinal);
        Assert.Equal(2, rows.Skipped.Length);
    }
}
