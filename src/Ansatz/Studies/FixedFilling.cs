using System.Text.Json.Nodes;

namespace Ansatz;

/// <summary>The search that searches nothing: one filling, evaluated on all validation items.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <param name="name">What the filling is, in a table: "yours", "no instruction".</param>
/// <param name="filling">Takes the filling from the open part.</param>
public sealed class FixedFilling<T>(string name, Func<OpenPart<T>, T> filling) : Optimizer<T>
{
    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = "fixed", ["filling"] = name };

    /// <inheritdoc />
    public override async Task SearchAsync(Search<T> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        Candidate<T> candidate = search.Propose(filling(search.Open), name);
        await search.EvaluateAsync([search.WholeSplit(candidate, Split.Validation)], cancellationToken).ConfigureAwait(false);
        search.Nominate(candidate);
    }
}
