using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>
/// Random edits of an instruction, no model that writes: phrases are deleted, swapped, or put back where they were deleted before; the best edit is kept if it is better.
/// Prasad et al. 2022, "GrIPS: Gradient-free, Edit-based Instruction Search for Prompting Large Language Models", arXiv:2203.07281.
/// </summary>
/// <remarks>
/// <para>Symbols, as in Algorithm 1: n iterations, m candidates an iteration, l edits a candidate.</para>
/// <para>
/// Differs from the paper: no paraphrasing, which needs a model; phrases are cut at punctuation and then into runs of a few words, where the paper takes a parser's;
/// the score is the mean of accuracy and probability of the right answer on train, as for every method here, where the paper takes balanced accuracy plus 10 times the entropy of the answers:
/// what rare labels count is the study's score to say; no early stop for want of gain; of several instructions the first that is not empty is edited, and no other is scored;
/// a candidate whose 20 draws were all seen before is left out, and the search ends where an iteration has none left; what goes to the judge is chosen on validation among the best few on train.
/// </para>
/// <para>
/// Search control, <see cref="Control"/>: a random walk. The same kinds of edits, as many, scored and chosen alike, but the next base is one of the last candidates at random,
/// whatever it scored; it spends as much, unless one of the two runs out of new edits. Only the instruction is searched: demonstrations and label words stay the user's own. A pruned trial is one that did not go to validation; it may still have been a base.
/// </para>
/// </remarks>
public sealed class Grips : Optimizer<Prompt>
{
    /// <summary>n: iterations. Default 10.</summary>
    public int Iterations { get; init => field = Positive(value); } = 10;

    /// <summary>m: candidates an iteration. Default 5.</summary>
    public int PerIteration { get; init => field = Positive(value); } = 5;

    /// <summary>l: edits a candidate. Default 1.</summary>
    public int Edits { get; init => field = Positive(value); } = 1;

    /// <summary>The longest phrase, in words. Default 3.</summary>
    public int PhraseWords { get; init => field = Positive(value); } = 3;

    /// <summary>How many instructions, the best on train, go to all validation items. Default 5.</summary>
    public int Finalists { get; init => field = Positive(value); } = 5;

    /// <summary>What is dropped from the winner afterwards; <see langword="null"/>: nothing.</summary>
    public Simplification? Simplify { get; init; } = new();

    /// <summary>The search control: a random walk over the same edits.</summary>
    public SearchControl<Prompt> Control => new("random-walk", this, (search, token) => SearchAsync(search, isGreedy: false, token));

    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "grips",
        ["iterations"] = Iterations,
        ["perIteration"] = PerIteration,
        ["edits"] = Edits,
        ["phraseWords"] = PhraseWords,
        ["finalists"] = Finalists,
        ["simplify"] = Simplify?.Settings,
    };

    /// <summary>The most rollouts that it asks for, simplification included.</summary>
    public long MostRollouts(int train, int validation) =>
        ((1 + ((long)Iterations * PerIteration)) * train) + ((Finalists + (Simplify?.MaxTries ?? 0L)) * validation);

    /// <inheritdoc />
    public override Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken) => SearchAsync(search, isGreedy: true, cancellationToken);

    private async Task SearchAsync(Search<Prompt> search, bool isGreedy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        PromptPart part = PromptPart.Of(search);
        if (part.Slots.Instruction is null)
        {
            throw new InputException("GrIPS edits the instruction, but the instruction of this prompt is closed. Open it, or search with few-shot search.");
        }

        string first = part.Instructions.FirstOrDefault(i => i.Length > 0)
            ?? throw new InputException("GrIPS edits an instruction, but yours is empty and there are no options. Write one for it to begin with.");
        HashSet<string> seen = [TextItem.Normalise(first), ""];
        List<Block<Prompt>> scored = [];

        // base ← the instruction; score_base ← score(base)
        Edited @base = new(Phrases(first), []);
        double baseScore = (await ScoreAsync([(first, first == part.Yours.Instruction ? "yours" : "start")], []).ConfigureAwait(false))[0];
        string baseId = scored[0].Ask.Candidate.Id;

        for (int t = 0; t < Iterations && !search.HasStalled; t++)
        {
            // m candidates, each l edits away from the base
            List<(Edited Edited, string Origin)> candidates = [];
            for (int j = 0; j < PerIteration; j++)
            {
                Rng rng = search.Stream("edit", (t * PerIteration) + j);
                for (int attempt = 0; attempt < 20; attempt++) // a short instruction has few edits; where all are seen, fewer are scored
                {
                    (Edited edited, string what) = Edit(@base, rng);
                    if (seen.Add(TextItem.Normalise(edited.Text)))
                    {
                        candidates.Add((edited, string.Create(CultureInfo.InvariantCulture, $"iteration {t + 1}: {what}")));
                        break;
                    }
                }
            }

            if (candidates.Count == 0)
            {
                break;
            }

            double[] scores = await ScoreAsync([.. candidates.Select(c => (c.Edited.Text, c.Origin))], [baseId]).ConfigureAwait(false);

            // base ← the best candidate, if it is better
            int next = isGreedy ? scores.IndexOf(scores.Max()) : search.Stream("walk", t).Next(scores.Length);
            if (!isGreedy || scores[next] > baseScore)
            {
                (@base, baseScore, baseId) = (candidates[next].Edited, scores[next], scored[^(scores.Length - next)].Ask.Candidate.Id);
            }
        }

        await Selection.CrownAsync(search, Selection.Ranked(scored), Finalists, Simplify, cancellationToken).ConfigureAwait(false);

        async Task<double[]> ScoreAsync((string Instruction, string Origin)[] candidates, string[] parents)
        {
            ImmutableArray<Block<Prompt>> blocks = await search.EvaluateAsync(
                [.. candidates.Select(c => Selection.OnTrain(part, search.Propose(part.Yours with { Instruction = c.Instruction }, c.Origin, parents)))],
                cancellationToken).ConfigureAwait(false);
            scored.AddRange(blocks);
            search.Nominate(Selection.Ranked(scored)[0].Ask.Candidate);
            return [.. blocks.Select(Selection.TrainScore)];
        }
    }

    /// <summary>l random edits.</summary>
    private (Edited Edited, string What) Edit(Edited start, Rng rng)
    {
        Edited edited = start;
        List<string> done = [];
        for (int e = 0; e < Edits; e++)
        {
            // Only what can be done: one phrase can be neither deleted nor swapped, and nothing is put back before something was deleted.
            bool several = edited.Phrases.Length > 1;
            string[] possible = [.. several ? (string[])["delete", "swap"] : [], .. edited.Deleted.IsEmpty ? [] : (string[])["add"]];
            if (possible.Length == 0)
            {
                break;
            }

            string what = rng.Pick(possible);
            done.Add(what);
            edited = what switch
            {
                "delete" => Delete(edited, rng.Next(edited.Phrases.Length)),
                "swap" => Swap(edited, rng.Choose(2, edited.Phrases.Length)),
                _ => Add(edited, rng.Pick(edited.Deleted), rng.Next(edited.Phrases.Length + 1)),
            };
        }

        return (edited, done.Count == 0 ? "nothing" : string.Join(", ", done));
    }

    private static Edited Delete(Edited edited, int at) =>
        new(edited.Phrases.RemoveAt(at), edited.Deleted.Contains(edited.Phrases[at]) ? edited.Deleted : edited.Deleted.Add(edited.Phrases[at]));

    private static Edited Swap(Edited edited, int[] pair) => edited with
    {
        Phrases = edited.Phrases.SetItem(pair[0], edited.Phrases[pair[1]]).SetItem(pair[1], edited.Phrases[pair[0]]),
    };

    private static Edited Add(Edited edited, string phrase, int at) => new(edited.Phrases.Insert(at, phrase), edited.Deleted.Remove(phrase));

    /// <summary>Phrases of an instruction: they end at punctuation, or after so many words.</summary>
    internal ImmutableArray<string> Phrases(string instruction)
    {
        List<string> phrases = [];
        List<string> phrase = [];
        foreach (string word in instruction.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            phrase.Add(word);
            if (phrase.Count == PhraseWords || word[^1] is '.' or ',' or ';' or ':' or '!' or '?')
            {
                phrases.Add(string.Join(' ', phrase));
                phrase.Clear();
            }
        }

        return phrase.Count > 0 ? [.. phrases, string.Join(' ', phrase)] : [.. phrases];
    }

    private static int Positive(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }

    /// <summary>An instruction in phrases, and the phrases that were deleted on the way to it and not put back.</summary>
    private sealed record Edited(ImmutableArray<string> Phrases, ImmutableArray<string> Deleted)
    {
        public string Text => string.Join(' ', Phrases);
    }
}
