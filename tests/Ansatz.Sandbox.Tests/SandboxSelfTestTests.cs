using System.Runtime.InteropServices;

namespace Ansatz.Sandbox.Tests;

/// <summary>What `ansatz sandbox selftest` runs. Its rows that something else than the lock stops have tests of their own, in which they cost less.</summary>
[Collection(Sandboxes.Processes)]
public sealed class SandboxSelfTestTests
{
    // A wall that is removed fails its rows here: each wall has one in which it stands alone.
    [Fact]
    public async Task RunAsync_EveryAttack_IsStoppedByItsCauseAndSucceedsWithoutWalls()
    {
        bool isMadeForThis = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;
        List<AttackRow> rows = [];
        await foreach (AttackRow row in SandboxSelfTest.RunAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        Assert.DoesNotContain(rows, r => !r.Holds);
        Assert.Equal(isMadeForThis ? ["hole", "program"] : ["hole"], rows.Select(r => r.Profile).Distinct());
        Assert.True(rows.Count > 20);
    }

    [Theory]
    [InlineData("errno 1", "reached", true)]
    [InlineData("errno 13", "reached", false)] // stopped by something else
    [InlineData("errno 1", "errno 1", false)] // stopped by nothing of ours
    [InlineData("reached", "reached", false)]
    [InlineData("errno 1", null, true)]
    public void Holds_OnlyForItsOwnCauseAndBesideASuccess(string actual, string? control, bool holds) =>
        Assert.Equal(holds, new AttackRow("program", "opens a file", "lock", "errno 1", actual, control).Holds);
}
