using System.Collections.Immutable;

namespace Ansatz.Web;

/// <summary>The sections of a report that only programs have.</summary>
internal static class ProgramSections
{
    /// <summary>Each step from the start program to what was found, with what it changed.</summary>
    public static Html Lineage(Report report, ScoreFormat format)
    {
        ImmutableArray<ReportTrial> steps = report.Lineage;
        if (steps.Length < 2)
        {
            return default;
        }

        return Html.Of($"""
            <p>Every program was made from the one before it. Beside another: a second one was at hand, from which crossover and models take, and other changes do not. <ins>Underlined</ins> is new, <del>struck out</del> is gone.</p>
            <ol class="items">
            {steps.Select((step, i) => Html.Of($"""
            <li><p class="origin">trial {step.Number:N0}, {step.Origin}{Others(step, i)}{Score("train", step.Train, i == 0 ? null : steps[i - 1].Train)}{Score("validation", step.Validation, null)}</p><pre tabindex="0">{(i == 0 ? Html.Of($"{step.Text}") : Changed(steps[i - 1].Text, step.Text))}</pre></li>
            """))}
            </ol>
            """);

        Html Others(ReportTrial step, int i) => step.Parents.Length > 1 && i > 0 ? Html.Of($", beside another") : default;

        Html Score(string name, double? score, double? before) => score is not { } s ? default
            : Html.Of($"; {name} {ReportPage.Typeset(format.Number(s))}{(before is { } b && b != s ? Html.Of($" ({ReportPage.Typeset(format.WithSign(s - b))})") : default)}");
    }

    /// <summary>How many proposals of each kind came how far.</summary>
    public static Html Yields(Report report) => report.Yields.IsEmpty ? default : Html.Of($"""
        <p>Proposed are programs that the arm had not seen; better is a program that scored more on the train inputs than the one that it was made from. What was made from nothing has none to be better than.</p>
        {ReportPage.Table(["arm", "by", "proposed", "compiled", "scored", "better"], report.Yields.Select(y => (Html[])
            [Html.Of($"{y.Arm}"), Html.Of($"{y.Origin}"), Html.Of($"{y.Proposed:N0}"), Share(y.Compiled, y.Proposed), Share(y.Scored, y.Proposed), Share(y.Better, y.Proposed)]))}
        """);

    // One text in which both sides are marked: programs are short, and one column fits a phone.
    private static Html Changed(string before, string after)
    {
        TextDiff diff = TextDiff.Between(before, after);
        return Html.Of($"{ReportPage.Marked(diff.New, "ins")}\n\n{Gone(diff.Old)}");
    }

    private static Html Gone(ImmutableArray<DiffPart> old) => old.Any(p => p.Changed && !string.IsNullOrWhiteSpace(p.Text))
        ? Html.Join(old.Where(p => p.Changed && !string.IsNullOrWhiteSpace(p.Text)).Select(p => Html.Of($"<del>{p.Text.Trim()}</del> ")))
        : default;

    private static Html Share(int count, int of) => of == 0 || count == of ? Html.Of($"{count:N0}") : Html.Of($"{count:N0} ({100L * count / of} %)");
}
