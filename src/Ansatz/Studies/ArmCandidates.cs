using System.Collections.Immutable;
using System.Text.Json;

namespace Ansatz;

/// <summary>The candidates of one arm, in the order in which they were first asked about, with all that was answered; and their rows in the journal.</summary>
internal sealed class ArmCandidates<T>(Objective<T> objective, Journal journal, long study, string arm)
{
    private readonly Dictionary<string, Entry> _entries = []; // by id
    private readonly List<Entry> _order = [];
    private readonly List<string> _pruned = []; // not yet written
    private int _written; // how many of the order are
    private ImmutableArray<Trial<T>>? _trials;

    /// <summary>How many there are.</summary>
    public int Count => _order.Count;

    /// <summary>All of them.</summary>
    public IReadOnlyList<Trial<T>> Trials => _trials ??= [.. _order.Select(ToTrial)];

    /// <summary>How many the winner was chosen from: those that were asked for a validation item, also who then dropped out; without validation items, those with a mean over all train items.</summary>
    public int Contenders => _order.Count(e => SelectionSplit == Split.Validation ? e.Blocks.Any(b => b.Ask.Split == Split.Validation) : SelectionMean(e.Candidate) is not null);

    private Split SelectionSplit => objective.Count(Split.Validation) > 0 ? Split.Validation : Split.Train;

    /// <summary>Whether a candidate was asked about.</summary>
    public bool Contains(Candidate<T> candidate) => _entries.ContainsKey(candidate.Id);

    /// <summary>The number of a candidate that was asked about: 0 for the first.</summary>
    public int NumberOf(Candidate<T> candidate) => _entries[candidate.Id].Number;

    /// <summary>Whether any of them is more than the user's own.</summary>
    public bool HasNew(string yours) => _order.Any(e => e.Candidate.Id != yours && objective.Open.IsNew(e.Candidate));

    /// <summary>Takes in a candidate that is asked about.</summary>
    public void Register(Candidate<T> candidate)
    {
        if (!Contains(candidate))
        {
            Entry entry = new(_order.Count, candidate);
            _entries.Add(candidate.Id, entry);
            _order.Add(entry);
            _trials = null;
        }
    }

    /// <summary>Adds what was answered about a candidate.</summary>
    /// <returns>The candidate with all of it.</returns>
    public Trial<T> Add(Candidate<T> candidate, KeptBlock<T> block)
    {
        Entry entry = _entries[candidate.Id];
        entry.Blocks.Add(block);
        _trials = null;
        return ToTrial(entry);
    }

    /// <summary>Notes that a candidate is given up.</summary>
    /// <returns>Whether it was not before.</returns>
    public bool Prune(Candidate<T> candidate)
    {
        Entry entry = _entries[candidate.Id];
        if (entry.IsPruned)
        {
            return false;
        }

        entry.IsPruned = true;
        _trials = null;
        _pruned.Add(candidate.Id);
        return true;
    }

    /// <summary>The one with the best mean over all validation items, ties to the earlier.</summary>
    public Candidate<T>? Best() => _order.Select(ToTrial) // one at a time: together they can be large
        .Where(t => t.State == TrialState.Completed)
        .Select(t => (t.Candidate, Mean: SelectionMean(t)))
        .Where(t => t.Mean is not null)
        .OrderByDescending(t => t.Mean)
        .FirstOrDefault().Candidate;

    /// <summary>Mean over all items on which candidates are selected; none where they were not all evaluated.</summary>
    public double? SelectionMean(Candidate<T> candidate) => _entries.TryGetValue(candidate.Id, out Entry? entry) ? SelectionMean(ToTrial(entry)) : null;

    /// <summary>Writes who is new and who was given up since the last time.</summary>
    public Task WriteAsync()
    {
        (Entry Entry, string Text)[] fresh = [.. _order.Skip(_written).Select(e => (e, JsonSerializer.Serialize(e.Candidate.Value, objective.Codec)))];
        string[] pruned = [.. _pruned];
        _pruned.Clear();
        _written = _order.Count;
        return journal.WriteAsync(transaction =>
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
        });
    }

    /// <summary>Forgets the candidates of asks that the clock cut off, as if they had not been asked about.</summary>
    public async Task UnregisterAsync()
    {
        while (_order.Count > 0 && _order[^1].Blocks.Count == 0)
        {
            _entries.Remove(_order[^1].Candidate.Id);
            _order.RemoveAt(_order.Count - 1);
            _trials = null;
        }

        if (_written > _order.Count)
        {
            _written = _order.Count;
            await journal.WriteAsync(t => t.Execute("DELETE FROM candidate WHERE study = $study AND arm = $arm AND number >= $count", ("$study", study), ("$arm", arm), ("$count", _written))).ConfigureAwait(false);
        }
    }

    private double? SelectionMean(Trial<T> trial) => trial.MeanOn(SelectionSplit, objective.Count(SelectionSplit), objective.Scale);

    private Trial<T> ToTrial(Entry entry)
    {
        Trial<T> trial = new(entry.Number, entry.Candidate, TrialState.Running, [.. entry.Blocks.Select(b => b.ToBlock(objective.Scale))]);
        bool isComplete = trial.OutcomesOn(SelectionSplit, objective.Count(SelectionSplit)).All(o => o is not null);
        return trial with { State = isComplete ? TrialState.Completed : entry.IsPruned ? TrialState.Pruned : TrialState.Running };
    }

    private sealed record Entry(int Number, Candidate<T> Candidate)
    {
        public List<KeptBlock<T>> Blocks { get; } = new(1); // most candidates of a long search are asked about once

        public bool IsPruned { get; set; }
    }
}
