using System.Collections.Immutable;

namespace Ansatz.Prompts;

/// <summary>What every search of prompts ends with: the best on train meet on validation, the winner is nominated and simplified.</summary>
internal static class Selection
{
    /// <summary>An ask for all training items that the prompt does not contain, as one block.</summary>
    public static Ask<Prompt> OnTrain(PromptPart part, Candidate<Prompt> candidate) => new(candidate, Split.Train, part.Scorable(candidate.Value));

    /// <summary>
    /// Mean of accuracy and probability of the right answer: with 40 items many prompts have the same accuracy, and the probability says which of them was
    /// surer. Accuracy alone where the solver tells no probabilities. -∞ where an outcome was rejected on the scale real: it has no number, and nothing is worse.
    /// </summary>
    public static double TrainScore(Block<Prompt> block)
    {
        if (block.Mean is not { } accuracy)
        {
            return double.NegativeInfinity;
        }

        bool tells = block.Outcomes.OfType<Scored>().Any(o => o.Probability is not null);
        return tells ? (accuracy + block.Outcomes.Average(o => (o as Scored)?.Probability ?? 0)) / 2 : accuracy;
    }

    /// <summary>Best on train first, ties to the earlier.</summary>
    public static ImmutableArray<Block<Prompt>> Ranked(IEnumerable<Block<Prompt>> blocks) => [.. blocks.OrderByDescending(TrainScore)];

    /// <summary>Evaluates the first few of <paramref name="ranked"/> on all validation items and nominates the best, ties to the better on train; then simplifies it.</summary>
    public static async Task CrownAsync(
        Search<Prompt> search, ImmutableArray<Block<Prompt>> ranked, int finalists, Simplification? simplify, CancellationToken cancellationToken)
    {
        foreach (Block<Prompt> loser in ranked.Skip(finalists))
        {
            search.Prune(loser.Ask.Candidate);
        }

        Ask<Prompt>[] asks = [.. ranked.Take(finalists).Select(b => search.WholeSplit(b.Ask.Candidate, Split.Validation))];
        ImmutableArray<Block<Prompt>> final = default;
        try
        {
            final = await search.EvaluateAsync(asks, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (final.IsDefault) // the budget has ended the search: validation chooses among those that it reached
            {
                NominateMeasured(search, asks);
            }
        }

        await FinishAsync(search, final.MaxBy(b => b.Mean)!, simplify, cancellationToken).ConfigureAwait(false); // MaxBy keeps the first of equals
    }

    private static void NominateMeasured(Search<Prompt> search, Ask<Prompt>[] asks)
    {
        int items = search.Count(Split.Validation);
        (Candidate<Prompt> Candidate, double? Mean) best = asks
            .Select(a => (a.Candidate, Mean: search.TrialOf(a.Candidate)?.MeanOn(Split.Validation, items, search.Scale)))
            .MaxBy(m => m.Mean); // keeps the first of equals; none is less than any
        if (best.Mean is not null)
        {
            search.Nominate(best.Candidate);
        }
    }

    /// <summary>Nominates the winner on all validation items, and simplifies it. The user's own where no one has a number, since every candidate was rejected somewhere on the scale real.</summary>
    public static async Task FinishAsync(Search<Prompt> search, Block<Prompt> winner, Simplification? simplify, CancellationToken cancellationToken)
    {
        if (winner.Mean is null)
        {
            search.Nominate(search.Propose(PromptPart.Of(search).Yours, "yours"));
            return;
        }

        search.Nominate(winner.Ask.Candidate);
        if (simplify is not null)
        {
            await simplify.SimplifyAsync(search, winner, cancellationToken).ConfigureAwait(false);
        }
    }
}
