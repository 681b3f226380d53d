using System.Diagnostics;
using System.Globalization;
using Ansatz.Sandbox;

namespace Ansatz.Bench.Sandbox;

/// <summary>The attack table, and how long a host's first look at the lock takes.</summary>
internal static class Attacks
{
    public static async Task<AttackCount> MeasureAsync(int checks)
    {
        List<double> milliseconds = [];
        for (int i = 0; i < checks; i++)
        {
            ProcessStartInfo again = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
            again.ArgumentList.Add("--check");
            again.Environment["DOTNET_TieredCompilation"] = "1"; // as any application has it; this one is compiled whole at once, for even timings
            using Process process = Process.Start(again)!;
            milliseconds.Add(double.Parse(await process.StandardOutput.ReadToEndAsync(), CultureInfo.InvariantCulture));
        }

        long start = Stopwatch.GetTimestamp();
        List<AttackOutcome> rows = [];
        await foreach (AttackRow row in SandboxSelfTest.RunAsync())
        {
            rows.Add(new(row.Profile, row.Wall, row.Attack, row.Actual, row.Control, row.Holds, row.IsEscape));
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        List<double> locks = [], answers = [], compiles = [];
        using ProgramSandbox sandbox = await ProgramSandbox.OpenAsync(new());
        for (int i = -2; i < 5 * checks; i++) // the compiler warms up
        {
            start = Stopwatch.GetTimestamp();
            ProgramCompilation compilation = await sandbox.CompileAsync($"class Program {{ static string Run(string input) => input + {i}; }}");
            double compiled = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            start = Stopwatch.GetTimestamp();
            await sandbox.RunAsync(compilation.Program!, ["1"]);
            double answered = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            start = Stopwatch.GetTimestamp();
            (await ProgramSandbox.OpenAsync(new())).Dispose();
            double locked = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (i >= 0)
            {
                locks.Add(locked);
                answers.Add(answered);
                compiles.Add(compiled);
            }
        }

        return new(Speed.Machine(), Environment.IsPrivilegedProcess, rows, seconds, milliseconds, locks, answers, compiles);
    }

    /// <summary>Milliseconds of this process's first check.</summary>
    public static async Task<string> CheckAsync()
    {
        long start = Stopwatch.GetTimestamp();
        using ProgramSandbox sandbox = await ProgramSandbox.OpenAsync(new());
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds.ToString("R", CultureInfo.InvariantCulture);
    }
}
