using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Ansatz.Language;

/// <summary>Turns what goes wrong with one try into a <see cref="TryFailedException"/>. The innermost stage: no exception that leaves it holds the key.</summary>
internal sealed class FaultChatClient(IChatClient innerClient, OpenAiEndpoint endpoint, string? key, TimeProvider clock) : DelegatingChatClient(innerClient)
{
    private readonly Regex? _key = string.IsNullOrEmpty(key) ? null : new(string.Concat(key.Select(InAnySpelling)), RegexOptions.CultureInvariant);

    private string Server => endpoint.Server;

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        }
        catch (ClientResultException e) when (IsFiltered(e))
        {
            // Servers of Azure and OpenAI refuse a prompt of which their content filter does not approve, every time. That is the candidate's fault, and
            // is said as the protocol says it of a filtered reply.
            return new(new ChatMessage(ChatRole.Assistant, "")) { FinishReason = Microsoft.Extensions.AI.ChatFinishReason.ContentFilter, ModelId = endpoint.Model };
        }
        catch (Exception e) when (Explain(e, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IAsyncEnumerator<ChatResponseUpdate> updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (await NextAsync(updates, cancellationToken).ConfigureAwait(false))
            {
                yield return updates.Current;
            }
        }
        finally
        {
            await updates.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A try that took longer than it might.</summary>
    public static TryFailedException TimedOut(OpenAiEndpoint endpoint, TimeSpan limit)
    {
        string within = string.Create(CultureInfo.InvariantCulture, $"within {limit.TotalSeconds:0.#} s");
        return new($"no answer {within}", call => $"{endpoint.Server} did not answer {call} {within}.") { Again = TryAgain.Often };
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (Explain(e, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    // None for what is no failure of the server: the caller's cancellation, wrong use.
    private Exception? Explain(Exception e, CancellationToken cancellationToken) => e switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        ClientResultException { Status: > 0 } answer => OfStatus(answer),
        OperationCanceledException => TimedOut(endpoint, endpoint.Timeout),
        // A cause is not passed on where it could hold the text of a request.
        _ when Cause<SocketException>(e) is { SocketErrorCode: not SocketError.ConnectionReset } socket => new TryFailedException(
            SocketWords(socket), _ => $"{Server} cannot be reached: {SocketWords(socket)}. Is the server running, and is its address right?")
        {
            Again = socket.SocketErrorCode == SocketError.HostNotFound ? TryAgain.Never : TryAgain.Often,
        },
        HttpRequestException or IOException or ClientResultException => new TryFailedException(
            "the connection broke off", call => $"{Server} broke off {call}: {Redacted(e.Message)}")
        { Again = TryAgain.Often },
        // What the client throws when it reads something that is no chat completion: no JSON, no choices, a text where a number should be. That
        // may be a reply that was cut short on its way, so it is asked for once more.
        JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentOutOfRangeException or IndexOutOfRangeException =>
            new TryFailedException(
                "an answer that is no chat completion",
                call => $"{Server} answered {call} with something that is no chat completion. Is it a server of OpenAI's protocol, and does its address end in /v1?")
            {
                Again = TryAgain.Once,
            },
        _ => null,
    };

    private Exception OfStatus(ClientResultException answer)
    {
        PipelineResponse? response = answer.GetRawResponse();
        string said = Body(answer);
        if (answer.Status is 200 or 400 or 413 && (said.Contains("context_length", StringComparison.OrdinalIgnoreCase)
            || said.Contains("context length", StringComparison.OrdinalIgnoreCase)
            || said.Contains("exceed_context", StringComparison.OrdinalIgnoreCase)
            || said.Contains("context size", StringComparison.OrdinalIgnoreCase)))
        {
            return new ContextOverflowException($"The prompt is longer than {endpoint.Model} takes: {Message(said)}", item: 0, tokens: 0); // the server does not say how many
        }

        bool isEmpty = answer.Status is 200 or 429 && said.Contains("insufficient_quota", StringComparison.OrdinalIgnoreCase); // waiting fills no account
        string why = answer.Status == 200 ? "an error with status 200" : string.Create(CultureInfo.InvariantCulture, $"{answer.Status} ({StatusWords(answer.Status)})");
        string advice = answer.Status switch
        {
            401 when HasKey => $" It refused the key in {endpoint.KeyFrom}.",
            403 when HasKey => $" The key in {endpoint.KeyFrom} may not use it: {Message(said)}",
            401 or 403 => $" Set {endpoint.KeyFrom}, or name another variable (keyFrom in a study file, --key-from of models check).",
            404 => $" Either it has no model \"{endpoint.Model}\", or its address is wrong; it mostly ends in /v1.",
            429 when isEmpty => $" The account is empty: {Message(said)}",
            429 => $" It allows no more calls for now: {Message(said)}",
            >= 500 => "",
            _ => $" It says: {Message(said)}",
        };
        return new TryFailedException(why, call => $"{Server} answered {why} to {call}.{advice}")
        {
            Status = answer.Status,
            Again = answer.Status is 200 or 408 or 429 or >= 500 && !isEmpty ? TryAgain.Often : TryAgain.Never,
            RetryAfter = response is null ? null : RetryAfterOf(response.Headers, clock.GetUtcNow()),
        };
    }

    private bool HasKey => _key is not null;

    private static string Body(ClientResultException answer) => answer.GetRawResponse()?.Content?.ToString() ?? "";

    private static bool IsFiltered(ClientResultException answer)
    {
        if (answer.Status is not (400 or 403 or 422))
        {
            return false;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(Body(answer));
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out JsonElement error)
                && error.ValueKind == JsonValueKind.Object && error.TryGetProperty("code", out JsonElement code)
                && code.ToString() is "content_filter" or "content_policy_violation";
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Retry-After, in seconds or as a date (RFC 9110, 10.2.3), or OpenAI's retry-after-ms.</summary>
    internal static TimeSpan? RetryAfterOf(PipelineResponseHeaders headers, DateTimeOffset now)
    {
        if (headers.TryGetValue("retry-after-ms", out string? text)
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double milliseconds) && milliseconds is >= 0 and < int.MaxValue)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        if (!headers.TryGetValue("Retry-After", out text) || !RetryConditionHeaderValue.TryParse(text, out RetryConditionHeaderValue? asked))
        {
            return null;
        }

        TimeSpan wait = asked.Delta ?? (asked.Date is { } date ? date - now : TimeSpan.Zero);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    // error.message of OpenAI's protocol where it is there, else the text itself; one line, without the key, not too long.
    private string Message(string body)
    {
        string message = body;
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out JsonElement error))
            {
                message = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out JsonElement inner) ? inner.ToString() : error.ToString();
            }
        }
        catch (JsonException)
        {
            // Not JSON: the text itself is what it says.
        }

        message = Redacted(string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))); // here, where nothing is unescaped or cut any more
        return message.Length == 0 ? "nothing more." : message.Length > 300 ? message[..300] + "..." : char.IsLetterOrDigit(message[^1]) ? message + "." : message; // sentences follow
    }

    private string Redacted(string text) => _key?.Replace(text, "***") ?? text;

    // A letter of the key as itself, or as JSON, an address or HTML may write it: / is also \/, \u002F, %2F, &#47; and &#x2F;.
    private static string InAnySpelling(char c)
    {
        string hex = ((int)c).ToString("x2", CultureInfo.InvariantCulture), number = ((int)c).ToString(CultureInfo.InvariantCulture);
        return $@"(?:\\*{Regex.Escape(c.ToString())}|(?i:\\+u00{hex}|%{hex}|&#x0*{hex};)|&#0*{number};|{Regex.Escape(WebUtility.HtmlEncode(c.ToString()))})";
    }

    private static string StatusWords(int status) => status switch
    {
        400 => "bad request",
        401 => "unauthorised",
        403 => "forbidden",
        404 => "not found",
        408 => "request timeout",
        429 => "too many requests",
        500 => "internal error",
        502 => "bad gateway",
        503 => "unavailable",
        504 => "gateway timeout",
        _ => ((HttpStatusCode)status).ToString(),
    };

    private static string SocketWords(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "the connection was refused",
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "its name is not known",
        SocketError.TimedOut => "it does not answer",
        _ => e.SocketErrorCode.ToString(),
    };

    private static TException? Cause<TException>(Exception? e)
        where TException : Exception
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is TException found)
            {
                return found;
            }
        }

        return null;
    }
}
