using System.Text.Json.Nodes;

namespace Ansatz;

/// <summary>
/// A deterministic search over the answers that it gets: a coroutine that draws from seeded generators, awaits evaluations and model
/// calls through its <see cref="Search{T}"/>, and uses nothing else - no client, no clock, no <see cref="Random"/>, no order of arrival.
/// </summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <remarks>
/// Because of that, a search can be stopped anywhere: it is run again from the start, the journal answers what was asked before, and it goes on.
/// One instance may run in several studies at once, so it keeps no state between calls: what changes lives in <see cref="SearchAsync"/>.
/// </remarks>
public abstract class Optimizer<T>
{
    /// <summary>Name and settings, whole, as they are stored with the study and compared on resume.</summary>
    public abstract JsonObject Settings { get; }

    /// <summary>Searches until it is done. Its arm ends earlier when the budget is spent.</summary>
    public abstract Task SearchAsync(Search<T> search, CancellationToken cancellationToken);
}
