using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ansatz.Prompts;

/// <summary>After a search: drops from the winner what validation cannot show to matter.</summary>
/// <remarks>
/// <para>
/// Tried are: without demonstrations, with one half of them, without each; without the instruction, with one half of its sentences, without each; the user's own label words; of several prompts in each. What saves most text is
/// tried first, and again from what was left. A simpler prompt is kept if, on all validation items, its mean is at most
/// <see cref="Margin"/> below the winner's and the 95 % interval of the paired difference does not lie wholly below 0.
/// It is always compared with the winner of the search, never with the step before, so small losses cannot add up.
/// </para>
/// <para>
/// Its error: with n validation items of which a share d changes sides, the difference is known to about √(d/n). At n = 80 and d = 0.15 that is 4.3
/// points, and a prompt that is truly 5 points worse is kept in about one try of four; several tries have several chances. On the other
/// side the winner's own mean is flattered by having been selected, which the simpler one has to match unflattered. Closed slots are never touched.
/// </para>
/// </remarks>
public sealed partial record Simplification
{
    /// <summary>How far the simpler prompt's validation mean may lie below the winner's. Default 0.02: one item of 80.</summary>
    public double Margin
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Margin));
            field = value;
        }
    } = 0.02;

    /// <summary>How many simpler prompts are tried at most; each costs a rollout a validation item. Default 12.</summary>
    public int MaxTries
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(MaxTries));
            field = value;
        }
    } = 12;

    /// <summary>The settings, whole.</summary>
    public JsonObject Settings => new() { ["margin"] = Margin, ["maxTries"] = MaxTries };

    private static readonly string[] Origins = ["without demonstrations", "first half of the demonstrations", "second half of the demonstrations", "without one demonstration", "without instruction", "first half of the sentences", "second half of the sentences", "without one sentence", "with your own label words"];

    /// <summary>Whether a candidate with this origin is what simplifying made of its parent: a search of several components says which before it.</summary>
    public static bool IsOrigin(string origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        return Origins.Any(o => origin == o || origin.EndsWith($": {o}", StringComparison.Ordinal));
    }

    private const double Rounding = 1e-9; // 0.88 - 0.90 is a little less than -0.02, and allowed

    /// <summary>Simplifies the winner of a search and nominates what is left.</summary>
    /// <param name="search">The search.</param>
    /// <param name="winner">The winner on all validation items.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal async Task SimplifyAsync<T>(Search<T> search, Block<T> winner, CancellationToken cancellationToken)
    {
        PromptComponents<T> part = (PromptComponents<T>)search.Open;
        Candidate<T> current = winner.Ask.Candidate;
        HashSet<string> tried = [current.Id];
        for (int tries = 0; tries < MaxTries && !search.HasStalled; tries++)
        {
            Candidate<T>? simpler = Simpler(part, current.Value)
                .OrderByDescending(s => s.Saves)
                .Select(s => search.Propose(s.Value, s.What, current.Id))
                .FirstOrDefault(c => !tried.Contains(c.Id));
            if (simpler is null)
            {
                break;
            }

            tried.Add(simpler.Id);
            Block<T> block = (await search.EvaluateAsync([search.WholeSplit(simpler, Split.Validation)], cancellationToken).ConfigureAwait(false))[0];
            if (Keeps(block, winner, search))
            {
                current = simpler;
                search.Nominate(current);
            }
        }
    }

    /// <summary>Every filling that is simpler by one step, with what was dropped and how much text that saves.</summary>
    private static IEnumerable<(T Value, string What, int Saves)> Simpler<T>(PromptComponents<T> part, T value) =>
        from component in part.Components
        let prompt = part.Get(value, component)
        from simpler in Simpler(part.SlotsOf(component), part.Get(part.Yours, component), prompt)
        select (part.With(value, component, simpler.Prompt), part.Components.Length == 1 ? simpler.What : $"{component}: {simpler.What}", Length(prompt) - Length(simpler.Prompt));

    private static IEnumerable<(Prompt Prompt, string What)> Simpler(OpenSlots slots, Prompt yours, Prompt prompt)
    {
        ImmutableArray<Demonstration> shown = prompt.Demonstrations;
        if (slots.Demonstrations is not null && shown.Length > 0)
        {
            yield return (prompt with { Demonstrations = [] }, "without demonstrations");
            if (shown.Length > 2)
            {
                yield return (prompt with { Demonstrations = shown[..(shown.Length / 2)] }, "first half of the demonstrations");
                yield return (prompt with { Demonstrations = shown[(shown.Length / 2)..] }, "second half of the demonstrations");
            }

            for (int i = 0; i < shown.Length && shown.Length > 1; i++)
            {
                yield return (prompt with { Demonstrations = shown.RemoveAt(i) }, "without one demonstration");
            }
        }

        if (slots.Instruction is not null && prompt.Instruction.Length > 0)
        {
            yield return (prompt with { Instruction = "" }, "without instruction");
            string[] sentences = SentenceEnd().Split(prompt.Instruction); // each with the space behind it
            if (sentences.Length > 2)
            {
                yield return (With(sentences[..(sentences.Length / 2)]), "first half of the sentences");
                yield return (With(sentences[(sentences.Length / 2)..]), "second half of the sentences");
            }

            for (int i = 0; i < sentences.Length && sentences.Length > 1; i++)
            {
                yield return (With([.. sentences[..i], .. sentences[(i + 1)..]]), "without one sentence");
            }
        }

        if (slots.Labels is not null && !prompt.Labels.SequenceEqual(yours.Labels))
        {
            yield return (prompt with { Labels = yours.Labels }, "with your own label words");
        }

        Prompt With(string[] sentences) => prompt with { Instruction = string.Concat(sentences).Trim() };
    }

    // Behind the space that follows a sentence or a line.
    [GeneratedRegex(@"(?<=[.!?][ \t]+)(?=\S)|(?<=\n\s*)(?=\S)", RegexOptions.CultureInvariant)]
    private static partial Regex SentenceEnd();

    // Characters stand for tokens: near enough to decide what is tried first.
    private static int Length(Prompt prompt) =>
        prompt.Instruction.Length + prompt.Demonstrations.Sum(d => d.Fields.Sum(f => f.Value.Length) + prompt.WordingOf(d.Answer).Length);

    private bool Keeps<T>(Block<T> simpler, Block<T> winner, Search<T> search)
    {
        if (simpler.Mean - winner.Mean is not { } difference || difference < -Margin - Rounding)
        {
            return false;
        }

        double[] differences = [.. simpler.Outcomes.Zip(winner.Outcomes, (s, w) => s.ScoreOn(simpler.Scale) - w.ScoreOn(simpler.Scale))];
        Interval interval = simpler.Scale == Scale.Binary
            ? Tango.Interval(differences.Count(d => d > 0), differences.Count(d => d < 0), differences.Length)
            : MeanInterval.OverItems(differences, search.Stream("simplify/" + simpler.Ask.Candidate.Id));
        return interval.High >= 0;
    }
}
