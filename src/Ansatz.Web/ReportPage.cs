using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ansatz.Web;

/// <summary>A report as one HTML file that needs nothing else: no network, no script to be read, no colour to be understood.</summary>
/// <remarks>
/// Everything in it may come from a model or a stranger's file. Texts are encoded by <see cref="Html"/>, and the page's own policy
/// allows no script and no style but the two whose hashes it names, and nothing from elsewhere.
/// </remarks>
public static class ReportPage
{
    private static readonly string Style = Resource("report.css"), Script = Resource("report.js");

    /// <summary>What the name of a page ends in until all of it is written.</summary>
    public const string Unfinished = ".tmp";

    /// <summary>Writes the page. A file that is there already is replaced at once, or stays as it was.</summary>
    /// <exception cref="FaultException">The file cannot be written.</exception>
    public static void Write(Report report, string path)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentException.ThrowIfNullOrEmpty(path);
        string page = Render(report), full = Path.GetFullPath(path);
        string unfinished = $"{full}{Unfinished}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(unfinished, page);
            File.Move(unfinished, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(unfinished))
            {
                File.Delete(unfinished);
            }

            throw new FaultException($"The report cannot be written to {path}: {e.Message} The study is kept, and the command `report` writes it again.", e);
        }
    }

    /// <summary>The page.</summary>
    public static string Render(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        Verdict verdict = report.Verdict;
        ScoreFormat format = ScoreFormat.Of(verdict);
        ImmutableArray<string> sentences = VerdictText.Sentences(verdict);
        (string Id, string Short, string Title, Html Body)[] sections =
        [
            ("numbers", "Numbers", "The numbers", Numbers(verdict, format)),
            ("found", "Found", "What was found", Candidates(report)),
            ("items", "Items", "What changed on validation", Items(report)),
            ("progress", "Search", "How the search went", Progress(report, format)),
            ("lineage", "Lineage", "Where it came from", LineageSection.Of(report, format)),
            ("yields", "Proposals", "What became of proposals", ProgramSections.Yields(report)),
            ("selection", "Selection", "How much selection flattered", Selection(report, format)),
            ("simplified", "Simplified", "What simplifying dropped", Simplified(report, format)),
            ("labels", "Labels", "Which labels were confused", Confusions(report)),
            ("learning", "Plain methods", "Is a search needed at all?", Learning(report, format)),
            ("cost", "Cost", "What it cost", Costs(report)),
            ("trials", "Trials", report.TrialCount > report.Trials.Length ? "Trials" : "Every trial", Trials(report, format)),
            ("failures", "Failures", "Failures", Failures(report)),
            ("notes", "Notes", "Notes", Notes(report)),
            ("repeat", "Repeat", "How to repeat it", Repeat(report)),
        ];
        sections = [.. sections.Where(s => !string.IsNullOrWhiteSpace(s.Body.Markup))];
        Html page = Html.Of($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{Hash(Style)}'; script-src 'sha256-{Hash(Script)}'; img-src data:; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <meta name="generator" content="Ansatz">
            <link rel="icon" href="data:,">
            <title>{verdict.Study}: report</title>
            <style>{new Html(Style)}</style>
            </head>
            <body>
            <header>
            <h1>{verdict.Study}</h1>
            {(report.Task is { } task ? Html.Of($"<p class=\"task\">{task}</p>") : default)}
            </header>
            <main>
            <section class="verdict" aria-label="Verdict">
            <p class="lead">{Lead(sentences[0])}</p>
            {sentences.Skip(1).Select(s => Html.Of($"<p>{Typeset(s)}</p>\n"))}
            <p class="facts">{Typeset(VerdictText.Spent(verdict, report.Elapsed))}{(report.Model is { } model ? Html.Of($" {report.ModelLabel}: {model}.") : default)}</p>
            </section>
            <nav aria-label="Sections"><ul>{sections.Select(s => Html.Of($"<li><a href=\"#{s.Id}\">{s.Short}</a></li>"))}</ul></nav>
            {sections.Select(s => Html.Of($"<section id=\"{s.Id}\" aria-labelledby=\"{s.Id}-heading\">\n<h2 id=\"{s.Id}-heading\">{s.Title}</h2>\n{s.Body}\n</section>\n"))}
            </main>
            <footer><p>Written by Ansatz. This file is whole: it loads nothing from elsewhere.</p></footer>
            <script>{new Html(Script)}</script>
            </body>
            </html>
            """);
        return page.ToString().Replace("\r\n", "\n", StringComparison.Ordinal) + "\n";
    }

    // "It helped:" stands out, the figures follow.
    private static Html Lead(string sentence) => sentence.IndexOf(':', StringComparison.Ordinal) is var colon and > 0
        ? Html.Of($"<strong>{Typeset(sentence[..colon])}:</strong>{Typeset(sentence[(colon + 1)..])}")
        : Typeset(sentence);

    private static Html Numbers(Verdict verdict, ScoreFormat format)
    {
        double? yours = verdict.Rows.FirstOrDefault(r => r.Role == ArmRole.Yours)?.Mean;
        string score = verdict.Scale == Scale.Binary ? "right" : "score", unit = Axis(verdict.Scale, "on the test items");
        bool adjusted = verdict.Rows.Any(r => r.AgainstYours?.AdjustedPValue is not null);
        bool validation = verdict.Rows.Any(r => r.Validation is not null);
        return Html.Of($"""
            <figure>
            <figcaption>{Capital(score)}, with 95 % intervals{(verdict.Rows.Any(r => r.Draws > 1) ? "; for draws that nobody chose, their range" : "")}. The dashed line is yours.</figcaption>
            {Charts.Rows("numbers-chart", "Score of each row of the verdict with its interval", verdict.Seeds > 0 && verdict.Items == 0 ? Axis(verdict.Scale, "over seeds") : unit,
                [.. verdict.Rows.Select(r => new ChartRow(r.Name, MarkOf(r), r.Role == ArmRole.Search, r.Mean, r.Interval, r.Values))], format, yours)}
            </figure>
            <div class="scroll"><table class="stack">
            <thead><tr><th scope="col">what</th><th scope="col" class="n">{score}</th><th scope="col" class="n">interval</th><th scope="col" class="n">against yours</th>{(adjusted ? Html.Of($"<th scope=\"col\" class=\"n\">p, adjusted</th>") : default)}{(validation ? Html.Of($"<th scope=\"col\" class=\"n\">validation</th>") : default)}</tr></thead>
            <tbody>
            {verdict.Rows.Select(r => Html.Of($"""
            <tr{(r.Role == ArmRole.Search ? Html.Of($" class=\"found\"") : default)}><th scope="row">{Charts.Glyph(MarkOf(r), r.Role == ArmRole.Search)} {r.Name}</th><td class="n" data-label="{score}">{Typeset(format.Number(r.Mean))}</td><td class="n" data-label="interval">{Typeset(format.Range(r.Interval))}</td><td class="n" data-label="against yours">{Difference(r, format)}</td>{(adjusted ? Html.Of($"<td class=\"n\" data-label=\"p, adjusted\">{PValue(r.AgainstYours?.AdjustedPValue)}</td>") : default)}{(validation ? Html.Of($"<td class=\"n\" data-label=\"validation\">{(r.Validation is { } v ? Typeset(format.Number(v)) : default)}</td>") : default)}</tr>
            """))}
            </tbody></table></div>
            {VerdictText.Notes(verdict).Select(n => Html.Of($"<p class=\"note\">{Typeset(n)}</p>\n"))}
            """);

        static Html Difference(VerdictRow row, ScoreFormat format) =>
            row.Draws > 1 ? Html.Of($"their mean and range")
            : row.AgainstYours is { } c ? Html.Of($"<span><strong>{Typeset(format.WithSign(c.Difference))}</strong> ({Typeset(format.Range(c.Interval))})</span>")
            : default;
    }

    private static Html Candidates(Report report)
    {
        string noun = report.Verdict.CandidateNoun;
        TextDiff whole = TextDiff.Between(report.Yours, report.Found);
        return Html.Of($"""
            <p class="legend-line"><del>Struck out</del> is what yours had and the found one lacks; <ins>underlined</ins> is new.</p>
            {(report.Slots.Length == 0 ? default : Html.Of($"""
            <table class="stack slots">
            <thead><tr><th scope="col">slot</th><th scope="col">found</th><th scope="col">yours</th></tr></thead>
            <tbody>{report.Slots.Select(Slot)}</tbody></table>
            <h3>The whole {noun}</h3>
            """))}
            <div class="pair">
            {Side("Found", whole.New, "ins", report.Found, "found")}
            {Side("Yours", whole.Old, "del", report.Yours, "yours")}
            </div>
            """);

        static Html Slot(SlotChange slot)
        {
            TextDiff diff = TextDiff.Between(slot.Yours, slot.Found);
            string state = slot.Yours == slot.Found ? "unchanged" : slot.Yours.Length == 0 ? "added" : slot.Found.Length == 0 ? "dropped" : "changed";
            return Html.Of($"""
                <tr><th scope="row">{slot.Slot} <span class="state">{state}</span></th><td data-label="found">{Filling(diff.New, "ins")}</td><td data-label="yours">{Filling(diff.Old, "del")}</td></tr>
                """);
        }

        static Html Filling(ImmutableArray<DiffPart> parts, string tag) => parts.Length == 0
            ? Html.Of($"<span class=\"empty\">empty</span>")
            : Html.Of($"<div class=\"code\">{Marked(parts, tag)}</div>");

        static Html Side(string title, ImmutableArray<DiffPart> parts, string tag, string copy, string what) => Html.Of($"""
            <figure class="text"><figcaption>{title} <button type="button" hidden data-copy="{Html.Verbatim(copy)}">Copy {what}</button></figcaption>{(parts.Length == 0 ? Html.Of($"<p class=\"empty\">empty</p>") : Html.Of($"<pre tabindex=\"0\">{Marked(parts, tag)}</pre>"))}</figure>
            """);
    }

    private static Html Items(Report report)
    {
        if (report.Items is not { } items)
        {
            return default;
        }

        string noun = report.Verdict.Noun;
        bool isGraded = report.Verdict.Scale != Scale.Binary;
        return Html.Of($"""
            <p>Of {items.Total:N0} validation {noun}, {(isGraded ? Html.Of($"{items.GainedCount:N0} score higher than under yours, and {items.LostCount:N0} lower") : Html.Of($"{items.GainedCount:N0} are right now that were wrong under yours, and {items.LostCount:N0} are wrong now that were right"))}. These come from validation, which chose the winner; the test {noun} stay out of sight.</p>
            {List("Gained", items.GainedCount, items.Gained)}
            {List("Lost", items.LostCount, items.Lost)}
            """);

        Html List(string title, int count, ImmutableArray<ReportItem> items) => Html.Of($"""
            <h3>{title} <span class="state">{(items.Length < count ? Html.Of($"{items.Length:N0} of {count:N0} shown") : Html.Of($"{count:N0}"))}</span></h3>
            {(items.Length == 0 ? Html.Of($"<p class=\"empty\">none</p>") : Html.Of($"""
            <ol class="items">
            {items.Select(i => Html.Of($"""
            <li><p class="item">{i.Text}</p><dl><div><dt>right answer</dt><dd>{i.Gold}</dd></div><div><dt>yours</dt><dd>{Judged(i.Yours, i.Gold, title == "Lost")}</dd></div><div><dt>found</dt><dd>{Judged(i.Found, i.Gold, title == "Gained")}</dd></div></dl></li>
            """))}
            </ol>
            """))}
            """);

        Html Judged(string answer, string gold, bool right) => isGraded
            ? Html.Of($"{(answer.Length > 0 ? Html.Of($"{answer}") : Html.Of($"<em>no answer</em>"))} <span class=\"sign\">{(right ? "higher" : "lower")}</span>")
            : right
            ? Html.Of($"{(answer.Length > 0 ? answer : gold)} <span class=\"sign\">\u2713 right</span>")
            : Html.Of($"{(answer.Length > 0 ? Html.Of($"{answer}") : Html.Of($"<em>no answer</em>"))} <span class=\"sign\">\u2717 wrong</span>");
    }

    private static Html Progress(Report report, ScoreFormat format)
    {
        if (report.Progress.Length == 0)
        {
            return default;
        }

        double end = report.Progress.SelectMany(c => c.Points).Select(p => (double)p.Rollouts).DefaultIfEmpty().Max();
        string[] dashes = ["", "7 4", "2 3", "9 3 2 3", "4 2"];
        Mark[] marks = [Mark.Square, Mark.Triangle, Mark.Ring, Mark.Square, Mark.Triangle];
        List<ChartLine> lines = [];
        int controls = 0;
        foreach (IGrouping<(ArmRole Role, string Arm), ProgressCurve> arm in report.Progress
            .Where(c => c.Role != ArmRole.Draw && c.Points.Length > 0).GroupBy(c => (c.Role, c.Arm)))
        {
            (Mark mark, string style, string dash) = arm.Key.Role switch
            {
                ArmRole.Search => (Mark.Disc, "accent", ""),
                ArmRole.Yours => (Mark.Diamond, "plain", dashes[1]),
                _ => (marks[controls % marks.Length], "plain", dashes[(controls++ + 2) % dashes.Length]),
            };
            ProgressCurve[] seeds = [.. arm];
            if (seeds.Length >= 5)
            {
                lines.Add(OverSeeds($"{arm.Key.Arm}: median of {seeds.Length} seeds, lowest to highest", seeds, mark, style, dash));
            }
            else
            {
                lines.AddRange(seeds.Select((c, i) => new ChartLine(
                    seeds.Length == 1 ? c.Arm : Text($"{c.Arm}, seed {c.Seed}"), mark, style, i == 0 ? dash : dashes[(i + 1) % dashes.Length], Points(c), true, [])));
            }
        }

        ProgressCurve[] draws = [.. report.Progress.Where(c => c.Role == ArmRole.Draw && c.Points.Length > 0)];
        lines.InsertRange(0, draws.Select((c, i) => new ChartLine(
            i == 0 ? Text($"{draws.Length} draws that nobody chose") : "", Mark.Ring, "faint", "1 3", Points(c), true, [])));

        int validation = report.Items?.Total ?? 0;
        string axis = Axis(report.Verdict.Scale, validation > 0 ? Text($"on {validation:N0} validation {report.Verdict.Noun}") : "of the best so far");
        return Html.Of($"""
            <p>The best candidate so far of each arm, by what selects it{(report.Verdict.Items > 0 ? ": validation, so the climb includes some luck" : "")}. What is judged once holds its value across.</p>
            <figure>{Charts.Lines("progress-chart", "Score of the best candidate so far against rollouts spent", "rollouts spent", axis, lines, format)}</figure>
            {Numbered("The numbers behind this picture", ["arm", "rollouts", "best so far"], report.Progress.SelectMany(c => c.Points.Select(p => (Html[])
                [Html.Of($"{(report.Progress.Count(o => o.Arm == c.Arm) > 1 ? Text($"{c.Arm}, seed {c.Seed}") : c.Arm)}"), Html.Of($"{p.Rollouts:N0}"), Typeset(format.Number(p.Validation))])))}
            """);

        IReadOnlyList<(double X, double Y)> Points(ProgressCurve curve)
        {
            List<(double X, double Y)> points = [.. curve.Points.Select(p => ((double)p.Rollouts, p.Validation))];
            if (points.Count == 1 && points[0].X < end)
            {
                points.Add((end, points[0].Y));
            }

            return points;
        }

        // Curves are step functions: between its points a curve keeps its last value, and it counts only from its first point on.
        ChartLine OverSeeds(string label, ProgressCurve[] curves, Mark mark, string style, string dash)
        {
            IReadOnlyList<(double X, double Y)>[] all = [.. curves.Select(Points)];
            double start = all.Max(c => c[0].X);
            double[] xs = [.. all.SelectMany(c => c.Select(p => p.X)).Where(x => x >= start).Distinct().Order()];
            double[][] values = [.. xs.Select(x => all.Select(c => c.Last(p => p.X <= x).Y).Order().ToArray())];
            return new(
                label, mark, style, dash,
                [.. xs.Select((x, i) => (x, (values[i][(values[i].Length - 1) / 2] + values[i][values[i].Length / 2]) / 2))],
                true,
                [.. values.Select(v => new Interval(v[0], v[^1]))]);
        }
    }

    private static Html Selection(Report report, ScoreFormat format)
    {
        VerdictRow[] rows = [.. report.Verdict.Rows.Where(r => r.Validation is not null && r.Draws == 1)];
        double[] overstated = [.. report.Trials.Where(t => t is { State: TrialState.Completed, Train: not null, Validation: not null }).Select(t => t.Train!.Value - t.Validation!.Value)];
        if (rows.Length == 0 || report.Verdict.Items == 0)
        {
            return default;
        }

        string best = report.Verdict.Candidates > 1 ? Text($" The winner was chosen there among {report.Verdict.Candidates:N0}") : " The winner was measured there too";
        return Html.Of($"""
            <p>Validation chooses, so it flatters what it chose; the test split chose nothing.{best}{(report.Verdict.Flattery is { } f ? $" and scored {format.Number(Math.Abs(f))}{format.Unit} {(f >= 0 ? "more" : "less")} than on the test items." : ".")}{(overstated.Length > 1 ? Text($" Over the {overstated.Length:N0} completed trials that were scored on both, train scores were {format.Number(Math.Abs(overstated.Average()))}{format.Unit} {(overstated.Average() >= 0 ? "above" : "below")} validation on average.") : "")}</p>
            <figure>
            <figcaption>Filled: on the test items. Small ring: on validation.</figcaption>
            {Charts.Rows("selection-chart", "Validation score beside test score", Axis(report.Verdict.Scale, ""), [.. rows.Select(r => new ChartRow(r.Name, MarkOf(r), r.Role == ArmRole.Search, r.Mean, null, [r.Validation!.Value]))], format, null)}
            </figure>
            {Numbered("The numbers behind this picture", ["what", "validation", "test", "difference"], rows.Select(r => (Html[])
                [Html.Of($"{r.Name}"), Typeset(format.Number(r.Validation!.Value)), Typeset(format.Number(r.Mean)), Typeset(format.WithSign(r.Validation!.Value - r.Mean))]))}
            """);
    }

    private static Html Simplified(Report report, ScoreFormat format) => report.Simplification is not { } simplification ? default : Html.Of($"""
        <p>{Typeset(simplification.Sentence)}</p>
        {(simplification.Steps.Length == 0 ? default : Table(["tried to drop", "with it", "without it", "then"], simplification.Steps.Select(s => (Html[])
            [Html.Of($"{s.What}"), Typeset(format.Number(s.With)), Typeset(format.Number(s.Without)), Html.Of($"{(s.Dropped ? "dropped" : "kept")}")])))}
        """);

    private static Html Confusions(Report report) => report.Confusions.Length == 0 ? default : Html.Of($"""
        <div class="pair">
        {report.Confusions.Select(c =>
        {
            bool rejected = c.Rejected.Any(r => r > 0);
            int most = Math.Max(1, c.Counts.SelectMany(r => r).DefaultIfEmpty().Max());
            return Html.Of($"""
                <figure><figcaption>{Capital(c.Name)}, on {c.On}</figcaption><div class="scroll"><table class="confusion">
                <thead><tr><td></td>{c.Labels.Select(l => Html.Of($"<th scope=\"col\" class=\"n\">{l}</th>"))}{(rejected ? Html.Of($"<th scope=\"col\" class=\"n\"><em>rejected</em></th>") : default)}</tr></thead>
                <tbody>{c.Counts.Select((row, i) => Html.Of($"""
                <tr><th scope="row">{c.Labels[i]}</th>{row.Select((n, j) => Html.Of($"<td class=\"n c{(n == 0 ? 0 : 1 + (3 * n / most))}{(i == j ? " right" : "")}\">{n:N0}</td>"))}{(rejected ? Html.Of($"<td class=\"n\">{c.Rejected[i]:N0}</td>") : default)}</tr>
                """))}</tbody></table></div></figure>
                """);
        })}
        </div>
        <p class="note">Rows are right labels, columns are answers; framed cells are right answers.</p>
        """);

    private static Html Learning(Report report, ScoreFormat format)
    {
        BaselineCurve[] curves = [.. report.LearningCurves.Where(c => c.Points.Length > 0)];
        if (curves.Length == 0)
        {
            return default;
        }

        double first = curves.Min(c => c.Points[0].Labels), last = curves.Max(c => c.Points[^1].Labels);
        VerdictRow found = report.Verdict.Found;
        VerdictRow? yours = report.Verdict.Rows.FirstOrDefault(r => r.Role == ArmRole.Yours);
        string[] dashes = ["7 4", "2 3", "9 3 2 3"];
        List<ChartLine> lines =
        [
            .. curves.Select((c, i) => new ChartLine($"{c.Name}: mean, lowest to highest", Mark.Triangle, "plain", dashes[i % dashes.Length], [.. c.Points.Select(p => ((double)p.Labels, p.Mean))], false, [.. c.Points.Select(p => new Interval(p.Low, p.High))])),
            new("found", Mark.Disc, "accent", "", [(first, found.Mean), (last, found.Mean)], false, []),
            .. yours is null ? [] : (ChartLine[])[new("yours", Mark.Diamond, "plain", "4 2", [(first, yours.Mean), (last, yours.Mean)], false, [])],
        ];
        return Html.Of($"""
            <p>What a plain method reaches on the same items when it learns from more and more labels. Where it comes out above what was found, use it.</p>
            <figure>{Charts.Lines("learning-chart", "Score of plain methods against the number of labels that they learnt from", "labels learnt from", Axis(report.Verdict.Scale, "on the test items"), lines, format)}</figure>
            {Numbered("The numbers behind this picture", ["method", "labels", "mean", "lowest to highest"], curves.SelectMany(c => c.Points.Select(p => (Html[])
                [Html.Of($"{c.Name}"), Html.Of($"{p.Labels:N0}"), Typeset(format.Number(p.Mean)), Typeset(format.Range(new(p.Low, p.High)))])))}
            """);
    }

    private static Html Costs(Report report)
    {
        Account account = report.Verdict.Account;
        Cost all = account.Search + account.Controls + account.Judge;
        (string Name, Cost Cost)[] roles = [("search", account.Search), ("controls", account.Controls), ("verdict", account.Judge), ("all", all)];
        (string Name, Func<Cost, Html> Cell)[] columns =
        [
            ("rollouts", c => Html.Of($"{c.Rollouts:N0}")),
            .. all.Calls == 0 ? [] : ((string, Func<Cost, Html>)[])[("calls", c => Html.Of($"{c.Calls:N0}"))],
            .. all.InputTokens + all.OutputTokens == 0 ? [] : ((string, Func<Cost, Html>)[])
                [("tokens sent", c => Html.Of($"{c.InputTokens:N0}")), ("tokens written", c => Html.Of($"{c.OutputTokens:N0}"))],
            ("money", c => Html.Of($"{(c.Money == 0 ? (c.Calls == 0 ? "free" : "no price") : VerdictText.Money(c.Money, all.Money))}")),
        ];
        return Html.Of($"""
            {Table(["spent by", .. columns.Select(c => c.Name)], roles.Select(r => (Html[])[Html.Of($"{r.Name}"), .. columns.Select(c => c.Cell(r.Cost))]))}
            {(report.Usage.Length == 0 ? default : Html.Of($"""
            <h3>Mean of a call</h3>
            {Table(["under", "tokens sent", "tokens written", "time"], report.Usage.Select(u => (Html[])
                [Html.Of($"{u.Name}"), Html.Of($"{u.InputTokens.ToString("#,0.#", CultureInfo.InvariantCulture)}"), Html.Of($"{u.OutputTokens.ToString("#,0.#", CultureInfo.InvariantCulture)}"), Html.Of($"{(u.Milliseconds is { } ms ? ms.ToString("#,0.#", CultureInfo.InvariantCulture) + " ms" + (u.AtOnce > 1 ? $", {u.AtOnce} at once" : "") : "not measured")}")]))}
            """))}
            """);
    }

    private static Html Trials(Report report, ScoreFormat format)
    {
        if (report.Trials.Length == 0)
        {
            return default;
        }

        Dictionary<string, ReportTrial> byId = [];
        foreach (ReportTrial trial in report.Trials)
        {
            byId.TryAdd(trial.Id, trial);
        }

        // What a narrow screen shows without scrolling comes first.
        (string Name, bool Number, Func<ReportTrial, Html> Cell)[] columns =
        [
            ("trial", true, t => Html.Of($"<td class=\"n\" data-v=\"{t.Number}\">{t.Number}</td>")),
            .. report.Trials.All(t => t.Validation is null) ? [] : ((string, bool, Func<ReportTrial, Html>)[])[("validation", true, t => Score(t.Validation))],
            ("what it is", false, t => Html.Of($"<td class=\"what\"><details><summary>{t.Description}</summary><p class=\"origin\">{t.Origin}</p>{Whole(t)}</details></td>")),
            ("items", true, t => Html.Of($"<td class=\"n\" data-v=\"{t.Items}\">{t.Items:N0}</td>")),
            .. report.Trials.All(t => t.Train is null) ? [] : ((string, bool, Func<ReportTrial, Html>)[])[("train", true, t => Score(t.Train))],
            ("from", true, t => Html.Of($"<td class=\"n\" data-v=\"{ParentNumber(t)}\">{ParentName(t)}</td>")),
            ("state", false, t => Html.Of($"<td>{t.State switch { TrialState.Running => "unfinished", TrialState.Pruned => "given up", _ => "completed" }}</td>")),
            ("arm", false, t => Html.Of($"<td>{t.Arm}</td>")),
        ];
        string[] arms = [.. report.Trials.Select(t => t.Arm).Distinct()];
        return Html.Of($"""
            {(report.TrialCount > report.Trials.Length ? Html.Of($"<p>{report.Trials.Length:N0} of {report.TrialCount ?? 0:N0} are shown: those that what was found came from, those that were validated, and those that did best on train.</p>") : default)}
            <p class="tools" hidden><label>Filter <input type="search" data-filter="trials-table" placeholder="words in a trial"></label>{(arms.Length > 1 ? Html.Of($" <label>Arm <select data-arm=\"trials-table\"><option value=\"\">all</option>{arms.Select(a => Html.Of($"<option>{a}</option>"))}</select></label>") : default)} <output data-count="trials-table">{report.Trials.Length:N0} shown</output></p>
            <div class="scroll" tabindex="0" role="region" aria-label="Every trial">
            <table id="trials-table" class="sortable trials">
            <thead><tr>{columns.Select(c => Html.Of($"<th scope=\"col\"{(c.Number ? Html.Of($" class=\"n\"") : default)}>{c.Name}</th>"))}</tr></thead>
            <tbody>
            {report.Trials.Select(t => Html.Of($"<tr data-in=\"{t.Arm}\">{columns.Select(c => c.Cell(t))}</tr>\n"))}
            </tbody></table></div>
            """);

        Html Score(double? score) => score is { } s
            ? Html.Of($"<td class=\"n\" data-v=\"{s.ToString("R", CultureInfo.InvariantCulture)}\">{Typeset(format.Number(s))}</td>")
            : Html.Of($"<td class=\"n\" data-v=\"\"></td>");

        ReportTrial? Parent(ReportTrial t) => t.Parents.Length > 0 && byId.TryGetValue(t.Parents[0], out ReportTrial? parent) ? parent : null;

        long ParentNumber(ReportTrial t) => Parent(t)?.Number ?? -1;

        string ParentName(ReportTrial t) => Parent(t) is { } parent
            ? Text($"{parent.Number}{(parent.Arm == t.Arm ? "" : $" of {parent.Arm}")}{(t.Parents.Length > 1 ? Text($" and {t.Parents.Length - 1} more") : "")}")
            : "\u2013";

        Html Whole(ReportTrial t)
        {
            if (Parent(t) is not { } parent)
            {
                return Html.Of($"<pre>{t.Text}</pre>");
            }

            TextDiff diff = TextDiff.Between(parent.Text, t.Text);
            return Html.Of($"<pre>{Marked(diff.New, "ins")}</pre><p class=\"origin\">from trial {parent.Number}:</p><pre>{Marked(diff.Old, "del")}</pre>");
        }
    }

    private static Html Failures(Report report) => report.Failures.Length == 0 ? default : Html.Of($"""
        <p>Answers that could not be used, with the text as it came.{(report.FailureCount > report.Failures.Length ? Text($" {report.Failures.Length:N0} of {report.FailureCount:N0} are shown.") : "")}</p>
        <ol class="items">
        {report.Failures.Select(f => Html.Of($"""
        <li><p>{f.Reason}</p><p class="origin">{f.Arm}{(f.Trial is { } n ? Text($", trial {n}") : "")}, {f.Item}</p>{(f.Raw is null ? default : f.Raw.Length == 0 ? Html.Of($"<p class=\"empty\">empty</p>") : Html.Of($"<pre tabindex=\"0\">{f.Raw}</pre>"))}</li>
        """))}
        </ol>
        """);

    private static Html Notes(Report report) => report.Notes.Length == 0 ? default
        : Html.Of($"<ul>{report.Notes.Select(n => Html.Of($"<li>{Typeset(n)}</li>"))}</ul>");

    private static Html Repeat(Report report) => report.Command is null && report.Facts.Length == 0 ? default : Html.Of($"""
        {(report.Command is { } command ? Html.Of($"<figure class=\"text\"><figcaption>The command <button type=\"button\" hidden data-copy=\"{Html.Verbatim(command)}\">Copy command</button></figcaption><pre tabindex=\"0\">{command}</pre></figure>") : default)}
        {(report.Facts.Length == 0 ? default : Html.Of($"<dl class=\"factlist\">{report.Facts.Select(f => Html.Of($"<div><dt>{f.Name}</dt><dd>{f.Value}</dd></div>"))}</dl>"))}
        """);

    internal static Html Marked(IEnumerable<DiffPart> parts, string tag) =>
        Html.Join(parts.Select(p => p.Changed ? Html.Of($"<{tag}>{p.Text}</{tag}>") : Html.Of($"{p.Text}")));

    private static Html Numbered(string summary, string[] columns, IEnumerable<Html[]> rows) =>
        Html.Of($"<details class=\"data\"><summary>{summary}</summary>{Table(columns, rows)}</details>");

    // The first column names the row, the others are numbers or single words.
    internal static Html Table(string[] columns, IEnumerable<Html[]> rows) => Html.Of($"""
        <div class="scroll"><table>
        <thead><tr>{columns.Select((c, i) => Html.Of($"<th scope=\"col\"{(i > 0 ? Html.Of($" class=\"n\"") : default)}>{c}</th>"))}</tr></thead>
        <tbody>{rows.Select(row => Html.Of($"<tr>{row.Select((cell, i) => i == 0 ? Html.Of($"<th scope=\"row\">{cell}</th>") : Html.Of($"<td class=\"n\">{cell}</td>"))}</tr>\n"))}</tbody></table></div>
        """);

    private static Mark MarkOf(VerdictRow row) => row switch
    {
        { Role: ArmRole.Search } => Mark.Disc,
        { Role: ArmRole.Yours } => Mark.Diamond,
        { Role: ArmRole.Draw } => Mark.Ring,
        { IsBaseline: true } => Mark.Triangle,
        _ => Mark.Square,
    };

    private static string Axis(Scale scale, string where) =>
        (scale switch { Scale.Binary => "% right ", Scale.Unit => "points of 100 ", _ => "score " } + where).TrimEnd();

    private static Html PValue(double? p) => p is not { } value ? default : Html.Of($"{(value < .001 ? "< 0.001" : value.ToString("0.000", CultureInfo.InvariantCulture))}");

    // A minus is a minus sign where it stands before a digit and after no letter or digit; a number keeps its percent sign on its line.
    internal static Html Typeset(string text)
    {
        char[] characters = [.. text];
        for (int i = 0; i + 1 < characters.Length; i++)
        {
            bool free = i == 0 || characters[i - 1] is ' ' or '(';
            if (characters[i] == '-' && free && char.IsAsciiDigit(characters[i + 1]))
            {
                characters[i] = '\u2212';
            }
            else if (characters[i] == ' ' && characters[i + 1] == '%')
            {
                characters[i] = '\u00A0';
            }
        }

        return Html.Text(new(characters));
    }

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream stream = typeof(ReportPage).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal);
    }
}
