using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ansatz.Language.Tests;

/// <summary>A server on this machine that answers every request as the test says, and remembers what it was asked.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackServer(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    public List<(string Path, string? Key, JsonNode? Body)> Requests { get; } = [];

    public static async Task<LoopbackServer> StartAsync(Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0));
        LoopbackServer server = new(builder.Build());
        server._app.Run(async context =>
        {
            JsonNode? body = await JsonNode.ParseAsync(context.Request.Body);
            lock (server.Requests)
            {
                server.Requests.Add((context.Request.Path, context.Request.Headers.Authorization, body));
            }

            await answer(context);
        });
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        server.Url = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/v1";
        return server;
    }

    /// <summary>A server that answers with a status and a body.</summary>
    public static Task<LoopbackServer> StartAsync(int status, string body) => StartAsync(async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    });

    /// <summary>A chat completion as such servers write it.</summary>
    public static string Completion(string text, string finish = "stop") => new JsonObject
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
        ["usage"] = new JsonObject { ["prompt_tokens"] = 12, ["completion_tokens"] = 3, ["total_tokens"] = 15 },
    }.ToJsonString();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
