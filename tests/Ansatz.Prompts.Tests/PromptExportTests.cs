using Ansatz.Language;
using Microsoft.Agents.AI;

namespace Ansatz.Prompts.Tests;

public sealed class PromptExportTests
{
    private static readonly PromptTemplate Template = PromptTemplate.Parse("{instruction}{demonstrations}Review: {text}\nFrom {{{class}}}: {label}");

    private static readonly Prompt Prompt = new()
    {
        Instruction = "Is it \"\"\"good\"\"\"?",
        Demonstrations = [new([new("text", "Works."), new("class", "a")], "praise")],
        Labels = [new("praise", "good"), new("complaint", "goods \\ bads")],
    };

    [Fact]
    public void ToText_Prompt_LeavesTheDataHoles() => Assert.Equal(
        """"
        Is it """good"""?

        Review: Works.
        From {a}: good

        Review: {text}
        From {{class}}:
        """",
        PromptExport.ToText(Template, Prompt));

    [Fact]
    public void ToMessagesJson_Prompt_IsOneUserMessage() => Assert.Equal(
        """
        [
          {
            "role": "user",
            "content": "Is it \"\"\"good\"\"\"?\n\nReview: Works.\nFrom {a}: good\n\nReview: {text}\nFrom {{class}}:"
          }
        ]
        """,
        PromptExport.ToMessagesJson(Template, Prompt));

    /// <summary>The expected file is compiled into this project, so that it is known to be C#, and run.</summary>
    [Fact]
    public void ToCSharp_Prompt_CompilesAndMakesTheSameMessage()
    {
        using StreamReader expected = new(typeof(PromptExportTests).Assembly.GetManifestResourceStream("FoundPrompt.cs")!);

        Assert.Equal(expected.ReadToEnd(), PromptExport.ToCSharp(Template, Prompt, ["praise", "complaint"]));
        Assert.Equal(
            Template.Render(Prompt, new Dictionary<string, string> { ["text"] = "It broke {here}.", ["class"] = "b" }),
            FoundPrompt.Messages("It broke {here}.", "b")[0].Text);
        Assert.Equal(new SolverSettings().MaxReplyTokens, FoundPrompt.Options.MaxOutputTokens); // as it was measured
        Assert.Contains("MaxOutputTokens = 9 ", PromptExport.ToCSharp(Template, Prompt, [], new() { MaxReplyTokens = 9 }), StringComparison.Ordinal);
        Assert.Contains("{\"\\u2028\"}One{\"\\u000D\"}", PromptExport.ToCSharp(PromptTemplate.Parse("\u2028One\r {text}: {label}"), new(), []), StringComparison.Ordinal);
        Assert.Contains("chat\n/// model writes in reply was not measured", PromptExport.ToCSharp(Template, Prompt, [], byLogProbability: true), StringComparison.Ordinal);
    }

    [Fact]
    public void ToMessagesJson_AsInstructions_IsTwoMessages() => Assert.Equal(
        """
        [
          {
            "role": "system",
            "content": "Is it \"\"\"good\"\"\"?\n\nReview: Works.\nFrom {a}: good"
          },
          {
            "role": "user",
            "content": "Review: {text}\nFrom {{class}}:"
          }
        ]
        """,
        PromptExport.ToMessagesJson(Template, Prompt, new() { AsInstructions = true }));

    /// <summary>The expected file is compiled into this project, and its agent run: a model is sent what it was measured on.</summary>
    [Fact]
    public async Task ToAgent_Prompt_CompilesAndSendsWhatIsMeasuredAsInstructions()
    {
        using StreamReader expected = new(typeof(PromptExportTests).Assembly.GetManifestResourceStream("FoundAgent.cs")!);
        SolverSettings settings = new() { AsInstructions = true };
        Dictionary<string, string> item = new() { ["text"] = "It broke {here}.", ["class"] = "b" };
        using ScriptedChat measured = new(_ => "goods \\ bads"), used = new(_ => "goods \\ bads");

        await new PromptSolver(Template, ["praise", "complaint"], new LabelScorer(), measured, settings).AnswerAsync(Prompt, item, TestContext.Current.CancellationToken);
        AgentResponse response = await FoundAgent.Create(used).RunAsync(FoundAgent.Message("It broke {here}.", "b"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(expected.ReadToEnd(), PromptExport.ToAgent(Template, Prompt, ["praise", "complaint"], settings));
        Assert.Equal((measured.Instructions[0], measured.Asked[0].Message), (used.Asked[0].Options!.Instructions, used.Asked[0].Message));
        Assert.Equal((0f, settings.MaxReplyTokens), (used.Asked[0].Options!.Temperature, used.Asked[0].Options!.MaxOutputTokens));
        Assert.Equal("complaint", FoundAgent.Label(response.Text));
    }

    [Fact]
    public void ToAgent_MeasuredOtherwise_SaysSo()
    {
        Assert.Contains("Cut in two, into instructions and a message, it was not measured", PromptExport.ToAgent(Template, Prompt, []), StringComparison.Ordinal);
        Assert.Contains("by the log-probability that the model gives", PromptExport.ToAgent(Template, Prompt, [], byLogProbability: true), StringComparison.Ordinal);
        Assert.StartsWith("Nothing in this prompt is the same for all items", Assert.Throws<InputException>(() => PromptExport.ToAgent(Template, new(), [])).Message, StringComparison.Ordinal);
    }

    /// <summary>The exported code reads a reply as <see cref="LabelScorer"/> scores it.</summary>
    [Theory]
    [InlineData(" Good.", "praise")]
    [InlineData("I think it is GOOD, all in all", "praise")]
    [InlineData("goods \\ bads, I think", "complaint")]
    [InlineData("Who knows?", null)]
    [InlineData("goodness", null)]
    [InlineData("This is not good.", null)]
    [InlineData("This is non-good.", null)]
    [InlineData("It is good-free.", null)]
    [InlineData("Nothing about it is good.", null)]
    [InlineData("No doubt it is good.", "praise")]
    [InlineData("It isn't good, it is goods \\ bads", "complaint")]
    [InlineData("good, not goods \\ bads", "praise")]
    [InlineData("good or goods \\ bads", null)]
    [InlineData("", null)]
    public void ExportedLabel_Reply_IsWhatTheScorerReads(string reply, string? label)
    {
        LabelWordings wordings = new([new("praise", "good"), new("complaint", "goods \\ bads")]);
        Outcome outcome = new LabelScorer().Score(reply, new TextItem(new Dictionary<string, string> { ["text"] = "x" }, "praise"), wordings);

        Assert.Equal(label, FoundPrompt.Label(reply));
        Assert.Equal(label, (outcome as Scored)?.Output);
    }
}
