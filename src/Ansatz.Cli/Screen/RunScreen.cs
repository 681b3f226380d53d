using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ansatz.Cli.Screen;

/// <summary>A run as one screen, 80 columns and wider: a pure function of a <see cref="RunView"/>.</summary>
internal static class RunScreen
{
    private const int Narrowest = 60, WidestBar = 60, WordsAtBar = 28;
    private static readonly Style Key = new(decoration: Decoration.Dim), Accent = new(Color.Green), Best = new(decoration: Decoration.Bold);

    /// <summary>The screen.</summary>
    /// <param name="view">What to show.</param>
    /// <param name="width">Columns.</param>
    /// <param name="trials">How many trials at most.</param>
    public static IRenderable Render(RunView view, int width, int trials = 5)
    {
        // A full last column would wrap on some terminals; and the terminal shows ^C where the cursor stands, at the end of the last line: if that wrapped, the
        // cursor would be a line lower than the live display believes, and clearing it would leave its first line behind.
        int columns = Math.Max(Narrowest, width) - 1 - "^C".Length;
        List<IRenderable> lines =
        [
            .. Head(view.Header, columns),
            Text.Empty,
            Search(view, columns),
            Controls(view, columns),
        ];
        if (view.Header.Programs is not null && view.Programs.All > 0)
        {
            lines.Insert(lines.Count - 1, Labelled("programs", [(view.Programs.ToString(), Style.Plain)], columns));
        }

        if (view.Rows is { } rows)
        {
            lines.Add(Labelled("verdict", Progress(view.RowsJudged, rows, columns, $"{view.RowsJudged} / {rows}  {view.RowJudged}"), columns));
        }

        lines.Add(Text.Empty);
        lines.AddRange(Trials(view, columns, trials));
        if (view.Remark is { } remark)
        {
            lines.Add(Text.Empty);
            lines.Add(Line([($" {remark}", Style.Plain)], columns));
        }

        lines.Add(Text.Empty);
        lines.Add(Line([(" Ctrl+C stops and keeps everything; the same command goes on.", Key)], columns));
        return new Rows(lines);
    }

    /// <summary>What stands above a run, alone.</summary>
    public static IEnumerable<IRenderable> Head(RunHeader header, int columns)
    {
        yield return Labelled(header.Name, [(header.About, Best)], columns);
        yield return Labelled(header.ModelLabel, [(string.Create(CultureInfo.InvariantCulture, $"{header.Model}   seed {header.Seed}"), Style.Plain)], columns);
        yield return Labelled("data", [(header.Data, Style.Plain)], columns);
    }

    private static Paragraph Search(RunView view, int columns)
    {
        long done = view.Header.Programs is null ? view.Search.Rollouts : view.Programs.All;
        string spent = done.ToString("N0", CultureInfo.InvariantCulture);
        string money = view.Search is { Money: > 0 } cost ? string.Create(CultureInfo.InvariantCulture, $"  {cost.Money:0.00##}") : "";
        if (view.SearchEnded is { } how)
        {
            return Labelled("search", [($"{(how == "done" ? "done" : how)}: {view.Search.Rollouts.ToString("N0", CultureInfo.InvariantCulture)} rollouts{money}", Style.Plain)], columns);
        }

        string rate = view.Rate is { } r ? string.Create(CultureInfo.InvariantCulture, $"   {r:0}/s") : "";
        string left = view.Left is { } time ? $"  {VerdictText.Duration(time)}" : "";
        return Labelled("search", (view.Header.Programs ?? view.Header.Rollouts) is { } all
            ? Progress(done, all, columns, string.Create(CultureInfo.InvariantCulture, $"{spent} / {all:N0}{money}{rate}{left}"))
            : [($"{spent} rollouts{money}{rate}", Style.Plain)], columns);
    }

    private static Paragraph Controls(RunView view, int columns) => view.SearchEnded is null || view.Rows is not null
        ? Labelled("controls", [(view.Header.Controls, Style.Plain)], columns)
        : Labelled("controls", Progress(view.ControlsEnded, view.Header.Arms - 1, columns, $"{view.ControlsEnded} / {view.Header.Arms - 1}  {view.Arm}"), columns);

    private static IEnumerable<IRenderable> Trials(RunView view, int columns, int count)
    {
        ScoreFormat format = ScoreFormat.Of(view.Header.Scale, [.. view.Best(count).Select(t => t.Validation ?? t.Train ?? 0)]);
        IReadOnlyList<TrialView> best = view.Best(count);
        if (best.Count == 0)
        {
            yield break;
        }

        yield return Line([(" trial  valid.  train   what it is", Key)], columns);
        foreach (TrialView trial in best)
        {
            yield return Row(trial.Number.ToString(CultureInfo.InvariantCulture), trial, trial == best[0] ? Best : Style.Plain);
        }

        if (view.Yours is { } yours)
        {
            yield return Row("yours", yours, Style.Plain);
        }

        Paragraph Row(string name, TrialView trial, Style style) =>
            Line([($" {name,5}  {Score(trial.Validation),6}  {Score(trial.Train),5}   {trial.What}{(trial.IsPruned && trial.Validation is null ? " (given up)" : "")}", style)], columns);

        string Score(double? mean) => mean is { } m ? format.Number(m) : "-";
    }

    private static (string, Style)[] Progress(long done, long all, int columns, string words)
    {
        int width = Math.Clamp(columns - 12 - WordsAtBar, 10, WidestBar); // the same for every bar, whatever its words: nothing jumps
        int full = all <= 0 ? width : (int)(Math.Clamp((double)done / all, 0, 1) * width);
        return [(new string('#', full), Accent), (new string('-', width - full), Key), ($"  {words}", Style.Plain)];
    }

    private static Paragraph Labelled(string label, (string Text, Style Style)[] parts, int columns) =>
        Line([($" {Cut(label, 10),-10} ", Key), .. parts], columns);

    // Untrusted text: no markup is read here, and control characters are gone.
    private static Paragraph Line((string Text, Style Style)[] parts, int columns)
    {
        Paragraph line = new();
        int left = columns;
        foreach ((string text, Style style) in parts)
        {
            string shown = Cut(PlainText.Printable(text), left);
            line.Append(shown, style);
            left -= Cells(shown);
        }

        return line;
    }

    private static string Cut(string text, int columns)
    {
        if (Cells(text) <= columns)
        {
            return text;
        }

        int length = Math.Min(text.Length, Math.Max(0, columns));
        while (length > 0 && (Cells(text[..length]) > columns - 3 || char.IsHighSurrogate(text[length - 1])))
        {
            length--;
        }

        return text[..length] + new string('.', Math.Clamp(columns, 0, 3));
    }

    private static int Cells(string text) => new Segment(text).CellCount();
}
