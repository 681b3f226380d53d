using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>
/// Random search over all open slots: draws fillings, scores each on the training items that it does not contain, and lets validation
/// choose among the best few.
/// </summary>
/// <remarks>
/// Which demonstrations stand in a prompt, and in what order, often matters more than its instruction, and drawing them at random is hard to
/// beat: Khattab et al. 2023, "DSPy", arXiv:2310.03714 (BootstrapFewShotWithRandomSearch); Wan et al. 2024, "Teach Better or Show Smarter?",
/// arXiv:2406.15708. Differs from both: the answers are the data's own labels, never a model's; instruction and label words are drawn
/// as well; and no item is scored under a prompt that contains it. The user's own prompt competes too, so a search that finds nothing better says so.
/// </remarks>
public sealed class FewShotSearch : Optimizer<Prompt>
{
    private const int AtOnce = 8; // candidates between two nominations: a budget that ends the search finds one in place

    /// <summary>How many fillings are drawn. Default 48.</summary>
    public int Candidates
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Candidates));
            field = value;
        }
    } = 48;

    /// <summary>How many of them, the best on train, go to all validation items. Default 5. Not used with a <see cref="Race"/>.</summary>
    public int Finalists
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Finalists));
            field = value;
        }
    } = 5;

    /// <summary>A race that chooses among all that were drawn on the validation items alone; <see langword="null"/>: training items choose the finalists.</summary>
    public Race? Race { get; init; }

    /// <summary>What is dropped from the winner afterwards; <see langword="null"/>: nothing.</summary>
    public Simplification? Simplify { get; init; } = new();

    /// <inheritdoc />
    public override JsonObject Settings
    {
        get
        {
            JsonObject settings = new() { ["use"] = "few-shot-search", ["candidates"] = Candidates, ["finalists"] = Finalists, ["simplify"] = Simplify?.Settings };
            if (Race is not null)
            {
                settings["race"] = Race.Settings; // absent without one, so that studies from before there were races go on
            }

            return settings;
        }
    }

    /// <summary>The most rollouts that it asks for, simplification included; a race takes a fraction of its part.</summary>
    public long MostRollouts(int train, int validation) =>
        (Race is not null ? (Candidates + 1L) * validation : ((Candidates + 1L) * train) + ((long)Finalists * validation))
        + ((Simplify?.MaxTries ?? 0L) * validation);

    /// <inheritdoc />
    public override async Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        PromptPart part = PromptPart.Of(search);

        // Draw.
        List<Candidate<Prompt>> drawn = [search.Propose(part.Yours, "yours")];
        HashSet<string> seen = [drawn[0].Id];
        for (int n = 1; n <= Candidates; n++)
        {
            Rng rng = search.Stream("draw", n);
            for (int attempt = 0; attempt < 20; attempt++) // where there are fewer fillings than draws, fewer are scored
            {
                Candidate<Prompt> candidate = search.Propose(part.Draw(rng), string.Create(CultureInfo.InvariantCulture, $"draw {n}"));
                if (seen.Add(candidate.Id))
                {
                    drawn.Add(candidate);
                    break;
                }
            }
        }

        if (Race is not null)
        {
            ImmutableArray<Block<Prompt>> last = await Race.RunAsync(search, drawn, cancellationToken).ConfigureAwait(false);
            await Selection.FinishAsync(search, last[0], Simplify, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Score on train.
        List<Block<Prompt>> scored = [];
        foreach (Candidate<Prompt>[] some in drawn.Chunk(AtOnce))
        {
            scored.AddRange(await search.EvaluateAsync([.. some.Select(c => Selection.OnTrain(part, c))], cancellationToken).ConfigureAwait(false));
            search.Nominate(Selection.Ranked(scored)[0].Ask.Candidate);
            if (search.HasStalled)
            {
                break;
            }
        }

        // Choose on validation.
        await Selection.CrownAsync(search, Selection.Ranked(scored), Finalists, Simplify, cancellationToken).ConfigureAwait(false);
    }
}
