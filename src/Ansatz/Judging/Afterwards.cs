using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Ansatz;

/// <summary>What is measured on the test items of a study after its verdict: its winner once more, and what was found elsewhere. It chooses nothing, so it is in no history, account or ledger.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
internal sealed class Afterwards<T>
{
    private readonly Study<T> _study;
    private readonly StoredStudy _stored;
    private readonly Objective<T> _objective;
    private readonly bool _isElsewhere;
    private readonly string _arm;

    /// <exception cref="InputException">The study has no verdict over items yet, or the other objective has other test items.</exception>
    public Afterwards(Study<T> study, StoredStudy stored, Objective<T>? elsewhere)
    {
        if (stored.Verdict is not { Items: > 0, Found.CandidateId: not null } verdict)
        {
            throw new InputException($"The study \"{study.Name}\" has no verdict on test items yet, so there is nothing to measure again.");
        }

        (_study, _stored, _objective, _isElsewhere, Verdict) = (study, stored, elsewhere ?? study.Objective, elsewhere is not null && !JsonNode.DeepEquals(elsewhere.Identity, study.Objective.Identity), verdict);
        int items = _objective.Count(Split.Test);
        if (items != verdict.Items || Enumerable.Range(0, items).Any(i => _objective.ItemHash(Split.Test, i) != study.Objective.ItemHash(Split.Test, i)))
        {
            throw new InputException($"What was found by \"{study.Name}\" is measured again on its test items, and this objective has others.");
        }

        _arm = $"{Journal.CheckArm} {ContentHash.Of(_objective.Identity.ToJsonString())}";
    }

    private Verdict Verdict { get; }

    /// <summary>The winner once more.</summary>
    public async Task<Check> CheckAsync(CancellationToken cancellationToken)
    {
        StoredCandidate stored = _study.Journal.Candidates(_stored, Verdict.Found.Name).First(c => c.Id == Verdict.Found.CandidateId);
        Candidate<T> winner = new(JsonSerializer.Deserialize(stored.Text, _objective.Codec)!, stored.Id, stored.Parents, stored.Origin);

        // One arm a set of settings: its effects are the checks, each a sample of the same ask.
        int number = _study.Journal.Effects(_stored, _arm).Count(e => e.Answer is not null) + 1;
        ArmSearch<T> search = SearchOf(_arm);
        Cost before = Cost.Zero;
        ImmutableArray<Outcome> now = [];
        foreach (Ask<T> ask in Enumerable.Range(0, number).Select(sample => search.WholeSplit(winner, Split.Test) with { Sample = sample })) // those before are replayed
        {
            before = search.Spent;
            now = (await search.EvaluateAsync([ask], cancellationToken).ConfigureAwait(false))[0].Outcomes;
        }

        return new(
            number,
            Verdict.Items,
            now.MeanScore(_objective.Scale),
            Verdict.Found.Interval.Low,
            Verdict.Found.Mean,
            Compare("now", "then", now, Judged(winner.Id)!.Value, _arm, number),
            now.RejectedCount,
            search.Spent - before);
    }

    /// <summary>What was found elsewhere, against yours.</summary>
    public async Task<Transfer> TransferAsync(T value, CancellationToken cancellationToken)
    {
        string yoursId = Verdict.Rows.First(r => r.Role == ArmRole.Yours).CandidateId!;
        (ImmutableArray<Outcome> moved, Cost spent, string id) = await MeasureAsync(value, "moved", cancellationToken).ConfigureAwait(false);
        (ImmutableArray<Outcome> yours, Cost spentOnYours, _) = await MeasureAsync(_objective.Open.Yours, "yours", cancellationToken).ConfigureAwait(false);
        return new(
            Verdict.Items,
            moved.MeanScore(_objective.Scale),
            yours.MeanScore(_objective.Scale),
            Compare("moved", "yours", moved, yours, $"{_arm} {id} {yoursId}", 1),
            moved.RejectedCount,
            spent + spentOnYours);
    }

    // What the judge or an earlier call has measured is not asked again.
    private async Task<(ImmutableArray<Outcome> Outcomes, Cost Spent, string Id)> MeasureAsync(T value, string origin, CancellationToken cancellationToken)
    {
        string id = ContentHash.Of(JsonSerializer.Serialize(value, _objective.Codec));
        if (!_isElsewhere && Judged(id) is { } judged)
        {
            return (judged, Cost.Zero, id);
        }

        string arm = $"{_arm} {id}";
        bool isKnown = _study.Journal.Effects(_stored, arm).Any(e => e.Answer is not null);
        ArmSearch<T> search = SearchOf(arm);
        Block<T> block = (await search.EvaluateAsync([search.WholeSplit(new(value, id, [], origin), Split.Test)], cancellationToken).ConfigureAwait(false))[0];
        return (block.Outcomes, isKnown ? Cost.Zero : search.Spent, id);
    }

    private ArmSearch<T> SearchOf(string arm)
    {
        Channel<StudyEvent> nobody = Channel.CreateUnbounded<StudyEvent>();
        return new(
            _objective, _study.Journal, _stored, arm, Budget.Unlimited, (purpose, index) => new Rng(_study.Seed, $"{arm}/{purpose}", index), _study.Options.Workers, mayTest: true, isSealed: false, nobody.Writer);
    }

    private Comparison Compare(string left, string right, ImmutableArray<Outcome> first, ImmutableArray<Outcome> second, string purpose, int number) =>
        ItemComparison.Of(left, right, first, second, _objective.Scale, what => new Rng(_study.Seed, $"{purpose}/{what}", number));

    private ImmutableArray<Outcome>? Judged(string candidate) => _study.Journal.Effects(_stored, Journal.JudgeArm)
        .FirstOrDefault(e => e.Kind == "evaluate" && e.Answer is not null && JsonSerializer.Deserialize(e.Asked, JournalJson.Default.AskedBlock)!.Candidate == candidate) is { Answer: { } answer }
        ? JsonSerializer.Deserialize(answer, JournalJson.Default.ImmutableArrayOutcome)
        : null;
}
