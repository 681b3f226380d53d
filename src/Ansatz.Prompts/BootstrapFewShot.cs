using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>
/// Demonstrations that the solver made itself: a teacher prompt answers the training items, and those that it answers rightly are drawn as demonstrations.
/// Khattab et al. 2023, "DSPy: Compiling Declarative Language Model Calls into Self-Improving Pipelines", arXiv:2310.03714 (BootstrapFewShotWithRandomSearch).
/// </summary>
/// <remarks>
/// <para>
/// Candidates: the user's own prompt; it without demonstrations; it with labelled ones alone; with bootstrapped ones in the order of the items; and N times with a random number of
/// bootstrapped ones in random order, each filled up with labelled ones. Validation chooses among them, by a race.
/// </para>
/// <para>
/// Differs from the reference: the teacher is the user's prompt with the labelled demonstrations of the second candidate, and answers every training item once, at temperature 0, instead of
/// item after item until there are enough; the number of all demonstrations, and whether labels get their share, is the slot's; candidates are compared on validation, never on train; a race
/// instead of every item for every candidate. A bootstrapped demonstration's answer is the outcome's output: where the scorer reads a
/// label, letter or number out of the reply, the item's own answer; the solver's words only where the scorer keeps them, as grading does. So no reasoning becomes a demonstration there.
/// </para>
/// <para>
/// Search control, <see cref="Control"/>: as many sets of the same sizes, chosen alike, of any training items with their own answers; it saves the teacher's rollouts. Only demonstrations are searched: instruction and label words
/// stay the user's own. A pruned trial is one that dropped out of the race.
/// </para>
/// </remarks>
public sealed class BootstrapFewShot : Optimizer<Prompt>
{
    /// <summary>N: sets in random order. Default 16.</summary>
    public int Candidates
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Candidates));
            field = value;
        }
    } = 16;

    /// <summary>The most bootstrapped demonstrations in a set. Default 4; 0: labelled ones alone.</summary>
    public int MaxBootstrapped
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(MaxBootstrapped));
            field = value;
        }
    } = 4;

    /// <summary>The score from which an answer of the teacher is right. Default 1.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>How validation chooses.</summary>
    public Race Race { get; init; } = new();

    /// <summary>What is dropped from the winner afterwards; <see langword="null"/>: nothing.</summary>
    public Simplification? Simplify { get; init; } = new();

    /// <summary>The search control: labelled demonstrations alone.</summary>
    public SearchControl<Prompt> Control => new("labelled-few-shot", this, (search, token) => SearchAsync(search, bootstraps: false, token));

    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "bootstrap-few-shot",
        ["candidates"] = Candidates,
        ["maxBootstrapped"] = MaxBootstrapped,
        ["threshold"] = Threshold,
        ["race"] = Race.Settings,
        ["simplify"] = Simplify?.Settings,
    };

    /// <summary>The most rollouts that it asks for, simplification included; a race takes a fraction of its part.</summary>
    public long MostRollouts(int train, int validation) =>
        (MaxBootstrapped > 0 ? train : 0) + ((Candidates + 4L) * validation) + ((Simplify?.MaxTries ?? 0L) * validation);

    /// <inheritdoc />
    public override Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken) =>
        SearchAsync(search, bootstraps: MaxBootstrapped > 0, cancellationToken);

    private async Task SearchAsync(Search<Prompt> search, bool bootstraps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        PromptPart part = PromptPart.Of(search);
        DemonstrationSlot slot = part.Slots.Demonstrations
            ?? throw new InputException("Bootstrapping chooses demonstrations, but the demonstrations of this prompt are closed. Open them, or search with another optimizer.");
        Candidate<Prompt> yours = search.Propose(part.Yours, "yours");
        search.Nominate(yours);

        // Candidates -3 to -1 of the reference: none; labelled alone, which is the teacher too; bootstrapped, in the order of the items.
        ImmutableArray<(ImmutableArray<Demonstration>, string)> sets = await DemonstrationSets.MakeAsync(
            search, slot, Candidates + 3, bootstraps ? MaxBootstrapped : 0, Threshold, cancellationToken).ConfigureAwait(false);
        List<Candidate<Prompt>> candidates = [yours];
        HashSet<string> seen = [yours.Id];
        foreach ((ImmutableArray<Demonstration> demonstrations, string origin) in sets)
        {
            Candidate<Prompt> candidate = search.Propose(part.Yours with { Demonstrations = demonstrations }, origin);
            if (seen.Add(candidate.Id))
            {
                candidates.Add(candidate);
            }
        }

        ImmutableArray<Block<Prompt>> left = await Race.RunAsync(search, candidates, cancellationToken).ConfigureAwait(false);
        await Selection.FinishAsync(search, left[0], Simplify, cancellationToken).ConfigureAwait(false);
    }
}
