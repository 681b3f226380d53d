using Microsoft.Extensions.AI;

namespace Ansatz.Language;

/// <summary>Where the calls that score one reply are kept, so that none is made twice after a kill.</summary>
/// <param name="Replies">The journal's replies within the effect.</param>
/// <param name="Item">Which item of the block, by its place in the ask.</param>
/// <param name="FirstSample">The first number that is free: the calls that made the reply have lower ones.</param>
public readonly record struct ReplyPlace(Replies Replies, int Item, int FirstSample)
{
    /// <summary>Keeps nothing: every call is made.</summary>
    public static ReplyPlace None => new(Replies.None, 0, 0);

    /// <summary>A client for one call of a scorer, answered from the journal where it knows the reply.</summary>
    /// <param name="model">Makes the call otherwise. It is not disposed of with the client.</param>
    /// <param name="call">Which call of this scoring, from 0.</param>
    public IChatClient Record(IChatClient model, int call = 0) => new RecordingChatClient(model, Replies, Item, FirstSample + call);
}
