namespace Ansatz.Language.Tests;

public sealed class TextItemTests
{
    [Theory]
    [InlineData("Great Phone!.", "great   phone", true)]
    [InlineData("Don\u2019t buy.", "don't buy", true)]
    [InlineData("ÜBEL", "übel", true)]
    [InlineData("3 + 5", "3 - 5", false)]
    [InlineData("( [ {", "( ( {", false)]
    [InlineData("What is 3.5?", "what is 3:5", false)]
    [InlineData("x > .5", "x > 5", false)]
    [InlineData("1,000 people.", "1.000 people", false)]
    [InlineData("It was 5.", "it was 5", true)]
    [InlineData("No.5, please", "no 5 please", true)]
    [InlineData("??", "!!", false)]
    public void Key_TextsThatAPersonWouldCallTheSame_AreEqual(string one, string other, bool same) =>
        Assert.Equal(same, Item(one).Key == Item(other).Key);

    [Fact]
    public void Hash_DependsOnFieldsAndAnswer_NotOnSource()
    {
        Assert.Equal(Item("a").Hash, new TextItem([new("text", "a")], "yes", "data.csv(3)").Hash);
        Assert.NotEqual(Item("a").Hash, Item("A").Hash);
        Assert.NotEqual(Item("a").Hash, new TextItem([new("text", "a")], "no").Hash);
        Assert.NotEqual(new TextItem([new("x", "a"), new("y", "bc")], "").Hash, new TextItem([new("x", "ab"), new("y", "c")], "").Hash);
    }

    [Fact]
    public void Hash_Stays() => Assert.Equal("f540bbcc7e38494e", Item("a").Hash); // the ledger of stored databases knows items by it

    private static TextItem Item(string text) => new([new("text", text)], "yes");
}
