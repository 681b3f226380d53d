using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Language;
using Ansatz.Testing;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts.Tests;

public sealed class PromptObjectiveContractTests : ObjectiveContract<Prompt>
{
    protected override Objective<Prompt> Create() => World.Objective();
}

public sealed class ChatPromptObjectiveContractTests : ObjectiveContract<Prompt>
{
    protected override Objective<Prompt> Create() => new PromptObjective(World.Part(), new LabelScorer(), new ScriptedChat(_ => "praise"));
}

public sealed class PromptObjectiveTests
{
    [Fact]
    public async Task Evaluate_LogProbabilities_AsksOneBlockUnderOnePrefix()
    {
        PlantedModel model = new();
        PromptObjective objective = new(World.Part(), new LabelScorer(), model, "reviews");
        Prompt prompt = World.Yours with { Labels = [new("praise", "positive")] };

        ImmutableArray<Outcome> outcomes = await EvaluateAsync(objective, prompt, Split.Train, 2, 0);

        (string prefix, ImmutableArray<string> items) = Assert.Single(model.Asked);
        Assert.Equal("Decide whether each review is praise or a complaint.\n\nReview:", prefix);
        Assert.Equal([" It is bad, sure 2.\nKind:", " It is good, sure 0.\nKind:"], items);
        Scored first = Assert.IsType<Scored>(outcomes[0]);
        Assert.Equal(first.Score == 1, first.Probability > 0.5);
        Assert.Equal(model.Tokenize(prefix + items[0]).Length, first.Cost.InputTokens);
        Assert.True(objective.AtMost(AskOf(prompt, Split.Train, 2, 0)).InputTokens >= outcomes.Sum(o => o.Cost.InputTokens));
    }

    [Fact]
    public async Task Evaluate_AsInstructions_SendsTheItemAlone()
    {
        ScriptedChat chat = new(_ => "praise");
        SolverSettings settings = new() { AsInstructions = true, Price = new(1, 2) };
        PromptObjective objective = new(World.Part(), new LabelScorer(), chat, settings: settings);

        ImmutableArray<Outcome> outcomes = await EvaluateAsync(objective, World.Yours, Split.Train, 0);
        await EvaluateAsync(objective, World.Yours with { Instruction = "" }, Split.Train, 0);

        Assert.Equal(["Review: It is good, sure 0.\nKind:", "Review: It is good, sure 0.\nKind:"], chat.Asked.Select(a => a.Message));
        Assert.Equal(["Decide whether each review is praise or a complaint.", null], chat.Instructions); // no empty message
        Assert.True(objective.AtMost(AskOf(World.Yours, Split.Train, 0)).InputTokens >= outcomes[0].Cost.InputTokens);
        Assert.NotEqual(new PromptObjective(World.Part(), new LabelScorer(), chat).Identity.ToJsonString(), objective.Identity.ToJsonString());
    }

    [Fact]
    public void Constructor_AsInstructionsWhereItCannotBe_SaysWhy()
    {
        SolverSettings settings = new() { AsInstructions = true };
        Assert.StartsWith(
            "This model's labels are read from the log-probabilities after a plain text",
            Assert.Throws<InputException>(() => new PromptObjective(World.Part(), new LabelScorer(), new PlantedModel(), settings: settings)).Message,
            StringComparison.Ordinal);

        PromptPart without = new(PromptTemplate.Parse("Review: {text}\nKind: {label}"), World.Part().Splits);
        Assert.StartsWith(
            "The prompt cannot be sent as instructions: neither {instruction} nor {demonstrations} stands before the first column of the data",
            Assert.Throws<InputException>(() => new PromptObjective(without, new LabelScorer(), new ScriptedChat(_ => ""), settings: settings)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_ItemInThePrompt_IsRefused()
    {
        PromptPart part = World.Part();
        PromptObjective objective = World.Objective();
        Prompt prompt = World.Yours with { Demonstrations = [part.Demonstrate(2)] };

        // Item 3 repeats item 2 in capitals.
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => EvaluateAsync(objective, prompt, Split.Train, 0, 3));
        Assert.Equal("The prompt 0123 contains Train item 3, or its duplicate, and may not be scored on it; ask for the items of PromptPart.Scorable.", error.Message);
        Assert.Equal(2, (await EvaluateAsync(objective, prompt, Split.Train, 0, 1)).Length);
    }

    [Fact]
    public async Task Evaluate_CandidateLongerThanTheContext_IsRejected()
    {
        PromptObjective objective = new(World.Part(), new LabelScorer(), new PlantedModel { ContextTokens = 20 });
        Prompt prompt = World.Yours with { Instruction = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen." };

        Assert.All(await EvaluateAsync(objective, prompt, Split.Train, 0, 1), o => Assert.Equal("too long", Assert.IsType<Rejected>(o).Reason));
    }

    [Fact]
    public void Constructor_YoursLongerThanTheContext_IsRefusedBeforeAnythingIsAsked()
    {
        PlantedModel model = new() { ContextTokens = 12 };

        InputException error = Assert.Throws<InputException>(() => new PromptObjective(World.Part(), new LabelScorer(), model));
        Assert.Equal(
            "rows0(1): with your prompt this item and its answer are 18 tokens long, longer than the model's context of 12. Shorten the prompt, or leave the row out.", error.Message);
        Assert.Empty(model.Asked);
    }

    [Fact]
    public async Task Evaluate_LabelsThatCannotBeToldApart_AreRejectedAndForYoursRefused()
    {
        Prompt same = World.Yours with { Labels = [new("praise", "good"), new("complaint", "Good!")] };

        Assert.All(
            await EvaluateAsync(World.Objective(), same, Split.Train, 0),
            o => Assert.Equal("The labels \"praise\" and \"complaint\" are both worded \"Good!\": no scorer could tell them apart.", Assert.IsType<Rejected>(o).Reason));
        Assert.Throws<InputException>(() => World.Objective(yours: same));
    }

    [Fact]
    public async Task Evaluate_Chat_SendsTheRenderedPromptAndReadsTheLabel()
    {
        ScriptedChat chat = new(message => message.Contains("good", StringComparison.Ordinal) ? "It is Positive." : "");
        PromptObjective objective = new(World.Part(), new LabelScorer(), chat, settings: new() { Price = new(1, 2), Concurrency = 1 });
        Prompt prompt = World.Yours with { Labels = [new("praise", "positive")] };

        ImmutableArray<Outcome> outcomes = await EvaluateAsync(objective, prompt, Split.Train, 0, 2);

        Assert.Equal("Decide whether each review is praise or a complaint.\n\nReview: It is good, sure 0.\nKind:", chat.Asked[0].Message);
        Assert.Equal((0f, 256), (chat.Asked[0].Options!.Temperature, chat.Asked[0].Options!.MaxOutputTokens));
        Assert.Equal(("praise", 1.0), (((Scored)outcomes[0]).Output, ((Scored)outcomes[0]).Score));
        Assert.Equal(1, outcomes[0].Cost.Calls);
        Assert.Equal((chat.Asked[0].Message.Length + 4) / 1_000_000m, outcomes[0].Cost.Money);
        Assert.Equal("The reply is empty.", Assert.IsType<Rejected>(outcomes[1]).Reason);
    }

    [Fact]
    public async Task Evaluate_ChatReplyThatIsNoLabel_IsRejectedWithItsText()
    {
        PromptObjective objective = new(World.Part(), new LabelScorer(), new ScriptedChat(_ => "I cannot say."));

        Rejected rejected = Assert.IsType<Rejected>((await EvaluateAsync(objective, World.Yours, Split.Train, 0))[0]);
        Assert.Equal("I cannot say.", rejected.Raw);
    }

    [Fact]
    public async Task Evaluate_ChatBlockCutOff_AsksOnlyForTheRest()
    {
        int calls = 0;
        FunctionChatClient chat = new("v1", (_, _) => ++calls == 3 ? throw new FaultException("The network is gone.") : Task.FromResult("praise"));
        PromptObjective objective = new(World.Part(), new LabelScorer(), chat, settings: new() { Concurrency = 1 });
        KeptReplies replies = new();
        Ask<Prompt> ask = AskOf(World.Yours, Split.Train, 0, 1, 2, 4);

        await Assert.ThrowsAsync<FaultException>(() => objective.EvaluateAsync(ask, replies, TestContext.Current.CancellationToken));
        ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(ask, replies, TestContext.Current.CancellationToken);

        Assert.Equal(5, calls); // two, the one that failed, and the two that were left
        Assert.Equal(4, outcomes.Length);
    }

    // "praise" may be the beginning of "praiseworthy"; a label scorer knows that there is no such label.
    [Fact]
    public async Task Evaluate_ReplyCutOffAtItsLimit_IsRejectedUnlessTheScorerTakesIt()
    {
        ScriptedChat chat = new(_ => "praise") { Finish = ChatFinishReason.Length };
        PromptObjective strict = new(World.Part(), new NormalisedScorer(), chat), lenient = new(World.Part(), new LabelScorer(), chat);

        Rejected rejected = Assert.IsType<Rejected>(Assert.Single(await EvaluateAsync(strict, World.Yours, Split.Train, 0)));

        Assert.Equal(("The reply was cut off after 256 tokens, its limit: what it would have gone on with is not known.", "praise"), (rejected.Reason, rejected.Raw));
        Assert.Equal(2, rejected.Cost.OutputTokens);
        Assert.IsType<Scored>(Assert.Single(await EvaluateAsync(lenient, World.Yours, Split.Train, 0)));

        ScriptedChat weighs = new(_ => "Let me see whether this is praise. The writer") { Finish = ChatFinishReason.Length };
        Assert.IsType<Rejected>(Assert.Single(await EvaluateAsync(new(World.Part(), new LabelScorer(), weighs), World.Yours, Split.Train, 0)));
    }

    [Fact]
    public async Task Evaluate_Graded_CountsTheGraderAndAsksItOnce()
    {
        int solved = 0;
        FunctionChatClient solver = new("v1", (_, _) => Task.FromResult(++solved % 2 == 0 ? "It is praise." : "It is a complaint."));
        ScriptedChat grader = new(prompt => prompt.Contains("It is praise.", StringComparison.Ordinal) ? "Well said.\nGrade: 3" : "No idea.");
        GradedScorer scorer = new(grader, new("From 1, nonsense, to 5.") { Grades = Rubric.OneTo(5) }) { Price = new(1, 2) };
        PromptObjective objective = new(World.Part(), scorer, solver, settings: new() { Concurrency = 1, Price = Price.Free });
        KeptReplies replies = new();
        Ask<Prompt> ask = AskOf(World.Yours, Split.Train, 0, 1);

        ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(ask, replies, TestContext.Current.CancellationToken);
        ImmutableArray<Outcome> again = await objective.EvaluateAsync(ask, replies, TestContext.Current.CancellationToken);

        Assert.Equal(Scale.Unit, objective.Scale);
        Assert.Equal((0.5, "Well said."), (((Scored)outcomes[1]).Score, ((Scored)outcomes[1]).Feedback));
        Assert.Equal("It is a complaint.", Assert.IsType<Rejected>(outcomes[0]).Raw);
        Assert.All(outcomes, o => Assert.Equal(2, o.Cost.Calls)); // the reply and its grading, a rejected one too
        Assert.Equal((grader.Asked[1].Message.Length + 4) / 1_000_000m, outcomes[1].Cost.Money);
        Assert.Equal(outcomes, again);
        Assert.Equal((2, 2), (solved, grader.Asked.Count));
        Cost spent = outcomes[0].Cost + outcomes[1].Cost, atMost = objective.AtMost(ask);
        Assert.True(atMost.Calls >= spent.Calls && atMost.InputTokens >= spent.InputTokens && atMost.OutputTokens >= spent.OutputTokens && atMost.Money >= spent.Money);
        Assert.Equal(atMost.Calls, spent.Calls);
    }

    [Fact]
    public async Task Evaluate_GradedBlockCutOff_RepeatsNeitherReplyNorGrading()
    {
        int solved = 0, graded = 0;
        FunctionChatClient solver = new("v1", (_, _) => Task.FromResult($"reply {++solved}"));
        FunctionChatClient grader = new("v1", (_, _) => ++graded == 3 ? throw new FaultException("The network is gone.") : Task.FromResult("Grade: right"));
        PromptObjective objective = new(World.Part(), new GradedScorer(grader, new("Right if it is a reply.")), solver, settings: new() { Concurrency = 1 });
        KeptReplies replies = new();
        Ask<Prompt> ask = AskOf(World.Yours, Split.Train, 0, 1, 2, 4);

        await Assert.ThrowsAsync<FaultException>(() => objective.EvaluateAsync(ask, replies, TestContext.Current.CancellationToken));
        ImmutableArray<Outcome> outcomes = await objective.EvaluateAsync(ask, replies, TestContext.Current.CancellationToken);

        Assert.Equal((4, 5), (solved, graded)); // the third reply was kept, its grading that failed was asked again
        Assert.Equal(4, outcomes.MeanScore(Scale.Binary) * outcomes.Length);
    }

    [Fact]
    public void Constructor_AnswerThatNoReplyCouldMatch_IsRefusedBeforeAnythingIsAsked()
    {
        ScriptedChat chat = new(_ => "5");

        InputException error = Assert.Throws<InputException>(() => new PromptObjective(World.Part(), new NumberScorer(), chat));
        Assert.Equal("rows0(1): The answer \"praise\" is not one number: no reply could be right. So it is for 199 more.", error.Message);
        Assert.Empty(chat.Asked);
    }

    [Fact]
    public async Task AsChatClient_Graded_GivesTheReplyWithoutAskingTheGrader()
    {
        ScriptedChat grader = new(_ => "Grade: right");
        PromptObjective objective = new(World.Part(), new GradedScorer(grader, new("Anything.")), new ScriptedChat(_ => "A whole letter."));
        using IChatClient client = objective.AsChatClient(World.Yours);

        Assert.Equal("A whole letter.", (await client.GetResponseAsync("It is good.", cancellationToken: TestContext.Current.CancellationToken)).Text);
        Assert.Empty(grader.Asked);
    }

    [Fact]
    public void Identity_EverythingThatDecidesAScore_IsInIt()
    {
        string Of(PromptObjective objective) => objective.Identity.ToJsonString();
        string[] identities =
        [
            Of(World.Objective()),
            Of(World.Objective(new() { Instruction = new() })),
            Of(World.Objective(yours: new())),
            Of(World.Objective(splits: World.Splits(train: 44))),
            Of(new(World.Part(), new LabelScorer { WholeLabels = true }, new PlantedModel())),
            Of(new(World.Part(), new LabelScorer(), new ScriptedChat(_ => ""))),
            Of(new(World.Part(), new LabelScorer(), new ScriptedChat(_ => ""), settings: new() { MaxReplyTokens = 9 })),
            Of(new(World.Part(), new LabelScorer(), new ScriptedChat(_ => ""), settings: new() { TopTokens = 5 })),
            Of(new(World.Part(), new LabelScorer(), new ScriptedChat(_ => ""), settings: new() { TopTokens = 9 })),
            Of(new(World.Part(), new FirstWordScorer(), new ScriptedChat(_ => ""))),
        ];

        Assert.Equal(identities.Length, identities.Distinct().Count());
    }

    [Fact]
    public void Summarize_LabelOutcomes_GivesBalancedAccuracyAndMacroF1()
    {
        PromptObjective objective = World.Objective();
        ImmutableArray<Outcome> outcomes = [.. objective.Splits.Validation.Select(i => new Scored(i.Answer == "praise" ? 1 : 0, "praise"))];

        Assert.Equal([("balanced accuracy", 0.5), ("macro-F1", 0.333333)], objective.Summarize(Split.Validation, outcomes).Select(s => (s.Name, Math.Round(s.Value, 6))));
    }

    [Fact]
    public async Task AsChatClient_Message_IsAnsweredWithTheLabelOfTheData()
    {
        PromptObjective objective = World.Objective();
        using IChatClient client = objective.AsChatClient(new() { Instruction = "surely sure, sure, sure, sure carefully", Labels = [new("praise", "positive")] });

        ChatResponse response = await client.GetResponseAsync("It is good, sure 1.", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("praise", response.Text);
        ImmutableArray<LabelProbability> probabilities = Assert.IsType<ImmutableArray<LabelProbability>>(response.AdditionalProperties!["probabilities"]);
        Assert.Equal(["praise", "complaint"], probabilities.Select(p => p.Label));
        Assert.Equal(1, probabilities.Sum(p => p.Probability), 12);
    }

    [Fact]
    public async Task AsChatClient_ReplyWithoutALabel_IsAFaultWithTheReply()
    {
        PromptObjective objective = new(World.Part(), new LabelScorer(), new ScriptedChat(_ => "Who knows?"));
        using IChatClient client = objective.AsChatClient(World.Yours);

        FaultException fault = await Assert.ThrowsAsync<FaultException>(
            () => client.GetResponseAsync("It is good.", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("The reply names none of the labels praise, complaint. The model said: \"Who knows?\"", fault.Message);
    }

    [Fact]
    public async Task AsChatClient_MessageTooLong_IsTheUsersMistakeInOneSentence()
    {
        const string why = "This item is too long: with its prompt";
        PromptObjective byLogProbabilities = new(World.Part(), new LabelScorer(), new PlantedModel { ContextTokens = 100 });
        PromptObjective byChat = new(World.Part(), new LabelScorer(), new ScriptedChat(_ => throw new ContextOverflowException("The prompt is longer than script-1 takes.", 0, 0)));

        Assert.Equal($"{why} (212 tokens) and its answer it does not fit into the model's context of 100 tokens. Shorten it.", await MessageAsync(byLogProbabilities));
        Assert.Equal($"{why} and its answer it does not fit into the model's context. Shorten it.", await MessageAsync(byChat));

        static async Task<string> MessageAsync(PromptObjective objective)
        {
            using IChatClient client = objective.AsChatClient(World.Yours);
            InputException mistake = await Assert.ThrowsAsync<InputException>(
                () => client.GetResponseAsync(string.Concat(Enumerable.Repeat("good ", 200)), cancellationToken: TestContext.Current.CancellationToken));
            return mistake.Message;
        }
    }

    private static Ask<Prompt> AskOf(Prompt prompt, Split split, params int[] items) => new(new(prompt, "0123", [], "test"), split, [.. items]);

    private static Task<ImmutableArray<Outcome>> EvaluateAsync(PromptObjective objective, Prompt prompt, Split split, params int[] items) =>
        objective.EvaluateAsync(AskOf(prompt, split, items), Replies.None, TestContext.Current.CancellationToken);

    /// <summary>Keeps replies in memory, as a journal does on disk.</summary>
    private sealed class KeptReplies : Replies
    {
        private readonly Dictionary<(int, int), string> _kept = [];

        public override async Task<TReply> OnceAsync<TReply>(
            string question, int item, int sample, Func<CancellationToken, Task<TReply>> call, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken)
        {
            if (!_kept.TryGetValue((item, sample), out string? text))
            {
                _kept[(item, sample)] = text = JsonSerializer.Serialize(await call(cancellationToken), codec);
            }

            return JsonSerializer.Deserialize(text, codec)!;
        }
    }
}
