using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Prompts;

namespace Ansatz.Experiments.OproPaper;

/// <summary>OPRO's linear regression: the seven problems of the paper's table 2 under every method that needs no language model.</summary>
internal static class LineRuns
{
    public const int Seeds = 300;

    public const string Local = "local search", Draws = "draws from the box", Fit = "quadratic fit", Simulated = "OPRO, simulated optimizer";

    /// <summary>The problems, with the σ that suits them: 1.5 where the truth lies in the box of the starts or at its edge, else 3.</summary>
    public static ImmutableArray<(Line Truth, double Sigma)> Problems { get; } =
    [
        (new(15, 14), 1.5), (new(17, 17), 1.5), (new(16, 10), 1.5), (new(3, 5), 3), (new(25, 23), 3), (new(2, 30), 3), (new(36, -1), 3),
    ];

    public static ImmutableArray<string> Methods(Line truth) => [Local, .. IsInBox(truth) ? (string[])[Draws] : [], Fit, Simulated];

    /// <summary>One method on one problem under many seeds; noise, starts and search are drawn anew under each.</summary>
    public static async Task<LineRow> RunAsync(string method, Line truth, double sigma, int seeds, CancellationToken cancellationToken = default)
    {
        (int Steps, int Unique, bool IsSolved)[] runs = new (int, int, bool)[seeds];
        await Parallel.ForEachAsync(Enumerable.Range(0, seeds), cancellationToken, async (seed, token) =>
        {
            UnrecordedSearch<Line> search = new(new LinearRegression(truth, seed), seed);
            await Optimizer(method, sigma).SearchAsync(search, token);
            runs[seed] = Read(search.Trials, truth);
        });
        return new(truth.W, truth.B, method, [.. runs.Select(r => r.Steps)], [.. runs.Select(r => r.Unique)], runs.Count(r => r.IsSolved));
    }

    /// <summary>Steps until the truth was evaluated, and the pairs that were evaluated until then.</summary>
    public static (int Steps, int Unique, bool IsSolved) Read(IReadOnlyList<Trial<Line>> trials, Line truth)
    {
        Trial<Line>? hit = trials.FirstOrDefault(t => t.Candidate.Value == truth);
        return (StepOf((hit ?? trials[^1]).Candidate.Origin), trials.Count, hit is not null);
    }

    public static int StepOf(string origin) => origin.StartsWith("step ", StringComparison.Ordinal) ? int.Parse(origin.AsSpan(5), CultureInfo.InvariantCulture) : 0;

    private static bool IsInBox(Line truth) => truth.W is >= 10 and <= 20 && truth.B is >= 10 and <= 20;

    private static Optimizer<Line> Optimizer(string method, double sigma) => method switch
    {
        Local => new LineLocalSearch { Sigma = sigma },
        Draws => new LineDraws(),
        Fit => new QuadraticFit(),
        _ => new LinearRegressionOpro(SimulatedProposer.OfLines(sigma)),
    };
}

/// <summary>One method on one problem of the linear regression.</summary>
/// <param name="W">w*.</param>
/// <param name="B">b*.</param>
/// <param name="Method">Which.</param>
/// <param name="Steps">Steps until the truth was evaluated, by seed; the last step where it was not.</param>
/// <param name="Unique">Pairs evaluated, by seed.</param>
/// <param name="Solved">How many seeds found the truth.</param>
internal sealed record LineRow(int W, int B, string Method, int[] Steps, int[] Unique, int Solved);
