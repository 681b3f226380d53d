using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ansatz.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Ansatz.Language.Tests;

public sealed class OpenAiEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_ServerAnswers_SendsMessagesAndKeyAndReadsUsage()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(200, LoopbackServer.Completion("praise"));
        Environment.SetEnvironmentVariable("ANSATZ_TEST_KEY_1", "sk-secret-1");
        OpenAiEndpoint endpoint = new(server.Url, "tiny") { KeyFrom = "ANSATZ_TEST_KEY_1" };
        using IChatClient client = endpoint.Open();

        ChatResponse response = await client.GetResponseAsync("Praise or complaint?", new() { Temperature = 0, MaxOutputTokens = 8 }, Token);

        Assert.Equal(new ChatReply("praise", "stop", 12, 3), ChatReply.Of(response));
        (string path, string? key, System.Text.Json.Nodes.JsonNode? body) = Assert.Single(server.Requests);
        Assert.Equal(("/v1/chat/completions", "Bearer sk-secret-1"), (path, key));
        Assert.Equal("tiny", body!["model"]!.GetValue<string>());
        Assert.Contains("Praise or complaint?", body["messages"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret-1", endpoint.Identity.ToJsonString() + endpoint, StringComparison.Ordinal);
    }

    /// <summary>A key that was pasted where its variable's name belongs is refused, and repeated nowhere.</summary>
    [Theory]
    [InlineData("sk-proj-0123456789")]
    [InlineData("9abc")]
    [InlineData("")]
    public void KeyFrom_NoNameOfAVariable_IsRefusedWithoutRepeatingIt(string pasted)
    {
        InputException error = Assert.Throws<InputException>(() => new OpenAiEndpoint("http://127.0.0.1:1/v1", "tiny") { KeyFrom = pasted });

        Assert.True(pasted.Length == 0 || !error.Message.Contains(pasted, StringComparison.Ordinal));
    }

    [Fact]
    public async Task GetResponse_ReplyThatTheFilterCutShort_IsFiltered()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(200, LoopbackServer.Completion("The answer is 12", "content_filter"));
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny").Open();

        Assert.True(ChatReply.Of(await client.GetResponseAsync("x", cancellationToken: Token)).IsFiltered);
    }

    [Fact]
    public async Task Open_EmptyReply_IsNoFault()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(200, LoopbackServer.Completion(""));
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny").Open();

        Assert.Equal("", (await client.GetResponseAsync("x", cancellationToken: Token)).Text);
    }

    [Theory]
    [InlineData(401, "{\"error\":{\"message\":\"Incorrect API key provided: sk-secret-2\"}}", " answered 401 (unauthorised) to the first call. It refused the key in ANSATZ_TEST_KEY_2.")]
    [InlineData(403, "{\"error\":{\"message\":\"sk-secret-2 may not use tiny.\"}}", " answered 403 (forbidden) to the first call. The key in ANSATZ_TEST_KEY_2 may not use it: *** may not use tiny.")]
    [InlineData(404, "", " answered 404 (not found) to the first call. Either it has no model \"tiny\", or its address is wrong; it mostly ends in /v1.")]
    [InlineData(429, "{\"error\":{\"message\":\"Slow down, sk-secret-2.\"}}", " answered 429 (too many requests) to the first call. It allows no more calls for now: Slow down, ***.")]
    [InlineData(429, "{\"error\":{\"message\":\"You exceeded your quota.\",\"code\":\"insufficient_quota\"}}", " answered 429 (too many requests) to the first call. The account is empty: You exceeded your quota.")]
    [InlineData(500, "oops", " answered 500 (internal error) to the first call.")]
    [InlineData(503, "<html>sk-secret-2</html>", " answered 503 (unavailable) to the first call.")]
    [InlineData(400, "{\"error\":{\"message\":\"temperature\\nmust be below 2\"}}", " answered 400 (bad request) to the first call. It says: temperature must be below 2.")]
    [InlineData(200, "{\"error\":{\"message\":\"upstream overloaded, sk-secret-2\"}}", " answered an error with status 200 to the first call. It says: upstream overloaded, ***")]
    [InlineData(200, "hello", " answered the first call with something that is no chat completion. Is it a server of OpenAI's protocol, and does its address end in /v1?")]
    [InlineData(200, "{\"choices\":[]}", " answered the first call with something that is no chat completion. Is it a server of OpenAI's protocol, and does its address end in /v1?")]
    public async Task GetResponse_ServerFails_IsAFaultInWords(int status, string body, string expected)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(status, body);
        Environment.SetEnvironmentVariable("ANSATZ_TEST_KEY_2", "sk-secret-2");
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny") { KeyFrom = "ANSATZ_TEST_KEY_2", MaxRetries = 0 }.Open();

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        Assert.Equal(server.Url + expected, e.Message);
        Assert.DoesNotContain("sk-secret-2", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "{\"error\":{\"message\":KEY}}")]
    [InlineData(400, "{\"error\":{\"code\":\"context_length_exceeded\",\"message\":KEY}}")]
    [InlineData(403, "{\"error\":{\"message\":KEY}}")]
    [InlineData(429, "{\"error\":{\"code\":\"insufficient_quota\",\"message\":KEY}}")]
    [InlineData(400, "{\"error\":{\"detail\":KEY}}")]
    [InlineData(400, "{\"error\":{\"message\":KEY")]
    public async Task GetResponse_KeyComesBackEscaped_IsNotShown(int status, string body)
    {
        const string key = "sk-a/b+c=d&e", unescaped = "a/b+c=d&e";
        string[] echoes = [JsonSerializer.Serialize(key), "\"sk-a\\/b\\u002bc=d&e\"", JsonSerializer.Serialize(JsonSerializer.Serialize(key)), $"\"{Uri.EscapeDataString(key)}\"", $"\"{WebUtility.HtmlEncode(key)}\""];
        Environment.SetEnvironmentVariable("ANSATZ_TEST_KEY_6", key);
        foreach (string echo in echoes)
        {
            await using LoopbackServer server = await LoopbackServer.StartAsync(status, body.Replace("KEY", echo, StringComparison.Ordinal));
            using IChatClient client = new OpenAiEndpoint(server.Url, "tiny") { KeyFrom = "ANSATZ_TEST_KEY_6", MaxRetries = 0 }.Open();

            Exception e = await Assert.ThrowsAnyAsync<Exception>(() => client.GetResponseAsync("x", cancellationToken: Token));

            Assert.True(e is FaultException or ContextOverflowException, e.ToString());
            Assert.Contains("***", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(unescaped, e.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("sk-a", e.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{\"error\":{\"code\":\"content_filter\",\"message\":\"The response was filtered.\",\"status\":400,\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}")]
    [InlineData("{\"error\":{\"code\":\"content_policy_violation\",\"message\":\"Your request was rejected.\",\"type\":\"invalid_request_error\"}}")]
    public async Task GetResponse_ContentFilterRefusesThePrompt_IsAFilteredReply(string body)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(400, body);
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny").Open();

        ChatReply reply = ChatReply.Of(await client.GetResponseAsync("x", new() { MaxOutputTokens = 8 }, Token));

        Assert.True(reply.IsFiltered);
        Assert.Equal(new ChatReply("", "content_filter", 0, 0), reply);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task GetResponse_NoKeyWhereOneIsNeeded_SaysWhereToPutIt(int status)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(status, "");
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny") { KeyFrom = "ANSATZ_TEST_KEY_NOT_SET" }.Open();

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        Assert.EndsWith("to the first call. Set ANSATZ_TEST_KEY_NOT_SET, or name another variable (keyFrom in a study file, --key-from of models check).", e.Message, StringComparison.Ordinal);
        Assert.True(string.IsNullOrEmpty(Assert.Single(server.Requests).Key));
    }

    [Fact]
    public async Task GetResponse_SecondCallFails_SaysWhichOne()
    {
        int calls = 0;
        await using LoopbackServer server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.StatusCode = ++calls == 1 ? 200 : 401;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(LoopbackServer.Completion("yes"));
        });
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny") { MaxRetries = 0 }.Open();
        await client.GetResponseAsync("x", cancellationToken: Token);

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        Assert.Contains("to call 2.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetResponse_PromptTooLong_IsTheCandidatesFault()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(
            400, "{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"at most 2048 tokens, you sent 3000\"}}");
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny") { MaxRetries = 0 }.Open();

        ContextOverflowException e = await Assert.ThrowsAsync<ContextOverflowException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        Assert.Equal("The prompt is longer than tiny takes: at most 2048 tokens, you sent 3000.", e.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task GetResponse_NobodyListens_SaysSo(int retries)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        string url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1";
        listener.Stop();
        using IChatClient client = new OpenAiEndpoint(url, "tiny") { MaxRetries = retries, FirstPause = TimeSpan.FromMilliseconds(1) }.Open();

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        string tried = retries == 0 ? "" : @" It was tried 2 times in \d+ s\.";
        Assert.Matches($@"^{Regex.Escape(url)} cannot be reached: the connection was refused\. Is the server running, and is its address right\?{tried}$", e.Message);
    }

    [Fact]
    public async Task GetResponse_ConnectionBrokenOff_IsAFault()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny") { MaxRetries = 0 }.Open();

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        Assert.StartsWith(server.Url, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetResponse_ServerHangs_TimesOut()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny") { MaxRetries = 0, Timeout = TimeSpan.FromMilliseconds(200) }.Open();

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        Assert.Equal($"{server.Url} did not answer the first call within 0.2 s.", e.Message);
    }

    [Fact]
    public async Task GetResponse_CallerCancels_IsNoFault()
    {
        using CancellationTokenSource source = new();
        await using LoopbackServer server = await LoopbackServer.StartAsync(async context =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny") { MaxRetries = 0 }.Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("x", cancellationToken: source.Token));
    }

    [Fact]
    public async Task GetStreamingResponse_ServerFails_IsAFault()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(503, "");
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny") { MaxRetries = 0 }.Open();

        FaultException e = await Assert.ThrowsAsync<FaultException>(
            async () => await client.GetStreamingResponseAsync("x", cancellationToken: Token).ToChatResponseAsync(Token));

        Assert.Contains("answered 503 (unavailable)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetStreamingResponse_ServerStreams_GivesTheText()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            foreach (string part in "pra,ise".Split(','))
            {
                await context.Response.WriteAsync(
                    "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"tiny\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + part + "\"}}]}\n\n");
            }

            await context.Response.WriteAsync("data: [DONE]\n\n");
        });
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny") { MaxRetries = 0 }.Open();

        Assert.Equal("praise", (await client.GetStreamingResponseAsync("x", cancellationToken: Token).ToChatResponseAsync(Token)).Text);
    }

    [Fact]
    public async Task Open_ListenerThere_ReportsToOpenTelemetryWithoutTexts()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(200, LoopbackServer.Completion("praise"));
        List<Activity> seen = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = s => s.Name == "Ansatz.Language",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = a =>
            {
                lock (seen)
                {
                    seen.Add(a);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using IChatClient client = new OpenAiEndpoint(server.Url, "telemetry-model").Open();

        await client.GetResponseAsync("a secret text", cancellationToken: Token);

        Activity activity = Assert.Single(seen, a => a.TagObjects.Any(t => Equals(t.Value, "telemetry-model")));
        Assert.DoesNotContain(activity.TagObjects, t => t.Value?.ToString()?.Contains("secret", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("127.0.0.1:8080/v1", "must begin with http:// or https://")]
    [InlineData("ftp://127.0.0.1/v1", "must begin with http:// or https://")]
    [InlineData("https://me:sk-secret-3@example.org/v1", "must hold no user's name, password or query")]
    [InlineData("https://example.org/v1?key=sk-secret-3", "must hold no user's name, password or query")]
    public void New_BadAddress_IsRefusedWithoutItsSecrets(string url, string expected)
    {
        InputException e = Assert.Throws<InputException>(() => new OpenAiEndpoint(url, "tiny"));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret-3", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.org/v1", true)]
    [InlineData("https://example.org/v1", false)]
    [InlineData("http://localhost:8080/v1", false)]
    [InlineData("http://[::1]:8080/v1", false)]
    public void Open_KeyOverHttp_IsRefusedButOnThisMachine(string url, bool isRefused)
    {
        Environment.SetEnvironmentVariable("ANSATZ_TEST_KEY_7", "sk-secret-7");
        OpenAiEndpoint endpoint = new(url, "tiny") { KeyFrom = "ANSATZ_TEST_KEY_7" };

        Exception? e = Record.Exception(() => endpoint.Open().Dispose());

        Assert.Equal(isRefused, e is InputException);
        Assert.StartsWith(isRefused ? "The key in ANSATZ_TEST_KEY_7 would go to example.org over http" : "", e?.Message ?? "", StringComparison.Ordinal);
        (endpoint with { KeyFrom = "ANSATZ_TEST_KEY_NOT_SET" }).Open().Dispose(); // without a key any address will do
    }

    [Fact]
    public void Open_KeyThatNoHeaderTakes_IsRefusedWithoutShowingIt()
    {
        Environment.SetEnvironmentVariable("ANSATZ_TEST_KEY_4", "sk-secret-4\nsk-secret-5");

        InputException e = Assert.Throws<InputException>(() => new OpenAiEndpoint("http://127.0.0.1/v1", "tiny") { KeyFrom = "ANSATZ_TEST_KEY_4" }.Open());

        Assert.StartsWith("The variable ANSATZ_TEST_KEY_4 does not hold a key", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }
}
