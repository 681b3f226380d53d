using System.Collections.Concurrent;
using System.Globalization;
using Ansatz.Experiments.Reflective;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

public sealed class CoordinateSearchContractTests : OptimizerContract<Pipeline>
{
    protected override Objective<Pipeline> Objective() => new RuleWorld(1).Objective;

    protected override Optimizer<Pipeline> Optimizer() =>
        new CoordinateSearch<Pipeline>(new Opro(RuleWorld.Guesser()) { Steps = 2, PerStep = 2, Finalists = 2, MaxCharacters = RuleWorld.Roomy, Simplify = new() { MaxTries = 1 } }) { Rounds = 2 };
}

public sealed class CoordinateSearchTests
{
    [Fact]
    public async Task Search_TwoRounds_EveryCandidateDiffersFromWhatWasHeldInOneStepAlone()
    {
        using TempFolder folder = new();
        ConcurrentQueue<string> asked = [];
        await using Study<Pipeline> study = Study.Open(
            folder.File("a.db"),
            new RuleWorld(1).Objective,
            new CoordinateSearch<Pipeline>(new Opro(RuleWorld.Guesser((prompt, _) => asked.Enqueue(prompt))) { Steps = 3, PerStep = 4, Simplify = null }) { Rounds = 2 },
            Budget.Unlimited,
            options: new() { Controls = [Arm<Pipeline>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        IReadOnlyList<Trial<Pipeline>> trials = study.Trials("found");
        Pipeline Of(string id) => trials.First(t => t.Candidate.Id == id).Candidate.Value;
        Assert.True(trials.Count > 20);
        Assert.All(trials.Skip(1), t =>
        {
            string step = t.Candidate.Origin.Split(':')[0];
            string other = step == "plan" ? "label" : "plan";
            Assert.All(t.Candidate.Parents, p => Assert.Equal(Of(p)[other].Instruction, t.Candidate.Value[other].Instruction));
        });

        // What is held is the best on validation that was nominated, and both steps have learnt.
        Pipeline winner = study.Winner("found")!.Value;
        double best = trials.Where(t => t.State == TrialState.Completed).Max(t => t.MeanOn(Split.Validation, 30, Scale.Binary)!.Value);
        Assert.Equal(best, trials.First(t => t.Candidate.Id == study.Winner("found")!.Id).MeanOn(Split.Validation, 30, Scale.Binary));
        Assert.All(winner.Steps, s => Assert.NotEqual("", s.Prompt.Instruction));

        // The second step's exemplars hold what the first one wrote under the pipeline held: its rules by number.
        string exemplar = asked.Last(a => a.Contains("Result:", StringComparison.Ordinal)).Split("Problem:\n")[1];
        Assert.Matches("^<INS>\n\nTask: item \\d+\nPlan: \\d[\\d ]*\nResult:\n", exemplar);
    }

    [Fact]
    public async Task Search_BudgetEndsInTheFirstTurn_ItsNominationStands()
    {
        using TempFolder folder = new();
        await using Study<Pipeline> study = Study.Open(
            folder.File("a.db"),
            new RuleWorld(1).Objective,
            new CoordinateSearch<Pipeline>(new Opro(RuleWorld.Guesser()) { Steps = 20, PerStep = 2, Simplify = null }),
            Budget.Rollouts(600),
            options: new() { Controls = [Arm<Pipeline>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        Assert.NotEqual("", study.Winner("found")!.Value["plan"].Instruction);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Search_FewShotOnTheLastStep_DemonstratesWithWhatTheFirstStepWrote(int rounds)
    {
        using TempFolder folder = new();
        PipelinePart part = new(
            [
                PipelineStep.Of("Review: {text}\nTopic: {topic}"),
                new(PromptTemplate.Parse("{demonstrations}About {topic}: {text}\nKind: {label}"), Open: new() { Demonstrations = new() { UpTo = 4 } }),
            ],
            World.Splits());
        PipelineObjective objective = new(part, new Language.LabelScorer(), new ScriptedChat(m =>
            m.EndsWith("Topic:", StringComparison.Ordinal) ? "moods" : m.Contains("bad", StringComparison.Ordinal) ? "complaint" : "praise"));
        await using Study<Pipeline> study = Study.Open(
            folder.File("a.db"), objective, new CoordinateSearch<Pipeline>(new FewShotSearch { Candidates = 6, Simplify = null }) { Rounds = rounds }, Budget.Unlimited, options: new() { Controls = [Arm<Pipeline>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        Demonstration[] shown = [.. study.Trials("found").SelectMany(t => t.Candidate.Value["label"].Demonstrations)];
        Assert.True(shown.Length >= 20, string.Create(CultureInfo.InvariantCulture, $"{shown.Length}"));
        Assert.All(shown, d => Assert.Equal("moods", d.Fields.Single(f => f.Name == "topic").Value));
        Assert.All(study.Trials("found").SelectMany(t => t.Blocks), b => Assert.Empty(b.Ask.Split == Split.Train
            ? b.Ask.Items.Intersect(b.Ask.Candidate.Value["label"].Demonstrations.Select(d => d.Item!.Value))
            : []));
    }
}
