// FunSearch without a network: does the search beat chance, on instances that no search saw? `docs/funsearch.md` is written from the results.
//
//   dotnet run -c Release --project experiments/funsearch             everything; stop it and start it again as you like
//   dotnet run -c Release --project experiments/funsearch -- weibull --seeds 2
//   dotnet run -c Release --project experiments/funsearch -- --page   only writes the page again
using System.Globalization;
using Ansatz.Experiments.ProgramSearch;

string folder = Path.Combine(Root(), "experiments", "funsearch");
int seeds = Array.IndexOf(args, "--seeds") is >= 0 and int at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 10;
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

for (int seed = 1; seed <= seeds; seed++)
{
    long start = TimeProvider.System.GetTimestamp();
    PackingResult result = await PackingRuns.RunAsync(folder, seed, stop.Token);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"weibull {seed}: {string.Join(", ", result.Verdict.Rows.Select(r => $"{r.Name} {100 * ((-r.Mean / 1987.8) - 1):0.00} %"))}; {string.Join(", ", result.Elsewhere.Select(e => $"{e.Key} {e.Value:0.00}"))}; {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s\n{result.Program}"));
}

return 0;

static string Root()
{
    string path = AppContext.BaseDirectory;
    while (!File.Exists(Path.Combine(path, "Ansatz.slnx")))
    {
        path = Path.GetDirectoryName(path) ?? throw new InvalidOperationException("Run this inside the repository.");
    }

    return path;
}
