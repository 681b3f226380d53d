using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>
/// Differential evolution over instructions: a model changes the parts in which two members differ, puts them into the best one and crosses the result with a third.
/// Guo et al. 2023, "Connecting Large Language Models with Evolutionary Algorithms Yields Powerful Prompt Optimizers" (EvoPrompt), arXiv:2309.08532, Algorithm 3.
/// </summary>
/// <remarks>
/// <para>Symbols: N members of the population, T generations, p_j the member that a child may replace, a and b two others, p_best the best member, f(p) the score on all training items.</para>
/// <para>
/// Differs from the paper: the children of one generation are all made from the population before it, so that they run at once; otherwise as <see cref="EvoPromptGa"/>: a first population
/// filled up by the proposer, f with probabilities, children that are refused, the choice on validation, and a wording of ours.
/// </para>
/// <para>
/// Search control, <see cref="Control"/>: no selection. As many proposals by the same operator, scored and chosen alike, but a child always replaces its member, and the place of the best
/// is taken by a random member. Only the instruction is searched: demonstrations and label words stay the user's own. A pruned trial is one that did not go to validation; it may still
/// have been a member.
/// </para>
/// </remarks>
/// <param name="proposer">Who mutates and crosses.</param>
public sealed class EvoPromptDe(Proposer proposer) : Optimizer<Prompt>
{
    /// <summary>N: members of the population, and children a generation. At least 3: a member and two others. Default 10.</summary>
    public int Population
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 3, nameof(Population));
            field = value;
        }
    } = 10;

    /// <summary>T: generations. Default 10.</summary>
    public int Generations { get; init => field = Positive(value); } = 10;

    /// <summary>How the proposer is asked. Default: as a chat model, at temperature 0.5.</summary>
    public Writing Writing { get; init; } = new() { Temperature = 0.5f };

    /// <summary>How many instructions, the best on train, go to all validation items. Default 5.</summary>
    public int Finalists { get; init => field = Positive(value); } = 5;

    /// <summary>What is dropped from the winner afterwards; <see langword="null"/>: nothing.</summary>
    public Simplification? Simplify { get; init; } = new();

    /// <summary>The search control: the same proposals without selection.</summary>
    public SearchControl<Prompt> Control => new("no-selection", this, (search, token) => SearchAsync(search, selects: false, token));

    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "evoprompt-de",
        ["proposer"] = proposer.Identity,
        ["population"] = Population,
        ["generations"] = Generations,
        ["writing"] = Writing.Settings,
        ["finalists"] = Finalists,
        ["simplify"] = Simplify?.Settings,
    };

    /// <summary>The most rollouts that it asks for, simplification included.</summary>
    /// <param name="starts">Number of start instructions.</param>
    /// <param name="train">Number of training items.</param>
    /// <param name="validation">Number of validation items.</param>
    public long MostRollouts(int starts, int train, int validation) =>
        ((Math.Max(starts, Population) + ((long)Generations * Population)) * train) + ((Finalists + (Simplify?.MaxTries ?? 0L)) * validation);

    /// <inheritdoc />
    public override Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken) => SearchAsync(search, selects: true, cancellationToken);

    private async Task SearchAsync(Search<Prompt> search, bool selects, CancellationToken cancellationToken)
    {
        InstructionPool pool = new(search, proposer, Writing, "EvoPrompt");

        // P0: the user's instructions, filled up with other wordings; the best N of them
        await pool.BeginAsync(Population, cancellationToken).ConfigureAwait(false);
        Block<Prompt>[] population = [.. Selection.Ranked(pool.Scored).Take(Population)];

        for (int t = 1; t <= Generations && !search.HasStalled; t++)
        {
            Rng rng = search.Stream("select", t);
            Block<Prompt> best = population.MaxBy(Selection.TrainScore)!; // the first of equals

            // for each p_j: a, b ~ the others; p' = Evo(a, b, p_best, p_j)
            List<(string, Block<Prompt>[])> requests = [];
            for (int j = 0; j < population.Length; j++)
            {
                Block<Prompt>[] others = [.. population.Where((_, i) => i != j)];
                Block<Prompt>[] two = others.Length < 2 ? [population[j], population[j]] : [.. rng.Choose(2, others.Length).Select(i => others[i])];
                Block<Prompt> basis = selects ? best : rng.Pick(population);
                requests.Add((
                    EvoPromptText.Differ(Writing, InstructionOf(two[0]), InstructionOf(two[1]), InstructionOf(basis), InstructionOf(population[j])),
                    [two[0], two[1], basis, population[j]]));
            }

            ImmutableArray<Block<Prompt>?> children = await pool.ProposeAsync(
                requests, string.Create(CultureInfo.InvariantCulture, $"generation {t}"), cancellationToken).ConfigureAwait(false);

            // p_j ← p' if f(p') > f(p_j)
            population =
            [
                .. population.Select((member, j) =>
                    children[j] is { } child && (!selects || Selection.TrainScore(child) > Selection.TrainScore(member)) ? child : member),
            ];
        }

        await Selection.CrownAsync(search, Selection.Ranked(pool.Scored), Finalists, Simplify, cancellationToken).ConfigureAwait(false);
    }

    private static string InstructionOf(Block<Prompt> member) => member.Ask.Candidate.Value.Instruction;

    private static int Positive(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}
