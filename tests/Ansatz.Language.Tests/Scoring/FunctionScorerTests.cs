using System.Text.Json.Nodes;

namespace Ansatz.Language.Tests;

public sealed class FunctionScorerTests
{
    [Fact]
    public void Score_UsersFunction_DecidesScaleAndOutcome()
    {
        FunctionScorer shortness = new("shortness", "2", Scale.Unit, (reply, item) => reply.Contains('?', StringComparison.Ordinal)
            ? new Rejected("The reply asks back.", reply)
            : new Scored(1.0 / reply.Length, reply, $"expected {item.Answer}"));
        TextItem item = new([new("text", "x")], "y");

        Assert.Equal(Scale.Unit, shortness.Scale);
        Assert.Equal(new Scored(0.25, "four", "expected y"), shortness.Score("four", item));
        Assert.IsType<Rejected>(shortness.Score("why?", item));
        Assert.Equal(new Rejected("The reply is empty.", ""), shortness.Score("", item));
        Assert.True(JsonNode.DeepEquals(new JsonObject { ["use"] = "function", ["name"] = "shortness", ["version"] = "2" }, shortness.Identity));
    }
}
