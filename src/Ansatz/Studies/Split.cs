namespace Ansatz;

/// <summary>The three parts of the items, by who may use them.</summary>
public enum Split
{
    /// <summary>What a candidate may contain, a proposer may read and an optimizer may score on.</summary>
    Train,

    /// <summary>What selects the winner and the strongest control. A proposer may see its scores, never its texts.</summary>
    Validation,

    /// <summary>The judge's. A <see cref="Search{T}"/> refuses it.</summary>
    Test,
}
