using System.Collections.Immutable;
using System.Globalization;

namespace Ansatz.Prompts;

/// <summary>Sets of demonstrations to choose from: none, labelled, and bootstrapped from what a teacher prompt answers rightly; in the middle of a pipeline, from what the step wrote where the final answer was right.</summary>
/// <remarks>Drawn from streams that a search and its control share.</remarks>
internal static class DemonstrationSets
{
    /// <summary>Makes sets: the first is empty, the second labelled, the third bootstrapped in the order of the items, the others bootstrapped in random order.</summary>
    /// <param name="search">The search that asks.</param>
    /// <param name="slot">How many demonstrations a set has, and whether labels get their share.</param>
    /// <param name="count">How many sets, at least 1.</param>
    /// <param name="maxBootstrapped">The most bootstrapped demonstrations in a set; 0: labelled ones alone, and no teacher is asked.</param>
    /// <param name="threshold">The score from which the teacher's answer is right.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<ImmutableArray<(ImmutableArray<Demonstration> Demonstrations, string Origin)>> MakeAsync(
        Search<Prompt> search, DemonstrationSlot slot, int count, int maxBootstrapped, double threshold, CancellationToken cancellationToken)
    {
        PromptPart part = PromptPart.Of(search);
        int[] inOrder = [.. Enumerable.Range(0, part.Train.Length)];
        int[] labelled = Shuffled(part.Fitting(slot, Shuffled(inOrder, search.SharedStream("labelled")).Where(part.CanDemonstrate)), search.SharedStream("labelled order"));
        List<(ImmutableArray<Demonstration>, string)> sets = [([], "no demonstrations"), ([.. labelled.Select(part.Demonstrate)], "labelled")];

        Dictionary<int, string?> right = maxBootstrapped > 0
            ? await RightAsync(search, part, part.Yours with { Demonstrations = [.. labelled.Select(part.Demonstrate)] }, threshold, cancellationToken).ConfigureAwait(false)
            : [];
        sets.Add((Set(part, slot, inOrder, right, maxBootstrapped), maxBootstrapped > 0 ? "bootstrapped" : "labelled, in order"));
        for (int n = 1; sets.Count < count; n++)
        {
            Rng rng = search.SharedStream("demonstrations", n);
            int bootstrapped = maxBootstrapped > 0 ? 1 + rng.Next(maxBootstrapped) : 0; // U{1..max}
            Demonstration[] shuffled = [.. Set(part, slot, Shuffled(inOrder, rng), right, bootstrapped)];
            rng.Shuffle<Demonstration>(shuffled);
            sets.Add(([.. shuffled], string.Create(CultureInfo.InvariantCulture, $"{(maxBootstrapped > 0 ? $"{bootstrapped} bootstrapped" : "labelled")}, draw {n}")));
        }

        return [.. sets.Take(count)];
    }

    /// <summary>The training items that the teacher answers rightly, with its answers. One that it shows, or whose duplicate it shows, it answers without it.</summary>
    private static async Task<Dictionary<int, string?>> RightAsync(
        Search<Prompt> search, PromptPart part, Prompt teacher, double threshold, CancellationToken cancellationToken)
    {
        List<Ask<Prompt>> asks = [];
        HashSet<int> asked = [];
        Add(teacher, "labelled"); // as the candidate that it is
        foreach (Demonstration shown in teacher.Demonstrations)
        {
            Add(teacher with { Demonstrations = teacher.Demonstrations.Remove(shown) }, "teacher without one demonstration");
        }

        Dictionary<int, string?> right = [];
        string teacherId = search.Propose(teacher, "labelled").Id;
        foreach (Block<Prompt> block in await search.EvaluateAsync(asks, cancellationToken).ConfigureAwait(false))
        {
            if (block.Ask.Candidate.Id != teacherId)
            {
                search.Prune(block.Ask.Candidate); // it was asked as a teacher, and competes only if it is drawn again as a set
            }

            for (int k = 0; k < block.Outcomes.Length; k++)
            {
                if (block.Outcomes[k] is Scored scored && scored.Score >= threshold)
                {
                    right[block.Ask.Items[k]] = part.AnswerIn(scored);
                }
            }
        }

        return right;

        void Add(Prompt prompt, string origin)
        {
            ImmutableArray<int> items = [.. part.Scorable(prompt).Where(asked.Add)];
            if (!items.IsEmpty)
            {
                asks.Add(new(search.Propose(prompt, origin), Split.Train, items));
            }
        }
    }

    /// <summary>Up to <paramref name="bootstrapped"/> of the items that were answered rightly, the first in this order, with the teacher's answers; then others with their own, until the slot is full.</summary>
    /// <remarks>
    /// The teacher's answer is the outcome's output. Most scorers give the item's own answer there where the reply was right: such a demonstration differs from a labelled one only in that the
    /// solver could answer it.
    /// </remarks>
    private static ImmutableArray<Demonstration> Set(PromptPart part, DemonstrationSlot slot, int[] order, Dictionary<int, string?> right, int bootstrapped)
    {
        int[] chosen = [.. part.Fitting(slot, order.Where(i => right.TryGetValue(i, out string? its) && (its is not null || part.CanDemonstrate(i)))).Take(bootstrapped)];
        return
        [
            .. part.Fitting(slot, [.. chosen, .. order.Except(chosen).Where(part.CanDemonstrate)]) // the chosen come first, so they are in as far as their label has a share left
                .Select(i => chosen.Contains(i) && right[i] is { } answer ? part.Demonstrate(i) with { Answer = answer } : part.Demonstrate(i)),
        ];
    }

    private static int[] Shuffled(IEnumerable<int> items, Rng rng)
    {
        int[] shuffled = [.. items];
        rng.Shuffle<int>(shuffled);
        return shuffled;
    }
}
