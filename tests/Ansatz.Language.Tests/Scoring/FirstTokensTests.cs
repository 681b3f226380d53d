using System.Text.Json;
using System.Text.Json.Nodes;
using Ansatz.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Ansatz.Language.Tests.Scoring;

public sealed class FirstTokensTests
{
    private static readonly LabelWordings Labels = new([new("praise", "positive"), new("complaint", "negative")]);

    private static readonly TextItem Item = new(new Dictionary<string, string> { ["text"] = "It works." }, "praise");

    [Fact]
    public void Score_TokensOfBothLabels_AddsThemUpAndNormalises()
    {
        // 0.5 + 0.2 speak for positive, 0.1 for negative, 0.15 for neither.
        Scored scored = Assert.IsType<Scored>(FirstTokens.Score(Reply((" pos", 0.5), ("Positive", 0.2), ("The", 0.15), ("neg", 0.1)), Item, Labels));

        Assert.Equal((1.0, "praise"), (scored.Score, scored.Output));
        Assert.Equal(0.7 / 0.8, scored.Probability!.Value, 12);
    }

    [Fact]
    public void Score_LabelThatIsNotAmongThem_IsRejected()
    {
        Rejected rejected = Assert.IsType<Rejected>(FirstTokens.Score(Reply(("positive", 0.9), (" ", 0.05), ("The", 0.01)), Item, Labels));

        Assert.Equal("No token of \"negative\" is among the 3 most probable ones, so its probability is not known.", rejected.Reason);
        Assert.Equal("whatever", rejected.Raw);
    }

    [Theory]
    [InlineData(0.05, false)]
    [InlineData(0.15, true)]
    public void Score_TokenThatBothBeginWith_IsRejectedWhereItDecides(double shared, bool isRejected)
    {
        LabelWordings alike = new([new("praise", "good"), new("complaint", "grim")]);

        Assert.Equal(isRejected, FirstTokens.Score(Reply(("good", 0.6), ("gr", 0.1), ("g", shared)), Item, alike) is Rejected);
    }

    [Fact]
    public void Score_ServerGivesNone_IsAFaultNotAnOutcome()
    {
        Assert.Throws<FaultException>(() => FirstTokens.Score(new("positive", "stop", 1, 1), Item, Labels));
        Assert.IsType<Rejected>(FirstTokens.Score(new("", "stop", 1, 0), Item, Labels));
    }

    [Fact]
    public async Task Open_CallWantsFirstTokens_AsksForThemAndTheJournalKeepsThem()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(async (context, body) =>
        {
            JsonNode completion = JsonNode.Parse(LoopbackServer.Completion("positive"))!;
            if (body["logprobs"]?.GetValue<bool>() == true)
            {
                completion["choices"]![0]!["logprobs"] = JsonNode.Parse(
                    """{"content":[{"token":"positive","logprob":-0.5,"bytes":null,"top_logprobs":[{"token":"positive","logprob":-0.5,"bytes":null},{"token":"negative","logprob":-1.5,"bytes":null}]}],"refusal":null}""");
            }

            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(completion.ToJsonString());
        });
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny").Open();
        ChatOptions options = new() { MaxOutputTokens = 4, AdditionalProperties = new() { [FirstTokens.Option] = 2 } };

        ChatReply reply = ChatReply.Of(await client.GetResponseAsync("x", options, TestContext.Current.CancellationToken));

        TokenProbability[] expected = [new("positive", -0.5), new("negative", -1.5)];
        Assert.Equal(expected, reply.FirstTokens);
        Assert.Equal(2, server.Requests[0].Body!["top_logprobs"]!.GetValue<int>());
        Assert.Equal(4, server.Requests[0].Body!["max_tokens"]!.GetValue<int>());
        ChatReply again = ChatReply.Of(JsonSerializer.Deserialize(JsonSerializer.Serialize(reply, ChatReply.Codec), ChatReply.Codec)!.ToResponse());
        Assert.Equal(expected, again.FirstTokens);
    }

    private static ChatReply Reply(params (string Token, double Probability)[] tokens) =>
        new("whatever", "stop", 1, 1) { FirstTokens = [.. tokens.Select(t => new TokenProbability(t.Token, Math.Log(t.Probability)))] };
}
