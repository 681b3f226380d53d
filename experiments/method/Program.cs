// Does searching for prompts help, as a statement about the method and not about one prompt? Ten studies a task, each with train and
// validation items of its own; all arms and controls judged on items that no search saw. `docs/method.md` is written from the results.
//
//   dotnet run -c Release --project experiments/method              all tasks, ten seeds; stop it and start it again as you like
//   dotnet run -c Release --project experiments/method -- reviews-closed --seeds 2
//   dotnet run -c Release --project experiments/method -- --page    only writes the page again
using System.Collections.Immutable;
using System.Globalization;
using Ansatz;
using Ansatz.Experiments.Method;
using Ansatz.Experiments.Tasks;
using Ansatz.LocalModels;

string folder = Path.Combine(Root(), "experiments", "method");
int seeds = Array.IndexOf(args, "--seeds") is >= 0 and int at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : LabelTask.Seeds;
string[] names = [.. args.Where(a => !a.StartsWith('-') && !int.TryParse(a, out _))];
ImmutableArray<MethodTask> all = MethodTask.All(new(Path.Combine(Root(), "experiments", "tasks", "data")));
MethodTask[] tasks = [.. all.Where(t => names.Length == 0 || names.Contains(t.Task.Name))];
if (tasks.Length == 0)
{
    Console.Error.WriteLine($"No such task. There are: {string.Join(", ", all.Select(t => t.Task.Name))}.");
    return 2;
}

using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

if (!args.Contains("--page"))
{
    using EmbeddedModel model = EmbeddedModel.Load();
    foreach (MethodTask method in tasks)
    {
        for (int seed = 1; seed <= seeds; seed++)
        {
            long start = TimeProvider.System.GetTimestamp();
            SeedVerdicts results = new(Path.Combine(folder, "results", $"{method.Task.Name}.jsonl"));
            if (results.BySeed.ContainsKey(seed))
            {
                continue;
            }

            await using Study<Ansatz.Prompts.Prompt> study = method.Open(Path.Combine(folder, "method.db"), model, seed);
            try
            {
                Verdict verdict = (await study.JudgeAsync(stop.Token)).Summary;
                results.Add(new(seed, verdict));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{method.Task.Name} {seed}: found {verdict.Found.Mean:P1}, yours {verdict.Rows.First(r => r.Role == ArmRole.Yours).Mean:P1}, {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s"));
            }
            catch (OperationCanceledException)
            {
                Console.WriteLine("Stopped; the same command goes on.");
                return 130;
            }
        }
    }
}

MethodPage.Write(Path.Combine(Root(), "docs", "method.md"), folder, all);
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
