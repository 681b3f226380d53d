using System.Diagnostics;
using System.Globalization;

namespace Ansatz;

/// <summary>One process holds a study at a time. The hold is a row with the process's number, start and heartbeat; a dead holder's row is taken over.</summary>
internal sealed class StudyHold : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Dead = TimeSpan.FromSeconds(60); // for holders on other machines, whose processes cannot be seen

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
        using Process self = Process.GetCurrentProcess();
        (int id, long started, string token) = (self.Id, Started(self), Guid.NewGuid().ToString("N"));
        await journal.WriteAsync(transaction =>
        {
            long now = journal.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (transaction.Holder(study) is { } holder && IsAlive(holder.Machine, holder.Process, holder.Started, now - holder.Beat))
            {
                throw new InputException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The study \"{name}\" is being run by process {holder.Process} on {holder.Machine}. Wait for it, or stop it; what it has done is kept."));
            }

            transaction.Execute(
                "INSERT OR REPLACE INTO holder VALUES ($study, $machine, $process, $started, $beat, $token)",
                ("$study", study),
                ("$machine", Environment.MachineName),
                ("$process", id),
                ("$started", started),
                ("$beat", now),
                ("$token", token));
        }).ConfigureAwait(false);
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
        catch (FaultException)
        {
            // A disk that is full has been told by the effect that met it. The row stays, and is taken over once this process has ended.
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            long now = _journal.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            await _journal.WriteAsync(t => t.Execute(
                "UPDATE holder SET beat = $now WHERE study = $study AND token = $token", ("$now", now), ("$study", _study), ("$token", _token))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FaultException or ObjectDisposedException)
        {
            // A missed beat harms nobody on this machine; a disk that is full is told by the next effect.
        }
    }

    private static bool IsAlive(string machine, int process, long started, long sinceBeat)
    {
        if (machine != Environment.MachineName)
        {
            return sinceBeat < Dead.TotalMilliseconds;
        }

        try
        {
            using Process other = Process.GetProcessById(process);
            return Math.Abs(Started(other) - started) < 2_000; // the clock behind StartTime is read anew in each process
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static long Started(Process process) => new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds();
}
