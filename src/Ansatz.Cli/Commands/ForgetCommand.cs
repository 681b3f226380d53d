using System.CommandLine;
using Ansatz.Web;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz forget: erases the texts of a study and keeps its numbers.</summary>
internal static class ForgetCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> study = Shared.StudyArgument();
        Option<string> database = Shared.DatabaseOption();
        Option<bool> yes = new("--yes") { Description = "Erases without asking first." };
        Command command = new("forget", "Erases the texts of a study - prompts, replies, your own settings, the report - and keeps its numbers.") { study, database, yes };
        command.SetAction((parsed, cancellationToken) => ForgetAsync(
            surroundings, parsed.GetRequiredValue(study), parsed.GetRequiredValue(database), parsed.GetValue(yes), cancellationToken));
        return command;
    }

    private static async Task<int> ForgetAsync(Surroundings surroundings, string name, string database, bool isSure, CancellationToken cancellationToken)
    {
        Journal reading = Shared.OpenJournal(surroundings, database);
        await using (reading.ConfigureAwait(false))
        {
            Shared.Find(reading, name, surroundings); // its sentences, before anything is touched
        }

        if (!isSure && !await AsksAsync(surroundings, name, cancellationToken).ConfigureAwait(false))
        {
            await surroundings.Output.WriteLineAsync("Nothing was erased.").ConfigureAwait(false);
            return App.Done;
        }

        string path = surroundings.FullPath(database);
        Journal journal = Journal.Open(path, surroundings.Clock);
        await using (journal.ConfigureAwait(false))
        {
            await journal.ForgetAsync(journal.Find(name)!).ConfigureAwait(false);
        }

        string folder = Shared.RunFolder(surroundings, name), report = Path.Combine(folder, "report.html"), project = Path.Combine(folder, ".project");
        bool hadReport = File.Exists(report), hadProject = Directory.Exists(project);
        foreach (string left in (string[])[report, report + ReportPage.Unfinished])
        {
            if (File.Exists(left)) // File.Delete minds where the folder is missing
            {
                File.Delete(left);
            }
        }

        if (hadProject)
        {
            Directory.Delete(project, recursive: true);
        }

        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }

        await surroundings.Output.WriteLineAsync(PlainText.Printable(
            $"The texts of \"{name}\" are erased from {surroundings.Shown(path)}{(hadReport ? $", and its report {surroundings.Shown(report)} is deleted" : "")}{(hadProject ? $", and the project {surroundings.Shown(project)}" : "")}; its numbers are kept. Your data file and copies elsewhere are yours to delete.")).ConfigureAwait(false);
        return App.Done;
    }

    private static async Task<bool> AsksAsync(Surroundings surroundings, string name, CancellationToken cancellationToken)
    {
        if (!surroundings.IsTyped)
        {
            throw new InputException($"What is erased cannot be brought back. Say --yes to erase the texts of \"{name}\".");
        }

        await surroundings.Output.WriteAsync(PlainText.Printable($"Erase the prompts, replies and settings of \"{name}\" for good? [y/N] ")).ConfigureAwait(false);
        await surroundings.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        string? line = await Task.Run(surroundings.Input.ReadLine, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        return line?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
