namespace Ansatz;

/// <summary>The state of a <see cref="Trial{T}"/>.</summary>
public enum TrialState
{
    /// <summary>Not yet evaluated on all validation items.</summary>
    Running,

    /// <summary>Evaluated on all validation items (all train items where there are no validation items).</summary>
    Completed,

    /// <summary>Given up by the optimizer.</summary>
    Pruned,
}
