using System.Text;

namespace Ansatz.Language;

/// <summary>What a model's tokens cost, in one currency.</summary>
/// <param name="InputPerMillion">Money for a million tokens sent.</param>
/// <param name="OutputPerMillion">Money for a million tokens written.</param>
public sealed record Price(decimal InputPerMillion, decimal OutputPerMillion)
{
    /// <summary>Nothing: a model on one's own machine.</summary>
    public static readonly Price Free = new(0, 0);

    /// <summary>Nobody said what a call costs: it is counted as a call without a price, never as free.</summary>
    public static readonly Price Unknown = new(0, 0) { IsKnown = false };

    /// <summary>Whether this is a price at all.</summary>
    public bool IsKnown { get; private init; } = true;

    /// <summary>The cost of one call with this many tokens.</summary>
    public Cost Of(long inputTokens, long outputTokens) => new()
    {
        Calls = 1,
        InputTokens = inputTokens,
        OutputTokens = outputTokens,
        Money = Money(inputTokens, outputTokens),
        UnpricedCalls = IsKnown ? 0 : 1,
    };

    /// <summary>The cost of one call that was answered.</summary>
    /// <remarks>
    /// What a server does not say is counted at the most: the input as reserved, the output as its bytes. What it says beyond the most
    /// that it was allowed is part of the cost and shown apart (<see cref="Cost.ExcessTokens"/>).
    /// </remarks>
    /// <param name="reply">What came.</param>
    /// <param name="inputTokens">Tokens sent, as the server says; 0 where it does not.</param>
    /// <param name="outputTokens">Tokens written, as the server says; 0 where it does not, or nothing was written.</param>
    /// <param name="atMost">What was reserved for the call.</param>
    public Cost Of(string reply, long inputTokens, long outputTokens, Cost atMost)
    {
        bool isInSaid = inputTokens > 0, isOutSaid = outputTokens > 0 || (isInSaid && reply.Length == 0);
        inputTokens = isInSaid ? inputTokens : atMost.InputTokens;
        outputTokens = isOutSaid ? outputTokens : Math.Min(atMost.OutputTokens, Encoding.UTF8.GetByteCount(reply));
        long moreIn = Math.Max(0, inputTokens - atMost.InputTokens), moreOut = Math.Max(0, outputTokens - atMost.OutputTokens);
        return Of(inputTokens, outputTokens) with { EstimatedCalls = isInSaid && isOutSaid ? 0 : 1, ExcessTokens = moreIn + moreOut, ExcessMoney = Money(moreIn, moreOut) };
    }

    /// <summary>The most that one call can cost, to be reserved before it: a token stands for at least one byte of the text.</summary>
    /// <param name="text">All that is sent.</param>
    /// <param name="messages">In how many messages: each may get a few tokens around it from the model's template.</param>
    /// <param name="maxOutputTokens">The most tokens that the reply may have.</param>
    public Cost AtMost(string text, int messages, int maxOutputTokens) =>
        Of(Encoding.UTF8.GetByteCount(text) + (16L * (messages + 2)), maxOutputTokens); // 16: no known template puts more around a message; 2: a default system line and the reply's header

    private decimal Money(long inputTokens, long outputTokens) => ((inputTokens * InputPerMillion) + (outputTokens * OutputPerMillion)) / 1_000_000;
}
