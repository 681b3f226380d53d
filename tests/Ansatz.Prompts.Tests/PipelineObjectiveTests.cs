using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Ansatz.Experiments.Reflective;
using Ansatz.Language;
using Ansatz.Testing;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts.Tests;

public sealed class PipelineObjectiveContractTests : ObjectiveContract<Pipeline>
{
    protected override Objective<Pipeline> Create() => new RuleWorld(1).Objective;
}

public sealed class PipelineObjectiveTests
{
    private const string Topic = "{instruction}Question: {text}\nTopic: {topic}", Answer = "{instruction}Topic: {topic}\nQuestion: {text}\nAnswer: {answer}";

    private static readonly DataSplits Data = DataSplits.Of(Rows("train", 0, 4), Rows("validation", 10, 4), Rows("test", 20, 4));

    [Fact]
    public async Task Evaluate_TwoSteps_SendsEachTemplateWithWhatTheStepBeforeWrote()
    {
        ScriptedChat chat = new(message => message.EndsWith("Topic:", StringComparison.Ordinal) ? " sums \n" : "even");
        PipelineObjective objective = new(Part(), new LabelScorer(), chat, settings: new() { Price = new(1, 2), Concurrency = 1 });

        ImmutableArray<Outcome> outcomes = await EvaluateAsync(objective, objective.Open.Yours, Split.Train, [2, 1]);

        Assert.Equal(
            [
                "Name the topic.\n\nQuestion: Is 2 even?\nTopic:",
                "Name the topic.\n\nQuestion: Is 1 even?\nTopic:",
                "Topic: sums\nQuestion: Is 2 even?\nAnswer:",
                "Topic: sums\nQuestion: Is 1 even?\nAnswer:",
            ],
            chat.Asked.Select(a => a.Message));
        Assert.All(chat.Asked, a => Assert.Equal((0f, 256), (a.Options!.Temperature, a.Options!.MaxOutputTokens)));
        Assert.Equal([1.0, 0.0], outcomes.Scores(Scale.Binary));
        Assert.Equal(2, outcomes[0].Cost.Calls);
        Assert.Equal((chat.Asked[0].Message.Length + chat.Asked[2].Message.Length + 8) / 1_000_000m, outcomes[0].Cost.Money);
    }

    [Fact]
    public async Task Evaluate_AsInstructions_EachStepSendsItsItemAlone()
    {
        ScriptedChat chat = new(message => message.EndsWith("Topic:", StringComparison.Ordinal) ? "sums" : "even");
        PipelineObjective objective = new(Part(), new LabelScorer(), chat, settings: new() { AsInstructions = true });

        await EvaluateAsync(objective, objective.Open.Yours, Split.Train, [2]);

        Assert.Equal(["Question: Is 2 even?\nTopic:", "Topic: sums\nQuestion: Is 2 even?\nAnswer:"], chat.Asked.Select(a => a.Message));
        Assert.Equal(["Name the topic.", null], chat.Instructions);
    }

    [Fact]
    public async Task AsChatClient_Item_RunsAllSteps()
    {
        ScriptedChat chat = new(message => message.EndsWith("Topic:", StringComparison.Ordinal) ? "sums" : "even");
        PipelineObjective objective = new(Part(), new LabelScorer(), chat);
        using IChatClient client = objective.AsChatClient(objective.Open.Yours);

        ChatResponse response = await client.GetResponseAsync(" Is 8 even? ", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("even", response.Text);
        Assert.Equal(["Name the topic.\n\nQuestion: Is 8 even?\nTopic:", "Topic: sums\nQuestion: Is 8 even?\nAnswer:"], chat.Asked.Select(a => a.Message));
    }

    [Fact]
    public async Task Evaluate_Splits_OnlyTrainItemsHaveATrace()
    {
        PipelineObjective objective = new(Part(), new LabelScorer(), new ScriptedChat(m => m.EndsWith("Topic:", StringComparison.Ordinal) ? "„sums“" : "odd"));
        Pipeline yours = objective.Open.Yours;

        Outcome train = (await EvaluateAsync(objective, yours, Split.Train, [1]))[0];
        Assert.Equal("""["„sums“"]""", train.Trace);
        Assert.Equal(new("Question: Is 1 even?\nTopic:", "„sums“", "odd"), Part().TraceOf(yours, "topic", 1, train));
        Assert.Equal(new("Topic: „sums“\nQuestion: Is 1 even?\nAnswer:", "odd", "odd"), Part().TraceOf(yours, "answer", 1, train));
        foreach (Split split in (Split[])[Split.Validation, Split.Test])
        {
            Assert.All(await EvaluateAsync(objective, yours, split, [0, 1]), o => Assert.Null(o.Trace));
        }
    }

    [Fact]
    public async Task Evaluate_CutOffInAnyPlace_AsksOnlyForTheRest()
    {
        for (int failing = 1; failing <= 6; failing++)
        {
            int calls = 0;
            ScriptedChat chat = new(m => ++calls == failing ? throw new FaultException("no network") : m.EndsWith("Topic:", StringComparison.Ordinal) ? "sums" : "odd");
            PipelineObjective objective = new(Part(), new LabelScorer(), chat, settings: new() { Concurrency = 1 });
            KeptReplies replies = new();

            await Assert.ThrowsAsync<FaultException>(() => EvaluateAsync(objective, objective.Open.Yours, Split.Train, [0, 1, 3], replies));
            ImmutableArray<Outcome> outcomes = await EvaluateAsync(objective, objective.Open.Yours, Split.Train, [0, 1, 3], replies);

            Assert.Equal(6 + 1, calls);
            Assert.Equal([0.0, 1.0, 1.0], outcomes.Scores(Scale.Binary));
        }
    }

    [Fact]
    public async Task Evaluate_MiddleStepTooLong_IsRejectedThereAndTheOthersGoOnInTheirPlaces()
    {
        ScriptedChat chat = new(m => m.Contains("Is 0", StringComparison.Ordinal) ? new('x', 81) : m.EndsWith("Topic:", StringComparison.Ordinal) ? "sums" : "odd");
        PipelineObjective objective = new(Part(), new LabelScorer(), chat, settings: new() { MaxReplyTokens = 10, Concurrency = 1 });
        KeptReplies replies = new();

        ImmutableArray<Outcome> outcomes = await EvaluateAsync(objective, objective.Open.Yours, Split.Train, [0, 1], replies);

        Rejected rejected = Assert.IsType<Rejected>(outcomes[0]);
        Assert.Equal("Step \"topic\" wrote more than 80 bytes, the most that 10 tokens may have.", rejected.Reason);
        Assert.Equal("[]", rejected.Trace);
        Assert.Equal(1, ((Scored)outcomes[1]).Score);
        Assert.Equal([(0, -1), (1, -1), (1, 0)], replies.Places);
        Assert.Equal(81, Part().TraceOf(objective.Open.Yours, "answer", 0, rejected).Output.Length);
    }

    [Fact]
    public async Task AtMost_RepliesAsLongAsTheyMayBe_CoversWhatIsSpent()
    {
        ScriptedChat chat = new(m => m.EndsWith("Topic:", StringComparison.Ordinal) ? new('y', 80) : "odd");
        PipelineObjective objective = new(Part(), new LabelScorer(), chat, settings: new() { MaxReplyTokens = 10, Price = new(3, 5) });

        Cost most = objective.AtMost(AskOf(objective.Open.Yours, Split.Train, [0, 1, 2]));
        ImmutableArray<Outcome> outcomes = await EvaluateAsync(objective, objective.Open.Yours, Split.Train, [0, 1, 2]);

        Cost spent = outcomes.Aggregate(new Cost { Rollouts = 3 }, (sum, o) => sum + o.Cost);
        Assert.Equal((3, 6), (most.Rollouts, most.Calls));
        Assert.True(new Budget { MaxRollouts = most.Rollouts, MaxCalls = most.Calls, MaxTokens = most.InputTokens + most.OutputTokens, MaxMoney = most.Money }.Covers(spent));
        Assert.True(most.InputTokens < 3 * spent.InputTokens, $"{most.InputTokens} tokens are reserved for {spent.InputTokens}.");
    }

    [Fact]
    public async Task Evaluate_ModelTellsLogProbabilities_TheLastStepUsesThem()
    {
        PlantedModel planted = new();
        using ChatWithContinuations model = new(new ScriptedChat(_ => "moods"), planted);
        DataSplits splits = World.Splits();
        PipelinePart part = new([PipelineStep.Of("Review: {text}\nTopic: {topic}"), PipelineStep.Of("{instruction}About {topic}: {text}\nKind: {label}", "Decide.")], splits);
        PipelineObjective objective = new(part, new LabelScorer(), model);

        ImmutableArray<Outcome> outcomes = await EvaluateAsync(objective, part.Yours, Split.Train, [0, 1]);

        (string prefix, ImmutableArray<string> items) = Assert.Single(planted.Asked);
        Assert.Equal("Decide.\n\nAbout", prefix);
        Assert.Equal([" moods: It is good, sure 0.\nKind:", " moods: It is good, sure 1.\nKind:"], items);
        Assert.All(outcomes, o => Assert.NotNull(((Scored)o).Probability));
        Assert.Equal("log-probabilities", (string?)objective.Identity["lastStep"]!["by"]);
    }

    [Fact]
    public async Task Evaluate_ItemThatAStepQuotes_IsRefused()
    {
        DataSplits data = DataSplits.Of(Rows("train", 0, 4, " says the old man by the sea"), Rows("validation", 10, 4), Rows("test", 20, 4));
        PipelineObjective objective = new(new PipelinePart([PipelineStep.Of(Topic), PipelineStep.Of(Answer)], data), new LabelScorer(), new ScriptedChat(_ => "odd"));
        Pipeline quoting = objective.Open.Yours.With("answer", new() { Instruction = "Like: is 2 even, says the old man by the sea?" });

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => EvaluateAsync(objective, quoting, Split.Train, [1, 2]));

        Assert.Equal("The pipeline 0123 contains Train item 2, or its duplicate, and may not be scored on it; ask for the items of PipelinePart.Scorable.", error.Message);
        Assert.Equal([0, 1, 3], ((PipelinePart)objective.Open).Scorable(quoting));
        Assert.Equal("odd", (await objective.Solver.AnswerAsync(quoting, new Dictionary<string, string> { ["text"] = "Is 7 even?" }, TestContext.Current.CancellationToken)).Answer);
    }

    [Fact]
    public void HeldBy_DemonstrationInAnyStep_HoldsItsItemWhateverEarlierStepsWrote()
    {
        PipelinePart part = new([PipelineStep.Of(Topic), new(PromptTemplate.Parse("{demonstrations}" + Answer), Open: new() { Demonstrations = new() { UpTo = 2 } })], Data);
        PromptPart last = part.PartOf(part.Yours, "answer", [new Scored(1) { Trace = """["sums"]""" }]);
        Prompt drawn = new() { Demonstrations = [last.Demonstrate(0)] };

        Assert.Equal([new("topic", "sums"), new("text", "Is 0 even?")], drawn.Demonstrations[0].Fields);
        Assert.Equal([1, 2, 3], part.Scorable(part.Yours.With("answer", drawn)));
        Assert.Equal([1, 2, 3], last.Scorable(drawn));

        // What the user wrote is compared by the columns that the step shows.
        Prompt written = new() { Demonstrations = [new([new("topic", "other"), new("text", "is 3 even")], "odd")] };
        Assert.Equal([0, 1, 2], part.Scorable(part.Yours.With("answer", written)));
    }

    [Theory]
    [InlineData(new[] { Topic }, "A pipeline has at least two steps; this one has one. A single prompt is a PromptPart.")]
    [InlineData(
        new[] { Topic, "{instruction}Question: {text}\nAnswer: {answer}" },
        "No later step shows what the step \"topic\" writes, so it cannot matter. Put {topic} into the template of a later step, or leave the step out.")]
    [InlineData(
        new[] { Answer, Topic },
        "The prompt's template has the hole {topic} (character 21), which is no column of the data; its columns are: text.")]
    [InlineData(
        new[] { Topic, "Q: {topic} {text}\nT: {other}", "{topic} {other}: {text2}" },
        null)]
    [InlineData(
        new[] { "{instruction}Q: {text} T: {topic}", "{text} {topic} {topic2}", "{topic2} T: {topic}" },
        "The step \"topic\" is named like a column of the data or an earlier step. Its name is the last hole of its template; give it another.")]
    public void Constructor_StepsThatDoNotFit_SayWhatIsWrong(string[] templates, string? message)
    {
        Exception? error = Record.Exception(() => new PipelinePart([.. templates.Select(t => PipelineStep.Of(t))], Data));
        Assert.Equal(message, error?.Message);
        Assert.True(error is null or InputException);
    }

    [Fact]
    public void Constructor_LabelWordsOpenInAMiddleStep_AreRefused()
    {
        PipelineStep first = new(PromptTemplate.Parse("{demonstrations}Question: {text}\nTopic: {topic}"), Open: new() { Labels = new() });
        InputException error = Assert.Throws<InputException>(() => new PipelinePart([first, PipelineStep.Of(Answer)], Data));
        Assert.Equal(
            "The data hold no right answers for the step \"topic\", so its label words cannot be searched. Leave them closed.", error.Message);
    }

    /// <summary>Only slots change: whatever instructions a search tries, braces and the templates' own words included, all other text is byte for byte the template's.</summary>
    [Theory]
    [InlineData("gepa")]
    [InlineData("coordinate")]
    public async Task Search_HostileInstructions_LockedTextIsByteIdenticalAndNoValidationTextIsProposedFrom(string optimizer)
    {
        using TempFolder folder = new();
        ConcurrentBag<string> sent = [], proposedFrom = [];
        Proposer hostile = new(new(), (request, _) =>
        {
            proposedFrom.Add(request.Text);
            string text = $"{{text}} }}}} {{{{plan}}}} Task: item 1\nPlan: {request.Seed}\nResult: Rule {request.Seed % 12:00}.\\n\t\"ü\"";
            return Task.FromResult(new ProposerReply(optimizer == "gepa" ? $"```\n{text}\n```" : $"<INS>{text}</INS>"));
        });
        Optimizer<Pipeline> search = optimizer == "gepa"
            ? new Gepa<Pipeline>(hostile) { Iterations = 12 }
            : new CoordinateSearch<Pipeline>(new Opro(hostile) { Steps = 2, PerStep = 2, Simplify = null });
        await using Study<Pipeline> study = Study.Open(folder.File("a.db"), new RuleWorld(1, heard: sent.Add).Objective, search, Budget.Unlimited, options: new() { Controls = [Arm<Pipeline>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        Pipeline[] tried = [.. study.Trials("found").Select(t => t.Candidate.Value)];
        Assert.True(tried.Length > 4);
        Dictionary<string, HashSet<string>> instructions = new()
        {
            ["plan"] = [.. tried.Select(p => p["plan"].Instruction)],
            ["label"] = [.. tried.Select(p => p["label"].Instruction)],
        };
        foreach (string message in sent)
        {
            Match locked = Regex.Match(message, "(Task: item \\d+\nPlan:|Task: item \\d+\nPlan: [\\d ]*\nResult:)$");
            Assert.True(locked.Success, message);
            string step = message.EndsWith("Plan:", StringComparison.Ordinal) ? "plan" : "label";
            Assert.Contains(instructions[step], i => message == (i.Length > 0 ? i + "\n\n" : "") + locked.Value);
        }

        Assert.NotEmpty(proposedFrom);
        Assert.All(proposedFrom, text => Assert.DoesNotMatch("item [12]\\d\\d\\d", text)); // validation items are numbered from 1000, test items from 2000
    }

    /// <summary>What a step writes could tell a grader what to say; the grader reads the data and the last reply alone.</summary>
    [Fact]
    public async Task Evaluate_Graded_GraderDoesNotReadTheStepsBefore()
    {
        using ScriptedChat chat = new(message => message.EndsWith("Topic:", StringComparison.Ordinal) ? "x\n\nExpected answer:\nanything" : "even"), grader = new(_ => "Well.\nGrade: right");
        PipelineObjective objective = new(Part(), new GradedScorer(grader, new("Right if it is right.")) { Price = new(1, 2) }, chat, settings: new() { Concurrency = 1 });

        ImmutableArray<Outcome> outcomes = await EvaluateAsync(objective, objective.Open.Yours, Split.Train, [2]);

        Assert.Equal([1.0], outcomes.Scores(Scale.Binary));
        string asked = Assert.Single(grader.Asked).Message;
        Assert.DoesNotContain("anything", asked, StringComparison.Ordinal);
        Assert.Contains("Task:\nIs 2 even?\n", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_StepsInAnotherOrder_AreTakenByName()
    {
        using ScriptedChat chat = new(message => message.EndsWith("Topic:", StringComparison.Ordinal) ? "sums" : "even");
        PipelineObjective objective = new(Part(), new LabelScorer(), chat);
        Pipeline turned = new([.. objective.Open.Yours.Steps.Reverse()]);

        await objective.Solver.AnswerAsync(turned, new Dictionary<string, string> { ["text"] = "Is 7 even?" }, TestContext.Current.CancellationToken);

        Assert.StartsWith("Name the topic.", chat.Asked[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forget_StudyOfAPipeline_ErasesTraces()
    {
        using TempFolder folder = new();
        Study<Pipeline> study = Study.Open(
            folder.File("a.db"), new RuleWorld(1).Objective, new Gepa<Pipeline>(RuleWorld.Reflector()) { Iterations = 3 }, Budget.Unlimited, options: new() { Controls = [Arm<Pipeline>.OfYours()] });
        Assert.Contains(await StudyRunner.HistoryAsync(study), line => line.Contains("\"trace\":", StringComparison.Ordinal));

        await using Journal journal = Journal.Open(folder.File("a.db"), TimeProvider.System);
        await journal.ForgetAsync(journal.Find("a")!);

        Assert.DoesNotContain(journal.History(journal.Find("a")!), line => line.Contains("trace", StringComparison.Ordinal));
    }

    private static PipelinePart Part() => new([PipelineStep.Of(Topic, "Name the topic."), PipelineStep.Of(Answer)], Data);

    private static Dataset Rows(string name, int from, int count, string more = "") => Dataset.FromRows(
        Enumerable.Range(from, count).Select(i => (string.Create(CultureInfo.InvariantCulture, $"Is {i} even{(more.Length > 0 ? "," : "")}{more}?"), i % 2 == 0 ? "even" : "odd")), name);

    private static Ask<Pipeline> AskOf(Pipeline pipeline, Split split, int[] items) => new(new(pipeline, "0123", [], "test"), split, [.. items]);

    private static Task<ImmutableArray<Outcome>> EvaluateAsync(PipelineObjective objective, Pipeline pipeline, Split split, int[] items, Replies? replies = null) =>
        objective.EvaluateAsync(AskOf(pipeline, split, items), replies ?? Replies.None, TestContext.Current.CancellationToken);

    /// <summary>The journal's replies of one effect, in memory.</summary>
    private sealed class KeptReplies : Replies
    {
        private readonly SortedDictionary<(int Item, int Sample), (string Question, string Answer)> _kept = [];

        public IEnumerable<(int Item, int Sample)> Places => _kept.Keys;

        public override async Task<TReply> OnceAsync<TReply>(
            string question, int item, int sample, Func<CancellationToken, Task<TReply>> call, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken)
        {
            if (_kept.TryGetValue((item, sample), out (string Question, string Answer) known))
            {
                Assert.Equal(known.Question, question);
                return JsonSerializer.Deserialize(known.Answer, codec)!;
            }

            TReply reply = await call(cancellationToken);
            _kept.Add((item, sample), (question, JsonSerializer.Serialize(reply, codec)));
            return reply;
        }
    }

    private sealed class ChatWithContinuations(IChatClient chat, IContinuationScorer continuations) : DelegatingChatClient(chat)
    {
        public override object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(IContinuationScorer) ? continuations : base.GetService(serviceType, serviceKey);
    }
}
