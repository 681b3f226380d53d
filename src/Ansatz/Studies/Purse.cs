using System.Globalization;

namespace Ansatz;

/// <summary>The money of a study, or of several together: search, controls and verdict, over all their runs. It decides nothing of a history: where it does not cover the next step, a study pauses.</summary>
/// <remarks>Thread-safe. What it holds is spent once: what a journal answers takes nothing more out of it.</remarks>
public sealed class Purse
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Journal, string Study), decimal> _spent = [];

    /// <summary>A purse.</summary>
    /// <param name="most">What all studies that share it may spend, in the currency of the price table.</param>
    public Purse(decimal most)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        Most = most;
    }

    /// <summary>What may be spent.</summary>
    public decimal Most { get; }

    /// <summary>What was spent by the studies that were counted, or begun with this purse.</summary>
    public decimal Spent
    {
        get
        {
            lock (_lock)
            {
                return _spent.Values.Sum();
            }
        }
    }

    /// <summary>Counts what a study has spent so far, as its journal has it. A study that is opened with the purse is counted when it runs.</summary>
    public void Count(Journal journal, StoredStudy study)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(study);
        decimal money = journal.MoneyOf(study);
        lock (_lock)
        {
            _spent[(journal.Path, study.Name)] = money;
        }
    }

    internal void Add(Journal journal, StoredStudy study, decimal money)
    {
        lock (_lock)
        {
            _spent[(journal.Path, study.Name)] = _spent.GetValueOrDefault((journal.Path, study.Name)) + money;
        }
    }

    /// <summary>Why a step that may cost this much has to wait, in words; none where it is covered.</summary>
    internal InputException? Refusal(decimal atMost)
    {
        decimal spent = Spent;
        return spent + atMost <= Most ? null : new InputException(string.Create(
            CultureInfo.InvariantCulture,
            $"The money of {Most:0.00##} does not cover the next step: {spent:0.00####} is spent, and it may take {atMost:0.00####} more. What was answered is kept; give it more, and the same command goes on."));
    }
}
