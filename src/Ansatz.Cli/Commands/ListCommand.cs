using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz list: the studies of a database.</summary>
internal static class ListCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Option<string> database = Shared.DatabaseOption();
        Option<bool> json = new("--json") { Description = "Writes one JSON object a study." };
        Command command = new("list", "Lists what was run here, and what came of it.") { database, json };
        command.SetAction((parsed, _) => ListAsync(surroundings, parsed.GetRequiredValue(database), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> ListAsync(Surroundings surroundings, string database, bool isJson)
    {
        Journal journal = Shared.OpenJournal(surroundings, database);
        await using (journal.ConfigureAwait(false))
        {
            List<string[]> rows = [["study", "begun", "state", "rollouts", "found", "against yours"]];
            foreach (string name in journal.StudyNames())
            {
                StoredStudy study = journal.Find(name)!;
                StudySummary summary = StudySummary.Of(journal, study);
                if (isJson)
                {
                    await surroundings.Output.WriteLineAsync(summary.ToJson().ToJsonString()).ConfigureAwait(false);
                    continue;
                }

                ScoreFormat? format = study.Verdict is { } v ? ScoreFormat.Of(v) : null;
                rows.Add([
                    PlainText.Printable(name),
                    study.Created.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                    summary.State,
                    summary.Rollouts.ToString("N0", CultureInfo.InvariantCulture),
                    format is null ? "" : format.Number(study.Verdict!.Found.Mean),
                    format is null ? "" : $"{format.WithSign(study.Verdict!.AgainstYours.Difference)} ({format.Range(study.Verdict.AgainstYours.Interval)})",
                ]);
            }

            if (!isJson)
            {
                await WriteTableAsync(surroundings.Output, rows).ConfigureAwait(false);
            }
        }

        return App.Done;
    }

    /// <summary>Writes rows as columns; numbers are not aligned, since names are what one looks for.</summary>
    public static async Task WriteTableAsync(TextWriter output, IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length))];
        foreach (string[] row in rows)
        {
            await output.WriteLineAsync(" " + string.Join("  ", row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd()).ConfigureAwait(false);
        }
    }
}

/// <summary>A stored study in a line.</summary>
/// <param name="Study">The study.</param>
/// <param name="State">"judged", "judging" or "not finished".</param>
/// <param name="Rollouts">Rollouts of all arms and of the verdict.</param>
internal sealed record StudySummary(StoredStudy Study, string State, long Rollouts)
{
    public static StudySummary Of(Journal journal, StoredStudy study)
    {
        long rollouts = journal.Arms(study).Select(a => a.Name).Append("judge").Sum(arm => Spent(journal, study, arm));
        return new(study, study.Verdict is not null ? "judged" : study.IsSealed ? "judging" : "not finished", rollouts);
    }

    /// <summary>Rollouts of one arm: the items of its answered blocks.</summary>
    public static long Spent(Journal journal, StoredStudy study, string arm) =>
        journal.Effects(study, arm).Where(e => e.Kind == "evaluate" && e.Answer is not null).Sum(e => (long)(JsonNode.Parse(e.Asked)?["items"] as JsonArray ?? []).Count);

    public JsonObject ToJson() => new()
    {
        ["study"] = Study.Name,
        ["begun"] = Study.Created,
        ["version"] = Study.Version,
        ["state"] = State,
        ["rollouts"] = Rollouts,
        ["found"] = Study.Verdict?.Found.Mean,
        ["difference"] = Study.Verdict?.AgainstYours.Difference,
        ["low"] = Study.Verdict?.AgainstYours.Interval.Low,
        ["high"] = Study.Verdict?.AgainstYours.Interval.High,
        ["finding"] = Study.Verdict?.AgainstYours.Finding.ToString(),
    };
}
