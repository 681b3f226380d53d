using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Ansatz.Cli.Commands;

namespace Ansatz.Cli;

/// <summary>The command line: finds the command, runs it, and turns what goes wrong into one sentence and an exit code.</summary>
internal static class App
{
    /// <summary>Exit code: done.</summary>
    public const int Done = 0;

    /// <summary>Exit code: the world failed, or a bug did.</summary>
    public const int Failed = 1;

    /// <summary>Exit code: wrong use or input.</summary>
    public const int WrongUse = 2;

    /// <summary>Exit code of a check: what was found scores below the verdict's bound.</summary>
    public const int NoLongerHolds = 3;

    /// <summary>Exit code: interrupted; the same command goes on.</summary>
    public const int Interrupted = 130;

    /// <summary>Runs one command line.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Surroundings surroundings, CancellationToken cancellationToken)
    {
        RootCommand root = Root(surroundings);
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            await surroundings.Error.WriteLineAsync(PlainText.Printable(parsed.Errors[0].Message)).ConfigureAwait(false);
            List<string> path = ["--help"];
            for (SymbolResult at = parsed.CommandResult; at is CommandResult { Command: { } command, Parent: { } parent }; at = parent)
            {
                path.Insert(0, command.Name);
            }

            await surroundings.Error.WriteLineAsync($"`{surroundings.CommandLine([.. path])}` says what there is.").ConfigureAwait(false);
            return WrongUse;
        }

        try
        {
            return await parsed.InvokeAsync(
                new() { Output = surroundings.Output, Error = surroundings.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await SayAsync(surroundings, "Stopped. What was measured is kept; the same command goes on.", Interrupted).ConfigureAwait(false);
        }
        catch (InputException e)
        {
            return await SayAsync(surroundings, e.Message + Options(e.WaysOn), WrongUse).ConfigureAwait(false);
        }
        catch (FaultException e)
        {
            return await SayAsync(surroundings, e.Message, Failed).ConfigureAwait(false);
        }
        catch (ReplayException e)
        {
            return await SayAsync(surroundings, e.Message + Options(WaysOn.AnotherName), Failed).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            return await SayAsync(surroundings, $"A file, or the output, could not be read or written: {e.Message}", Failed).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            string what = surroundings.IsDebug ? e.ToString() : $"{e.GetType().Name}: {e.Message}";
            return await SayAsync(
                surroundings,
                $"This is a bug in Ansatz, not your mistake ({what}). What was stored is kept. Please report it with the command that you gave; ANSATZ_DEBUG=1 shows where it happened.",
                Failed).ConfigureAwait(false);
        }
    }

    private static RootCommand Root(Surroundings surroundings)
    {
        RootCommand root = new("Leave a part of your AI system open, give a score, and let search fill it in - with evidence that it helped.")
        {
            NewCommand.Create(surroundings),
            RunCommand.Create(surroundings),
            CompareCommand.Create(surroundings),
            ListCommand.Create(surroundings),
            ShowCommand.Create(surroundings),
            ReportCommand.Create(surroundings),
            TryCommand.Create(surroundings),
            ExportCommand.Create(surroundings),
            CheckCommand.Create(surroundings),
            TransferCommand.Create(surroundings),
            ForgetCommand.Create(surroundings),
            ModelsCommand.Create(surroundings),
            SandboxCommand.Create(surroundings),
        };
        root.SetAction((ParseResult _) => Task.FromException<int>(new InputException($"Say what to do: `{surroundings.CommandLine("new", "your.csv")}` writes a study of your own data, `{surroundings.CommandLine("--help")}` says what else there is.")));
        return root;
    }

    private static string Options(WaysOn ways) =>
        (ways.HasFlag(WaysOn.AnotherName) ? " `run --fork` gives it another name." : "") + (ways.HasFlag(WaysOn.AllowRejected) ? " `run --allow-rejected` goes on with this one." : "");

    private static async Task<int> SayAsync(Surroundings surroundings, string sentence, int exitCode)
    {
        await surroundings.Error.WriteLineAsync(PlainText.PrintableLines(sentence)).ConfigureAwait(false);
        return exitCode;
    }
}
