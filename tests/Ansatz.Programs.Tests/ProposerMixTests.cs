using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz.Programs.Tests;

/// <summary>The bandit among proposers, by hand.</summary>
public sealed class ProposerMixTests
{
    [Fact]
    public async Task Propose_OneOfTwoIsRewardedAndCostsTwice_TurnsFollowTheBound()
    {
        List<string> asked = [];
        ProposerMix mix = new([new Noted("free", 0, asked), new Noted("dear", 1, asked)]);

        // At first each once; then (mean + √(2 ln N / n)) / (1 + cost), where only dear's first proposal was better:
        await Ask(0, 1);
        mix.Reward(1, 1);
        await Ask(2); // N = 2: free √(2 ln 2) = 1.177, dear (1 + 1.177) / 2 = 1.089
        await Ask(3); // N = 3: free √(2 ln 3 / 2) = 1.048, dear (1 + 1.482) / 2 = 1.241
        mix.Reward(3, 0.7);
        await Ask(4); // N = 4: free √(2 ln 4 / 2) = 1.177, dear (1.7 / 2 + 1.177) / 2 = 1.014
        await Ask(5); // N = 5: free √(2 ln 5 / 3) = 1.036, dear (0.85 + 1.269) / 2 = 1.059; after a whole reward more it would be 1.134
        mix.Reward(5, 0.1);
        await Ask(6); // N = 6: free √(2 ln 6 / 3) = 1.093, dear (1.8 / 3 + 1.093) / 2 = 0.847; after a whole reward (2.7 / 3 + 1.093) / 2 = 0.997

        Assert.Equal(["free 0", "dear 1", "free 2", "dear 3", "free 4", "dear 5", "free 6"], asked);

        Task<ImmutableArray<Proposal?>> Ask(params long[] numbers) =>
            mix.ProposeAsync(null!, [.. numbers.Select(n => new ProposalRequest(n, 6, [], 0, [], new SeenPrograms()))], TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Propose_ManyAtOnce_AreSpreadAndComeBackInOrder()
    {
        List<string> asked = [];
        ProposerMix mix = new([new Noted("a", 0, asked), new Noted("b", 0, asked)]);

        ImmutableArray<Proposal?> proposals = await mix.ProposeAsync(
            null!, [.. Enumerable.Range(0, 6).Select(n => new ProposalRequest(n, 6, [], 0, [], new SeenPrograms()))], TestContext.Current.CancellationToken);

        Assert.Equal(["0", "1", "2", "3", "4", "5"], proposals.Select(p => p!.Program.Text));
        Assert.Equal(["a 0", "a 2", "a 4", "b 1", "b 3", "b 5"], asked);
    }

    /// <summary>Notes which requests come to it.</summary>
    private sealed class Noted(string name, double cost, List<string> asked) : ProgramProposer
    {
        public override JsonObject Settings => new() { ["use"] = name };

        public override double Cost => cost;

        public override Task<ImmutableArray<Proposal?>> ProposeAsync(Search<ProgramSource> search, IReadOnlyList<ProposalRequest> requests, CancellationToken cancellationToken)
        {
            asked.AddRange(requests.Select(r => $"{name} {r.Number}"));
            return Task.FromResult<ImmutableArray<Proposal?>>([.. requests.Select(r => new Proposal(new($"{r.Number}"), name, []))]);
        }
    }
}
