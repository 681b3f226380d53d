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

        return new(Speed.Machine(), Environment.IsPrivilegedProcess, rows, Stopwatch.GetElapsedTime(start).TotalSeconds, milliseconds);
    }

    /// <summary>Milliseconds of this process's first check.</summary>
    public static async Task<string> CheckAsync()
    {
        long start = Stopwatch.GetTimestamp();
        using ProgramSandbox sandbox = await ProgramSandbox.OpenAsync(new());
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds.ToString("R", CultureInfo.InvariantCulture);
    }
}
