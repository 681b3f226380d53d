using MathNet.Numerics.Distributions;

namespace Ansatz.Experiments.Racing;

/// <summary>How good candidates are, and how much they agree on which items are hard.</summary>
/// <param name="Name">In words.</param>
/// <param name="Mean">Mean of z, on the probit scale: 0.3 is a candidate that is right on 62 % of the items.</param>
/// <param name="Spread">Standard deviation of z over candidates.</param>
/// <param name="Agreement">ρ: correlation of the latent scores of two candidates on the same item.</param>
internal sealed record WorldKind(string Name, double Mean, double Spread, double Agreement)
{
    public static readonly WorldKind[] All =
    [
        // The best of 48 is right on 86 %, the worst on 33 %: what drawn demonstration sets gave in a pilot on reviews.
        new("drawn examples", 0.3, 0.35, 0.5),
        new("drawn examples, little agreement", 0.3, 0.35, 0.2),
        new("reworded instructions", 0.3, 0.12, 0.5), // the best of 48 on 71 %, the worst on 51 %
    ];
}

/// <summary>Candidates whose true qualities are known: c is right on i where z_c + √ρ u_i + √(1−ρ) e_ci > 0, with u and e standard normal; its true quality is Φ(z_c).</summary>
internal sealed class PlantedWorld
{
    private readonly bool[][] _train, _validation; // right, by candidate and item

    public PlantedWorld(WorldKind kind, int candidates, int train, int validation, long seed)
    {
        Rng qualities = new(seed, "z"), items = new(seed, "items"), noise = new(seed, "noise");
        double[] z = [.. Enumerable.Range(0, candidates).Select(_ => kind.Mean + (kind.Spread * qualities.NextGaussian()))];
        double shared = Math.Sqrt(kind.Agreement), own = Math.Sqrt(1 - kind.Agreement);
        Quality = [.. z.Select(x => Normal.CDF(0, 1, x))];
        (_train, _validation) = (Draw(train), Draw(validation));

        bool[][] Draw(int count)
        {
            double[] u = [.. Enumerable.Range(0, count).Select(_ => items.NextGaussian())];
            return [.. z.Select(x => u.Select(ui => x + (shared * ui) + (own * noise.NextGaussian()) > 0).ToArray())];
        }
    }

    /// <summary>True share of right answers, by candidate.</summary>
    public double[] Quality { get; }

    public int Candidates => Quality.Length;

    public bool[][] On(Split split) => split == Split.Train ? _train : _validation;

    /// <summary>Share of right answers on the first so many items of a split.</summary>
    public double Mean(int candidate, Split split, int items) => On(split)[candidate].AsSpan(0, items).Count(true) / (double)items;
}
