using System.Collections.Immutable;

namespace Ansatz.Language;

/// <summary>Gives every item the answer that is most frequent among train and validation items; ties to the label that comes first.</summary>
/// <param name="data">The splits.</param>
/// <param name="scorer">What counts as right.</param>
public sealed class MajorityBaseline(DataSplits data, RuleScorer scorer) : Baseline
{
    private readonly string _answer = data.Labels.MaxBy(l => data.Learnable.Count(i => i.Answer == l))!;

    /// <inheritdoc />
    public override string Name => "majority class";

    /// <inheritdoc />
    public override string InWords => "always giving the most frequent answer";

    /// <summary>What that answer is worth on the train and validation items. Not cross-validated: a majority learns nothing but which answer it is.</summary>
    public override double? ValidationScore => On(data.Learnable).MeanScore(scorer.Scale);

    /// <inheritdoc />
    public override ImmutableArray<Outcome> Test() => On(data.Test);

    private ImmutableArray<Outcome> On(ImmutableArray<TextItem> items) => [.. items.Select(i => TextBaselines.Score(scorer, _answer, i, data.Labels))];
}
