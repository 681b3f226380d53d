using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>A control of <see cref="Opro"/>: as many proposals of the same proposer, who sees the start instructions alone, never what came of a proposal.</summary>
/// <remarks>
/// OPRO's claim is that the history helps. Whatever OPRO gains over this control, at equal calls and by the same selection, is the history's; whatever
/// this control gains over the user's own prompt is what trying many instructions gives by itself.
/// </remarks>
/// <param name="opro">The search whose settings it shares.</param>
public sealed class OneStep(Opro opro) : Optimizer<Prompt>
{
    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = "one-step", ["of"] = opro.Settings };

    /// <inheritdoc />
    public override Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken) =>
        opro.SearchAsync(search, historyIsShown: false, cancellationToken);
}
