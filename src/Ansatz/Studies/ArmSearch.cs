using System.Collections.Immutable;
using System.Diagnostics;
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
    private readonly Func<string, long, Rng> _stream;
    private readonly int _workers;
    private readonly bool _mayTest;
    private readonly bool _isSealed;
    private readonly string _version;
    private readonly ChannelWriter<StudyEvent> _events;
    private readonly Dictionary<long, StoredEffect> _stored;
    private readonly Dictionary<string, Block<T>> _known = []; // by identity of the ask
    private readonly Dictionary<string, Entry> _entries = []; // by candidate id
    private readonly List<Entry> _order = [];
    private readonly List<string> _pruned = []; // not yet written
    private ImmutableArray<Trial<T>>? _trials;
    private long _next;
    private int _isOut;

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
        ChannelWriter<StudyEvent> events)
    {
        (_objective, _journal, _study, _version, _arm, _budget) = (objective, journal, study.Id, study.Version, arm, budget);
        (_stream, _workers, _mayTest, _isSealed, _events) = (stream, workers, mayTest, isSealed, events);
        _stored = journal.Effects(study, arm).ToDictionary(e => e.Number);
    }

    /// <summary>What was spent on the effects awaited so far.</summary>
    public Cost Spent { get; private set; }

    /// <summary>The last candidate nominated.</summary>
    public Candidate<T>? Nominee { get; private set; }

    public override OpenPart<T> Open => _objective.Open;

    public override Scale Scale => _objective.Scale;

    public override IReadOnlyList<Trial<T>> Trials => _trials ??= [.. _order.Select(e => e.ToTrial(this))];

    public override int Count(Split split) => split == Split.Test && !_mayTest ? 0 : _objective.Count(split);

    public override Rng Stream(string purpose, long index = 0) => _stream(purpose, index);

    public override Candidate<T> Propose(T value, string origin, params ReadOnlySpan<string> parents) =>
        new(value, ContentHash.Of(JsonSerializer.Serialize(value, _objective.Codec)), [.. parents], origin);

    public override bool CanSpend(Cost atMost) => _budget.Covers(Spent + atMost);

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

        // Number what is new, in order, as far as the budget covers the most that it can cost.
        List<(Ask<T> Ask, Effect Effect)> asked = [];
        HashSet<string> here = [];
        Cost reserved = Spent;
        string? exceeded = null;
        foreach (Ask<T> ask in asks)
        {
            if (_known.ContainsKey(ask.Identity) || !here.Add(ask.Identity))
            {
                continue;
            }

            reserved += _objective.AtMost(ask);
            exceeded = _budget.FirstExceeded(reserved);
            if (exceeded is not null)
            {
                break;
            }

            Register(ask.Candidate);
            AskedBlock block = new(ask.Candidate.Id, ask.Split, ask.Items, ask.Sample);
            asked.Add((ask, Number("evaluate", ContentHash.Of(ask.Identity), JsonSerializer.Serialize(block, JournalJson.Default.AskedBlock))));
        }

        ImmutableArray<Outcome>[] answers = await AnswerAsync(
            [.. asked.Select(a => a.Effect)],
            async (i, token) => Checked(asked[i].Ask, await _objective.EvaluateAsync(asked[i].Ask, RepliesOf(asked[i].Effect), token).ConfigureAwait(false)),
            JournalJson.Default.ImmutableArrayOutcome,
            (i, outcomes, isReplayed, spent) => Evaluated(asked[i].Ask, asked[i].Effect, outcomes, isReplayed, spent),
            outcomes => new Cost { Rollouts = outcomes.Length } + outcomes.Aggregate(Cost.Zero, (sum, o) => sum + o.Cost),
            cancellationToken).ConfigureAwait(false);

        for (int i = 0; i < asked.Count; i++)
        {
            Block<T> block = new(asked[i].Ask, answers[i], Scale);
            _known.Add(asked[i].Ask.Identity, block);
            _entries[asked[i].Ask.Candidate.Id].Blocks.Add(block);
        }

        _trials = null;
        StopIf(exceeded);
        return [.. asks.Select(a => _known[a.Identity])];
    }

    public override async Task<ImmutableArray<TReply>> CallAsync<TReply>(
        IReadOnlyList<Call<TReply>> calls, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(calls);
        ArgumentNullException.ThrowIfNull(codec);
        using IDisposable _ = EnterOnce();

        List<(Call<TReply> Call, Effect Effect)> asked = [];
        Cost reserved = Spent;
        string? exceeded = null;
        foreach (Call<TReply> call in calls)
        {
            reserved += call.AtMost;
            exceeded = _budget.FirstExceeded(reserved);
            if (exceeded is not null)
            {
                break;
            }

            string question = ContentHash.Of(string.Create(CultureInfo.InvariantCulture, $"{call.Question}\n{call.Sample}"));
            asked.Add((call, Number("call", question, string.Create(CultureInfo.InvariantCulture, $$"""{"sample":{{call.Sample}}}"""))));
        }

        JsonTypeInfo<Answered<TReply>> codecWithCost = AnsweredCodec.Of(codec);
        Answered<TReply>[] answers = await AnswerAsync(
            [.. asked.Select(a => a.Effect)],
            async (i, token) =>
            {
                (TReply reply, Cost spent) = await asked[i].Call.MakeAsync(token).ConfigureAwait(false);
                return new Answered<TReply>(reply, spent);
            },
            codecWithCost,
            (i, _, isReplayed, spent) => new CallAnswered(_arm, asked[i].Effect.Number, isReplayed, spent),
            answer => answer.Spent,
            cancellationToken).ConfigureAwait(false);

        StopIf(exceeded);
        return [.. answers.Select(a => a.Reply)];
    }

    /// <summary>The candidate that goes to the judge: the last one nominated, or the best mean over all validation items, ties to the earlier.</summary>
    public Candidate<T>? Winner()
    {
        if (Nominee is not null)
        {
            return Nominee;
        }

        Split split = SelectionSplit;
        return Trials.Where(t => t.State == TrialState.Completed)
            .Select(t => (t.Candidate, Mean: t.MeanOn(split, Count(split), Scale)))
            .Where(t => t.Mean is not null)
            .OrderByDescending(t => t.Mean)
            .FirstOrDefault().Candidate;
    }

    /// <summary>Mean over all items on which candidates are selected; none where they were not all evaluated.</summary>
    public double? SelectionMean(Candidate<T> candidate) =>
        Trials.FirstOrDefault(t => t.Candidate.Id == candidate.Id)?.MeanOn(SelectionSplit, Count(SelectionSplit), Scale);

    /// <summary>Writes what the optimizer gave up since the last effect.</summary>
    public Task FlushAsync() => _journal.WriteAsync(WritePruned);

    private Split SelectionSplit => _objective.Count(Split.Validation) > 0 ? Split.Validation : Split.Train;

    /// <summary>Answers effects from the journal, or makes them and commits; workers take them in order, answers come back by index.</summary>
    private async Task<TAnswer[]> AnswerAsync<TAnswer>(
        Effect[] effects,
        Func<int, CancellationToken, Task<TAnswer>> makeAsync,
        JsonTypeInfo<TAnswer> codec,
        Func<int, TAnswer, bool, Cost, StudyEvent> tell,
        Func<TAnswer, Cost> costOf,
        CancellationToken cancellationToken)
    {
        TAnswer[] answers = new TAnswer[effects.Length];
        List<int> open = [];
        Cost before = Spent;
        for (int i = 0; i < effects.Length; i++)
        {
            if (StoredAnswer(effects[i]) is { } text)
            {
                answers[i] = JsonSerializer.Deserialize(text, codec)!;
                before += costOf(answers[i]);
                _events.TryWrite(tell(i, answers[i], true, before));
            }
            else
            {
                open.Add(i);
            }
        }

        if (open.Count > 0)
        {
            if (_isSealed)
            {
                throw Differs(effects[open[0]]); // after judging nothing new may be searched
            }

            await WriteCandidatesAsync().ConfigureAwait(false);
            Lock telling = new();
            Cost told = before;
            ParallelOptions options = new() { MaxDegreeOfParallelism = _workers, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(open, options, async (i, token) =>
            {
                await BeginAsync(effects[i]).ConfigureAwait(false);
                long start = Stopwatch.GetTimestamp();
                answers[i] = await makeAsync(i, token).ConfigureAwait(false);
                await CommitAsync(effects[i], JsonSerializer.Serialize(answers[i], codec), Stopwatch.GetElapsedTime(start)).ConfigureAwait(false);
                lock (telling)
                {
                    told += costOf(answers[i]);
                    _events.TryWrite(tell(i, answers[i], false, told));
                }
            }).ConfigureAwait(false);
        }

        Spent = answers.Aggregate(Spent, (sum, a) => sum + costOf(a));
        return answers;
    }

    private string? StoredAnswer(Effect effect)
    {
        if (!_stored.TryGetValue(effect.Number, out StoredEffect? stored))
        {
            return null;
        }

        return stored.Question == effect.Question && stored.Kind == effect.Kind
            ? stored.Answer
            : throw Differs(effect);
    }

    private ReplayException Differs(Effect effect) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The study was begun with Ansatz {_version}, which asks differently at effect {effect.Number} of \"{_arm}\". Use that version, or `run --fork` to begin again."));

    private Effect Number(string kind, string question, string asked) => new(_next++, kind, question, asked);

    private Task WriteCandidatesAsync()
    {
        ImmutableArray<Entry> unwritten = [.. _order.Where(e => !e.IsWritten)];
        foreach (Entry entry in unwritten)
        {
            entry.IsWritten = true;
        }

        return _journal.WriteAsync(transaction =>
        {
            WritePruned(transaction);
            foreach (Entry entry in unwritten)
            {
                transaction.Execute(
                    "INSERT OR IGNORE INTO candidate (study, arm, id, number, text, parents, origin) VALUES ($study, $arm, $id, $number, $text, $parents, $origin)",
                    ("$study", _study),
                    ("$arm", _arm),
                    ("$id", entry.Candidate.Id),
                    ("$number", entry.Number),
                    ("$text", JsonSerializer.Serialize(entry.Candidate.Value, _objective.Codec)),
                    ("$parents", string.Join(' ', entry.Candidate.Parents)),
                    ("$origin", entry.Candidate.Origin));
            }

        });
    }

    /// <summary>Notes that an effect is being asked, so that one whose run dies meanwhile is counted as asked twice.</summary>
    private Task BeginAsync(Effect effect) => _journal.WriteAsync(transaction => transaction.Execute(
        """
        INSERT INTO effect (study, arm, number, kind, question, asked, attempts) VALUES ($study, $arm, $number, $kind, $question, $asked, 1)
        ON CONFLICT (study, arm, number) DO UPDATE SET attempts = attempts + 1
        """,
        ("$study", _study),
        ("$arm", _arm),
        ("$number", effect.Number),
        ("$kind", effect.Kind),
        ("$question", effect.Question),
        ("$asked", effect.Asked)));

    private Task CommitAsync(Effect effect, string answer, TimeSpan elapsed) =>
        _journal.WriteAsync(t => t.Execute(
            "UPDATE effect SET answer = $answer, finished = $finished, milliseconds = $milliseconds WHERE study = $study AND arm = $arm AND number = $number",
            ("$answer", answer),
            ("$finished", _journal.Clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)),
            ("$milliseconds", (long)elapsed.TotalMilliseconds),
            ("$study", _study),
            ("$arm", _arm),
            ("$number", effect.Number)));

    private void WritePruned(JournalTransaction transaction)
    {
        foreach (string id in _pruned)
        {
            transaction.Execute(
                "UPDATE candidate SET pruned = 1 WHERE study = $study AND arm = $arm AND id = $id", ("$study", _study), ("$arm", _arm), ("$id", id));
        }
    }

    private JournalReplies RepliesOf(Effect effect) => new(_journal, _study, _arm, effect.Number, _version);

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

    private BlockEvaluated Evaluated(Ask<T> ask, Effect effect, ImmutableArray<Outcome> outcomes, bool isReplayed, Cost spent)
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
            spent);
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
            throw new BudgetSpentException(string.Create(CultureInfo.InvariantCulture, $"stopped at effect {_next}: {exceeded} is spent"));
        }
    }

    private Exit EnterOnce() =>
        Interlocked.Exchange(ref _isOut, 1) == 0
            ? new Exit(this)
            : throw new InvalidOperationException("A search awaits one call at a time: what shall run at once goes into one call.");

    private sealed record Effect(long Number, string Kind, string Question, string Asked);

    private sealed class Entry(int number, Candidate<T> candidate)
    {
        public int Number => number;

        public Candidate<T> Candidate => candidate;

        public List<Block<T>> Blocks { get; } = [];

        public bool IsPruned { get; set; }

        public bool IsWritten { get; set; }

        public Trial<T> ToTrial(ArmSearch<T> search)
        {
            Trial<T> trial = new(number, candidate, TrialState.Running, [.. Blocks]);
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
