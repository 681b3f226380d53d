using System.Text.Json.Serialization.Metadata;

namespace Ansatz;

/// <summary>The replies of a model within one effect: each is committed as it arrives and never asked for again. Thread-safe.</summary>
public abstract class Replies
{
    /// <summary>Keeps nothing: every call is made.</summary>
    public static Replies None { get; } = new Unkept();

    /// <summary>Answers from the journal, or makes the call and commits its reply before it is returned.</summary>
    /// <typeparam name="TReply">The type of the reply.</typeparam>
    /// <param name="question">All that decides the reply; a hash of it is stored and compared on replay.</param>
    /// <param name="item">Which item of the block, by its place in the ask.</param>
    /// <param name="sample">Tells repeated questions about one item apart.</param>
    /// <param name="call">Makes the call. Its cost is the caller's to report in the outcome.</param>
    /// <param name="codec">How the reply is written in the journal.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ReplayException">The journal holds a reply to another question in this place.</exception>
    public abstract Task<TReply> OnceAsync<TReply>(
        string question,
        int item,
        int sample,
        Func<CancellationToken, Task<TReply>> call,
        JsonTypeInfo<TReply> codec,
        CancellationToken cancellationToken);

    private sealed class Unkept : Replies
    {
        public override Task<TReply> OnceAsync<TReply>(
            string question,
            int item,
            int sample,
            Func<CancellationToken, Task<TReply>> call,
            JsonTypeInfo<TReply> codec,
            CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(call);
            return call(cancellationToken);
        }
    }
}
