using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Ansatz.Programs;
using Ansatz.Samples.Programs;

namespace Ansatz.Bench.Programs;

/// <summary>One long search of small programs, looked at from outside ten times on its way.</summary>
internal static class ManyPrograms
{
    public static async Task<ImmutableArray<Footprint>> MeasureAsync(int evaluations)
    {
        string folder = Directory.CreateTempSubdirectory("ansatz-bench-").FullName;
        try
        {
            ProgramObjective<Func<double, double>, (double X, double Y)> objective = Formula.All[0].Objective(1, train: 10, validation: 10, test: 20);
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
                    footprints.Add(Now(scored, Stopwatch.GetElapsedTime(start).TotalSeconds));
                }
            }

            return [.. footprints];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Footprint Now(int scored, double seconds)
    {
        long heap = GC.GetTotalMemory(forceFullCollection: true);
        using Process self = Process.GetCurrentProcess();
        string id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        int children = Directory.EnumerateDirectories("/proc").Count(p => IsChild(p, id));
        return new(scored, seconds, heap, self.WorkingSet64, Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(), self.Threads.Count, children);
    }

    // The fourth field of stat, after the name in brackets and the state, is the parent.
    private static bool IsChild(string process, string parent)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "stat")) is var stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [_, var its, ..] && its == parent;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // no process, or gone meanwhile
        }
    }
}
