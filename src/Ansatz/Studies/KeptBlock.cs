using System.Collections.Immutable;

namespace Ansatz;

/// <summary>A block in memory: where every outcome is a score and nothing else, as on numeric objectives, 8 bytes an outcome instead of 150.</summary>
internal sealed class KeptBlock<T>
{
    private readonly double[]? _scores;
    private readonly ImmutableArray<Outcome> _outcomes;

    public KeptBlock(Ask<T> ask, ImmutableArray<Outcome> outcomes)
    {
        Ask = ask;
        if (outcomes.All(o => o is Scored scored && scored == new Scored(scored.Score)))
        {
            _scores = [.. outcomes.Cast<Scored>().Select(s => s.Score)];
        }
        else
        {
            _outcomes = outcomes;
        }
    }

    public Ask<T> Ask { get; }

    public Block<T> ToBlock(Scale scale) => new(Ask, _scores is null ? _outcomes : [.. _scores.Select(s => new Scored(s))], scale);
}
