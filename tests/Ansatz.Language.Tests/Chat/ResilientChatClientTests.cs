using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Ansatz.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Ansatz.Language.Tests;

/// <summary>An endpoint against a server that fails, on a clock that jumps over every pause: nothing depends on how fast this machine is.</summary>
public sealed class ResilientChatClientTests
{
    private readonly ConcurrentQueue<EndpointRetry> _retries = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Trouble.TooManyRequests, "429 (too many requests)")]
    [InlineData(Trouble.TooManyForSeconds, "429 (too many requests)")]
    [InlineData(Trouble.InternalError, "500 (internal error)")]
    [InlineData(Trouble.Unavailable, "503 (unavailable)")]
    [InlineData(Trouble.CutInBody, "the connection broke off")]
    [InlineData(Trouble.Reset, "the connection broke off")]
    [InlineData(Trouble.CutInJson, "an answer that is no chat completion")]
    [InlineData(Trouble.NoChoices, "an answer that is no chat completion")]
    public async Task GetResponse_FailsOnce_IsTriedAgainAndTold(Trouble trouble, string why)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(_ => "praise", (number, _) => number == 0 ? trouble : Trouble.None);
        using IChatClient client = Open(new(server.Url, "tiny"));

        ChatResponse response = await client.GetResponseAsync("x", cancellationToken: Token);

        Assert.Equal("praise", response.Text);
        EndpointRetry told = Assert.Single(_retries);
        Assert.Equal((server.Url, "tiny", 1, 1, why), (told.Server, told.Model, told.Call, told.Tried, told.Why));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task GetResponse_ServerSaysHowLong_WaitsThatLong()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(_ => "praise", (number, _) => number switch
        {
            0 => Trouble.TooManyForSeconds,
            1 => Trouble.TooManyUntilDate,
            _ => Trouble.None,
        });
        using IChatClient client = Open(new(server.Url, "tiny") { FirstPause = TimeSpan.FromMilliseconds(1) });

        await client.GetResponseAsync("x", cancellationToken: Token);

        TimeSpan[] pauses = [.. _retries.Select(r => r.Pause)];
        Assert.InRange(pauses[0], TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7.7));
        Assert.InRange(pauses[1], TimeSpan.Zero, TimeSpan.FromSeconds(3.3)); // two seconds from the server's clock on; ours has run on meanwhile
    }

    [Theory]
    [InlineData("0")]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT")]
    public async Task GetResponse_ServerAsksForNoPause_PausesAllTheSame(string retryAfter)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(429, "", ("Retry-After", retryAfter));
        using IChatClient client = Open(new(server.Url, "tiny") { MaxRetries = 3 });

        await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        double[] seconds = [.. _retries.Select(r => r.Pause.TotalSeconds)];
        Assert.InRange(seconds[0], 0.5, 1.5);
        Assert.InRange(seconds[1], 1, 3);
        Assert.InRange(seconds[2], 2, 6);
    }

    /// <summary>What a server asks of one call holds for those too that wait for their turn already; they come after it one by one.</summary>
    [Fact]
    public async Task GetResponse_ServerAsksForAPauseWhileOthersWait_HoldsThemToo()
    {
        FastClock clock = new(20);
        long start = clock.GetTimestamp();
        ConcurrentQueue<double> arrived = [];
        int requests = 0;
        await using LoopbackServer server = await LoopbackServer.StartAsync(async context =>
        {
            arrived.Enqueue(clock.GetElapsedTime(start).TotalSeconds);
            bool isFirst = Interlocked.Increment(ref requests) == 1;
            context.Response.StatusCode = isFirst ? 429 : 200;
            context.Response.Headers.RetryAfter = "40";
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(isFirst ? "{}" : LoopbackServer.Completion("praise"));
        });
        using IChatClient client = new OpenAiEndpoint(server.Url, "tiny") { RequestsPerMinute = 2, Timeout = TimeSpan.FromHours(1), Patience = TimeSpan.FromHours(2) }.Open(clock: clock); // one in 30 s, which are 1.5 s here

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => client.GetResponseAsync("x", cancellationToken: Token)));

        double[] at = [.. arrived];
        Assert.Equal(4, at.Length);
        Assert.True(at[1] - at[0] >= 40, $"{at[1] - at[0]}");
        Assert.True(at[2] - at[1] >= 25 && at[3] - at[2] >= 25, string.Join(' ', at));
    }

    [Fact]
    public async Task GetResponse_WaitsForItsTurnAfterAFailure_CostsNoPatience()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(_ => "praise", (number, _) => number < 6 ? Trouble.InternalError : Trouble.None);
        JumpClock clock = new(never: TimeSpan.FromSeconds(90));
        using IChatClient client = Open(new(server.Url, "tiny") { TokensPerMinute = 3000 }, clock);

        await client.GetResponseAsync("x", new() { MaxOutputTokens = 4000 }, Token); // a try may be made every 80 s

        Assert.True(clock.Elapsed > new OpenAiEndpoint(server.Url, "tiny").Patience);
        Assert.Equal(7, server.Requests.Count);
    }

    [Fact]
    public async Task GetResponse_FailsAgainAndAgain_PausesGrowAndItGivesUpWithASentence()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(_ => "praise", (_, _) => Trouble.InternalError);
        using IChatClient client = Open(new(server.Url, "tiny") { MaxRetries = 3 });

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        Assert.Matches(@"answered 500 \(internal error\) to the first call\. It was tried 4 times in \d+ s\.$", e.Message);
        Assert.Equal(4, server.Requests.Count);
        double[] seconds = [.. _retries.Select(r => r.Pause.TotalSeconds)];
        Assert.InRange(seconds[0], 0.5, 1.5);
        Assert.InRange(seconds[1], 1, 3);
        Assert.InRange(seconds[2], 2, 6);
    }

    [Theory]
    [InlineData(Trouble.Unauthorised)]
    [InlineData(Trouble.Forbidden)]
    [InlineData(Trouble.NotFound)]
    [InlineData(Trouble.AccountEmpty)]
    public async Task GetResponse_WhatAPersonMustMend_IsNotTriedAgain(Trouble trouble)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(_ => "praise", (_, _) => trouble);
        using IChatClient client = Open(new(server.Url, "tiny"));

        await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        Assert.Single(server.Requests);
        Assert.Empty(_retries);
    }

    [Fact]
    public async Task GetResponse_Nonsense_IsAskedForOnceMoreOnly()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(200, "<html>wrong door</html>");
        using IChatClient client = Open(new(server.Url, "tiny"));

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        Assert.Contains("is no chat completion", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task GetResponse_ServerHangs_TriesAgainUntilPatienceEnds()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(_ => "praise", (_, _) => Trouble.Hang);
        using IChatClient client = Open(new(server.Url, "tiny") { Patience = TimeSpan.FromSeconds(250) }, new JumpClock(never: TimeSpan.FromDays(1)));

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        Match said = Regex.Match(e.Message, @"did not answer the first call within ([\d.]+) s\. It was tried 3 times in 250 s\.$");
        Assert.InRange(double.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture), 250 - 200 - 4.5, 250 - 200 - 1.5); // what the tries and the two pauses left
        Assert.Equal(2, _retries.Count);
        Assert.All(_retries, r => Assert.Equal("no answer within 100 s", r.Why));
    }

    [Fact]
    public async Task GetResponse_ServerAsksForMoreThanPatience_GivesUpAtOnce()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(429, "", ("Retry-After", "3600"));
        using IChatClient client = Open(new(server.Url, "tiny"));

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("x", cancellationToken: Token));

        Assert.EndsWith(" It asks to wait for 3,600 s, and one call may take 300 s.", e.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task GetResponse_CallerCancelsWhileItWaits_IsNoFault()
    {
        using CancellationTokenSource source = new();
        await using LoopbackServer server = await LoopbackServer.StartAsync(_ => "praise", (_, _) => Trouble.InternalError);
        OpenAiEndpoint endpoint = new(server.Url, "tiny") { FirstPause = TimeSpan.FromMinutes(4) };
        using IChatClient client = endpoint.Open(_ => source.Cancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("x", cancellationToken: source.Token));
    }

    [Fact]
    public async Task GetResponse_ManyAtOnce_NoMoreThanMayBeUnderWay()
    {
        int now = 0, most = 0;
        Lock counting = new();
        await using LoopbackServer server = await LoopbackServer.StartAsync(async context =>
        {
            lock (counting)
            {
                most = Math.Max(most, ++now);
            }

            await Task.Yield();
            lock (counting)
            {
                now--;
            }

            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(LoopbackServer.Completion("yes"));
        });
        using IChatClient client = Open(new(server.Url, "tiny") { Concurrency = 3 });

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => client.GetResponseAsync("x", cancellationToken: Token)));

        Assert.InRange(most, 1, 3);
        Assert.Equal(40, server.Requests.Count);
    }

    [Fact]
    public async Task GetResponse_RequestsPerMinute_AreSpacedEvenly()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(200, LoopbackServer.Completion("yes"));
        JumpClock clock = new(never: TimeSpan.FromSeconds(90));
        using IChatClient client = Open(new(server.Url, "tiny") { RequestsPerMinute = 120 }, clock);

        for (int i = 0; i < 10; i++)
        {
            await client.GetResponseAsync("x", cancellationToken: Token);
        }

        Assert.Equal(TimeSpan.FromSeconds(4.5), clock.Elapsed); // the first at once, nine more at half a second each
    }

    [Fact]
    public async Task GetResponse_TokensPerMinute_CountWhatACallTookOnceThatIsKnown()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(200, LoopbackServer.Completion("yes")); // 15 tokens
        JumpClock clock = new(never: TimeSpan.FromSeconds(90));
        using IChatClient client = Open(new(server.Url, "tiny") { TokensPerMinute = 600 }, clock);

        for (int i = 0; i < 3; i++)
        {
            await client.GetResponseAsync("x", new() { MaxOutputTokens = 100 }, Token);
        }

        Assert.Equal(TimeSpan.FromSeconds(3), clock.Elapsed); // two calls of 15 tokens at ten a second; reserved were 100
    }

    [Fact]
    public async Task Open_CallIsTriedAgain_IsCounted()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(_ => "praise", (number, _) => number < 2 ? Trouble.InternalError : Trouble.None);
        ConcurrentQueue<(long Count, string? Why)> counted = [];
        List<Activity> activities = [];
        using MeterListener meters = new() { InstrumentPublished = (i, l) => { if (i.Meter.Name == OpenAiEndpoint.TelemetryName) { l.EnableMeasurementEvents(i); } } };
        meters.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            if (instrument.Name == "ansatz.endpoint.retries" && tags.ToArray().Any(t => Equals(t.Value, "127.0.0.1")))
            {
                counted.Enqueue((count, tags.ToArray().First(t => t.Key == "error.type").Value?.ToString()));
            }
        });
        meters.Start();
        using ActivityListener listener = new()
        {
            ShouldListenTo = s => s.Name == OpenAiEndpoint.TelemetryName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = a =>
            {
                lock (activities)
                {
                    activities.Add(a);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using Activity parent = new Activity("test").Start();
        using IChatClient client = Open(new(server.Url, "tiny"));

        await client.GetResponseAsync("x", cancellationToken: Token);

        Assert.True(counted.Count(c => c == (1, "500 (internal error)")) >= 2);
        Activity call = Assert.Single(activities, a => a.OperationName == "ansatz.call" && a.TraceId == parent.TraceId);
        Assert.Equal(3, call.GetTagItem("ansatz.tries"));
        Assert.Equal(3, activities.Count(a => a.ParentSpanId == call.SpanId)); // one a try
    }

    private IChatClient Open(OpenAiEndpoint endpoint, TimeProvider? clock = null) => endpoint.Open(_retries.Enqueue, clock ?? new JumpClock(never: TimeSpan.FromSeconds(90)));
}
