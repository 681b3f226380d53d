// FunSearch without a network: does the search beat chance, on inputs that no search saw? `docs/funsearch.md` is written from the results.
//
//   dotnet run -c Release --project experiments/funsearch              everything; stop it and start it again as you like
//   dotnet run -c Release --project experiments/funsearch -- weibull   one task
//   dotnet run -c Release --project experiments/funsearch -- --page    only writes the page again
using System.Globalization;
using Ansatz.Experiments.ProgramSearch;

string folder = Path.Combine(Root(), "experiments", "funsearch");
string[] names = [.. args.Where(a => !a.StartsWith('-'))];
Results results = new(Path.Combine(folder, "results"));
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

ProgramTask[] tasks = args.Contains("--page") ? [] : [.. Tasks.All.Where(t => names.Length == 0 || names.Contains(t.Name))];
foreach (ProgramTask task in tasks)
{
    for (int seed = ProgramTask.FirstSeed; seed < ProgramTask.FirstSeed + ProgramTask.Seeds; seed++)
    {
        if (results.Has(task.Name, task.Variant, seed))
        {
            continue;
        }

        long start = TimeProvider.System.GetTimestamp();
        try
        {
            await task.RunAsync(folder, seed, results.Add, stop.Token);
        }
        catch (OperationCanceledException)
        {
            return Stopped();
        }

        RunResult result = results.Of(task.Name)[^1];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{task.Name} {task.Variant} {seed}: {string.Join(", ", result.Scores.Select(s => $"{s.Key} {s.Value:0.####}"))}; {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s"));
    }
}

if (!args.Contains("--page") && (names.Length == 0 || names.Contains("model")) && !results.Has("model", "default", 1))
{
    try
    {
        await ModelYield.RunAsync(folder, results.Add, stop.Token);
    }
    catch (OperationCanceledException)
    {
        return Stopped();
    }
}

FunSearchPage.Write(Path.Combine(Root(), "docs", "funsearch.md"), results);
return 0;

int Stopped()
{
    FunSearchPage.Write(Path.Combine(Root(), "docs", "funsearch.md"), results);
    Console.WriteLine("Stopped; the same command goes on.");
    return 130;
}

static string Root()
{
    string path = AppContext.BaseDirectory;
    while (!File.Exists(Path.Combine(path, "Ansatz.slnx")))
    {
        path = Path.GetDirectoryName(path) ?? throw new InvalidOperationException("Run this inside the repository.");
    }

    return path;
}
