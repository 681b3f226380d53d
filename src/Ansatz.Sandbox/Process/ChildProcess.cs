using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Ansatz.Sandbox;

/// <summary>A child process as its host sees it: started, locked, and checked against what the kernel says of it before it is given anything. Used by one caller at a time.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int LargestMessage = 64 << 10;
    private const long BesideObjects = 96 << 20; // the collector's own books, code, the stack
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Glance = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly long _memoryBytes;
    private TimeSpan _cpu;
    private long _bytes, _lockedBytes;

    private ChildProcess(Process process, long memoryBytes)
    {
        (_process, _memoryBytes) = (process, memoryBytes);
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(_errors.Length < 1000 ? e.Data : "");
            }
        };
        _process.BeginErrorReadLine();
    }

    /// <summary>What holds it, in words.</summary>
    public string Holds { get; private set; } = "";

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    /// <summary>What it reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What it writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>The most memory that it was seen to use, in bytes.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Starts a child and waits until it is locked.</summary>
    /// <param name="task">What it is for.</param>
    /// <param name="walls">What locks it.</param>
    /// <param name="cpu">CPU time at which the kernel ends it, if the host has not; none for ever.</param>
    /// <param name="memoryBytes">Memory for objects.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FaultException">It could not be started, or not be locked; says what is missing.</exception>
    public static async Task<ChildProcess> StartAsync(string task, Walls walls, TimeSpan? cpu, long memoryBytes, CancellationToken cancellationToken)
    {
        if (ProgramSandbox.MissingHere is { } missing)
        {
            throw new FaultException(missing);
        }

        // It has run nothing of anybody's yet: where it ends, somebody else has ended it, and it is started once more.
        string said = "";
        for (int attempt = 0; attempt < 2; attempt++)
        {
            ChildProcess child;
            try
            {
                child = new(await Starter.StartAsync(Command(task, walls, cpu, memoryBytes)).ConfigureAwait(false), memoryBytes);
            }
            catch (Win32Exception e)
            {
                throw new FaultException($"The process for programs could not be started: {e.Message}", e);
            }

            bool isLocked = false;
            try
            {
                isLocked = await child.ExpectLockAsync(walls, cancellationToken).ConfigureAwait(false);
                if (isLocked)
                {
                    return child;
                }

                said = child.Errors();
            }
            catch (InvalidDataException e)
            {
                throw new FaultException("The process for programs said something else than that it is locked.", e);
            }
            finally
            {
                if (!isLocked)
                {
                    child.Dispose();
                }
            }
        }

        throw new FaultException($"The process for programs ended before it was locked, twice. {said}".TrimEnd());
    }

    private static ProcessStartInfo Command(string task, Walls walls, TimeSpan? cpu, long memoryBytes)
    {
        // The runtime that runs this process runs the child: this very library, as a program.
        DirectoryInfo runtime = new(RuntimeEnvironment.GetRuntimeDirectory());
        string program = Path.GetFullPath(Path.Combine(runtime.FullName, "..", "..", "..", "dotnet"));
        if (!File.Exists(program))
        {
            throw new FaultException("Whole programs run in a process of their own, started by the .NET that is installed; an application that brings its own runtime cannot run them. Publish it without (--self-contained false).");
        }

        string library = typeof(Child).Assembly.Location is { Length: > 0 } file ? file : Path.Combine(AppContext.BaseDirectory, "Ansatz.Sandbox.dll"), configuration = Path.ChangeExtension(library, ".runtimeconfig.json");
        foreach (string needed in new[] { library, configuration })
        {
            if (!File.Exists(needed))
            {
                throw new FaultException($"Whole programs run in a process of their own, which needs {needed}; it is not there. The package Ansatz.Sandbox puts it beside an application, one that is published as one file too.");
            }
        }

        ProcessStartInfo start = new(program)
        {
            ArgumentList =
            {
                "exec", "--fx-version", runtime.Name, // also where an application was rolled forward to a newer one than this library was built for
                library, task, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), ((int)walls).ToString(CultureInfo.InvariantCulture),
                cpu is { } time ? Math.Ceiling(time.TotalSeconds + 1).ToString(CultureInfo.InvariantCulture) : "-",
                (memoryBytes + BesideObjects).ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (walls.HasFlag(Walls.Environment))
        {
            start.Environment.Clear();
            start.WorkingDirectory = "/";
        }

        if (walls.HasFlag(Walls.Limits))
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = memoryBytes.ToString("X", CultureInfo.InvariantCulture);
        }

        if (task != Child.Run)
        {
            start.Environment["DOTNET_JITMinOpts"] = "1"; // the compiler warms up in a third of the time, and takes half as long again for a source
        }

        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // no socket and no thread for a debugger
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // else code is mapped twice, from a file
        return start;
    }

    // Whether it lived to say so.
    private async Task<bool> ExpectLockAsync(Walls walls, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            (byte Kind, byte[] Content)? said = await Pipes.ReadAsync(Output, LargestMessage, patience.Token).ConfigureAwait(false);
            if (said is not (Pipes.Locked or Pipes.Unlocked, { } words))
            {
                await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
                return false;
            }

            Holds = Encoding.UTF8.GetString(words);
            if (said.Value.Kind == Pipes.Unlocked)
            {
                throw new FaultException($"Whole programs are not run here, since the process for them could not be locked: {Holds}.");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FaultException($"The process for programs was not locked within {Patience.TotalSeconds:F0} s.");
        }

        // What the child says is not enough.
        try
        {
            if (Missing(Id, walls) is { } missing)
            {
                throw new FaultException($"Whole programs are not run here, since the kernel says of the process for them: {missing}.");
            }
        }
        catch (IOException)
        {
            return false; // it is gone
        }

        Look();
        _lockedBytes = _bytes;
        return true;
    }

    /// <summary>What the kernel says of a process that should be locked and is not; null where nothing is amiss.</summary>
    internal static string? Missing(int process, Walls walls)
    {
        // A container's own filter counts as one too: the child needs one more than this process has.
        int own = Filters(Status("/proc/self")) ?? 0;
        foreach (string thread in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            Dictionary<string, string> status = Status(thread);
            (Walls Wall, string Field, bool Holds)[] needed =
            [
                (Walls.Seccomp, "Seccomp", status.GetValueOrDefault("Seccomp") == "2"),
                (Walls.Seccomp, "Seccomp_filters", Filters(status) is not { } filters || filters > own),
                (Walls.Seccomp, "NoNewPrivs", status.GetValueOrDefault("NoNewPrivs") == "1"),
                (Walls.User, "CapEff", status.GetValueOrDefault("CapEff")?.All(c => c == '0') == true),
                (Walls.User, "Uid", status.GetValueOrDefault("Uid")?.Split('\t').All(id => id != "0") == true),
            ];
            foreach ((Walls wall, string field, bool holds) in needed)
            {
                if (walls.HasFlag(wall) && !holds)
                {
                    return $"{field} {status.GetValueOrDefault(field, "unknown")}";
                }
            }
        }

        return null;

        static Dictionary<string, string> Status(string folder) =>
            File.ReadLines(Path.Combine(folder, "status")).Select(l => l.Split(':', 2)).ToDictionary(l => l[0], l => l[1].Trim());

        static int? Filters(Dictionary<string, string> status) =>
            status.TryGetValue("Seccomp_filters", out string? filters) ? int.Parse(filters, CultureInfo.InvariantCulture) : null; // from Linux 5.9
    }

    // The kernel's limits hold before: this is for what they might not count. Of the images, which are shared, more is read as the child works.
    private bool IsPastItsMemory => _bytes - _lockedBytes > _memoryBytes + (2 * BesideObjects);

    /// <summary>Waits until a piece of the child's work is done, and ends the child where that takes too long, or too much memory.</summary>
    /// <param name="work">Ends with the child, at the latest.</param>
    /// <param name="cpu">CPU time from now on.</param>
    /// <param name="wall">Time from now on.</param>
    /// <param name="cancellationToken">Ends the child.</param>
    /// <param name="waitingSince">Since when somebody has waited for the child, as a timestamp, and none while nobody does, which is all that counts as time then; none: all time counts.</param>
    /// <returns>Which of them it was; null for none.</returns>
    public async Task<ProgramCause?> WatchAsync(Task work, TimeSpan cpu, TimeSpan wall, CancellationToken cancellationToken, Func<long?>? waitingSince = null)
    {
        long begun = Stopwatch.GetTimestamp();
        Look(); // what it used before is not this piece's
        TimeSpan before = _cpu;
        while (await Task.WhenAny(work, Task.Delay(Glance, cancellationToken)).ConfigureAwait(false) != work)
        {
            Look();
            ProgramCause? over = _cpu - before > cpu ? ProgramCause.CpuTime : IsPastItsMemory ? ProgramCause.Memory : (waitingSince is null ? begun : waitingSince()) is { } since && Stopwatch.GetElapsedTime(since) > wall ? ProgramCause.WallClock : null;
            if (over is not null || cancellationToken.IsCancellationRequested)
            {
                Kill();
                await work.ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                return over;
            }
        }

        return null;
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code; 128 and the number of the signal that ended it.</returns>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>What it wrote to its standard error before the lock.</summary>
    public string Errors()
    {
        lock (_errors)
        {
            return _errors.ToString().Trim();
        }
    }

    /// <summary>Ends it.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // it has ended
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        Kill();
        _process.WaitForExit(Patience); // killed: this waits for the kernel alone, and leaves no zombie
        try
        {
            _process.StandardInput.Dispose(); // the process leaves both to whoever has used them
            _process.StandardOutput.Dispose();
        }
        catch (IOException)
        {
            // something was still to be written to it
        }

        _process.Dispose();
    }

    // CPU time and memory, as the kernel counts them; its own tables for a process count as memory.
    private void Look()
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{Id}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            _cpu = TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)));
            string[] lines = File.ReadAllLines($"/proc/{Id}/status");
            _bytes = Bytes("VmRSS:") + Bytes("VmPTE:");
            PeakBytes = Math.Max(PeakBytes, Bytes("VmHWM:"));

            long Bytes(string field) => lines.FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal)) is { } line
                ? 1024 * long.Parse(line.AsSpan(field.Length, line.Length - field.Length - " kB".Length).Trim(), CultureInfo.InvariantCulture)
                : 0; // it is ending
        }
        catch (IOException)
        {
            // it has ended
        }
    }
}
