// What a study adds to a model that takes no time: evaluations a second, microseconds a call, memory and disk for 100,000 outcomes. Each figure comes from a
// process of its own; beside the study, in the same round, the same work without one, and SQLite alone writing as much.
//   dotnet run -c Release --project bench/Evaluations               five rounds, a few minutes: writes results.json and docs/evaluations.md
//   dotnet run -c Release --project bench/Evaluations -- --quick    one small round, written nowhere: does it work?
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ansatz.Bench.Evaluations;

if (args is ["worker", var kind, var outcomes])
{
    Console.WriteLine(JsonSerializer.Serialize(await Worker.MeasureAsync(kind, int.Parse(outcomes, CultureInfo.InvariantCulture)), BenchJson.Default.Measurement));
    return 0;
}

bool quick = args is ["--quick"];
int most = quick ? 4_000 : 100_000, rounds = quick ? 1 : 5;
List<Measurement> measured = [];
for (int round = 0; round < rounds; round++)
{
    // In one round forwards, in the next backwards, so that a drift of the machine favours nobody.
    IEnumerable<(string Kind, int Outcomes)> order = Worker.Kinds.Select(k => (k, most)).Append((Worker.Chat, most / 10)).Append((Worker.Block, most / 10));
    foreach ((string what, int count) in round % 2 == 0 ? order : order.Reverse())
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["worker", what, count.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            return process.ExitCode;
        }

        measured.Add(JsonSerializer.Deserialize(line, BenchJson.Default.Measurement)! with { Round = round + 1 });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: {measured[^1]}"));
    }
}

if (!quick)
{
    string root = AppContext.BaseDirectory;
    while (!File.Exists(Path.Combine(root, "Ansatz.slnx")))
    {
        root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run this inside the repository.");
    }

    Results results = new(
        string.Create(CultureInfo.InvariantCulture, $"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}"), RuntimeInformation.FrameworkDescription, most, [.. measured]);
    await File.WriteAllTextAsync(Path.Combine(root, "bench", "Evaluations", "results.json"), JsonSerializer.Serialize(results, BenchJson.Default.Results) + "\n");
    await File.WriteAllTextAsync(Path.Combine(root, "docs", "evaluations.md"), EvaluationsPage.Of(results));
}

return 0;

static string Processor() => File.Exists("/proc/cpuinfo")
    ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
    : RuntimeInformation.ProcessArchitecture.ToString();
