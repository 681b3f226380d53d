using System.CommandLine;
using Ansatz.Cli.StudyFiles;
using Ansatz.Prompts;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz export: what was found, as what the user already uses.</summary>
internal static class ExportCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> study = Shared.StudyArgument();
        Option<string> database = Shared.DatabaseOption();
        Option<string> form = new("--as")
        {
            Description = "text: the prompt with its data holes; messages: chat messages as JSON; csharp: a class without dependencies.",
            HelpName = "text|messages|csharp",
            DefaultValueFactory = _ => "text",
        };
        form.AcceptOnlyFromAmong("text", "messages", "csharp");
        Command command = new("export", "Writes the found prompt to take away.") { study, database, form };
        command.SetAction((parsed, _) => ExportAsync(surroundings, parsed.GetRequiredValue(study), parsed.GetRequiredValue(database), parsed.GetRequiredValue(form)));
        return command;
    }

    private static async Task<int> ExportAsync(Surroundings surroundings, string name, string database, string form)
    {
        Journal journal = Shared.OpenJournal(surroundings, database);
        await using (journal.ConfigureAwait(false))
        {
            FoundFilling found = FoundFilling.Of(journal, Shared.Find(journal, name, surroundings), surroundings);
            StudyFile file = found.File.Read.Study;
            bool isLabel = file.Scorer.Use == ScorerKind.Label;
            string text = form switch
            {
                "messages" => PromptExport.ToMessagesJson(found.Template, found.Prompt),
                "csharp" => PromptExport.ToCSharp(found.Template, found.Prompt, [.. isLabel ? found.File.Labels : []], PromptStudy.SolverOf(file), isLabel && (!file.Model.IsEndpoint || file.Model.TopTokens is not null)),
                _ => PromptExport.ToText(found.Template, found.Prompt),
            };
            await surroundings.Output.WriteLineAsync(text.TrimEnd('\n')).ConfigureAwait(false);
        }

        return App.Done;
    }
}
