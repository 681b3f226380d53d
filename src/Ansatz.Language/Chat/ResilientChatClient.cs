using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;

namespace Ansatz.Language;

/// <summary>The one resilience stage of an endpoint: bounds and paces its calls, tries again what may pass by itself, tells of it, and gives up with a sentence.</summary>
/// <remarks>
/// Nothing below it tries again. Pauses grow (1, 2, 4, ... of <see cref="OpenAiEndpoint.FirstPause"/>, at most 30 s, each times a random factor of 0.5 to
/// 1.5), or last as long as the server asks where that is longer; what it asks of one call holds for all. What a call takes are its tries and pauses: that it waits for
/// its turn is nobody's failure. None of it reaches a history: a reply is the same whenever it comes. A
/// streamed call is paced, but not tried again, since what was handed on cannot be taken back. Thread-safe.
/// </remarks>
internal sealed class ResilientChatClient(IChatClient innerClient, OpenAiEndpoint endpoint, Action<EndpointRetry>? retried, TimeProvider clock)
    : DelegatingChatClient(innerClient)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly ActivitySource Activities = new(OpenAiEndpoint.TelemetryName);
    private static readonly Meter Meter = new(OpenAiEndpoint.TelemetryName);
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("ansatz.endpoint.retries", "{try}", "Tries of a call that failed and were followed by another.");

    private readonly SemaphoreSlim _places = new(endpoint.Concurrency);
    private readonly Pace _requests = new(endpoint.RequestsPerMinute, clock), _tokens = new(endpoint.TokensPerMinute, clock);
    private int _calls;

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatMessage> asked = [.. messages];
        int call = Interlocked.Increment(ref _calls);
        using Activity? activity = Activities.StartActivity("ansatz.call");
        TimeSpan spent = TimeSpan.Zero; // under way and in pauses
        int once = 0; // failures that are worth one more try in a call
        for (int tried = 1; ; tried++)
        {
            try
            {
                await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    long expected = await PaceAsync(asked, options, cancellationToken).ConfigureAwait(false);
                    long began = clock.GetTimestamp();
                    ChatResponse response;
                    try
                    {
                        response = await TryAsync(asked, options, endpoint.Patience - spent, cancellationToken).ConfigureAwait(false);
                    }
                    finally
                    {
                        spent += clock.GetElapsedTime(began);
                    }

                    _tokens.Correct((response.Usage?.TotalTokenCount ?? expected) - expected);
                    activity?.SetTag("ansatz.tries", tried);
                    return response;
                }
                finally
                {
                    _places.Release();
                }
            }
            catch (TryFailedException failure)
            {
                once += failure.Again == TryAgain.Once ? 1 : 0;
                bool isHopeless = failure.Again == TryAgain.Never || once > 1 || tried > endpoint.MaxRetries;
                if (isHopeless || PauseAfter(failure, tried) is var pause && spent + pause >= endpoint.Patience)
                {
                    activity?.SetStatus(ActivityStatusCode.Error, failure.Why);
                    throw new FaultException(failure.Sentence(Ordinal(call)) + Tries(failure, tried, spent), failure);
                }

                if (failure.RetryAfter is { } wait)
                {
                    _requests.Hold(wait);
                }

                Retries.Add(1, new("server.address", endpoint.Url.Host), new("error.type", failure.Why));
                retried?.Invoke(new(endpoint.Server, endpoint.Model, call, tried, failure.Why, pause));
                await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
                spent += pause;
            }
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> asked = [.. messages];
        int call = Interlocked.Increment(ref _calls);
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await PaceAsync(asked, options, cancellationToken).ConfigureAwait(false);
            IAsyncEnumerator<ChatResponseUpdate> updates = InnerClient.GetStreamingResponseAsync(asked, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (updates.ConfigureAwait(false))
            {
                while (await NextAsync(updates, call).ConfigureAwait(false))
                {
                    yield return updates.Current;
                }
            }
        }
        finally
        {
            _places.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _places.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>One try, cut off where it takes longer than one may, or than is left of the patience.</summary>
    private async Task<ChatResponse> TryAsync(List<ChatMessage> messages, ChatOptions? options, TimeSpan left, CancellationToken cancellationToken)
    {
        TimeSpan within = left < endpoint.Timeout ? left : endpoint.Timeout;
        using CancellationTokenSource timeUp = new(within, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeUp.Token);
        try
        {
            return await InnerClient.GetResponseAsync(messages, options, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeUp.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw FaultChatClient.TimedOut(endpoint, within);
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, int call)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (TryFailedException failure)
        {
            throw new FaultException(failure.Sentence(Ordinal(call)), failure);
        }
    }

    /// <summary>Waits for the turn of a call; returns how many tokens it was counted as: four bytes of text a token, and all that it may write.</summary>
    private async Task<long> PaceAsync(List<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        long expected = (messages.Sum(m => (long)Encoding.UTF8.GetByteCount(m.Text)) / 4) + (options?.MaxOutputTokens ?? 0);
        await _requests.WaitAsync(1, cancellationToken).ConfigureAwait(false);
        await _tokens.WaitAsync(expected, cancellationToken).ConfigureAwait(false);
        return expected;
    }

    private TimeSpan PauseAfter(TryFailedException failure, int tried)
    {
        // Chance that decides nothing but when: many calls that failed together do not come back together.
        double chance = Random.Shared.NextDouble();
        TimeSpan own = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, endpoint.FirstPause.TotalSeconds * Math.Pow(2, tried - 1))) * (0.5 + chance);
        TimeSpan asked = (failure.RetryAfter ?? TimeSpan.Zero) * (1 + (0.1 * chance)); // never before the server asks; it may ask for 0 s, or a time that is past here
        return asked > own ? asked : own;
    }

    private string Tries(TryFailedException failure, int tried, TimeSpan spent)
    {
        string tries = tried == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" It was tried {tried} times in {spent.TotalSeconds:0} s.");
        return failure.RetryAfter is { } wait && wait + spent >= endpoint.Patience
            ? string.Create(CultureInfo.InvariantCulture, $"{tries} It asks to wait for {wait.TotalSeconds:N0} s, and one call may take {endpoint.Patience.TotalSeconds:N0} s.")
            : tries;
    }

    private static string Ordinal(int call) => call == 1 ? "the first call" : string.Create(CultureInfo.InvariantCulture, $"call {call:N0}");
}
