using System.Globalization;
using System.Text.RegularExpressions;
using Ansatz.Samples.Programs;
using Ansatz.Sandbox;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Ansatz.Experiments.ProgramSearch;

/// <summary>
/// Whether a formula has the structure of the law: with its constants refitted to exact points of the law, starting from those that were found, nothing of the error is left, also at twice as large an x.
/// </summary>
/// <remarks>The noise hides the constants, not the structure: a formula that only comes near keeps an error whatever its constants are, and shows it where no row was.</remarks>
internal static partial class LawStructure
{
    private const int Points = 200;
    private const double Tolerance = 1e-6; // of the standard deviation of y

    public static bool IsExact(string program, Formula law)
    {
        List<double> constants = [];
        string text = Constant().Replace(program.Replace("(double x)", "(double x, double[] c)", StringComparison.Ordinal), m =>
        {
            constants.Add(double.Parse(m.Value, CultureInfo.InvariantCulture));
            return string.Create(CultureInfo.InvariantCulture, $"c[{constants.Count - 1}]");
        });
        if (!new HoleCompiler(HoleSignature.Of<Func<double, double[], double>>("F")).TryCompile(text, out HoleProgram? compiled, out IReadOnlyList<Refusal> refusals))
        {
            throw new InvalidOperationException($"With its constants open a formula does not compile: {refusals[0]}\n{text}");
        }

        using (compiled)
        using (HoleInstance run = compiled.Start(long.MaxValue / 2))
        {
            Func<double, double[], double> formula = run.As<Func<double, double[], double>>();
            double[] near = Grid(law, 1), far = Grid(law, 2);
            return IsLaw(formula, Refitted(formula, [.. constants], law, near), law, far);
        }
    }

    private static double[] Refitted(Func<double, double[], double> formula, double[] constants, Formula law, double[] x)
    {
        if (constants.Length == 0)
        {
            return constants;
        }

        double[] y = [.. x.Select(law.Of)];
        Vector<double> Values(Vector<double> c, Vector<double> at)
        {
            double[] now = [.. c];
            return Vector<double>.Build.Dense([.. at.Select(v => formula(v, now) is var f && double.IsFinite(f) ? f : 1e9)]);
        }

        IObjectiveModel model = ObjectiveFunction.NonlinearModel(Values, Vector<double>.Build.Dense(x), Vector<double>.Build.Dense(y));
        NonlinearMinimizationResult result = new LevenbergMarquardtMinimizer(gradientTolerance: 0, stepTolerance: 0, functionTolerance: 0, maximumIterations: 300).FindMinimum(model, Vector<double>.Build.Dense(constants));
        return [.. result.MinimizingPoint];
    }

    private static bool IsLaw(Func<double, double[], double> formula, double[] constants, Formula law, double[] x)
    {
        double[] y = [.. x.Select(law.Of)];
        double mean = y.Average(), scatter = Math.Sqrt(y.Average(v => (v - mean) * (v - mean)));
        return x.Zip(y).All(p => Math.Abs(formula(p.First, constants) - p.Second) <= Tolerance * scatter);
    }

    // Points from the beginning of the law's range on, over so many times its length.
    private static double[] Grid(Formula law, int ranges)
    {
        double[] grid = [.. Enumerable.Range(0, Points).Select(i => law.From + (ranges * (law.To - law.From) * (i + 0.5) / Points))];
        return law.IsWhole ? [.. grid.Select(Math.Floor).Distinct()] : grid;
    }

    [GeneratedRegex(@"(?<![\w.])(\d+\.\d+(E[+-]?\d+)?|\d+E[+-]?\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Constant();
}
