using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>A control of <see cref="LinearRegressionOpro"/>: blind local search from the same starts, with as many lines a step, ended by the same rule.</summary>
/// <remarks>A child is the better of two of the 20 best lines so far, picked at random, plus Gaussian steps that are rounded.</remarks>
public sealed class LineLocalSearch : Optimizer<Line>
{
    private const int Kept = 20;

    /// <summary>The most steps. Default 500.</summary>
    public int Steps { get; init => field = Positive(value); } = 500;

    /// <summary>Children a step. Default 8.</summary>
    public int PerStep { get; init => field = Positive(value); } = 8;

    /// <summary>σ of the steps. Default 1.5, which suits a truth in or near the box; 3 one that lies further away.</summary>
    public double Sigma
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Sigma));
            field = value;
        }
    } = 1.5;

    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = "line-local-search", ["steps"] = Steps, ["perStep"] = PerStep, ["sigma"] = Sigma };

    /// <inheritdoc />
    public override async Task SearchAsync(Search<Line> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        Line truth = LinePart.Of(search).Problem.Truth;
        List<Block<Line>> known = [.. await LinePart.StartAsync(search, cancellationToken).ConfigureAwait(false)];
        HashSet<Line> seen = [.. known.Select(b => b.Ask.Candidate.Value)];
        for (int t = 0; t < Steps && !seen.Contains(truth); t++)
        {
            Rng rng = search.Stream("children", t);
            Line[] best = [.. known.OrderByDescending(b => b.Mean).Take(Kept).Select(b => b.Ask.Candidate.Value)];
            Line[] children = [.. Enumerable.Range(0, PerStep).Select(_ => Child(best, rng)).Where(seen.Add)];
            known.AddRange(await LinePart.EvaluateAsync(search, children, string.Create(CultureInfo.InvariantCulture, $"step {t + 1}"), cancellationToken).ConfigureAwait(false));
        }
    }

    private Line Child(Line[] best, Rng rng)
    {
        Line parent = best[Math.Min(rng.Next(best.Length), rng.Next(best.Length))];
        return new(parent.W + Step(rng), parent.B + Step(rng));
    }

    private int Step(Rng rng) => (int)Math.Round(Sigma * rng.NextGaussian());

    private static int Positive(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}
