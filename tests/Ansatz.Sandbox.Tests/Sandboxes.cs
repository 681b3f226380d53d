namespace Ansatz.Sandbox.Tests;

/// <summary>Opens the sandbox of whole programs where it is made for the system. Elsewhere it asserts what is asked for there: a refusal that says why.</summary>
internal static class Sandboxes
{
    /// <summary>The tests that start child processes: one after the other.</summary>
    public const string Processes = "child processes";

    public static async Task<ProgramSandbox?> OpenAsync(ProgramLimits? limits = null, Walls walls = Walls.All)
    {
        if (OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64)
        {
            return await ProgramSandbox.OpenAsync(limits ?? new(), walls, TestContext.Current.CancellationToken);
        }

        FaultException refusal = await Assert.ThrowsAsync<FaultException>(() => ProgramSandbox.OpenAsync(limits, TestContext.Current.CancellationToken));
        Assert.Contains("made for Linux on x64", refusal.Message, StringComparison.Ordinal);
        return null;
    }
}
