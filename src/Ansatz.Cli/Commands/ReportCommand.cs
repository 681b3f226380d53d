using System.CommandLine;
using Ansatz.Web;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz report: writes the report of a judged study again, from its journal and its data.</summary>
internal static class ReportCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> study = Shared.StudyArgument();
        Option<string> database = Shared.DatabaseOption();
        Option<string?> to = new("--to") { Description = "The file to write. Default: runs/STUDY/report.html.", HelpName = "FILE" };
        Command command = new("report", "Writes the report of a judged study again.") { study, database, to };
        command.SetAction((parsed, cancellationToken) => WriteAsync(surroundings, parsed.GetRequiredValue(study), parsed.GetRequiredValue(database), parsed.GetValue(to), cancellationToken));
        return command;
    }

    private static async Task<int> WriteAsync(Surroundings surroundings, string name, string database, string? to, CancellationToken cancellationToken)
    {
        StoredFile file = await Shared.JudgedFileAsync(surroundings, database, name).ConfigureAwait(false);

        // The study is opened as it was begun: data or a model that have changed since would be refused here.
        string path = surroundings.FullPath(to ?? Path.Combine(Shared.RunFolder(surroundings, name), "report.html"));
        using LoadedStudy loaded = LoadedStudy.Load(file.Read, file.Folder, surroundings.Endpoints);
        OpenStudy study = loaded.Open(surroundings.FullPath(database), name, surroundings.Clock);
        await using (study.ConfigureAwait(false))
        {
            Verdict verdict = await study.JudgeAsync(cancellationToken).ConfigureAwait(false);
            string again = surroundings.CommandLine(["report", name, .. Shared.DatabaseWords(surroundings, database)]);
            ReportPage.Write(loaded.ReportOf(study.Journal, verdict, again), path);
        }

        await surroundings.Output.WriteLineAsync($"{surroundings.Shown(path)} is written.").ConfigureAwait(false);
        return App.Done;
    }
}
