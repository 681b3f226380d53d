using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts.Tests;

/// <summary>A pipeline leaves the tool as what runs it: the same calls as it was measured with.</summary>
public sealed class PipelineExportTests
{
    private static readonly ImmutableArray<PromptTemplate> Templates =
    [
        PromptTemplate.Parse("{instruction}Question: {text}\nFrom: {class}\nTopic: {topic}"),
        PromptTemplate.Parse("{instruction}{demonstrations}Topic: {topic}\nQuestion: {text}\nAnswer: {answer}"),
    ];

    private static readonly Pipeline Found = new(
    [
        new("topic", new() { Instruction = "Name the {topic}." }),
        new("answer", new()
        {
            Instruction = "Even or odd?",
            Demonstrations = [new([new("topic", "sums"), new("text", "Is 1 even?")], "odd")],
            Labels = [new("odd", "not even")],
        }),
    ]);

    private static ImmutableArray<Prompt> Prompts => [.. Found.Steps.Select(s => s.Prompt)];

    /// <summary>The expected file is compiled into this project, and run: a model is sent what it was measured on.</summary>
    [Fact]
    public async Task ToCSharp_Pipeline_CompilesAndSendsWhatWasMeasured()
    {
        using StreamReader expected = new(typeof(PipelineExportTests).Assembly.GetManifestResourceStream("FoundPipeline.cs")!);
        Dictionary<string, string> item = new() { ["text"] = "Is {3} even?", ["class"] = "b" };
        using ScriptedChat measured = new(Reply), used = new(Reply);

        PromptAnswer answer = await new PipelineSolver(Templates, ["even", "odd"], new LabelScorer(), measured).AnswerAsync(Found, item, TestContext.Current.CancellationToken);
        string? label = await FoundPipeline.AnswerAsync(used, "Is {3} even?", "b", TestContext.Current.CancellationToken);

        Assert.Equal(expected.ReadToEnd(), PipelineExport.ToCSharp(Templates, Prompts, ["even", "odd"]));
        Assert.Equal(measured.Asked.Select(a => a.Message), used.Asked.Select(a => a.Message));
        Assert.Equal(measured.Asked.Select(a => (a.Options!.Temperature, a.Options.MaxOutputTokens)), used.Asked.Select(a => (a.Options!.Temperature, a.Options.MaxOutputTokens)));
        Assert.Equal(("odd", "odd"), (answer.Answer, label));
    }

    [Fact]
    public void ToCSharp_FreeAnswers_ReturnsTheLastReply()
    {
        string code = PipelineExport.ToCSharp(Templates, Prompts, [], byLogProbability: true);

        Assert.Contains("public static async Task<string> AnswerAsync(IChatClient client, string text, string @class, CancellationToken cancellationToken = default)", code, StringComparison.Ordinal);
        Assert.Contains("        return answer;\n", code, StringComparison.Ordinal);
        Assert.DoesNotContain("RegularExpressions", code, StringComparison.Ordinal);
        Assert.Single(code.Split("was not measured").Skip(1)); // said of the last step alone
    }

    [Fact]
    public void ToCSharp_NamesThatMeet_AreToldApart()
    {
        string code = PipelineExport.ToCSharp(
            [PromptTemplate.Parse("{text5}{text}{Text}{client}{await}: {client4}"), PromptTemplate.Parse("{client4}: {class}")], [new(), new()], []);

        Assert.Contains(
            "AnswerAsync(IChatClient client, string text5, string text, string text6, string client6, string @await, CancellationToken cancellationToken = default)",
            code,
            StringComparison.Ordinal);
        Assert.Contains("string client4 = (await client.GetResponseAsync(Client4Step.Messages(text5, text, text6, client6, @await)", code, StringComparison.Ordinal);
        Assert.Contains("public static class ClassStep", code, StringComparison.Ordinal);
    }

    [Fact]
    public void ToMessagesJson_Pipeline_HasTheMessagesOfEachStepByItsName()
    {
        JsonNode json = JsonNode.Parse(PipelineExport.ToMessagesJson(Templates, Prompts, new() { AsInstructions = true }))!;

        Assert.Equal(["topic", "answer"], json.AsObject().Select(s => s.Key));
        Assert.Equal("Name the {topic}.", json["topic"]![0]!["content"]!.ToString());
        Assert.Equal("Topic: {topic}\nQuestion: {text}\nAnswer:", json["answer"]![1]!["content"]!.ToString());
    }

    private static string Reply(string message) => message.EndsWith("Topic:", StringComparison.Ordinal) ? " sums \n" : "It is not even.";
}
