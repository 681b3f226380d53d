namespace Ansatz.Sandbox;

/// <summary>One attack of the table, and what came of it.</summary>
/// <param name="Profile">"hole" or "program".</param>
/// <param name="Attack">What is attempted.</param>
/// <param name="Wall">What has to stop it: the reader, a limit, the check of the compiled program, the whole lock, one wall of it with all others taken away, or the host that watches a child without any.</param>
/// <param name="Expected">Words of the cause that has to be given.</param>
/// <param name="Actual">What came of it.</param>
/// <param name="Control">What comes of the same attack without walls; null where that was not tried.</param>
public sealed record AttackRow(string Profile, string Attack, string Wall, string Expected, string Actual, string? Control)
{
    /// <summary>What an attack answers that got where it wanted to.</summary>
    internal const string Reached = "reached";

    /// <summary>Whether the attack got where it wanted to.</summary>
    public bool IsEscape => Actual.StartsWith(Reached, StringComparison.Ordinal);

    /// <summary>Whether it was stopped by what has to stop it, and got through without: else the row shows nothing.</summary>
    public bool Holds => !IsEscape && IsExpected && (Control is null || Control.StartsWith(Reached, StringComparison.Ordinal));

    // "errno 1" is not "errno 13".
    private bool IsExpected => Actual.IndexOf(Expected, StringComparison.OrdinalIgnoreCase) is >= 0 and var at
        && !(char.IsAsciiDigit(Expected[^1]) && at + Expected.Length < Actual.Length && char.IsAsciiDigit(Actual[at + Expected.Length]));
}
