using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;

namespace Ansatz;

/// <summary>
/// Judges a study once: seals its search, runs the winner, the controls and the baselines on the test split, and says what can be said.
/// </summary>
/// <remarks>
/// Two comparisons are primary and fixed beforehand: found against yours, and found against the strongest control, which validation has
/// chosen. All others are Holm-adjusted. Its evaluations are numbered effects of the arm "judge", so a judging that was killed goes on.
/// </remarks>
internal sealed class Judge<T>(Study<T> study, StoredStudy stored, ChannelWriter<StudyEvent> events)
{
    private Scale Scale => study.Objective.Scale;

    public async Task<Verdict> JudgeAsync(CancellationToken cancellationToken)
    {
        if (stored.Verdict is { } given)
        {
            return given;
        }

        study.RequireWinners();
        Verdict verdict = study.IsOverSeeds ? JudgeSeeds() : await JudgeItemsAsync(cancellationToken).ConfigureAwait(false);
        string text = JsonSerializer.Serialize(verdict, JournalJson.Default.Verdict);
        await study.Journal.WriteAsync(t => t.Execute(
            "UPDATE study SET sealed = 1, verdict = $verdict WHERE id = $study", ("$verdict", text), ("$study", stored.Id))).ConfigureAwait(false);
        return verdict;
    }

    // ---- Over held-out items -------------------------------------------------------------------------------------------------

    private async Task<Verdict> JudgeItemsAsync(CancellationToken cancellationToken)
    {
        int items = study.Objective.Count(Split.Test);
        ImmutableArray<Entrant> entrants = [.. study.Runs
            .Select(r => (r.Arm, Search: study.SearchOf(r), Winner: study.SearchOf(r).Winner()))
            .Where(e => e.Winner is not null)
            .Select(e => new Entrant(e.Arm, e.Winner!, e.Search.SelectionMean(e.Winner!), e.Search.Spent))];
        IReadOnlyList<Baseline> baselines = study.Objective.Baselines;
        int judgedBefore = 0;
        ArmSearch<T> judge = new(
            study.Objective,
            study.Journal,
            stored,
            Journal.JudgeArm,
            Budget.Unlimited,
            (purpose, index) => new Rng(study.Seed, $"{Journal.JudgeArm}/{purpose}", index),
            study.Options.Workers,
            mayTest: true,
            isSealed: false,
            events,
            purse: study.Options.Purse,
            beginAsync: async () =>
            {
                judgedBefore = await SealAsync(items).ConfigureAwait(false);
                events.TryWrite(new JudgingStarted(entrants.Length + baselines.Count, items, judgedBefore));
            });
        ImmutableArray<Block<T>> blocks = await judge.EvaluateAsync(
            [.. entrants.Select(e => judge.WholeSplit(e.Candidate, Split.Test))], cancellationToken).ConfigureAwait(false);
        ImmutableArray<ImmutableArray<Outcome>> plain = await judge.CallAsync(
            [.. baselines.Select(b => new Call<ImmutableArray<Outcome>>($"baseline {b.Name}", Cost.Zero, _ => Task.FromResult((b.Test(), Cost.Zero))))],
            JournalJson.Default.ImmutableArrayOutcome,
            cancellationToken).ConfigureAwait(false);

        ImmutableArray<Outcome> yours = Outcomes(ArmRole.Yours);
        ImmutableArray<Outcome> found = Outcomes(ArmRole.Search);
        List<VerdictRow> rows = [];
        Dictionary<string, ImmutableArray<Outcome>> outcomesOf = [];
        foreach (int i in Enumerable.Range(0, entrants.Length).Where(i => entrants[i].Arm.Role != ArmRole.Draw))
        {
            Entrant entrant = entrants[i];
            Add(entrant.Arm.Name, entrant.Arm.Role, blocks[i].Outcomes, entrant.Validation, entrant);
        }

        for (int i = 0; i < baselines.Count; i++)
        {
            Add(baselines[i].Name, ArmRole.Control, plain[i], baselines[i].ValidationScore, baseline: baselines[i]);
        }

        VerdictRow? strongest = rows.Where(r => r.Role == ArmRole.Control && r.Validation is not null).OrderByDescending(r => r.Validation).FirstOrDefault();
        Comparison againstYours = Compare("found", "yours", found, yours);
        VerdictRow winner = rows[0];
        return new()
        {
            Study = study.Name,
            Scale = Scale,
            Noun = study.Objective.Noun,
            CandidateNoun = study.Objective.Open.Noun,
            Items = items,
            Rows = [.. Adjusted(rows, againstYours), .. Draws(entrants, blocks)],
            AgainstYours = againstYours,
            AgainstStrongest = strongest is null ? null : Compare("found", strongest.Name, found, outcomesOf[strongest.Name]),
            JudgedBefore = judgedBefore,
            Detectable = DetectableDifference(found, yours),
            Candidates = study.SearchOf(study.Runs[0]).Contenders,
            Flattery = winner.Validation - winner.Mean,
            Account = Account(judge.Spent),
        };

        ImmutableArray<Outcome> Outcomes(ArmRole role)
        {
            int at = Enumerable.Range(0, entrants.Length).First(i => entrants[i].Arm.Role == role);
            return blocks[at].Outcomes;
        }

        void Add(string name, ArmRole role, ImmutableArray<Outcome> outcomes, double? validation, Entrant? entrant = null, Baseline? baseline = null)
        {
            (double mean, Interval interval) = Mean(outcomes, name);
            outcomesOf[name] = outcomes;
            long tokens = outcomes.Sum(o => o.Cost.InputTokens + o.Cost.OutputTokens);
            rows.Add(new()
            {
                Name = name,
                Role = role,
                InWords = baseline?.InWords,
                IsBaseline = baseline is not null,
                Mean = mean,
                Interval = interval,
                Validation = validation,
                Rejected = outcomes.RejectedCount,
                AgainstYours = role == ArmRole.Yours ? null : Compare(name, "yours", outcomes, yours),
                Summaries = [.. study.Objective.Summarize(Split.Test, outcomes)],
                CandidateId = entrant?.Candidate.Id,
                Spent = entrant?.Spent ?? Cost.Zero,
                TokensPerRollout = tokens == 0 ? null : (double)tokens / outcomes.Length,
            });
            events.TryWrite(new RowJudged(name, mean, false));
        }
    }

    /// <summary>
    /// Seals the search and enters the test items into the ledger; returns how many of them other studies were judged on before. The studies of one
    /// series, whose searches have all ended by then, count as one judgement; one that was begun after another of them was judged is no such study.
    /// </summary>
    private async Task<int> SealAsync(int items)
    {
        if (stored.IsSealed)
        {
            return stored.JudgedBefore;
        }

        string[] hashes = [.. Enumerable.Range(0, items).Select(i => study.Objective.ItemHash(Split.Test, i))];
        int before = 0;
        await study.Journal.WriteAsync(t =>
        {
            before = hashes.Count(h => (long)t.Scalar(
                """
                SELECT EXISTS (SELECT 1 FROM ledger JOIN study ON study.id = ledger.study WHERE ledger.item = $item AND ledger.study <> $study
                    AND ($series IS NULL OR json_extract(study.settings, '$.series') IS NOT $series
                        OR EXISTS (SELECT 1 FROM effect WHERE effect.study = study.id AND effect.arm = 'judge' AND effect.finished < $created)))
                """,
                ("$item", h),
                ("$study", stored.Id),
                ("$series", study.Options.Series),
                ("$created", stored.Created.ToString("O", CultureInfo.InvariantCulture)))! != 0);
            foreach (string hash in hashes)
            {
                t.Execute("INSERT OR IGNORE INTO ledger (item, study) VALUES ($item, $study)", ("$item", hash), ("$study", stored.Id));
            }

            t.Execute("UPDATE study SET sealed = 1, judged_before = $before WHERE id = $study", ("$before", before), ("$study", stored.Id));
        }).ConfigureAwait(false);
        return before;
    }

    private (double Mean, Interval Interval) Mean(ImmutableArray<Outcome> outcomes, string name)
    {
        if (outcomes.MeanScore(Scale) is not { } mean)
        {
            return (double.NaN, new(double.NaN, double.NaN)); // a rejected outcome on the scale real has no number
        }

        double[] scores = outcomes.Scores(Scale);
        return (mean, Scale == Scale.Binary
            ? Wilson.Interval(outcomes.Count(o => o.ScoreOn(Scale) == 1), outcomes.Length)
            : MeanInterval.OverItems(scores, new Rng(study.Seed, $"{Journal.JudgeArm}/interval/{name}"), range: Scale == Scale.Unit ? new(0, 1) : null));
    }

    private Comparison Compare(string left, string right, ImmutableArray<Outcome> first, ImmutableArray<Outcome> second) =>
        ItemComparison.Of(left, right, first, second, Scale, what => new Rng(study.Seed, $"{Journal.JudgeArm}/{what}/{left}/{right}"));

    private double? DetectableDifference(ImmutableArray<Outcome> found, ImmutableArray<Outcome> yours)
    {
        if (found.MeanScore(Scale) is null || yours.MeanScore(Scale) is null)
        {
            return null;
        }

        double[] differences = ItemComparison.Differences(found, yours, Scale);
        return Scale == Scale.Binary
            ? Detectable.PairedDifference(differences.Length, differences.Count(d => d != 0))
            : Detectable.MeanDifference(differences);
    }

    /// <summary>Draws that nobody chose, as one row: mean and range of their means.</summary>
    private static IEnumerable<VerdictRow> Draws(ImmutableArray<Entrant> entrants, ImmutableArray<Block<T>> blocks)
    {
        double[] means = [.. Enumerable.Range(0, entrants.Length)
            .Where(i => entrants[i].Arm.Role == ArmRole.Draw)
            .Select(i => blocks[i].Mean ?? double.NaN)];
        if (means.Length > 0)
        {
            yield return new()
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{means.Length} random {(means.Length == 1 ? "draw" : "draws")}, not chosen"),
                Role = ArmRole.Draw,
                Mean = means.Average(),
                Interval = new(means.Min(), means.Max()),
                Draws = means.Length,
                Rejected = Enumerable.Range(0, entrants.Length).Where(i => entrants[i].Arm.Role == ArmRole.Draw).Sum(i => blocks[i].Outcomes.RejectedCount),
                Values = [.. means],
            };
        }
    }

    // ---- Over seeds alone ----------------------------------------------------------------------------------------------------

    private Verdict JudgeSeeds()
    {
        events.TryWrite(new JudgingStarted(study.Arms.Length, 0, 0));
        List<VerdictRow> rows = [];
        double[] found = SeedMeans(study.Arms[0]), yours = SeedMeans(study.Arms.First(a => a.Role == ArmRole.Yours));
        foreach (Arm<T> arm in study.Arms)
        {
            double[] means = SeedMeans(arm);
            rows.Add(new()
            {
                Name = arm.Name,
                Role = arm.Role,
                Mean = means.Average(),
                Interval = OverSeeds(means),
                Values = [.. means],
                AgainstYours = arm.Role == ArmRole.Yours ? null : CompareSeeds(arm.Name, "yours", means, yours),
            });
            events.TryWrite(new RowJudged(arm.Name, means.Average(), false));
        }

        // Without held-out items there is nothing apart to choose the strongest control on: it is the one with the best mean over the same
        // seeds, which makes it look stronger than it is.
        VerdictRow? strongest = rows.Where(r => r.Role == ArmRole.Control && double.IsFinite(r.Mean)).OrderByDescending(r => r.Mean).FirstOrDefault();
        Comparison againstYours = CompareSeeds("found", "yours", found, yours);
        return new()
        {
            Study = study.Name,
            Scale = Scale,
            Noun = study.Objective.Noun,
            CandidateNoun = study.Objective.Open.Noun,
            Items = 0,
            Seeds = study.Options.Seeds,
            Rows = Adjusted(rows, againstYours),
            AgainstYours = againstYours,
            AgainstStrongest = strongest is null ? null : CompareSeeds("found", strongest.Name, found, [.. strongest.Values]),
            Candidates = study.SearchOf(study.Runs[0]).Contenders,
            Account = Account(Cost.Zero),
        };
    }

    private double[] SeedMeans(Arm<T> arm) =>
        [.. study.Runs.Where(r => r.Arm == arm).Select(r => study.SearchOf(r)).Select(s => s.Winner() is { } winner ? s.SelectionMean(winner) ?? double.NaN : double.NaN)];

    private Comparison CompareSeeds(string left, string right, double[] first, double[] second)
    {
        double[] differences = ItemComparison.Differences(first, second);
        double? p = differences.All(double.IsFinite) ? ItemComparison.PValue(first, second, new Rng(study.Seed, $"{Journal.JudgeArm}/test/{left}/{right}")) : null;
        return new(left, right, ItemComparison.Mean(differences), OverSeeds(differences), p, null);
    }

    // An arm that ended before one candidate was complete, or whose candidate was rejected, has no number under that seed, and so none over all.
    private static Interval OverSeeds(double[] values) =>
        values.All(double.IsFinite) ? MeanInterval.OverSeeds(values) : new(double.NaN, double.NaN);

    // ---- Both ----------------------------------------------------------------------------------------------------------------

    /// <summary>Holm's adjustment over every comparison with yours but the primary one.</summary>
    private static ImmutableArray<VerdictRow> Adjusted(List<VerdictRow> rows, Comparison primary)
    {
        int[] others = [.. Enumerable.Range(0, rows.Count).Where(i => rows[i].Role == ArmRole.Control && rows[i].AgainstYours?.PValue is not null)];
        ImmutableArray<double> adjusted = Holm.Adjust([.. others.Select(i => rows[i].AgainstYours!.PValue!.Value)]);
        for (int k = 0; k < others.Length; k++)
        {
            VerdictRow row = rows[others[k]];
            rows[others[k]] = row with { AgainstYours = row.AgainstYours! with { AdjustedPValue = adjusted[k] } };
        }

        return [.. rows.Select(r => r.Role == ArmRole.Search ? r with { AgainstYours = primary } : r)];
    }

    private Account Account(Cost judge) => new(
        Search: Spent(r => r.Arm.Role == ArmRole.Search), Controls: Spent(r => r.Arm.Role != ArmRole.Search), Judge: judge);

    private Cost Spent(Func<ArmRun<T>, bool> which) =>
        study.Runs.Where(which).Aggregate(Cost.Zero, (sum, r) => sum + study.SearchOf(r).Spent);

    private sealed record Entrant(Arm<T> Arm, Candidate<T> Candidate, double? Validation, Cost Spent);
}
