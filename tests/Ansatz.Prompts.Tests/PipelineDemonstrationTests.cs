using System.Globalization;
using System.Text.RegularExpressions;
using Ansatz.Language;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

/// <summary>Demonstrations in a step for which the data have no right answers.</summary>
public sealed partial class PipelineDemonstrationTests
{
    private const string Code = "{demonstrations}Number: {text}\nCode: {code}", Answer = "Code: {code}\nAnswer: {answer}";

    /// <summary>A demonstration shows what the step wrote about an item whose final answer was right, and of no other item.</summary>
    [Fact]
    public async Task Search_MiddleStep_DemonstratesWhatItWroteWhereTheAnswerWasRight()
    {
        using TempFolder folder = new();
        await using Study<Pipeline> study = await RunAsync(folder, new FewShotSearch { Candidates = 20, Simplify = null }, seed: 1);

        Trial<Pipeline> yours = study.Trials("found").First(t => t.Candidate.Origin == "yours");
        HashSet<int> right = [.. yours.OutcomesOn(Split.Train, 40).Index().Where(o => o.Item is Scored { Score: 1 }).Select(o => o.Index)];
        Demonstration[] shown = [.. study.Trials("found").SelectMany(t => t.Candidate.Value["code"].Demonstrations)];
        Assert.InRange(right.Count, 5, 35);
        Assert.True(shown.Length > 40);
        Assert.Subset(right, shown.Select(d => d.Item!.Value).ToHashSet());
        Assert.All(shown, d => Assert.Equal(d.Item!.Value % 2 == 0 ? "K" : "Q", d.Answer)); // the code itself, and not the answer of the data
        Assert.All(study.Trials("found"), t => Assert.Empty(t.Candidate.Value["answer"].Demonstrations));
    }

    /// <summary>The codes of the world can be known from demonstrations alone; the model gets them right half of the time without any, always with four.</summary>
    [Fact]
    public async Task BootstrapFewShot_InTheMiddleOfAPipeline_BeatsYoursBy25PointsOn6Seeds()
    {
        List<double> gains = [];
        for (int seed = 1; seed <= 6; seed++)
        {
            using TempFolder folder = new();
            await using Study<Pipeline> study = await RunAsync(folder, new BootstrapFewShot { Candidates = 8, Simplify = null }, seed);
            Verdict verdict = (await study.JudgeAsync(TestContext.Current.CancellationToken)).Summary;
            gains.Add(verdict.Found.Mean - verdict.Rows.First(r => r.Role == ArmRole.Yours).Mean);
        }

        Searches.AssertGain([.. gains], 0.25);
    }

    /// <summary>A turn that stalls is a turn all the same: what it found is compared with what was held, and taken if it is better.</summary>
    [Fact]
    public async Task CoordinateSearch_TurnThatStalls_KeepsItsWinner()
    {
        using TempFolder folder = new();
        await using Study<Pipeline> study = await RunAsync(folder, new FewShotSearch { Candidates = 200 }, seed: 1, new() { Plateau = 3 });

        IReadOnlyList<Trial<Pipeline>> trials = study.Trials("found");
        double Mean(Trial<Pipeline> trial) => trial.MeanOn(Split.Validation, 60, Scale.Binary) ?? 0;
        Trial<Pipeline> winner = trials.First(t => t.Candidate.Id == study.Winner("found")!.Id), yours = trials.First(t => t.Candidate.Origin == "yours");
        Assert.InRange(trials.Count, 5, 100);
        Assert.NotEmpty(winner.Candidate.Value["code"].Demonstrations);
        Assert.True(Mean(winner) > Mean(yours));
    }

    /// <summary>The last step's right answers are the data's, but an item about which the first step wrote nothing has nothing to show.</summary>
    [Fact]
    public void PartOf_EarlierStepWroteNothing_LastStepDoesNotDemonstrateTheItem()
    {
        PipelinePart part = new(
            [new(PromptTemplate.Parse(Code), Open: new()), new(PromptTemplate.Parse("{demonstrations}" + Answer), Open: new() { Demonstrations = new() { UpTo = 4 } })],
            DataSplits.Of(Rows("train", 0, 12), Rows("validation", 100, 10), Rows("test", 1000, 10)));
        Outcome[] outcomes = [.. Enumerable.Range(0, 12).Select(i => i % 3 == 0 ? new Rejected("It said nothing.") : (Outcome)new Scored(1) { Trace = PipelinePart.TraceText(["K"]) })];

        PromptPart step = part.PartOf(part.Yours, "answer", outcomes);

        Demonstration[] drawn = [.. Enumerable.Range(0, 20).SelectMany(n => step.Draw(new Rng(1, "draw", n)).Demonstrations)];
        Assert.Equal(8, drawn.Select(d => d.Item).Distinct().Count());
        Assert.All(drawn, d => Assert.Equal("K", d.Fields.Single(f => f.Name == "code").Value));
    }

    [Fact]
    public void Draw_NothingRightIsKnown_DemonstratesNothing() => Assert.Empty(Part().Draw(new Rng(1, "draw"))["code"].Demonstrations);

    [Fact]
    public void Constructor_DemonstrationsOfAllStepsTogether_LeaveSomethingToScore()
    {
        PipelineStep Step(string template, int upTo) => new(PromptTemplate.Parse(template), Open: new() { Demonstrations = new() { UpTo = upTo } });
        DataSplits data = DataSplits.Of(Rows("train", 0, 12), Rows("validation", 100, 10), Rows("test", 1000, 10));
        InputException e = Assert.Throws<InputException>(() => new PipelinePart([Step(Code, 8), Step("{demonstrations}" + Answer, 4)], data));
        Assert.StartsWith("The demonstrations of all steps together, up to 12, could hold every one of the 12 training items", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_ScoreWithoutAnUpperEnd_IsRefused()
    {
        InputException e = Assert.Throws<InputException>(() => new PipelineObjective(Part(), new FunctionScorer("closeness", "1", Scale.Real, (_, _) => new Scored(1)), new ScriptedChat(Reply)));
        Assert.StartsWith("The demonstrations of the step \"code\" are open", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A proposer is told right answers of the step alone, and of no item whose final answer was wrong.</summary>
    [Fact]
    public async Task MiproV2_InTheMiddleOfAPipeline_ShowsTheProposerRightCodesAlone()
    {
        using TempFolder folder = new();
        List<string> asked = [];
        Proposer proposer = new(new(), (request, _) =>
        {
            lock (asked)
            {
                asked.Add(request.Text);
            }

            return Task.FromResult(new ProposerReply("<INS>Say the code.</INS>"));
        });
        PipelinePart part = new(
            [new(PromptTemplate.Parse("{instruction}" + Code), Open: new() { Instruction = new(), Demonstrations = new() { UpTo = 4 } }), new(PromptTemplate.Parse(Answer), Open: new())],
            DataSplits.Of(Rows("train", 0, 40), Rows("validation", 100, 60), Rows("test", 1000, 200)));
        PipelineObjective objective = new(part, new LabelScorer(), new ScriptedChat(Reply), settings: new() { Price = Price.Free, Concurrency = 1 });
        await using Study<Pipeline> study = Study.Open(folder.File("a.db"), objective, new MiproV2<Pipeline>(proposer), Budget.Unlimited, 1, new() { Controls = [Arm<Pipeline>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        MatchCollection shown = Shown().Matches(string.Join('\n', asked));
        Assert.NotEmpty(shown);
        Assert.All(shown, m => Assert.Equal(int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) % 2 == 0 ? "K" : "Q", m.Groups[2].Value));
        Assert.All(asked, text => Assert.DoesNotMatch(@"Code: *(\n|$)", text[..Math.Max(0, text.LastIndexOf("Number:", StringComparison.Ordinal))]));
    }

    /// <summary>One search over all steps: trials differ from yours in both at once, each step's instructions are written for it, and each step's demonstrations are its own.</summary>
    [Fact]
    public async Task MiproV2_TwoOpenSteps_TriesCombinationsOfBoth()
    {
        using TempFolder folder = new();
        List<string> asked = [];
        Proposer proposer = new(new(), (request, _) =>
        {
            lock (asked)
            {
                asked.Add(request.Text);
                return Task.FromResult(new ProposerReply(string.Create(CultureInfo.InvariantCulture, $"<INS>Way {asked.Count}.</INS>")));
            }
        });
        OpenSlots open = new() { Instruction = new(), Demonstrations = new() { UpTo = 2 } };
        PipelinePart part = new(
            [new(PromptTemplate.Parse("{instruction}" + Code), Open: open), new(PromptTemplate.Parse("{instruction}{demonstrations}" + Answer), Open: open)],
            DataSplits.Of(Rows("train", 0, 40), Rows("validation", 100, 60), Rows("test", 1000, 200)));
        PipelineObjective objective = new(part, new LabelScorer(), new ScriptedChat(Reply), settings: new() { Price = Price.Free, Concurrency = 1 });
        MiproV2<Pipeline> mipro = new(proposer) { Simplify = null };
        await using Study<Pipeline> study = Study.Open(folder.File("a.db"), objective, mipro, Budget.Unlimited, 1, new() { Controls = [Arm<Pipeline>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        Trial<Pipeline>[] trials = [.. study.Trials("found").Where(t => t.Candidate.Origin.StartsWith("trial ", StringComparison.Ordinal))];
        Assert.Equal(20, mipro.Trials(4)); // n = 6: 2 · 4 · log2 6
        Assert.InRange(trials.Length, 15, 20); // the same may be drawn again
        Assert.Contains(trials, t => t.Candidate.Value.Steps.All(s => s.Prompt.Instruction.Length > 0 && !s.Prompt.Demonstrations.IsEmpty));
        Assert.All(trials.SelectMany(t => t.Candidate.Value["code"].Demonstrations), d => Assert.Equal(d.Item!.Value % 2 == 0 ? "K" : "Q", d.Answer));
        Assert.All(trials.SelectMany(t => t.Candidate.Value["answer"].Demonstrations), d => Assert.Equal(d.Item!.Value % 2 == 0 ? "even" : "odd", d.Answer));
        Assert.True(study.Trials("found").Sum(t => t.Blocks.Sum(b => b.Outcomes.Length)) <= mipro.MostRollouts(part, 40, 60));

        string[] requests = [.. asked.Where(a => a.StartsWith("Write an instruction", StringComparison.Ordinal))];
        Assert.Equal(4, requests.Length); // n / 2 - 1 for each step
        Assert.Equal(2, requests.Count(r => r.Contains("works in steps (code, answer), each by its own instruction: \"code\".", StringComparison.Ordinal) && r.Contains("{instruction}{demonstrations}Number:", StringComparison.Ordinal)));
        Assert.Equal(2, requests.Count(r => r.Contains("works in steps (code, answer), each by its own instruction: \"answer\".", StringComparison.Ordinal) && r.Contains("{instruction}{demonstrations}Code:", StringComparison.Ordinal)));
    }

    /// <summary>Where no proposal can be used, yours is what is left, and the verdict knows how it did on validation.</summary>
    [Fact]
    public async Task MiproV2_NoProposalOfAnyUse_ScoresYoursOnValidation()
    {
        using TempFolder folder = new();
        PipelinePart part = new(
            [new(PromptTemplate.Parse("{instruction}Number: {text}\nCode: {code}")), new(PromptTemplate.Parse(Answer), Open: new())],
            DataSplits.Of(Rows("train", 0, 40), Rows("validation", 100, 60), Rows("test", 1000, 200)));
        PipelineObjective objective = new(part, new LabelScorer(), new ScriptedChat(Reply), settings: new() { Price = Price.Free, Concurrency = 1 });
        MiproV2<Pipeline> mipro = new(new Proposer(new(), (_, _) => Task.FromResult(new ProposerReply("<INS></INS>"))));
        await using Study<Pipeline> study = Study.Open(folder.File("a.db"), objective, mipro, Budget.Unlimited, 1, new() { Controls = [Arm<Pipeline>.OfYours()], AllowRejected = true });

        Verdict verdict = (await study.JudgeAsync(TestContext.Current.CancellationToken)).Summary;

        Assert.Equal(verdict.Rows.First(r => r.Role == ArmRole.Yours).Validation, verdict.Found.Validation);
        Assert.NotNull(verdict.Found.Validation);
        Assert.Equal(40 + 60, study.Trials("found").Sum(t => t.Blocks.Sum(b => b.Outcomes.Length)));
    }

    [Fact]
    public void Constructor_MoreDemonstrationsThanItems_IsRefusedInAMiddleStepToo()
    {
        InputException e = Assert.Throws<InputException>(() => Part(upTo: 40));
        Assert.StartsWith("Up to 40 demonstrations of 40 different training items leave none to score", e.Message, StringComparison.Ordinal);
    }

    private static async Task<Study<Pipeline>> RunAsync(TempFolder folder, Optimizer<Prompt> search, int seed, Budget? budget = null)
    {
        Study<Pipeline> study = Study.Open(
            folder.File("a.db"), Objective(), new CoordinateSearch<Pipeline>(search), budget ?? Budget.Unlimited, seed, new() { Controls = [Arm<Pipeline>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        return study;
    }

    private static PipelinePart Part(int upTo = 4) => new(
        [new(PromptTemplate.Parse(Code), Open: new() { Demonstrations = new() { UpTo = upTo } }), new(PromptTemplate.Parse(Answer), Open: new())],
        DataSplits.Of(Rows("train", 0, 40), Rows("validation", 100, 60), Rows("test", 1000, 200)));

    private static PipelineObjective Objective() => new(Part(), new LabelScorer(), new ScriptedChat(Reply), settings: new() { Price = Price.Free, Concurrency = 1 });

    // Even numbers have the code K and the answer even. The step that knows the code is right about the answer.
    private static string Reply(string message)
    {
        if (message.EndsWith("Answer:", StringComparison.Ordinal))
        {
            return message.Contains("Code: K", StringComparison.Ordinal) ? "even" : "odd";
        }

        int[] numbers = [.. Number().Matches(message).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))];
        int asked = numbers[^1], shown = Shown().Matches(message).Count(m => (m.Groups[2].Value == "K") == (int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) % 2 == 0));
        bool knows = new Rng(asked, "knows").NextDouble() < 0.5 + (0.125 * shown);
        return knows == (asked % 2 == 0) ? "K" : "Q";
    }

    private static Dataset Rows(string name, int from, int count) => Dataset.FromRows(
        Enumerable.Range(from, count).Select(i => (string.Create(CultureInfo.InvariantCulture, $"{i}"), i % 2 == 0 ? "even" : "odd")), name);

    [GeneratedRegex(@"Number: (\d+)")]
    private static partial Regex Number();

    [GeneratedRegex(@"Number: (\d+)\nCode: ([KQ])")]
    private static partial Regex Shown();
}
