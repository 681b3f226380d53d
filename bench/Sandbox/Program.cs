// What the sandbox costs, against the same text as a native delegate in the same process, and whether interpreter and module agree on 10,000 random programs.
//   dotnet run -c Release --project bench/Sandbox               all: writes results.json beside this file and docs/sandbox.md
//   dotnet run -c Release --project bench/Sandbox -- --quick    a twentieth of it, written nowhere: does it work?
//   dotnet run -c Release --project bench/Sandbox -- --fuzz     20,000 mutants alone, into results.json and the page
//   dotnet run -c Release --project bench/Sandbox -- --attacks  the attack table and the start-up check alone, likewise
//   dotnet run -c Release --project bench/Sandbox -- --page     docs/sandbox.md again, from results.json
using System.Text.Json;
using Ansatz.Bench.Sandbox;

string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Ansatz.slnx")))
{
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The bench runs outside the repository.");
}

string resultsFile = Path.Combine(root, "bench", "Sandbox", "results.json");
string pageFile = Path.Combine(root, "docs", "sandbox.md");
if (args is ["--page"])
{
    File.WriteAllText(pageFile, SandboxPage.Render(JsonSerializer.Deserialize(File.ReadAllText(resultsFile), ResultsJson.Default.Results)!));
    return;
}

if (args is ["--fuzz"])
{
    Results with = JsonSerializer.Deserialize(File.ReadAllText(resultsFile), ResultsJson.Default.Results)! with { Fuzz = Fuzzing.Measure(20_000) };
    File.WriteAllText(resultsFile, JsonSerializer.Serialize(with, ResultsJson.Default.Results) + "\n");
    File.WriteAllText(pageFile, SandboxPage.Render(with));
    Console.WriteLine(with.Fuzz);
    return;
}

if (args is ["--check"])
{
    Console.WriteLine(await Attacks.CheckAsync());
    return;
}

if (args is ["--attacks"])
{
    Results with = JsonSerializer.Deserialize(File.ReadAllText(resultsFile), ResultsJson.Default.Results)! with { Attacks = await Attacks.MeasureAsync(10) };
    File.WriteAllText(resultsFile, JsonSerializer.Serialize(with, ResultsJson.Default.Results) + "\n");
    File.WriteAllText(pageFile, SandboxPage.Render(with));
    return;
}

int share = args is ["--quick"] ? 20 : 1;
Results results = new(Speed.Machine(), Speed.Measure(share), Agreement.Measure(10_000 / share), Fuzzing.Measure(20_000 / share), await Attacks.MeasureAsync(share == 1 ? 10 : 1));
string page = SandboxPage.Render(results);
Console.WriteLine(page);
if (share == 1)
{
    File.WriteAllText(resultsFile, JsonSerializer.Serialize(results, ResultsJson.Default.Results) + "\n");
    File.WriteAllText(pageFile, page);
}
