using System.Globalization;
using System.Text;

namespace Ansatz.Experiments.Kill;

/// <summary>Writes <c>docs/resume.md</c> from the raw results.</summary>
internal static class ResumePage
{
    public static void Write(string path, string folder)
    {
        StringBuilder page = new();
        page.Append("""
            # Stopped anywhere, it goes on

            A study is started in a folder of its own, killed with SIGKILL by another process, and started again with the same command. This page is written from the
            [raw results](../experiments/kill/results) by

            ```sh
            dotnet run -c Release --project experiments/kill
            ```


            """.ReplaceLineEndings("\n"));
        Study(page, Path.Combine(folder, "embedded.csv"), "On the embedded model", "A small study of reviews on the embedded model, with an empty cache", "loading, re-quantising, or in the first block");
        Study(page, Path.Combine(folder, "programs.csv"), "Of a program", "A search of 250 programs for the formula of samples/formula, two at a time, with its controls", "loading, or in the first block");
        Study(page, Path.Combine(folder, "processes.csv"), "Of a program, in processes of its own", "A search of 5 programs, each input in a locked process, two at a time, with its controls; every other kill hits one of these processes while the study goes on", "loading, or in the first block");
        Optimizers(page, Path.Combine(folder, "optimizers.csv"));
        File.WriteAllText(path, page.ToString().TrimEnd() + "\n");
    }

    private static void Study(StringBuilder page, string path, string title, string what, string before)
    {
        if (!File.Exists(path))
        {
            page.Append(CultureInfo.InvariantCulture, $"## {title}\n\n**Not yet measured.**\n\n");
            return;
        }

        (string about, string[][] rows) = Read(path);
        int Count(Func<string[], bool> which) => rows.Count(which);
        page.Append(string.Create(CultureInfo.InvariantCulture, $"""
            ## {title}

            {what} ({about}; on a busy machine the others may take longer). {rows.Length} kills: four of five at a time drawn uniformly over the whole
            length, every fifth over what comes after the last answer, a few hundredths of it.

            **{Count(r => r[8] == "1")} of {rows.Length} histories byte-identical to the uninterrupted one; {rows.Sum(r => Number(r[6]))} committed effects asked again; {rows.Sum(r => Number(r[7]))} effects that were out when the program died asked again, and counted.**{(Count(r => r.Length > 9 && r[9].Length > 0) is > 0 and var workers ? $" {workers} of the kills hit a process of the study's, {Count(r => r.Length > 9 && r[9] == "run")} of them one that ran a program and {Count(r => r.Length > 9 && r[9] == "compile")} the compiler; the study went on by itself." : "")}

            | at the time of the kill | kills |
            |---|---|
            | no effect committed yet: {before} | {Count(r => r[4] == "0")} |
            | searching, running controls, or judging | {Count(r => r[4] != "0" && r[4] != r[5])} |
            | all effects committed: writing the verdict or the report | {Count(r => r[4] == r[5] && r[3] == "0")} |
            | report written | {Count(r => r[3] == "1")} |


            """).ReplaceLineEndings("\n"));
    }

    private static void Optimizers(StringBuilder page, string path)
    {
        page.Append("## Over all optimizers, on an endpoint\n\n");
        if (!File.Exists(path))
        {
            page.Append("**Not yet measured.**\n\n");
            return;
        }

        (string about, string[][] rows) = Read(path);
        page.Append(string.Create(CultureInfo.InvariantCulture, $"""
            A small study of each optimizer, with its controls, on a server that counts what it is asked ({about}). One kill falls on a drawn request, up to 8 ms after its arrival; the next on a time drawn over the whole
            length, start and report included. Every reply that stood in the journal after the kill is held against every request that came afterwards.

            **{rows.Count(r => r[9] == "1")} of {rows.Length} histories byte-identical to the uninterrupted one; {rows.Sum(r => Number(r[7]))} committed calls asked again; {rows.Sum(r => Number(r[8]))} calls that were out, or answered and not yet on disk, asked again.**

            | optimizer | kills | calls of a run | replies committed at the kill | same history | committed, asked again | out, asked again |
            |---|---|---|---|---|---|---|

            """).ReplaceLineEndings("\n"));
        foreach (IGrouping<string, string[]> optimizer in rows.GroupBy(r => r[0]))
        {
            int[] committed = [.. optimizer.Select(r => Number(r[4])).Order()];
            page.Append(CultureInfo.InvariantCulture, $"| {optimizer.Key} | {committed.Length} | {optimizer.First()[5]} | {committed[0]} to {committed[^1]} | {optimizer.Count(r => r[9] == "1")} | {optimizer.Sum(r => Number(r[7]))} | {optimizer.Sum(r => Number(r[8]))} |\n");
        }
    }

    // The first line says what is the same for all rows, the second names the columns.
    private static (string About, string[][] Rows) Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        return (lines[0].TrimStart('#', ' '), [.. lines.Skip(2).Select(l => l.Split(','))]);
    }

    private static int Number(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);
}
