using System.CommandLine;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz export: what was found, as what the user already uses.</summary>
internal static class ExportCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> study = Shared.StudyArgument();
        Option<string> database = Shared.DatabaseOption();
        Option<string?> form = new("--as")
        {
            Description = "A prompt as text with its data holes (the default), messages as JSON, csharp: a class that needs Microsoft.Extensions.AI alone, or agent: a class that makes an agent of Microsoft.Agents.AI with the prompt as its instructions. A program as csharp: the method (the default), patch: a diff of your file, or project: a console project that runs it on one input, to debug.",
            HelpName = string.Join('|', Finding.AllForms),
        };
        form.AcceptOnlyFromAmong(Finding.AllForms);
        Option<int> input = new("--input") { Description = "For project: the train input that it runs on, from 0.", HelpName = "K" };
        Option<string?> to = new("--to") { Description = "For project: the folder to write. Default: runs/STUDY/.project, whose dot keeps it out of a project around it.", HelpName = "FOLDER" };
        Command command = new("export", "Writes what was found, to take away; of a program also before there is a verdict.") { study, database, form, input, to };
        command.SetAction((parsed, _) => ExportAsync(
            surroundings,
            parsed.GetRequiredValue(study),
            parsed.GetRequiredValue(database),
            parsed.GetValue(form),
            new(parsed.GetValue(to), parsed.GetValue(input)),
            parsed.GetResult(to) is { Implicit: false } ? "--to" : parsed.GetResult(input) is { Implicit: false } ? "--input" : null));
        return command;
    }

    private static async Task<int> ExportAsync(Surroundings surroundings, string name, string database, string? form, ExportOptions options, string? ofProject)
    {
        Journal journal = Shared.OpenJournal(surroundings, database);
        await using (journal.ConfigureAwait(false))
        {
            Finding finding = Finding.Of(journal, Shared.Find(journal, name, surroundings), surroundings);
            form ??= finding.Forms[0];
            if (!finding.Forms.Contains(form, StringComparer.Ordinal))
            {
                throw new InputException($"What \"{name}\" found cannot be written as {form}; it can as: {string.Join(", ", finding.Forms)}.");
            }

            if (ofProject is not null && form != "project")
            {
                throw new InputException($"{ofProject} belongs to --as project, and this is written as {form}, to the screen; leave it out, or send the output to a file with >.");
            }

            string text = finding.Export(form, options).TrimEnd('\n');
            if (finding.Remark is { } remark)
            {
                await surroundings.Error.WriteLineAsync(remark).ConfigureAwait(false);
            }

            await surroundings.Output.WriteLineAsync(text).ConfigureAwait(false);
        }

        return App.Done;
    }
}
