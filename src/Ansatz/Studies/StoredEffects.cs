namespace Ansatz;

/// <summary>The effects of one arm that the journal held when it was opened, read some at a time in the order in which they are asked for, and let go of when they were.</summary>
internal sealed class StoredEffects
{
    private const int Some = 500;

    private readonly Journal _journal;
    private readonly long _study;
    private readonly string _arm;
    private readonly long _last;
    private readonly Dictionary<long, StoredEffect> _read = [];
    private long _next; // to be read

    public StoredEffects(Journal journal, long study, string arm)
    {
        (_journal, _study, _arm) = (journal, study, arm);
        (_last, long answered) = journal.LastEffects(study, arm);
        LastKept = Math.Max(answered, journal.LastReplied(study, arm));
    }

    /// <summary>The last effect that the journal answers, or has replies for, which would be lost: such a block is made to its end. -1 for none.</summary>
    public long LastKept { get; }

    /// <summary>An effect that was not let go of; none if the journal did not hold it.</summary>
    public StoredEffect? Find(long number)
    {
        while (_next <= Math.Min(number, _last))
        {
            long last = Math.Min(_next + Some - 1, _last);
            foreach (StoredEffect effect in _journal.Effects(_study, _arm, _next, last))
            {
                _read.Add(effect.Number, effect);
            }

            _next = last + 1;
        }

        return _read.GetValueOrDefault(number);
    }

    /// <summary>Lets go of all up to a number: they have been asked for.</summary>
    public void Forget(long last)
    {
        foreach (long number in _read.Keys.Where(n => n <= last).ToArray())
        {
            _read.Remove(number);
        }
    }
}
