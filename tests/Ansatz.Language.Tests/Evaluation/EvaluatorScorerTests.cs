using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace Ansatz.Language.Tests;

public sealed class EvaluatorScorerTests
{
    private static readonly TextItem Item = new([new("text", "Where is my money?")], "On its way");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3.0, 0.5, 0)]
    [InlineData(4.0, 0.75, 1)]
    [InlineData(5.0, 1, 1)]
    public async Task Score_Number_IsReadBetweenOrAtLeast(double value, double between, double atLeast)
    {
        Told evaluator = new(_ => new NumericMetric("Quality", value, "so so"));

        Assert.Equal(new Scored(between, "It comes.", "so so"), await ScoreAsync(new(evaluator, "Quality", MetricReading.Between(1, 5), "1")));
        Assert.Equal(new Scored(atLeast, "It comes.", "so so"), await ScoreAsync(new(evaluator, "Quality", MetricReading.AtLeast(4), "1")));
    }

    [Fact]
    public async Task Score_Passes_FollowsTheEvaluatorsInterpretation()
    {
        EvaluatorScorer Of(EvaluationMetric metric) => new(new Told(_ => metric), "Quality", MetricReading.Passes, "1");

        Assert.Equal(new Scored(0, "It comes.", "too low"), await ScoreAsync(Of(new NumericMetric("Quality", 2) { Interpretation = new(EvaluationRating.Poor, failed: true, "too low") })));
        Assert.Equal(1, (await ScoreAsync(Of(new NumericMetric("Quality", 4) { Interpretation = new(EvaluationRating.Good) }))).ScoreOn(Scale.Binary));
        Assert.Equal(1, (await ScoreAsync(Of(new BooleanMetric("Quality", true)))).ScoreOn(Scale.Binary));
        Assert.Equal(new Scored(0, "It comes."), await ScoreAsync(Of(new BooleanMetric("Quality", false))));
        Assert.IsType<Rejected>(await ScoreAsync(Of(new BooleanMetric("Quality", true) { Interpretation = new(EvaluationRating.Inconclusive) })));
    }

    [Fact]
    public async Task Score_NoValue_IsRejectedWithTheDiagnostics()
    {
        EvaluationMetric silent = new NumericMetric("Quality");
        silent.AddDiagnostics(EvaluationDiagnostic.Error("The judge's reply could not be parsed."));

        Assert.Equal(
            new Rejected("The evaluator gave no \"Quality\" that can be read as a score. The judge's reply could not be parsed.", "It comes."),
            await ScoreAsync(new(new Told(_ => silent), "Quality", MetricReading.Between(1, 5), "1")));
        Assert.IsType<Rejected>(await ScoreAsync(new(new Told(_ => new NumericMetric("Quality", 6)), "Quality", MetricReading.Between(1, 5), "1")));
        Assert.IsType<Rejected>(await ScoreAsync(new(new Told(_ => new NumericMetric("Quality", double.NaN)), "Quality", MetricReading.AtLeast(1), "1")));
    }

    [Fact]
    public async Task Score_Evaluator_SeesQuestionReplyAndContext()
    {
        Told evaluator = new(_ => new BooleanMetric("Quality", true));

        await ScoreAsync(new(evaluator, "Quality", MetricReading.Passes, "1") { Context = i => [new Hint(i.Answer)] });

        Assert.Equal(("Where is my money?", "It comes.", 2), (evaluator.Question, evaluator.Reply, evaluator.Context.Count));
        Assert.Same(Item, Assert.IsType<TextItemContext>(evaluator.Context[0]).Item);
    }

    [Fact]
    public async Task Score_Judge_IsCountedAndNotAskedAgain()
    {
        ScriptedGrader judge = new(prompt => prompt.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Told evaluator = new(answers => new NumericMetric("Quality", answers.Count, string.Join(' ', answers)), ask: [new('a', 60), new('b', 80)]);
        Cost most = new() { Calls = 2, InputTokens = 1000 };
        EvaluatorScorer scorer = new(evaluator, "Quality", MetricReading.Between(0, 4), "1", judge, most) { Price = new(1, 2) };
        KeptReplies replies = new();

        Outcome first = await scorer.ScoreAsync("It comes.", Item, LabelWordings.None, new(replies, 5, FirstSample: 1), Token);
        Outcome again = await scorer.ScoreAsync("It comes.", Item, LabelWordings.None, new(replies, 5, FirstSample: 1), Token);

        Assert.Equal(new Scored(0.5, "It comes.", "60 80") { Cost = new() { Calls = 2, InputTokens = 200, OutputTokens = 20, Money = 0.00024m } }, first);
        Assert.Equal(first, again);
        Assert.Equal(2, judge.Asked.Count);
        Assert.Equal([(5, 1), (5, 2)], replies.Kept.Keys.Order());
        Assert.Equal(most, scorer.AtMost(Item));
    }

    [Fact]
    public async Task Score_FaultOfTheJudgeThatTheEvaluatorHides_IsThrown()
    {
        ScriptedGrader broken = new(_ => throw new FaultException("The line is down."));
        CompositeEvaluator hiding = new(new Told(answers => new NumericMetric("Quality", answers.Count), ask: ["a"]));
        EvaluatorScorer scorer = new(hiding, "Quality", MetricReading.Between(0, 4), "1", broken, new() { Calls = 1 });

        Assert.Equal("The line is down.", (await Assert.ThrowsAsync<FaultException>(() => ScoreAsync(scorer))).Message);
    }

    [Fact]
    public async Task Score_CancelledWhileTheEvaluatorHidesIt_IsCancelled()
    {
        using CancellationTokenSource stop = new();
        ScriptedGrader judge = new(_ =>
        {
            stop.Cancel();
            throw new OperationCanceledException(stop.Token);
        });
        CompositeEvaluator hiding = new(new Told(answers => new NumericMetric("Quality", answers.Count), ask: ["a"]));
        EvaluatorScorer scorer = new(hiding, "Quality", MetricReading.Between(0, 4), "1", judge, new() { Calls = 1 });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scorer.ScoreAsync("It comes.", Item, LabelWordings.None, ReplyPlace.None, stop.Token));
    }

    [Theory]
    [InlineData("Praise.", true)]
    [InlineData("It is a complaint.", false)]
    public async Task Evaluate_LabelScorer_KnowsItsLabels(string reply, bool isRight)
    {
        ScorerEvaluator evaluator = new(new LabelScorer(), "right", LabelWordings.Own(["praise", "complaint"]));

        EvaluationResult result = await evaluator.EvaluateAsync("?", reply, additionalContext: [new TextItemContext(new([new("text", "Great.")], "praise"))], cancellationToken: Token);

        Assert.Equal(isRight, result.Get<BooleanMetric>("right").Value);
    }

    [Fact]
    public async Task Score_MoreCallsThanReserved_AreRefused()
    {
        ScriptedGrader judge = new(_ => "ok");
        EvaluatorScorer scorer = new(
            new CompositeEvaluator(new Told(answers => new NumericMetric("Quality", answers.Count), ask: ["a", "b"])), "Quality", MetricReading.Between(0, 4), "1", judge, new() { Calls = 1 });

        Assert.Contains("more calls of its judge", (await Assert.ThrowsAsync<InvalidOperationException>(() => ScoreAsync(scorer))).Message, StringComparison.Ordinal);
        Assert.Single(judge.Asked);
    }

    [Fact]
    public async Task Score_CallsAtTheSameTime_AreRefused()
    {
        TaskCompletionSource<string> first = new();
        EvaluatorScorer scorer = new(new Overlapping(first), "Quality", MetricReading.Passes, "1", new WaitingJudge(first.Task), new() { Calls = 2 });

        Assert.Contains("while another call is under way", (await Assert.ThrowsAsync<InvalidOperationException>(() => ScoreAsync(scorer))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Identity_EverythingThatDecidesAScore_IsInIt()
    {
        Told evaluator = new(_ => new BooleanMetric("Quality", true));
        EvaluatorScorer[] scorers =
        [
            new(evaluator, "Quality", MetricReading.Passes, "1"),
            new(evaluator, "Quality", MetricReading.Passes, "2"),
            new(evaluator, "Other", MetricReading.Passes, "1"),
            new(evaluator, "Quality", MetricReading.AtLeast(1), "1"),
            new(evaluator, "Quality", MetricReading.AtLeast(2), "1"),
            new(evaluator, "Quality", MetricReading.Between(1, 5), "1"),
            new(evaluator, "Quality", MetricReading.Passes, "1", new ScriptedGrader(_ => ""), Cost.Zero),
        ];

        Assert.Equal(scorers.Length, scorers.Select(s => s.Identity.ToJsonString()).Distinct().Count());
    }

    [Fact]
    public void Constructor_UnknownMetric_IsRefused()
    {
        InputException e = Assert.Throws<InputException>(() => new EvaluatorScorer(new Told(_ => new BooleanMetric("Quality", true)), "Qualty", MetricReading.Passes, "1"));

        Assert.Equal("The evaluator Told has no metric \"Qualty\"; its metrics are: Quality, Other. Did you mean \"Quality\"?", e.Message);
    }

    [Theory]
    [InlineData("42", true, false)]
    [InlineData("41", false, true)]
    public async Task ScorerEvaluator_BinaryScorer_GivesATruthValue(string reply, bool value, bool failed)
    {
        TextItem item = new([new("text", "6 * 7?")], "42");

        EvaluationResult result = await new ScorerEvaluator(new NumberScorer(), "right").EvaluateAsync("6 * 7?", reply, additionalContext: [new TextItemContext(item)], cancellationToken: Token);

        BooleanMetric metric = result.Get<BooleanMetric>("right");
        Assert.Equal((value, failed), (metric.Value, metric.Interpretation!.Failed));
        Assert.Empty(metric.Diagnostics ?? []);
    }

    [Fact]
    public async Task ScorerEvaluator_RejectedOrUnitOrWithoutItem_IsSaid()
    {
        TextItem item = new([new("text", "tags?")], "a, b");
        ScorerEvaluator evaluator = new(new LabelSetScorer(["a", "b", "c"]) { F1 = true }, "F1");

        NumericMetric partly = (await evaluator.EvaluateAsync("tags?", "a", additionalContext: [new TextItemContext(item)], cancellationToken: Token)).Get<NumericMetric>("F1");
        NumericMetric rejected = (await evaluator.EvaluateAsync("tags?", "z", additionalContext: [new TextItemContext(item)], cancellationToken: Token)).Get<NumericMetric>("F1");
        NumericMetric unknown = (await evaluator.EvaluateAsync("tags?", "a", cancellationToken: Token)).Get<NumericMetric>("F1");

        Assert.Equal(2.0 / 3, partly.Value!.Value, 12);
        Assert.Equal((0, true), (rejected.Value, rejected.Interpretation!.Failed));
        Assert.Equal("The reply names \"z\", which is not one of the labels.", Assert.Single(rejected.Diagnostics!).Message);
        Assert.Null(unknown.Value);
        Assert.Equal(EvaluationDiagnosticSeverity.Error, Assert.Single(unknown.Diagnostics!).Severity);
    }

    [Fact]
    public async Task ScorerEvaluator_AsAnEvaluatorOfAScorer_GivesTheSameScores()
    {
        TextItem item = new([new("text", "6 * 7?")], "42");
        EvaluatorScorer there = new(new ScorerEvaluator(new NumberScorer(), "right"), "right", MetricReading.Passes, "1");

        foreach ((string reply, double score) in ((string, double)[])[("42", 1), ("forty-two", 1), ("41", 0), ("many", 0)])
        {
            Assert.Equal(score, (await there.ScoreAsync(reply, item, LabelWordings.None, ReplyPlace.None, Token)).ScoreOn(Scale.Binary));
        }
    }

    private static Task<Outcome> ScoreAsync(EvaluatorScorer scorer) => scorer.ScoreAsync("It comes.", Item, LabelWordings.None, ReplyPlace.None, Token);

    /// <summary>Calls its judge a second time before the first call is over, and hides what comes of it.</summary>
    private sealed class Overlapping(TaskCompletionSource<string> first) : IEvaluator
    {
        public IReadOnlyCollection<string> EvaluationMetricNames => ["Quality"];

        public async ValueTask<EvaluationResult> EvaluateAsync(
            IEnumerable<ChatMessage> messages,
            ChatResponse modelResponse,
            ChatConfiguration? chatConfiguration = null,
            IEnumerable<EvaluationContext>? additionalContext = null,
            CancellationToken cancellationToken = default)
        {
            Task<ChatResponse> one = chatConfiguration!.ChatClient.GetResponseAsync("one", cancellationToken: cancellationToken);
            Task<ChatResponse> two = chatConfiguration.ChatClient.GetResponseAsync("two", cancellationToken: cancellationToken);
            first.SetResult("ok");
            await Task.WhenAll(one, two).ContinueWith(_ => { }, cancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
            return new(new BooleanMetric("Quality", true));
        }
    }

    private sealed class WaitingJudge(Task<string> reply) : IChatClient
    {
        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            new ChatReply(await reply, "stop", 1, 1).ToResponse();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("waiting", null, "judge-1") : null;

        public void Dispose()
        {
        }
    }

    private sealed class Hint(string text) : EvaluationContext("Hint", text);

    /// <summary>Gives a metric made of what its judge answered to each of its questions.</summary>
    private sealed class Told(Func<List<string>, EvaluationMetric> metric, string[]? ask = null) : IEvaluator
    {
        public IReadOnlyCollection<string> EvaluationMetricNames => ["Quality", "Other"];

        public string Question { get; private set; } = "";

        public string Reply { get; private set; } = "";

        public List<EvaluationContext> Context { get; private set; } = [];

        public async ValueTask<EvaluationResult> EvaluateAsync(
            IEnumerable<ChatMessage> messages,
            ChatResponse modelResponse,
            ChatConfiguration? chatConfiguration = null,
            IEnumerable<EvaluationContext>? additionalContext = null,
            CancellationToken cancellationToken = default)
        {
            (Question, Reply, Context) = (Assert.Single(messages).Text, modelResponse.Text, [.. additionalContext ?? []]);
            List<string> answers = [];
            foreach (string question in ask ?? [])
            {
                answers.Add((await chatConfiguration!.ChatClient.GetResponseAsync(question, cancellationToken: cancellationToken)).Text);
            }

            return new(metric(answers));
        }
    }
}
