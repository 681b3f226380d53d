using System.Text.Json.Nodes;
using Ansatz.Prompts;

namespace Ansatz.Experiments.Method;

/// <summary>What a careful person does without a tool: tries each hand-written instruction, without demonstrations, on the validation items and takes the best.</summary>
internal sealed class BestInstruction : Optimizer<Prompt>
{
    public override JsonObject Settings => new() { ["use"] = "best-instruction" };

    public override Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken) => search.EvaluateAsync(
        [
            .. ((PromptPart)search.Open).Instructions
                .Where(i => i.Length > 0)
                .Select(i => search.WholeSplit(search.Propose(search.Open.Yours with { Instruction = i }, "hand-written"), Split.Validation)),
        ],
        cancellationToken);
}
