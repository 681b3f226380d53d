using Ansatz.Language;

namespace Ansatz.Prompts.Tests;

public sealed class PromptTransferTests
{
    private static readonly Prompt Found = new()
    {
        Instruction = "Look closely.",
        Demonstrations = [new([new("text", "Fine 1.")], "praise", 1), new([new("text", "Held here.")], "complaint", 2)],
        Labels = [new("praise", "good")],
    };

    private static readonly PromptPart Home = Part("{instruction}{demonstrations}Review: {text}\nKind: {label}", "praise", "complaint", "Fine");

    [Fact]
    public void Move_SameLabels_TakesEverythingButWhatStandsInTheTestItems()
    {
        PromptPart there = Part("{instruction}{demonstrations}Text: {text}\nIs: {label}", "complaint", "praise", "Other", "held here");

        MovedPrompt moved = PromptTransfer.Move(Found, Home, there);

        Assert.Equal("Look closely.", moved.Prompt.Instruction);
        Assert.Equal("Fine 1.", Assert.Single(moved.Prompt.Demonstrations).Fields[0].Value);
        Assert.Null(moved.Prompt.Demonstrations[0].Item); // it is no train item there
        Assert.Equal(Found.Labels, moved.Prompt.Labels);
        Assert.Equal(["1 of its 2 examples, which stand in the test items"], moved.Dropped);
    }

    [Fact]
    public void Move_OtherLabels_TakesTheInstructionAlone()
    {
        MovedPrompt moved = PromptTransfer.Move(Found, Home, Part("{instruction}{demonstrations}Review: {text}\nKind: {label}", "spam", "normal", "Other"));

        Assert.Equal(new Prompt { Instruction = "Look closely." }.Instruction, moved.Prompt.Instruction);
        Assert.Empty(moved.Prompt.Demonstrations);
        Assert.Empty(moved.Prompt.Labels);
        Assert.Equal(["its examples, whose labels are others", "its label words"], moved.Dropped);
    }

    [Fact]
    public void Move_TestItemsThatItWasSearchedOn_AreCounted()
    {
        PromptPart there = Part("{instruction}{demonstrations}Review: {text}\nKind: {label}", "praise", "complaint", "Other", "fine 2");

        Assert.Equal(1, PromptTransfer.Move(Found, Home, there).Searched); // "Fine 2." is a train item at home
        Assert.Equal(0, PromptTransfer.Move(Found, there, Home).Searched);
    }

    [Fact]
    public void Move_NoPlaceOrAQuotedItem_LeavesTheInstructionBehind()
    {
        PromptPart without = Part("{demonstrations}Review: {text}\nKind: {label}", "praise", "complaint", "Other");
        Assert.Equal(["its instruction, for which the template has no place"], PromptTransfer.Move(Found, Home, without).Dropped);

        const string text = "one two three four five six seven eight nine";
        PromptPart quoting = Part("{instruction}{demonstrations}Review: {text}\nKind: {label}", "praise", "complaint", "Other", text);
        MovedPrompt moved = PromptTransfer.Move(Found with { Instruction = $"Not so: {text}." }, Home, quoting);
        Assert.Equal("", moved.Prompt.Instruction);
        Assert.Equal(["its instruction, which quotes a test item"], moved.Dropped);
    }

    private static PromptPart Part(string template, string one, string other, string word, string? test = null)
    {
        Dataset Rows(string name, int from) => Dataset.FromRows(
            [.. Enumerable.Range(from, 4).Select(i => ($"{word} {i}.", i % 2 == 0 ? one : other)), .. name == "test" && test is not null ? ((string, string)[])[(test, one)] : []], name);
        return new(PromptTemplate.Parse(template), DataSplits.Of(Rows("train", 0), Rows("validation", 10), Rows("test", 20)));
    }
}
