using Ansatz.Cli.Commands;
using Ansatz.Sandbox;

namespace Ansatz.Cli.Tests.Commands;

public sealed class SandboxCommandTests
{
    private static readonly AttackRow Held = new("program", "opens a file", "lock", "errno 1", "errno 1", "reached");

    [Fact]
    public async Task Selftest_EverythingHeld_SaysSoWithExitCode0()
    {
        (int exitCode, string text) = await WriteAsync(isJson: false, Held, Held with { Profile = "hole", Wall = "reader", Control = null });

        Assert.Equal(App.Done, exitCode);
        Assert.Equal(
            " held     program  lock               opens a file: errno 1\n held     hole     reader             opens a file: errno 1\n"
            + "2 attacks: 0 escapes. 1 of them were run a second time without walls, where they have to succeed.\n",
            text);
    }

    [Theory]
    [InlineData("reached", "reached", " ESCAPE ", "1 escape.")]
    [InlineData("errno 13", "reached", " UNCLEAR ", "0 escapes, 1 unclear.")] // stopped, but by something else
    [InlineData("errno 1", "errno 1", " UNCLEAR ", "0 escapes, 1 unclear.")] // it would not have worked anyway
    public async Task Selftest_ARowThatDoesNotHold_IsSaidWithExitCode1(string actual, string control, string verdict, string sum)
    {
        (int exitCode, string text) = await WriteAsync(isJson: false, Held with { Actual = actual, Control = control });

        Assert.Equal(App.Failed, exitCode);
        Assert.Contains(verdict, text, StringComparison.Ordinal);
        Assert.Contains($"expected: errno 1; without walls: {control}", text, StringComparison.Ordinal);
        Assert.Contains(sum, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Selftest_Json_WritesOneObjectAnAttack()
    {
        (int exitCode, string text) = await WriteAsync(isJson: true, Held);

        Assert.Equal(App.Done, exitCode);
        Assert.Equal("{\"profile\":\"program\",\"attack\":\"opens a file\",\"wall\":\"lock\",\"expected\":\"errno 1\",\"actual\":\"errno 1\",\"control\":\"reached\",\"holds\":true,\"escape\":false}\n", text);
    }

    private static async Task<(int ExitCode, string Text)> WriteAsync(bool isJson, params AttackRow[] rows)
    {
        StringWriter output = new() { NewLine = "\n" };
        int exitCode = await SandboxCommand.WriteAsync(output, rows.ToAsyncEnumerable(), isJson, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString());
    }
}
