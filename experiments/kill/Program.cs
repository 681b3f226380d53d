// Kills a study with SIGKILL from another process at uniformly drawn times - while it loads, re-quantises, searches, commits, judges, writes its
// report - gives the same command again, and compares: the same history, byte for byte, and nothing that was committed asked again. What follows the
// last answer takes a few hundredths of the time, so every fifth kill is drawn uniformly over that stretch alone.
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
    Require(await whole.RunAsync(kill: null) == 0, whole.Output);
    TimeSpan length = Stopwatch.GetElapsedTime(start), end = Stopwatch.GetElapsedTime(whole.LastVerdictAt) + TimeSpan.FromMilliseconds(20);
    ImmutableArray<string> expected = await whole.HistoryAsync();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"uninterrupted: {length.TotalSeconds:0.0} s, {expected.Length} lines of history"));

    StringBuilder csv = new("kill,since_the_last_answer,seconds,report,effects_committed,effects_in_all,committed_asked_again,asked_again,same_history\n");
    Rng rng = new(seed, "kill");
    int same = 0, again = 0, repeated = 0;
    for (int n = 1; n <= kills; n++)
    {
        bool isEnd = n % 5 == 0;
        TimeSpan when = (isEnd ? end : length) * rng.NextDouble();
        Attempt attempt = new(scratch.CreateSubdirectory(n.ToString(CultureInfo.InvariantCulture)).FullName, program, root, study);
        await attempt.RunAsync(new(when, isEnd ? whole.LastVerdict : null));
        bool hadReport = File.Exists(attempt.Report);
        ImmutableDictionary<(string, long), int> committed = await attempt.CommittedAsync();
        Require(await attempt.RunAsync(kill: null) == 0, attempt.Output);

        ImmutableArray<string> history = await attempt.HistoryAsync();
        ImmutableDictionary<(string, long), int> after = await attempt.CommittedAsync();
        int committedAgain = committed.Count(c => after[c.Key] != c.Value), askedAgain = after.Values.Sum(a => a - 1);
        bool isSame = history.SequenceEqual(expected) && File.Exists(attempt.Report);
        (same, again, repeated) = (same + (isSame ? 1 : 0), again + committedAgain, repeated + askedAgain);
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{n},{(isEnd ? 1 : 0)},{when.TotalSeconds:0.000},{(hadReport ? 1 : 0)},{committed.Count},{after.Count},{committedAgain},{askedAgain},{(isSame ? 1 : 0)}");
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
        SIGKILL by another process, and started again with the same command. {kills} kills, seed {seed}: four of five at a time drawn uniformly over the whole length,
        every fifth over what comes after the last answer, a few hundredths of it.

        **{summary}**

        | at the time of the kill | kills |
        |---|---|
        | no effect committed yet: loading, re-quantising, or in the first block | {Count(r => r[4] == "0")} |
        | searching, running controls, or judging | {Count(r => r[4] != "0" && r[4] != r[5])} |
        | all effects committed: writing the verdict or the report | {Count(r => r[4] == r[5] && r[3] == "0")} |
        | report written | {Count(r => r[3] == "1")} |

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
    private TaskCompletionSource _seen = new();
    private string? _awaited;

    public Attempt(string folder, string program, string root, string study)
    {
        (Folder, _program) = (folder, program);
        File.WriteAllText(Path.Combine(folder, "study.json"), study);
        File.Copy(Path.Combine(root, "samples", "reviews", "reviews.csv"), Path.Combine(folder, "reviews.csv"));
    }

    public string Folder { get; }

    public string Report => Path.Combine(Folder, "runs", "killed", "report.html");

    public string Output => _output.ToString();

    /// <summary>The last line of the verdict's rows: after it, nothing is asked any more.</summary>
    public string LastVerdict { get; private set; } = "";

    /// <summary>When it was written.</summary>
    public long LastVerdictAt { get; private set; }

    /// <summary>Runs the study to its end, or kills it on the way; returns the exit code.</summary>
    public async Task<int> RunAsync(Kill? kill)
    {
        (_awaited, _seen) = (kill?.After, new(TaskCreationOptions.RunContinuationsAsynchronously));
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
        if (kill is not null)
        {
            Task exit = process.WaitForExitAsync();
            await Task.WhenAny(exit, kill.After is null ? Task.CompletedTask : _seen.Task);
            await Task.WhenAny(exit, Task.Delay(kill.Time));
            process.Kill(); // of a process that has ended it is nothing
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

        if (line?.StartsWith("verdict: ", StringComparison.Ordinal) == true && line.IndexOf(',', StringComparison.Ordinal) is > 0 and int comma)
        {
            (LastVerdict, LastVerdictAt) = (line[..comma], Stopwatch.GetTimestamp());
            if (LastVerdict == _awaited)
            {
                _seen.TrySetResult();
            }
        }
    }
}

/// <summary>When a process is killed.</summary>
/// <param name="Time">So long after its start, or after a line.</param>
/// <param name="After">The beginning of that line; none: its start.</param>
internal sealed record Kill(TimeSpan Time, string? After);
