using CsCheck;

namespace Ansatz.Web.Tests;

public sealed class TextDiffTests
{
    // Few letters, so that texts share words by chance.
    private static readonly Gen<string> Text = Gen.Char["ab .\n1é"].Array[0, 30].Select(c => new string(c));

    [Fact]
    public void Between_AnyTexts_EachSideIsWholeAndWhatIsKeptIsCommon() => Gen.Select(Text, Text).Sample((before, after) =>
    {
        TextDiff diff = TextDiff.Between(before, after);

        Assert.Equal(before, string.Concat(diff.Old.Select(p => p.Text)));
        Assert.Equal(after, string.Concat(diff.New.Select(p => p.Text)));
        Assert.Equal(Kept(diff.Old), Kept(diff.New));

        static string Kept(IEnumerable<DiffPart> parts) => string.Concat(parts.Where(p => !p.Changed).Select(p => p.Text));
    });

    [Fact]
    public void Between_SameText_NothingIsMarked() =>
        Assert.Equal([new DiffPart("Is it good?", false)], TextDiff.Between("Is it good?", "Is it good?").New);

    [Fact]
    public void Between_OneWordChanged_MarksThatWordAlone()
    {
        TextDiff diff = TextDiff.Between("Is the customer pleased?", "Is the customer angry?");

        Assert.Equal([new("Is the customer ", false), new("pleased", true), new("?", false)], diff.Old);
        Assert.Equal([new("Is the customer ", false), new("angry", true), new("?", false)], diff.New);
    }

    [Fact]
    public void Between_HardlyAnythingShared_MarksWholeTexts()
    {
        TextDiff diff = TextDiff.Between("Sort the review into one kind", "Was somebody glad of the thing or not at all, and why");

        Assert.Equal([new("Sort the review into one kind", true)], diff.Old);
    }

    [Fact]
    public void Between_NumberWithFraction_IsOneWord() =>
        Assert.Equal([new("x is ", false), new("0.97", true), new(".", false)], TextDiff.Between("x is 0.5.", "x is 0.97.").New);

    [Fact]
    public void Between_TextsTooLongToCompareWordByWord_MarksTheMiddle()
    {
        string before = "start " + string.Join(' ', Enumerable.Range(0, 3000)) + " end", after = "start " + string.Join(' ', Enumerable.Range(5000, 3000)) + " end";

        TextDiff diff = TextDiff.Between(before, after);

        Assert.Equal([false, true, false], diff.New.Select(p => p.Changed));
    }
}
