using System.Text.Json.Nodes;

namespace Ansatz;

/// <summary>The search that searches nothing: one filling, evaluated on all validation items (all train items where there are none).</summary>
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
        Split split = search.Count(Split.Validation) > 0 ? Split.Validation : Split.Train;
        await search.EvaluateAsync([search.WholeSplit(candidate, split)], cancellationToken).ConfigureAwait(false);
        search.Nominate(candidate);
    }
}
