using System.Collections.Immutable;
using System.Globalization;

namespace Ansatz.Web;

/// <summary>Where what was found came from.</summary>
internal static class LineageSection
{
    /// <summary>Each step from what it began with to what was found, with what it changed.</summary>
    public static Html Of(Report report, ScoreFormat format)
    {
        ImmutableArray<ReportTrial> steps = report.Lineage;
        if (steps.Length < 2)
        {
            return default;
        }

        string others = steps.All(s => s.Parents.Length < 2) ? ""
            : report.Verdict.CandidateNoun == "program" ? " Beside another: it took from a second one too."
            : " Beside others: more of them were at hand, and the one that did best on train stands here for all.";
        return Html.Of($"""
            {(report.Family.Length > steps.Length ? Charts.Family("family", $"The {report.Family.Length:N0} programs that went into what was found", report.Family, format) : default)}
            <p>Every {report.Verdict.CandidateNoun} was made from the one before it.{others} <ins>Underlined</ins> is new, <del>struck out</del> is gone.</p>
            <ol class="items">
            {steps.Select((step, i) => Html.Of($"""
            <li><p class="origin">trial {step.Number:N0}, {step.Origin}{(i == 0 ? "" : Beside(step.Parents.Length - 1))}{Score("train", step.Train, i == 0 ? null : steps[i - 1].Train)}{Score("validation", step.Validation, null)}</p><pre tabindex="0">{(i == 0 ? Html.Of($"{step.Text}") : Changed(steps[i - 1].Text, step.Text))}</pre></li>
            """))}
            </ol>
            """);

        static string Beside(int others) => others switch { <= 0 => "", 1 => ", beside another", _ => string.Create(CultureInfo.InvariantCulture, $", beside {others} others") };

        Html Score(string name, double? score, double? before) => score is not { } s ? default
            : Html.Of($"; {name} {ReportPage.Typeset(format.Number(s))}{(before is { } b && b != s ? Html.Of($" ({ReportPage.Typeset(format.WithSign(s - b))})") : default)}");
    }

    // One text in which both sides are marked: candidates are short, and one column fits a phone.
    private static Html Changed(string before, string after)
    {
        TextDiff diff = TextDiff.Between(before, after);
        return Html.Of($"{ReportPage.Marked(diff.New, "ins")}\n\n{Gone(diff.Old)}");
    }

    private static Html Gone(ImmutableArray<DiffPart> old) => old.Any(p => p.Changed && !string.IsNullOrWhiteSpace(p.Text))
        ? Html.Join(old.Where(p => p.Changed && !string.IsNullOrWhiteSpace(p.Text)).Select(p => Html.Of($"<del>{p.Text.Trim()}</del> ")))
        : default;
}
