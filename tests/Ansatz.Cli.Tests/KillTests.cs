using System.Diagnostics;
using System.Globalization;
using Ansatz.Testing;

namespace Ansatz.Cli.Tests;

/// <summary>A real process on the embedded model, killed and started again. ANSATZ_KILLS sets how often; ANSATZ_KILL_SEED the times.</summary>
public sealed class KillTests
{
    private const string Study = """
        {
          "name": "killed",
          "data": { "file": "reviews.csv", "split": { "train": 8, "validation": 8, "test": 12 } },
          "prompt": {
            "template": "{demonstrations}Review: {text}\nKind: {label}",
            "open": { "demonstrations": { "upTo": 2 }, "label": { "praise": ["praise", "positive"], "complaint": ["complaint", "negative"] } }
          },
          "search": { "candidates": 6 }
        }
        """;

    [Fact]
    public async Task Run_KilledAtRandomTimes_GoesOnToTheSameHistory()
    {
        int kills = Number("ANSATZ_KILLS", 3), seed = Number("ANSATZ_KILL_SEED", 1);
        using TempFolder whole = Folder(), cut = Folder();
        Stopwatch watch = Stopwatch.StartNew();
        (int exitCode, string error) = await RunAsync(whole, Timeout.InfiniteTimeSpan);
        Assert.True(exitCode == 0, error);
        TimeSpan all = watch.Elapsed;

        // Kill times over the length of a whole run: loading, searching, judging, reporting. The last run is left alone.
        Rng rng = new(seed, "kill");
        Dictionary<(string Arm, long Number), int> committed = [];
        for (int k = 0; k < kills; k++)
        {
            await RunAsync(cut, all * rng.NextDouble());
            foreach (((string, long) effect, int attempts) in await CommittedAsync(cut))
            {
                committed.TryAdd(effect, attempts);
            }
        }

        (exitCode, error) = await RunAsync(cut, Timeout.InfiniteTimeSpan);

        Assert.True(exitCode == 0, error);
        Assert.Equal(await HistoryAsync(whole), await HistoryAsync(cut));
        Dictionary<(string Arm, long Number), int> after = await CommittedAsync(cut);
        Assert.All(committed, c => Assert.Equal(c.Value, after[c.Key])); // what was committed is not asked again
        Assert.True(File.Exists(cut.File("runs/killed/report.html")));
    }

    private static TempFolder Folder()
    {
        TempFolder folder = new();
        folder.Write("study.json", Study);
        File.Copy("Published/reviews.csv", folder.File("reviews.csv"));
        return folder;
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(TempFolder folder, TimeSpan killAfter)
    {
        ProcessStartInfo start = new("dotnet", [Path.GetFullPath("Ansatz.Cli.dll"), "run", "study.json"])
        {
            WorkingDirectory = folder.File(""),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(killAfter);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        await output;
        return (process.ExitCode, await error);
    }

    private static async Task<string[]> HistoryAsync(TempFolder folder)
    {
        await using Journal journal = Journal.Open(folder.File("ansatz.db"));
        return [.. journal.History(journal.Find("killed")!)];
    }

    // How often each answered effect was asked.
    private static async Task<Dictionary<(string Arm, long Number), int>> CommittedAsync(TempFolder folder)
    {
        if (!File.Exists(folder.File("ansatz.db")))
        {
            return []; // killed before it began
        }

        await using Journal journal = Journal.Open(folder.File("ansatz.db"));
        return journal.Find("killed") is not { } found
            ? []
            : journal.Arms(found).Select(a => a.Name).Append("judge")
                .SelectMany(arm => journal.Effects(found, arm).Where(e => e.Answer is not null).Select(e => (Effect: (arm, e.Number), e.Attempts)))
                .ToDictionary(e => e.Effect, e => e.Attempts);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
