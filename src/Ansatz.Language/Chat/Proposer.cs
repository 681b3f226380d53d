using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Ansatz.Language;

/// <summary>The model that writes candidates, as text in, text out: a chat model, or a plain one that goes on with a text.</summary>
/// <param name="identity">Which model it is: part of the search's settings, compared on resume.</param>
/// <param name="writeAsync">Writes a reply. A fault of the world is thrown as a <see cref="FaultException"/>, a text that does not fit as a <see cref="ContextOverflowException"/>.</param>
/// <param name="price">What its tokens cost; none: nobody said, so its calls are counted as calls without a price.</param>
public sealed class Proposer(
    JsonObject identity, Func<ProposerRequest, CancellationToken, Task<ProposerReply>> writeAsync, Price? price = null)
{
    private readonly Price _price = price ?? Price.Unknown;

    /// <summary>How long its replies may be, in tokens, whatever a search asks for: a model that reasons before it answers needs more. None: what the search asks for.</summary>
    public int? MaxReplyTokens
    {
        get;
        init
        {
            if (value is { } most)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most, nameof(value));
            }

            field = value;
        }
    }

    /// <summary>Which model it is.</summary>
    public JsonObject Identity
    {
        get
        {
            JsonObject whole = (JsonObject)identity.DeepClone();
            if (MaxReplyTokens is { } most)
            {
                whole["maxReplyTokens"] = most;
            }

            return whole;
        }
    }

    /// <summary>A chat model: the text is the only message, the user's.</summary>
    /// <param name="client">The model.</param>
    /// <param name="price">What its tokens cost.</param>
    /// <param name="maxReplyTokens">As <see cref="MaxReplyTokens"/>.</param>
    public static Proposer OfChat(IChatClient client, Price? price = null, int? maxReplyTokens = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new(ChatIdentity.Of(client), async (request, cancellationToken) =>
        {
            ChatOptions options = new()
            {
                Temperature = request.Temperature,
                TopP = request.TopP,
                MaxOutputTokens = request.MaxTokens,
                Seed = request.Seed,
                StopSequences = request.Stop is null ? null : [request.Stop],
            };
            ChatResponse response = await client.GetResponseAsync(request.Text, options, cancellationToken).ConfigureAwait(false);
            return new(response.Text, response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0) { IsCutOff = response.FinishReason == ChatFinishReason.Length };
        }, price)
        { MaxReplyTokens = maxReplyTokens };
    }

    /// <summary>How a reply is written in the journal.</summary>
    public static JsonTypeInfo<ProposerReply> Codec => ProposerJson.Default.ProposerReply;

    /// <summary>The calls for several samples of one request, each with a seed of its own: for <see cref="Search{T}.CallAsync"/>.</summary>
    /// <param name="request">What is asked; its own seed is not used.</param>
    /// <param name="samples">Tell repeated calls of the same request apart.</param>
    /// <param name="seed">The seed of a sample.</param>
    public ImmutableArray<Call<ProposerReply>> Calls(ProposerRequest request, IEnumerable<int> samples, Func<int, long> seed) =>
    [
        .. samples.Select(sample =>
        {
            ProposerRequest seeded = request with { Seed = seed(sample), MaxTokens = MaxReplyTokens ?? request.MaxTokens };
            Cost atMost = _price.AtMost(request.Text, messages: 1, seeded.MaxTokens);
            return new Call<ProposerReply>(
                JsonSerializer.Serialize(seeded, ProposerJson.Default.ProposerRequest),
                atMost,
                async cancellationToken =>
                {
                    try
                    {
                        ProposerReply reply = await writeAsync(seeded, cancellationToken).ConfigureAwait(false);
                        return (reply, _price.Of(reply.Text, reply.InputTokens, reply.OutputTokens, atMost));
                    }
                    catch (ContextOverflowException e)
                    {
                        throw new InputException(
                            $"The proposer's meta-prompt no longer fits its model's context: {e.Message.TrimEnd('.')}. Show fewer or shorter examples and instructions, or use a proposer with a larger context.", e);
                    }
                },
                sample);
        }),
    ];
}

/// <summary>What a <see cref="Proposer"/> is asked.</summary>
/// <param name="Text">The message, or the text to go on with.</param>
/// <param name="Temperature">1 for the model's own distribution.</param>
/// <param name="TopP">The smallest set of tokens with this probability is sampled from.</param>
/// <param name="MaxTokens">The longest reply.</param>
/// <param name="Stop">The reply ends before this text; none where it ends by itself.</param>
/// <param name="Seed">The sample's seed; an endpoint may ignore it.</param>
public sealed record ProposerRequest(string Text, float Temperature, float TopP, int MaxTokens, string? Stop = null, long Seed = 0);

/// <summary>What a <see cref="Proposer"/> wrote.</summary>
/// <param name="Text">The text.</param>
/// <param name="InputTokens">Tokens read; 0 where the model does not tell.</param>
/// <param name="OutputTokens">Tokens written; 0 where the model does not tell.</param>
public sealed record ProposerReply(string Text, long InputTokens = 0, long OutputTokens = 0)
{
    /// <summary>Whether a chat model was stopped at the longest reply, so that something is missing at the end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsCutOff { get; init; }

    /// <summary>Whether what ends with a mark is there whole: the reply was not cut off, or only behind it.</summary>
    /// <param name="end">The mark.</param>
    /// <param name="start">What it begins with, where there may be several; of those the last counts.</param>
    public bool Reaches(string end, string? start = null) => !IsCutOff || Text.LastIndexOf(end, StringComparison.Ordinal) > (start is null ? -1 : Text.LastIndexOf(start, StringComparison.Ordinal));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProposerRequest))]
[JsonSerializable(typeof(ProposerReply))]
internal sealed partial class ProposerJson : JsonSerializerContext;
