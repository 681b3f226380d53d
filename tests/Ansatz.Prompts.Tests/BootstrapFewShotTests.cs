using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

public sealed class BootstrapFewShotContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new BootstrapFewShot { Candidates = 8 };
}

public sealed class BootstrapFewShotControlContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new BootstrapFewShot { Candidates = 8 }.Control;
}

public sealed class BootstrapFewShotTests
{
    private static readonly OpenSlots DemonstrationsOpen = new() { Demonstrations = new() { UpTo = 8 } };

    /// <summary>"Sure" items are easy, and as demonstrations worth 6 points each above .4; "vague" ones are hard and worth nothing. So what the teacher answers rightly is what helps.</summary>
    [Fact]
    public async Task Search_EasyItemsHelp_BeatsLabelledFewShotBy5PointsOver8Seeds()
    {
        PromptPart part = World.Part(DemonstrationsOpen, splits: World.Splits(validation: 80));
        PlantedSkill objective = new(
            part,
            p => 0.4 + (0.06 * p.Demonstrations.Count(d => IsSure(d.Fields[0].Value))),
            item => (IsSure(item.Fields["text"]) ? 0 : 0.5) + (0.5 * new Rng(0, item.Hash).NextDouble()));
        BootstrapFewShot bootstrap = new() { MaxBootstrapped = 8, Simplify = null };
        (string name, Optimizer<Prompt> control) = Searches.ControlOf(part, bootstrap);

        ImmutableArray<double> gains = await Searches.GainsAsync(objective, bootstrap, control, seeds: 8);

        Assert.Equal("labelled few-shot", name);
        Searches.AssertGain(gains, 0.05);
    }

    [Fact]
    public async Task Search_Sets_ReadLikeThis()
    {
        using TempFolder folder = new();
        await using Study<Prompt> study = await Searches.RunAsync(
            folder, World.Objective(DemonstrationsOpen, splits: World.Splits(validation: 60)), new BootstrapFewShot { Candidates = 4, Simplify = null });

        GoldenFile.Equal("Transcripts/bootstrap-few-shot.txt", Transcript.Tried(study));
    }

    [Fact]
    public async Task Search_Teacher_AnswersEveryTrainingItemOnceAndNoneThatItShows()
    {
        using TempFolder folder = new();
        PromptPart part = World.Part(DemonstrationsOpen);
        await using Study<Prompt> study = await Searches.RunAsync(folder, World.Objective(DemonstrationsOpen), new BootstrapFewShot { Candidates = 3, Simplify = null });

        Block<Prompt>[] teacher = [.. study.Trials("found").SelectMany(t => t.Blocks).Where(b => b.Ask.Split == Split.Train)];
        Assert.Equal(Enumerable.Range(0, 40), teacher.SelectMany(b => b.Ask.Items).Order());
        Assert.All(teacher, b => Assert.DoesNotContain(b.Ask.Items, i => part.Contains(b.Ask.Candidate.Value, part.Train[i])));
        Assert.All(teacher, b => Assert.InRange(b.Ask.Candidate.Value.Demonstrations.Length, 7, 8));
    }

    /// <summary>Only "sure" items are answered rightly here, so bootstrapped demonstrations are those, and labelled ones fill the rest.</summary>
    [Fact]
    public async Task Search_BootstrappedSets_HoldWhatTheTeacherAnsweredRightly()
    {
        using TempFolder folder = new();
        PromptPart part = World.Part(DemonstrationsOpen);
        PlantedSkill objective = new(part, _ => 0.5, item => IsSure(item.Fields["text"]) ? 0.01 : 0.99);
        await using Study<Prompt> study = await Searches.RunAsync(folder, objective, new BootstrapFewShot { Candidates = 6, Simplify = null });

        Trial<Prompt>[] trials = [.. study.Trials("found").Where(t => t.Blocks.Any(b => b.Ask.Split == Split.Validation))];
        Assert.Equal(["labelled", "yours", "bootstrapped"], trials.Take(3).Select(t => t.Candidate.Origin)); // the teacher is the labelled one, and yours shows none
        Trial<Prompt>[] drawn = [.. trials.Where(t => t.Candidate.Origin.Contains("bootstrapped, draw", StringComparison.Ordinal))];
        Assert.Equal(6, drawn.Length);
        foreach (Trial<Prompt> trial in drawn)
        {
            int bootstrapped = int.Parse(trial.Candidate.Origin.Split(' ')[0], CultureInfo.InvariantCulture);
            Assert.InRange(bootstrapped, 1, 4);
            ImmutableArray<Demonstration> demonstrations = trial.Candidate.Value.Demonstrations;
            Assert.Equal(8, demonstrations.Length);
            Assert.True(demonstrations.Count(d => IsSure(d.Fields[0].Value)) >= bootstrapped);
            Assert.Equal(4, demonstrations.Count(d => d.Answer == "praise"));
        }
    }

    /// <summary>Where answers are texts, a bootstrapped demonstration shows what the solver wrote; here it is right from a score of 0.5 on, and writes more than was asked for.</summary>
    [Fact]
    public async Task Search_AnswersAreTexts_DemonstrationsShowTheSolversOwn()
    {
        using TempFolder folder = new();
        Worded objective = new(World.Part(DemonstrationsOpen));
        await using Study<Prompt> study = await Searches.RunAsync(folder, objective, new BootstrapFewShot { Candidates = 2, MaxBootstrapped = 8, Threshold = 0.5, Simplify = null });

        ImmutableArray<Demonstration> demonstrations = study.Trials("found").Single(t => t.Candidate.Origin == "bootstrapped").Candidate.Value.Demonstrations;
        Assert.All(demonstrations, d => Assert.Equal($"surely {World.Splits().Train[d.Item!.Value].Answer}", d.Answer));
    }

    [Fact]
    public async Task Search_NothingBootstrapped_AsksNoTeacher()
    {
        using TempFolder folder = new();
        await using Study<Prompt> study = await Searches.RunAsync(
            folder, World.Objective(DemonstrationsOpen), new BootstrapFewShot { Candidates = 3, MaxBootstrapped = 0, Simplify = null });

        Assert.DoesNotContain(study.Trials("found").SelectMany(t => t.Blocks), b => b.Ask.Split == Split.Train);
    }

    [Fact]
    public async Task Search_DemonstrationsClosed_IsRefused()
    {
        using TempFolder folder = new();
        InputException error = await Assert.ThrowsAsync<InputException>(
            () => Searches.RunAsync(folder, World.Objective(new() { Instruction = new() }), new BootstrapFewShot()));
        Assert.Equal("Bootstrapping chooses demonstrations, but the demonstrations of this prompt are closed. Open them, or search with another optimizer.", error.Message);
    }

    private static bool IsSure(string text) => text.Contains("sure", StringComparison.OrdinalIgnoreCase);

    /// <summary>A solver that is always half right, in its own words; scale unit.</summary>
    private sealed class Worded(PromptPart part) : Objective<Prompt>
    {
        public override System.Text.Json.Nodes.JsonObject Identity => new() { ["planted"] = "words" };

        public override Scale Scale => Scale.Unit;

        public override System.Text.Json.Serialization.Metadata.JsonTypeInfo<Prompt> Codec => Prompt.Codec;

        public override OpenPart<Prompt> Open => part;

        public override int Count(Split split) => part.Splits[split].Length;

        public override string ItemHash(Split split, int item) => part.Splits[split][item].Hash;

        public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<Prompt> ask, Replies replies, CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select(i => new Scored(0.5, $"surely {part.Splits[ask.Split][i].Answer}"))]);
    }
}
