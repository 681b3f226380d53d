using System.Collections.Immutable;

namespace Ansatz.Programs;

/// <summary>What came of a program on the train inputs.</summary>
/// <param name="Scores">Its scores in the order of the inputs; none if it was rejected, or dropped by a stage.</param>
/// <param name="Failure">Why it was rejected; none if it was not.</param>
internal sealed record Evaluated(ImmutableArray<double>? Scores, string? Failure);

/// <summary>What was rejected lately, for a model to learn from: the last two.</summary>
internal sealed class RecentFailures
{
    /// <summary>The older first.</summary>
    public ImmutableArray<FailedProgram> All { get; private set; } = [];

    /// <summary>Notes a program that was rejected; nothing of one that was not.</summary>
    public void Add(ProgramSource program, Evaluated result)
    {
        if (result.Failure is { } reason)
        {
            All = [.. All.TakeLast(1), new(program, reason)];
        }
    }
}

/// <summary>
/// Scores programs on the train inputs, in stages if there are any, and takes those that are among the best so far to validation; where there is none, the best so far is nominated. One a search.
/// </summary>
internal sealed class Evaluator(Search<ProgramSource> search, FunSearch settings)
{
    private readonly List<double> _best = []; // train scores of the finalists so far, ascending
    private readonly CascadeGates? _gates = settings.Cascade?.Open(search.Count(Split.Train));

    /// <summary>Scores programs as one step.</summary>
    /// <returns>One result a program, in order.</returns>
    public async Task<ImmutableArray<Evaluated>> ScoreAsync(ImmutableArray<Candidate<ProgramSource>> programs, CancellationToken cancellationToken)
    {
        List<double>?[] scores = [.. programs.Select(_ => new List<double>())];
        string?[] failures = new string?[programs.Length];
        int inputs = search.Count(Split.Train);
        for (int from = 0, stage = 0; from < inputs; stage++)
        {
            int to = _gates?.EndOf(stage) ?? inputs;
            ImmutableArray<int> items = [.. Enumerable.Range(from, to - from)]; // one list for all that are asked
            int[] left = [.. Enumerable.Range(0, programs.Length).Where(i => scores[i] is not null)];
            ImmutableArray<Block<ProgramSource>> blocks = await search.EvaluateAsync(
                [.. left.Select(i => new Ask<ProgramSource>(programs[i], Split.Train, items))], cancellationToken).ConfigureAwait(false);
            foreach ((int i, Block<ProgramSource> block) in left.Zip(blocks))
            {
                failures[i] = block.Outcomes.OfType<Rejected>().FirstOrDefault()?.Reason;
                if (failures[i] is not null)
                {
                    scores[i] = null;
                    continue;
                }

                scores[i]!.AddRange(block.Outcomes.Cast<Scored>().Select(o => o.Score));
                if (to < inputs && !_gates!.Passes(stage, scores[i]!.Average()))
                {
                    scores[i] = null;
                    search.Prune(programs[i]);
                }
            }

            from = to;
        }

        for (int i = 0; i < programs.Length; i++)
        {
            if (scores[i] is { } all && !double.IsFinite(settings.Reduce([.. all])))
            {
                (scores[i], failures[i]) = (null, "Its scores are too large for their mean to be a number.");
            }
        }

        Candidate<ProgramSource>[] best = [.. Enumerable.Range(0, programs.Length).Where(i => scores[i] is { } s && IsAmongTheBest(settings.Reduce([.. s]))).Select(i => programs[i])];
        if (search.Count(Split.Validation) == 0 && best.Length > 0)
        {
            search.Nominate(best[^1]);
        }
        else if (best.Length > 0)
        {
            await search.EvaluateAsync([.. best.Select(p => search.WholeSplit(p, Split.Validation))], cancellationToken).ConfigureAwait(false);
        }

        return [.. scores.Zip(failures, (s, f) => new Evaluated(s is null ? null : [.. s], f))];
    }

    private int Finalists => search.Count(Split.Validation) > 0 ? settings.Finalists : 1;

    // A program that only equals the worst finalist is none: on a plateau of equal programs validation would cost as much as the search.
    private bool IsAmongTheBest(double score)
    {
        if (_best.Count == Finalists && score <= _best[0])
        {
            return false;
        }

        int place = _best.BinarySearch(score);
        _best.Insert(place < 0 ? ~place : place, score);
        if (_best.Count > Finalists)
        {
            _best.RemoveAt(0);
        }

        return true;
    }
}
