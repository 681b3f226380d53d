using System.Text;

namespace Ansatz.Language.Tests;

public sealed class DatasetTests
{
    [Fact]
    public void FromCsv_Reviews_HasRowsLabelsAndRepeats()
    {
        Dataset reviews = TestFiles.Reviews();

        Assert.Equal(1000, reviews.Items.Length);
        Assert.Equal(["complaint", "praise"], reviews.Labels);
        Assert.Equal(500, reviews.Items.Count(i => i.Answer == "praise"));
        Assert.Equal("Good case, Excellent value.", reviews.Items[1].Fields["text"]);
        Assert.Equal(983, reviews.Distinct.Length); // 10 rows repeat a text exactly, 7 more but for case or punctuation
    }

    [Fact]
    public void FromCsv_Banking77_ReadsLineBreaksInsideQuotes()
    {
        Dataset banking = Dataset.FromCsv(TestFiles.Sample("banking77-excerpt.csv"), input: "text", answer: "category");

        Assert.Equal(12, banking.Items.Length);
        Assert.Equal("I can't seem to be able to use my card", banking.Items[1].Fields["text"]);
        Assert.EndsWith("(3)", banking.Items[1].Source, StringComparison.Ordinal);
        Assert.EndsWith("(8)", banking.Items[2].Source, StringComparison.Ordinal); // the row before took five lines
    }

    [Fact]
    public void FromCsv_SmsSpam_ReadsWithoutHeaderAndQuotes()
    {
        Dataset spam = Dataset.FromCsv(TestFiles.Sample("sms-spam-excerpt.tsv"), input: "text", answer: "label", DatasetOptions.LabelTabText);

        Assert.Equal(20, spam.Items.Length);
        Assert.Equal(["ham", "spam"], spam.Labels);
        Assert.Contains(spam.Items, i => i.Fields["text"].StartsWith("Today is \"song dedicated day..\" Which", StringComparison.Ordinal));
        Assert.Contains(spam.Items, i => i.Fields["text"].Contains("£100,000", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public void FromCsv_AnyDelimiter_IsFound(char delimiter)
    {
        string text = $"label{delimiter}text\nyes{delimiter}\"a{delimiter} b, c; d\"\n";

        Dataset data = TestFiles.With(text, p => Dataset.FromCsv(p, "text", "label"));

        Assert.Equal($"a{delimiter} b, c; d", data.Items.Single().Fields["text"]);
    }

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("iso-8859-1", false)]
    public void FromCsv_AnyEncoding_IsFound(string name, bool mark)
    {
        Encoding encoding = Encoding.GetEncoding(name);
        byte[] bytes = [.. mark ? encoding.Preamble : [], .. encoding.GetBytes("text,label\r\nCafé,ja\r\nübel,nein\r\n")];

        Dataset data = TestFiles.With(bytes, p => Dataset.FromCsv(p, "text", "label"));

        Assert.Equal(["Café", "übel"], data.Items.Select(i => i.Fields["text"]));
    }

    [Fact]
    public void FromCsv_SeveralInputs_AreFieldsOfTheItem()
    {
        Dataset data = TestFiles.With(
            "question,hint,answer,note\n2+2?,even,4,easy\n", p => Dataset.FromCsv(p, ["question", "hint"], "answer"));

        TextItem item = data.Items.Single();
        Assert.Equal(["hint", "question"], item.Fields.Keys);
        Assert.Equal("4", item.Answer);
    }

    [Theory]
    [InlineData("text,label\n5\" pipe,a\nplain,b\n6\" pipe,a\n", new[] { "5\" pipe", "plain", "6\" pipe" })]
    [InlineData("text,label\n2\" x 4\" board,a\n\"a 5\"\" pipe, long\",b\n \"in quotes\" ,b\n", new[] { "2\" x 4\" board", "a 5\" pipe, long", "in quotes" })]
    [InlineData("text,label\n\t\"a, b\",a\nc,b\n", new[] { "a, b", "c" })]
    [InlineData("text;label\n\"two\nlines\";a\nshe said \"no\";b\n", new[] { "two\nlines", "she said \"no\"" })]
    public void FromCsv_QuoteInsideAText_IsACharacter(string content, string[] texts)
    {
        Dataset data = TestFiles.With(content, p => Dataset.FromCsv(p, "text", "label"));

        Assert.Equal(texts, data.Items.Select(i => i.Fields["text"]));
    }

    [Theory]
    [InlineData("text,label\na,yes\n,no\n", "data.csv(3): the column \"text\" is empty.")]
    [InlineData("text,label\na,yes\nb, \n", "data.csv(3): the column \"label\" is empty.")]
    [InlineData("text,label\na,yes\nb,no,c\n", "data.csv(3): the row has 3 columns where 2 are named. A text that holds the delimiter \",\" must stand in double quotes.")]
    [InlineData("text,label\na,yes\nb\n", "data.csv(3): the row has 1 columns where 2 are named.")]
    [InlineData("txt,label\na,yes\n", "data.csv(1): there is no column \"text\"; the columns are: txt, label. Did you mean \"txt\"?")]
    [InlineData("one\na\n", "data.csv(1): there is no column \"text\"; the columns are: one.")]
    [InlineData("text,text,label\na,b,yes\n", "data.csv(1): two columns are called \"text\"; rename one.")]
    [InlineData("text,label\na,yes\n\"b,no\nc,no\n", "data.csv(3): a double quote in column 1 is not closed")]
    [InlineData("text,label\na,yes\n\"b\"x,no\n", "data.csv(3): a double quote in column 1 is not closed, or text follows it.")]
    [InlineData("text,label\n", "data.csv holds no rows of data.")]
    [InlineData("", "data.csv holds no rows of data.")]
    [InlineData("text,label\na,prase\n", "data.csv(2): the label \"prase\" is not one of: praise, complaint. Did you mean \"praise\"? --skip-bad-rows leaves such rows out.")]
    public void FromCsv_BadFile_SaysWhereAndWhat(string content, string expected)
    {
        DatasetOptions options = new() { Labels = content.Contains("prase", StringComparison.Ordinal) ? ["praise", "complaint"] : [] };

        InputException e = Assert.Throws<InputException>(
            () => TestFiles.With(content, p => Dataset.FromCsv(p, "text", "label", options)));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromCsv_SkipBadRows_CountsThem()
    {
        Dataset data = TestFiles.With(
            "text,label\na,yes\n,no\nb,maybe\n\nc,no\nd,e,f\n",
            p => Dataset.FromCsv(p, "text", "label", new() { SkipBadRows = true, Labels = ["yes", "no"] }));

        Assert.Equal(["a", "c"], data.Items.Select(i => i.Fields["text"]));
        Assert.Equal(3, data.Skipped.Length);
        Assert.EndsWith("data.csv(4): the label \"maybe\" is not one of: yes, no.", data.Skipped[1], StringComparison.Ordinal);
    }

    [Fact]
    public void FromCsv_EveryRowBad_ShowsTheFirst()
    {
        InputException e = Assert.Throws<InputException>(
            () => TestFiles.With("text,label\n,yes\n,no\n", p => Dataset.FromCsv(p, "text", "label", new() { SkipBadRows = true })));

        Assert.Contains("every row is bad. The first: ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("data.csv(2): the column \"text\" is empty.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromCsv_NoFile_SaysSo()
    {
        InputException e = Assert.Throws<InputException>(() => Dataset.FromCsv("nowhere/reviews.csv", "text", "label"));

        Assert.Equal("The data file nowhere/reviews.csv does not exist.", e.Message);
    }

    [Fact]
    public void FromCsv_AnswerAmongInputs_IsRefused()
    {
        InputException e = Assert.Throws<InputException>(
            () => TestFiles.With("text,label\na,yes\n", p => Dataset.FromCsv(p, ["text", "label"], "label")));

        Assert.Contains("the prompt would show the answer", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromJsonLines_TextsNumbersAndTruth_AreRead()
    {
        Dataset data = TestFiles.With(
            "{\"q\":\"2+2?\",\"a\":4}\n\n{\"a\":true,\"q\":\"Is \\u00e9 a letter?\"}\n", p => Dataset.FromJsonLines(p, "q", "a"), "data.jsonl");

        Assert.Equal(["4", "true"], data.Labels);
        Assert.Equal("Is é a letter?", data.Items[1].Fields["q"]);
    }

    [Theory]
    [InlineData("{\"q\":\"x\",\"a\":4}\n{\"q\":\"x\",\n", "data.jsonl(2): the line is not valid JSON from character")]
    [InlineData("{\"q\":\"x\",\"b\":4}\n", "data.jsonl(1): there is no field \"a\"; the fields are: q, b.")]
    [InlineData("{\"q\":\"x\",\"a\":[4]}\n", "data.jsonl(1): the field \"a\" is neither a text nor a number nor a truth value.")]
    [InlineData("[1]\n", "data.jsonl(1): the line is not a JSON object.")]
    [InlineData("{\"q\":\"\\ud800\",\"a\":1}\n", "data.jsonl(1): the line holds half of a surrogate pair")]
    public void FromJsonLines_BadLine_SaysWhereAndWhat(string content, string expected)
    {
        InputException e = Assert.Throws<InputException>(
            () => TestFiles.With(content, p => Dataset.FromFile(p, ["q"], "a"), "data.jsonl"));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ConcatAndWhere_MakeOneSetOfSeveral()
    {
        Dataset both = Dataset.Concat(Dataset.FromRows([("a", "x"), ("b", "y")], "one"), Dataset.FromRows([("A!", "y"), ("c", "z")], "two"));

        Assert.Equal(("one + two", 4, 3), (both.Name, both.Items.Length, both.Distinct.Length));
        Assert.Equal(["x", "y"], both.Where(i => i.Answer != "z").Labels);
        Assert.Throws<InputException>(() => both.Where(_ => false));
        Assert.Throws<InputException>(() => Dataset.Concat(both, TestFiles.With("q,a\n1,2\n", p => Dataset.FromCsv(p, "q", "a"))));
    }

    [Fact]
    public void FromFile_MutatedBytes_NeverThrowsAnythingElse()
    {
        byte[] csv = Encoding.UTF8.GetBytes("text,label\na,yes\n\"b, \"\"c\"\"\nd\",no\nä,yes\n");
        byte[] json = Encoding.UTF8.GetBytes("{\"text\":\"ä\\n\\u00e9\",\"label\":1.5e3}\n{\"text\":\"b\",\"label\":true}\n");
        Rng rng = new(1, "mutations");
        int refused = 0;
        string folder = Directory.CreateTempSubdirectory("ansatz-").FullName;
        for (int n = 0; n < 1000; n++)
        {
            byte[] bytes = [.. n % 2 == 0 ? csv : json];
            for (int k = 0; k <= n % 5; k++)
            {
                bytes[rng.Next(bytes.Length)] = (byte)(rng.Next(3) == 0 ? "\"\n,\0"[rng.Next(4)] : rng.Next(256));
            }

            string path = Path.Combine(folder, n % 2 == 0 ? "data.csv" : "data.jsonl");
            File.WriteAllBytes(path, bytes.AsSpan(0, n % 7 == 0 ? rng.Next(bytes.Length) : bytes.Length));
            try
            {
                Assert.NotEmpty(Dataset.FromFile(path, ["text"], "label").Items);
            }
            catch (InputException)
            {
                refused++;
            }
        }

        Directory.Delete(folder, recursive: true);
        Assert.InRange(refused, 100, 999);
    }
}
