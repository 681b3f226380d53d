using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>A control of <see cref="LinearRegressionOpro"/>: lines drawn from the box of the starts, as many a step, ended by the same rule. It finds the truth only where that lies inside.</summary>
public sealed class LineDraws : Optimizer<Line>
{
    /// <summary>The most steps. Default 500.</summary>
    public int Steps { get; init => field = Positive(value); } = 500;

    /// <summary>Draws a step. Default 8.</summary>
    public int PerStep { get; init => field = Positive(value); } = 8;

    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = "line-draws", ["steps"] = Steps, ["perStep"] = PerStep };

    /// <inheritdoc />
    public override async Task SearchAsync(Search<Line> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        Line truth = LinePart.Of(search).Problem.Truth;
        HashSet<Line> seen = [.. (await LinePart.StartAsync(search, cancellationToken).ConfigureAwait(false)).Select(b => b.Ask.Candidate.Value)];
        for (int t = 0; t < Steps && !seen.Contains(truth); t++)
        {
            Rng rng = search.Stream("draws", t);
            Line[] fresh = [.. Enumerable.Range(0, PerStep).Select(_ => LinePart.Draw(rng)).Where(seen.Add)];
            await LinePart.EvaluateAsync(search, fresh, string.Create(CultureInfo.InvariantCulture, $"step {t + 1}"), cancellationToken).ConfigureAwait(false);
        }
    }

    private static int Positive(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}
