using System.Text.Json.Nodes;
using Ansatz.Testing;
using Microsoft.AspNetCore.Http;

namespace Ansatz.Language.Tests;

public sealed class EndpointCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ServerThatKeepsEveryPromise_SaysSo()
    {
        await using LoopbackServer server = await StartAsync(keeps: true);

        EndpointReport report = await EndpointCheck.RunAsync(new(server.Url, "tiny"), new(1, 2), cancellationToken: Token);

        Assert.All(report.Findings, f => Assert.True(f.Honoured == Honoured.Yes, f.ToString()));
        Assert.Equal(["token limit", "usage", "seed", "stop", "JSON schema", "log-probabilities", "streaming"], report.Findings.Select(f => f.What));
        Assert.Equal(7, server.Requests.Count);
        Assert.Equal(7, report.Spent.Calls);
        Assert.True(report.Spent.Money > 0);
        Assert.Contains("\"honoured\":\"Yes\"", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ServerThatPassesOverEveryOption_IsFoundOut()
    {
        await using LoopbackServer server = await StartAsync(keeps: false);

        EndpointReport report = await EndpointCheck.RunAsync(new(server.Url, "tiny"), Price.Unknown, cancellationToken: Token);

        Assert.All(report.Findings, f => Assert.True(f.Honoured == Honoured.No, f.ToString()));
        Assert.Equal(7, report.Spent.UnpricedCalls);
        Assert.Equal(7, report.Spent.EstimatedCalls);
    }

    [Fact]
    public async Task Run_ModelThatReasonsAndNeverAnswers_IsFoundOut()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(LoopbackServer.Completion("", "length"));
        });

        EndpointReport report = await EndpointCheck.RunAsync(new(server.Url, "tiny"), Price.Free, cancellationToken: Token);

        Assert.Equal(new("text", Honoured.No, "no text came in 16 tokens: a model that reasons first needs more before it answers (maxReplyTokens)"), report.Findings[0]);
    }

    [Fact]
    public async Task Run_ServerThatRefusesWhatItCannot_SaysWhich()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(async (context, body) =>
        {
            bool isRefused = body["response_format"] is not null || body["logprobs"] is not null || body["stop"] is not null || body["stream"] is not null;
            context.Response.StatusCode = isRefused ? 400 : 200;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(isRefused ? "{\"error\":{\"message\":\"I cannot do that.\"}}" : LoopbackServer.Completion("A fox."));
        });

        EndpointReport report = await EndpointCheck.RunAsync(new(server.Url, "tiny"), Price.Free, cancellationToken: Token);

        Assert.Equal(
            [Honoured.Yes, Honoured.Yes, Honoured.Unclear, Honoured.Refused, Honoured.Refused, Honoured.Refused, Honoured.Refused],
            report.Findings.Select(f => f.Honoured));
        Assert.Contains("I cannot do that.", report.Findings[3].Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 7)]
    [InlineData(1, 5)]
    public async Task Run_ALaterCallFails_KeepsWhatWasFound(int case_, int asked)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(async (context, body) =>
        {
            if (case_ == 0 ? body["stream"] is not null : body["response_format"] is not null)
            {
                context.Response.StatusCode = 401;
                return;
            }

            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(LoopbackServer.Completion("A fox."));
        });

        EndpointReport report = await EndpointCheck.RunAsync(new(server.Url, "tiny"), Price.Free, cancellationToken: Token);

        Assert.Equal(asked, server.Requests.Count);
        Assert.Equal(asked - 1, report.Spent.Calls);
        Assert.Equal(Honoured.Yes, report.Findings[0].Honoured);
        Assert.Equal(Honoured.Unclear, report.Findings[^1].Honoured);
        Assert.Contains("401 (unauthorised)", report.Findings[^1].Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_KeyIsRefused_IsAFault()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(401, "");

        await Assert.ThrowsAsync<FaultException>(() => EndpointCheck.RunAsync(new(server.Url, "tiny"), Price.Free, cancellationToken: Token));
    }

    private static Task<LoopbackServer> StartAsync(bool keeps)
    {
        int stories = 0;
        return LoopbackServer.StartAsync(async (context, body) =>
        {
            string asked = LoopbackServer.LastMessage(body);
            HttpResponse response = context.Response;
            if (body["stream"]?.GetValue<bool>() == true)
            {
                response.ContentType = "text/event-stream";
                foreach (string piece in keeps ? (string[])["1, ", "2, ", "3"] : ["1, 2, 3"])
                {
                    await response.WriteAsync(
                        "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"tiny\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + piece + "\"}}]}\n\n");
                }

                await response.WriteAsync("data: [DONE]\n\n");
                return;
            }

            string text = asked.StartsWith("Tell", StringComparison.Ordinal) ? keeps ? $"A fox {body["seed"]}" : $"A fox {++stories} " + new string('x', 400)
                : asked.StartsWith("Count", StringComparison.Ordinal) ? keeps ? "1, 2, 3, 4, " : "1, 2, 3, 4, 5, 6, 7, 8, 9"
                : asked.Contains("JSON", StringComparison.Ordinal) ? keeps ? "{\"answer\":\"yes\"}" : "Sure! It is."
                : "yes";
            JsonObject completion = (JsonObject)JsonNode.Parse(LoopbackServer.Completion(text, "stop", keeps ? 12 : null, 3))!;
            if (keeps && body["logprobs"]?.GetValue<bool>() == true)
            {
                completion["choices"]![0]!["logprobs"] = JsonNode.Parse(
                    """{"content":[{"token":"yes","logprob":-0.1,"bytes":null,"top_logprobs":[{"token":"yes","logprob":-0.1,"bytes":null},{"token":"no","logprob":-2.3,"bytes":null}]}],"refusal":null}""");
            }

            response.ContentType = "application/json";
            await response.WriteAsync(completion.ToJsonString());
        });
    }
}
