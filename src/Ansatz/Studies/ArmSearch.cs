using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Ansatz;

/// <summary>
/// The search of one arm against its journal: numbers the effects, answers from the journal what it holds, commits what is new, and ends
/// the arm where its budget does. The judge runs on the same class, the only one for which the test split is open.
/// </summary>
internal sealed class ArmSearch<T> : Search<T>
{
    private readonly Objective<T> _objective;
    private readonly Journal _journal;
    private readonly long _study;
    private readonly string _arm;
    private readonly Budget _budget;
    private readonly Func<string, long, Rng> _stream, _sharedStream;
    private readonly int _workers, _callWorkers;
    private readonly bool _mayTest;
    private readonly UsefulAnswers? _useful; // none where a search may learn nothing
    private readonly ChannelWriter<StudyEvent> _events;
    private readonly ArmEffects _effects;
    private readonly Dictionary<string, KeptBlock<T>> _known = []; // by hash of the ask's identity
    private readonly Dictionary<string, Entry> _entries = []; // by candidate id
    private readonly List<Entry> _order = [];
    private readonly List<string> _pruned = []; // not yet written
    private int _written; // how many of the order are
    private ImmutableArray<Trial<T>>? _trials;
    private int _isOut;
    private readonly Dictionary<(Split Split, bool IsWhole), double> _best = []; // mean of a candidate so far, on all items or on most of the train items
    private long _sinceGain; // how many candidates came after the last that was better than all before
    private string? _stalled; // where and why nothing new is tried any more

    public ArmSearch(
        Objective<T> objective,
        Journal journal,
        StoredStudy study,
        string arm,
        Budget budget,
        Func<string, long, Rng> stream,
        int workers,
        bool mayTest,
        bool isSealed,
        ChannelWriter<StudyEvent> events,
        string? ended = null,
        bool needsScores = false,
        Func<string, long, Rng>? sharedStream = null,
        int? callWorkers = null)
    {
        (_objective, _journal, _study, _arm, _budget) = (objective, journal, study.Id, arm, budget);
        (_stream, _sharedStream, _workers, _mayTest, _events) = (stream, sharedStream ?? stream, workers, mayTest, events);
        (_useful, _callWorkers) = (needsScores && !isSealed ? new() : null, callWorkers ?? workers);
        _effects = new(journal, study, arm, isSealed, budget.MaxTime, ended, events);
    }

    /// <summary>How many candidates the winner was chosen from: those that were asked for a validation item, also who then dropped out; without validation items, those with a mean over all train items.</summary>
    public int Contenders => _order.Count(e => SelectionSplit == Split.Validation ? e.Blocks.Any(b => b.Ask.Split == Split.Validation) : SelectionMean(e.Candidate) is not null);

    /// <summary>What was spent on the effects awaited so far.</summary>
    public Cost Spent { get; private set; }

    /// <summary>The last candidate nominated.</summary>
    public Candidate<T>? Nominee { get; private set; }

    public override OpenPart<T> Open => _objective.Open;

    public override Scale Scale => _objective.Scale;

    public override IReadOnlyList<Trial<T>> Trials => _trials ??= [.. _order.Select(e => e.ToTrial(this))];

    public override int Count(Split split) => split == Split.Test && !_mayTest ? 0 : _objective.Count(split);

    public override Rng Stream(string purpose, long index = 0) => _stream(purpose, index);

    public override Rng SharedStream(string purpose, long index = 0) => _sharedStream(purpose, index);

    public override Candidate<T> Propose(T value, string origin, params ReadOnlySpan<string> parents) =>
        new(value, ContentHash.Of(JsonSerializer.Serialize(value, _objective.Codec)), [.. parents], origin);

    public override bool CanSpend(Cost atMost) => !HasStalled && _budget.Covers(Spent + atMost);

    // Once it has, it has: what is chosen among is no gain any more.
    public override bool HasStalled => (_stalled ??= _sinceGain >= _budget.Plateau ? string.Create(CultureInfo.InvariantCulture, $"stopped at effect {_effects.Next}: no gain in the last {_sinceGain:N0} candidates") : null) is not null;

    /// <summary>How the arm has ended, now that its optimizer has: "done", or where its plateau was reached.</summary>
    public string HowEnded => _stalled ?? "done";

    public override void Nominate(Candidate<T> candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        Nominee = candidate;
    }

    public override void Prune(Candidate<T> candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        Entry entry = _entries[candidate.Id];
        if (!entry.IsPruned)
        {
            entry.IsPruned = true;
            _trials = null;
            _pruned.Add(candidate.Id);
            _events.TryWrite(new TrialPruned(_arm, entry.Number));
        }
    }

    public override async Task<ImmutableArray<Block<T>>> EvaluateAsync(IReadOnlyList<Ask<T>> asks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(asks);
        foreach (Ask<T> ask in asks)
        {
            Check(ask);
        }

        using IDisposable _ = EnterOnce();
        _useful?.TryReplies();

        string[] questions = [.. asks.Select(a => ContentHash.Of(a.Identity))];
        HashSet<string> here = [];
        Queue<(Ask<T> Ask, string Question)> left = new(asks.Zip(questions).Where(a => !_known.ContainsKey(a.Second) && here.Add(a.Second)));
        if (left.Any(a => !_entries.ContainsKey(a.Ask.Candidate.Id)) && HasStalled)
        {
            throw new BudgetSpentException(_stalled!);
        }

        Dictionary<string, Block<T>> fresh = [];
        string? exceeded = null;
        while (left.Count > 0 && exceeded is null)
        {
            // Number what is new, in order, as far as the budget covers the most that it can cost; what it did cost says how many more.
            List<(Ask<T> Ask, ArmEffects.Effect Effect)> asked = [];
            Cost reserved = Spent;
            while (left.TryPeek(out (Ask<T> Ask, string Question) next))
            {
                Cost atMost = _objective.AtMost(next.Ask);
                reserved += atMost;
                exceeded = WhyNoMore(reserved);
                if (exceeded is not null)
                {
                    break;
                }

                left.Dequeue();
                Register(next.Ask.Candidate);
                AskedBlock block = new(next.Ask.Candidate.Id, next.Ask.Split, next.Ask.Items, next.Ask.Sample);
                asked.Add((next.Ask, _effects.Number("evaluate", next.Question, JsonSerializer.Serialize(block, JournalJson.Default.AskedBlock), atMost.Calls > 0)));
            }

            if (asked.Count == 0)
            {
                break;
            }

            exceeded = null;
            ImmutableArray<Outcome>[] answers = await _effects.AnswerAsync(
                [.. asked.Select(a => a.Effect)],
                _workers,
                Spent,
                WriteCandidatesAsync,
                async (i, token) => Checked(asked[i].Ask, await _objective.EvaluateAsync(asked[i].Ask, _effects.RepliesOf(asked[i].Effect), token).ConfigureAwait(false)),
                JournalJson.Default.ImmutableArrayOutcome,
                (i, outcomes, isReplayed, spent) => Evaluated(asked[i].Ask, asked[i].Effect, outcomes, isReplayed, spent),
                CostOf,
                cancellationToken).ConfigureAwait(false);
            Spent = answers.Aggregate(Spent, (sum, a) => sum + CostOf(a));
            for (int i = 0; i < answers.Length; i++)
            {
                KeptBlock<T> kept = new(asked[i].Ask, answers[i]);
                _known.Add(asked[i].Effect.Question, kept);
                fresh.Add(asked[i].Effect.Question, new(asked[i].Ask, answers[i], Scale));
                _entries[asked[i].Ask.Candidate.Id].Blocks.Add(kept);
                CountGain(_entries[asked[i].Ask.Candidate.Id], asked[i].Ask, answers[i]);
                _useful?.Count(answers[i]);
            }

            if (answers.Length < asked.Count)
            {
                exceeded = _effects.TimeSpent; // it ran out on the way
                Unregister();
            }
        }

        _trials = null;
        _useful?.RequireScoresSoFar(_order.Count);
        StopIf(exceeded);
        return [.. questions.Select(q => fresh.TryGetValue(q, out Block<T>? block) ? block : _known[q].ToBlock(Scale))];
    }

    public override async Task<ImmutableArray<TReply>> CallAsync<TReply>(
        IReadOnlyList<Call<TReply>> calls, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(calls);
        ArgumentNullException.ThrowIfNull(codec);
        using IDisposable _ = EnterOnce();

        if (HasStalled)
        {
            throw new BudgetSpentException(_stalled!);
        }

        _useful?.RequireProposalsSoFar(HasNew);
        JsonTypeInfo<Answered<TReply>> codecWithCost = AnsweredCodec.Of(codec);
        Queue<Call<TReply>> left = new(calls);
        List<TReply> replies = [];
        string? exceeded = null;
        while (left.Count > 0 && exceeded is null)
        {
            List<(Call<TReply> Call, ArmEffects.Effect Effect)> asked = [];
            Cost reserved = Spent;
            while (left.TryPeek(out Call<TReply>? next))
            {
                reserved += next.AtMost;
                exceeded = WhyNoMore(reserved);
                if (exceeded is not null)
                {
                    break;
                }

                left.Dequeue();
                string question = ContentHash.Of(string.Create(CultureInfo.InvariantCulture, $"{next.Question}\n{next.Sample}"));
                asked.Add((next, _effects.Number("call", question, string.Create(CultureInfo.InvariantCulture, $$"""{"sample":{{next.Sample}}}"""), calls: true)));
            }

            if (asked.Count == 0)
            {
                break;
            }

            Answered<TReply>[] answers = await _effects.AnswerAsync(
                [.. asked.Select(a => a.Effect)],
                _callWorkers,
                Spent,
                WriteCandidatesAsync,
                async (i, token) =>
                {
                    (TReply reply, Cost spent) = await asked[i].Call.MakeAsync(token).ConfigureAwait(false);
                    return new Answered<TReply>(reply, spent);
                },
                codecWithCost,
                (i, _, isReplayed, spent) => new CallAnswered(_arm, asked[i].Effect.Number, isReplayed, spent),
                answer => answer.Spent,
                cancellationToken).ConfigureAwait(false);
            Spent = answers.Aggregate(Spent, (sum, a) => sum + a.Spent);
            replies.AddRange(answers.Select(a => a.Reply));
            _useful?.CountReplies(answers.Length);
            exceeded = answers.Length < asked.Count ? _effects.TimeSpent : null;
        }

        StopIf(exceeded);
        return [.. replies];
    }

    /// <summary>The candidate that goes to the judge: the last one nominated, or the best mean over all validation items, ties to the earlier.</summary>
    public Candidate<T>? Winner()
    {
        if (Nominee is not null)
        {
            return Nominee;
        }

        Split split = SelectionSplit;
        return _order.Select(e => e.ToTrial(this)) // one at a time: together they can be large
            .Where(t => t.State == TrialState.Completed)
            .Select(t => (t.Candidate, Mean: t.MeanOn(split, Count(split), Scale)))
            .Where(t => t.Mean is not null)
            .OrderByDescending(t => t.Mean)
            .FirstOrDefault().Candidate;
    }

    /// <summary>Mean over all items on which candidates are selected; none where they were not all evaluated.</summary>
    public double? SelectionMean(Candidate<T> candidate) =>
        _entries.GetValueOrDefault(candidate.Id)?.ToTrial(this).MeanOn(SelectionSplit, Count(SelectionSplit), Scale);

    /// <summary>Pauses a search that has learnt nothing now that it has ended, unless that is allowed.</summary>
    /// <param name="isDone">Whether its optimizer came to its end: where a budget was spent, more may come of a larger one.</param>
    /// <exception cref="InputException">See <see cref="UsefulAnswers"/>.</exception>
    public void RequireUse(bool isDone)
    {
        if (isDone)
        {
            _useful?.RequireProposals(HasNew);
        }

        _useful?.RequireScores();
    }

    /// <summary>Writes what the optimizer gave up since the last effect.</summary>
    public Task FlushAsync()
    {
        string[] pruned = TakePruned();
        return _journal.WriteAsync(transaction => WritePruned(transaction, pruned));
    }

    private bool HasNew()
    {
        string yours = Propose(Open.Yours, "yours").Id;
        return _order.Any(e => e.Candidate.Id != yours && Open.IsNew(e.Candidate));
    }

    private Split SelectionSplit => _objective.Count(Split.Validation) > 0 ? Split.Validation : Split.Train;

    /// <summary>Why the next effect may not be asked, in words; none if it may.</summary>
    private string? WhyNoMore(Cost reserved)
    {
        if (_budget.MaxMoney is { } money && reserved.UnpricedCalls > 0)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture, $"The budget of {money:0.00##} cannot be kept: the price of the model's calls is not known. Say it under \"prices\", or limit calls or tokens instead."));
        }

        return _effects.IsTimeUp ? _effects.TimeSpent
            : _budget.FirstExceeded(reserved) is { } limit ? $"{limit} does not cover the next step"
            : null;
    }

    private Task WriteCandidatesAsync()
    {
        (Entry Entry, string Text)[] unwritten = [.. _order.Skip(_written).Select(e => (e, JsonSerializer.Serialize(e.Candidate.Value, _objective.Codec)))];
        string[] pruned = TakePruned();
        _written = _order.Count;
        return _journal.WriteAsync(transaction =>
        {
            WritePruned(transaction, pruned);
            foreach ((Entry entry, string text) in unwritten)
            {
                transaction.Execute(
                    "INSERT OR IGNORE INTO candidate (study, arm, id, number, text, parents, origin) VALUES ($study, $arm, $id, $number, $text, $parents, $origin)",
                    ("$study", _study),
                    ("$arm", _arm),
                    ("$id", entry.Candidate.Id),
                    ("$number", entry.Number),
                    ("$text", text),
                    ("$parents", string.Join(' ', entry.Candidate.Parents)),
                    ("$origin", entry.Candidate.Origin));
            }
        });
    }

    private string[] TakePruned()
    {
        string[] taken = [.. _pruned];
        _pruned.Clear();
        return taken;
    }

    private void WritePruned(JournalTransaction transaction, string[] pruned)
    {
        foreach (string id in pruned)
        {
            transaction.Execute(
                "UPDATE candidate SET pruned = 1 WHERE study = $study AND arm = $arm AND id = $id", ("$study", _study), ("$arm", _arm), ("$id", id));
        }
    }

    private void Register(Candidate<T> candidate)
    {
        if (!_entries.ContainsKey(candidate.Id))
        {
            Entry entry = new(_order.Count, candidate);
            _entries.Add(candidate.Id, entry);
            _order.Add(entry);
            _trials = null;
        }
    }

    /// <summary>Forgets the candidates of asks that the clock cut off, as if they had not been asked for.</summary>
    private void Unregister()
    {
        while (_order.Count > 0 && _order[^1].Blocks.Count == 0)
        {
            _entries.Remove(_order[^1].Candidate.Id);
            _order.RemoveAt(_order.Count - 1);
        }

        _written = Math.Min(_written, _order.Count);
    }

    // A candidate is tried once, when it is first asked about; and measured once on all items of a split, and once on the first block that has half of the train items at least, but not all: demonstrations are drawn from those, and a
    // prompt is not scored on its own.
    private void CountGain(Entry entry, Ask<T> ask, ImmutableArray<Outcome> outcomes)
    {
        if (_budget.Plateau is null)
        {
            return;
        }

        _sinceGain += entry.Blocks.Count == 1 ? 1 : 0;
        ImmutableArray<Outcome?> all = entry.ToTrial(this).OutcomesOn(ask.Split, Count(ask.Split));
        bool isWhole = all.All(o => o is not null);
        ImmutableArray<Outcome>? measured = isWhole ? [.. all.OfType<Outcome>()]
            : ask.Split == Split.Train && 2 * outcomes.Length >= all.Length ? outcomes
            : null;
        if (measured is { } known && entry.Measure(ask.Split, isWhole) && known.MeanScore(Scale) is { } mean && (!_best.TryGetValue((ask.Split, isWhole), out double best) || mean > best))
        {
            (_best[(ask.Split, isWhole)], _sinceGain) = (mean, 0);
        }
    }

    private static Cost CostOf(ImmutableArray<Outcome> outcomes) => new Cost { Rollouts = outcomes.Length } + outcomes.Aggregate(Cost.Zero, (sum, o) => sum + o.Cost);

    private BlockEvaluated Evaluated(Ask<T> ask, ArmEffects.Effect effect, ImmutableArray<Outcome> outcomes, bool isReplayed, Cost spent)
    {
        Entry entry = _entries[ask.Candidate.Id];
        return new(
            _arm,
            effect.Number,
            entry.Number,
            entry.Candidate.Id,
            Open.Describe(entry.Candidate.Value),
            entry.Candidate.Origin,
            ask.Split,
            outcomes.Length,
            outcomes.MeanScore(Scale),
            outcomes.RejectedCount,
            isReplayed,
            spent)
        {
            Reason = outcomes.OfType<Rejected>().FirstOrDefault()?.Reason,
        };
    }

    private void Check(Ask<T> ask)
    {
        if (ask.Split == Split.Test && !_mayTest)
        {
            throw new ArgumentException("The test split is the judge's; a search may not ask for it.");
        }

        if (ask.Items.IsDefaultOrEmpty)
        {
            throw new ArgumentException("An ask needs at least one item.");
        }

        int count = Count(ask.Split);
        if (ask.Items.Any(i => i < 0 || i >= count))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"The {ask.Split} split has items 0 to {count - 1}; asked was [{string.Join(", ", ask.Items)}]."));
        }
    }

    private ImmutableArray<Outcome> Checked(Ask<T> ask, ImmutableArray<Outcome> outcomes)
    {
        if (outcomes.Length != ask.Items.Length)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"The objective gave {outcomes.Length} outcomes for {ask.Items.Length} items."));
        }

        foreach (Scored scored in outcomes.OfType<Scored>())
        {
            bool isRight = Scale switch
            {
                Scale.Binary => scored.Score is 0 or 1,
                Scale.Unit => scored.Score is >= 0 and <= 1,
                _ => double.IsFinite(scored.Score),
            };
            if (!isRight)
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture, $"The objective gave the score {scored.Score}, which is not on its scale, {Scale}."));
            }
        }

        return outcomes;
    }

    private void StopIf(string? exceeded)
    {
        if (exceeded is not null)
        {
            throw new BudgetSpentException(string.Create(CultureInfo.InvariantCulture, $"stopped at effect {_effects.Next}: {exceeded}"));
        }
    }

    private Exit EnterOnce() =>
        Interlocked.Exchange(ref _isOut, 1) == 0
            ? new Exit(this)
            : throw new InvalidOperationException("A search awaits one call at a time: what shall run at once goes into one call.");

    private sealed class Entry(int number, Candidate<T> candidate)
    {
        private int _measured; // a bit for each

        public int Number => number;

        public Candidate<T> Candidate => candidate;

        public List<KeptBlock<T>> Blocks { get; } = new(1); // most candidates of a long search are asked about once

        public bool IsPruned { get; set; }

        /// <summary>Notes for the plateau that it was measured on a split, on all items or on most.</summary>
        /// <returns>Whether it was so for the first time.</returns>
        public bool Measure(Split split, bool isWhole)
        {
            int before = _measured;
            _measured |= 1 << ((2 * (int)split) + (isWhole ? 1 : 0));
            return _measured != before;
        }

        public Trial<T> ToTrial(ArmSearch<T> search)
        {
            Trial<T> trial = new(number, candidate, TrialState.Running, [.. Blocks.Select(b => b.ToBlock(search.Scale))]);
            Split split = search.SelectionSplit;
            bool isComplete = trial.OutcomesOn(split, search.Count(split)).All(o => o is not null);
            return trial with { State = isComplete ? TrialState.Completed : IsPruned ? TrialState.Pruned : TrialState.Running };
        }
    }

    private sealed class Exit(ArmSearch<T> search) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref search._isOut, 0);
    }
}
