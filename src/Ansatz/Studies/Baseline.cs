using System.Collections.Immutable;

namespace Ansatz;

/// <summary>A plain method that is no candidate (majority class, naive Bayes): it gives outcomes on the same items by the same scoring.</summary>
public abstract class Baseline
{
    /// <summary>What it is, as in a table: "naive Bayes on the same 120 labels".</summary>
    public abstract string Name { get; }

    /// <summary>What it is, in a sentence: "word counts alone".</summary>
    public virtual string InWords => Name;

    /// <summary>Its score on labels that a search sees, by which it competes to be the strongest control. Cross-validated where it learns from them; none where it has no number.</summary>
    public abstract double? ValidationScore { get; }

    /// <summary>Its outcomes on the test items, in order.</summary>
    public abstract ImmutableArray<Outcome> Test();

    /// <summary>Its test score against the number of labels that it learnt from; empty where it learns nothing.</summary>
    public virtual ImmutableArray<CurvePoint> LearningCurve() => [];
}
