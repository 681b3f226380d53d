using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Ansatz;

/// <summary>
/// One process holds a study at a time. The hold is a row with the process's number, start and heartbeat; a dead holder's row is taken over. Whoever lost the hold writes nothing more: the
/// journal looks for it in each transaction.
/// </summary>
internal sealed class StudyHold : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Dead = TimeSpan.FromSeconds(60); // for holders elsewhere, whose processes cannot be seen

    private readonly Journal _journal;
    private readonly long _study;
    private readonly string _token;
    private readonly ITimer _timer;

    private StudyHold(Journal journal, long study, string token)
    {
        (_journal, _study, _token) = (journal, study, token);
        _timer = journal.Clock.CreateTimer(_ => _ = BeatAsync(), null, Beat, Beat);
    }

    /// <exception cref="InputException">Another process holds the study.</exception>
    public static async Task<StudyHold> TakeAsync(Journal journal, long study, string name)
    {
        string token = Guid.NewGuid().ToString("N");
        await journal.WriteAsync(transaction =>
        {
            long now = journal.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (transaction.Holder(study) is { } holder && IsAlive(holder.Machine, holder.Process, holder.Started, now - holder.Beat))
            {
                throw new InputException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The study \"{name}\" is being run by process {holder.Process} on {holder.Machine.Split('/')[0]}. Wait for it, or stop it; what it has done is kept."));
            }

            transaction.Execute(
                "INSERT OR REPLACE INTO holder VALUES ($study, $machine, $process, $started, $beat, $token)",
                ("$study", study),
                ("$machine", Machine()),
                ("$process", Environment.ProcessId),
                ("$started", StartOf(Environment.ProcessId)),
                ("$beat", now),
                ("$token", token));
        }).ConfigureAwait(false);
        journal.Hold((study, token));
        return new(journal, study, token);
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _journal.WriteAsync(t => t.Execute("DELETE FROM holder WHERE study = $study AND token = $token", ("$study", _study), ("$token", _token)))
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is FaultException or InputException or ObjectDisposedException)
        {
            // A disk that is full, or a hold that was lost, has been told by the effect that met it. The row stays, and is taken over once this process has ended.
        }

        _journal.Hold(null);
    }

    private async Task BeatAsync()
    {
        try
        {
            long now = _journal.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            await _journal.WriteAsync(t => t.Execute(
                "UPDATE holder SET beat = $now WHERE study = $study AND token = $token", ("$now", now), ("$study", _study), ("$token", _token))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FaultException or InputException or ObjectDisposedException)
        {
            // A missed beat harms nobody on this machine; a disk that is full is told by the next effect.
        }
    }

    // Where processes are seen by their numbers: a container has numbers of its own, under the same name perhaps.
    private static string Machine() => OperatingSystem.IsLinux() && File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false) is { Name: var space }
        ? $"{Environment.MachineName}/{space}"
        : Environment.MachineName;

    private static bool IsAlive(string machine, int process, long started, long sinceBeat) => machine != Machine()
        ? sinceBeat < Dead.TotalMilliseconds
        : StartOf(process) is { } start && Math.Abs(start - started) < (OperatingSystem.IsLinux() ? 1 : 2_000); // elsewhere the clock behind StartTime is read anew in each process

    // When a process began: on Linux in ticks since the machine did, so that a clock that is set changes nothing. None where it has ended, also where nobody has taken notice of its end yet.
    private static long? StartOf(int process)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // behind the name, which may hold anything: state, and 19 further on the start
                return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
            }

            using Process other = Process.GetProcessById(process);
            return new DateTimeOffset(other.StartTime).ToUnixTimeMilliseconds();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
