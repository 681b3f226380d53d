namespace Ansatz.Language;

/// <summary>Spaces things evenly, at most so many a minute, and holds them all back for a while where a server asks for that.</summary>
/// <remarks>
/// The virtual scheduling form of the generic cell rate algorithm, without bursts (ITU-T I.371, annex A): one number says when the next may begin, and each
/// one moves it on by its own share of a minute. First come, first served. Thread-safe.
/// </remarks>
/// <param name="perMinute">How many a minute; none: no limit, so that only <see cref="Hold"/> matters.</param>
/// <param name="clock">The clock.</param>
internal sealed class Pace(long? perMinute, TimeProvider clock)
{
    private readonly double _each = perMinute is { } n ? 60.0 * clock.TimestampFrequency / n : 0; // of the clock's ticks
    private readonly Lock _turn = new();
    private long _next; // the timestamp at which the next one may begin

    /// <summary>Waits for the turn of something that counts as <paramref name="count"/>.</summary>
    public Task WaitAsync(long count, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_turn)
        {
            long now = clock.GetTimestamp(), begin = Math.Max(now, _next);
            _next = begin + (long)(count * _each);
            wait = clock.GetElapsedTime(now, begin);
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, clock, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Corrects for something that turned out larger, or smaller, than it was counted.</summary>
    public void Correct(long difference)
    {
        lock (_turn)
        {
            _next += (long)(difference * _each);
        }
    }

    /// <summary>Nothing begins for a while.</summary>
    public void Hold(TimeSpan time)
    {
        lock (_turn)
        {
            _next = Math.Max(_next, clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency));
        }
    }
}
