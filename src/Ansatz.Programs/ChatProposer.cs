using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ansatz.Language;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Programs;

/// <summary>How a model is asked for a program.</summary>
public enum ProgramPrompt
{
    /// <summary>A chat message that shows the versions and asks for the next one, whole.</summary>
    Rewrite,

    /// <summary>A chat message that asks for edits of the last version: blocks of lines to search for and what to replace them with.</summary>
    Diff,

    /// <summary>The paper's prompt: the versions and the header of the next one, for a model that goes on with a text.</summary>
    Continue,
}

/// <summary>A model that writes programs: shown the parents as versions 0 and 1, it writes the next.</summary>
/// <remarks>
/// What it replies may be anything. A method is looked for (<see cref="ProgramReply"/>); a reply without one, or with one that does not compile, is a candidate nonetheless, and is rejected with
/// the reason, which the next prompts show. A reply that means what the search has seen is dropped. The model never sees inputs or scores of validation and test.
/// </remarks>
/// <param name="model">The model.</param>
public sealed class ChatProposer(Proposer model) : ProgramProposer
{
    /// <summary>How it is asked. Default: to rewrite.</summary>
    public ProgramPrompt Prompt { get; init; } = ProgramPrompt.Rewrite;

    /// <summary>1 for the model's own distribution. Default 1.</summary>
    public float Temperature
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Temperature));
            field = value;
        }
    } = 1;

    /// <summary>The smallest set of tokens with this probability is sampled from. Default 0.95.</summary>
    public float TopP
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(TopP));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1, nameof(TopP));
            field = value;
        }
    } = 0.95f;

    /// <summary>The longest reply. Default 512.</summary>
    public int MaxTokens
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(MaxTokens));
            field = value;
        }
    } = 512;

    /// <summary>What a call costs, in evaluations: its time or its price by those of an evaluation. Matters only beside other proposers. Default 20.</summary>
    public double CallCost
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(CallCost));
            field = value;
        }
    } = 20;

    /// <inheritdoc />
    public override double Cost => CallCost;

    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "model",
        ["model"] = model.Identity,
        ["prompt"] = Prompt.ToString(),
        ["temperature"] = Temperature,
        ["topP"] = TopP,
        ["maxTokens"] = MaxTokens,
        ["callCost"] = CallCost,
    };

    /// <inheritdoc />
    public override async Task<ImmutableArray<Proposal?>> ProposeAsync(
        Search<ProgramSource> search, IReadOnlyList<ProposalRequest> requests, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(requests);
        ProgramPart part = ProgramPart.Of(search);
        ProgramPromptText text = new(part, Prompt);
        ImmutableArray<ProposerReply> replies = await search.CallAsync(
            [
                .. requests.SelectMany(request => model.Calls(
                    new(text.Of(request), Temperature, TopP, MaxTokens),
                    [(int)request.Number],
                    sample => search.Stream("model", sample).Next(int.MaxValue))),
            ],
            Proposer.Codec,
            cancellationToken).ConfigureAwait(false);
        return [.. requests.Zip(replies, Read)];

        Proposal? Read(ProposalRequest request, ProposerReply reply)
        {
            ProgramSource source = ProgramReply.Read(reply.Text, part.Signature.Name, text.HeaderOf(request), text.LastOf(request), Prompt, takesMembers: part.Process is not null);
            HoleSyntax? program = part.TryRead(source);
            bool isNew = program is null ? request.Seen.Add(source) : request.Seen.Add(program);
            return isNew ? new(program is null ? source : part.Write(program), "model", [.. Enumerable.Range(0, request.Parents.Length)]) : null;
        }
    }
}
