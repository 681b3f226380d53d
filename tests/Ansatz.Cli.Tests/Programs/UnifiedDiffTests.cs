namespace Ansatz.Cli.Tests.Programs;

public sealed class UnifiedDiffTests
{
    [Fact]
    public void Of_TwoFarChanges_AreTwoHunks()
    {
        string before = string.Join('\n', Enumerable.Range(1, 20)) + "\n", after = before.Replace("\n3\n", "\nthree\n", StringComparison.Ordinal).Replace("\n17\n", "\n", StringComparison.Ordinal);

        Assert.Equal(
            """
            --- a
            +++ b
            @@ -1,6 +1,6 @@
             1
             2
            -3
            +three
             4
             5
             6
            @@ -14,7 +14,6 @@
             14
             15
             16
            -17
             18
             19
             20

            """.ReplaceLineEndings("\n"),
            UnifiedDiff.Of("a", "b", before, after));
    }

    [Fact]
    public void Of_EqualTexts_IsEmpty() => Assert.Equal("", UnifiedDiff.Of("a", "b", "x\ny\n", "x\ny\n"));

    [Fact]
    public void Of_OtherLineEndsAndNoLastOne_AreKept() => Assert.Equal(
        "--- a\n+++ b\n@@ -1,2 +1,2 @@\n-x\r\n+z\r\n y\n\\ No newline at end of file\n", UnifiedDiff.Of("a", "b", "x\r\ny", "z\r\ny"));

    [Fact]
    public void Of_NothingBefore_BeginsAtLineZero() => Assert.Contains("@@ -0,0 +1,1 @@\n+x\n", UnifiedDiff.Of("a", "b", "", "x\n"), StringComparison.Ordinal);
}
