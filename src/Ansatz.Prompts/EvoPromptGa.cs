using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>
/// A genetic algorithm over instructions whose crossover and mutation are done by a model.
/// Guo et al. 2023, "Connecting Large Language Models with Evolutionary Algorithms Yields Powerful Prompt Optimizers" (EvoPrompt), arXiv:2309.08532, Algorithm 2.
/// </summary>
/// <remarks>
/// <para>Symbols: N members of the population, T generations, f(p) the score of a member on all training items.</para>
/// <para>
/// Each generation: N parents are drawn by roulette, with probability f(p) / Σ f; each child has two different ones of them; the proposer crosses and mutates in one call; the best N of
/// old and new go on. The proposer sees instructions alone, never items and scores.
/// </para>
/// <para>
/// Differs from the paper: where the user's instructions are fewer than N, the first population is filled with other wordings that the proposer writes; f is the mean of accuracy and
/// probability of the right answer; on the scale real, where f may be negative, the roulette is over ranks; a child that was seen before, is too long or quotes items is not scored, so a generation may have fewer than N; what goes to the judge is chosen on
/// validation among the best few on train. The prompts' wording is ours.
/// </para>
/// <para>
/// Search control, <see cref="Control"/>: no selection. As many proposals by the same operator, scored and chosen alike, but parents are drawn with equal chances, and a random N of old and new
/// go on. Only the instruction is searched: demonstrations and label words stay the user's own. A pruned trial is one that did not go to validation; it may still have been a parent.
/// </para>
/// </remarks>
/// <param name="proposer">Who crosses and mutates.</param>
public sealed class EvoPromptGa(Proposer proposer) : Optimizer<Prompt>
{
    /// <summary>N: members of the population, and children a generation. Default 10.</summary>
    public int Population
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2, nameof(Population));
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
        ["use"] = "evoprompt-ga",
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

            // p_r1, p_r2 ~ roulette over f; over ranks, N for the best, where scores may be negative
            double[] f = [.. population.Select((p, i) => !selects ? 1 : search.Scale == Scale.Real ? population.Length - i : Selection.TrainScore(p))];
            Block<Prompt>[] parents = [.. Enumerable.Range(0, Population).Select(_ => population[Roulette(f, rng)])];
            (Block<Prompt> First, Block<Prompt> Second)[] pairs = [.. Enumerable.Range(0, Population).Select(_ => Pair(parents, rng))];

            // p' = Evo(p_r1, p_r2), f(p')
            ImmutableArray<Block<Prompt>?> children = await pool.ProposeAsync(
                [.. pairs.Select(p => (EvoPromptText.Cross(Writing, InstructionOf(p.First), InstructionOf(p.Second)), new[] { p.First, p.Second }))],
                string.Create(CultureInfo.InvariantCulture, $"generation {t}"),
                cancellationToken).ConfigureAwait(false);

            // P_t: the best N of P_{t-1} and the children
            Block<Prompt>[] both = [.. population, .. children.OfType<Block<Prompt>>()];
            population = selects ? [.. Selection.Ranked(both).Take(Population)] : [.. rng.Choose(Math.Min(Population, both.Length), both.Length).Select(i => both[i])];
        }

        await Selection.CrownAsync(search, Selection.Ranked(pool.Scored), Finalists, Simplify, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Index i with probability f_i / Σ f; every one equally likely where all are 0.</summary>
    private static int Roulette(double[] f, Rng rng)
    {
        double sum = f.Sum();
        if (sum <= 0)
        {
            return rng.Next(f.Length);
        }

        double at = rng.NextDouble() * sum;
        for (int i = 0; i < f.Length - 1; i++)
        {
            at -= f[i];
            if (at < 0)
            {
                return i;
            }
        }

        return f.Length - 1;
    }

    /// <summary>Two of the parents, different ones where there are any.</summary>
    private static (Block<Prompt> First, Block<Prompt> Second) Pair(Block<Prompt>[] parents, Rng rng)
    {
        Block<Prompt> first = rng.Pick(parents);
        Block<Prompt>[] others = [.. parents.Where(p => p.Ask.Candidate.Id != first.Ask.Candidate.Id)];
        return (first, others.Length == 0 ? first : rng.Pick(others));
    }

    private static string InstructionOf(Block<Prompt> member) => member.Ask.Candidate.Value.Instruction;

    private static int Positive(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}
