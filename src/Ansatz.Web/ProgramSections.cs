namespace Ansatz.Web;

/// <summary>The sections of a report that only programs have.</summary>
internal static class ProgramSections
{
    /// <summary>How many proposals of each kind came how far.</summary>
    public static Html Yields(Report report) => report.Yields.IsEmpty ? default : Html.Of($"""
        <p>Proposed are programs that the arm had not seen; better is a program that scored more on the train inputs than the one that it was made from. What was made from nothing has none to be better than.</p>
        {ReportPage.Table(["arm", "by", "proposed", "parsed", "compiled", "scored", "better"], report.Yields.Select(y => (Html[])
            [Html.Of($"{y.Arm}"), Html.Of($"{y.Origin}"), Html.Of($"{y.Proposed:N0}"), Share(y.Parsed, y.Proposed), Share(y.Compiled, y.Proposed), Share(y.Scored, y.Proposed), Share(y.Better, y.Proposed)]))}
        """);

    private static Html Share(int count, int of) => of == 0 || count == of ? Html.Of($"{count:N0}") : Html.Of($"{count:N0} ({(long)Math.Round(100.0 * count / of, MidpointRounding.AwayFromZero)} %)");
}
