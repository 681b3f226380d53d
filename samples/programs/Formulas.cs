using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Programs;
using Ansatz.Sandbox;
using MathNet.Numerics;

namespace Ansatz.Samples.Programs;

/// <summary>A law y = f(x) that a search shall find from noisy rows.</summary>
/// <param name="Name">Its name in the literature: Nguyen and others 2011; Keijzer 2003.</param>
/// <param name="From">x is uniform from here.</param>
/// <param name="To">To here.</param>
/// <param name="IsWhole">Whether x is a whole number.</param>
/// <param name="Of">The law.</param>
public sealed record Formula(string Name, double From, double To, bool IsWhole, Func<double, double> Of)
{
    /// <summary>Nguyen 1 to 8, Keijzer 4 and 6.</summary>
    public static readonly ImmutableArray<Formula> All =
    [
        new("nguyen-1", -1, 1, false, x => x + (x * x) + Math.Pow(x, 3)),
        new("nguyen-2", -1, 1, false, x => x + (x * x) + Math.Pow(x, 3) + Math.Pow(x, 4)),
        new("nguyen-3", -1, 1, false, x => x + (x * x) + Math.Pow(x, 3) + Math.Pow(x, 4) + Math.Pow(x, 5)),
        new("nguyen-4", -1, 1, false, x => x + (x * x) + Math.Pow(x, 3) + Math.Pow(x, 4) + Math.Pow(x, 5) + Math.Pow(x, 6)),
        new("nguyen-5", -1, 1, false, x => (Math.Sin(x * x) * Math.Cos(x)) - 1),
        new("nguyen-6", -1, 1, false, x => Math.Sin(x) + Math.Sin(x + (x * x))),
        new("nguyen-7", 0, 2, false, x => Math.Log(x + 1) + Math.Log((x * x) + 1)),
        new("nguyen-8", 0, 4, false, Math.Sqrt),
        new("keijzer-4", 0, 10, false, x => Math.Pow(x, 3) * Math.Exp(-x) * Math.Cos(x) * Math.Sin(x) * ((Math.Pow(Math.Sin(x), 2) * Math.Cos(x)) - 1)),
        new("keijzer-6", 1, 50, true, x => Enumerable.Range(1, (int)x).Sum(i => 1.0 / i)),
    ];

    /// <summary>How far the noise of <see cref="Objective"/> scatters: 5 % of the standard deviation of y.</summary>
    public double Noise
    {
        get
        {
            double[] y = [.. Enumerable.Range(0, 1_001).Select(i => Of(X((i + 0.5) / 1_001)))];
            double mean = y.Average();
            return 0.05 * Math.Sqrt(y.Average(v => (v - mean) * (v - mean)));
        }
    }

    /// <summary>
    /// Rows of one seed: noisy ones to train on and to choose by, exact ones to judge. A row's score is minus the squared error, so minus the mean score of the test rows is the squared error against the law itself.
    /// </summary>
    public ProgramObjective<Func<double, double>, (double X, double Y)> Objective(long seed, int train = 100, int validation = 100, int test = 1_000)
    {
        double noise = Noise;
        (double X, double Y)[] rows = Rows("train", train, noise);
        ProgramPart part = new(
            HoleSignature.Of<Func<double, double>>("F"),
            "static double F(double x) => 0;",
            [("line", Polynomial(rows, 1)), ("cubic", Polynomial(rows, 3))],
            "A formula for y, given x. The closer to the data, the better.");
        Inputs<(double X, double Y)> inputs = new(rows, Rows("validation", validation, noise), Rows("test", test, 0), r => string.Create(CultureInfo.InvariantCulture, $"{r.X:R} {r.Y:R}"));
        return new(part, inputs, (f, row) => -Square(f(row.X) - row.Y), noun: "rows");

        (double X, double Y)[] Rows(string purpose, int count, double scatter)
        {
            Rng rng = new(seed, $"{Name}/{purpose}");
            return [.. Enumerable.Range(0, count).Select(_ => X(rng.NextDouble())).Select(x => (x, Of(x) + (scatter * rng.NextGaussian())))];
        }
    }

    private static double Square(double x) => x * x;

    private double X(double u) => IsWhole ? Math.Floor(From + (u * (To - From + 1))) : From + (u * (To - From));

    private static string Polynomial((double X, double Y)[] rows, int degree)
    {
        double[] c = Fit.Polynomial([.. rows.Select(r => r.X)], [.. rows.Select(r => r.Y)], degree);
        string sum = c.Reverse().Aggregate("", (text, k) => text.Length == 0 ? Number(k) : $"({text}) * x + {Number(k)}");
        return $"static double F(double x) => {sum};";

        static string Number(double k) => string.Create(CultureInfo.InvariantCulture, $"({k:R}d)");
    }
}
