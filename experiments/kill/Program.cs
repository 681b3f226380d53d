// Kills a study with SIGKILL from another process at uniformly drawn times - while it loads, re-quantises, searches, commits, judges, writes its
// report - gives the same command again, and compares: the same history, byte for byte, and nothing that was committed asked again.
//
//   dotnet run -c Release --project experiments/kill                  50 kills, a seed of its own, writes docs/resume.md
//   dotnet run -c Release --project experiments/kill -- 10 1234       10 kills, seed 1234
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ansatz;

string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Ansatz.slnx")))
{
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run this inside the repository.");
}

int kills = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50;
long seed = args.Length > 1 ? long.Parse(args[1], CultureInfo.InvariantCulture) : Environment.TickCount64;
string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
string program = Path.Combine(root, "src", "Ansatz.Cli", "bin", configuration, "net10.0", "Ansatz.Cli.dll");
string study = """
    {
      "name": "killed",
      "data": { "file": "reviews.csv", "input": "text", "answer": "label", "split": { "train": 6, "validation": 8, "test": 8, "seed": 1 } },
      "prompt": {
        "template": "{instruction}{demonstrations}Review: {text}\nKind: {label}",
        "yours": { "instruction": "Decide whether each review is praise or a complaint." },
        "open": { "instruction": {}, "demonstrations": { "upTo": 1 }, "label": { "praise": ["praise", "good"], "complaint": ["complaint", "bad"] } }
      },
      "search": { "use": "few-shot-search", "candidates": 4 },
      "seed": 1
    }
    """;

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
DirectoryInfo scratch = Directory.CreateTempSubdirectory("ansatz-kill-");
try
{
    Attempt whole = new(scratch.CreateSubdirectory("whole").FullName, program, root, study);
    long start = Stopwatch.GetTimestamp();
    Require(await whole.RunAsync(killAfter: null) == 0, whole.Output);
    TimeSpan length = Stopwatch.GetElapsedTime(start);
    ImmutableArray<string> expected = await whole.HistoryAsync();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"uninterrupted: {length.TotalSeconds:0.0} s, {expected.Length} lines of history"));

    StringBuilder csv = new("kill,seconds,report,effects_committed,effects_in_all,committed_asked_again,asked_again,same_history\n");
    Rng rng = new(seed, "kill");
    int same = 0, again = 0, repeated = 0;
    for (int n = 1; n <= kills; n++)
    {
        TimeSpan when = length * rng.NextDouble();
        Attempt attempt = new(scratch.CreateSubdirectory(n.ToString(CultureInfo.InvariantCulture)).FullName, program, root, study);
        await attempt.RunAsync(when);
        bool hadReport = File.Exists(attempt.Report);
        ImmutableDictionary<(string, long), int> committed = await attempt.CommittedAsync();
        Require(await attempt.RunAsync(killAfter: null) == 0, attempt.Output);

        ImmutableArray<string> history = await attempt.HistoryAsync();
        ImmutableDictionary<(string, long), int> after = await attempt.CommittedAsync();
        int committedAgain = committed.Count(c => after[c.Key] != c.Value), askedAgain = after.Values.Sum(a => a - 1);
        bool isSame = history.SequenceEqual(expected) && File.Exists(attempt.Report);
        (same, again, repeated) = (same + (isSame ? 1 : 0), again + committedAgain, repeated + askedAgain);
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{n},{when.TotalSeconds:0.000},{(hadReport ? 1 : 0)},{committed.Count},{after.Count},{committedAgain},{askedAgain},{(isSame ? 1 : 0)}");
        csv.Append(line).Append('\n');
        Console.WriteLine(line);
        Directory.Delete(attempt.Folder, recursive: true);
    }

    string summary = string.Create(
        CultureInfo.InvariantCulture,
        $"{same} of {kills} histories byte-identical to the uninterrupted one; {again} committed effects asked again; {repeated} effects that were out when the program died asked again, and counted.");
    Console.WriteLine(summary);
    if (args.Length == 0)
    {
        File.WriteAllText(Path.Combine(root, "experiments", "kill", "results.csv"), csv.ToString());
        File.WriteAllText(Path.Combine(root, "docs", "resume.md"), Page(summary, seed, kills, length, csv.ToString()));
    }

    return same == kills && again == 0 ? 0 : 1;
}
finally
{
    scratch.Delete(recursive: true);
}

static void Require(bool condition, string output)
{
    if (!condition)
    {
        throw new InvalidOperationException($"The study did not end:\n{output}");
    }
}

static string Page(string summary, long seed, int kills, TimeSpan length, string csv)
{
    string[][] rows = [.. csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(','))];
    int Count(Func<string[], bool> which) => rows.Count(which);
    return string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # Stopped anywhere, it goes on

        A small study of reviews on the embedded model ({length.TotalSeconds:0.0} s in the run that was not killed; on a busy machine the others may take longer) is started in a folder of its own with an empty cache, killed with
        SIGKILL by another process at a time drawn uniformly over its whole length, and started again with the same command. {kills} kills, seed {seed}.

        **{summary}**

        | at the time of the kill | kills |
        |---|---|
        | no effect committed yet: loading, re-quantising, or in the first block | {Count(r => r[3] == "0")} |
        | searching, running controls, or judging | {Count(r => r[3] != "0" && r[3] != r[4])} |
        | all effects committed: writing the verdict or the report | {Count(r => r[3] == r[4] && r[2] == "0")} |
        | report written | {Count(r => r[2] == "1")} |

        This page and its [raw results](../experiments/kill/results.csv) are written by

        ```sh
        dotnet run -c Release --project experiments/kill
        ```

        """).ReplaceLineEndings("\n");
}

/// <summary>One folder in which the study is run, killed, and run again.</summary>
internal sealed class Attempt
{
    private readonly string _program;
    private readonly StringBuilder _output = new();

    public Attempt(string folder, string program, string root, string study)
    {
        (Folder, _program) = (folder, program);
        File.WriteAllText(Path.Combine(folder, "study.json"), study);
        File.Copy(Path.Combine(root, "samples", "reviews", "reviews.csv"), Path.Combine(folder, "reviews.csv"));
    }

    public string Folder { get; }

    public string Report => Path.Combine(Folder, "runs", "killed", "report.html");

    public string Output => _output.ToString();

    /// <summary>Runs the study to its end, or kills it after a time; returns the exit code.</summary>
    public async Task<int> RunAsync(TimeSpan? killAfter)
    {
        ProcessStartInfo start = new("dotnet", [_program, "run", "study.json"])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(Folder, "cache"); // so that the weights are re-quantised here, and may be cut off
        using Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (killAfter is { } time)
        {
            using CancellationTokenSource over = new(time);
            try
            {
                await process.WaitForExitAsync(over.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async Task<ImmutableArray<string>> HistoryAsync()
    {
        await using Journal journal = Journal.Open(Path.Combine(Folder, "ansatz.db"));
        return journal.Find("killed") is { } found ? [.. journal.History(found)] : [];
    }

    /// <summary>How often each answered effect was asked.</summary>
    public async Task<ImmutableDictionary<(string Arm, long Number), int>> CommittedAsync()
    {
        await using Journal journal = Journal.Open(Path.Combine(Folder, "ansatz.db"));
        return journal.Find("killed") is not { } found
            ? []
            : journal.Arms(found).Select(a => a.Name).Append("judge")
                .SelectMany(arm => journal.Effects(found, arm).Where(e => e.Answer is not null).Select(e => KeyValuePair.Create((arm, e.Number), e.Attempts)))
                .ToImmutableDictionary();
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
