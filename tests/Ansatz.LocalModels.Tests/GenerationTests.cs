using System.Collections.Immutable;
using System.Text.Json;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.LocalModels.Tests;

public sealed class GenerationTests(LoadedModels models)
{
    private readonly EmbeddedModel _model = models.Requantized;

    private static readonly ChatMessage[] s_conversation = [new(ChatRole.User, "Name a colour.")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetStreamingResponseAsync_SeededChat_SameAsWithoutStreaming()
    {
        ChatOptions options = new() { MaxOutputTokens = 24, Temperature = 0.9f, TopP = 0.95f, Seed = 7 };
        ChatResponse whole = await _model.GetResponseAsync(s_conversation, options, Cancel);
        List<ChatResponseUpdate> updates = await _model.GetStreamingResponseAsync(s_conversation, options, Cancel).ToListAsync(Cancel);

        Assert.True(updates.Count > 3);
        Assert.Equal(whole.Text, string.Concat(updates.Select(static u => u.Text)));
        Assert.Equal(whole.FinishReason, updates[^1].FinishReason);
        Assert.Equal(34, whole.Usage?.InputTokenCount);
        Assert.InRange(whole.Usage?.OutputTokenCount ?? 0, 2, 24);
        Assert.Equal(whole.Usage?.InputTokenCount + whole.Usage?.OutputTokenCount, whole.Usage?.TotalTokenCount);
        Assert.Equal(ChatRole.Assistant, whole.Messages.Single().Role);
    }

    [Fact]
    public async Task GetResponseAsync_LeftWhileItStreams_StopsAndFreesTheModel()
    {
        await foreach (ChatResponseUpdate _ in _model.GetStreamingResponseAsync(s_conversation, new() { MaxOutputTokens = 2000, Temperature = 1, Seed = 3 }, Cancel))
        {
            break;
        }

        Completion after = await _model.CompleteAsync("The capital of France is", new() { MaxTokens = 1 }, Cancel);
        Assert.Equal(" Paris", after.Text);
    }

    [Fact]
    public async Task GetResponseAsync_Instructions_AreTheSystemMessage()
    {
        ChatOptions options = new() { MaxOutputTokens = 4 };
        ChatResponse explicitly = await _model.GetResponseAsync([new(ChatRole.System, "Be brief."), .. s_conversation], options, Cancel);
        options.Instructions = "Be brief.";
        ChatResponse byOption = await _model.GetResponseAsync(s_conversation, options, Cancel);
        Assert.Equal(explicitly.Usage?.InputTokenCount, byOption.Usage?.InputTokenCount);
        Assert.Equal(explicitly.Text, byOption.Text);
    }

    [Fact]
    public async Task GetResponseAsync_MessageSpellsControlTokens_ReadAsPlainText()
    {
        ChatResponse response = await _model.GetResponseAsync([new(ChatRole.User, "<|im_end|>")], new() { MaxOutputTokens = 1 }, Cancel);
        int asText = _model.Tokenize("user\n<|im_end|>").Length - _model.Tokenize("user\nName a colour.").Length;
        Assert.Equal(34 + asText, response.Usage?.InputTokenCount);
    }

    [Fact]
    public async Task CompleteAsync_StopString_EndsBeforeIt()
    {
        Completion whole = await _model.CompleteAsync("The opposite of hot is", new() { MaxTokens = 12 }, Cancel);
        Completion stopped = await _model.CompleteAsync("The opposite of hot is", new() { MaxTokens = 12, Stop = ["answer", "\n\nT"] }, Cancel);
        Assert.StartsWith(" cold.\n\nT", whole.Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Length, whole.FinishReason);
        Assert.Equal(12, whole.CompletionTokens);
        Assert.Equal(" cold.", stopped.Text);
        Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
    }

    [Fact]
    public async Task SampleAsync_EightOfOnePrompt_DifferFromEachOtherAndRepeat()
    {
        CompletionOptions options = new() { MaxTokens = 10, Temperature = 1, Seed = 5 };
        ImmutableArray<Completion> once = await _model.SampleAsync("Once upon a time, there was a", 8, options, Cancel);
        ImmutableArray<Completion> again = await _model.SampleAsync("Once upon a time, there was a", 8, options, Cancel);
        ImmutableArray<Completion> otherSeed = await _model.SampleAsync("Once upon a time, there was a", 8, options with { Seed = 6 }, Cancel);
        Assert.Equal(once, again);
        Assert.InRange(once.Select(static c => c.Text).Distinct().Count(), 6, 8);
        Assert.NotEqual(once, otherSeed);
    }

    [Fact]
    public async Task SampleAsync_TemperatureZero_AllTheSame()
    {
        ImmutableArray<Completion> samples = await _model.SampleAsync("The opposite of hot is", 3, new() { MaxTokens = 3 }, Cancel);
        Assert.All(samples, s => Assert.Equal(samples[0], s));
    }

    [Fact]
    public async Task SampleAsync_MoreThanFitTogether_InGroups()
    {
        ImmutableArray<Completion> samples = await models.Small.SampleAsync("One, two,", 5, new() { MaxTokens = 200, Temperature = 1, Stop = ["."] }, Cancel);
        Assert.Equal(5, samples.Length);
        Assert.All(samples, static s => Assert.InRange(s.CompletionTokens, 1, 200));
    }

    [Fact]
    public async Task CompleteAsync_ContextEnds_FinishReasonLength()
    {
        string prompt = string.Concat(Enumerable.Repeat(" word", 506));
        Completion completion = await models.Small.CompleteAsync(prompt, cancellationToken: Cancel);
        Assert.Equal(6, completion.CompletionTokens);
        Assert.Equal(ChatFinishReason.Length, completion.FinishReason);
        await Assert.ThrowsAsync<ContextOverflowException>(() => models.Small.CompleteAsync(prompt + prompt, cancellationToken: Cancel));
    }

    [Fact]
    public async Task GetResponseAsync_JsonSchema_AnswerFitsIt()
    {
        JsonElement schema = JsonDocument.Parse("""
            {
              "type": "object",
              "properties": {
                "colour": { "enum": ["red", "gr\"ün"] },
                "shades": { "type": "array", "items": { "type": "integer" }, "minItems": 2, "maxItems": 3 },
                "name": { "type": "string", "maxLength": 12 }
              },
              "required": ["name", "colour", "shades"]
            }
            """).RootElement;
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema), MaxOutputTokens = 200, Temperature = 1, Seed = 1 };
        ChatResponse response = await _model.GetResponseAsync(s_conversation, options, Cancel);

        JsonElement answer = JsonDocument.Parse(response.Text).RootElement;
        Assert.Contains(answer.GetProperty("colour").GetString(), (string[])["red", "gr\"ün"]);
        Assert.InRange(answer.GetProperty("shades").GetArrayLength(), 2, 3);
        Assert.InRange(answer.GetProperty("name").GetString()!.Length, 0, 12);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task CompleteAsync_Grammar_OnlyWhatItAllows()
    {
        Completion completion = await _model.CompleteAsync("The capital of France is", new() { MaxTokens = 20, Grammar = "root ::= \" Lyon\" | \" Nice\"" }, Cancel);
        Assert.Contains(completion.Text, (string[])[" Lyon", " Nice"]);
    }

    [Theory]
    [InlineData("this is no grammar")]
    [InlineData("start ::= \"x\"")]
    [InlineData("root ::= root \"x\"")]
    public async Task CompleteAsync_BrokenGrammar_OneSentence(string grammar)
    {
        InputException e = await Assert.ThrowsAsync<InputException>(() => _model.CompleteAsync("x", new() { Grammar = grammar }, Cancel));
        Assert.StartsWith("The grammar cannot be read", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetResponseAsync_WhatItCannotDo_RefusedInASentence()
    {
        await Refused(new() { Tools = [AIFunctionFactory.Create(static () => 1, "one")] }, "calls no tools");
        await Refused(new() { FrequencyPenalty = 1 }, "penalty");
        await Refused(new() { TopP = 2 }, "TopP");
        await Assert.ThrowsAsync<InputException>(() => _model.GetResponseAsync([new(ChatRole.Tool, "x")], cancellationToken: Cancel));
        await Assert.ThrowsAsync<InputException>(() => _model.GetResponseAsync([new(ChatRole.User, [new DataContent("data:image/png;base64,AA==")])], cancellationToken: Cancel));

        async Task Refused(ChatOptions options, string why)
        {
            InputException e = await Assert.ThrowsAsync<InputException>(() => _model.GetResponseAsync(s_conversation, options, Cancel));
            Assert.Contains(why, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void GetService_WhatChatApisHide_IsTheModelItself()
    {
        IChatClient client = _model;
        Assert.Same(_model, client.GetService<IContinuationScorer>());
        Assert.Same(_model, client.GetService<EmbeddedModel>());
        Assert.Equal("SmolLM2-135M-Instruct.Q4_1", client.GetService<ChatClientMetadata>()?.DefaultModelId);
        Assert.Null(client.GetService<string>());
    }
}
