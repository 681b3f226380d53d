namespace Ansatz;

/// <summary>What an arm is for.</summary>
public enum ArmRole
{
    /// <summary>The search that the user asked for.</summary>
    Search,

    /// <summary>The user's own filling.</summary>
    Yours,

    /// <summary>Something that the search has to beat.</summary>
    Control,

    /// <summary>A draw that nobody chose: judged, shown as mean and range with the others of its kind, never the strongest control.</summary>
    Draw,
}
