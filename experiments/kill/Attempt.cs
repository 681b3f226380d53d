using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Ansatz.Experiments.Kill;

/// <summary>One folder in which the study is run, killed, and run again.</summary>
internal sealed class Attempt
{
    private readonly string _program;
    private readonly StringBuilder _output = new();
    private TaskCompletionSource _seen = new();
    private Process? _process;
    private string? _awaited;

    public Attempt(string root, DirectoryInfo folder, string study)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        (Folder, _program) = (folder.FullName, Path.Combine(root, "src", "Ansatz.Cli", "bin", configuration, "net10.0", "Ansatz.Cli.dll"));
        File.WriteAllText(Path.Combine(Folder, "study.json"), study);
        File.Copy(Path.Combine(root, "samples", "reviews", "reviews.csv"), Path.Combine(Folder, "reviews.csv"));
    }

    public string Folder { get; }

    public string Database => Path.Combine(Folder, "ansatz.db");

    public string Report => Path.Combine(Folder, "runs", "killed", "report.html");

    /// <summary>The last line of the verdict's rows: after it, nothing is asked any more.</summary>
    public string LastVerdict { get; private set; } = "";

    /// <summary>What the worker was for that was killed: "run", "compile"; none where none was.</summary>
    public string? Killed { get; private set; }

    /// <summary>When it was written.</summary>
    public long LastVerdictAt { get; private set; }

    /// <summary>Runs the study to its end.</summary>
    /// <exception cref="InvalidOperationException">It did not come to its end.</exception>
    public async Task RunAsync()
    {
        if (await RunAsync(kill: null) != 0)
        {
            throw new InvalidOperationException($"The study did not end:\n{_output}");
        }
    }

    /// <summary>Kills what is running; nothing where it has ended.</summary>
    public void Kill() => _process?.Kill();

    /// <summary>Runs the study, or kills it on the way; returns the exit code.</summary>
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
        start.Environment[OptimizerKills.KeyVariable] = "any";
        using Process process = Process.Start(start)!;
        _process = process;
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (kill is not null)
        {
            Task exit = process.WaitForExitAsync();
            await Task.WhenAny(exit, kill.After is null ? Task.CompletedTask : _seen.Task);
            await Task.WhenAny(exit, Task.Delay(kill.Time));
            if (kill.OfWorker is not null)
            {
                while (!exit.IsCompleted && (Killed = KillWorker(process.Id, kill.OfWorker)) is null)
                {
                    await Task.WhenAny(exit, Task.Delay(5));
                }
            }
            else
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        _process = null;
        return process.ExitCode;
    }

    public async Task<ImmutableArray<string>> HistoryAsync()
    {
        await using Journal journal = Journal.Open(Database);
        return journal.Find("killed") is { } found ? [.. journal.History(found)] : [];
    }

    /// <summary>The answered effects of the study.</summary>
    public async Task<ImmutableArray<(string Arm, StoredEffect Effect)>> CommittedAsync()
    {
        await using Journal journal = Journal.Open(Database);
        return journal.Find("killed") is not { } found
            ? []
            : [
                .. journal.Arms(found).Select(a => a.Name).Append("judge")
                    .SelectMany(arm => journal.Effects(found, arm).Where(e => e.Answer is not null).Select(e => (arm, e))),
            ];
    }

    // Any of the processes that the study has started: what it was for; none where there is none now.
    private static string? KillWorker(int host, Rng rng)
    {
        List<(int Id, string Task)> workers = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            try
            {
                string stat = File.ReadAllText(Path.Combine(folder, "stat"));
                string[] command = File.ReadAllText(Path.Combine(folder, "cmdline")).Split('\0');
                if (stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [not "Z", var parent, ..] && parent == host.ToString(CultureInfo.InvariantCulture) && command.Length > 3)
                {
                    workers.Add((int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), command[3])); // dotnet exec library task
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // it has ended meanwhile
            }
        }

        if (workers.Count == 0)
        {
            return null;
        }

        (int id, string task) = workers[rng.Next(workers.Count)];
        try
        {
            using Process worker = Process.GetProcessById(id);
            worker.Kill();
            return task;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null; // it has ended meanwhile
        }
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
/// <param name="OfWorker">Draws which of the processes that the study has started is killed, instead of the study's own; none: the study's own.</param>
internal sealed record Kill(TimeSpan Time, string? After = null, Rng? OfWorker = null);
