// OPRO against its paper without a language model: Level A (a simulated optimizer on a planted scorer), and the two mathematical problems with everything
// that needs no model. `docs/opro.md` is written from the results.
//
//   dotnet run -c Release --project experiments/opro              what is missing; stop it and start it again as you like
//   dotnet run -c Release --project experiments/opro -- --page    only writes the page again
//   dotnet run -c Release --project experiments/opro -- --endpoint http://127.0.0.1:8080/v1 --model NAME    adds a chat model to the mathematical problems
using System.Globalization;
using Ansatz.Experiments.OproPaper;
using Ansatz.Prompts;

string folder = Path.Combine(Root(), "experiments", "opro");
string results = Path.Combine(folder, "results");
Results<LevelARun> levelA = new(Path.Combine(results, "level-a.jsonl"), ResultsJson.Default.LevelARun, r => string.Create(CultureInfo.InvariantCulture, $"{LevelA.Settings.IndexOf(r.Setting)} {r.Seed:00}"));
Results<ResumedRun> resumed = new(Path.Combine(results, "resumed.jsonl"), ResultsJson.Default.ResumedRun, r => r.Seed.ToString("00", CultureInfo.InvariantCulture));
Results<LineRow> lines = new(Path.Combine(results, "lines.jsonl"), ResultsJson.Default.LineRow, r => string.Create(CultureInfo.InvariantCulture, $"{LineRuns.Problems.Select(p => p.Truth).ToList().IndexOf(new(r.W, r.B))} {r.Method}"));
Results<TourRow> tours = new(Path.Combine(results, "tours.jsonl"), ResultsJson.Default.TourRow, r => string.Create(CultureInfo.InvariantCulture, $"{r.Cities:00} {TourRuns.Methods.IndexOf(r.Method):00} {r.Method}"));
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

if (!args.Contains("--page"))
{
    try
    {
        await RunAsync();
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine("Stopped; the same command goes on.");
        return 130;
    }
    catch (Exception e) when (e is Ansatz.FaultException or Ansatz.InputException)
    {
        Console.Error.WriteLine($"{e.Message} The same command goes on.");
        return 1;
    }
}

File.WriteAllText(Path.Combine(Root(), "docs", "opro.md"), OproPage.Render(levelA.Rows, resumed.Rows, lines.Rows, tours.Rows));
return 0;

async Task RunAsync()
{
    foreach ((Line truth, double sigma) in LineRuns.Problems)
    {
        foreach (string method in LineRuns.Methods(truth).Where(m => !lines.Rows.Any(r => r.W == truth.W && r.B == truth.B && r.Method == m)))
        {
            lines.Add(await LineRuns.RunAsync(method, truth, sigma, LineRuns.Seeds, stop.Token));
            Say($"{truth}: {method}");
        }
    }

    foreach ((int cities, int maps) in TourRuns.Sizes)
    {
        string[] missing = [.. TourRuns.Methods.Where(m => !tours.Rows.Any(r => r.Cities == cities && r.Method == m))];
        if (missing.Length > 0)
        {
            foreach (TourRow row in await TourRuns.RunAsync(cities, maps, [.. missing], stop.Token))
            {
                tours.Add(row);
                Say(string.Create(CultureInfo.InvariantCulture, $"{cities} cities: {row.Method} {row.Gaps.Average():0.00} %"));
            }
        }
    }

    if (Argument("--endpoint") is { } url)
    {
        using Endpoint endpoint = new(url, Argument("--model") ?? throw new Ansatz.InputException("--endpoint needs --model, the name of the model there."), Path.Combine(folder, "opro.db"));
        foreach ((Line truth, _) in LineRuns.Problems.Where(p => !lines.Rows.Any(r => r.W == p.Truth.W && r.B == p.Truth.B && r.Method == endpoint.Method)))
        {
            lines.Add(await endpoint.RunAsync(truth, stop.Token));
            Say($"{truth}: {endpoint.Method}");
        }

        foreach ((int cities, _) in TourRuns.Sizes.Where(s => !tours.Rows.Any(r => r.Cities == s.Cities && r.Method == endpoint.Method)))
        {
            tours.Add(await endpoint.RunAsync(cities, stop.Token));
            Say(string.Create(CultureInfo.InvariantCulture, $"{cities} cities: {endpoint.Method}"));
        }
    }

    // A run waits for nothing but the processor: as many at once as there are cores.
    (string Setting, int Seed)[] runs =
    [
        .. from seed in Enumerable.Range(1, LevelA.Seeds)
           from setting in LevelA.Settings
           where !levelA.Rows.Any(r => r.Setting == setting && r.Seed == seed)
           select (setting, seed),
    ];
    await Parallel.ForEachAsync(runs, stop.Token, async (run, token) =>
    {
        LevelARun row = await LevelA.RunAsync(run.Setting, run.Seed, cancellationToken: token);
        levelA.Add(row);
        Say(string.Create(CultureInfo.InvariantCulture, $"{row.Setting}, seed {row.Seed}: best {row.BestTrain:0.00}, {LevelA.Goal} after {row.StepsToGoal?.ToString(CultureInfo.InvariantCulture) ?? "-"} steps"));
    });

    await Parallel.ForEachAsync(Enumerable.Range(1, LevelA.Seeds).Where(s => !resumed.Rows.Any(r => r.Seed == s)).ToArray(), stop.Token, async (seed, token) =>
    {
        resumed.Add(await LevelA.ResumeAsync(seed, LevelA.Steps, stops: 4, token));
        Say(string.Create(CultureInfo.InvariantCulture, $"resumed, seed {seed}"));
    });
}

string? Argument(string name) => Array.IndexOf(args, name) is >= 0 and int at && at + 1 < args.Length ? args[at + 1] : null;

static void Say(string what) => Console.WriteLine(what);

static string Root()
{
    string path = AppContext.BaseDirectory;
    while (!File.Exists(Path.Combine(path, "Ansatz.slnx")))
    {
        path = Path.GetDirectoryName(path) ?? throw new InvalidOperationException("Run this inside the repository.");
    }

    return path;
}
