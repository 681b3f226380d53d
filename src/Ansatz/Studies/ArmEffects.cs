using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Ansatz;

/// <summary>
/// The effects of one arm: numbered in the order in which they are asked, answered from the journal where it holds the answer, else made and committed. With them goes the
/// arm's clock, which counts what its effects took.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="study">The study.</param>
/// <param name="arm">The arm's name.</param>
/// <param name="isSealed">Whether nothing new may be made.</param>
/// <param name="maxTime">After which time no effect begins; none: no limit.</param>
/// <param name="ended">How the arm ended in an earlier run; none if it has not.</param>
/// <param name="events">Who is told.</param>
internal sealed class ArmEffects(Journal journal, StoredStudy study, string arm, bool isSealed, TimeSpan? maxTime, string? ended, ChannelWriter<StudyEvent> events)
{
    private readonly StoredEffects _stored = new(journal, study.Id, arm);
    private TimeSpan _replayedTime; // what earlier runs took
    private TimeSpan _carried; // less than a millisecond that no effect was charged with yet
    private long? _liveSince;

    /// <summary>The number of the effect that is asked next.</summary>
    public long Next { get; private set; }

    /// <summary>Whether the journal answers the effect that is asked next.</summary>
    public bool IsNextAnswered => _stored.Find(Next)?.Answer is not null;

    /// <summary>What was spent on the effects awaited so far.</summary>
    public Cost Spent { get; private set; }

    /// <summary>Whether the time of the arm is up.</summary>
    /// <remarks>The clock says something else at each run, so an arm that it stopped stops where it did before, and nothing that was answered is passed over.</remarks>
    public bool IsTimeUp => maxTime is { } most
        && (ended?.StartsWith(string.Create(CultureInfo.InvariantCulture, $"stopped at effect {Next}: the time "), StringComparison.Ordinal) == true
            || (Next > _stored.LastKept && ended is null && Elapsed >= most));

    /// <summary>That it is, in words.</summary>
    public string TimeSpent => $"the time of {maxTime!.Value.TotalMinutes.ToString("#,0.##", CultureInfo.InvariantCulture)} minutes is spent";

    /// <summary>Numbers an effect.</summary>
    public Effect Number(string kind, string question, string asked, bool calls) => new(Next++, kind, question, asked, calls);

    /// <summary>The replies within an effect.</summary>
    public JournalReplies RepliesOf(Effect effect) => new(journal, study.Id, arm, effect.Number, study.Version);

    /// <summary>Answers effects from the journal, or makes them and commits; workers take them in order, answers come back by index.</summary>
    /// <param name="effects">What is asked, in order.</param>
    /// <param name="workers">How many are made at once.</param>
    /// <param name="prepareAsync">Writes what the effects speak of; asked for where one is made.</param>
    /// <param name="makeAsync">Makes the effect of an index.</param>
    /// <param name="codec">How an answer stands in the journal.</param>
    /// <param name="tell">What is told of an answer: its index, whether it is replayed, and what was spent up to it.</param>
    /// <param name="costOf">What an answer has cost.</param>
    /// <param name="cancellationToken">Stops it; what is under way is awaited and kept.</param>
    /// <returns>One answer an effect; fewer where the time ran out, and those that were not begun have no number any more.</returns>
    public async Task<TAnswer[]> AnswerAsync<TAnswer>(
        Effect[] effects,
        int workers,
        Func<Task> prepareAsync,
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
                events.TryWrite(tell(i, answers[i], true, before));
            }
            else
            {
                open.Add(i);
            }
        }

        CountReplayedTime(effects, workers);
        _stored.Forget(effects[^1].Number);
        int count = effects.Length;
        long begun = _stored.LastKept; // the last effect that was begun

        if (open.Count > 0)
        {
            if (isSealed)
            {
                throw Differs(effects[open[0]]); // after judging nothing new may be searched
            }

            _liveSince ??= journal.Clock.GetTimestamp();
            Task prepared = prepareAsync(); // before any effect is noted, but nobody who only computes waits for it
            List<Task> commits = [prepared];
            Task? failed = null;
            Lock telling = new();
            Cost told = before;
            ParallelOptions options = new() { MaxDegreeOfParallelism = workers, CancellationToken = cancellationToken };
            try
            {
                await Parallel.ForEachAsync(open, options, async (i, _) =>
                {
                    if (Volatile.Read(ref failed) is { } lost)
                    {
                        await lost.ConfigureAwait(false); // what cannot be kept need not be made
                    }

                    lock (telling)
                    {
                        // Time ends an arm without gaps: what comes before an effect that was begun is made whatever the clock says.
                        if (effects[i].Number > begun && Elapsed >= maxTime)
                        {
                            count = Math.Min(count, i);
                            return;
                        }

                        begun = Math.Max(begun, effects[i].Number);
                    }

                    // A fault elsewhere lets no new one begin, but what is under way may be paid for already: it is awaited and committed.
                    if (effects[i].Calls)
                    {
                        await prepared.ConfigureAwait(false);
                        await BeginAsync(effects[i]).ConfigureAwait(false);
                    }

                    long start = journal.Clock.GetTimestamp();
                    try
                    {
                        answers[i] = await makeAsync(i, cancellationToken).ConfigureAwait(false);
                    }
                    catch when (effects[i].Calls)
                    {
                        await NoteTimeAsync(effects[i], journal.Clock.GetElapsedTime(start)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        throw;
                    }

                    Task commit;
                    lock (telling)
                    {
                        commit = CommitAndTellAsync(i, WholeMilliseconds(journal.Clock.GetElapsedTime(start)), commits[^1]);
                        commits.Add(commit);
                    }

                    if (effects[i].Calls)
                    {
                        await commit.ConfigureAwait(false); // no new call is paid for while the last reply may not be on disk
                    }
                }).ConfigureAwait(false);
            }
            finally
            {
                await Task.WhenAll(commits).ConfigureAwait(false);
            }

            // Told in the order in which they were made.
            async Task CommitAndTellAsync(int i, long milliseconds, Task before)
            {
                try
                {
                    string answer = JsonSerializer.Serialize(answers[i], codec);
                    await prepared.ConfigureAwait(false);
                    await CommitAsync(effects[i], answer, milliseconds).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    Volatile.Write(ref failed, Task.FromException(e));
                    throw;
                }

                await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                lock (telling)
                {
                    told += costOf(answers[i]);
                    events.TryWrite(tell(i, answers[i], false, told));
                }
            }
        }

        if (count < effects.Length)
        {
            (answers, Next) = (answers[..count], effects[count].Number);
        }

        Spent = answers.Aggregate(Spent, (sum, a) => sum + costOf(a));
        return answers;
    }

    /// <summary>Time on the clock since the arm began, without the pauses between runs.</summary>
    private TimeSpan Elapsed => _replayedTime + (_liveSince is { } since ? journal.Clock.GetElapsedTime(since) : TimeSpan.Zero);

    // What is less than one goes on to the next effect: a search of programs has thousands of such, some seconds together.
    private long WholeMilliseconds(TimeSpan elapsed)
    {
        _carried += elapsed;
        long whole = (long)_carried.TotalMilliseconds;
        _carried -= TimeSpan.FromMilliseconds(whole);
        return whole;
    }

    // Effects that were asked at once ran beside each other: the longest of them, or all of them shared among the workers.
    private void CountReplayedTime(Effect[] effects, int workers)
    {
        long[] took = [.. effects.Select(e => _stored.Find(e.Number)?.Milliseconds ?? 0)];
        _replayedTime += TimeSpan.FromMilliseconds(took.Length == 0 ? 0 : Math.Max(took.Max(), took.Sum() / Math.Min(workers, took.Length)));
    }

    private string? StoredAnswer(Effect effect)
    {
        StoredEffect? stored = _stored.Find(effect.Number);
        return stored is null || (stored.Question == effect.Question && stored.Kind == effect.Kind)
            ? stored?.Answer
            : throw Differs(effect);
    }

    private ReplayException Differs(Effect effect) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The study was begun with Ansatz {study.Version}, which asks differently at effect {effect.Number} of \"{arm}\". Use that version, or begin again under another name."));

    /// <summary>Notes that an effect is being asked, so that one whose run dies meanwhile is counted as asked twice.</summary>
    private Task BeginAsync(Effect effect) => journal.WriteAsync(transaction => transaction.Execute(
        """
        INSERT INTO effect (study, arm, number, kind, question, asked, attempts) VALUES ($study, $arm, $number, $kind, $question, $asked, 1)
        ON CONFLICT (study, arm, number) DO UPDATE SET attempts = attempts + 1
        """,
        ("$study", study.Id),
        ("$arm", arm),
        ("$number", effect.Number),
        ("$kind", effect.Kind),
        ("$question", effect.Question),
        ("$asked", effect.Asked)));

    /// <summary>Notes the time of an effect that did not come to its end: what its replies took is not asked again.</summary>
    private Task NoteTimeAsync(Effect effect, TimeSpan elapsed) => journal.WriteAsync(transaction => transaction.Execute(
        "UPDATE effect SET milliseconds = coalesce(milliseconds, 0) + $milliseconds WHERE study = $study AND arm = $arm AND number = $number",
        ("$milliseconds", (long)elapsed.TotalMilliseconds),
        ("$study", study.Id),
        ("$arm", arm),
        ("$number", effect.Number)));

    private Task CommitAsync(Effect effect, string answer, long milliseconds) =>
        journal.WriteAsync(t => t.Execute(
            """
            INSERT INTO effect (study, arm, number, kind, question, asked, answer, attempts, finished, milliseconds)
            VALUES ($study, $arm, $number, $kind, $question, $asked, $answer, 1, $finished, $milliseconds)
            ON CONFLICT (study, arm, number) DO UPDATE SET attempts = attempts + (answer IS NOT NULL), answer = $answer, finished = $finished, milliseconds = coalesce(milliseconds, 0) + $milliseconds
            """,
            ("$kind", effect.Kind),
            ("$question", effect.Question),
            ("$asked", effect.Asked),
            ("$answer", answer),
            ("$finished", journal.Clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)),
            ("$milliseconds", milliseconds),
            ("$study", study.Id),
            ("$arm", arm),
            ("$number", effect.Number)));

    /// <param name="Number">Its number in the arm.</param>
    /// <param name="Kind">"evaluate" or "call".</param>
    /// <param name="Question">Hash of what is asked.</param>
    /// <param name="Asked">What is asked, as JSON.</param>
    /// <param name="Calls">Whether it may call somebody: then it is noted when it begins too. One that only computes is repeated at no price.</param>
    internal sealed record Effect(long Number, string Kind, string Question, string Asked, bool Calls);
}
