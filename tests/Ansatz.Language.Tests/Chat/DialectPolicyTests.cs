using System.Text.Json.Nodes;
using Ansatz.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Ansatz.Language.Tests;

public sealed class DialectPolicyTests
{
    private static readonly ChatOptions Limited = new() { MaxOutputTokens = 8 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("max_tokens", 1)]
    [InlineData("max_completion_tokens", 2)]
    public async Task GetResponse_ServerTakesOneName_FindsItAndRemembersIt(string taken, int requestsOfTheFirstCall)
    {
        await using LoopbackServer server = await StartAsync(taken);
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny").Open();

        await client.GetResponseAsync("één", Limited, Token);
        Assert.Equal(requestsOfTheFirstCall, server.Requests.Count);
        await client.GetResponseAsync("two", Limited, Token);

        Assert.Equal(requestsOfTheFirstCall + 1, server.Requests.Count);
        JsonObject last = (JsonObject)server.Requests[^1].Body!;
        Assert.Equal(8, last[taken]!.GetValue<int>());
        Assert.False(last.ContainsKey(taken == "max_tokens" ? "max_completion_tokens" : "max_tokens"));
        Assert.Equal("één", LoopbackServer.LastMessage(server.Requests[0].Body!));
    }

    [Fact]
    public async Task GetResponse_NoLimit_SendsNone()
    {
        await using LoopbackServer server = await StartAsync("max_tokens");
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny").Open();

        await client.GetResponseAsync("one", cancellationToken: Token);

        Assert.DoesNotContain("tokens", server.Requests[0].Body!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetResponse_BothAreRefused_IsAFault()
    {
        await using LoopbackServer server = await StartAsync("neither");
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny").Open();

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("one", Limited, Token));

        Assert.Contains("answered 400 (bad request)", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("{\"error\":{\"message\":\"temperature must be below 2\"}}")]
    [InlineData("{\"error\":{\"message\":\"'max_tokens' is too large: 8. This model takes at most 4.\",\"param\":\"max_tokens\",\"code\":\"invalid_value\"}}")]
    public async Task GetResponse_RefusedForAnotherReason_IsNotAskedAgain(string body)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(400, body);
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny").Open();

        await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("one", Limited, Token));

        Assert.Single(server.Requests);
    }

    /// <summary>A model that reasons takes neither its longest reply by the old name, nor a temperature, nor top_p.</summary>
    [Theory]
    [InlineData("max_tokens", "temperature", "top_p")]
    [InlineData("top_p", "temperature", "max_tokens")]
    public async Task GetResponse_ModelThatReasons_LeavesOutWhatItRefusesAndRemembers(params string[] refused)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(async (context, body) =>
        {
            string? first = refused.FirstOrDefault(((JsonObject)body).ContainsKey);
            context.Response.StatusCode = first is null ? 200 : 400;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(first is null
                ? LoopbackServer.Completion("yes")
                : new JsonObject { ["error"] = new JsonObject { ["message"] = $"Unsupported value: '{first}' does not support 0 with this model. Only the default (1) value is supported.", ["param"] = first } }.ToJsonString());
        });
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny").Open();
        ChatOptions options = new() { MaxOutputTokens = 8, Temperature = 0, TopP = 0.9f };

        await client.GetResponseAsync("one", options, Token);
        Assert.Equal(4, server.Requests.Count);
        await client.GetResponseAsync("two", options, Token);

        Assert.Equal(5, server.Requests.Count);
        Assert.Equal(["max_completion_tokens"], ((JsonObject)server.Requests[^1].Body!).Select(m => m.Key).Where(k => k.Contains('_', StringComparison.Ordinal) || k == "temperature"));
    }

    // As OpenAI refuses it: "Unsupported parameter: 'max_tokens' is not supported with this model."
    private static Task<LoopbackServer> StartAsync(string taken) => LoopbackServer.StartAsync(async (context, body) =>
    {
        string? refused = ((JsonObject)body).Select(m => m.Key).FirstOrDefault(k => k.StartsWith("max_", StringComparison.Ordinal) && k != taken);
        context.Response.StatusCode = refused is null ? 200 : 400;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(refused is null
            ? LoopbackServer.Completion("yes")
            : new JsonObject { ["error"] = new JsonObject { ["message"] = $"Unsupported parameter: '{refused}' is not supported with this model.", ["param"] = refused } }.ToJsonString());
    });
}
