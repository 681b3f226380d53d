using System.Runtime.InteropServices;
using Ansatz.Cli;
using Ansatz.Language;
using Ansatz.LocalModels;
using Spectre.Console;

bool isPlain = Console.IsOutputRedirected
    || IsSet("NO_COLOR") || IsSet("CI")
    || Environment.GetEnvironmentVariable("TERM") == "dumb";
using CancellationTokenSource stopping = new();
int signals = 0;
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

Endpoints endpoints = new();
endpoints.Add(Endpoints.Embedded, () => EmbeddedModel.Load());
Surroundings surroundings = new()
{
    Output = Console.Out,
    Error = Console.Error,
    Input = Console.In,
    Folder = Environment.CurrentDirectory,
    Screen = isPlain ? null : AnsiConsole.Console,
    IsTyped = !Console.IsInputRedirected,
    Endpoints = endpoints,
    Program = ProgramName.Find(),
    IsDebug = IsSet("ANSATZ_DEBUG"),
};
return await App.RunAsync(args, surroundings, stopping.Token).ConfigureAwait(false);

// The first signal stops in an orderly way; a second one ends at once: what was told is on disk anyway.
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    if (Interlocked.Increment(ref signals) > 1)
    {
        Console.Write(isPlain ? "" : "\e[?25h"); // the cursor was hidden
        Environment.Exit(App.Interrupted);
    }

    stopping.Cancel();
}

static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
