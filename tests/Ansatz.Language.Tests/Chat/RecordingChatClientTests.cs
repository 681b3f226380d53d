using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Ansatz.Language.Tests;

public sealed class RecordingChatClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetResponse_AskedAgain_ReplaysWithoutTheModel()
    {
        Store store = new();
        Scripted model = new(["praise", "complaint"]);
        ChatResponse first = await Client(model, store, item: 0).GetResponseAsync("one", cancellationToken: Token);
        await Client(model, store, item: 1).GetResponseAsync("two", cancellationToken: Token);

        ChatResponse again = await Client(new Scripted([]), store, item: 0).GetResponseAsync("one", cancellationToken: Token);

        Assert.Equal(("praise", "praise"), (first.Text, again.Text));
        Assert.Equal(ChatReply.Of(first), ChatReply.Of(again));
        Assert.Equal((10, 1), (again.Usage!.InputTokenCount, again.Usage.OutputTokenCount));
        Assert.Equal(2, model.Calls);
    }

    [Fact]
    public async Task GetResponse_OtherQuestionInTheSamePlace_IsRefused()
    {
        Store store = new();
        await Client(new Scripted(["a"]), store, item: 0).GetResponseAsync("one", cancellationToken: Token);

        await Assert.ThrowsAsync<ReplayException>(() => Client(new Scripted(["b"]), store, item: 0).GetResponseAsync("other", cancellationToken: Token));
    }

    [Fact]
    public async Task GetResponse_ModelFails_KeepsNothingAndMayBeAskedAgain()
    {
        Store store = new();
        using IChatClient client = Client(new Scripted([null, "praise"]), store, item: 0);

        await Assert.ThrowsAsync<FaultException>(() => client.GetResponseAsync("one", cancellationToken: Token));

        Assert.Empty(store.Kept);
        Assert.Equal("praise", (await client.GetResponseAsync("one", cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task GetResponse_PromptTooLong_IsAnAnswerThatIsKept()
    {
        Store store = new();
        int calls = 0;
        IChatClient TooLong() => Client(new Refusing(() => throw new ContextOverflowException($"The prompt is too long (request {++calls}).", 0, 0)), store, item: 0);

        string first = (await Assert.ThrowsAsync<ContextOverflowException>(() => TooLong().GetResponseAsync("one", cancellationToken: Token))).Message;
        string again = (await Assert.ThrowsAsync<ContextOverflowException>(() => TooLong().GetResponseAsync("one", cancellationToken: Token))).Message;

        Assert.Equal(("The prompt is too long (request 1).", "The prompt is too long (request 1).", 1), (first, again, calls));
    }

    [Fact]
    public async Task GetResponse_SecondQuestion_IsRefused()
    {
        using IChatClient client = Client(new Scripted(["a", "b"]), new Store(), item: 0);
        await client.GetResponseAsync("one", cancellationToken: Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync("two", cancellationToken: Token));
    }

    [Fact]
    public async Task GetStreamingResponse_Replay_GivesTheWholeText()
    {
        Store store = new();
        await Client(new Scripted(["praise it is"]), store, item: 3).GetResponseAsync("one", cancellationToken: Token);

        ChatResponse streamed = await Client(new Scripted([]), store, item: 3).GetStreamingResponseAsync("one", cancellationToken: Token).ToChatResponseAsync(Token);

        Assert.Equal("praise it is", streamed.Text);
    }

    [Fact]
    public void Question_MessagesAndOptions_InFixedOrder()
    {
        ChatOptions options = new()
        {
            Temperature = 0.7f,
            MaxOutputTokens = 8,
            Seed = 3,
            StopSequences = ["\n"],
            ResponseFormat = ChatResponseFormat.Json,
            AdditionalProperties = new() { ["b"] = true, ["a"] = "x" },
        };

        string question = ChatQuestion.Of([new(ChatRole.System, "Be short."), new(ChatRole.User, "é?")], options, "tiny");

        Assert.Equal(
            """{"model":"tiny","messages":[{"role":"system","text":"Be short."},{"role":"user","text":"\u00E9?"}],"temperature":0.7,"maxOutputTokens":8,"seed":3,"stop":["\n"],"format":"json","\u002Ba":"x","\u002Bb":true}""",
            question);
    }

    [Fact]
    public void Question_EveryOption_Matters()
    {
        ChatOptions[] options =
        [
            new(), new() { ModelId = "other" }, new() { Temperature = 1 }, new() { TopP = 1 }, new() { TopK = 1 }, new() { MaxOutputTokens = 1 }, new() { Seed = 1 },
            new() { FrequencyPenalty = 1 }, new() { PresencePenalty = 1 }, new() { StopSequences = ["x"] }, new() { Instructions = "x" },
            new() { ResponseFormat = ChatResponseFormat.Json }, new() { ResponseFormat = ChatResponseFormat.Text },
            new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("{\"type\":\"string\"}")) },
            new() { Reasoning = new() { Effort = ReasoningEffort.Low } }, new() { AdditionalProperties = new() { ["grammar"] = "root" } },
        ];

        Assert.Equal(options.Length, options.Select(o => ChatQuestion.Of([new(ChatRole.User, "x")], o, "tiny")).Distinct().Count());
    }

    [Fact]
    public void Question_WhatIsNoText_IsRefused()
    {
        Assert.Throws<NotSupportedException>(() => ChatQuestion.Of([new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")])], null, null));
        Assert.Throws<NotSupportedException>(() => ChatQuestion.Of([], new() { Tools = [AIFunctionFactory.Create(() => 1, "one")] }, null));
        Assert.Throws<NotSupportedException>(() => ChatQuestion.Of([], new() { ConversationId = "7" }, null));
    }

    [Fact]
    public void Codec_Reply_ComesBack()
    {
        ChatReply reply = new("a \"b\"\n", null, 5, 0);

        string json = JsonSerializer.Serialize(reply, ChatReply.Codec);

        Assert.Equal("""{"Text":"a \u0022b\u0022\n","InputTokens":5}""", json);
        Assert.Equal(reply, JsonSerializer.Deserialize(json, ChatReply.Codec));
    }

    [Fact]
    public void Price_MillionsOfTokens_AddUp()
    {
        Price price = new(2.00m, 8.00m);

        Assert.Equal(new Cost { Calls = 1, InputTokens = 1000, OutputTokens = 500, Money = 0.006m }, price.Of(1000, 500));
        Assert.Equal(new Cost { Calls = 1, InputTokens = 3 + 48, OutputTokens = 8, Money = ((51 * 2m) + (8 * 8m)) / 1_000_000 }, price.AtMost("aé", messages: 1, maxOutputTokens: 8));
    }

    [Fact]
    public void Endpoints_ByName()
    {
        Endpoints endpoints = new();
        endpoints.Add(Endpoints.Embedded, () => new Scripted([]));
        endpoints.Add("mine", () => new Scripted([]));

        Assert.IsType<Scripted>(endpoints.Open("mine"));
        InputException e = Assert.Throws<InputException>(() => endpoints.Open("embeded"));
        Assert.Equal("There is no model \"embeded\"; the models are: embedded, mine. Did you mean \"embedded\"?", e.Message);
    }

    /// <summary>Two models without a name would answer for each other from a journal.</summary>
    [Fact]
    public void Identity_ModelWithoutAName_IsRefusedUntilItHasOne()
    {
        Scripted nameless = new([]);

        InputException e = Assert.Throws<InputException>(() => ChatIdentity.Of(nameless));

        Assert.StartsWith("The chat client Scripted does not say which model it is", e.Message, StringComparison.Ordinal);
        Assert.Equal("{\"provider\":null,\"url\":null,\"name\":\"mine, 2\"}", ChatIdentity.Of(nameless.Named("mine, 2").AsBuilder().Build()).ToJsonString());
    }

    private static IChatClient Client(IChatClient model, Replies replies, int item) => model.AsBuilder().UseReplies(replies, item, sample: 0).Build();

    /// <summary>A model made of a list of answers; none is a failure of the world.</summary>
    private sealed class Scripted(string?[] answers) : IChatClient
    {
        public int Calls { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatReply(answers[Calls++] ?? throw new FaultException("no network"), "stop", 10, 1).ToResponse());

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed class Refusing(Action refuse) : DelegatingChatClient(new Scripted([]))
    {
        public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            refuse();
            return base.GetResponseAsync(messages, options, cancellationToken);
        }
    }

    /// <summary>Replies kept as text, as a journal does.</summary>
    private sealed class Store : Replies
    {
        public Dictionary<(int, int), (string Question, string Answer)> Kept { get; } = [];

        public override async Task<TReply> OnceAsync<TReply>(
            string question, int item, int sample, Func<CancellationToken, Task<TReply>> call, JsonTypeInfo<TReply> codec, CancellationToken cancellationToken)
        {
            if (!Kept.TryGetValue((item, sample), out (string Question, string Answer) kept))
            {
                TReply reply = await call(cancellationToken);
                Kept[(item, sample)] = (question, JsonSerializer.Serialize(reply, codec));
                return reply;
            }

            return kept.Question == question ? JsonSerializer.Deserialize(kept.Answer, codec)! : throw new ReplayException("asks differently");
        }
    }
}
