using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>A search control: a search with the mechanism that it claims taken out, all else alike - proposals, items, calls, the choice on validation.</summary>
/// <remarks>
/// What a search gains over it is the mechanism's; what the control gains over the user's own prompt, trying many gives by itself. Both have the same budget; a control whose mechanism needs
/// rollouts of its own, or that finds fewer edits which are new, spends less, and the search's remarks say so.
/// </remarks>
public sealed class SearchControl : Optimizer<Prompt>
{
    private readonly string _use;
    private readonly Optimizer<Prompt> _of;
    private readonly Func<Search<Prompt>, CancellationToken, Task> _searchAsync;

    internal SearchControl(string use, Optimizer<Prompt> of, Func<Search<Prompt>, CancellationToken, Task> searchAsync) =>
        (_use, _of, _searchAsync) = (use, of, searchAsync);

    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = _use, ["of"] = _of.Settings };

    /// <inheritdoc />
    public override Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken) => _searchAsync(search, cancellationToken);
}
