using System.Collections.Immutable;
using CsCheck;

namespace Ansatz.Language.Tests;

public sealed class DataSplitsTests
{
    private static readonly Gen<Dataset> Datasets =
        from labels in Gen.Int[1, 6]
        from rows in Gen.Select(Gen.Int[0, 400], Gen.Int[0, 5]).Array[40, 300]
        select Dataset.FromRows(rows.Select(r => ($"Text {r.Item1}", $"label {Math.Min(r.Item2, labels - 1)}")));

    [Fact]
    public void Split_AnyData_IsDisjointSizedAndStratified() =>
        Gen.Select(Datasets, Gen.Int[1, 10], Gen.Int[1, 10], Gen.Int[1, 10], Gen.Long).Sample((data, train, validation, test, seed) =>
        {
            if (train + validation + test > data.Distinct.Length)
            {
                Assert.Throws<InputException>(() => data.Split(train, validation, test, seed));
                return;
            }

            DataSplits splits = data.Split(train, validation, test, seed);

            TextItem[] all = [.. splits.Train, .. splits.Validation, .. splits.Test];
            Assert.Equal((train, validation, test), (splits.Train.Length, splits.Validation.Length, splits.Test.Length));
            Assert.Equal(all.Length, all.Select(i => i.Key).Distinct().Count());

            ImmutableArray<TextItem> left = data.Distinct; // what each split was drawn from
            foreach (ImmutableArray<TextItem> split in new[] { splits.Test, splits.Validation, splits.Train })
            {
                foreach (string label in data.Labels)
                {
                    double share = (double)split.Length * left.Count(i => i.Answer == label) / left.Length;
                    Assert.InRange(split.Count(i => i.Answer == label), share - 0.999999, share + 0.999999);
                }

                left = left.RemoveRange(split);
            }
        });

    [Fact]
    public void Split_SameSeed_SameItems()
    {
        Dataset reviews = TestFiles.Reviews();

        string one = reviews.Split(40, 80, 300, seed: 1).Identity.ToJsonString();

        Assert.Equal(one, TestFiles.Reviews().Split(40, 80, 300, seed: 1).Identity.ToJsonString());
        Assert.NotEqual(one, reviews.Split(40, 80, 300, seed: 2).Identity.ToJsonString());
    }

    [Fact]
    public void Split_OtherTrainSize_SameTestItems()
    {
        Dataset reviews = TestFiles.Reviews();

        Assert.Equal(reviews.Split(40, 80, 300, seed: 1).Test, reviews.Split(100, 20, 300, seed: 1).Test);
    }

    [Fact]
    public void Split_Reviews_IsBalanced()
    {
        DataSplits splits = TestFiles.Reviews().Split(train: 40, validation: 80, test: 300, seed: 1);

        Assert.InRange(splits[Split.Train].Count(i => i.Answer == "praise"), 19, 21);
        Assert.InRange(splits[Split.Validation].Count(i => i.Answer == "praise"), 39, 41);
        Assert.InRange(splits[Split.Test].Count(i => i.Answer == "praise"), 148, 152);
    }

    [Fact]
    public void Split_ManyRareAnswers_FavoursNone()
    {
        // 300 answers that occur once and 100 that occur twice: a rule that rounds shares would always take the pairs first.
        Dataset data = Dataset.FromRows(
            [.. Enumerable.Range(0, 300).Select(i => ($"t{i}", $"once {i}")), .. Enumerable.Range(0, 200).Select(i => ($"u{i}", $"twice {i / 2}"))]);

        double share = Enumerable.Range(0, 100)
            .Average(seed => data.Split(1, 1, 100, seed).Test.Count(i => i.Answer.StartsWith("twice", StringComparison.Ordinal)));

        Assert.InRange(share, 37, 43); // 200 of 500 rows, in a test set of 100
    }

    [Fact]
    public void DisjointSplits_FiveSets_ShareNothingButTheTestItems()
    {
        ImmutableArray<DataSplits> sets = TestFiles.Reviews().DisjointSplits(test: 300, sets: 5, train: 40, validation: 80, seed: 1);

        TextItem[] seen = [.. sets.SelectMany(s => s.Train.AddRange(s.Validation)), .. sets[0].Test];
        Assert.Equal((5 * 120) + 300, seen.Select(i => i.Key).Distinct().Count());
        Assert.All(sets, s => Assert.Equal(sets[0].Test, s.Test));
        Assert.Equal(TestFiles.Reviews().Split(40, 80, 300, seed: 1).Train, sets[0].Train);
    }

    [Fact]
    public void Split_TooFewRows_SaysHowManyThereAre()
    {
        InputException e = Assert.Throws<InputException>(() => TestFiles.Reviews().Split(40, 80, 1000, seed: 1));

        Assert.EndsWith(
            "reviews.csv holds 1,000 rows with 983 different texts; train 40 and validation 80, and test 1000, need 1,120. Make the splits smaller.",
            e.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 1, "The train split has 0 items; it must have at least 1.")]
    [InlineData(1, 0, 1, "The validation split has 0 items; it must have at least 1.")]
    [InlineData(1, 1, -1, "The test split has -1 items; it must have at least 1.")]
    public void Split_EmptySplit_IsRefused(int train, int validation, int test, string message)
    {
        InputException e = Assert.Throws<InputException>(() => TestFiles.Bank6().Split(train, validation, test, seed: 1));

        Assert.Equal(message, e.Message);
    }

    [Fact]
    public void Split_SeparateTestFile_DrawsNoTextOfIt()
    {
        Dataset pool = Dataset.FromRows([("One.", "a"), ("two", "b"), ("three", "a"), ("four", "b")], "pool.csv");
        Dataset test = Dataset.FromRows([("one", "a"), ("five", "b")], "test.csv");

        DataSplits splits = pool.Split(train: 2, validation: 1, test, seed: 1);

        Assert.DoesNotContain(splits.Train.AddRange(splits.Validation), i => i.Key == "one");
        Assert.Equal(test.Items, splits.Test);
    }

    [Fact]
    public void Of_TextsThatStandInTheirFileTwice_CountOnceWhereTheyAreMeasured()
    {
        Dataset train = Dataset.FromRows([("one", "a"), ("One!", "a")], "train.csv");
        Dataset other = Dataset.FromRows([("two", "a"), ("three", "b"), ("TWO", "b"), ("two", "a")], "other.csv");
        Dataset test = Dataset.FromRows([("four", "a"), ("Four", "a"), ("five", "b")], "test.csv");

        DataSplits splits = DataSplits.Of(train, other, test);

        Assert.Equal(["one", "One!"], splits.Train.Select(i => i.Fields["text"]));
        Assert.Equal(["two", "three"], splits.Validation.Select(i => i.Fields["text"]));
        Assert.Equal(["four", "five"], splits.Test.Select(i => i.Fields["text"]));
        Assert.Equal(["four", "five"], other.Split(train: 1, validation: 1, test, seed: 1).Test.Select(i => i.Fields["text"]));
    }

    [Fact]
    public void Of_OverlappingFiles_NamesBothRows()
    {
        Dataset train = Dataset.FromRows([("one", "a"), ("Two!", "b"), ("three", "b")], "train.csv");
        Dataset validation = Dataset.FromRows([("four", "a")], "validation.csv");
        Dataset test = Dataset.FromRows([("five", "a"), ("two", "b"), ("three", "b")], "test.csv");

        InputException e = Assert.Throws<InputException>(() => DataSplits.Of(train, validation, test));

        Assert.StartsWith("train.csv(2): the same text stands in test.csv(2), and so for 1 more.", e.Message, StringComparison.Ordinal);
        Assert.Equal("one", DataSplits.Of(train, validation, test, dropOverlap: true).Train.Single().Fields["text"]);
    }
}
