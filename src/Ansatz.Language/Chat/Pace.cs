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
    private long _held; // and before which none may

    /// <summary>Waits for the turn of something that counts as <paramref name="count"/>.</summary>
    public async Task WaitAsync(long count, CancellationToken cancellationToken)
    {
        for (long turn = long.MinValue; ;)
        {
            TimeSpan wait;
            lock (_turn)
            {
                long now = clock.GetTimestamp();
                if (turn < _held) // the first turn, or one that the hold has taken away
                {
                    turn = Math.Max(now, _next);
                    _next = turn + (long)(count * _each);
                }

                wait = clock.GetElapsedTime(now, turn);
            }

            if (wait <= TimeSpan.Zero)
            {
                return;
            }

            await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(false);
        }
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
            _held = Math.Max(_held, clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency));
            _next = Math.Max(_next, _held);
        }
    }
}
