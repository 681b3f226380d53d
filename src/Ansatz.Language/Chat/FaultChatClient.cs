using System.ClientModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Ansatz.Language;

/// <summary>Turns what goes wrong with a server into a sentence that says what to do. No exception that leaves it holds the key.</summary>
internal sealed class FaultChatClient(IChatClient innerClient, OpenAiEndpoint endpoint, string? key) : DelegatingChatClient(innerClient)
{
    private int _calls;

    private string Server => endpoint.Url.AbsoluteUri.TrimEnd('/');

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        int call = Interlocked.Increment(ref _calls);
        try
        {
            return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Explain(e, call, cancellationToken) is { } fault)
        {
            throw fault;
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        int call = Interlocked.Increment(ref _calls);
        IAsyncEnumerator<ChatResponseUpdate> updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (await NextAsync(updates, call, cancellationToken).ConfigureAwait(false))
            {
                yield return updates.Current;
            }
        }
        finally
        {
            await updates.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, int call, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (Explain(e, call, cancellationToken) is { } fault)
        {
            throw fault;
        }
    }

    // None for what is no failure of the server: the caller's cancellation, wrong use.
    private Exception? Explain(Exception e, int call, CancellationToken cancellationToken) => e switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        ClientResultException { Status: > 0 } answer => OfStatus(answer, call),
        // After several tries the client throws all their failures together.
        AggregateException { InnerExceptions: [.., { } last] } => Explain(last, call, cancellationToken),
        OperationCanceledException => new FaultException(string.Create(
            CultureInfo.InvariantCulture, $"{Server} did not answer {Ordinal(call)} within {endpoint.Timeout.TotalSeconds:0.#} s. The same command goes on later.")),
        // A cause is not passed on where it could hold the text of a request.
        _ when Cause<SocketException>(e) is { } socket => new FaultException(
            $"{Server} cannot be reached: {SocketWords(socket)}. Is the server running, and is its address right?"),
        HttpRequestException or IOException or ClientResultException => new FaultException(
            $"{Server} broke off {Ordinal(call)}: {Redacted(e.Message)}"),
        // What the client throws when it reads something that is no chat completion: no JSON, no choices, a text where a number should be.
        JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentOutOfRangeException or IndexOutOfRangeException =>
            new FaultException($"{Server} answered {Ordinal(call)} with something that is no chat completion. Is it a server of OpenAI's protocol, and does its address end in /v1?"),
        _ => null,
    };

    private Exception OfStatus(ClientResultException answer, int call)
    {
        string said = Redacted(answer.GetRawResponse()?.Content?.ToString() ?? "");
        if (answer.Status is 400 or 413 && (said.Contains("context_length", StringComparison.OrdinalIgnoreCase)
            || said.Contains("context length", StringComparison.OrdinalIgnoreCase)
            || said.Contains("exceed_context", StringComparison.OrdinalIgnoreCase)
            || said.Contains("context size", StringComparison.OrdinalIgnoreCase)))
        {
            return new ContextOverflowException($"The prompt is longer than {endpoint.Model} takes: {Message(said)}", item: 0, tokens: 0); // the server does not say how many
        }

        string what = string.Create(
            CultureInfo.InvariantCulture, $"{Server} answered {answer.Status} ({StatusWords(answer.Status)}) to {Ordinal(call)}.");
        return new FaultException(answer.Status switch
        {
            401 or 403 => $"{what} Set {endpoint.KeyFrom}, or the variable named in \"model.keyFrom\".",
            404 => $"{what} Either it has no model \"{endpoint.Model}\", or its address is wrong; it mostly ends in /v1.",
            429 => $"{what} It allows no more calls for now, or the account is empty: {Message(said)} The same command goes on later.",
            >= 500 => $"{what} The same command goes on later.",
            _ => $"{what} It says: {Message(said)}",
        });
    }

    // error.message of OpenAI's protocol where it is there, else the text itself; one line, not too long.
    private static string Message(string body)
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

        message = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return message.Length == 0 ? "nothing more." : message.Length <= 300 ? message : message[..300] + "...";
    }

    private string Redacted(string text) => string.IsNullOrEmpty(key) ? text : text.Replace(key, "***", StringComparison.Ordinal);

    private static string Ordinal(int call) => call == 1 ? "the first call" : string.Create(CultureInfo.InvariantCulture, $"call {call:N0}");

    private static string StatusWords(int status) => status switch
    {
        400 => "bad request",
        401 => "unauthorised",
        403 => "forbidden",
        404 => "not found",
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
        SocketError.ConnectionReset => "the connection was broken off",
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
