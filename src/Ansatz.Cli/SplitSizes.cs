namespace Ansatz.Cli;

/// <summary>How many items go where, by how many there are: a third of the effort in choosing well, most of the rows in knowing what came of it.</summary>
/// <param name="Train">Items that a prompt may show.</param>
/// <param name="Validation">Items that choose the winner.</param>
/// <param name="Test">Items for the verdict.</param>
internal sealed record SplitSizes(int Train, int Validation, int Test)
{
    /// <summary>With fewer rows no verdict can show anything but a miracle.</summary>
    public const int Floor = 50;

    /// <summary>
    /// A sixth to train, at most 40 (a prompt shows some 8 of them); a quarter to validate, at most 80; the rest, at most 300, to test. None below
    /// <see cref="Floor"/>.
    /// </summary>
    /// <param name="rows">Different rows.</param>
    public static SplitSizes? For(int rows)
    {
        if (rows < Floor)
        {
            return null;
        }

        int train = Math.Min(40, rows / 6), validation = Math.Min(80, rows / 4);
        return new(train, validation, Math.Min(300, rows - train - validation));
    }

    /// <summary>The smallest true difference that a test of this size sees four times in five where the two disagree on this share of the items.</summary>
    public double? Detectable(double disagreeing = 0.2) => Ansatz.Detectable.PairedDifference(Test, (int)Math.Round(Test * disagreeing));
}
