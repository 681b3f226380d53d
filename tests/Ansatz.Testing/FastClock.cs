using System.Diagnostics;

namespace Ansatz.Testing;

/// <summary>A clock that runs faster than the world's, so that a pause of seconds is one of milliseconds. What it does is the same; only when differs.</summary>
public sealed class FastClock(double factor) : TimeProvider
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly DateTimeOffset _date = DateTimeOffset.UtcNow;

    /// <inheritdoc />
    public override long GetTimestamp() => _began + (long)((Stopwatch.GetTimestamp() - _began) * factor);

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _date + GetElapsedTime(_began);

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Slow(dueTime), Slow(period));

    private TimeSpan Slow(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / factor;
}
