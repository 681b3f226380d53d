using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Language;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

public sealed class FewShotSearchContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new FewShotSearch { Candidates = 20 };
}

public sealed class RacingFewShotSearchContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new FewShotSearch { Candidates = 20, Race = new() };
}

public sealed class OproContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new Opro(World.Proposer(OproLayout.Chat)) { Steps = 4, PerStep = 4 };
}

public sealed class OneStepContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() =>
        new OneStep(new Opro(World.Proposer(OproLayout.Pretrained)) { Steps = 4, PerStep = 4, Layout = OproLayout.Pretrained });
}

public sealed class OptimizerTests
{
    /// <summary>Every optimizer, over several seeds, on training items with duplicates, with demonstrations of the user's own besides.</summary>
    [Fact]
    public void Settings_OutOfRange_NameTheProperty()
    {
        Assert.Equal("Candidates", Assert.Throws<ArgumentOutOfRangeException>(() => new FewShotSearch { Candidates = 0 }).ParamName);
        Assert.Equal("Steps", Assert.Throws<ArgumentOutOfRangeException>(() => new Opro(World.Proposer(OproLayout.Chat)) { Steps = 0 }).ParamName);
        Assert.Equal("Population", Assert.Throws<ArgumentOutOfRangeException>(() => new EvoPromptDe(World.Proposer(OproLayout.Chat)) { Population = 2 }).ParamName);
    }

    [Theory]
    [InlineData("few-shot-search")]
    [InlineData("opro")]
    [InlineData("opro, tuned")]
    [InlineData("opro, pretrained")]
    [InlineData("one-step")]
    [InlineData("random-draw")]
    [InlineData("few-shot-search, race")]
    [InlineData("grips")]
    [InlineData("evoprompt-ga")]
    [InlineData("evoprompt-de")]
    [InlineData("bootstrap-few-shot")]
    [InlineData("mipro-v2")]
    public async Task Search_AnyOptimizer_ScoresNoItemUnderAPromptThatContainsItOrItsDuplicate(string optimizer)
    {
        using TempFolder folder = new();
        DataSplits splits = World.Splits();
        PromptPart part = World.Part();
        Prompt yours = World.Yours with { Demonstrations = [part.Demonstrate(3), part.Demonstrate(4)] };
        int blocks = 0;
        for (int seed = 0; seed < 3; seed++)
        {
            await using Study<Prompt> study = Study.Open(
                folder.File(string.Create(CultureInfo.InvariantCulture, $"{seed}.db")), World.Objective(yours: yours), Make(optimizer), Budget.Unlimited, seed);
            await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
            {
            }

            foreach (Arm<Prompt> arm in study.Arms)
            {
                foreach (Block<Prompt> block in study.Trials(arm.Name).SelectMany(t => t.Blocks))
                {
                    blocks++;
                    string[] held = [.. block.Ask.Candidate.Value.Demonstrations.Select(d => Letters(d.Fields[0].Value))];
                    string[] scored = [.. block.Ask.Items.Select(i => Letters(splits[block.Ask.Split][i].Fields["text"]))];
                    Assert.Empty(held.Intersect(scored));
                }
            }
        }

        Assert.True(blocks > 5);

        // An independent reading of "the same text": letters and digits alone, whatever their case.
        static string Letters(string text) => string.Concat(text.ToUpperInvariant().Where(char.IsLetterOrDigit));
    }

    /// <summary>On the scale real a rejected answer has no number: no search stumbles over it, and none crowns who gave it.</summary>
    [Theory]
    [InlineData("few-shot-search")]
    [InlineData("opro")]
    [InlineData("opro, tuned")]
    [InlineData("opro, pretrained")]
    [InlineData("one-step")]
    [InlineData("few-shot-search, race")]
    [InlineData("grips")]
    [InlineData("evoprompt-ga")]
    [InlineData("evoprompt-de")]
    [InlineData("bootstrap-few-shot")]
    [InlineData("mipro-v2")]
    [InlineData("gepa")]
    public async Task Search_RejectedOnTheScaleReal_CrownsACandidateWithANumber(string optimizer)
    {
        for (int seed = 1; seed <= 3; seed++)
        {
            using TempFolder folder = new();
            RealWorld objective = new(World.Part());
            await using Study<Prompt> study = Study.Open(folder.File("a.db"), objective, Make(optimizer), Budget.Unlimited, seed);
            await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
            {
            }

            Assert.Contains(study.Trials("found"), t => t.Blocks.Any(b => b.Mean is null));
            foreach (Arm<Prompt> arm in study.Arms.Where(a => a.Role == ArmRole.Search || (a.Role == ArmRole.Control && a.Name != PromptPart.NoInstruction)))
            {
                Candidate<Prompt> winner = study.Winner(arm.Name)!;
                Assert.NotNull(study.Trials(arm.Name).First(t => t.Candidate.Id == winner.Id).MeanOn(Split.Validation, 60, Scale.Real));
            }
        }
    }

    /// <summary>Without a gain for so long, an optimizer tries nothing new; what it chooses among those it has is validated all the same.</summary>
    [Theory]
    [InlineData("few-shot-search")]
    [InlineData("opro")]
    [InlineData("grips")]
    [InlineData("evoprompt-ga")]
    [InlineData("evoprompt-de")]
    [InlineData("gepa")]
    public async Task Search_NoGainForSoLong_EndsEarlyAndStillChoosesOnValidation(string optimizer)
    {
        using TempFolder folder = new();
        Dictionary<long, (int Blocks, string How)> of = [];
        foreach (long? plateau in (long?[])[null, 2])
        {
            await using Study<Prompt> study = Study.Open(
                folder.File(string.Create(CultureInfo.InvariantCulture, $"{plateau}.db")), World.Objective(), Make(optimizer), new() { Plateau = plateau }, 1, new() { Controls = [Arm<Prompt>.OfYours()] });
            string how = "";
            await foreach (StudyEvent e in study.RunAsync(TestContext.Current.CancellationToken))
            {
                how = e is ArmEnded { Arm: "found" } ended ? ended.How : how;
            }

            IReadOnlyList<Trial<Prompt>> trials = study.Trials("found");
            of[plateau ?? 0] = (trials.Sum(t => t.Blocks.Length), how);
            Assert.NotNull(trials.First(t => t.Candidate.Id == study.Winner("found")!.Id).MeanOn(Split.Validation, 60, Scale.Binary));
        }

        Assert.Equal("done", of[0].How);
        Assert.Matches(@"^stopped at effect \d+: no gain in the last \d+ candidates$", of[2].How);
        Assert.InRange(of[2].Blocks, 1, of[0].Blocks - 1);
    }

    /// <summary>Demonstrations, label words and instruction all matter in the planted world; a random draw is worth about 0.72 there, the best possible 1.</summary>
    [Fact]
    public async Task FewShotSearch_PlantedSkill_BeatsRandomDrawsBy10PointsOn8Seeds()
    {
        List<double> gains = [];
        for (int seed = 1; seed <= 8; seed++)
        {
            Dictionary<string, double> means = await TestMeansAsync(
                World.Objective(splits: World.Splits(test: 300)), new FewShotSearch(), Budget.Rollouts(5000), seed);
            gains.Add(means["found"] - means.Where(m => m.Key.StartsWith("draw", StringComparison.Ordinal)).Average(m => m.Value));
        }

        Searches.AssertGain([.. gains], 0.10);
        Assert.All(gains, g => Assert.True(g > 0));
    }

    /// <summary>A proposer that only recombines what it is shown gains by the history, and cannot without it.</summary>
    [Fact]
    public async Task Opro_ProposerThatVariesTheBestShown_BeatsItsOneStepBy10PointsOn5Seeds()
    {
        OpenSlots open = new() { Instruction = new() };
        Prompt yours = new() { Instruction = "Sort it." };
        Proposer adding = new(new(), (request, _) =>
        {
            // The last instruction of the list, with another "sure" one time in two: the planted model likes that word.
            string best = request.Text.Split("Instruction: ")[^1].Split('\n')[0];
            return Task.FromResult(new ProposerReply(request.Seed % 2 == 0 ? $" {best} be sure {request.Seed % 1000}" : $" Version {request.Seed}"));
        });
        Opro opro = new(adding) { Steps = 8, PerStep = 4, Layout = OproLayout.Pretrained };
        List<double> gains = [];
        for (int seed = 1; seed <= 5; seed++)
        {
            Dictionary<string, double> means = await TestMeansAsync(World.Objective(open, yours), opro, Budget.Unlimited, seed);
            gains.Add(means["found"] - means["one step"]);
        }

        Searches.AssertGain([.. gains], 0.10);
    }

    [Fact]
    public async Task RandomDraw_Arm_NominatesWithoutARollout()
    {
        using TempFolder folder = new();
        await using Study<Prompt> study = Study.Open(folder.File("a.db"), World.Objective(), new FewShotSearch { Candidates = 4 }, Budget.Unlimited);
        await foreach (StudyEvent e in study.RunAsync(TestContext.Current.CancellationToken))
        {
            Assert.False(e is BlockEvaluated block && block.Arm.StartsWith("draw", StringComparison.Ordinal));
        }

        string[] drawn = [.. Enumerable.Range(1, 8).Select(n => study.Winner(string.Create(CultureInfo.InvariantCulture, $"draw {n}"))!.Id)];
        Assert.Equal(8, drawn.Distinct().Count());
    }

    /// <summary>Runs a study and returns each arm's mean on the test items.</summary>
    private static async Task<Dictionary<string, double>> TestMeansAsync(PromptObjective objective, Optimizer<Prompt> optimizer, Budget budget, int seed)
    {
        using TempFolder folder = new();
        await using Study<Prompt> study = Study.Open(folder.File("a.db"), objective, optimizer, budget, seed);
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        Dictionary<string, double> means = [];
        foreach (Arm<Prompt> arm in study.Arms)
        {
            Ask<Prompt> ask = new(study.Winner(arm.Name)!, Split.Test, [.. Enumerable.Range(0, objective.Count(Split.Test))]);
            means[arm.Name] = (await objective.EvaluateAsync(ask, Replies.None, TestContext.Current.CancellationToken)).MeanScore(Scale.Binary)!.Value;
        }

        return means;
    }

    /// <summary>A budget that reaches some of the finalists alone: what validation measured decides among them, and not train.</summary>
    [Theory]
    [InlineData("few-shot-search")]
    [InlineData("opro")]
    [InlineData("grips")]
    [InlineData("evoprompt-ga")]
    [InlineData("evoprompt-de")]
    public async Task Search_BudgetThatEndsAmongTheFinalists_CrownsTheBestThatValidationMeasured(string name)
    {
        const int validation = 80;
        PromptPart part = World.Part(splits: World.Splits(train: 20, validation: validation));
        PlantedSkill objective = new(part, p => 0.3 + (0.4 * new Rng(0, p.ToString()).NextDouble()));
        int overruled = 0;
        for (int seed = 0; seed < 4; seed++)
        {
            using TempFolder folder = new();
            (int whole, _) = await RunAsync("whole", Budget.Unlimited);
            for (int left = 1; left <= 3; left++)
            {
                (_, ImmutableArray<(bool IsWinner, double Mean)> measured) = await RunAsync($"{left}", Budget.Rollouts(whole - (left * validation)));
                Assert.True(measured.Length is > 0 and < 5, $"{measured.Length} of 5 finalists were measured.");
                Assert.Equal(measured.Max(m => m.Mean), measured.Single(m => m.IsWinner).Mean);
                overruled += measured[0].IsWinner ? 0 : 1;
            }

            async Task<(int Rollouts, ImmutableArray<(bool IsWinner, double Mean)> Measured)> RunAsync(string file, Budget budget)
            {
                await using Study<Prompt> study = Study.Open(folder.File($"{file}.db"), objective, WithoutSimplification(name), budget, seed, new() { Controls = [Arm<Prompt>.OfYours()] });
                await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
                {
                }

                string winner = study.Winner("found")!.Id;
                return (
                    Searches.RolloutsOf(study),
                    [.. study.Trials("found").Where(t => t.State == TrialState.Completed).OrderBy(t => Order(t)).Select(t => (t.Candidate.Id == winner, t.MeanOn(Split.Validation, validation, Scale.Binary)!.Value))]);
            }
        }

        Assert.True(overruled > 0, "In no case was another one better on validation than the best on train.");

        // best on train first, as they were asked
        static double Order(Trial<Prompt> trial) => -trial.Blocks.First(b => b.Ask.Split == Split.Train).Mean!.Value;
    }

    private static Optimizer<Prompt> WithoutSimplification(string name) => name switch
    {
        "few-shot-search" => new FewShotSearch { Candidates = 12, Finalists = 5, Simplify = null },
        "opro" => new Opro(World.Proposer(OproLayout.Chat)) { Steps = 4, PerStep = 4, Finalists = 5, Simplify = null },
        "grips" => new Grips { Iterations = 6, PerIteration = 5, PhraseWords = 1, Finalists = 5, Simplify = null },
        "evoprompt-ga" => new EvoPromptGa(World.Proposer(OproLayout.Chat)) { Population = 4, Generations = 3, Finalists = 5, Simplify = null },
        _ => new EvoPromptDe(World.Proposer(OproLayout.Chat)) { Population = 4, Generations = 3, Finalists = 5, Simplify = null },
    };

    private static Optimizer<Prompt> Make(string name) => name switch
    {
        "few-shot-search" => new FewShotSearch { Candidates = 12 },
        "opro" => new Opro(World.Proposer(OproLayout.Chat)) { Steps = 3, PerStep = 3, ExemplarChoice = ExemplarChoice.MostMissed },
        "opro, tuned" => new Opro(World.Proposer(OproLayout.Tuned)) { Steps = 3, PerStep = 3, Layout = OproLayout.Tuned, ExemplarChoice = ExemplarChoice.EverMissed },
        "opro, pretrained" => new Opro(World.Proposer(OproLayout.Pretrained)) { Steps = 3, PerStep = 3, Layout = OproLayout.Pretrained },
        "one-step" => new OneStep(new Opro(World.Proposer(OproLayout.Chat)) { Steps = 3, PerStep = 3 }),
        "few-shot-search, race" => new FewShotSearch { Candidates = 12, Race = new() },
        "grips" => new Grips { Iterations = 3, PerIteration = 3 },
        "evoprompt-ga" => new EvoPromptGa(World.Proposer(OproLayout.Chat)) { Population = 3, Generations = 2 },
        "evoprompt-de" => new EvoPromptDe(World.Proposer(OproLayout.Chat)) { Population = 3, Generations = 2 },
        "bootstrap-few-shot" => new BootstrapFewShot { Candidates = 6 },
        "mipro-v2" => new MiproV2(World.Proposer(OproLayout.Chat)),
        "gepa" => new Gepa(World.Proposer(OproLayout.Chat)) { Iterations = 10 },
        _ => new RandomDraw(),
    };
}

/// <summary>Scores below 0 without a model; half of all prompts, never the user's own, are rejected on every fifth item.</summary>
internal sealed class RealWorld(PromptPart part) : Objective<Prompt>
{
    public override JsonObject Identity => new() { ["planted"] = "real" };

    public override Scale Scale => Scale.Real;

    public override JsonTypeInfo<Prompt> Codec => Prompt.Codec;

    public override OpenPart<Prompt> Open => part;

    public override int Count(Split split) => part.Splits[split].Length;

    public override string ItemHash(Split split, int item) => part.Splits[split][item].Hash;

    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<Prompt> ask, Replies replies, CancellationToken cancellationToken)
    {
        Prompt prompt = ask.Candidate.Value;
        bool isYours = prompt.Instruction == part.Yours.Instruction && prompt.Demonstrations.IsEmpty && prompt.Labels.IsEmpty;
        bool isUnsound = !isYours && new Rng(0, "sound " + ask.Candidate.Id).Next(2) == 0;
        return Task.FromResult<ImmutableArray<Outcome>>(
            [.. ask.Items.Select(i => isUnsound && i % 5 == 0 ? (Outcome)new Rejected("It gave no number.") : new Scored(-5 + new Rng(i, ask.Candidate.Id).NextGaussian()))]);
    }
}
