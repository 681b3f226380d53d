namespace Ansatz;

/// <summary>What an objective's score is. Higher is better; a loss is negated once, in the objective. It decides which interval is right.</summary>
public enum Scale
{
    /// <summary>0 or 1 an item: Wilson for one arm, Tango's score interval for a paired difference.</summary>
    Binary,

    /// <summary>Within [0, 1] an item: the wider of BCa bootstrap and t over items.</summary>
    Unit,

    /// <summary>Any finite number: the wider of BCa bootstrap and t over items, t over seeds.</summary>
    Real,
}
