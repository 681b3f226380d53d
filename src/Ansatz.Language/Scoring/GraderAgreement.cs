namespace Ansatz.Language;

/// <summary>How often a grader and people gave the same grade.</summary>
/// <param name="Items">Graded replies.</param>
/// <param name="Agreed">Of them, those with the same grade from both.</param>
/// <param name="Unreadable">Of them, those without a readable verdict of the grader's: agreed on nothing.</param>
/// <param name="Kappa">
/// Cohen's κ = (p_o - p_e) / (1 - p_e), where p_o is the share agreed on and p_e what two who grade at random in the same proportions would agree on
/// (Cohen 1960, "A coefficient of agreement for nominal scales"). None where both gave one and the same grade to all: chance alone agrees fully then. Grades
/// are taken as names: 4 for a 5 disagrees as much as 1 does.
/// </param>
public sealed record GraderAgreement(int Items, int Agreed, int Unreadable, double? Kappa)
{
    /// <summary>Share agreed on.</summary>
    public double Agreement => (double)Agreed / Items;

    /// <summary>Wilson's 95 % interval of <see cref="Agreement"/>.</summary>
    public Interval Interval => Wilson.Interval(Agreed, Items);

    /// <summary>What the grading cost.</summary>
    public Cost Cost { get; init; }

    /// <summary>Agreement of two lists of grades.</summary>
    /// <param name="human">What people gave.</param>
    /// <param name="grader">What the grader gave to the same replies; none where its verdict could not be read.</param>
    public static GraderAgreement Of(IReadOnlyList<string> human, IReadOnlyList<string?> grader)
    {
        ArgumentNullException.ThrowIfNull(human);
        ArgumentNullException.ThrowIfNull(grader);
        ArgumentOutOfRangeException.ThrowIfZero(human.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(grader.Count, human.Count);
        double n = human.Count;
        int agreed = human.Zip(grader).Count(p => p.First == p.Second);
        double observed = agreed / n;
        double expected = human.Distinct(StringComparer.Ordinal).Sum(g => human.Count(h => h == g) / n * (grader.Count(v => v == g) / n));
        return new(human.Count, agreed, grader.Count(v => v is null), expected < 1 ? (observed - expected) / (1 - expected) : null);
    }
}

/// <summary>A reply that a person graded.</summary>
/// <param name="Item">What was asked.</param>
/// <param name="Reply">What was answered.</param>
/// <param name="Grade">The person's grade, a word of the rubric.</param>
public sealed record GradedExample(TextItem Item, string Reply, string Grade);
