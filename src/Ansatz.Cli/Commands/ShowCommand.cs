using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz show: one study of a database, from what is stored alone.</summary>
internal static class ShowCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> study = Shared.StudyArgument();
        Option<string> database = Shared.DatabaseOption();
        Option<bool> json = new("--json") { Description = "Writes one JSON object: settings, arms, verdict." };
        Command command = new("show", "Shows one study: what ran, what it found, what it cost.") { study, database, json };
        command.SetAction((parsed, _) => ShowAsync(surroundings, parsed.GetRequiredValue(study), parsed.GetRequiredValue(database), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> ShowAsync(Surroundings surroundings, string name, string database, bool isJson)
    {
        Journal journal = Shared.OpenJournal(surroundings, database);
        await using (journal.ConfigureAwait(false))
        {
            StoredStudy study = Shared.Find(journal, name, surroundings);
            await (isJson ? WriteJsonAsync(journal, study, surroundings) : WriteAsync(journal, study, surroundings)).ConfigureAwait(false);
        }

        return App.Done;
    }

    private static async Task WriteAsync(Journal journal, StoredStudy study, Surroundings surroundings)
    {
        TextWriter output = surroundings.Output;
        int width = Math.Min(surroundings.Width, 100);
        JsonNode? description = study.Description;
        string? about = description?["about"]?.GetValue<string>();
        await output.WriteLineAsync(PlainText.Printable($" {study.Name}{(about is null ? "" : $": {about}")}")).ConfigureAwait(false);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $" begun {study.Created.ToLocalTime():yyyy-MM-dd HH:mm} with Ansatz {study.Version}, seed {study.Settings["seed"]}; {StudySummary.Of(journal, study).State}")).ConfigureAwait(false);
        await output.WriteLineAsync().ConfigureAwait(false);
        List<string[]> rows = [["arm", "role", "rollouts", "ended"]];
        rows.AddRange(journal.Arms(study).Select(arm => (string[])[
            PlainText.Printable(arm.Name),
            arm.Role.ToString().ToLowerInvariant(),
            StudySummary.Spent(journal, study, arm.Name).ToString("N0", CultureInfo.InvariantCulture),
            arm.Ended ?? "not yet",
        ]));
        await ListCommand.WriteTableAsync(output, rows).ConfigureAwait(false);
        await output.WriteLineAsync().ConfigureAwait(false);
        if (study.Verdict is { } verdict)
        {
            await output.WriteLineAsync(VerdictText.Render(verdict, width)).ConfigureAwait(false);
            foreach (string line in VerdictText.Wrap(VerdictText.Spent(verdict, StoredBlock.Computed(journal, study.Name)), width))
            {
                await output.WriteLineAsync(line).ConfigureAwait(false);
            }
        }
        else
        {
            await output.WriteLineAsync(" No verdict yet: the command that began it goes on.").ConfigureAwait(false);
        }

        if (Finding.TryOf(journal, study, surroundings) is { } finding)
        {
            await output.WriteLineAsync().ConfigureAwait(false);
            foreach (string line in VerdictText.Wrap(finding.Title, width))
            {
                await output.WriteLineAsync(line).ConfigureAwait(false);
            }

            await output.WriteLineAsync().ConfigureAwait(false);
            foreach (string line in finding.Lines())
            {
                await output.WriteLineAsync($"   {line}".TrimEnd()).ConfigureAwait(false);
            }
        }
    }

    private static Task WriteJsonAsync(Journal journal, StoredStudy study, Surroundings surroundings)
    {
        JsonObject shown = StudySummary.Of(journal, study).ToJson();
        shown["settings"] = study.Settings.DeepClone();
        shown["arms"] = new JsonArray([.. journal.Arms(study).Select(arm => new JsonObject
        {
            ["name"] = arm.Name,
            ["role"] = arm.Role.ToString(),
            ["rollouts"] = StudySummary.Spent(journal, study, arm.Name),
            ["ended"] = arm.Ended,
        })]);
        shown["repeated"] = journal.Repeated(study);
        shown["verdict"] = study.Verdict is { } verdict
            ? JsonSerializer.SerializeToNode(new StudyJudged(verdict), StudyEventJson.Default.StudyJudged)?["verdict"]?.DeepClone()
            : null;
        return surroundings.Output.WriteLineAsync(shown.ToJsonString());
    }
}
