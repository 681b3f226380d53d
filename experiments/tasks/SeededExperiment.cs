using System.Collections.Immutable;
using System.Globalization;
using Ansatz.LocalModels;

namespace Ansatz.Experiments.Tasks;

/// <summary>An experiment of ten studies a task with the embedded model: it goes on where it was stopped, and writes its page.</summary>
/// <param name="Name">Its folder under <c>experiments</c>.</param>
/// <param name="Tasks">By name, in order.</param>
/// <param name="BySeed">Whether one seed of all tasks comes after the other, so that what has been measured speaks of all of them at any time; else one task comes after the other.</param>
public sealed record SeededExperiment(string Name, ImmutableArray<SeededTask> Tasks, bool BySeed)
{
    /// <summary>The repository that this program stands in.</summary>
    public static string Root
    {
        get
        {
            string path = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(path, "Ansatz.slnx")))
            {
                path = Path.GetDirectoryName(path) ?? throw new InvalidOperationException("Run this inside the repository.");
            }

            return path;
        }
    }

    /// <summary>The data of the tasks.</summary>
    public static LabelTasks Data => new(Path.Combine(Root, "experiments", "tasks", "data"));

    /// <summary>The experiment's folder.</summary>
    public string Folder => Path.Combine(Root, "experiments", Name);

    /// <summary>What has been measured of a task.</summary>
    public SeedVerdicts ResultsOf(string task) => new(Path.Combine(Folder, "results", $"{task}.jsonl"));

    /// <summary>Runs what is missing and writes the page.</summary>
    /// <param name="args">Names of tasks; --seeds N; --page for the page alone.</param>
    /// <param name="writePage">Writes the page.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string[] args, Action writePage)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(writePage);
        int seeds = Array.IndexOf(args, "--seeds") is >= 0 and int at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : LabelTask.Seeds;
        string[] names = [.. args.Where(a => !a.StartsWith('-') && !int.TryParse(a, out _))];
        SeededTask[] tasks = [.. Tasks.Where(t => names.Length == 0 || names.Contains(t.Name))];
        if (tasks.Length == 0)
        {
            await Console.Error.WriteLineAsync($"No such task. There are: {string.Join(", ", Tasks.Select(t => t.Name))}.");
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
            IEnumerable<int> all = Enumerable.Range(1, seeds);
            foreach ((SeededTask task, int seed) in BySeed ? all.SelectMany(s => tasks.Select(t => (t, s))) : tasks.SelectMany(t => all.Select(s => (t, s))))
            {
                SeedVerdicts results = ResultsOf(task.Name);
                if (results.BySeed.ContainsKey(seed))
                {
                    continue;
                }

                long start = TimeProvider.System.GetTimestamp();
                try
                {
                    SeedVerdict result = await task.MeasureAsync(Path.Combine(Folder, $"{Name}.db"), model, seed, stop.Token);
                    results.Add(result);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{task.Name} {seed}: found {result.Verdict.Found.Mean:P1}, yours {result.Verdict.Rows.First(r => r.Role == ArmRole.Yours).Mean:P1}, {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s"));
                }
                catch (OperationCanceledException)
                {
                    Console.WriteLine("Stopped; the same command goes on.");
                    return 130;
                }
            }
        }

        writePage();
        return 0;
    }
}

/// <summary>A task of such an experiment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MeasureAsync">Runs and judges the study of a seed, in a database that the experiment keeps.</param>
public sealed record SeededTask(string Name, Func<string, EmbeddedModel, int, CancellationToken, Task<SeedVerdict>> MeasureAsync);
