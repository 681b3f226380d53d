using System.Globalization;
using System.Text.RegularExpressions;
using Ansatz.Samples.Programs;
using Ansatz.Sandbox;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Ansatz.Experiments.ProgramSearch;

/// <summary>
/// Whether a formula contains the law: with its constants refitted to exact points of the law, starting from those that were found, nothing of the error is left, on a range twice as long either.
/// </summary>
/// <remarks>
/// The noise hides the constants, not the structure: a formula that only comes near keeps an error whatever its constants are, and shows it where no row was. The refit is local, and whole numbers stay as they are, so some that contain
/// the law may be missed. A formula may contain the law and more, whose constants the refit sets to nothing.
/// </remarks>
internal static partial class LawStructure
{
    private const int Points = 200;
    private const double Tolerance = 1e-6; // of the standard deviation of y
    private const double Huge = 1e9; // stands for what is no number, or too large for a fit
    private const long Fuel = 10_000_000; // of a call

    public static bool IsContained(string program, Formula law)
    {
        List<double> constants = [];
        string text = Constant().Replace(program.Replace("(double x)", "(double x, double[] c)", StringComparison.Ordinal), m =>
        {
            constants.Add(double.Parse(m.Value, CultureInfo.InvariantCulture));
            return string.Create(CultureInfo.InvariantCulture, $"c[{constants.Count - 1}]");
        });
        HoleCompiler compiler = new(HoleSignature.Of<Func<double, double[], double>>("F"), new() { SourceCharacters = 64 * 1024, Tokens = 20_000, Nesting = 200 });
        if (!compiler.TryCompile(text, out HoleProgram? compiled, out IReadOnlyList<Refusal> refusals))
        {
            throw new InvalidOperationException($"With its constants open a formula does not compile: {refusals[0]}\n{text}");
        }

        using (compiled)
        using (HoleInstance run = compiled.Start(Fuel))
        {
            Func<double, double[], double> inSandbox = run.As<Func<double, double[], double>>();
            double Formula(double x, double[] c)
            {
                run.Refuel(Fuel);
                return inSandbox(x, c) is var y && Math.Abs(y) < Huge ? y : Huge;
            }

            double[] near = Grid(law, 1), far = Grid(law, 2);
            try
            {
                return IsLaw(Formula, [.. constants], law, far) || IsLaw(Formula, Refitted(Formula, [.. constants], law, near), law, far);
            }
            catch (Exception e) when (e is HoleTrapException or ArgumentException or NonConvergenceException)
            {
                return false; // it divides by zero where no row was, or cannot be fitted
            }
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
            return Vector<double>.Build.Dense([.. at.Select(v => formula(v, now))]);
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
