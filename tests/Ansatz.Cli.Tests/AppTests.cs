namespace Ansatz.Cli.Tests;

public sealed class AppTests
{
    private static readonly string[] Commands = ["", "new", "run", "compare", "list", "show", "report", "try", "export", "check", "transfer", "forget", "models check", "sandbox selftest"];

    /// <summary>After a change on purpose: ANSATZ_WRITE_HELP=tests/Ansatz.Cli.Tests/Help.txt writes them anew.</summary>
    [Fact]
    public async Task Help_OfEveryCommand_IsAsChecked()
    {
        using Cli cli = new();
        List<string> texts = [];
        foreach (string command in Commands)
        {
            Assert.Equal(App.Done, await cli.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));
            texts.Add($"$ ansatz {command}{(command.Length > 0 ? " " : "")}--help\n{cli.Output.Trim()}\n");
        }

        string all = string.Join('\n', texts).Replace(System.CommandLine.RootCommand.ExecutableName, "ansatz", StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("ANSATZ_WRITE_HELP") is { } path)
        {
            await File.WriteAllTextAsync(path, all, TestContext.Current.CancellationToken);
            return;
        }

        Assert.Equal(await File.ReadAllTextAsync("Help.txt", TestContext.Current.CancellationToken), all);
    }

    [Theory]
    [InlineData(new[] { "rnu" }, "Unrecognized command or argument 'rnu'.\n`ansatz --help` says what there is.\n")]
    [InlineData(new[] { "sandbox", "selftest", "--no" }, "Unrecognized command or argument '--no'.\n`ansatz sandbox selftest --help` says what there is.\n")]
    [InlineData(new[] { "run" }, "Required argument 'FILE' missing for command: 'run'.\n`ansatz run --help` says what there is.\n")]
    [InlineData(new[] { "export", "x", "--as", "yaml" }, "Argument 'yaml' not recognized. Must be one of:  'text'  'messages'  'csharp'  'agent'  'patch'  'project'\n`ansatz export --help` says what there is.\n")]
    [InlineData(new string[0], "Say what to do: `ansatz new your.csv` writes a study of your own data, `ansatz --help` says what else there is.\n")]
    public async Task WrongUse_SaysWhatThereIs(string[] args, string message)
    {
        using Cli cli = new();

        Assert.Equal(App.WrongUse, await cli.RunAsync(args));

        Assert.Equal(message, cli.Error);
    }
}
