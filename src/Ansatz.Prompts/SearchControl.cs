using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>A search control: a search with the mechanism that it claims taken out, all else alike - proposals, items, calls, the choice on validation.</summary>
/// <remarks>
/// What a search gains over it is the mechanism's; what the control gains over the user's own prompt, trying many gives by itself. Both have the same budget; a control whose mechanism needs
/// rollouts of its own, or that finds fewer edits which are new, spends less, and the search's remarks say so.
/// </remarks>
/// <typeparam name="T">What is searched: a prompt, or several.</typeparam>
public sealed class SearchControl<T> : Optimizer<T>
{
    private readonly string _use;
    private readonly Optimizer<T> _of;
    private readonly Func<Search<T>, CancellationToken, Task> _searchAsync;

    internal SearchControl(string use, Optimizer<T> of, Func<Search<T>, CancellationToken, Task> searchAsync) =>
        (_use, _of, _searchAsync) = (use, of, searchAsync);

    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = _use, ["of"] = _of.Settings };

    /// <inheritdoc />
    public override Task SearchAsync(Search<T> search, CancellationToken cancellationToken) => _searchAsync(search, cancellationToken);
}
