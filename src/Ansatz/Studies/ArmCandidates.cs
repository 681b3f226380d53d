using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ansatz;

/// <summary>
/// The candidates of one arm, in the order in which they were first asked about, with all that was answered; and their rows in the journal. In memory stand those of late; of all others no more
/// than where they are in the journal, from which they are read again where anybody asks: a search of a million candidates takes no more memory than one of ten thousand, but for that.
/// </summary>
internal sealed class ArmCandidates<T>(Objective<T> objective, Journal journal, long study, string arm)
{
    private readonly Dictionary<ulong, int> _numbers = []; // by id
    private readonly List<Row> _rows = []; // by number
    private readonly Dictionary<int, List<int>> _further = []; // by number, of those that were asked about more than once: the effects after the first
    private readonly RecentlyUsed<int, Entry> _recent = new(most: 2_000);
    private readonly List<string> _pruned = []; // not yet written
    private readonly ulong _yours = ContentHash.ToNumber(ContentHash.Of(JsonSerializer.Serialize(objective.Open.Yours, objective.Codec)));
    private Queue<Entry> _fresh = new(); // not yet written
    private int _written; // how many are: the others are fresh
    private (Candidate<T> Candidate, int Number, double Mean)? _best;
    private ImmutableArray<Trial<T>>? _trials;

    /// <summary>How many there are.</summary>
    public int Count => _rows.Count;

    /// <summary>All that were evaluated.</summary>
    public IReadOnlyList<Trial<T>> Trials => _trials ??= [.. All().Select(ToTrial)];

    /// <summary>How many the winner was chosen from: those that were asked for a validation item, also who then dropped out; without validation items, those with a mean over all train items.</summary>
    public int Contenders { get; private set; }

    /// <summary>Whether any of them is more than the user's own.</summary>
    public bool HasNew { get; private set; }

    /// <summary>The one with the best mean over all validation items, ties to the earlier.</summary>
    public Candidate<T>? Best => _best?.Candidate;

    private Split SelectionSplit => objective.Count(Split.Validation) > 0 ? Split.Validation : Split.Train;

    /// <summary>Whether a candidate was asked about.</summary>
    public bool Contains(Candidate<T> candidate) => _numbers.ContainsKey(ContentHash.ToNumber(candidate.Id));

    /// <summary>The number of a candidate that was asked about: 0 for the first.</summary>
    public int NumberOf(Candidate<T> candidate) => _numbers[ContentHash.ToNumber(candidate.Id)];

    /// <summary>A candidate with what was answered about it; none if it was not asked about.</summary>
    public Trial<T>? TrialOf(Candidate<T> candidate) => Contains(candidate) ? ToTrial(EntryOf(candidate)) : null;

    /// <summary>What was answered to an ask; none if it was not asked.</summary>
    public Block<T>? BlockOf(Ask<T> ask) => Contains(ask.Candidate)
        ? EntryOf(ask.Candidate).Blocks.FirstOrDefault(b => b.Ask.Split == ask.Split && b.Ask.Sample == ask.Sample && b.Ask.Items.AsSpan().SequenceEqual(ask.Items.AsSpan()))?.ToBlock(objective.Scale)
        : null;

    /// <summary>Takes in a candidate that is asked about.</summary>
    public void Register(Candidate<T> candidate)
    {
        if (_numbers.TryAdd(ContentHash.ToNumber(candidate.Id), _rows.Count))
        {
            Entry entry = new(_rows.Count, candidate);
            _rows.Add(new(FirstEffect: Row.None, IsPruned: false));
            _recent.Add(entry.Number, entry);
            _fresh.Enqueue(entry);
            _trials = null;
        }
    }

    /// <summary>Adds what was answered about a candidate: it is in the journal.</summary>
    /// <param name="ask">What was asked.</param>
    /// <param name="effect">The number of the effect.</param>
    /// <param name="outcomes">The answer.</param>
    /// <returns>The candidate with all of it.</returns>
    public Trial<T> Add(Ask<T> ask, long effect, ImmutableArray<Outcome> outcomes)
    {
        Entry entry = EntryOf(ask.Candidate);
        entry.Blocks.Add(new(ask, outcomes));
        ref Row row = ref CollectionsMarshal.AsSpan(_rows)[entry.Number];
        if (row.FirstEffect == Row.None)
        {
            row = row with { FirstEffect = checked((int)effect) };
        }
        else
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_further, entry.Number, out _) ??= []).Add(checked((int)effect));
        }

        for (; _written <= entry.Number; _written++)
        {
            _fresh.Dequeue();
        }

        _trials = null;
        HasNew = HasNew || (ContentHash.ToNumber(entry.Candidate.Id) != _yours && objective.Open.IsNew(entry.Candidate));
        Trial<T> trial = ToTrial(entry);
        if (ask.Split == SelectionSplit)
        {
            Select(trial);
        }

        return trial;
    }

    /// <summary>Notes that a candidate is given up.</summary>
    /// <returns>Whether it was not before.</returns>
    public bool Prune(Candidate<T> candidate)
    {
        ref Row row = ref CollectionsMarshal.AsSpan(_rows)[NumberOf(candidate)];
        if (row.IsPruned)
        {
            return false;
        }

        row = row with { IsPruned = true };
        _trials = null;
        _pruned.Add(candidate.Id);
        return true;
    }

    /// <summary>Mean over all items on which candidates are selected; none where they were not all evaluated.</summary>
    public double? SelectionMean(Candidate<T> candidate) => TrialOf(candidate) is { } trial ? SelectionMean(trial) : null;

    /// <summary>Writes who is new and who was given up since the last time.</summary>
    public async Task WriteAsync()
    {
        (Entry Entry, string Text)[] fresh = [.. _fresh.Select(e => (e, JsonSerializer.Serialize(e.Candidate.Value, objective.Codec)))];
        string[] pruned = [.. _pruned];
        await journal.WriteAsync(transaction =>
        {
            foreach ((Entry entry, string text) in fresh)
            {
                transaction.Execute(
                    "INSERT OR IGNORE INTO candidate (study, arm, id, number, text, parents, origin) VALUES ($study, $arm, $id, $number, $text, $parents, $origin)",
                    ("$study", study),
                    ("$arm", arm),
                    ("$id", entry.Candidate.Id),
                    ("$number", entry.Number),
                    ("$text", text),
                    ("$parents", string.Join(' ', entry.Candidate.Parents)),
                    ("$origin", entry.Candidate.Origin));
            }

            foreach (string id in pruned)
            {
                transaction.Execute("UPDATE candidate SET pruned = 1 WHERE study = $study AND arm = $arm AND id = $id", ("$study", study), ("$arm", arm), ("$id", id));
            }
        }).ConfigureAwait(false);
        _pruned.Clear();
        _fresh.Clear();
        _written = _rows.Count;
    }

    /// <summary>Forgets the candidates of asks that the clock cut off, as if they had not been asked about.</summary>
    public async Task UnregisterAsync()
    {
        int count = _rows.FindLastIndex(r => r.FirstEffect != Row.None) + 1;
        if (count == _rows.Count)
        {
            return;
        }

        (ulong Id, int Number)[] gone = [.. _numbers.Where(n => n.Value >= count).Select(n => (n.Key, n.Value))];
        foreach ((ulong id, int number) in gone)
        {
            _numbers.Remove(id);
            _recent.Remove(number);
        }

        _rows.RemoveRange(count, _rows.Count - count);
        _fresh = new(_fresh.Where(e => e.Number < count));
        _trials = null;
        if (_written > count)
        {
            _written = count;
            await journal.WriteAsync(t =>
            {
                foreach ((ulong id, _) in gone)
                {
                    t.Execute("DELETE FROM candidate WHERE study = $study AND arm = $arm AND id = $id", ("$study", study), ("$arm", arm), ("$id", ContentHash.OfNumber(id)));
                }
            }).ConfigureAwait(false);
        }
    }

    // What was answered about a candidate never changes, so it is enough to look at each once, when its last item comes.
    private void Select(Trial<T> trial)
    {
        double? mean = SelectionMean(trial);
        if (SelectionSplit == Split.Validation ? trial.Blocks.Count(b => b.Ask.Split == Split.Validation) == 1 : mean is not null && SelectionMean(trial with { Blocks = trial.Blocks[..^1] }) is null)
        {
            Contenders++;
        }

        if (mean is { } its && (_best is not { } best || its > best.Mean || (its == best.Mean && trial.Number < best.Number)))
        {
            _best = (trial.Candidate, trial.Number, its);
        }
    }

    private double? SelectionMean(Trial<T> trial) => trial.MeanOn(SelectionSplit, objective.Count(SelectionSplit), objective.Scale);

    private Trial<T> ToTrial(Entry entry)
    {
        Trial<T> trial = new(entry.Number, entry.Candidate, TrialState.Running, [.. entry.Blocks.Select(b => b.ToBlock(objective.Scale))]);
        bool isComplete = trial.OutcomesOn(SelectionSplit, objective.Count(SelectionSplit)).All(o => o is not null);
        return trial with { State = isComplete ? TrialState.Completed : _rows[entry.Number].IsPruned ? TrialState.Pruned : TrialState.Running };
    }

    private Entry EntryOf(Candidate<T> candidate)
    {
        int number = NumberOf(candidate);
        if (!_recent.TryGet(number, out Entry? entry))
        {
            entry = number >= _written
                ? _fresh.First(e => e.Number == number)
                : Stored(number, journal.Candidate(study, arm, candidate.Id)!, EffectsOf(number).Select(e => journal.Effects(study, arm, e, e)[0]));
            _recent.Add(number, entry);
        }

        return entry;
    }

    // Those that are not in memory all at once, and not one by one.
    private IEnumerable<Entry> All()
    {
        Dictionary<int, Entry> known = [];
        foreach (int number in Enumerable.Range(0, Count).Where(n => _rows[n].FirstEffect != Row.None))
        {
            if (_recent.TryGet(number, out Entry? entry))
            {
                known.Add(number, entry);
            }
        }

        if (known.Count < _rows.Count(r => r.FirstEffect != Row.None))
        {
            Dictionary<long, StoredEffect> effects = journal.Effects(study, arm, 0, long.MaxValue).ToDictionary(e => e.Number);
            foreach (StoredCandidate stored in journal.Candidates(study, arm))
            {
                if (_numbers.TryGetValue(ContentHash.ToNumber(stored.Id), out int number) && _rows[number].FirstEffect != Row.None && !known.ContainsKey(number))
                {
                    known.Add(number, Stored(number, stored, EffectsOf(number).Select(e => effects[e])));
                }
            }
        }

        return known.OrderBy(k => k.Key).Select(k => k.Value);
    }

    private IEnumerable<int> EffectsOf(int number) => _rows[number].FirstEffect == Row.None ? [] : _further.GetValueOrDefault(number, []).Prepend(_rows[number].FirstEffect);

    // By its number in this run: where a run was killed before a row was of use, a later one may have come to it in another order.
    private Entry Stored(int number, StoredCandidate stored, IEnumerable<StoredEffect> effects)
    {
        Entry entry = new(number, new(JsonSerializer.Deserialize(stored.Text, objective.Codec)!, stored.Id, stored.Parents, stored.Origin));
        foreach (StoredEffect effect in effects)
        {
            AskedBlock asked = JsonSerializer.Deserialize(effect.Asked, JournalJson.Default.AskedBlock)!;
            entry.Blocks.Add(new(new(entry.Candidate, asked.Split, asked.Items, asked.Sample), JsonSerializer.Deserialize(effect.Answer!, JournalJson.Default.ImmutableArrayOutcome)));
        }

        return entry;
    }

    private sealed record Entry(int Number, Candidate<T> Candidate)
    {
        public List<KeptBlock<T>> Blocks { get; } = new(1); // most candidates of a long search are asked about once
    }

    private readonly record struct Row(int FirstEffect, bool IsPruned)
    {
        public const int None = -1;
    }
}
