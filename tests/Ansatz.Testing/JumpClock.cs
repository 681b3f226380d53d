namespace Ansatz.Testing;

/// <summary>A clock that stands still, and jumps ahead by whatever somebody waits for: no time passes, and what was waited is known exactly.</summary>
/// <remarks>For one wait at a time. A timer as long as <paramref name="never"/>, such as a time-out, never rings.</remarks>
public sealed class JumpClock(TimeSpan never) : TimeProvider
{
    private readonly DateTimeOffset _date = DateTimeOffset.UtcNow;
    private long _now;

    /// <summary>What was waited so far.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _now));

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _date + Elapsed;

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan || dueTime >= never)
        {
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        Interlocked.Add(ref _now, dueTime.Ticks);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
