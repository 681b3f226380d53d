namespace Ansatz.Prompts.Tests;

public sealed class OproPlacementTests
{
    private static readonly Dictionary<string, string> Item = new() { ["question"] = "2 + 2?" };

    // The table of the paper's scorer prompts; an instruction that is empty takes its separator with it.
    [Theory]
    [InlineData(OproPlacement.BeforeQuestion, true, "Think.\nQ: 2 + 2?\n\nA:", "Q: 2 + 2?\n\nA:")]
    [InlineData(OproPlacement.QuestionBegin, true, "Q: Think.\n2 + 2?\n\nA:", "Q: 2 + 2?\n\nA:")]
    [InlineData(OproPlacement.QuestionBegin, false, "Think.\n2 + 2?", "2 + 2?")]
    [InlineData(OproPlacement.QuestionEnd, true, "Q: 2 + 2?\nThink.\n\nA:", "Q: 2 + 2?\n\nA:")]
    [InlineData(OproPlacement.QuestionEnd, false, "2 + 2?\nThink.", "2 + 2?")]
    [InlineData(OproPlacement.AnswerBegin, true, "Q: 2 + 2?\n\nA: Think.", "Q: 2 + 2?\n\nA:")]
    public void Template_Placement_RendersAsInThePaper(OproPlacement placement, bool isFramed, string with, string without)
    {
        PromptTemplate template = placement.Template("question", "answer", isFramed);

        Assert.Equal(with, template.Render(new() { Instruction = "Think." }, Item));
        Assert.Equal(without, template.Render(new(), Item));
        Assert.Equal(template.Text, PromptTemplate.Parse(template.Text).Text);
    }

    // What the proposer reads is the solver's very prompt, mark for instruction. The reference code has one line end before "A:" there and two here.
    [Theory]
    [InlineData(OproPlacement.BeforeQuestion, true)]
    [InlineData(OproPlacement.QuestionBegin, true)]
    [InlineData(OproPlacement.QuestionBegin, false)]
    [InlineData(OproPlacement.QuestionEnd, true)]
    [InlineData(OproPlacement.QuestionEnd, false)]
    [InlineData(OproPlacement.AnswerBegin, true)]
    public void Problem_Placement_IsTheSolversPromptWithTheMark(OproPlacement placement, bool isFramed)
    {
        PromptTemplate template = placement.Template("question", "answer", isFramed);
        MetaPrompt metaPrompt = new(OproLayout.Chat) { BeginsAnswer = template.InstructionBeginsAnswer };

        string solvers = template.Render(new() { Instruction = "Think." }, Item);

        Assert.Equal(placement == OproPlacement.AnswerBegin, template.InstructionBeginsAnswer);
        Assert.Equal(solvers.Replace("Think.", placement == OproPlacement.AnswerBegin ? "<Start>" : "<INS>", StringComparison.Ordinal), metaPrompt.Problem(template, new(), Item));
    }

    [Theory]
    [InlineData(OproPlacement.BeforeQuestion)]
    [InlineData(OproPlacement.AnswerBegin)]
    public void Template_PlacementThatNeedsTheFrame_IsRefusedWithoutIt(OproPlacement placement) =>
        Assert.Throws<ArgumentException>(() => placement.Template("question", "answer", isFramed: false));

    [Theory]
    [InlineData("{instruction}{text}: {label}", false)]
    [InlineData("{text}\n{instruction}{label}", false)] // after the question, but nothing says that the answer has begun
    [InlineData("{text}\nAnswer: {instruction}, in short: {label}", false)] // more text follows
    [InlineData("{text}\nAnswer:{ instruction} {label}", true)]
    public void InstructionBeginsAnswer_Template_IsReadOffIt(string template, bool begins) =>
        Assert.Equal(begins, PromptTemplate.Parse(template).InstructionBeginsAnswer);
}
