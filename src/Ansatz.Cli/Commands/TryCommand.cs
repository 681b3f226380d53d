using System.CommandLine;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz try: the found prompt on lines that the user types, or a program on an input.</summary>
internal static class TryCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> study = Shared.StudyArgument();
        Option<string> database = Shared.DatabaseOption();
        Option<bool> yours = new("--yours") { Description = "Tries your own prompt, or your start program, instead of the found one." };
        Option<int?> trial = new("--trial") { Description = "For programs: tries this trial of the search. Default: what was found.", HelpName = "N" };
        Option<int?> input = new("--input") { Description = "For programs: runs it on this train input, from 0, call by call, and says at which line it fails and where it parts from its parent. Default: on all of them, in a line each.", HelpName = "K" };
        Command command = new("try", "Answers lines that you type, or pipe in, under the found prompt; runs a program of the search again on the train inputs.") { study, database, yours, trial, input };
        command.SetAction((parsed, cancellationToken) => TryAsync(
            surroundings, parsed.GetRequiredValue(study), parsed.GetRequiredValue(database), new(parsed.GetValue(yours), parsed.GetValue(trial), parsed.GetValue(input)), cancellationToken));
        return command;
    }

    private static async Task<int> TryAsync(Surroundings surroundings, string name, string database, TryOptions options, CancellationToken cancellationToken)
    {
        Journal journal = Shared.OpenJournal(surroundings, database);
        await using (journal.ConfigureAwait(false))
        {
            await Finding.Of(journal, Shared.Find(journal, name, surroundings), surroundings).TryAsync(options, cancellationToken).ConfigureAwait(false);
        }

        return App.Done;
    }
}
