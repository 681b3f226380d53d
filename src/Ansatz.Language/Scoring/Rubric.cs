using System.Collections.Immutable;

namespace Ansatz.Language;

/// <summary>What a grader goes by: a text, and the grades that it may give.</summary>
/// <param name="Text">When which grade is right, in words. The grader sees it as it stands.</param>
public sealed record Rubric(string Text)
{
    /// <summary>Right or wrong.</summary>
    public static readonly ImmutableArray<Grade> RightOrWrong = [new("wrong", 0), new("right", 1)];

    /// <summary>The grades, at least two. Their scores lie within [0, 1]. Default: wrong and right.</summary>
    /// <exception cref="InputException">There are fewer than two, two have the same word, a word is blank or several, or a score lies outside.</exception>
    public ImmutableArray<Grade> Grades
    {
        get;
        init
        {
            if (value.IsDefault || value.Length < 2)
            {
                throw new InputException("A rubric needs at least two grades.");
            }

            foreach (Grade grade in value)
            {
                if (grade.Word.Length == 0 || !grade.Word.All(c => char.IsLetterOrDigit(c) || c == '-'))
                {
                    throw new InputException($"The grade \"{grade.Word}\" must be one word of letters and digits.");
                }

                if (!(grade.Score is >= 0 and <= 1))
                {
                    throw new InputException(FormattableString.Invariant($"The score of the grade \"{grade.Word}\" is {grade.Score}; it must lie between 0 and 1."));
                }

                if (value.Count(g => g.Word.Equals(grade.Word, StringComparison.OrdinalIgnoreCase)) > 1)
                {
                    throw new InputException($"The grade \"{grade.Word}\" stands twice in the rubric.");
                }
            }

            field = value;
        }
    } = RightOrWrong;

    /// <summary>Grades from 1, the worst, to the best; their scores are spread evenly over [0, 1].</summary>
    /// <param name="best">The best grade, at least 2.</param>
    public static ImmutableArray<Grade> OneTo(int best)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(best, 2);
        return [.. Enumerable.Range(1, best).Select(g => new Grade(g.ToString(System.Globalization.CultureInfo.InvariantCulture), (g - 1.0) / (best - 1)))];
    }
}

/// <summary>A grade of a <see cref="Rubric"/>.</summary>
/// <param name="Word">What the grader calls it; case does not count.</param>
/// <param name="Score">What it is worth, within [0, 1].</param>
public sealed record Grade(string Word, double Score);
