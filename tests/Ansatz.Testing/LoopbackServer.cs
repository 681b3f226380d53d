using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ansatz.Testing;

/// <summary>
/// A server of OpenAI's chat protocol on this machine: it answers every request as the test says, in any of the ways in which such servers fail, and
/// remembers what it was asked and what it answered in full.
/// </summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<string> _answered = [];

    private LoopbackServer(WebApplication app) => _app = app;

    /// <summary>Its address, as an endpoint takes it.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Every request, in order of arrival.</summary>
    public List<(string Path, string? Key, JsonNode? Body)> Requests { get; } = [];

    /// <summary>The last message of each request that was answered in full, in order; a request that the caller had left is none of them.</summary>
    public IReadOnlyList<string> Answered
    {
        get
        {
            lock (Requests)
            {
                return [.. _answered];
            }
        }
    }

    /// <summary>A server that answers with a function.</summary>
    public static Task<LoopbackServer> StartAsync(Func<HttpContext, Task> answer) => StartAsync((_, context, _, _) => answer(context));

    /// <summary>A server that answers with a function of the request's body.</summary>
    public static Task<LoopbackServer> StartAsync(Func<HttpContext, JsonNode, Task> answer) => StartAsync((_, context, _, body) => answer(context, body!));

    /// <summary>A server that answers with a status and a body.</summary>
    public static Task<LoopbackServer> StartAsync(int status, string body, params (string Name, string Value)[] headers) => StartAsync(async context =>
    {
        foreach ((string name, string value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    });

    /// <summary>A model that is a function of the last message, on a server that fails as the test says.</summary>
    /// <param name="model">From the last message to the reply.</param>
    /// <param name="trouble">From the number of the request, from 0, and its last message to what goes wrong with it.</param>
    public static Task<LoopbackServer> StartAsync(Func<string, string> model, Func<int, string, Trouble> trouble) => StartAsync((server, context, number, body) =>
    {
        string asked = LastMessage(body!);
        return server.FailAsync(context, trouble(number, asked), body!, model(asked));
    });

    /// <summary>A chat completion as such servers write it.</summary>
    public static string Completion(string text, string finish = "stop") => Completion(text, finish, 12, 3);

    /// <summary>A chat completion with its usage; none where the tokens are none.</summary>
    public static string Completion(string text, string finish, int? inputTokens, int outputTokens)
    {
        JsonObject completion = new()
        {
            ["id"] = "1",
            ["object"] = "chat.completion",
            ["created"] = 1,
            ["model"] = "tiny",
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["finish_reason"] = finish,
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
            }),
        };
        if (inputTokens is { } tokens)
        {
            completion["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["completion_tokens"] = outputTokens, ["total_tokens"] = tokens + outputTokens };
        }

        return completion.ToJsonString();
    }

    /// <summary>The text of a request's last message.</summary>
    public static string LastMessage(JsonNode body)
    {
        JsonNode content = body["messages"]!.AsArray()[^1]!["content"]!;
        return content is JsonArray parts ? string.Concat(parts.Select(p => p!["text"]!.GetValue<string>())) : content.GetValue<string>();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new(TimeSpan.Zero); // what hangs is not waited for
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static async Task<LoopbackServer> StartAsync(Func<LoopbackServer, HttpContext, int, JsonNode?, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0));
        LoopbackServer server = new(builder.Build());
        server._app.Run(async context =>
        {
            JsonNode? body = await JsonNode.ParseAsync(context.Request.Body);
            int number;
            lock (server.Requests)
            {
                number = server.Requests.Count;
                server.Requests.Add((context.Request.Path, context.Request.Headers.Authorization, body));
            }

            await answer(server, context, number, body);
        });
        await server._app.StartAsync();
        server.Url = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/v1";
        return server;
    }

    private async Task FailAsync(HttpContext context, Trouble trouble, JsonNode body, string reply)
    {
        HttpResponse response = context.Response;
        int input = reply.Length + 7, output = Math.Max(1, reply.Length / 4);
        switch (trouble)
        {
            case Trouble.Slow:
                await Task.Delay(20, context.RequestAborted);
                await AnswerAsync(Completion(reply, "stop", input, output));
                break;
            case Trouble.TooManyRequests:
                await RefuseAsync(429, "Slow down.");
                break;
            case Trouble.TooManyForSeconds:
                response.Headers.RetryAfter = "7";
                await RefuseAsync(429, "Slow down.");
                break;
            case Trouble.TooManyUntilDate:
                response.Headers.RetryAfter = DateTimeOffset.UtcNow.AddSeconds(2).ToString("R", CultureInfo.InvariantCulture);
                await RefuseAsync(429, "Slow down.");
                break;
            case Trouble.AccountEmpty:
                await WriteAsync(429, "{\"error\":{\"message\":\"You exceeded your current quota.\",\"code\":\"insufficient_quota\"}}");
                break;
            case Trouble.InternalError:
                await WriteAsync(500, "oops");
                break;
            case Trouble.Unavailable:
                response.Headers.RetryAfter = "1";
                await WriteAsync(503, "<html>maintenance</html>");
                break;
            case Trouble.CutInJson: // well-formed HTTP, half a JSON
                string whole = Completion(reply, "stop", input, output);
                await WriteAsync(200, whole[..(whole.Length / 2)]);
                break;
            case Trouble.CutInBody: // promises more bytes than come
                response.ContentType = "application/json";
                response.ContentLength = 10_000;
                await response.WriteAsync("{\"id\":\"1\",\"choices\":[{\"index\":0,");
                await response.Body.FlushAsync();
                context.Abort();
                break;
            case Trouble.Reset:
                context.Abort();
                break;
            case Trouble.Hang:
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            case Trouble.IgnoresLimit:
                int limit = (body["max_tokens"] ?? body["max_completion_tokens"])?.GetValue<int>() ?? 100;
                await AnswerAsync(Completion(reply + string.Concat(Enumerable.Repeat(" and so on", limit)), "stop", input, (3 * limit) + 1));
                break;
            case Trouble.Nonsense:
                await AnswerAsync(Completion("qwrt zxcv \uFFFD", "stop", input, 5));
                break;
            case Trouble.Empty:
                await AnswerAsync(Completion("", "length", input, 0));
                break;
            case Trouble.NoUsage:
                await AnswerAsync(Completion(reply, "stop", null, 0));
                break;
            case Trouble.WrongContentType:
                await AnswerAsync(Completion(reply, "stop", input, output), "text/html");
                break;
            case Trouble.NoChoices:
                await WriteAsync(200, "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"tiny\",\"choices\":[]}");
                break;
            case Trouble.ContextTooLong:
                await WriteAsync(400, "{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"at most 2048 tokens\"}}");
                break;
            case Trouble.Filtered:
                await WriteAsync(400, "{\"error\":{\"code\":\"content_filter\",\"message\":\"The response was filtered.\"}}");
                break;
            case Trouble.Unauthorised:
                await RefuseAsync(401, $"Incorrect API key provided: {context.Request.Headers.Authorization}");
                break;
            case Trouble.Forbidden:
                await RefuseAsync(403, $"{context.Request.Headers.Authorization} may not do that.");
                break;
            case Trouble.NotFound:
                await RefuseAsync(404, "There is no such model.");
                break;
            default:
                await AnswerAsync(Completion(reply, "stop", input, output));
                break;
        }

        Task RefuseAsync(int status, string message) => WriteAsync(status, new JsonObject { ["error"] = new JsonObject { ["message"] = message } }.ToJsonString());

        async Task WriteAsync(int status, string text, string contentType = "application/json")
        {
            response.StatusCode = status;
            response.ContentType = contentType;
            await response.WriteAsync(text, context.RequestAborted);
        }

        async Task AnswerAsync(string text, string contentType = "application/json")
        {
            await WriteAsync(200, text, contentType);
            await response.CompleteAsync();
            lock (Requests)
            {
                _answered.Add(LastMessage(body));
            }
        }
    }
}

/// <summary>What goes wrong with a request.</summary>
public enum Trouble
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The answer takes a while.</summary>
    Slow,

    /// <summary>429, without a word on how long.</summary>
    TooManyRequests,

    /// <summary>429, Retry-After: 7 s.</summary>
    TooManyForSeconds,

    /// <summary>429, Retry-After as a date.</summary>
    TooManyUntilDate,

    /// <summary>429, since nothing is paid for any more.</summary>
    AccountEmpty,

    /// <summary>500.</summary>
    InternalError,

    /// <summary>503 with an HTML page.</summary>
    Unavailable,

    /// <summary>Half a JSON.</summary>
    CutInJson,

    /// <summary>Fewer bytes than announced.</summary>
    CutInBody,

    /// <summary>The connection is closed without an answer.</summary>
    Reset,

    /// <summary>No answer, ever.</summary>
    Hang,

    /// <summary>A reply three times as long as was allowed.</summary>
    IgnoresLimit,

    /// <summary>A reply that answers nothing.</summary>
    Nonsense,

    /// <summary>An empty reply.</summary>
    Empty,

    /// <summary>A reply without a count of tokens.</summary>
    NoUsage,

    /// <summary>A good reply called text/html.</summary>
    WrongContentType,

    /// <summary>A completion without choices.</summary>
    NoChoices,

    /// <summary>The prompt is longer than the context.</summary>
    ContextTooLong,

    /// <summary>400, since the content filter does not approve of the prompt.</summary>
    Filtered,

    /// <summary>401 that repeats the key.</summary>
    Unauthorised,

    /// <summary>403 that repeats the key.</summary>
    Forbidden,

    /// <summary>404.</summary>
    NotFound,
}
