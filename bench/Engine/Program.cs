// How fast the embedded model scores and generates: writes results.json beside this file and docs/speed.md.
//   dotnet run -c Release --project bench/Engine               all of it, some twenty-five minutes on two cores that do nothing else
//   dotnet run -c Release --project bench/Engine -- --quick    every cell once and small, written nowhere: does it work?
//   dotnet run -c Release --project bench/Engine -- --page     docs/speed.md again, from results.json
using System.Runtime.InteropServices;
using System.Text.Json;
using Ansatz;
using Ansatz.Bench.Engine;

if (args is ["worker", string kernels, string reviewsFile])
{
    await Worker.RunAsync(kernels, reviewsFile);
    return;
}

string root = Root();
string resultsFile = Path.Combine(root, "bench", "Engine", "results.json");
string pageFile = Path.Combine(root, "docs", "speed.md");
if (args is ["--page"])
{
    File.WriteAllText(pageFile, SpeedPage.Render(JsonSerializer.Deserialize(File.ReadAllText(resultsFile), SpeedJson.Default.SpeedResults)!));
    return;
}

bool quick = args is ["--quick"];
int rounds = quick ? 1 : 5;
List<Measurement> measurements = [];
string reviews = Path.Combine(root, "samples", "reviews", "reviews.csv");
(WorkerProcess fastest, WorkerHello hello) = await WorkerProcess.StartAsync("fastest", reviews);
(WorkerProcess avx2, _) = await WorkerProcess.StartAsync("avx2", reviews);
using (fastest)
using (avx2)
{
    for (int round = 1; round <= rounds; round++)
    {
        // Every round measures every cell once, in an order of its own, so that a machine that gets slower or faster meanwhile does so for all of them.
        Cell[] cells = [.. Cells()];
        new Rng(1, "order", round).Shuffle<Cell>(cells);
        foreach (Cell cell in cells)
        {
            int candidates = cell.What == "study" ? 16 : cell.What == "alone" ? 1 : 4;
            WorkerOrder order = quick ? new(cell, round, Math.Min(2, candidates), 10, 8) : new(cell, round, candidates, 40, 64);
            Measurement measurement = await (cell.Kernels == "avx2" ? avx2 : fastest).MeasureAsync(order);
            measurements.Add(measurement);
            Console.WriteLine($"round {round}  {cell.What,-14} {cell.Weights} {cell.Kernels,-8} {cell.Size,-5} {measurement.Rate,8:0.0} /s");
        }
    }
}

SpeedResults results = new(Machine(), hello.Kernels, hello.LLamaSharp, hello.PrefixTokens, hello.ItemTokens, measurements);
string page = SpeedPage.Render(results);
if (quick)
{
    Console.WriteLine(page);
    return;
}

File.WriteAllText(resultsFile, JsonSerializer.Serialize(results, SpeedJson.Default.SpeedResults).Replace("{\"cell\"", "\n{\"cell\"", StringComparison.Ordinal) + "\n");
File.WriteAllText(pageFile, page);
Console.WriteLine($"{resultsFile}\n{pageFile}");

static IEnumerable<Cell> Cells()
{
    foreach (string size in (string[])["short", "long"])
    {
        foreach (string what in (string[])["alone", "one by one", "batches"])
        {
            yield return new(what, "q4_1", "fastest", size);
            yield return new(what, "q8_0", "fastest", size);
            if (what != "alone")
            {
                yield return new(what, "q8_0", "avx2", size);
            }
        }

        yield return new("batches, bare", "q8_0", "fastest", size);
        yield return new("batches, bare", "q8_0", "avx2", size);
    }

    foreach (string count in (string[])["1", "8", "32"])
    {
        foreach (string kernels in (string[])["fastest", "avx2"])
        {
            yield return new("decode", "q8_0", kernels, count);
            yield return new("decode, bare", "q8_0", kernels, count);
        }
    }

    yield return new("study", "q8_0", "avx2", "");
}

static string Machine()
{
    string processor = File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
        : RuntimeInformation.ProcessArchitecture.ToString();
    return $"{processor}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}";
}

static string Root()
{
    for (DirectoryInfo? folder = new(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "Ansatz.slnx")))
        {
            return folder.FullName;
        }
    }

    throw new DirectoryNotFoundException("No Ansatz.slnx here or above: run this inside the repository.");
}
