using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>A control of <see cref="Gepa{T}"/>: as many reflections by the same proposer with the same gates, each on a run of the user's own prompts, never on what came of an earlier one.</summary>
/// <remarks>
/// GEPA's claim is that lessons add up along lineages that Pareto selection keeps apart. Whatever GEPA gains over this control, on the same budget, is that; whatever
/// this control gains over the user's own prompts, one rewriting with feedback gives by itself.
/// </remarks>
/// <typeparam name="T">One filling of all components.</typeparam>
/// <param name="gepa">The search whose settings it shares.</param>
public sealed class OneReflection<T>(Gepa<T> gepa) : Optimizer<T>
{
    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = "one-reflection", ["of"] = gepa.Settings };

    /// <inheritdoc />
    public override Task SearchAsync(Search<T> search, CancellationToken cancellationToken) => gepa.SearchAsync(search, fromYoursAlone: true, cancellationToken);
}
