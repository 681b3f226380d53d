using System.Collections.Immutable;

namespace Ansatz.Language;

/// <summary>The plain methods that a study of texts is compared with, on its items and by its scorer.</summary>
public static class TextBaselines
{
    /// <summary>Majority class, and naive Bayes on all labels that a search sees; none where the answers are free texts, or a model grades them.</summary>
    public static IReadOnlyList<Baseline> Of(DataSplits data, Scorer scorer)
    {
        ArgumentNullException.ThrowIfNull(data);
        return scorer is RuleScorer rules && !data.HasFreeAnswers ? [new MajorityBaseline(data, rules), new NaiveBayesBaseline(data, rules, seed: 0)] : [];
    }

    // What an answer in the data's own words is worth. The item's own is right even where a reply would have to look otherwise (a field of JSON, say), and one that such a scorer could not read is wrong.
    internal static Outcome Score(RuleScorer scorer, string answer, TextItem item, ImmutableArray<string> labels)
    {
        bool isRight = answer == item.Answer;
        return scorer.Scale == Scale.Real ? scorer.Score(answer, item, LabelWordings.Own(labels))
            : isRight || scorer is LabelScorer ? new Scored(isRight ? 1 : 0, answer)
            : scorer.Score(answer, item, LabelWordings.Own(labels)) is Scored scored ? scored
            : new Scored(0, answer);
    }
}
