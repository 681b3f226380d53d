using System.Diagnostics;
using System.Text.Json;
using Ansatz.Programs;
using Ansatz.Samples.Programs;
using Ansatz.Sandbox;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Bench.Programs;

/// <summary>Studies of bin-packing heuristics, and the same programs without a study.</summary>
internal static class PackingSpeed
{
    private const int Items = 5_000, Seed = 1, Processes = 10;

    public static async Task<PackingMeasurement> MeasureAsync(int evaluations)
    {
        string folder = Directory.CreateTempSubdirectory("ansatz-bench-").FullName;
        try
        {
            await StudyAsync(Path.Combine(folder, "warm.db"), evaluations, workers: 2); // code is compiled
            (double one, _) = await StudyAsync(Path.Combine(folder, "one.db"), evaluations, workers: 1);
            (double two, string[] programs) = await StudyAsync(Path.Combine(folder, "two.db"), evaluations, workers: 2);
            (double compiling, double pure) = Alone(programs);
            return new(programs.Length, one, two, compiling, pure, await ProcessesAsync(programs));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The search alone: from its first program to its last, with the journal.
    private static async Task<(double Seconds, string[] Programs)> StudyAsync(string database, int evaluations, int workers)
    {
        ProgramObjective<Func<double, double, double>, PackingInstance> objective = PackingHole.Objective(PackingInstances(), [], []);
        FunSearch search = new(new GrammarMutator()) { Evaluations = evaluations };
        await using Study<ProgramSource> study = Study.Open(
            database, objective, search, Budget.Unlimited, Seed, new() { Name = "packing", Controls = [Arm<ProgramSource>.OfYours()], Workers = workers, Seeds = 2 });
        long start = Stopwatch.GetTimestamp();
        await foreach (StudyEvent happened in study.RunAsync())
        {
            if (happened is ArmEnded)
            {
                break; // the first seed's search
            }
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        StoredStudy stored = study.Journal.Find("packing")!;
        string arm = study.Journal.Arms(stored).First().Name;
        return (seconds, [.. study.Journal.Candidates(stored, arm).Select(c => JsonSerializer.Deserialize(c.Text, objective.Codec)!.Text)]);
    }

    // Without a study: a tree is compiled and started, and then scores.
    private static (double Compiling, double Pure) Alone(string[] programs)
    {
        HoleCompiler compiler = new(HoleSignature.Of<Func<double, double, double>>("Priority"));
        PackingInstance[] instances = PackingInstances();
        double compiling = 0, seconds = 0;
        foreach (string text in programs)
        {
            if (!compiler.TryRead(text, out HoleSyntax? syntax, out _))
            {
                throw new InvalidOperationException($"A program that was scored does not compile: {text}");
            }

            long start = Stopwatch.GetTimestamp();
            using (HoleProgram program = compiler.Compile(syntax))
            using (HoleInstance run = program.Start(long.MaxValue / 2))
            {
                Func<double, double, double> priority = run.As<Func<double, double, double>>();
                compiling += Stopwatch.GetElapsedTime(start).TotalSeconds;
                start = Stopwatch.GetTimestamp();
                foreach (PackingInstance instance in instances)
                {
                    OnlineBinPacking.Count(instance, OnlineBinPacking.Pack(instance, priority));
                }

                seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        return (compiling, seconds);
    }

    private static async Task<double> ProcessesAsync(string[] programs)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Processes; i++)
        {
            using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["one"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            await process.StandardInput.WriteAsync(programs[i * (programs.Length - 1) / Processes]);
            process.StandardInput.Close();
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"A process of its own ended with {process.ExitCode}.");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / Processes;
    }

    internal static PackingInstance[] PackingInstances() => [.. Enumerable.Range(0, 5).Select(i => PackingInstance.Weibull(Items, 10 + i))];
}
