using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>A control of <see cref="TravellingSalesmanOpro"/>: random tours, as many as it may evaluate, of which the shortest counts.</summary>
public sealed class TourDraws : Optimizer<ImmutableArray<int>>
{
    /// <summary>How many random tours every search of tours begins with.</summary>
    internal const int Starts = 5; // section 3.2

    private const int AtOnce = 100;

    /// <summary>How many tours are drawn. Default 4,005: OPRO's starts and 500 steps of 8.</summary>
    public int Tours
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Tours));
            field = value;
        }
    } = 4005;

    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = "tour-draws", ["tours"] = Tours };

    /// <inheritdoc />
    public override async Task SearchAsync(Search<ImmutableArray<int>> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        TourPart part = TourPart.Of(search);
        Rng rng = search.Stream("draws");
        foreach (int[] some in Enumerable.Range(0, Tours).Chunk(AtOnce))
        {
            await TourPart.EvaluateAsync(search, [.. some.Select(_ => part.Draw(rng))], "draw", cancellationToken).ConfigureAwait(false);
        }
    }
}
