using System.Collections.Immutable;

namespace Ansatz.Prompts;

/// <summary>
/// A tree-structured Parzen estimator over several categorical variables at once: fits one density l to the best points so far and another, g, to all others, draws from l, and
/// asks for the draw with the highest l(x) / g(x).
/// Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization"; multivariate as in Falkner et al. 2018, "BOHB", arXiv:1807.01774.
/// </summary>
/// <remarks>
/// <para>
/// Densities, numbers and weights are those of Optuna's TPESampler(multivariate=True), so that MIPROv2 searches as its reference does: the best min(⌈0.1 n⌉, 25) of n points are
/// fitted by l; each density is a mixture of one kernel a point and one for the prior; a kernel is a product over the variables.
/// </para>
/// <para>Scores are higher-is-better; among equal scores the earlier point is the better one. A plain ask/tell class: not thread-safe, all chance comes from the caller's generator.</para>
/// </remarks>
public sealed class CategoricalTpe
{
    private readonly ImmutableArray<int> _choices; // C_d: number of choices of variable d
    private readonly TpeSettings _settings;
    private readonly List<(ImmutableArray<int> X, double Score)> _told = [];

    /// <summary>An estimator without points.</summary>
    /// <param name="choices">How many choices each variable has.</param>
    /// <param name="settings">The settings.</param>
    public CategoricalTpe(IEnumerable<int> choices, TpeSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(choices);
        _choices = [.. choices];
        foreach (int count in _choices)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(choices));
        }

        ArgumentOutOfRangeException.ThrowIfZero(_choices.Length, nameof(choices));
        _settings = settings ?? new();
    }

    /// <summary>A point to try: one choice for each variable. Uniform until there are enough points.</summary>
    public ImmutableArray<int> Ask(Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        if (_told.Count < _settings.StartupTrials)
        {
            return [.. _choices.Select(rng.Next)];
        }

        (Mixture good, Mixture others) = Fit();
        ImmutableArray<int>[] draws = [.. Enumerable.Range(0, _settings.Candidates).Select(_ => good.Draw(rng))];
        return draws.MaxBy(x => good.LogDensity(x) - others.LogDensity(x)); // the first of equals
    }

    /// <summary>What a point scored.</summary>
    /// <param name="x">One choice for each variable; it need not have been asked for.</param>
    /// <param name="score">Higher is better; only the order counts. -∞ where there is none.</param>
    public void Tell(IReadOnlyList<int> x, double score)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Count, _choices.Length, nameof(x));
        for (int d = 0; d < x.Count; d++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(x[d], nameof(x));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(x[d], _choices[d], nameof(x));
        }

        if (double.IsNaN(score) || double.IsPositiveInfinity(score))
        {
            throw new ArgumentOutOfRangeException(nameof(score), score, "A score must be finite, or -∞.");
        }

        _told.Add(([.. x], score));
    }

    /// <summary>log l(x) and log g(x), natural logarithms.</summary>
    public (double Good, double Others) LogDensities(IReadOnlyList<int> x)
    {
        ArgumentNullException.ThrowIfNull(x);
        (Mixture good, Mixture others) = Fit();
        return (good.LogDensity(x), others.LogDensity(x));
    }

    private (Mixture Good, Mixture Others) Fit()
    {
        int below = Math.Min((int)Math.Ceiling(0.1 * _told.Count), 25); // γ(n)
        HashSet<int> good = [.. Enumerable.Range(0, _told.Count).OrderByDescending(i => _told[i].Score).Take(below)]; // a stable sort
        return (
            new(_choices, [.. _told.Where((_, i) => good.Contains(i)).Select(t => t.X)], _settings.PriorWeight),
            new(_choices, [.. _told.Where((_, i) => !good.Contains(i)).Select(t => t.X)], _settings.PriorWeight));
    }

    /// <summary>
    /// p(x) = Σ_k w_k Π_d p_kd(x_d): a kernel a point, and a uniform one for the prior.
    /// p_kd(c) = (1[c = x_kd] + a) / (1 + C_d a) with a = prior weight / number of kernels.
    /// </summary>
    private sealed class Mixture
    {
        private readonly ImmutableArray<int> _choices;
        private readonly ImmutableArray<int>[] _points; // the kernels but the last, which is the prior's, in the order in which they were told
        private readonly double[] _weights; // w, of all kernels
        private readonly double _smoothing; // a

        public Mixture(ImmutableArray<int> choices, ImmutableArray<int>[] points, double priorWeight)
        {
            (_choices, _points, _smoothing) = (choices, points, priorWeight / (points.Length + 1));
            double[] weights = [.. WeightsOf(points.Length), priorWeight];
            double sum = weights.Sum();
            _weights = [.. weights.Select(w => w / sum)];
        }

        public ImmutableArray<int> Draw(Rng rng)
        {
            int k = Draw(_weights, rng);
            return [.. _choices.Select((_, d) => Draw([.. Enumerable.Range(0, _choices[d]).Select(c => Kernel(k, d, c))], rng))];
        }

        public double LogDensity(IReadOnlyList<int> x)
        {
            // In logarithms: a product over many variables leaves the range of numbers.
            double[] kernels = [.. _weights.Select((w, k) => PortableMath.Log(w) + x.Select((c, d) => PortableMath.Log(Kernel(k, d, c))).Sum())];
            double highest = kernels.Max();
            return highest + PortableMath.Log(kernels.Sum(l => PortableMath.Exp(l - highest)));
        }

        private double Kernel(int k, int d, int choice) =>
            k == _points.Length ? 1.0 / _choices[d] : ((_points[k][d] == choice ? 1 : 0) + _smoothing) / (1 + (_choices[d] * _smoothing));

        // The last 25 points count fully; those before them ramp up from 1/n.
        private static IEnumerable<double> WeightsOf(int n)
        {
            const int recent = 25;
            int ramp = n - recent;
            for (int i = 0; i < n; i++)
            {
                yield return i >= ramp ? 1 : ramp == 1 ? 1.0 / n : (1.0 / n) + (i * (1 - (1.0 / n)) / (ramp - 1));
            }
        }

        private static int Draw(double[] probabilities, Rng rng)
        {
            double at = rng.NextDouble();
            for (int i = 0; i < probabilities.Length - 1; i++)
            {
                at -= probabilities[i];
                if (at < 0)
                {
                    return i;
                }
            }

            return probabilities.Length - 1;
        }
    }
}

/// <summary>Settings of <see cref="CategoricalTpe"/>; defaults as in Optuna.</summary>
public sealed record TpeSettings
{
    /// <summary>Points that are drawn uniformly before there is an estimate. Default 10.</summary>
    public int StartupTrials
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(StartupTrials));
            field = value;
        }
    } = 10;

    /// <summary>Draws from l of which the best is asked for. Default 24.</summary>
    public int Candidates
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Candidates));
            field = value;
        }
    } = 24;

    /// <summary>The weight of the prior, in points. Default 1.</summary>
    public double PriorWeight
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(PriorWeight));
            field = value;
        }
    } = 1;
}
