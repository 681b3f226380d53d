using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>
/// Chooses one of the labels: by log-probability where the model tells it, by the one label that occurs in the reply where it does not.
/// </summary>
/// <remarks>
/// By log-probability: label k after text x is given with p_k = exp(l_k) / Σ_j exp(l_j), where l_k is the log-probability of its wording after x, summed
/// over all its tokens, or of its first token alone where the first tokens of all wordings differ. The label with the largest p is the
/// answer, ties to the earlier, and p of the right label is the outcome's <see cref="Scored.Probability"/>.
/// </remarks>
public sealed class LabelScorer : RuleScorer
{
    private static readonly char[] Before = [.. " \t\r\n\"'([#*_->"]; // what may stand before a label at the beginning of a reply

    /// <summary>Always sums over all tokens of a wording, even where its first token would tell.</summary>
    /// <remarks>Slower, and unfair to long wordings: every further token can only lower the sum.</remarks>
    public bool WholeLabels { get; init; }

    /// <inheritdoc />
    public override JsonObject Identity => new() { ["use"] = "label", ["wholeLabels"] = WholeLabels };

    /// <inheritdoc />
    /// <remarks>One that begins with a label, or has one behind the colon of its first line ("Sentiment: positive"): what follows explains it. A label within a sentence that was cut off may be one that is only weighed.</remarks>
    public override bool TakesCutReply(string reply, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(wordings);
        string text = AnswerText.Plain(reply).TrimStart(Before), first = text.Split('\n')[0];
        int colon = first.IndexOf(':', StringComparison.Ordinal);
        return wordings.LengthOfFirst(text) > 0 || (colon >= 0 && wordings.LengthOfFirst(text[(colon + 1)..].TrimStart(Before)) > 0);
    }

    /// <summary>Whether the first token of each continuation is enough to tell them apart, and this scorer may use it.</summary>
    /// <param name="model">Whose tokens.</param>
    /// <param name="continuations">The wordings as they stand in the text, leading space included.</param>
    public bool UsesFirstToken(IContinuationScorer model, IReadOnlyList<string> continuations)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(continuations);
        int[] first = [.. continuations.Select(c => model.Tokenize(c).FirstOrDefault(-1))];
        return !WholeLabels && !first.Contains(-1) && first.Distinct().Count() == first.Length;
    }

    /// <summary>Why this scorer could not tell two labels apart by log-probability, in a sentence; none if it can.</summary>
    /// <param name="model">Whose tokens.</param>
    /// <param name="wordings">The labels.</param>
    /// <param name="continuations">Their wordings as they stand in the text, leading space included, in the same order.</param>
    public string? Clash(IContinuationScorer model, LabelWordings wordings, IReadOnlyList<string> continuations)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(wordings);
        ArgumentNullException.ThrowIfNull(continuations);
        if (wordings.Clash() is { } sentence)
        {
            return sentence;
        }

        if (UsesFirstToken(model, continuations))
        {
            return null;
        }

        // A text is never less probable than a longer one that begins with it, so the longer label would never be chosen.
        ImmutableArray<int>[] tokens = [.. continuations.Select(model.Tokenize)];
        for (int i = 0; i < tokens.Length; i++)
        {
            for (int j = 0; j < tokens.Length; j++)
            {
                if (i != j && tokens[j].AsSpan().StartsWith(tokens[i].AsSpan()))
                {
                    return $"The label \"{wordings.Wordings[j]}\" begins with the label \"{wordings.Wordings[i]}\": by log-probability the shorter one would always win. Word one of them differently.";
                }
            }
        }

        return null;
    }

    /// <summary>The outcome of one text by the log-probabilities of the labels after it.</summary>
    /// <param name="logProbabilities">One a label, natural logarithms, in the order of <paramref name="wordings"/>.</param>
    /// <param name="item">What was asked. Its answer is one of the labels.</param>
    /// <param name="wordings">The labels.</param>
    public static Outcome Choose(ReadOnlySpan<double> logProbabilities, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(wordings);
        ArgumentOutOfRangeException.ThrowIfNotEqual(logProbabilities.Length, wordings.Labels.Length);
        int gold = wordings.Labels.IndexOf(item.Answer);
        if (gold < 0)
        {
            throw new InputException(
                $"{(item.Source.Length > 0 ? item.Source + ": t" : "T")}he label \"{item.Answer}\" is not one of: {string.Join(", ", wordings.Labels)}.{Nearest.Question(item.Answer, wordings.Labels)}");
        }

        int best = 0;
        for (int k = 0; k < logProbabilities.Length; k++)
        {
            if (double.IsNaN(logProbabilities[k]))
            {
                throw new FaultException($"The model gave no number for the label \"{wordings.Wordings[k]}\".");
            }

            best = logProbabilities[k] > logProbabilities[best] ? k : best;
        }

        if (double.IsNegativeInfinity(logProbabilities[best]))
        {
            return new Rejected("The model gives every label the probability 0.");
        }

        double sum = 0;
        foreach (double l in logProbabilities)
        {
            sum += PortableMath.Exp(l - logProbabilities[best]);
        }

        return new Scored(best == gold ? 1 : 0, wordings.Labels[best])
        {
            Probability = PortableMath.Exp(logProbabilities[gold] - logProbabilities[best]) / sum,
        };
    }

    /// <summary>The outcomes of a block, each with the tokens that its text has.</summary>
    /// <param name="scores">What the model gave.</param>
    /// <param name="items">The items of the block, in the same order.</param>
    /// <param name="wordings">The labels.</param>
    public static ImmutableArray<Outcome> Choose(ContinuationScores scores, IReadOnlyList<TextItem> items, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scores.LogProbabilities.Length, items.Count);
        return
        [
            .. items.Select((item, i) => Choose(scores.LogProbabilities[i].AsSpan(), item, wordings) with
            {
                Cost = new() { InputTokens = scores.PromptTokens[i] },
            }),
        ];
    }

    /// <summary>The one label whose wording occurs in the reply as a whole word, whatever its case; rejected if none does, or several do.</summary>
    /// <remarks>Where one wording lies inside another ("lost", "lost card"), the longer one counts. One that is denied ("not spam", "non-spam") does not count; nobody concludes from it that another one is meant.</remarks>
    protected override Outcome ScoreReply(string reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(wordings);
        if (wordings.Labels.IsEmpty)
        {
            throw new ArgumentException("A label scorer needs to know the labels.", nameof(wordings));
        }

        HashSet<int> named = [], denied = [];
        bool[] taken = new bool[reply.Length];
        string plain = reply.Replace('\u2019', '\'').Replace('*', ' ').Replace('_', ' ').Replace('`', ' '); // as long as the reply: places are the same in both
        foreach (int k in Enumerable.Range(0, wordings.Labels.Length).OrderByDescending(k => wordings.Wordings[k].Trim().Length))
        {
            string wording = wordings.Wordings[k].Trim();
            for (int at = 0; (at = reply.IndexOf(wording, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
            {
                int end = at + wording.Length;
                bool whole = (at == 0 || !IsWord(reply[at - 1]) || !IsWord(reply[at])) && (end == reply.Length || !IsWord(reply[end]) || !IsWord(reply[end - 1]));
                if (whole && !taken.AsSpan(at..end).Contains(true))
                {
                    taken.AsSpan(at..end).Fill(true);
                    (AnswerText.IsDenied(plain, at, end) ? denied : named).Add(k);
                }
            }
        }

        if (named.Count == 1)
        {
            string label = wordings.Labels[named.Single()];
            return new Scored(label == item.Answer ? 1 : 0, label);
        }

        string list = string.Join(", ", wordings.Wordings);
        return new Rejected(named.Count > 0 ? $"The reply names several of the labels {list}." : denied.Count > 0 ? $"The reply says which of the labels {list} it is not, and not which it is." : $"The reply names none of the labels {list}.", reply);

        static bool IsWord(char c) => char.IsLetterOrDigit(c);
    }
}
