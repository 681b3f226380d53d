using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Ansatz.Sandbox;

namespace Ansatz.Bench.Programs;

/// <summary>Many runs in locked processes of their own, one after the other, looked at from outside ten times on the way.</summary>
internal static class ManyProcesses
{
    public static async Task<ImmutableArray<Footprint>> MeasureAsync(int runs)
    {
        using ProgramSandbox sandbox = await ProgramSandbox.OpenAsync(new() { CpuTime = TimeSpan.FromSeconds(1) });
        List<Footprint> footprints = [];
        long start = Stopwatch.GetTimestamp();
        for (int i = 1; i <= runs; i++)
        {
            string body = i % 50 == 0 ? "while (true) { }" : i % 10 == 5 ? "throw new InvalidOperationException();" : "return input + \"!\";";
            ProgramRun run = await sandbox.RunAsync($"class Program {{ static string Run(string input) {{ {body} }} }}", [i.ToString(CultureInfo.InvariantCulture)]);
            if (run.Refusals.Length > 0)
            {
                throw new InvalidOperationException(run.Refusals[0].ToString());
            }

            if (i % (runs / 10) == 0)
            {
                footprints.Add(Footprint.Now(i, Stopwatch.GetElapsedTime(start).TotalSeconds));
            }
        }

        return [.. footprints];
    }
}
