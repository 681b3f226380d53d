namespace Ansatz.Language;

/// <summary>One try of a call failed. It never leaves an endpoint: <see cref="ResilientChatClient"/> tries again, or makes a <see cref="FaultException"/> of it.</summary>
/// <remarks>It holds neither the key nor a text, and no cause: what is made of it may be logged.</remarks>
/// <param name="why">In a few words: "429 (too many requests)".</param>
/// <param name="sentence">What happened and what to do about it, given which call it was: "the first call".</param>
internal sealed class TryFailedException(string why, Func<string, string> sentence) : Exception(sentence("a call"))
{
    /// <summary>In a few words.</summary>
    public string Why => why;

    /// <summary>The HTTP status; 0 where there was none.</summary>
    public int Status { get; init; }

    /// <summary>Whether it makes sense to try again.</summary>
    public TryAgain Again { get; init; }

    /// <summary>How long the server asks to wait; none where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What happened and what to do about it.</summary>
    public string Sentence(string call) => sentence(call);
}

/// <summary>Whether it makes sense to try a call again.</summary>
internal enum TryAgain
{
    /// <summary>No: a person must mend it.</summary>
    Never,

    /// <summary>Once in a call: what is wrong may have happened on the way, but more likely it stays as it is.</summary>
    Once,

    /// <summary>As often as the endpoint allows: it passes by itself.</summary>
    Often,
}
