using System.Collections.Immutable;
using System.Globalization;

namespace Ansatz.Language;

/// <summary>
/// Word counts without a language model: multinomial naive Bayes with Laplace's smoothing, learnt from all labels that a search sees (train and
/// validation). McCallum and Nigam 1998, "A Comparison of Event Models for Naive Bayes Text Classification".
/// </summary>
/// <param name="data">The splits.</param>
/// <param name="scorer">What counts as right.</param>
/// <param name="seed">Of the folds and of the learning curve's subsets.</param>
public sealed class NaiveBayesBaseline(DataSplits data, RuleScorer scorer, long seed) : Baseline
{
    private const int Folds = 10;
    private const int Subsets = 10;

    /// <inheritdoc />
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"naive Bayes on the same {data.Learnable.Length} labels");

    /// <inheritdoc />
    public override string InWords => "word counts alone";

    /// <summary>Its score on the train and validation items, each predicted from the nine tenths of them that it is not in (stratified folds).</summary>
    public override double? ValidationScore
    {
        get
        {
            TextItem[] items = [.. data.Learnable];
            new Rng(seed, "naive-bayes/folds").Shuffle(items.AsSpan());
            items = [.. items.OrderBy(i => data.Labels.IndexOf(i.Answer))]; // stable: every fold gets each answer in proportion
            return Enumerable.Range(0, Folds)
                .SelectMany(fold => On(items.Where((_, i) => i % Folds == fold), new(data.Labels, items.Where((_, i) => i % Folds != fold))))
                .ToImmutableArray().MeanScore(scorer.Scale);
        }
    }

    /// <inheritdoc />
    public override ImmutableArray<Outcome> Test() => TestFrom(data.Learnable);

    /// <summary>Test scores of models learnt from all labels, half of them, a quarter and so on, down to two an answer but at least ten: mean and range over ten stratified subsets a size.</summary>
    public override ImmutableArray<CurvePoint> LearningCurve()
    {
        List<CurvePoint> curve = [];
        int least = Math.Max(10, 2 * data.Labels.Length);
        for (int labels = data.Learnable.Length; curve.Count == 0 || labels >= least; labels /= 2)
        {
            double?[] scores =
            [
                .. Enumerable.Range(0, labels == data.Learnable.Length ? 1 : Subsets).Select(n => TestFrom(
                    SplitDrawer.Draw(data.Learnable, labels, new(seed, $"naive-bayes/{labels}", n))).MeanScore(scorer.Scale)),
            ];
            if (scores.Contains(null))
            {
                return []; // on the scale real an answer may have no number
            }

            curve.Add(new(labels, scores.Average()!.Value, scores.Min()!.Value, scores.Max()!.Value));
        }

        return [.. curve.AsEnumerable().Reverse()];
    }

    private ImmutableArray<Outcome> TestFrom(IEnumerable<TextItem> items) => [.. On(data.Test, new(data.Labels, items))];

    private IEnumerable<Outcome> On(IEnumerable<TextItem> items, NaiveBayes model) => items.Select(i =>
    {
        Scored predicted = model.Outcome(i);
        return scorer is LabelScorer ? predicted : TextBaselines.Score(scorer, predicted.Output!, i, data.Labels);
    });
}

/// <summary>One learnt model: log P(c) + Σ_w log P(w | c), P(c) = (items of c + 1) / (items + C), P(w | c) = (count of w in c + 1) / (words in c + V).</summary>
/// <remarks>Words that occur in no learnt item are passed over. Ties to the label that comes first.</remarks>
internal sealed class NaiveBayes
{
    private readonly ImmutableArray<string> _labels;
    private readonly double[] _prior; // [C] log P(c)
    private readonly double[] _unseen; // [C] log P(w | c) of a word of the vocabulary that c does not have
    private readonly Dictionary<string, double[]> _words = new(StringComparer.Ordinal); // [V][C] log P(w | c)

    public NaiveBayes(ImmutableArray<string> labels, IEnumerable<TextItem> items)
    {
        _labels = labels;
        int[] itemsOf = new int[labels.Length], wordsOf = new int[labels.Length];
        Dictionary<string, int[]> counts = new(StringComparer.Ordinal);
        foreach (TextItem item in items)
        {
            int c = labels.IndexOf(item.Answer);
            itemsOf[c]++;
            foreach (string word in WordsOf(item))
            {
                if (!counts.TryGetValue(word, out int[]? count))
                {
                    counts[word] = count = new int[labels.Length];
                }

                count[c]++;
                wordsOf[c]++;
            }
        }

        int all = itemsOf.Sum();
        _prior = [.. itemsOf.Select(n => PortableMath.Log((n + 1.0) / (all + labels.Length)))];
        _unseen = [.. wordsOf.Select(n => -PortableMath.Log(n + counts.Count))];
        foreach ((string word, int[] count) in counts)
        {
            _words[word] = [.. count.Select((n, c) => PortableMath.Log(n + 1.0) + _unseen[c])];
        }
    }

    public Scored Outcome(TextItem item)
    {
        double[] sum = [.. _prior];
        foreach (string word in WordsOf(item))
        {
            if (_words.TryGetValue(word, out double[]? log))
            {
                for (int c = 0; c < sum.Length; c++)
                {
                    sum[c] += log[c];
                }
            }
        }

        return (Scored)LabelScorer.Choose(sum, item, LabelWordings.Own(_labels));
    }

    // Runs of letters, digits and apostrophes, in lower case.
    private static IEnumerable<string> WordsOf(TextItem item)
    {
        foreach (string text in item.Fields.Values)
        {
            int start = -1;
            for (int i = 0; i <= text.Length; i++)
            {
                bool inWord = i < text.Length && (char.IsLetterOrDigit(text[i]) || (text[i] == '\'' && start >= 0));
                if (inWord && start < 0)
                {
                    start = i;
                }
                else if (!inWord && start >= 0)
                {
                    yield return text[start..i].TrimEnd('\'').ToLowerInvariant();
                    start = -1;
                }
            }
        }
    }
}
