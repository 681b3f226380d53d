using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz.Testing;

/// <summary>
/// Another objective behind a wrapper that counts what is evaluated, refuses a wrong use, and gives way to other workers a random number of
/// times before it answers, so that answers arrive in any order.
/// </summary>
public sealed class Delayed<T>(Objective<T> inner, int seed = 0) : Objective<T>
{
    private readonly Random _random = new(seed); // the very thing that must not matter
    private readonly Lock _drawing = new();

    /// <summary>How often each ask was evaluated, by its identity.</summary>
    public ConcurrentDictionary<string, int> Evaluations { get; } = new();

    /// <inheritdoc />
    public override JsonObject Identity => inner.Identity;

    /// <inheritdoc />
    public override Scale Scale => inner.Scale;

    /// <inheritdoc />
    public override string Noun => inner.Noun;

    /// <inheritdoc />
    public override JsonTypeInfo<T> Codec => inner.Codec;

    /// <inheritdoc />
    public override OpenPart<T> Open => inner.Open;

    /// <inheritdoc />
    public override int Count(Split split) => inner.Count(split);

    /// <inheritdoc />
    public override string ItemHash(Split split, int item) => inner.ItemHash(split, item);

    /// <inheritdoc />
    public override Cost AtMost(Ask<T> ask) => inner.AtMost(ask);

    /// <inheritdoc />
    public override IReadOnlyList<Summary> Summarize(Split split, ImmutableArray<Outcome> outcomes) => inner.Summarize(split, outcomes);

    /// <inheritdoc />
    public override async Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<T> ask, Replies replies, CancellationToken cancellationToken)
    {
        Evaluations.AddOrUpdate(ask.Identity, 1, (_, count) => count + 1);
        int turns;
        lock (_drawing)
        {
            turns = _random.Next(20);
        }

        for (int i = 0; i < turns; i++)
        {
            await Task.Yield();
        }

        return await inner.EvaluateAsync(ask, replies, cancellationToken);
    }
}
