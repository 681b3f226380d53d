using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>What anyone does who knows that the loss is a quadratic: six values determine it, so one step completes six, and the next one is the minimum.</summary>
/// <remarks>
/// z = a w² + c w b + d b² + e w + f b + g is solved from six lines in general position: the five starts and one neighbour, or more neighbours where the starts are
/// fewer or lie badly. Whole numbers: for the two w around the real minimum, the b that is best at that w.
/// </remarks>
public sealed class QuadraticFit : Optimizer<Line>
{
    private const int Coefficients = 6;

    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = "quadratic-fit" };

    /// <inheritdoc />
    public override async Task SearchAsync(Search<Line> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        Line truth = LinePart.Of(search).Problem.Truth;
        ImmutableArray<Block<Line>> starts = await LinePart.StartAsync(search, cancellationToken).ConfigureAwait(false);
        if (starts.Any(b => b.Ask.Candidate.Value == truth))
        {
            return;
        }

        // Step 1: of the starts and the lines around the first, the first six that determine the coefficients.
        Line centre = starts[0].Ask.Candidate.Value;
        Line[] around = [new(1, 0), new(0, 1), new(1, 1), new(-1, 0), new(0, -1)];
        Line[] chosen = Independent([.. starts.Select(b => b.Ask.Candidate.Value), .. around.Select(d => new Line(centre.W + d.W, centre.B + d.B))], centre);
        ImmutableArray<Block<Line>> six = await EvaluateAsync(chosen, 1).ConfigureAwait(false);

        // Step 2: the minimum of the quadratic through them.
        double[] q = Solve([.. six.Select(b => (double[])[.. Row(b.Ask.Candidate.Value, centre), -b.Mean!.Value])]);
        double w = ((q[1] * q[4]) - (2 * q[2] * q[3])) / ((4 * q[0] * q[2]) - (q[1] * q[1])); // where both derivatives are 0
        Line best = new[] { Math.Floor(w), Math.Ceiling(w) }
            .Select(v => new Line((int)v, (int)Math.Round(-((q[1] * v) + q[4]) / (2 * q[2]))))
            .MinBy(l => Row(l, new(0, 0)).Zip(q, (x, y) => x * y).Sum());
        await EvaluateAsync([new(centre.W + best.W, centre.B + best.B)], 2).ConfigureAwait(false);

        Task<ImmutableArray<Block<Line>>> EvaluateAsync(Line[] lines, int step) =>
            LinePart.EvaluateAsync(search, lines, string.Create(CultureInfo.InvariantCulture, $"step {step}"), cancellationToken);
    }

    // Coordinates from the centre, so that the six equations stay well conditioned.
    private static double[] Row(Line line, Line centre)
    {
        double w = line.W - centre.W, b = line.B - centre.B;
        return [w * w, w * b, b * b, w, b, 1];
    }

    /// <summary>The first six lines of which none is a combination of the others, by Gram-Schmidt.</summary>
    private static Line[] Independent(IEnumerable<Line> lines, Line centre)
    {
        List<Line> chosen = [];
        List<double[]> basis = [];
        foreach (Line line in lines)
        {
            double[] rest = Row(line, centre);
            double size = Math.Sqrt(rest.Sum(x => x * x));
            foreach (double[] direction in basis)
            {
                double along = rest.Zip(direction, (x, y) => x * y).Sum();
                rest = [.. rest.Zip(direction, (x, y) => x - (along * y))];
            }

            double length = Math.Sqrt(rest.Sum(x => x * x));
            if (length > 1e-6 * size && chosen.Count < Coefficients)
            {
                basis.Add([.. rest.Select(x => x / length)]);
                chosen.Add(line);
            }
        }

        return [.. chosen];
    }

    /// <summary>Gauss's elimination with the largest pivot; each row holds its right side last.</summary>
    private static double[] Solve(double[][] rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            int pivot = Enumerable.Range(i, rows.Length - i).MaxBy(r => Math.Abs(rows[r][i]));
            (rows[i], rows[pivot]) = (rows[pivot], rows[i]);
            for (int r = 0; r < rows.Length; r++)
            {
                double factor = r == i ? 0 : rows[r][i] / rows[i][i];
                for (int c = i; c <= rows.Length; c++)
                {
                    rows[r][c] -= factor * rows[i][c];
                }
            }
        }

        return [.. rows.Select((row, i) => row[rows.Length] / row[i])];
    }
}
