using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace Ansatz;

/// <summary>A verdict in words and as a table of plain text, for the terminal, the report and whoever prints it.</summary>
/// <remarks>
/// The first sentence says how what was found compares with yours, the second how it compares with the strongest control. Where a
/// baseline, which needs no candidate at all, did better than every candidate, that is said before both.
/// </remarks>
public static class VerdictText
{
    /// <summary>Everything: sentences, table, notes.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="width">The most columns of a line; lines begin with one space.</param>
    public static string Render(Verdict verdict, int width = 80)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return string.Join('\n', (IEnumerable<string>)
        [
            .. Sentences(verdict).SelectMany(s => Wrap(s, width)), "",
            .. Table(verdict, width), "",
            .. Notes(verdict).SelectMany(s => Wrap(s, width)),
        ]);
    }

    /// <summary>The sentences that a reader must not miss, the most important first. Not wrapped.</summary>
    public static ImmutableArray<string> Sentences(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ScoreFormat format = ScoreFormat.Of(verdict);
        VerdictRow? baseline = BestBaseline(verdict);
        bool saidOfStrongest = baseline is not null && verdict.AgainstStrongest?.Right == baseline.Name;
        return
        [
            .. baseline is null ? [] : (string[])[BaselineSentence(verdict, baseline, format)],
            AgainstYours(verdict, format),
            .. saidOfStrongest || !double.IsFinite(verdict.Found.Mean) ? [] : (string[])[AgainstStrongest(verdict, format)],
        ];
    }

    /// <summary>The table, line by line: every row's score, its interval, and the difference from yours.</summary>
    public static ImmutableArray<string> Table(Verdict verdict, int width = 80)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ScoreFormat format = ScoreFormat.Of(verdict);
        List<string[]> rows =
        [
            ["", verdict.Scale == Scale.Binary ? "right" : "score", "interval", "against yours"],
            .. verdict.Rows.Select(r => (string[])[Printable(r.Name), format.Number(r.Mean), RowInterval(r, format), RowDifference(r, format)]),
        ];
        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Max(r => r[column].Length))];
        const int gap = 2;
        int name = Math.Min(widths[0], width - 1 - widths[1] - widths[2] - widths[3] - (3 * gap));
        bool stacked = name < Math.Min(widths[0], 16); // too narrow for columns: a name on a line of its own, its numbers below
        List<string> lines = [];
        foreach (string[] row in rows)
        {
            string score = $"{row[1].PadLeft(widths[1])}{"",gap}{row[2].PadRight(widths[2])}", numbers = $"{score}{"",gap}{row[3]}".TrimEnd();
            if (stacked)
            {
                lines.AddRange(row[0].Length == 0 ? [] : Wrap(row[0], width));
                lines.AddRange(numbers.Length + 3 <= width || row[3].Length == 0
                    ? ["   " + numbers]
                    : ["   " + score.TrimEnd(), "   " + row[3]]);
                continue;
            }

            string[] parts = [.. Broken(row[0], name)];
            lines.Add($" {parts[0].PadRight(name)}{"",gap}{numbers}");
            lines.AddRange(parts.Skip(1).Select(p => "   " + p));
        }

        return [.. lines];
    }

    /// <summary>What else must be known to believe the numbers: whether the items were judged before, what could not have been seen, what was rejected. Not wrapped.</summary>
    public static ImmutableArray<string> Notes(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ScoreFormat format = ScoreFormat.Of(verdict);
        List<string> notes = [];
        if (verdict.Items > 0)
        {
            string seen = Ledger(verdict);
            notes.Add(verdict.Detectable is { } least
                ? Invariant($"{seen} This test sees a true difference of {format.Number(least)}{format.Unit} four times in five; a smaller one may go unseen.")
                : seen);
        }

        if (verdict.Seeds > 0)
        {
            notes.AddRange(verdict.Rows.Where(r => r.Values.Length > 0 && r.Role != ArmRole.Draw)
                .Select(r => $"By seed ({Printable(r.Name)}): {string.Join(", ", r.Values.Select(format.Number))}."));
            if (verdict.Seeds < 10)
            {
                notes.Add("Fewer than 10 seeds: a first look, not yet a finding about the method.");
            }
        }

        if (verdict.Flattery is { } flattery && double.IsFinite(flattery))
        {
            string? chosen = verdict.Candidates > 1 ? Invariant($"it was chosen there among {verdict.Candidates:N0}") : null;
            string although = chosen is null ? "" : $", although {chosen}";
            notes.Add(format.Number(Math.Abs(flattery)) == format.Number(0)
                ? $"On validation it scored the same{although}."
                : flattery > 0
                    ? $"On validation it scored {format.Number(flattery)}{format.Unit} more, by {(chosen is null ? "chance: nothing was chosen there" : $"selection ({chosen}) or by chance")}."
                    : $"On validation it scored {format.Number(-flattery)}{format.Unit} less{although}.");
        }

        if (verdict.Rows.Any(r => r.Rejected > 0))
        {
            string meaning = verdict.Scale == Scale.Real ? "Rejected, so without a number" : "Rejected, and counted as 0";
            notes.Add($"{meaning}: {string.Join(", ", verdict.Rows.Where(r => r.Rejected > 0).Select(r => Invariant($"{r.Rejected:N0} ({Printable(r.Name)})")))}.");
        }

        notes.AddRange(verdict.Rows.Where(r => r.Summaries.Length > 0 && r.Role is ArmRole.Search or ArmRole.Yours)
            .Select(r => $"Other summaries ({Printable(r.Name)}): {string.Join(", ", r.Summaries.Select(s => $"{Printable(s.Name)} {format.Number(s.Value)} ({format.Range(s.Interval)})"))}."));
        if (verdict.Rows.Count(r => r.AgainstYours is not null) > 1)
        {
            notes.Add(verdict is { Seeds: > 0, Items: 0 }
                ? "The comparison with yours was fixed beforehand. The strongest control was chosen by these same seeds, which favours it; the other intervals describe."
                : "The comparisons with yours and with the strongest control were fixed beforehand; the other intervals describe.");
        }

        return [.. notes];
    }

    /// <summary>What the study spent: "3,520 rollouts searched, 4,100 for the controls and the verdict, no test answer rejected, 3:06, free."</summary>
    /// <remarks>Over seeds there are no test answers. Free is what made no call. Calls without a price are counted in calls and tokens.</remarks>
    /// <param name="verdict">The verdict.</param>
    /// <param name="elapsed">How long it took, where that is known.</param>
    public static string Spent(Verdict verdict, TimeSpan? elapsed = null)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        Account account = verdict.Account;
        Cost rest = account.Controls + account.Judge, all = account.Search + rest;
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{account.Search.Rollouts:N0} rollouts searched, {rest.Rollouts:N0} for the controls and the verdict");
        int rejected = verdict.Rows.Sum(r => r.Rejected);
        text.Append(verdict.Items == 0 ? "" : rejected == 0 ? ", no test answer rejected" : Invariant($", {rejected:N0} test {(rejected == 1 ? "answer" : "answers")} rejected"));
        if (elapsed is { } time)
        {
            text.Append(", ").Append(Duration(time));
        }

        text.Append(
            all.Money > 0 ? $", for {Part(all.Money)} ({Part(account.Search.Money)} searched, {Part(account.Controls.Money)} for the controls, {Part(account.Judge.Money)} for the verdict)."
            : all.UnpricedCalls > 0 ? Invariant($", {all.Calls:N0} calls with {all.InputTokens:N0} tokens in and {all.OutputTokens:N0} out, without a price.")
            : ", free.");
        text.Append(all.Money > 0 && all.UnpricedCalls > 0 ? Invariant($" {all.UnpricedCalls:N0} more calls have no known price.") : "");
        text.Append(all.EstimatedCalls > 0 ? Invariant($" Of {all.EstimatedCalls:N0} calls the server did not say how many tokens they took: they are counted at the most.") : "");
        text.Append(all.ExcessTokens > 0
            ? Invariant($" {all.ExcessTokens:N0} of the tokens{(all.ExcessMoney > 0 ? $", {Part(all.ExcessMoney)} of the money," : "")} are beyond what the server was allowed for a call.")
            : "");
        return text.ToString();

        string Part(decimal money) => Money(money, all.Money);
    }

    /// <summary>A part of a sum of money: "1.25", "0.00002". It has up to four decimals, or as many as show three digits of a smaller sum.</summary>
    /// <param name="part">The part; the sum itself is one too.</param>
    /// <param name="sum">The sum, above 0.</param>
    public static string Money(decimal part, decimal sum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sum);
        int decimals = Math.Max(4, 2 - (int)Math.Floor(Math.Log10((double)sum)));
        return part.ToString("0.00" + new string('#', decimals - 2), CultureInfo.InvariantCulture);
    }

    /// <summary>"3:06", or "1:03:06" from an hour on.</summary>
    public static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? Invariant($"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : Invariant($"{time.Minutes}:{time.Seconds:00}");

    /// <summary>Breaks a text between words into lines of at most <paramref name="width"/> columns that begin with one space.</summary>
    public static ImmutableArray<string> Wrap(string text, int width) => [.. Broken(text, width - 1).Select(l => " " + l)];

    private static string AgainstYours(Verdict verdict, ScoreFormat format)
    {
        Comparison comparison = verdict.AgainstYours;
        VerdictRow found = verdict.Found;
        VerdictRow? yours = verdict.Rows.FirstOrDefault(r => r.Role == ArmRole.Yours);
        if (found.CandidateId is not null && found.CandidateId == yours?.CandidateId)
        {
            // Not "nothing was better on validation": simplifying may have led back to yours from what was better by a little.
            return $"The search ended with yours, so there is no difference to judge: {Level(found.Mean, format)} {Where(verdict)}.";
        }

        if (!double.IsFinite(comparison.Difference))
        {
            string who = double.IsFinite(found.Mean) ? "Yours" : "What was found";
            string why = verdict.Scale == Scale.Real && (double.IsFinite(found.Mean) ? yours : found) is { Rejected: > 0 and var rejected } ? Invariant($" ({rejected:N0} of its outcomes {(rejected == 1 ? "was" : "were")} rejected)") : "";
            return $"{who} has no score {Where(verdict)}{why}, so the two cannot be compared.";
        }

        string levels = yours is null ? Level(found.Mean, format)
            : $"{Level(found.Mean, format)} {(comparison.Finding == Finding.CannotTell ? "against" : "instead of")} {Short(yours.Mean, format)}";
        string facts = verdict is { Seeds: > 0, Items: 0 }
            ? $"({First(comparison, format)}), {levels}, {Where(verdict)}"
            : $"({First(comparison, format)}), {Where(verdict)}: {levels}";
        return comparison.Finding switch
        {
            Finding.Better => $"It helped: {By(comparison, format)} better than yours {facts}.",
            Finding.Worse => $"It made things worse: {By(comparison, format)} worse than yours {facts}.",
            _ => $"It cannot be told apart from yours: {format.WithSign(comparison.Difference)}{format.Unit} {facts}.",
        };
    }

    private static string AgainstStrongest(Verdict verdict, ScoreFormat format)
    {
        if (verdict.AgainstStrongest is not { } comparison)
        {
            return verdict.Rows.Any(r => r.Role == ArmRole.Control) ? "No other control got a score by which the strongest could be told." : "There was no other control to beat.";
        }

        VerdictRow? control = verdict.Rows.FirstOrDefault(r => r.Name == comparison.Right);
        string name = Printable(control?.InWords ?? comparison.Right), by = By(comparison, format), range = Flipped(comparison, format);
        bool helped = verdict.AgainstYours.Finding == Finding.Better;
        return comparison.Finding switch
        {
            _ when !double.IsFinite(comparison.Difference) => $"The strongest control, {name}, has no score there.",
            Finding.Better => $"It {(helped ? "also beats" : "beats")} the strongest control, {name}, by {by} ({range}).",
            Finding.Worse when verdict is { Seeds: > 0, Items: 0 } => $"The strongest control, {name}, scored higher by {by} ({range}), though these same seeds chose it as the strongest.",
            Finding.Worse => $"The strongest control, {name}, beats it by {by} ({range}).",
            _ => $"It cannot be told apart from the strongest control, {name}: {format.WithSign(comparison.Difference)}{format.Unit} ({range}).",
        };
    }

    // The baseline with the highest mean, if that is above every candidate's.
    private static VerdictRow? BestBaseline(Verdict verdict)
    {
        VerdictRow? best = verdict.Rows.Where(r => r.IsBaseline && double.IsFinite(r.Mean)).MaxBy(r => r.Mean);
        return best is not null && verdict.Rows.Where(r => !r.IsBaseline).All(r => best.Mean > Highest(r)) ? best : null;

        static double Highest(VerdictRow row) => row.Role == ArmRole.Draw ? row.Interval.High : row.Mean;
    }

    private static string BaselineSentence(Verdict verdict, VerdictRow baseline, ScoreFormat format)
    {
        string name = Printable(baseline.InWords ?? baseline.Name), open = Printable(verdict.CandidateNoun);
        string levels = $"{Level(baseline.Mean, format)} against {Short(verdict.Found.Mean, format)} of the {open} that was found";
        Comparison? comparison = verdict.AgainstStrongest is { } strongest && strongest.Right == baseline.Name ? strongest : null;
        return comparison switch
        {
            { Finding: Finding.Worse } =>
                $"{Capital(name)} did better than every {open} here: {levels}, {By(comparison, format)} more (95 % interval {Flipped(comparison, format)}).",
            not null =>
                $"No {open} here can be shown to beat {name}: {levels}, a difference of {format.WithSign(comparison.Difference)}{format.Unit} (95 % interval {Flipped(comparison, format)}).",
            null => $"{Capital(name)} scored higher than every {open} here: {levels}.", // not a comparison that was fixed beforehand: no test
        };
    }

    private static string Where(Verdict verdict) => (verdict.Seeds, verdict.Items) switch
    {
        (0, var items) => Invariant($"on {items:N0} {Printable(verdict.Noun)} that no search saw"),
        (var seeds, 0) => Invariant($"over {seeds:N0} {(seeds == 1 ? "seed" : "seeds")}; there are no held-out items"),
        var (seeds, items) => Invariant($"over {seeds:N0} seeds on {items:N0} {Printable(verdict.Noun)} that no search saw"),
    };

    private static string Ledger(Verdict verdict)
    {
        string items = Invariant($"{verdict.Items:N0} {Printable(verdict.Noun)}");
        string who = verdict.JudgedBefore >= verdict.Items ? $"All of these {items}" : Invariant($"{verdict.JudgedBefore:N0} of these {items}");
        return verdict.JudgedBefore == 0
            ? $"These {items} were judged for the first time."
            : $"{who} were judged before by other studies: what is found now may have been tuned to them.";
    }

    private static string By(Comparison comparison, ScoreFormat format) => format.Number(Math.Abs(comparison.Difference)) + format.Unit;

    private static string First(Comparison comparison, ScoreFormat format) =>
        Flipped(comparison, format) is var range && range == "no interval" ? range : "95 % interval " + range;

    // "4.0 points worse (1.0 to 7.0)": the interval speaks of the same direction as the words.
    private static string Flipped(Comparison comparison, ScoreFormat format) => format.Range(
        comparison.Finding == Finding.Worse ? new(-comparison.Interval.High, -comparison.Interval.Low) : comparison.Interval);

    private static string Level(double mean, ScoreFormat format) => format.Scale switch
    {
        Scale.Binary => $"{format.Number(mean)} % right",
        Scale.Unit => $"{format.Number(mean)} of 100 points",
        _ => $"a mean of {format.Number(mean)}",
    };

    private static string Short(double mean, ScoreFormat format) => format.Number(mean) + (format.Scale == Scale.Binary ? " %" : "");

    private static string RowInterval(VerdictRow row, ScoreFormat format) =>
        row is { Role: ArmRole.Draw, Draws: 1 } ? "no interval"
            : row.Draws == 1 && format.Scale != Scale.Real && double.IsFinite(row.Interval.Low) && double.IsFinite(row.Interval.High)
            ? $"{format.Number(row.Interval.Low),4} - {format.Number(row.Interval.High)}"
            : format.Range(row.Interval);

    private static string RowDifference(VerdictRow row, ScoreFormat format) =>
        row.Draws > 1 ? "their mean and range"
        : row.AgainstYours is { } c ? $"{format.WithSign(c.Difference)} ({format.Range(c.Interval)})"
        : "";

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    // Names come from studies and files: one that moves the cursor or turns the writing direction must not reach a terminal.
    private static string Printable(string text) =>
        text.Any(IsUnprintable) ? string.Concat(text.Select(c => IsUnprintable(c) ? '\uFFFD' : c)) : text;

    private static bool IsUnprintable(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static IEnumerable<string> Broken(string text, int width)
    {
        StringBuilder line = new();
        foreach (string word in text.Replace(" %", "\u00A0%", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return Finished();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return Finished();

        string Finished() => line.ToString().Replace('\u00A0', ' '); // "91.0 %" was held together
    }
}
