using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace Ansatz.Language;

/// <summary>Finds out, in seven short calls, what a server really does of what the protocol promises.</summary>
/// <remarks>A server may take an option and do nothing with it, so each one is judged by what comes back, not by whether it was refused.</remarks>
public static class EndpointCheck
{
    private const int Limit = 16; // tokens that a story is cut to

    private static readonly JsonElement Schema = JsonElement.Parse(
        """{"type":"object","properties":{"answer":{"type":"string","enum":["yes","no"]}},"required":["answer"],"additionalProperties":false}""");

    /// <summary>Asks the server.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="price">What its tokens cost.</param>
    /// <param name="retried">Told of each try that failed.</param>
    /// <param name="clock">The clock of pauses and of the latency.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <remarks>Where a later call fails, what was found before it stays, nothing more is asked, and the rest is unclear.</remarks>
    /// <exception cref="FaultException">The first call failed: it cannot be reached, refuses the key, or does not know the model.</exception>
    public static async Task<EndpointReport> RunAsync(
        OpenAiEndpoint endpoint, Price price, Action<EndpointRetry>? retried = null, TimeProvider? clock = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(price);
        DialectPolicy limit = new();
        using IChatClient client = endpoint.Open(limit, retried, clock);
        Probe probe = new(client, price, clock ?? TimeProvider.System, cancellationToken);

        // Three stories: twice the same seed, then another one. Each is cut short.
        ChatOptions story = new() { Temperature = 1, Seed = 7, MaxOutputTokens = Limit };
        const string tell = "Tell a long story about an animal of your choice.";
        ChatResponse first = (await probe.AskAsync(tell, story).ConfigureAwait(false)).Response
            ?? throw new FaultException($"{endpoint.Server} refuses an ordinary call: {probe.Refusal}");
        ChatResponse? same = (await probe.AskAsync(tell, story).ConfigureAwait(false)).Response;
        ChatOptions otherSeed = story.Clone();
        otherSeed.Seed = 8;
        ChatResponse? other = (await probe.AskAsync(tell, otherSeed).ConfigureAwait(false)).Response;
        Answer stop = await probe.AskAsync("Count from 1 to 9, separated by commas.", new() { Temperature = 0, MaxOutputTokens = 40, StopSequences = ["5"] }).ConfigureAwait(false);
        Answer schema = await probe.AskAsync(
            "Is the sky blue? Answer in JSON.",
            new() { Temperature = 0, MaxOutputTokens = 40, ResponseFormat = Microsoft.Extensions.AI.ChatResponseFormat.ForJsonSchema(Schema, "answer") }).ConfigureAwait(false);
        Answer logarithms = await probe.AskAsync(
            "Is the sky blue? Answer yes or no.",
            new() { Temperature = 0, MaxOutputTokens = 4, RawRepresentationFactory = _ => new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 5 } }).ConfigureAwait(false);
        (int pieces, Answer stream) = await probe.StreamAsync("Count from 1 to 9.", new() { Temperature = 0, MaxOutputTokens = 40 }).ConfigureAwait(false);

        return new(
            endpoint.Server,
            endpoint.Model,
            [.. OfText(first), OfLimit(first, limit.Name), .. OfTemperature(limit.TakesTemperature), OfUsage(first), OfSeed(first, same, other), OfStop(stop), OfSchema(schema), OfLogarithms(logarithms), OfStreaming(pieces, stream)],
            probe.Median,
            probe.Spent);
    }

    private static EndpointFinding[] OfText(ChatResponse first)
    {
        if (!string.IsNullOrWhiteSpace(first.Text))
        {
            return [];
        }

        bool reasons = first.Messages.SelectMany(m => m.Contents).OfType<TextReasoningContent>().Any() || first.FinishReason == Microsoft.Extensions.AI.ChatFinishReason.Length;
        return [new("text", Honoured.No, Invariant($"no text came in {Limit} tokens{(reasons ? ": a model that reasons first needs more before it answers (maxReplyTokens)" : "")}"))];
    }

    private static EndpointFinding OfLimit(ChatResponse first, string name)
    {
        long? written = first.Usage?.OutputTokenCount;
        bool isKept = written is { } tokens ? tokens <= Limit : first.Text.Length <= 12 * Limit; // no story needs more than 12 letters a token
        string came = written is { } count ? Invariant($"{count:N0} tokens") : Invariant($"{first.Text.Length:N0} letters");
        return new("token limit", isKept ? Honoured.Yes : Honoured.No, isKept
            ? Invariant($"as \"{name}\": {came} came where {Limit} tokens were allowed")
            : Invariant($"{came} came where {Limit} tokens were allowed: calls may cost more than is reserved for them"));
    }

    // Whether one that is taken does anything cannot be told from a few calls.
    private static EndpointFinding[] OfTemperature(bool isTaken) =>
        isTaken ? [] : [new("temperature", Honoured.Refused, "calls go without it: the model may answer the same prompt differently each time")];

    private static EndpointFinding OfUsage(ChatResponse first) => first.Usage is { InputTokenCount: > 0 }
        ? new("usage", Honoured.Yes, "says how many tokens a call took")
        : new("usage", Honoured.No, "does not say how many tokens a call took: calls are counted at the most that they can have taken");

    private static EndpointFinding OfSeed(ChatResponse first, ChatResponse? same, ChatResponse? other) =>
        same is null || other is null ? new("seed", Honoured.Unclear, "a call failed")
        : first.Text != same.Text ? new("seed", Honoured.No, "the same seed gave two texts: a study cannot be repeated by asking again, only from its journal")
        : first.Text != other.Text ? new("seed", Honoured.Yes, "the same seed gave the same text, another seed another one")
        : new("seed", Honoured.Unclear, "every call gave the same text, whatever its seed: proposals may all be alike");

    private static EndpointFinding OfStop(Answer stop) => stop.Response is not { Text: var text } ? Refused("stop", stop)
        : text.Contains('5', StringComparison.Ordinal) ? new("stop", Honoured.No, "writes on after the text at which it should stop")
        : text.Contains('4', StringComparison.Ordinal) ? new("stop", Honoured.Yes, "stops before the text that it is given")
        : new("stop", Honoured.Unclear, $"it was asked to count, and said: {Short(text)}");

    private static EndpointFinding OfSchema(Answer schema)
    {
        if (schema.Response is not { Text: var text })
        {
            return Refused("JSON schema", schema);
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.EnumerateObject().ToArray() is [{ Name: "answer" } only] && only.Value.ToString() is "yes" or "no")
            {
                return new("JSON schema", Honoured.Yes, "the reply keeps to the schema");
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        return new("JSON schema", Honoured.No, $"the reply does not keep to the schema: {Short(text)}");
    }

    private static EndpointFinding OfLogarithms(Answer answer) =>
        answer.Response is not { } response ? Refused("log-probabilities", answer)
        : (response.RawRepresentation as ChatCompletion)?.ContentTokenLogProbabilities is [{ TopLogProbabilities.Count: var top }, ..]
            ? new("log-probabilities", Honoured.Yes, Invariant($"of the reply's tokens, with {top} alternatives each where 5 were asked for"))
            : new("log-probabilities", Honoured.No, "none come");

    private static EndpointFinding OfStreaming(int pieces, Answer stream) =>
        stream.Refusal is not null ? Refused("streaming", stream)
        : pieces > 1 ? new("streaming", Honoured.Yes, Invariant($"a reply came in {pieces} pieces"))
        : new("streaming", Honoured.No, "a reply came in one piece");

    private static EndpointFinding Refused(string what, Answer answer) => new(what, answer.IsFault ? Honoured.Unclear : Honoured.Refused, answer.Refusal ?? "the call failed");

    private static string Short(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length == 0 ? "nothing" : line.Length <= 80 ? $"\"{line}\"" : $"\"{line[..77]}...\"";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Answer(ChatResponse? Response, string? Refusal, bool IsFault = false);

    /// <summary>Makes the calls and keeps the account.</summary>
    private sealed class Probe(IChatClient client, Price price, TimeProvider clock, CancellationToken cancellationToken)
    {
        private readonly List<double> _seconds = [];
        private Answer? _fault; // of a call after the first; none is made after it

        public Cost Spent { get; private set; }

        public string? Refusal { get; private set; }

        public double? Median => _seconds.Count == 0 ? null : _seconds.Order().ElementAt(_seconds.Count / 2);

        public async Task<Answer> AskAsync(string text, ChatOptions options)
        {
            if (_fault is not null)
            {
                return _fault;
            }

            try
            {
                long start = clock.GetTimestamp();
                ChatResponse response = await client.GetResponseAsync(text, options, cancellationToken).ConfigureAwait(false);
                _seconds.Add(clock.GetElapsedTime(start).TotalSeconds);
                Spent += price.Of(response.Text, response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0, AtMost(text, options));
                return new(response, null);
            }
            catch (FaultException e) when (e.InnerException is TryFailedException { Status: 400 or 422 })
            {
                Refusal = e.Message;
                return new(null, e.Message);
            }
            catch (FaultException e) when (_seconds.Count > 0)
            {
                return _fault = new(null, e.Message, IsFault: true);
            }
        }

        public async Task<(int Pieces, Answer Answer)> StreamAsync(string text, ChatOptions options)
        {
            if (_fault is not null)
            {
                return (0, _fault);
            }

            StringBuilder written = new();
            (int pieces, UsageDetails? usage) = (0, null);
            try
            {
                await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(text, options, cancellationToken).ConfigureAwait(false))
                {
                    pieces += update.Text.Length > 0 ? 1 : 0;
                    written.Append(update.Text);
                    usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
                }

                Spent += price.Of(written.ToString(), usage?.InputTokenCount ?? 0, usage?.OutputTokenCount ?? 0, AtMost(text, options));
                return (pieces, new(null, null));
            }
            catch (FaultException e)
            {
                if (pieces > 0)
                {
                    Spent += price.Of(written.ToString(), 0, 0, AtMost(text, options)); // what came before it broke off is billed
                }

                return (pieces, new(null, e.Message, IsFault: e.InnerException is not TryFailedException { Status: 400 or 422 }));
            }
        }

        private Cost AtMost(string text, ChatOptions options) => price.AtMost(text, messages: 1, options.MaxOutputTokens!.Value);
    }
}

/// <summary>What a server really does.</summary>
/// <param name="Server">Its address.</param>
/// <param name="Model">The model's name there.</param>
/// <param name="Findings">What was found, one a promise of the protocol.</param>
/// <param name="MedianSeconds">How long a short call takes, its retries included.</param>
/// <param name="Spent">What the check cost.</param>
public sealed record EndpointReport(string Server, string Model, ImmutableArray<EndpointFinding> Findings, double? MedianSeconds, Cost Spent)
{
    /// <summary>How it is written as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EndpointReportJson.Default.EndpointReport);
}

/// <summary>Whether a server does one thing that the protocol promises.</summary>
/// <param name="What">Which: "token limit", "usage", "seed", "stop", "JSON schema", "log-probabilities", "streaming".</param>
/// <param name="Honoured">Whether it does.</param>
/// <param name="Words">What came back, and what follows from it.</param>
public sealed record EndpointFinding(string What, Honoured Honoured, string Words);

/// <summary>Whether a promise is kept.</summary>
public enum Honoured
{
    /// <summary>It is.</summary>
    Yes,

    /// <summary>It is not: the option was passed over in silence, or what should come does not.</summary>
    No,

    /// <summary>The server says that it cannot.</summary>
    Refused,

    /// <summary>What came back does not tell.</summary>
    Unclear,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(EndpointReport))]
internal sealed partial class EndpointReportJson : JsonSerializerContext;
