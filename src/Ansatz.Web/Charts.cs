using System.Globalization;
using static System.FormattableString;

namespace Ansatz.Web;

/// <summary>What a mark looks like. Series are told apart by shape and dashes and words; colour only repeats it.</summary>
internal enum Mark
{
    Disc,
    Diamond,
    Square,
    Triangle,
    Ring,
}

/// <summary>One row of <see cref="Charts.Rows"/>.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Mark">The mark at its value.</param>
/// <param name="Accent">Whether it is what the page is about.</param>
/// <param name="Value">The value.</param>
/// <param name="Range">The bar around it.</param>
/// <param name="Others">Smaller marks on the same line.</param>
internal sealed record ChartRow(string Label, Mark Mark, bool Accent, double Value, Interval? Range, IReadOnlyList<double> Others);

/// <summary>One line of <see cref="Charts.Lines"/>.</summary>
/// <param name="Label">Its name; empty for one that the legend has already.</param>
/// <param name="Mark">The mark at its end.</param>
/// <param name="Style">A class: accent, plain or faint.</param>
/// <param name="Dash">Its dashes, as in SVG; "" for a solid line.</param>
/// <param name="Points">Its points, by x.</param>
/// <param name="Steps">Whether a value holds until the next point.</param>
/// <param name="Band">Lowest and highest at each point; empty for none.</param>
internal sealed record ChartLine(
    string Label, Mark Mark, string Style, string Dash, IReadOnlyList<(double X, double Y)> Points, bool Steps, IReadOnlyList<Interval> Band);

/// <summary>Charts as inline SVG that fill the width they are given: places across are percentages, so that letters keep their size on a phone.</summary>
internal static class Charts
{
    private const int RowHeight = 46, PlotHeight = 240;
    private const double LeftPercent = 2, WidthPercent = 95; // the axis runs from 2 % to 97 %, so that marks at its ends are whole

    /// <summary>Points with intervals on one axis, a row each.</summary>
    /// <param name="id">Makes the ids of its title unique in the page.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="axis">What the axis counts.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="format">How values are written.</param>
    /// <param name="reference">Where a line is drawn through all rows, for comparison.</param>
    public static Html Rows(string id, string title, string axis, IReadOnlyList<ChartRow> rows, ScoreFormat format, double? reference)
    {
        Axis x = new(rows.SelectMany(r => (IEnumerable<double>)[r.Value, r.Range?.Low ?? r.Value, r.Range?.High ?? r.Value, .. r.Others]), format.Scale);
        int bottom = rows.Count * RowHeight;
        return Figure(id, title, bottom + 44, Html.Of($"""
            {x.Ticks.Select(t => Html.Of($"""<line class="grid" x1="{Percent(x, t)}" x2="{Percent(x, t)}" y1="0" y2="{bottom + 4}"/><text class="tick" x="{Percent(x, t)}" y="{bottom + 19}" text-anchor="middle">{Axis.Label(t, format)}</text>"""))}
            {(reference is { } r && double.IsFinite(r) ? Html.Of($"""<line class="reference" x1="{Percent(x, r)}" x2="{Percent(x, r)}" y1="0" y2="{bottom + 4}"/>""") : default)}
            {rows.Select((row, i) => Row(row, (i * RowHeight) + 16, x, format))}
            <text class="axis" x="50%" y="{bottom + 38}" text-anchor="middle">{axis}</text>
            """));
    }

    /// <summary>Lines over a common axis, with a legend above that shows each line's dashes and mark.</summary>
    public static Html Lines(
        string id, string title, string xAxis, string yAxis, IReadOnlyList<ChartLine> lines, ScoreFormat format)
    {
        Axis x = new(lines.SelectMany(l => l.Points.Select(p => p.X)).Prepend(0), null);
        Axis y = new(lines.SelectMany(l => l.Points.Select(p => p.Y).Concat(l.Band.SelectMany(b => (double[])[b.Low, b.High]))), format.Scale);
        return Html.Of($"""
            <ul class="legend">{lines.Where(l => l.Label.Length > 0).Select(l => Html.Of($"""<li><svg width="34" height="14" aria-hidden="true"><g class="{l.Style}"><line class="line" x1="0" x2="34" y1="7" y2="7" stroke-dasharray="{l.Dash}"/><svg x="17" y="7" overflow="visible">{Path(l.Mark, 4)}</svg></g></svg> {l.Label}</li>"""))}</ul>
            {Figure(id, title, PlotHeight + 44, Html.Of($"""
            {Axes(x, y, xAxis, yAxis, format)}
            <svg width="100%" height="{PlotHeight}" viewBox="0 0 1000 {PlotHeight}" preserveAspectRatio="none">{lines.Where(l => l.Points.Count > 0).Select(l => Line(l, x, y))}</svg>
            {lines.Where(l => l.Points.Count > 0).Select(l => Html.Of($"""<g class="{l.Style}">{(l.Steps ? l.Points.TakeLast(1) : l.Points).Select(p => Html.Of($"""<svg x="{Percent(x, p.X)}" y="{Number(Y(y, p.Y))}" overflow="visible">{Path(l.Mark, 4)}</svg>"""))}</g>"""))}
            """))}
            """);
    }

    /// <summary>A family tree: when each member was tried and its score, with a line to each that it was made from; the line of descent stands out.</summary>
    /// <remarks>The axis of scores spans the line of descent; a member that scored less lies on its floor.</remarks>
    public static Html Family(string id, string title, IReadOnlyList<FamilyMember> members, ScoreFormat format)
    {
        Axis x = new(members.Select(m => (double)m.Number).Prepend(0), null), y = new(members.Where(m => m.IsOnLine).Select(m => m.Train), format.Scale);
        Dictionary<int, FamilyMember> byNumber = members.ToDictionary(m => m.Number);
        string Links(bool onLine) => string.Concat(members.SelectMany(m => m.Parents.Select(p => (Child: m, Parent: byNumber[p])))
            .Where(l => (l.Child.IsOnLine && l.Parent.IsOnLine) == onLine).Select(l => $"M{Place(l.Parent)}L{Place(l.Child)}"));
        return Html.Of($"""
            {Figure(id, title, PlotHeight + 44, Html.Of($"""
            {Axes(x, y, "trial", "train", format)}
            <svg width="100%" height="{PlotHeight}" viewBox="0 0 1000 {PlotHeight}" preserveAspectRatio="none">
            <g class="faint"><path class="line" d="{Links(false)}" vector-effect="non-scaling-stroke"/></g>
            <g class="accent"><path class="line" d="{Links(true)}" vector-effect="non-scaling-stroke"/></g></svg>
            {members.Select(m => Html.Of($"""<g class="{(m.IsOnLine ? "accent" : "faint")}"><svg x="{Percent(x, m.Number)}" y="{Number(Height(m))}" overflow="visible">{Path(m.IsOnLine ? Mark.Disc : Mark.Ring, m.IsOnLine ? 4 : 2)}</svg></g>"""))}
            """))}
            """);

        double Height(FamilyMember m) => Y(y, double.IsNaN(m.Train) ? double.NegativeInfinity : m.Train);
        string Place(FamilyMember m) => Invariant($"{10 * x.Share(m.Number):0.##},{Number(Height(m))}");
    }

    /// <summary>The mark of a series, small, for tables and legends.</summary>
    public static Html Glyph(Mark mark, bool accent) => Html.Of(
        $"""<svg class="glyph" width="14" height="14" aria-hidden="true"><g class="{(accent ? "accent" : "plain")}"><svg x="7" y="7" overflow="visible">{Path(mark, 5)}</svg></g></svg>""");

    private static Html Axes(Axis x, Axis y, string xAxis, string yAxis, ScoreFormat format) => Html.Of($"""
        <text class="axis" x="0" y="12">{yAxis}</text>
        {y.Ticks.Select(t => Html.Of($"""<line class="grid" x1="0" x2="100%" y1="{Number(Y(y, t))}" y2="{Number(Y(y, t))}"/><text class="tick" x="0" y="{Number(Y(y, t) - 4)}">{Axis.Label(t, format)}</text>"""))}
        {x.Ticks.Select(t => Html.Of($"""<line class="notch" x1="{Percent(x, t)}" x2="{Percent(x, t)}" y1="{PlotHeight}" y2="{PlotHeight + 5}"/><text class="tick" x="{Percent(x, t)}" y="{PlotHeight + 19}" text-anchor="middle">{t.ToString("#,0.##", CultureInfo.InvariantCulture)}</text>"""))}
        <line class="base" x1="0" x2="100%" y1="{PlotHeight}" y2="{PlotHeight}"/>
        <text class="axis" x="50%" y="{PlotHeight + 38}" text-anchor="middle">{xAxis}</text>
        """);

    private static Html Figure(string id, string title, int height, Html content) => Html.Of($"""
        <svg class="chart" width="100%" height="{height}" role="img" aria-labelledby="{id}-title"><title id="{id}-title">{title}</title>
        {content}</svg>
        """);

    private static Html Row(ChartRow row, int top, Axis x, ScoreFormat format)
    {
        int line = top + 14;
        string label = row.Label.Length > 42 ? row.Label[..41] + "\u2026" : row.Label;
        return Html.Of($"""
            <g class="{(row.Accent ? "accent" : "plain")}"><text class="label" x="0" y="{top}">{label}</text><text class="value" x="100%" y="{top}" text-anchor="end">{Minus(format.Number(row.Value))}</text>
            {(row.Range is { } range && double.IsFinite(range.Low) && double.IsFinite(range.High) ? Html.Of($"""<line class="bar" x1="{Percent(x, range.Low)}" x2="{Percent(x, range.High)}" y1="{line}" y2="{line}"/><line class="end" x1="{Percent(x, range.Low)}" x2="{Percent(x, range.Low)}" y1="{line - 4}" y2="{line + 4}"/><line class="end" x1="{Percent(x, range.High)}" x2="{Percent(x, range.High)}" y1="{line - 4}" y2="{line + 4}"/>""") : default)}
            {(double.IsFinite(row.Value) ? Html.Of($"""<svg x="{Percent(x, row.Value)}" y="{line}" overflow="visible">{Path(row.Mark, 6)}</svg>""") : default)}
            {row.Others.Where(double.IsFinite).Select(v => Html.Of($"""<svg x="{Percent(x, v)}" y="{line}" overflow="visible">{Path(Mark.Ring, 3)}</svg>"""))}</g>
            """);
    }

    private static Html Line(ChartLine line, Axis x, Axis y)
    {
        string path = "M" + string.Join("L", Corners(line.Points, line.Steps).Select(Place));
        string band = line.Band.Count == 0 ? "" : "M" + string.Join("L", (IEnumerable<string>)
        [
            .. Corners([.. line.Points.Select((p, i) => (p.X, line.Band[i].High))], line.Steps).Select(Place),
            .. Corners([.. line.Points.Select((p, i) => (p.X, line.Band[i].Low))], line.Steps).Reverse().Select(Place),
        ]) + "Z";
        return Html.Of($"""
            <g class="{line.Style}">{(band.Length > 0 ? Html.Of($"""<path class="band" d="{band}"/>""") : default)}<path class="line" d="{path}" stroke-dasharray="{line.Dash}" vector-effect="non-scaling-stroke"/></g>
            """);

        string Place((double X, double Y) p) => Invariant($"{10 * x.Share(p.X):0.##},{Number(Y(y, p.Y))}");
    }

    private static IEnumerable<(double X, double Y)> Corners(IReadOnlyList<(double X, double Y)> points, bool steps) => steps
        ? points.SelectMany((p, i) => i == 0 ? [p] : ((double, double)[])[(p.X, points[i - 1].Y), p])
        : points;

    private static Html Path(Mark mark, int r) => mark switch
    {
        Mark.Disc => Html.Of($"""<circle class="mark" r="{r}"/>"""),
        Mark.Ring => Html.Of($"""<circle class="hollow" r="{r}"/>"""),
        Mark.Diamond => Html.Of($"""<path class="mark" d="M0,-{r + 1}L{r + 1},0L0,{r + 1}L-{r + 1},0Z"/>"""),
        Mark.Square => Html.Of($"""<path class="mark" d="M-{r},-{r}H{r}V{r}H-{r}Z"/>"""),
        _ => Html.Of($"""<path class="mark" d="M0,-{r + 1}L{r + 1},{r}H-{r + 1}Z"/>"""),
    };

    private static string Percent(Axis axis, double value) => Invariant($"{axis.Share(value):0.##}%");

    private static double Y(Axis axis, double value) => PlotHeight - 6 - (2 * (axis.Share(value) - LeftPercent)); // the highest tick leaves room for the axis title

    private static string Minus(string number) => number.StartsWith('-') ? "\u2212" + number[1..] : number;

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);


    /// <summary>A linear axis over some values, with round ticks.</summary>
    private sealed class Axis
    {
        private readonly double _low, _high, _step;

        public Axis(IEnumerable<double> values, Scale? scale)
        {
            double[] finite = [.. values.Where(double.IsFinite)];
            (double low, double high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
            if (high - low < 1e-9 * Math.Max(1, Math.Abs(high)))
            {
                (low, high) = scale is Scale.Binary or Scale.Unit ? (low - .05, high + .05) : (low - Math.Max(1, Math.Abs(low) / 2), high + Math.Max(1, Math.Abs(high) / 2));
            }

            // The round step (1, 2 or 5 times a power of ten) that gives three to six ticks.
            double raw = (high - low) / 4, power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
            _step = power * ((raw / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 });
            _low = Math.Floor(low / _step + 1e-9) * _step;
            _high = Math.Ceiling(high / _step - 1e-9) * _step;
            if (scale is Scale.Binary or Scale.Unit)
            {
                (_low, _high) = (Math.Max(0, _low), Math.Min(1, _high)); // nobody scores above 100 %
            }
        }

        public IEnumerable<double> Ticks
        {
            get
            {
                for (double k = Math.Ceiling(_low / _step - 1e-9); k * _step <= _high + (1e-9 * _step); k++)
                {
                    yield return (k * _step) + 0.0; // never -0
                }
            }
        }

        /// <summary>Where a value lies across, in percent.</summary>
        public double Share(double value) => LeftPercent + (WidthPercent * Math.Clamp((value - _low) / (_high - _low), 0, 1));

        public static string Label(double tick, ScoreFormat format)
        {
            bool extreme = Math.Abs(tick) >= 1e9 || (tick != 0 && Math.Abs(tick) < 1e-4);
            string shape = format.Scale != Scale.Real ? "0.#" : extreme ? "0.##e+0" : "#,0.######";
            return Minus((tick * (format.Scale == Scale.Real ? 1 : 100)).ToString(shape, CultureInfo.InvariantCulture));
        }
    }
}
