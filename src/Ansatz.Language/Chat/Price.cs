using System.Text;

namespace Ansatz.Language;

/// <summary>What a model's tokens cost, in one currency.</summary>
/// <param name="InputPerMillion">Money for a million tokens sent.</param>
/// <param name="OutputPerMillion">Money for a million tokens written.</param>
public sealed record Price(decimal InputPerMillion, decimal OutputPerMillion)
{
    /// <summary>Nothing: a model on one's own machine.</summary>
    public static readonly Price Free = new(0, 0);

    /// <summary>The cost of one call with this many tokens.</summary>
    public Cost Of(long inputTokens, long outputTokens) => new()
    {
        Calls = 1,
        InputTokens = inputTokens,
        OutputTokens = outputTokens,
        Money = ((inputTokens * InputPerMillion) + (outputTokens * OutputPerMillion)) / 1_000_000,
    };

    /// <summary>The most that one call can cost, to be reserved before it: a token stands for at least one byte of the text.</summary>
    /// <param name="text">All that is sent.</param>
    /// <param name="messages">In how many messages: each may get a few tokens around it from the model's template.</param>
    /// <param name="maxOutputTokens">The most tokens that the reply may have.</param>
    public Cost AtMost(string text, int messages, int maxOutputTokens) =>
        Of(Encoding.UTF8.GetByteCount(text) + (16L * (messages + 2)), maxOutputTokens); // 16: no known template puts more around a message; 2: a default system line and the reply's header
}
