using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>A control: one filling of the open slots that nobody chose, nominated unseen.</summary>
/// <remarks>What several of them score on the test items, as mean and range, says what a prompt is worth before any search.</remarks>
public sealed class RandomDraw : Optimizer<Prompt>
{
    /// <inheritdoc />
    public override JsonObject Settings => new() { ["use"] = "random-draw" };

    /// <inheritdoc />
    public override Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        search.Nominate(search.Propose(PromptPart.Of(search).Draw(search.Stream("draw")), "random draw"));
        return Task.CompletedTask;
    }
}
