using System.Globalization;

namespace Ansatz;

/// <summary>The money of a study, or of several together: search, controls and verdict, over all their runs. It decides nothing of a history: where it does not cover the next step, a study pauses.</summary>
/// <remarks>
/// Thread-safe: what steps may take is reserved while they are under way. What a journal answers is paid for already and takes nothing more. A study counts from when it is opened
/// with the purse on, with all that its earlier runs took; what a block took that was cut off counts once it has been made to its end. A step is covered by what its objective says that it may take
/// at most (<see cref="Objective{T}.AtMost"/>).
/// </remarks>
public sealed class Purse
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Journal, string Study), Cost> _spent = [];
    private decimal _reserved;

    /// <summary>A purse.</summary>
    /// <param name="most">What all studies that share it may spend, in the currency of the price table.</param>
    public Purse(decimal most)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        Most = most;
    }

    /// <summary>What may be spent.</summary>
    public decimal Most { get; }

    /// <summary>What was spent by the studies that were counted, or opened with this purse.</summary>
    public decimal Spent
    {
        get
        {
            lock (_lock)
            {
                return _spent.Values.Sum(s => s.Money);
            }
        }
    }

    /// <summary>Counts what a study has spent so far, as its journal has it. A study that is opened with the purse is counted by itself.</summary>
    public void Count(Journal journal, StoredStudy study)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(study);
        Cost spent = journal.SpentOn(study);
        lock (_lock)
        {
            _spent[KeyOf(journal, study)] = spent;
        }
    }

    /// <summary>Opens it for steps of a study that are taken together.</summary>
    internal Steps Open(Journal journal, StoredStudy study) => new(this, journal, study);

    private static (string Journal, string Study) KeyOf(Journal journal, StoredStudy study) => (Path.GetFullPath(journal.Path), study.Name);

    private InputException? Reserve(Cost atMost)
    {
        if (atMost.Money == 0 && atMost.UnpricedCalls == 0)
        {
            return null;
        }

        lock (_lock)
        {
            Cost spent = _spent.Values.Aggregate(Cost.Zero, Cost.Add);
            InputException? refusal =
                atMost.UnpricedCalls > 0 ? new(Words($"The money of {Most:0.00##} cannot be kept to: the price of the model's calls is not known. Say it under \"prices\", or limit calls or tokens instead."))
                : spent.UnpricedCalls > 0 ? new(Words($"The money of {Most:0.00##} cannot be kept to: {spent.UnpricedCalls:N0} calls of earlier runs have no known price. Take the limit away, or begin again under another name.")) { WaysOn = WaysOn.AnotherName }
                : spent.Money + _reserved + atMost.Money > Most ? new(Words($"The money of {Most:0.00##} does not cover the next step: {spent.Money + _reserved:0.00####} is spent{(_reserved > 0 ? " or under way" : "")}, and it may take {atMost.Money:0.00####} more. What was answered is kept; give it more, and the same command goes on."))
                : null;
            _reserved += refusal is null ? atMost.Money : 0;
            return refusal;
        }

        static string Words(FormattableString words) => words.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Steps that are taken together. What they may take is reserved until they are paid, or given up.</summary>
    internal sealed class Steps(Purse purse, Journal journal, StoredStudy study) : IDisposable
    {
        private readonly (string Journal, string Study) _key = KeyOf(journal, study);
        private decimal _reserved;

        /// <summary>Reserves what a step may take.</summary>
        /// <returns>Why it has to wait; none where it is covered.</returns>
        public InputException? Reserve(Cost atMost)
        {
            InputException? refusal = purse.Reserve(atMost);
            _reserved += refusal is null ? atMost.Money : 0;
            return refusal;
        }

        /// <summary>Notes what all of them took.</summary>
        public void Pay(Cost spent) => Settle(before => before + spent);

        public void Dispose()
        {
            if (_reserved == 0)
            {
                return;
            }

            // A fault: some of them may have been answered. Where that cannot be read, all of them are taken for paid.
            Cost? spent = null;
            try
            {
                spent = journal.SpentOn(study);
            }
            catch (FaultException)
            {
            }

            Settle(before => spent ?? (before + new Cost { Money = _reserved }));
        }

        // In one go: nobody sees the same money reserved and spent.
        private void Settle(Func<Cost, Cost> spent)
        {
            lock (purse._lock)
            {
                purse._spent[_key] = spent(purse._spent.GetValueOrDefault(_key));
                purse._reserved -= _reserved;
                _reserved = 0;
            }
        }
    }
}
