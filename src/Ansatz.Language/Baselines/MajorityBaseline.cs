using System.Collections.Immutable;

namespace Ansatz.Language;

/// <summary>Gives every item the answer that is most frequent among train and validation items; ties to the label that comes first.</summary>
/// <param name="data">The splits.</param>
public sealed class MajorityBaseline(DataSplits data) : Baseline
{
    private readonly string _answer = data.Labels.MaxBy(l => data.Learnable.Count(i => i.Answer == l))!;

    /// <inheritdoc />
    public override string Name => "majority class";

    /// <inheritdoc />
    public override string InWords => "always giving the most frequent answer";

    /// <summary>Share of train and validation items that have that answer. Not cross-validated: a majority learns nothing but which answer it is.</summary>
    public override double ValidationScore => data.Learnable.Average(i => i.Answer == _answer ? 1.0 : 0.0);

    /// <inheritdoc />
    public override ImmutableArray<Outcome> Test() => [.. data.Test.Select(i => new Scored(i.Answer == _answer ? 1 : 0, _answer))];
}
