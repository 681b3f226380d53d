using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Ansatz.Experiments.Reflective;
using Ansatz.Language;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

public sealed class GepaContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new Gepa(GepaTests.Writer()) { Iterations = 12 };
}

public sealed class GepaOfAPipelineContractTests : OptimizerContract<Pipeline>
{
    protected override Objective<Pipeline> Objective() => new RuleWorld(1).Objective;

    protected override Optimizer<Pipeline> Optimizer() => new Gepa<Pipeline>(RuleWorld.Reflector()) { Iterations = 20, MaxCharacters = RuleWorld.Roomy };
}

public sealed class OneReflectionContractTests : OptimizerContract<Pipeline>
{
    protected override Objective<Pipeline> Objective() => new RuleWorld(1).Objective;

    protected override Optimizer<Pipeline> Optimizer() => new OneReflection<Pipeline>(new Gepa<Pipeline>(RuleWorld.Reflector()) { Iterations = 20 });
}

public sealed class GepaTests
{
    [Fact]
    public void Reflection_OneStepOfTwo_ReadsLikeThis() => Assert.Equal(
        """
        A system works in steps (topic, answer), each by its own instruction. Improve the instruction of the step "topic", from some of its runs and what was said about the final answers.

        The instruction now:
        ```
        Name the topic.
        ```

        Run 1
        Input:
        Question: Is 1 even?
        Topic:
        Output:
        sums
        Feedback:
        Score: 0. Right would be: odd

        Run 2
        Input:
        Question: Is 2 even?
        Topic:
        Output:

        Feedback:
        Score: none, the answer could not be used. The reply is empty. Right would be: even

        Work out what the task is, what the runs got wrong and why. Then write the whole instruction anew. Keep what works. Put in what the feedback teaches: facts, rules and names that one can only know from this task, and ways of working that helped. It has to serve for inputs that are not shown here, so state what holds in general and do not quote the runs. At most 4000 characters.
        Put the new instruction, and nothing else, between ``` and ```.
        """,
        Reflection.Write(
            "topic",
            ["topic", "answer"],
            "Name the topic.",
            [
                (new("Question: Is 1 even?\nTopic:", "sums", "odd"), Reflection.Feedback(new Scored(0, "even"), "odd", withWords: true)),
                (new("Question: Is 2 even?\nTopic:", "", "even"), Reflection.Feedback(new Rejected("The reply is empty.", ""), "even", withWords: true)),
            ],
            4000));

    [Fact]
    public void Reflection_SinglePrompt_BeginsLikeThis() => Assert.StartsWith(
        "A language model works by an instruction. Improve the instruction, from some of its runs and what was said about them.\n\nThe instruction now:\n```\n\n```\n\nRun 1\n",
        Reflection.Write("prompt", ["prompt"], "", [(new("x", "y", "z"), "Score: 1")], 100),
        StringComparison.Ordinal);

    [Fact]
    public void Feedback_Kinds_ReadLikeThis()
    {
        Assert.Equal("Score: 0.25. Too long.", Reflection.Feedback(new Scored(0.25, "x", "Too long."), "y", withWords: true));
        Assert.Equal("Score: 0.25", Reflection.Feedback(new Scored(0.25, "x", "Too long."), "y", withWords: false));
        Assert.Equal("Score: none, the answer could not be used", Reflection.Feedback(new Rejected("Nonsense."), "y", withWords: false));
    }

    [Theory]
    [InlineData("Sure.\n```\nSort it.\n```\nGood luck!", "Sort it.")]
    [InlineData("```markdown\nSort it.\nThen say so.\n```", "Sort it.\nThen say so.")]
    [InlineData("```Sort it.```", "Sort it.")]
    [InlineData("```\nSort\n```\nis an\n```\nexample\n```", "Sort\n```\nis an\n```\nexample")]
    [InlineData("```\nSort it", "Sort it")]
    [InlineData("Sort it.", "Sort it.")]
    [InlineData("``` \n ```", null)]
    [InlineData("", null)]
    public void Parse_Reply_IsTheInstruction(string reply, string? instruction) => Assert.Equal(instruction, Reflection.Parse(new(reply)));

    [Theory]
    [InlineData("```\nSort it", null)]
    [InlineData("Sort it and", null)]
    [InlineData("```\nSort it like this:\n```json\n{", null)]
    [InlineData("```\nSort it.\n```\nThis is better bec", "Sort it.")]
    public void Parse_ReplyThatWasCutOff_IsNoInstructionUnlessItIsWhole(string reply, string? instruction) =>
        Assert.Equal(instruction, Reflection.Parse(new(reply) { IsCutOff = true }));

    [Fact]
    public async Task Search_InstructionWithASentenceThatDoesNothing_IsShortened()
    {
        using TempFolder folder = new();
        Gepa gepa = new(Scripted(["The weather is fine today. Be sure, sure and sure."])) { Iterations = 1, Minibatch = 20 };
        await using Study<Prompt> study = await RunAsync(folder, World.Objective(new() { Instruction = new() }), gepa);

        Assert.Contains(study.Trials("found"), t => t.Candidate.Value.Instruction == "The weather is fine today. Be sure, sure and sure.");
        Assert.Equal("Be sure, sure and sure.", study.Winner("found")!.Value.Instruction);
    }

    [Fact]
    public async Task Search_ProposalsTooLongLeakingOrKnown_CostNoRollout()
    {
        using TempFolder folder = new();
        string[] replies = [new('x', 101), "It is good, sure 0. That is praise.", "```\n```", "Decide whether each review is praise or a complaint.", "Read carefully."];
        Proposer proposer = Scripted(replies);
        Gepa gepa = new(proposer) { Iterations = replies.Length, MaxCharacters = 100, Simplify = null };
        await using Study<Prompt> study = await RunAsync(folder, World.Objective(new() { Instruction = new() }), gepa);

        Assert.Equal(
            ["Decide whether each review is praise or a complaint.", "Read carefully."], study.Trials("found").Select(t => t.Candidate.Value.Instruction));
    }

    [Fact]
    public async Task Search_EveryInstructionClosed_IsRefused()
    {
        using TempFolder folder = new();
        InputException error = await Assert.ThrowsAsync<InputException>(() => RunAsync(folder, World.Objective(new() { Demonstrations = new() }), new Gepa(Writer())));
        Assert.Equal("GEPA writes instructions, but every instruction is closed. Open one at least.", error.Message);
    }

    [Fact]
    public void Controls_Gepa_NameOneReflection()
    {
        Gepa gepa = new(Writer());
        Assert.Contains(World.Part().Controls(new("found", ArmRole.Search, gepa, Budget.Rollouts(9))), a => a is { Name: "one reflection", Optimizer: OneReflection<Prompt>, Budget.MaxRollouts: 9 });
        Assert.Contains(
            new RuleWorld(1).Part.Controls(new("found", ArmRole.Search, new Gepa<Pipeline>(Writer()), Budget.Unlimited)), a => a.Optimizer is OneReflection<Pipeline>);
    }

    /// <summary>What is asked, answered, accepted and merged, in the smallest world in which a merge pays. Reviewed by eye; change it only on purpose.</summary>
    [Fact]
    public async Task Search_TwoLineages_ReadsLikeItsTranscript()
    {
        GoldenFile.Equal("GepaTranscript.txt", await TranscriptAsync(seed: 8)); // in which both lineages begin with the user's own
    }

    /// <summary>The mechanism in the world of rules, smaller than in experiments/gepa: feedback, and lessons that add up.</summary>
    [Fact]
    public async Task Gepa_RuleWorld_BeatsItsOneReflectionAndScoresAloneBy25PointsOn6Seeds()
    {
        List<double> found = [], one = [], scores = [];
        for (int seed = 1; seed <= 6; seed++)
        {
            Gepa<Pipeline> gepa = new(RuleWorld.Reflector()) { Iterations = 400, MaxCharacters = RuleWorld.Roomy };
            Gepa<Pipeline> scoreOnly = new(RuleWorld.Reflector()) { Iterations = 400, MaxCharacters = RuleWorld.Roomy, WithFeedback = false };
            found.Add(await TestMeanAsync(gepa, seed));
            one.Add(await TestMeanAsync(new OneReflection<Pipeline>(gepa), seed));
            scores.Add(await TestMeanAsync(scoreOnly, seed));
        }

        Searches.AssertGain([.. found.Zip(one, (f, o) => f - o)], 0.25);
        Searches.AssertGain([.. found.Zip(scores, (f, s) => f - s)], 0.25);
    }

    private static async Task<double> TestMeanAsync(Optimizer<Pipeline> optimizer, int seed)
    {
        using TempFolder folder = new();
        PipelineObjective objective = new RuleWorld(seed).Objective;
        await using Study<Pipeline> study = await RunAsync(folder, objective, optimizer, Budget.Rollouts(600), seed);
        Ask<Pipeline> ask = new(study.Winner("found")!, Split.Test, [.. Enumerable.Range(0, objective.Count(Split.Test))]);
        return (await objective.EvaluateAsync(ask, Replies.None, TestContext.Current.CancellationToken)).MeanScore(Scale.Binary)!.Value;
    }

    private static async Task<string> TranscriptAsync(int seed)
    {
        using TempFolder folder = new();
        ConcurrentQueue<(string Prompt, string Reply)> calls = [];
        Gepa<Pipeline> gepa = new(TwoLineages.Reflector((prompt, reply) => calls.Enqueue((prompt, reply)))) { Iterations = 5, Simplify = null };
        await using Study<Pipeline> study = Study.Open(
            folder.File("a.db"), TwoLineages.Objective(), gepa, Budget.Unlimited, seed, new() { Controls = [Arm<Pipeline>.OfYours()] });
        StringBuilder text = new();
        List<StudyEvent> events = [];
        await foreach (StudyEvent e in study.RunAsync(TestContext.Current.CancellationToken))
        {
            events.Add(e);
        }

        foreach (StudyEvent e in events.Where(e => e is BlockEvaluated { Arm: "found" } or CallAnswered))
        {
            if (e is BlockEvaluated block)
            {
                Trial<Pipeline> trial = study.Trials("found")[block.Trial];
                Block<Pipeline> answer = trial.Blocks[events.TakeWhile(b => b != e).Count(b => b is BlockEvaluated before && before.Arm == "found" && before.Trial == block.Trial)];
                text.Append(CultureInfo.InvariantCulture, $"== {block.Origin}, candidate {block.Trial}{(trial.Candidate.Parents.IsEmpty ? "" : " from " + string.Join(" and ", trial.Candidate.Parents.Select(p => study.Trials("found").First(t => t.Candidate.Id == p).Number)))}: ");
                text.Append(CultureInfo.InvariantCulture, $"{block.Split} items {string.Join(' ', answer.Ask.Items)} score {string.Join(' ', answer.Outcomes.Scores(answer.Scale))}\n");
                foreach (NamedPrompt step in trial.Candidate.Value.Steps)
                {
                    text.Append(CultureInfo.InvariantCulture, $"   {step.Name}: {step.Prompt.Instruction.Replace('\n', ' ')}\n");
                }
            }
            else if (calls.TryDequeue(out (string Prompt, string Reply) call))
            {
                text.Append(CultureInfo.InvariantCulture, $"-- asked\n{call.Prompt}\n-- answered\n{call.Reply}\n");
            }
        }

        Assert.Empty(calls);
        return text.Append(CultureInfo.InvariantCulture, $"== nominated: candidate {study.Trials("found").First(t => t.Candidate.Id == study.Winner("found")!.Id).Number}\n").ToString();
    }

    private static async Task<Study<T>> RunAsync<T>(TempFolder folder, Objective<T> objective, Optimizer<T> optimizer, Budget? budget = null, int seed = 1)
    {
        Study<T> study = Study.Open(folder.File("a.db"), objective, optimizer, budget ?? Budget.Unlimited, seed, new() { Controls = [Arm<T>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        return study;
    }

    private static Proposer Scripted(string[] replies)
    {
        int next = 0;
        return new(new(), (_, _) => Task.FromResult(new ProposerReply(replies[next++])));
    }

    /// <summary>Writes "Version n.", every third time with "sure", which the planted model likes.</summary>
    internal static Proposer Writer() => new(
        new() { ["script"] = 1 },
        (request, _) => Task.FromResult(new ProposerReply($"```\nVersion {request.Seed % 1000}{(request.Seed % 3 == 0 ? ", be sure, be sure" : "")}.\n```", 100, 9)));
}
