using System.CommandLine;
using System.Globalization;
using Ansatz.Prompts;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz try: the found prompt on lines that the user types.</summary>
internal static class TryCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> study = Shared.StudyArgument();
        Option<string> database = Shared.DatabaseOption();
        Option<bool> yours = new("--yours") { Description = "Tries your own prompt instead of the found one." };
        Command command = new("try", "Answers lines that you type, or pipe in, under the found prompt.") { study, database, yours };
        command.SetAction((parsed, cancellationToken) => TryAsync(
            surroundings, parsed.GetRequiredValue(study), parsed.GetRequiredValue(database), parsed.GetValue(yours), cancellationToken));
        return command;
    }

    private static async Task<int> TryAsync(Surroundings surroundings, string name, string database, bool isYours, CancellationToken cancellationToken)
    {
        Journal journal = Shared.OpenJournal(surroundings, database);
        await using (journal.ConfigureAwait(false))
        {
            StoredStudy stored = Shared.Find(journal, name, surroundings);
            FoundFilling found = FoundFilling.Of(journal, stored, surroundings);
            using IChatClient model = PromptStudy.OpenModel(found.File.Read, "model", found.File.Read.Study.Model, found.File.Folder, surroundings.Endpoints);
            PromptSolver solver = new(
                found.Template, [.. found.File.Labels], StudyScorers.Reader(found.File.Read, found.File.Labels), model, PromptStudy.SolverOf(found.File.Read.Study));
            Prompt prompt = isYours ? PromptStudy.YoursOf(found.File.Read.Study.Prompt.Yours, found.Template) : found.Prompt;
            if (surroundings.IsTyped)
            {
                await surroundings.Output.WriteLineAsync($" {(isYours ? "your prompt" : $"what \"{PlainText.Printable(name)}\" found")}; an empty line ends").ConfigureAwait(false);
            }

            while (await ReadAsync(found.Template, surroundings, cancellationToken).ConfigureAwait(false) is { } fields)
            {
                PromptAnswer answer = await solver.AnswerAsync(prompt, fields, cancellationToken).ConfigureAwait(false);
                string share = answer.Probabilities.FirstOrDefault(p => p.Label == answer.Answer) is { } p
                    ? string.Create(CultureInfo.InvariantCulture, $"   {100 * p.Probability:0} %")
                    : "";
                await surroundings.Output.WriteLineAsync($"{(surroundings.IsTyped ? "   " : "")}{PlainText.Printable(answer.Answer)}{share}").ConfigureAwait(false);
            }
        }

        return App.Done;
    }

    // One line an item; with several columns, one line a column.
    private static async Task<Dictionary<string, string>?> ReadAsync(PromptTemplate template, Surroundings surroundings, CancellationToken cancellationToken)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (string field in template.Fields)
        {
            if (surroundings.IsTyped)
            {
                await surroundings.Output.WriteAsync($" {PlainText.Printable(field)}> ").ConfigureAwait(false);
                await surroundings.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            // The console's own reader does not listen to cancellation: the wait does.
            string? line = await Task.Run(surroundings.Input.ReadLine, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (line is null || (surroundings.IsTyped && line.Trim().Length == 0))
            {
                return null;
            }

            fields[field] = line.Trim();
        }

        return fields;
    }
}
