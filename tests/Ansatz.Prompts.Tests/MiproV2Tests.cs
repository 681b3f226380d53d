using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
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

public sealed class MiproV2PipelineContractTests : OptimizerContract<Pipeline>
{
    protected override Objective<Pipeline> Objective() => new PlantedSteps();

    protected override Optimizer<Pipeline> Optimizer() => new MiproV2<Pipeline>(new Proposer(
        new() { ["mock"] = "ways" }, (request, _) => Task.FromResult(new ProposerReply(string.Create(CultureInfo.InvariantCulture, $"<INS>Another way, {request.Seed % 1000}.</INS>")))))
    {
        Minibatch = 20,
        Simplify = new() { MaxTries = 1 },
    };
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
        Assert.True(Searches.RolloutsOf(study) <= mipro.MostRollouts(World.Part(), 40, 100));

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

    /// <summary>Three prompts in a row, nine instructions each, each with a worth of its own: 27 trials see one of 27 combinations.</summary>
    [Fact]
    public async Task Search_WorthOfInstructionsOfThreeSteps_BeatsRandomCombinationsBy2PointsOver30Seeds()
    {
        PlantedSteps objective = new();
        MiproV2<Pipeline> mipro = new() { Size = MiproSize.Heavy, Minibatch = 100, Simplify = null };
        Arm<Pipeline> control = objective.Open.Controls(new("found", ArmRole.Search, mipro, Budget.Rollouts(100))).Single(a => a.Name == "random combinations");

        List<double> gains = [];
        for (int seed = 1; seed <= 30; seed++)
        {
            gains.Add(await SkillAsync(mipro, seed) - await SkillAsync(control.Optimizer, seed));
        }

        Assert.Equal(Budget.Rollouts(100), control.Budget);
        Searches.AssertGain([.. gains], 0.02);

        async Task<double> SkillAsync(Optimizer<Pipeline> optimizer, int seed)
        {
            using TempFolder folder = new();
            await using Study<Pipeline> study = Study.Open(folder.File("a.db"), objective, optimizer, Budget.Unlimited, seed, new() { Controls = [Arm<Pipeline>.OfYours()] });
            await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
            {
            }

            return PlantedSteps.SkillOf(study.Winner("found")!.Value);
        }
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

/// <summary>Three steps, of which nobody computes anything: a pipeline is right where the sum of what its instructions are worth is above the item's hardness, give or take a little.</summary>
internal sealed class PlantedSteps : Objective<Pipeline>
{
    private readonly PipelinePart _part = new(
        [Step("{instruction}Item: {text}\nFirst: {first}"), Step("{instruction}First: {first}\nSecond: {second}"), Step("{instruction}Second: {second}\nKind: {label}")],
        World.Splits(validation: 200));

    public override JsonObject Identity => new() { ["planted"] = "steps" };

    public override Scale Scale => Scale.Binary;

    public override JsonTypeInfo<Pipeline> Codec => Pipeline.Codec;

    public override OpenPart<Pipeline> Open => _part;

    public static double SkillOf(Pipeline pipeline) => 0.1 + pipeline.Steps.Sum(s => 0.8 / 3 * new Rng(1, s.Name + s.Prompt.Instruction).NextDouble());

    public override int Count(Split split) => _part.Splits[split].Length;

    public override string ItemHash(Split split, int item) => _part.Splits[split][item].Hash;

    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<Pipeline> ask, Replies replies, CancellationToken cancellationToken) => Task.FromResult<ImmutableArray<Outcome>>(
    [
        .. ask.Items.Select(i =>
        {
            string item = _part.Splits[ask.Split][i].Hash;
            return new Scored(SkillOf(ask.Candidate.Value) + (0.1 * new Rng(0, item + ask.Candidate.Id).NextGaussian()) > new Rng(0, item).NextDouble() ? 1 : 0);
        }),
    ]);

    private static PipelineStep Step(string template) => new(
        PromptTemplate.Parse(template), Open: new() { Instruction = new() { Options = [.. Enumerable.Range(0, 8).Select(n => string.Create(CultureInfo.InvariantCulture, $"Way {n}."))] } });
}
