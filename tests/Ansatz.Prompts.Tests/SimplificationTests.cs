using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

public sealed class SimplificationTests
{
    /// <summary>In the planted world "sure" demonstrations matter and "vague" ones do not, "positive" matters and "good" does not, nor does "Sort it.".</summary>
    private static Prompt Winner(PromptPart part, params int[] items) => new()
    {
        Instruction = "Sort it.",
        Demonstrations = [.. items.Select(part.Demonstrate)],
        Labels = [new("praise", "good")],
    };

    [Fact]
    public async Task Simplify_NothingMatters_LeavesTheTemplateAlone()
    {
        (Prompt simplified, _) = await SimplifyAsync(part => Winner(part, 4, 6, 12, 14)); // all vague

        Assert.Empty(simplified.Demonstrations);
        Assert.Equal("", simplified.Instruction);
        Assert.Equal("praise", simplified.WordingOf("praise"));
    }

    [Fact]
    public async Task Simplify_SomeDemonstrationsMatter_KeepsThose()
    {
        (Prompt simplified, IReadOnlyList<Trial<Prompt>> trials) = await SimplifyAsync(
            part => Winner(part, 0, 1, 2, 8, 4, 6, 12, 14), null, new() { Margin = 0, MaxTries = 20 }); // sure, then vague

        Assert.Equal([0, 1, 2, 8], simplified.Demonstrations.Select(d => d.Item!.Value));
        Assert.Equal("", simplified.Instruction);
        Assert.Equal(["without demonstrations", "first half of the demonstrations"], trials.Skip(1).Take(2).Select(t => t.Candidate.Origin)); // most text first
    }

    /// <summary>The planted model likes the word "sure" in an instruction, and no other sentence.</summary>
    [Fact]
    public async Task Simplify_InstructionOfSeveralSentences_KeepsThoseThatMatter()
    {
        (Prompt simplified, IReadOnlyList<Trial<Prompt>> trials) = await SimplifyAsync(
            part => Winner(part) with { Instruction = "Sort it well.\nBe sure, sure and sure.  Take your time! Do not hurry; rest.", Labels = [] }, new() { Instruction = new() }, new() { Margin = 0, MaxTries = 20 });

        Assert.Equal("Be sure, sure and sure.", simplified.Instruction);
        Assert.Equal(["without instruction", "second half of the sentences"], trials.Skip(1).Take(2).Select(t => t.Candidate.Origin)); // most text first
    }

    [Fact]
    public async Task Simplify_ClosedSlots_AreNotTouched()
    {
        (Prompt simplified, _) = await SimplifyAsync(part => Winner(part, 4, 6), new() { Instruction = new() });

        Assert.Equal(2, simplified.Demonstrations.Length);
        Assert.Equal("good", simplified.WordingOf("praise"));
        Assert.Equal("", simplified.Instruction);
    }

    [Fact]
    public async Task Simplify_AnyWinner_LosesAtMostTheMarginOnValidationAndStaysWithinItsTries()
    {
        for (int seed = 0; seed < 5; seed++)
        {
            Simplification settings = new() { Margin = 0.03, MaxTries = 5 };
            (Prompt simplified, IReadOnlyList<Trial<Prompt>> trials) = await SimplifyAsync(part => part.Draw(new Rng(seed, "winner")), null, settings);

            Assert.InRange(trials.Count, 2, 6);
            double Mean(Trial<Prompt> trial) => trial.MeanOn(Split.Validation, 200, Scale.Binary)!.Value;
            Trial<Prompt> kept = trials.Single(t => ReferenceEquals(t.Candidate.Value, simplified));
            Assert.True(Mean(kept) >= Mean(trials[0]) - 0.03 - 1e-9);
        }
    }

    private static async Task<(Prompt Simplified, IReadOnlyList<Trial<Prompt>> Trials)> SimplifyAsync(
        Func<PromptPart, Prompt> winner, OpenSlots? open = null, Simplification? settings = null)
    {
        using TempFolder folder = new();
        await using Study<Prompt> study = Study.Open(
            folder.File("a.db"),
            World.Objective(open, yours: new(), World.Splits(validation: 200)),
            new Crowned(winner, settings ?? new Simplification { MaxTries = 20 }),
            Budget.Unlimited,
            options: new() { Controls = [Arm<Prompt>.OfYours()], Name = "simplify" });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        return (study.Winner("found")!.Value, study.Trials("found"));
    }

    /// <summary>A search that has its winner from the start.</summary>
    private sealed class Crowned(Func<PromptPart, Prompt> winner, Simplification settings) : Optimizer<Prompt>
    {
        public override System.Text.Json.Nodes.JsonObject Settings => new() { ["use"] = "crowned" };

        public override async Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken)
        {
            Candidate<Prompt> candidate = search.Propose(winner((PromptPart)search.Open), "winner");
            Block<Prompt> block = (await search.EvaluateAsync([search.WholeSplit(candidate, Split.Validation)], cancellationToken))[0];
            search.Nominate(candidate);
            await settings.SimplifyAsync(search, block, cancellationToken);
        }
    }
}
