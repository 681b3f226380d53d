// Which optimizer of prompts is worth its rollouts, and does any of them beat its own proposals without its mechanism? Four tasks, ten studies a task, every
// optimizer and its search control at equal budget in each. `docs/optimizers-measured.md` is written from the results.
//
//   dotnet run -c Release --project experiments/prompts              all tasks, ten seeds, about half an hour a study; stop it and start it again as you like
//   dotnet run -c Release --project experiments/prompts -- sms --seeds 2
//   dotnet run -c Release --project experiments/prompts -- --page    only writes the page again
using System.Collections.Immutable;
using System.Globalization;
using Ansatz;
using Ansatz.Experiments.Prompts;
using Ansatz.Experiments.Tasks;
using Ansatz.LocalModels;

string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Ansatz.slnx")))
{
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run this inside the repository.");
}

string folder = Path.Combine(root, "experiments", "prompts");
int seeds = Array.IndexOf(args, "--seeds") is >= 0 and int at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : LabelTask.Seeds;
string[] names = [.. args.Where(a => !a.StartsWith('-') && !int.TryParse(a, out _))];
ImmutableArray<PromptTask> all = PromptTask.All(new(Path.Combine(root, "experiments", "tasks", "data")));
PromptTask[] tasks = [.. all.Where(t => names.Length == 0 || names.Contains(t.Task.Name))];
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

    // One seed of all tasks after the other: what has been measured speaks of all of them at any time.
    foreach ((int seed, PromptTask task) in Enumerable.Range(1, seeds).SelectMany(s => tasks.Select(t => (s, t))))
    {
        long start = TimeProvider.System.GetTimestamp();
        SeedVerdicts results = new(Path.Combine(folder, "results", $"{task.Task.Name}.jsonl"));
        if (results.BySeed.ContainsKey(seed))
        {
            continue;
        }

        try
        {
            SeedVerdict result = await task.MeasureAsync(Path.Combine(folder, "prompts.db"), model, seed, stop.Token);
            results.Add(result);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{task.Task.Name} {seed}: found {result.Verdict.Found.Mean:P1}, yours {result.Verdict.Rows.First(r => r.Role == ArmRole.Yours).Mean:P1}, {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s"));
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopped; the same command goes on.");
            return 130;
        }
    }
}

PromptsPage.Write(Path.Combine(root, "docs", "optimizers-measured.md"), folder, all);
return 0;
