using System.Collections.Immutable;
using static System.FormattableString;

namespace Ansatz;

/// <summary>A series in words and as a table of plain text.</summary>
public static class SeriesText
{
    /// <summary>Everything: sentences, table, each value, notes.</summary>
    /// <param name="series">The series.</param>
    /// <param name="width">The most columns of a line of text; the table takes what it needs.</param>
    public static string Render(SeriesVerdict series, int width = 80)
    {
        ArgumentNullException.ThrowIfNull(series);
        return string.Join('\n', (IEnumerable<string>)
        [
            .. Sentences(series).SelectMany(s => VerdictText.Wrap(s, width)), "",
            .. Table(series), "",
            .. Notes(series).SelectMany(s => VerdictText.Wrap(s, width)),
        ]);
    }

    /// <summary>What the search did against yours, and against the strongest control. Not wrapped.</summary>
    public static ImmutableArray<string> Sentences(SeriesVerdict series)
    {
        ArgumentNullException.ThrowIfNull(series);
        ScoreFormat format = Format(series);
        if (series.Rows.FirstOrDefault(r => r.Role == ArmRole.Search) is not { AgainstYours: { } gain } found || series.Rows.FirstOrDefault(r => r.Role == ArmRole.Yours) is not { } yours)
        {
            return ["What was found, or yours, has no number in one of the studies, so that nothing can be said of the series as a whole."];
        }

        string items = series.Items is { } n ? Invariant($" on {n:N0} {series.Noun} that no search saw") : $" on {series.Noun} that no search saw";
        string where = Invariant($"over {series.Members.Length} studies{items}: {format.Number(found.Mean)} against {format.Number(yours.Mean)}");
        SeriesRow? strongest = series.Rows.Where(r => r.Role == ArmRole.Control && r.Validation is not null).MaxBy(r => r.Validation); // chosen on validation, as in a study
        return
        [
            gain.Finding switch
            {
                Finding.Better => $"{found.Name} helps: {Difference(gain, format)} better than yours, {where}.",
                Finding.Worse => $"{found.Name} makes things worse: {Difference(gain, format)} worse than yours, {where}.",
                _ => $"{found.Name} cannot be told apart from yours: {Difference(gain, format)}, {where}.",
            },
            .. strongest is null ? [] : (string[])[Against(series.Compare(found.Name, strongest.Name), format)],
        ];
    }

    /// <summary>How two rows compare, in a sentence.</summary>
    public static string Pair(SeriesVerdict series, string left, string right)
    {
        ArgumentNullException.ThrowIfNull(series);
        Comparison comparison = series.Compare(left, right);
        string words = comparison.Finding switch { Finding.Better => "better than", Finding.Worse => "worse than", _ => "cannot be told apart from" };
        return $"{left}: {words} {right}, {Difference(comparison, Format(series))}.";
    }

    /// <summary>The table, line by line.</summary>
    public static ImmutableArray<string> Table(SeriesVerdict series)
    {
        ArgumentNullException.ThrowIfNull(series);
        ScoreFormat format = Format(series);
        List<string[]> rows =
        [
            ["", "mean", "95 % interval", "against yours", "flattered by", "rollouts", "better in"],
            .. series.Rows.Select(r => (string[])
            [
                r.Name,
                format.Number(r.Mean),
                format.Range(r.Interval),
                r.AgainstYours is { } c ? $"{format.WithSign(c.Difference)} ({format.Range(c.Interval)})" : "",
                r.Flattery is { } f ? format.WithSign(f) : "",
                r.Spent.Rollouts > 0 ? Invariant($"{r.Spent.Rollouts / r.Values.Length:N0}") : "",
                r.Role is ArmRole.Yours or ArmRole.Draw ? "" : Invariant($"{r.Better} of {r.Values.Length}"),
            ]),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(r => r[column].Length))];
        return [.. rows.Select(r => (" " + string.Join("  ", r.Select((cell, c) => cell.PadRight(widths[c])))).TrimEnd())];
    }

    /// <summary>Every value, and what else must be known. Not wrapped.</summary>
    public static ImmutableArray<string> Notes(SeriesVerdict series)
    {
        ArgumentNullException.ThrowIfNull(series);
        ScoreFormat format = Format(series);
        return
        [
            .. series.Rows.Select(r => $"By study ({r.Name}): {string.Join(", ", r.Values.Select(format.Number))}.{(r.DrawRange is { } range ? $" Single draws span {format.Range(range)}." : "")}"),
            .. series.LeftOut.Length > 0 ? (string[])[$"Without a number in at least one study, and so left out: {string.Join(", ", series.LeftOut)}."] : [],
            "The strongest control was chosen on validation. Flattered by: validation score of what was chosen minus its test score. Better in: how many studies, taken one by one, say so.",
            .. series.Members.Length < 10 ? (string[])["Fewer than 10 studies: a first look, not yet a finding about the method."] : [],
            series.JudgedBefore == 0
                ? "The test items were judged for the first time."
                : Invariant($"{series.JudgedBefore:N0} of the test items were judged before, outside this series: what is found now may have been tuned to them."),
        ];
    }

    private static string Against(Comparison comparison, ScoreFormat format) => comparison.Finding switch
    {
        Finding.Better => $"It beats the strongest control, {comparison.Right}, by {Difference(comparison, format)}.",
        Finding.Worse => $"The strongest control, {comparison.Right}, beats it by {Difference(comparison, format)}.",
        _ => $"It cannot be told apart from the strongest control, {comparison.Right}: {Difference(comparison, format)}.",
    };

    // The interval speaks of the same direction as the words.
    private static string Difference(Comparison comparison, ScoreFormat format)
    {
        bool isWorse = comparison.Finding == Finding.Worse;
        Interval interval = isWorse ? new(-comparison.Interval.High, -comparison.Interval.Low) : comparison.Interval;
        string size = comparison.Finding == Finding.CannotTell ? format.WithSign(comparison.Difference) : format.Number(Math.Abs(comparison.Difference));
        return $"{size}{format.Unit} (95 % interval {format.Range(interval)}{(comparison.PValue is { } p ? Invariant($", p {(p < 0.00005 ? "< 0.0001" : Invariant($"= {p:0.0000}"))}") : "")})";
    }

    private static ScoreFormat Format(SeriesVerdict series) => ScoreFormat.Of(
        series.Scale, [.. series.Rows.Select(r => r.Mean)], series.Rows.FirstOrDefault(r => r.Role == ArmRole.Search)?.AgainstYours);
}
