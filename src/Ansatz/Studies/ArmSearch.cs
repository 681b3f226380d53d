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
    private readonly string _arm;
    private readonly Budget _budget;
    private readonly Func<string, long, Rng> _stream, _sharedStream;
    private readonly int _workers, _callWorkers;
    private readonly bool _mayTest;
    private readonly UsefulAnswers? _useful; // none where a search may learn nothing
    private readonly ChannelWriter<StudyEvent> _events;
    private readonly ArmEffects _effects;
    private readonly ArmCandidates<T> _candidates;
    private readonly Plateau _plateau = new();
    private readonly Func<Purse.Steps?> _openPurse;
    private Func<Task>? _beginAsync; // before the first step, once that is covered
    private int _isOut;
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
        int? callWorkers = null,
        Purse? purse = null,
        Func<Task>? beginAsync = null)
    {
        (_objective, _arm, _budget) = (objective, arm, budget);
        (_stream, _sharedStream, _workers, _mayTest, _events) = (stream, sharedStream ?? stream, workers, mayTest, events);
        (_useful, _callWorkers) = (needsScores && !isSealed ? new() : null, callWorkers ?? workers);
        _effects = new(journal, study, arm, isSealed, budget.MaxTime, ended, events);
        _candidates = new(objective, journal, study.Id, arm);
        (_openPurse, _beginAsync) = (() => purse?.Open(journal, study), beginAsync);
    }

    /// <inheritdoc cref="ArmCandidates{T}.Contenders" />
    public int Contenders => _candidates.Contenders;

    /// <summary>What was spent on the effects awaited so far.</summary>
    public Cost Spent => _effects.Spent;

    /// <summary>The last candidate nominated.</summary>
    public Candidate<T>? Nominee { get; private set; }

    public override OpenPart<T> Open => _objective.Open;

    public override Scale Scale => _objective.Scale;

    public override IReadOnlyList<Trial<T>> Trials => _candidates.Trials;

    public override int Count(Split split) => split == Split.Test && !_mayTest ? 0 : _objective.Count(split);

    public override Rng Stream(string purpose, long index = 0) => _stream(purpose, index);

    public override Rng SharedStream(string purpose, long index = 0) => _sharedStream(purpose, index);

    public override Trial<T>? TrialOf(Candidate<T> candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return _candidates.TrialOf(candidate);
    }

    public override Candidate<T> Propose(T value, string origin, params ReadOnlySpan<string> parents) =>
        new(value, ContentHash.Of(JsonSerializer.Serialize(value, _objective.Codec)), [.. parents], origin);

    public override bool CanSpend(Cost atMost) => !HasStalled && _budget.Covers(Spent + atMost);

    // Once it has, it has: what is chosen among is no gain any more.
    public override bool HasStalled => (_stalled ??= _plateau.Length >= _budget.Plateau ? string.Create(CultureInfo.InvariantCulture, $"stopped at effect {_effects.Next}: no gain in the last {_plateau.Length:N0} candidates") : null) is not null;

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
        if (_candidates.Prune(candidate))
        {
            _events.TryWrite(new TrialPruned(_arm, _candidates.NumberOf(candidate)));
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
        Block<T>?[] known = [.. asks.Select(_candidates.BlockOf)];
        HashSet<string> here = [];
        Queue<(Ask<T> Ask, string Question)> left = new(asks.Zip(questions).Where((a, i) => known[i] is null && here.Add(a.Second)));
        if (left.Any(a => !_candidates.Contains(a.Ask.Candidate)) && HasStalled)
        {
            throw new BudgetSpentException(_stalled!);
        }

        Dictionary<string, Block<T>> fresh = [];
        string? exceeded = await SpendAsync(
            left,
            _workers,
            a => _objective.AtMost(a.Ask),
            (a, atMost) =>
            {
                _candidates.Register(a.Ask.Candidate);
                AskedBlock block = new(a.Ask.Candidate.Id, a.Ask.Split, a.Ask.Items, a.Ask.Sample);
                return _effects.Number("evaluate", a.Question, JsonSerializer.Serialize(block, JournalJson.Default.AskedBlock), atMost.Calls > 0);
            },
            async (a, effect, token) => Checked(a.Ask, await _objective.EvaluateAsync(a.Ask, _effects.RepliesOf(effect), token).ConfigureAwait(false)),
            JournalJson.Default.ImmutableArrayOutcome,
            (a, effect, outcomes, isReplayed, spent) => Evaluated(a.Ask, effect, outcomes, isReplayed, spent),
            outcomes => new Cost { Rollouts = outcomes.Length } + outcomes.Aggregate(Cost.Zero, (sum, o) => sum + o.Cost),
            (a, effect, outcomes) =>
            {
                fresh.Add(a.Question, new(a.Ask, outcomes, Scale));
                _plateau.Count(_candidates.Add(a.Ask, effect.Number, outcomes), Count(a.Ask.Split), Scale);
                _useful?.Count(outcomes);
            },
            cancellationToken).ConfigureAwait(false);
        if (exceeded is not null)
        {
            await _candidates.UnregisterAsync().ConfigureAwait(false);
        }

        _useful?.RequireScoresSoFar(_candidates.Count);
        StopIf(exceeded);
        return [.. questions.Select((q, i) => known[i] ?? fresh[q])];
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

        _useful?.RequireProposalsSoFar(_candidates.HasNew);
        List<TReply> replies = [];
        string? exceeded = await SpendAsync(
            new Queue<Call<TReply>>(calls),
            _callWorkers,
            call => call.AtMost,
            (call, _) => _effects.Number(
                "call",
                ContentHash.Of(string.Create(CultureInfo.InvariantCulture, $"{call.Question}\n{call.Sample}")),
                string.Create(CultureInfo.InvariantCulture, $$"""{"sample":{{call.Sample}}}"""),
                calls: true),
            async (call, _, token) =>
            {
                (TReply reply, Cost spent) = await call.MakeAsync(token).ConfigureAwait(false);
                return new Answered<TReply>(reply, spent);
            },
            AnsweredCodec.Of(codec),
            (_, effect, _, isReplayed, spent) => new CallAnswered(_arm, effect.Number, isReplayed, spent),
            answer => answer.Spent,
            (_, _, answer) => replies.Add(answer.Reply),
            cancellationToken).ConfigureAwait(false);
        _useful?.CountReplies(replies.Count);
        StopIf(exceeded);
        return [.. replies];
    }

    /// <summary>The candidate that goes to the judge: the last one nominated, or the best mean over all validation items, ties to the earlier.</summary>
    public Candidate<T>? Winner() => Nominee ?? _candidates.Best;

    /// <inheritdoc cref="ArmCandidates{T}.SelectionMean(Candidate{T})" />
    public double? SelectionMean(Candidate<T> candidate) => _candidates.SelectionMean(candidate);

    /// <summary>Pauses a search that has learnt nothing now that it has ended, unless that is allowed.</summary>
    /// <param name="isDone">Whether its optimizer came to its end: where a budget was spent, more may come of a larger one.</param>
    /// <exception cref="InputException">See <see cref="UsefulAnswers"/>.</exception>
    public void RequireUse(bool isDone)
    {
        if (isDone)
        {
            _useful?.RequireProposals(_candidates.HasNew);
        }

        _useful?.RequireScores();
    }

    /// <summary>Writes what the optimizer gave up since the last effect.</summary>
    public Task FlushAsync() => _candidates.WriteAsync();

    /// <summary>Asks as much as the budget covers: the most that each may cost is reserved in order, and what they did cost says how many more.</summary>
    /// <param name="left">What is to be asked.</param>
    /// <param name="workers">How many at once.</param>
    /// <param name="atMostOf">The most that one may cost.</param>
    /// <param name="number">Numbers one that will be asked.</param>
    /// <param name="makeAsync">Asks one.</param>
    /// <param name="codec">How an answer stands in the journal.</param>
    /// <param name="tell">What is told of an answer: whether it is replayed, and what was spent up to it.</param>
    /// <param name="costOf">What an answer has cost.</param>
    /// <param name="take">Takes in an answer, in order.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Why it ended before all was asked; none where all was.</returns>
    private async Task<string?> SpendAsync<TAsk, TAnswer>(
        Queue<TAsk> left,
        int workers,
        Func<TAsk, Cost> atMostOf,
        Func<TAsk, Cost, ArmEffects.Effect> number,
        Func<TAsk, ArmEffects.Effect, CancellationToken, Task<TAnswer>> makeAsync,
        JsonTypeInfo<TAnswer> codec,
        Func<TAsk, ArmEffects.Effect, TAnswer, bool, Cost, StudyEvent> tell,
        Func<TAnswer, Cost> costOf,
        Action<TAsk, ArmEffects.Effect, TAnswer> take,
        CancellationToken cancellationToken)
    {
        while (left.Count > 0)
        {
            List<(TAsk Ask, ArmEffects.Effect Effect, bool IsNew)> asked = [];
            Cost reserved = Spent;
            string? exceeded = null;
            InputException? unpaid = null;
            using Purse.Steps? purse = _openPurse();
            while (left.TryPeek(out TAsk? next))
            {
                Cost atMost = atMostOf(next);
                reserved += atMost;
                exceeded = WhyNoMore(reserved);
                bool isNew = !_effects.IsNextAnswered;
                unpaid = exceeded is null && isNew ? purse?.Reserve(atMost) : null;
                if (exceeded is not null || unpaid is not null)
                {
                    break;
                }

                left.Dequeue();
                asked.Add((next, number(next, atMost), isNew));
            }

            if (asked.Count == 0)
            {
                return exceeded ?? throw unpaid!;
            }

            if (_beginAsync is { } beginAsync)
            {
                _beginAsync = null;
                await beginAsync().ConfigureAwait(false);
            }

            TAnswer[] answers = await _effects.AnswerAsync(
                [.. asked.Select(a => a.Effect)],
                workers,
                _candidates.WriteAsync,
                (i, token) => makeAsync(asked[i].Ask, asked[i].Effect, token),
                codec,
                (i, answer, isReplayed, spent) => tell(asked[i].Ask, asked[i].Effect, answer, isReplayed, spent),
                costOf,
                cancellationToken).ConfigureAwait(false);
            purse?.Pay(asked.Zip(answers).Where(a => a.First.IsNew).Aggregate(Cost.Zero, (sum, a) => sum + costOf(a.Second)));
            for (int i = 0; i < answers.Length; i++)
            {
                take(asked[i].Ask, asked[i].Effect, answers[i]);
            }

            if (answers.Length < asked.Count)
            {
                return _effects.TimeSpent; // it ran out on the way
            }
        }

        return null;
    }

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

    private BlockEvaluated Evaluated(Ask<T> ask, ArmEffects.Effect effect, ImmutableArray<Outcome> outcomes, bool isReplayed, Cost spent)
    {
        return new(
            _arm,
            effect.Number,
            _candidates.NumberOf(ask.Candidate),
            ask.Candidate.Id,
            Open.Describe(ask.Candidate.Value),
            ask.Candidate.Origin,
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

    private sealed class Exit(ArmSearch<T> search) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref search._isOut, 0);
    }
}
