namespace Ansatz.Language.Tests;

public sealed class JsonFieldScorerTests
{
    private static readonly TextItem Item = new([new("text", "x")], "Refund");

    [Theory]
    [InlineData("{\"label\": \"refund\"}")]
    [InlineData("```json\n{\"label\": \"refund\", \"why\": \"a } in a text\"}\n```")]
    [InlineData("Here it is: {\"label\": \"refund\"} - as you asked [1].")]
    [InlineData("First I thought {\"label\": \"billing\"}, but then {\"label\": \"refund\"}")]
    [InlineData("{\"label\": \"refund\",}")]
    [InlineData("{oops {\"label\": \"refund\"}")]
    [InlineData("He said \"{ and then {\"label\": \"refund\"}")]
    [InlineData("{\"label\": \"refund\" // sure\n} /* or so */ {")]
    public void Score_JsonAnywhere_IsRead(string reply) => Assert.Equal(new Scored(1, "Refund"), new JsonFieldScorer("label").Score(reply, Item));

    [Theory]
    [InlineData("refund", "The reply holds no JSON.")]
    [InlineData("{\"label\": \"refund\"", "The reply holds no JSON.")]
    [InlineData("{\"Label\": \"refund\"}", "The reply's JSON has no field \"label\" of label.")]
    [InlineData("{\"label\": null}", "The field label of the reply is neither a text nor a number, a truth value or a list.")]
    [InlineData("{\"label\": {\"a\": 1}}", "The field label of the reply is neither a text nor a number, a truth value or a list.")]
    [InlineData("{\"label\": \"\\ud800\"}", "The field label of the reply is neither a text nor a number, a truth value or a list.")]
    [InlineData("{\"label\": \" \"}", "The reply is empty.")]
    public void Score_NoSuchField_IsRejectedWithTheWholeReply(string reply, string reason) =>
        Assert.Equal(new Rejected(reason, reply), new JsonFieldScorer("label").Score(reply, Item));

    [Fact]
    public void Score_PathIntoLists_IsFollowed()
    {
        const string reply = "{\"result\": {\"items\": [{\"name\": \"billing\"}, {\"name\": \"refund\"}]}}";

        Assert.Equal(1, new JsonFieldScorer("result.items[1].name").Score(reply, Item).ScoreOn(Scale.Binary));
        Assert.Equal("The reply's JSON has no element [2] of result.items[2].name.", Assert.IsType<Rejected>(new JsonFieldScorer("result.items[2].name").Score(reply, Item)).Reason);
        Assert.Equal(1, new JsonFieldScorer("[0]").Score("[\"refund\"]", Item).ScoreOn(Scale.Binary));
    }

    [Fact]
    public void Score_ValueOfAnotherKind_GoesToItsScorer()
    {
        Assert.Equal(1, new JsonFieldScorer("total", new NumberScorer { Tolerance = 0.01 }).Score("{\"total\": 41.995}", new([new("text", "x")], "42")).ScoreOn(Scale.Binary));
        Assert.Equal(1, new JsonFieldScorer("ok", new YesNoScorer()).Score("{\"ok\": true}", new([new("text", "x")], "yes")).ScoreOn(Scale.Binary));

        JsonFieldScorer tags = new("tags", new LabelSetScorer(["a", "b", "c"]) { F1 = true });
        Assert.Equal(Scale.Unit, tags.Scale);
        Assert.Equal(0.8, tags.Score("{\"tags\": [\"a\", \"b\", \"c\"]}", new([new("text", "x")], "a, b")).ScoreOn(Scale.Unit), 12);
    }

    [Fact]
    public void Flaw_IsThatOfTheValue() => Assert.NotNull(new JsonFieldScorer("total", new NumberScorer()).Flaw(Item));

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a[x]")]
    [InlineData("a[-1]")]
    public void Constructor_PathThatCannotBeRead_IsRefused(string path) => Assert.Throws<InputException>(() => new JsonFieldScorer(path));
}
