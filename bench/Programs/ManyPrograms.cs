using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Ansatz.Programs;
using Ansatz.Sandbox;

namespace Ansatz.Bench.Programs;

/// <summary>One long search of small programs, looked at from outside ten times on its way.</summary>
internal static class ManyPrograms
{
    public static async Task<ImmutableArray<Footprint>> MeasureAsync(int evaluations)
    {
        string folder = Directory.CreateTempSubdirectory("ansatz-bench-").FullName;
        try
        {
            // Called so often that each is compiled, and not interpreted.
            ProgramObjective<Func<double, double>, double> objective = new(
                new(HoleSignature.Of<Func<double, double>>("F"), "static double F(double x) => 0.0;"),
                new([.. Enumerable.Range(0, 10).Select(i => i - 5.5)], [100], [1000], i => i.ToString(CultureInfo.InvariantCulture)),
                (f, x) => -Enumerable.Range(0, 2_500).Average(i => Math.Abs(f(x + (i / 2_500.0)) - ((x * x) + x))));
            await using Study<ProgramSource> study = Study.Open(
                Path.Combine(folder, "many.db"), objective, new FunSearch(new GrammarMutator()) { Evaluations = evaluations }, Budget.Unlimited, 1, new() { Controls = [Arm<ProgramSource>.OfYours()], Workers = 2 });
            List<Footprint> footprints = [];
            int scored = 0;
            long start = Stopwatch.GetTimestamp();
            await foreach (StudyEvent happened in study.RunAsync())
            {
                if (happened is ArmEnded)
                {
                    break;
                }

                if (happened is BlockEvaluated { Split: Split.Train } && ++scored % (evaluations / 10) == 0)
                {
                    footprints.Add(Footprint.Now(scored, Stopwatch.GetElapsedTime(start).TotalSeconds));
                }
            }

            return [.. footprints];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
