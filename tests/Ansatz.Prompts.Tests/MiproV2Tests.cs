using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Language;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

public sealed class MiproV2ContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new MiproV2(World.Proposer(OproLayout.Chat)) { Minibatch = 15 };
}

public sealed class MiproV2ControlContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new MiproV2(World.Proposer(OproLayout.Chat)) { Minibatch = 15 }.Control;
}

public sealed class MiproV2Tests
{
    [Theory]
    [InlineData(MiproSize.Light, 1, 9)]
    [InlineData(MiproSize.Light, 2, 10)]
    [InlineData(MiproSize.Medium, 2, 18)]
    [InlineData(MiproSize.Heavy, 1, 27)]
    [InlineData(MiproSize.Heavy, 2, 27)]
    public void Trials_SizeAndVariables_AreTheReferences(MiproSize size, int variables, int trials) =>
        Assert.Equal(trials, new MiproV2 { Size = size }.Trials(variables));

    [Fact]
    public async Task Search_Light_ScoresMinibatchesAndTheBestOfEveryFiveTrialsInFull()
    {
        using TempFolder folder = new();
        MiproV2 mipro = new(World.Proposer(OproLayout.Chat)) { Simplify = null };
        await using Study<Prompt> study = await Searches.RunAsync(folder, World.Objective(splits: World.Splits(validation: 100)), mipro);

        Trial<Prompt>[] trials = [.. study.Trials("found").Where(t => t.Blocks.Any(b => b.Ask.Split == Split.Validation))];
        Trial<Prompt>[] full = [.. trials.Where(t => t.State == TrialState.Completed)];
        Assert.Equal("yours", full[0].Candidate.Origin);
        Assert.Equal(3, full.Length); // yours, and one after trials 5 and 10
        Assert.All(trials.Except(full), t => Assert.Equal(TrialState.Pruned, t.State));

        // Two minibatches, each the same for five trials; nothing is asked twice.
        string[] minibatches = [.. trials.SelectMany(t => t.Blocks).Where(b => b.Ask.Split == Split.Validation && b.Ask.Items.Length == 35).Select(b => string.Join(' ', b.Ask.Items)).Distinct()];
        Assert.Equal(2, minibatches.Length);
        Assert.All(trials, t => Assert.Equal(
            t.Blocks.Where(b => b.Ask.Split == Split.Validation).SelectMany(b => b.Ask.Items).Distinct().Count(),
            t.Blocks.Where(b => b.Ask.Split == Split.Validation).Sum(b => b.Ask.Items.Length)));
        Assert.True(Searches.RolloutsOf(study) <= mipro.MostRollouts(40, 100));

        // The best of the full ones wins.
        Assert.Equal(full.MaxBy(t => t.MeanOn(Split.Validation, 100, Scale.Binary))!.Candidate.Id, study.Winner("found")!.Id);
    }

    [Fact]
    public async Task Search_SmallValidation_ScoresEveryTrialInFull()
    {
        using TempFolder folder = new();
        await using Study<Prompt> study = await Searches.RunAsync(folder, World.Objective(splits: World.Splits(validation: 50)), new MiproV2 { Simplify = null });

        Trial<Prompt>[] trials = [.. study.Trials("found").Where(t => t.Blocks.Any(b => b.Ask.Split == Split.Validation))];
        Assert.True(trials.Length > 3);
        Assert.All(trials, t => Assert.Equal(TrialState.Completed, t.State));
    }

    [Fact]
    public async Task Control_InOneStudy_ChoosesFromTheListsOfTheSearch()
    {
        using TempFolder folder = new();
        List<ProposerRequest> asked = [];
        OpenSlots open = new() { Instruction = new(), Demonstrations = new() { UpTo = 4 } };
        await using Study<Prompt> study = Study.Open(
            folder.File("a.db"), World.Objective(open), new MiproV2(World.Proposer(OproLayout.Chat, asked)) { Size = MiproSize.Medium, Minibatch = 15, Simplify = null }, Budget.Unlimited);
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        // Each arm makes its lists: the control asks the proposer the same again, seeds included.
        Assert.Equal(InOrder(asked.Take(asked.Count / 2)), InOrder(asked.Skip(asked.Count / 2)));
        Assert.True(asked.Select(r => r.Seed).Distinct().Count() > 5);

        // 12 sets, most of them seen by either arm; lists of their own would come to more.
        string[] found = Sets("found"), pairs = Sets("random pairs");
        Assert.True(found.Length >= 8 && pairs.Length >= 8, $"{found.Length} and {pairs.Length} sets");
        Assert.InRange(found.Union(pairs).Count(), 8, 12);

        static ProposerRequest[] InOrder(IEnumerable<ProposerRequest> requests) => [.. requests.OrderBy(r => r.Seed).ThenBy(r => r.Text, StringComparer.Ordinal)];

        string[] Sets(string arm) =>
        [
            .. study.Trials(arm).Where(t => t.Blocks.Any(b => b.Ask.Split == Split.Validation))
                .Select(t => string.Join(' ', t.Candidate.Value.Demonstrations.Select(d => d.Item))).Distinct(),
        ];
    }

    /// <summary>12 instructions and 18 sets, each with a worth of its own: 27 trials see an eighth of the pairs, so the search has to learn which of either helps.</summary>
    /// <remarks>
    /// Where the worths differ by 30 points instead of 40, the gain over 30 seeds was 0.9 points (-0.1 to +1.9): too small to tell. With minibatches of 35 and 120 validation items
    /// besides, 1.2 points (-0.1 to +2.5).
    /// </remarks>
    [Fact]
    public async Task Search_WorthOfInstructionsAndSets_BeatsRandomPairsBy1PointOver60Seeds()
    {
        OpenSlots open = new()
        {
            Instruction = new() { Options = [.. Enumerable.Range(0, 10).Select(n => string.Create(CultureInfo.InvariantCulture, $"Way {n}."))] },
            Demonstrations = new() { UpTo = 4 },
        };
        PromptPart part = World.Part(open, splits: World.Splits(validation: 200));
        PlantedSkill objective = new(
            part,
            p => 0.1 + (0.4 * new Rng(1, p.Instruction).NextDouble()) + (0.4 * new Rng(2, string.Join(' ', p.Demonstrations.Select(d => d.Item))).NextDouble()));
        MiproV2 mipro = new() { Size = MiproSize.Heavy, Minibatch = 100, Simplify = null };
        (string name, Optimizer<Prompt> control) = Searches.ControlOf(part, mipro);

        ImmutableArray<double> gains = await Searches.GainsAsync(objective, mipro, control, seeds: 60);

        Assert.Equal("random pairs", name);
        Searches.AssertGain(gains, 0.01);
    }

    [Theory]
    [InlineData(WritingStyle.Chat)]
    [InlineData(WritingStyle.Plain)]
    public async Task Search_Prompts_ReadLikeThis(WritingStyle style)
    {
        using TempFolder folder = new();
        int calls = 0;
        Transcript transcript = new(request => request.Text.StartsWith("Items of a data set", StringComparison.Ordinal) ? (++calls < 3 ? $"Note {calls}: short reviews." : "COMPLETE")
            : request.Text.StartsWith("Put these notes", StringComparison.Ordinal) ? "They are short reviews of one sentence."
            : style == WritingStyle.Chat ? $"<INS>Version {request.Seed % 100}.</INS>"
            : $" Version {request.Seed % 100}.");
        MiproV2 mipro = new(transcript.Proposer) { Writing = new() { Style = style }, Minibatch = 20, Simplify = null };
        OpenSlots open = new() { Instruction = new(), Demonstrations = new() { UpTo = 4 } };
        await using Study<Prompt> study = await Searches.RunAsync(folder, World.Objective(open), mipro);

        transcript.Verify($"mipro-v2-{style.ToString().ToLowerInvariant()}.txt", study);
    }

    [Fact]
    public async Task Search_NothingToChooseFrom_IsRefused()
    {
        using TempFolder folder = new();
        InputException error = await Assert.ThrowsAsync<InputException>(
            () => Searches.RunAsync(folder, World.Objective(new() { Instruction = new() }, new()), new MiproV2()));
        Assert.Equal("MIPROv2 has nothing to choose from: open the demonstrations, or the instruction with options or a proposer.", error.Message);
    }
}
