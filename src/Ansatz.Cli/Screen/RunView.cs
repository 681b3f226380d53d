using System.Globalization;
using Ansatz.Programs;

namespace Ansatz.Cli.Screen;

/// <summary>What stands above a run: fixed before it begins.</summary>
/// <param name="Name">The study's name.</param>
/// <param name="About">What it is for.</param>
/// <param name="Model">Who answers.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Data">The splits in words.</param>
/// <param name="Controls">What the search has to beat, in words.</param>
/// <param name="Arms">How many arms run, the search among them.</param>
/// <param name="Scale">What the scores are.</param>
/// <param name="Rollouts">How many rollouts the search will ask for at most; none where nobody knows.</param>
/// <param name="GoOn">The command that goes on.</param>
/// <param name="ModelLabel">What <paramref name="Model"/> is, in a word.</param>
/// <param name="Programs">For a search of programs, how many it proposes at most: that is what is counted, and not rollouts.</param>
internal sealed record RunHeader(
    string Name, string About, string Model, long Seed, string Data, string Controls, int Arms, Scale Scale, long? Rollouts, string GoOn,
    string ModelLabel = "model", long? Programs = null);

/// <summary>One candidate of the search, or the user's own, as far as it was evaluated.</summary>
internal sealed class TrialView
{
    private double _train, _validation; // sums of scores

    public required int Number { get; init; }

    public required string What { get; init; }

    public int TrainItems { get; private set; }

    public int ValidationItems { get; private set; }

    public bool IsPruned { get; set; }

    public double? Train => TrainItems > 0 ? _train / TrainItems : null;

    public double? Validation => ValidationItems > 0 ? _validation / ValidationItems : null;

    public void Add(Split split, double mean, int items)
    {
        if (split == Split.Train)
        {
            _train += mean * items;
            TrainItems += items;
        }
        else
        {
            _validation += mean * items;
            ValidationItems += items;
        }
    }
}

/// <summary>What came of programs.</summary>
/// <param name="Scored">How many have a score.</param>
/// <param name="Refused">How many do not compile.</param>
/// <param name="Rejected">How many failed when they ran.</param>
/// <param name="Dropped">How many a stage dropped before they had run on all inputs.</param>
internal readonly record struct ProgramCounts(long Scored, long Refused, long Rejected, long Dropped)
{
    /// <summary>All of them.</summary>
    public long All => Scored + Refused + Rejected + Dropped;

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Scored:N0} scored, {Refused:N0} refused, {Rejected:N0} rejected{(Dropped > 0 ? $", {Dropped:N0} dropped" : "")}");
}

/// <summary>What a person wants to know of a run, kept up to date by its events. It reads events and nothing else.</summary>
internal sealed class RunView(RunHeader header, TimeProvider clock)
{
    private const int MostTrials = 2_000, Latest = 500;

    private readonly Dictionary<int, TrialView> _trials = []; // of a long search the best and the latest
    private int _latest; // the highest number of a trial
    private readonly HashSet<int> _counted = []; // programs of the arm that runs
    private readonly long _started = clock.GetTimestamp();
    private ArmRole _role = ArmRole.Search;
    private Cost _before; // what the arm had spent before an event
    private long _liveRollouts, _livePrograms; // computed, not replayed
    private volatile string? _remark;
    private long? _liveSince;

    public RunHeader Header => header;

    /// <summary>The arm that runs.</summary>
    public string Arm { get; private set; } = "";

    /// <summary>What the search has spent.</summary>
    public Cost Search { get; private set; }

    /// <summary>What came of the programs of the arm that runs, on train inputs.</summary>
    public ProgramCounts Programs { get; private set; } = new(0, 0, 0, 0);

    /// <summary>How the search ended; none while it runs.</summary>
    public string? SearchEnded { get; private set; }

    /// <summary>How many controls have run.</summary>
    public int ControlsEnded { get; private set; }

    /// <summary>How many effects the journal answered.</summary>
    public int Replayed { get; private set; }

    /// <summary>How many rollouts were among them.</summary>
    public long ReplayedRollouts { get; private set; }

    /// <summary>What the journal answered and was not spent again.</summary>
    public Cost Saved { get; private set; }

    /// <summary>Why nothing moves: a call that is tried again; gone with the next event. May be set from any thread.</summary>
    public string? Remark
    {
        get => _remark;
        set => _remark = value;
    }

    /// <summary>How many rows the verdict has; none before judging.</summary>
    public int? Rows { get; private set; }

    /// <summary>How many of them were judged, baselines not counted: they take no time.</summary>
    public int RowsJudged { get; private set; }

    /// <summary>What was judged last, in a few words.</summary>
    public string RowJudged { get; private set; } = "";

    /// <summary>The verdict; none before the end.</summary>
    public Verdict? Verdict { get; private set; }

    /// <summary>The user's own filling.</summary>
    public TrialView? Yours { get; private set; }

    /// <summary>Since the view was made.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(_started);

    /// <summary>Rollouts, or programs, a second; none before there is something to measure.</summary>
    public double? Rate => _liveSince is { } since && clock.GetElapsedTime(since) is { TotalSeconds: > 1 } time && (header.Programs is null ? _liveRollouts : _livePrograms) is > 0 and long live
        ? live / time.TotalSeconds
        : null;

    /// <summary>How long the search will take on, at this rate.</summary>
    public TimeSpan? Left => Rate is { } rate && (header.Programs ?? header.Rollouts) is { } all && SearchEnded is null
        ? TimeSpan.FromSeconds(Math.Max(0, all - (header.Programs is null ? Search.Rollouts : Programs.All)) / rate)
        : null;

    /// <summary>The best trials of the search: by validation, then by train, ties to the earlier.</summary>
    public IReadOnlyList<TrialView> Best(int count) =>
    [
        .. _trials.Values
            .OrderByDescending(t => t.Validation ?? double.NegativeInfinity)
            .ThenByDescending(t => t.Train ?? double.NegativeInfinity)
            .ThenBy(t => t.Number)
            .Take(count),
    ];

    /// <summary>Takes in what happened.</summary>
    public void Apply(StudyEvent happened)
    {
        Remark = null;
        switch (happened)
        {
            case ArmStarted started:
                (Arm, _role, _before) = (started.Arm, started.Role, Cost.Zero);
                if (started.Role == ArmRole.Search)
                {
                    (Search, SearchEnded) = (Cost.Zero, null); // of a study over seeds, the next one
                    _trials.Clear();
                    _latest = 0;
                }

                Programs = new(0, 0, 0, 0);
                _counted.Clear();
                break;
            case BlockEvaluated { Split: Split.Test } judged:
                (RowsJudged, RowJudged) = (RowsJudged + 1, judged.Description);
                Replay(judged);
                Saved += judged.IsReplayed ? judged.Spent - _before : Cost.Zero;
                _before = judged.Spent;
                break;
            case BlockEvaluated block:
                Replay(block);
                Count(block.IsReplayed, block.Spent);
                Add(block);
                CountProgram(block);
                break;
            case CallAnswered call:
                Replayed += call.IsReplayed ? 1 : 0;
                Count(call.IsReplayed, call.Spent);
                break;
            case TrialPruned pruned:
                // Scored so far, and dropped by a stage before the rest.
                Programs = header.Programs is null ? Programs : Programs with { Scored = Programs.Scored - 1, Dropped = Programs.Dropped + 1 };
                if (_role == ArmRole.Search && _trials.TryGetValue(pruned.Trial, out TrialView? trial))
                {
                    trial.IsPruned = true;
                }

                break;
            case ArmEnded ended when _role == ArmRole.Search:
                (Search, SearchEnded) = (ended.Spent, ended.How);
                break;
            case ArmEnded:
                ControlsEnded++;
                break;
            case JudgingStarted judging:
                (Rows, RowsJudged, _before) = (judging.Rows, 0, Cost.Zero);
                break;
            case StudyJudged judged:
                Verdict = judged.Verdict;
                break;
        }
    }

    private void Replay(BlockEvaluated block)
    {
        if (block.IsReplayed)
        {
            (Replayed, ReplayedRollouts) = (Replayed + 1, ReplayedRollouts + block.Items);
        }
    }

    private void Count(bool isReplayed, Cost spent)
    {
        if (isReplayed)
        {
            Saved += spent - _before;
        }
        else
        {
            _liveSince ??= clock.GetTimestamp();
            _liveRollouts += spent.Rollouts - _before.Rollouts;
        }

        _before = spent;
        if (_role == ArmRole.Search)
        {
            Search = spent;
        }
    }

    private void CountProgram(BlockEvaluated block)
    {
        if (header.Programs is null || block.Split != Split.Train || !_counted.Add(block.Trial))
        {
            return;
        }

        _livePrograms += block.IsReplayed ? 0 : 1;
        Programs = block.Rejected == 0 ? Programs with { Scored = Programs.Scored + 1 }
            : block.Reason?.StartsWith(ProgramObjective.Refused, StringComparison.Ordinal) == true ? Programs with { Refused = Programs.Refused + 1 }
            : Programs with { Rejected = Programs.Rejected + 1 };
    }

    private void Add(BlockEvaluated block)
    {
        if (block.Mean is not { } mean || _role is not (ArmRole.Search or ArmRole.Yours))
        {
            return;
        }

        TrialView trial = _role == ArmRole.Yours
            ? Yours ??= Made()
            : _trials.TryGetValue(block.Trial, out TrialView? known) ? known : _trials[block.Trial] = Made();
        trial.Add(block.Split, mean, block.Items);
        _latest = Math.Max(_latest, block.Trial);
        if (_trials.Count > MostTrials)
        {
            HashSet<TrialView> kept = [.. Best(MostTrials / 2), .. _trials.Values.Where(t => t.Number > _latest - Latest)];
            foreach (TrialView gone in _trials.Values.Except(kept).ToArray())
            {
                _trials.Remove(gone.Number);
            }
        }

        TrialView Made() => new() { Number = block.Trial, What = block.Description };
    }
}
