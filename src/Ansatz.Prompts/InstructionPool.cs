using System.Collections.Immutable;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>What the two evolutions of instructions share: a first population, and children that are written and scored on train.</summary>
internal sealed class InstructionPool
{
    private readonly Search<Prompt> _search;
    private readonly PromptPart _part;
    private readonly InstructionWriter _writer;
    private readonly Writing _writing;
    private readonly string[] _starts;
    private readonly List<Block<Prompt>> _scored = [];

    public InstructionPool(Search<Prompt> search, Proposer proposer, Writing writing, string method)
    {
        ArgumentNullException.ThrowIfNull(search);
        (_search, _part, _writing) = (search, PromptPart.Of(search), writing);
        if (_part.Slots.Instruction is null)
        {
            throw new InputException($"{method} writes instructions, but the instruction of this prompt is closed. Open it, or search with few-shot search.");
        }

        _writer = new(search, _part, proposer, writing);
        _writer.IsNew("");
        _starts = [.. _part.Instructions.Where(_writer.IsNew)];
        if (_starts.Length == 0)
        {
            throw new InputException($"{method} makes new instructions out of old ones, but yours is empty and there are no options. Write at least one for it to begin with.");
        }
    }

    /// <summary>Every instruction that was scored on train, in the order in which they came.</summary>
    public IReadOnlyList<Block<Prompt>> Scored => _scored;

    /// <summary>Scores the user's instructions, and other wordings of them until there are <paramref name="population"/>; fewer where the proposer has no more ideas.</summary>
    public async Task BeginAsync(int population, CancellationToken cancellationToken)
    {
        await ScoreAsync([.. _starts.Select(i => Candidate(i, i == _part.Yours.Instruction ? "yours" : "start", []))], cancellationToken).ConfigureAwait(false);
        Block<Prompt>[] starts = [.. _scored];
        for (int round = 0; round < 3 && _scored.Count < population && !_search.HasStalled; round++)
        {
            await ProposeAsync(
                [
                    .. Enumerable.Range(0, population - _scored.Count).Select(i => starts[i % starts.Length])
                        .Select(s => (EvoPromptText.Vary(_writing, s.Ask.Candidate.Value.Instruction), new[] { s })),
                ],
                "other wording",
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Has a child written for each request and scores it. By index; none where nothing usable was written.</summary>
    public async Task<ImmutableArray<Block<Prompt>?>> ProposeAsync(
        IReadOnlyList<(string Text, Block<Prompt>[] Parents)> requests, string origin, CancellationToken cancellationToken)
    {
        string?[] written = await _writer.WriteAsync([.. requests.Select(r => r.Text)], cancellationToken).ConfigureAwait(false);
        int[] usable = [.. Enumerable.Range(0, written.Length).Where(i => written[i] is not null)];
        ImmutableArray<Block<Prompt>> blocks = await ScoreAsync(
            [.. usable.Select(i => Candidate(written[i]!, origin, requests[i].Parents))], cancellationToken).ConfigureAwait(false);
        Block<Prompt>?[] children = new Block<Prompt>?[written.Length];
        for (int k = 0; k < usable.Length; k++)
        {
            children[usable[k]] = blocks[k];
        }

        return [.. children];
    }

    private Candidate<Prompt> Candidate(string instruction, string origin, Block<Prompt>[] parents) =>
        _search.Propose(_part.Yours with { Instruction = instruction }, origin, [.. parents.Select(p => p.Ask.Candidate.Id).Distinct()]);

    private async Task<ImmutableArray<Block<Prompt>>> ScoreAsync(IReadOnlyList<Candidate<Prompt>> candidates, CancellationToken cancellationToken)
    {
        ImmutableArray<Block<Prompt>> blocks = await _search.EvaluateAsync([.. candidates.Select(c => Selection.OnTrain(_part, c))], cancellationToken).ConfigureAwait(false);
        _scored.AddRange(blocks);
        _search.Nominate(Selection.Ranked(_scored)[0].Ask.Candidate); // a budget that ends the search finds a nomination in place
        return blocks;
    }
}
