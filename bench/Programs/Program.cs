// What a search of programs takes: bin-packing heuristics a second, what a candidate costs beyond its own evaluation, beside a fresh .NET process for each
// candidate in the same round; and what a search of 100,000 programs, and 1,000 locked processes, leave behind.
//   dotnet run -c Release --project bench/Programs               three rounds, some minutes: writes results.json and docs/program-speed.md
//   dotnet run -c Release --project bench/Programs -- --quick    one small round, written nowhere: does it work?
//   dotnet run -c Release --project bench/Programs -- --packing  the rounds of bin packing alone, into results.json and the page
//   dotnet run -c Release --project bench/Programs -- --long     the search of 100,000 programs alone, likewise
//   dotnet run -c Release --project bench/Programs -- --page     docs/program-speed.md again, from results.json
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ansatz.Bench.Programs;

switch (args)
{
    case ["packing", var count]:
        Console.WriteLine(JsonSerializer.Serialize(await PackingSpeed.MeasureAsync(int.Parse(count, CultureInfo.InvariantCulture)), BenchJson.Default.PackingMeasurement));
        return 0;
    case ["many", var count]:
        Console.WriteLine(JsonSerializer.Serialize(await ManyPrograms.MeasureAsync(int.Parse(count, CultureInfo.InvariantCulture)), BenchJson.Default.ImmutableArrayFootprint));
        return 0;
    case ["processes", var count]:
        Console.WriteLine(JsonSerializer.Serialize(await ManyProcesses.MeasureAsync(int.Parse(count, CultureInfo.InvariantCulture)), BenchJson.Default.ImmutableArrayFootprint));
        return 0;
    case ["--page"]:
        await WriteAsync(Before());
        return 0;
    case ["one"]:
        FreshProcess.Score(await Console.In.ReadToEndAsync());
        return 0;
}

if (args is ["--long"])
{
    await WriteAsync(Before() with { ManyMachine = Machine(), Many = JsonSerializer.Deserialize(await OfProcessAsync("many", "100000"), BenchJson.Default.ImmutableArrayFootprint) });
    return 0;
}

bool quick = args is ["--quick"];
List<PackingMeasurement> packing = [];
for (int round = 0; round < (quick ? 1 : 3); round++)
{
    packing.Add(JsonSerializer.Deserialize(await OfProcessAsync("packing", quick ? "200" : "2000"), BenchJson.Default.PackingMeasurement)!);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: {packing[^1]}"));
}

if (args is ["--packing"])
{
    await WriteAsync(Before() with { Packing = [.. packing] });
    return 0;
}

Footprint[] many = [.. JsonSerializer.Deserialize(await OfProcessAsync("many", quick ? "2000" : "100000"), BenchJson.Default.ImmutableArrayFootprint)];
Footprint[] processes = [.. JsonSerializer.Deserialize(await OfProcessAsync("processes", quick ? "50" : "1000"), BenchJson.Default.ImmutableArrayFootprint)];
foreach (Footprint footprint in many.Concat(processes))
{
    Console.WriteLine(footprint);
}

if (!quick)
{
    await WriteAsync(new(Machine(), RuntimeInformation.FrameworkDescription, [.. packing], Machine(), [.. many], [.. processes]));
}

return 0;

static Results Before() => JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(Root(), "bench", "Programs", "results.json")), BenchJson.Default.Results)!;

static async Task WriteAsync(Results results)
{
    await File.WriteAllTextAsync(Path.Combine(Root(), "bench", "Programs", "results.json"), JsonSerializer.Serialize(results, BenchJson.Default.Results) + "\n");
    await File.WriteAllTextAsync(Path.Combine(Root(), "docs", "program-speed.md"), SpeedPage.Of(results));
}

static async Task<string> OfProcessAsync(params string[] arguments)
{
    using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
    string line = await process.StandardOutput.ReadToEndAsync();
    await process.WaitForExitAsync();
    return process.ExitCode == 0 ? line : throw new InvalidOperationException($"\"{string.Join(' ', arguments)}\" ended with {process.ExitCode}.");
}

static string Root()
{
    string root = AppContext.BaseDirectory;
    while (!File.Exists(Path.Combine(root, "Ansatz.slnx")))
    {
        root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run this inside the repository.");
    }

    return root;
}

static string Machine() => string.Create(CultureInfo.InvariantCulture, $"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}");

static string Processor() => File.Exists("/proc/cpuinfo")
    ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
    : RuntimeInformation.ProcessArchitecture.ToString();
