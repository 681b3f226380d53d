using System.Collections.Immutable;
using Ansatz.Testing;

namespace Ansatz.Programs.Tests;

/// <summary>Inputs from a file: rows become what the scorer takes, and are split like all data.</summary>
public sealed class InputRowsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Csv => "x,side,isWet,y\n" + string.Join('\n', Enumerable.Range(0, 60).Select(i => $"{i}.5,{(i % 2 == 0 ? "Left" : "right")},{(i % 3 == 0 ? "yes" : "FALSE")},{i}")) + "\n0.5,Left,yes,0\n";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_Csv_ColumnsBecomePropertiesAndRowsAreSplit()
    {
        _folder.Write("rows.csv", Csv);
        Objective<ProgramSource> objective = MarkedHole.Of(typeof(OfRows), rows: new(_folder.File("rows.csv"), 10, 15, 20));

        Assert.Equal((10, 15, 20), (objective.Count(Split.Train), objective.Count(Split.Validation), objective.Count(Split.Test)));
        Assert.Equal(45, Enum.GetValues<Split>().SelectMany(s => Enumerable.Range(0, objective.Count(s)).Select(i => objective.ItemHash(s, i))).Distinct().Count());

        // What is scored is the row: each of these scores tells one of its columns.
        Candidate<ProgramSource> yours = new(objective.Open.Yours, "id", [], "yours");
        ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(new(yours, Split.Train, [.. Enumerable.Range(0, 10)]), Replies.None, TestContext.Current.CancellationToken);
        Assert.All(outcomes, o => Assert.Equal(0, ((Scored)o).Score));
    }

    [Fact]
    public void Of_OtherSizesAndSets_TheTestRowsStayAndSetsShareNone()
    {
        _folder.Write("rows.csv", Csv);
        string[] Test(InputRows rows) => [.. Enumerable.Range(0, rows.Test).Select(i => MarkedHole.Of(typeof(OfRows), rows: rows).ItemHash(Split.Test, i))];
        string[] Train(InputRows rows) => [.. Enumerable.Range(0, rows.Train).Select(i => MarkedHole.Of(typeof(OfRows), rows: rows).ItemHash(Split.Train, i))];
        InputRows rows = new(_folder.File("rows.csv"), 5, 5, 20), first = rows with { Sets = 3 }, third = first with { Set = 3 };

        Assert.Equal(Test(rows), Test(rows with { Train = 20, Validation = 12 }));
        Assert.Equal(Test(rows), Test(rows with { Test = 30 })[..20]);
        Assert.NotEqual(Test(rows), Test(rows with { Seed = 2 }));
        Assert.Equal(Test(first), Test(third));
        Assert.Empty(Train(first).Intersect(Train(third)));
    }

    [Theory]
    [InlineData("rows.jsonl", """
        {"X": 1, "side": "left", "isWet": true, "y": 3, "more": "ignored"}
        {"X": 2, "side": 1, "isWet": false, "y": 3}

        {"X": 3, "side": "Right", "isWet": false, "y": 3}
        """)]
    [InlineData("rows.json", """[{"X": 1, "side": "left", "isWet": true, "y": 3}, {"X": 2, "side": 1, "isWet": false, "y": 3}, {"X": "3", "side": "Right", "isWet": "no", "y": 3}]""")]
    public void Of_Json_LinesOrAList(string name, string text)
    {
        _folder.Write(name, text);

        Objective<ProgramSource> objective = MarkedHole.Of(typeof(OfRows), rows: new(_folder.File(name), 1, 1, 1));

        Assert.Equal(1, objective.Count(Split.Test));
    }

    [Fact]
    public void Of_ColumnsThatNobodyAsksFor_MayBeEmptyAndBadRowsBeLeftOut()
    {
        _folder.Write("rows.csv", "x,notes,side,isWet,y\n1,,Left,yes,3\n2,,Middle,yes,3\n3,,Left,yes,3\n4,,Left,yes,3\n");
        InputRows rows = new(_folder.File("rows.csv"), 1, 1, 1);

        Assert.Contains("rows.csv(3): \"Middle\"", Assert.Throws<InputException>(() => MarkedHole.Of(typeof(OfRows), rows: rows)).Message, StringComparison.Ordinal);
        Assert.Equal(1, MarkedHole.Of(typeof(OfRows), rows: rows with { SkipBadRows = true }).Count(Split.Test));
        Assert.Equal("There is no set 2 of 1: they count from 1.", Assert.Throws<InputException>(() => MarkedHole.Of(typeof(OfRows), rows: rows with { Set = 2 })).Message);
    }

    [Fact]
    public void Of_PropertiesThatMayBeNothing_TakeNull()
    {
        _folder.Write("rows.json", """[{"x": 1, "more": null}, {"x": 2, "more": 3}, {"x": 4, "more": 5}]""");
        InputRows rows = new(_folder.File("rows.json"), 1, 1, 1);

        Assert.Equal(1, MarkedHole.Of(typeof(OfNullables), rows: rows).Count(Split.Test));
        _folder.Write("rows.json", """[{"x": null, "more": null}]""");
        Assert.EndsWith("rows.json, row 1: nothing of \"x\" is no Double.", Assert.Throws<InputException>(() => MarkedHole.Of(typeof(OfNullables), rows: rows)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Tuple_ColumnsGoByItsNames()
    {
        _folder.Write("rows.csv", "size,weight\n1,2\n3,4\n5,6\n");

        Assert.Equal(1, MarkedHole.Of(typeof(OfTuples), rows: new(_folder.File("rows.csv"), 1, 1, 1)).Count(Split.Train));
    }

    [Theory]
    [InlineData("x,side,y\n1,Left,2\n", "rows.csv: there is no \"IsWet\", which the input has; there are: x, side, y.")]
    [InlineData("x,side,isWet,y\n1,Left,yes,2\ntwo,Left,yes,2\n", "rows.csv(3): \"two\" of \"x\" is no Double.")]
    [InlineData("x,side,isWet,y\n1,Middle,yes,2\n", "rows.csv(2): \"Middle\" of \"side\" is no Side (Left, Right).")]
    [InlineData("x,side,isWet,y\n1,Left,maybe,2\n", "rows.csv(2): \"maybe\" of \"isWet\" is no Boolean.")]
    [InlineData("x,side,isWet,y\n1,Left,yes,2\n1,Left,yes,2\n", "rows.csv has 1 different rows; 1 for train, 1 for validation and 1 for test are 3.")]
    [InlineData("x\n1\n", "rows.csv: there is no \"Side\", which the input has; there are: x.")]
    [InlineData("x,side,isWet,y\nNaN,Left,yes,2\n", "rows.csv(2): \"NaN\" of \"x\" is no Double.")]
    public void Of_BadRows_OneSentence(string text, string sentence)
    {
        _folder.Write("rows.csv", text);

        Assert.Contains(sentence, Assert.Throws<InputException>(() => MarkedHole.Of(typeof(OfRows), rows: new(_folder.File("rows.csv"), 1, 1, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_WhatCannotBeARow_OneSentence()
    {
        _folder.Write("rows.csv", "x,y\n1,2\n3,4\n5,6\n");
        InputRows rows = new(_folder.File("rows.csv"), 1, 1, 1);

        Assert.StartsWith("OfNumbers.Score takes a Double, which no row of a file can become", Assert.Throws<InputException>(() => MarkedHole.Of(typeof(OfNumbers), rows: rows)).Message, StringComparison.Ordinal);
        Assert.Equal("OfMarks.Train is marked [Inputs], but the inputs shall come from rows.csv: keep one of them.", Assert.Throws<InputException>(() => MarkedHole.Of(typeof(OfMarks), rows: rows)).Message);
        Assert.StartsWith("OfHidden.Score takes a Hidden, which has no public property or field", Assert.Throws<InputException>(() => MarkedHole.Of(typeof(OfHidden))).Message, StringComparison.Ordinal);
        Assert.Contains("nobody.json", Assert.Throws<InputException>(() => MarkedHole.Of(typeof(OfRows), rows: rows with { File = _folder.File("nobody.json") })).Message, StringComparison.Ordinal);
    }

    internal enum Side
    {
        Left,
        Right,
    }

    internal sealed record Row(double X, Side Side, bool IsWet, int Y);

#pragma warning disable CA1822, IDE0051 // Found by their marks.
    private static class OfRows
    {
        [Open]
        private static double F(double x) => x;

        // What the file above says of a row; 0 where the row is one of it.
        [Score]
        private static double Score(Func<double, double> f, Row row) =>
            row.Y == 3 ? 0 : Math.Abs(f(row.X) - row.Y - 0.5) + (row.Side == (row.Y % 2 == 0 ? Side.Left : Side.Right) ? 0 : 1) + (row.IsWet == (row.Y % 3 == 0) ? 0 : 1);
    }

    private static class OfTuples
    {
        [Open]
        private static double F(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, (double Weight, int Size) row) => row.Weight == row.Size + 1 ? f(1) : throw new InvalidOperationException("mixed up");
    }

    internal sealed record Perhaps(double X, double? More);

    private static class OfNullables
    {
        [Open]
        private static double F(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, Perhaps row) => f(row.X) + (row.More ?? 0);
    }

    private static class OfNumbers
    {
        [Open]
        private static double F(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, double x) => f(x);
    }

    private static class OfMarks
    {
        [Open]
        private static double F(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, (double X, double Y) row) => f(row.X);

        [Inputs(Split.Train)]
        private static (double X, double Y)[] Train() => [(1, 2)];
    }

    private sealed class Hidden(double x)
    {
        internal double X => x;
    }

    private static class OfHidden
    {
        [Open]
        private static double F(double x) => x;

        [Score]
        private static double Score(Func<double, double> f, Hidden hidden) => f(hidden.X);

        [Inputs(Split.Train)]
        private static Hidden[] Train() => [new(1), new(2)];

        [Inputs(Split.Validation)]
        private static Hidden[] Validation() => [new(3)];
    }
}
