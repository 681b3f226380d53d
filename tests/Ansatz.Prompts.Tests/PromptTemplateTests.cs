using System.Text;
using CsCheck;

namespace Ansatz.Prompts.Tests;

public sealed class PromptTemplateTests
{
    private const string Reviews = "{instruction}{demonstrations}Review: {text}\nKind: {label}";

    private static readonly Dictionary<string, string> Item = new() { ["text"] = "It broke after a day." };

    private static readonly Demonstration Demonstration = new([new("text", "Works like a charm!")], "praise", 3);

    [Fact]
    public void Render_EmptySlots_IsTheItemUpToItsAnswer()
    {
        PromptTemplate template = PromptTemplate.Parse(Reviews);

        Assert.Equal("Review: It broke after a day.\nKind:", template.Render(new(), Item));
        Assert.Equal(" complaint", template.Continuation("complaint"));
    }

    [Fact]
    public void Render_AllSlots_IsInstructionThenDemonstrationsThenItem()
    {
        PromptTemplate template = PromptTemplate.Parse(Reviews);
        Prompt prompt = new()
        {
            Instruction = "Praise or complaint?",
            Demonstrations = [Demonstration],
            Labels = [new("complaint", "bad"), new("praise", "good")],
        };

        Assert.Equal(
            """
            Praise or complaint?

            Review: Works like a charm!
            Kind: good

            Review: It broke after a day.
            Kind:
            """,
            template.Render(prompt, Item));
    }

    [Fact]
    public void Render_InstructionAfterTheData_StandsInEveryItem()
    {
        PromptTemplate template = PromptTemplate.Parse("{demonstrations}Q: {text}\n{instruction}A: {label}");
        Prompt prompt = new() { Instruction = "Good or bad?", Demonstrations = [Demonstration] };

        Assert.Equal(
            """
            Q: Works like a charm!
            Good or bad?

            A: praise

            Q: It broke after a day.
            Good or bad?

            A:
            """,
            template.Render(prompt, Item));
    }

    [Fact]
    public void Render_DoubledBraces_AreBraces()
    {
        PromptTemplate template = PromptTemplate.Parse("Fill {{\"kind\"}} for {{{text}}}: {label}");

        Assert.Equal("Fill {\"kind\"} for {It broke after a day.}:", template.Render(new(), Item));
    }

    [Fact]
    public void Prefix_SpaceBeforeTheData_BelongsToTheData()
    {
        PromptTemplate template = PromptTemplate.Parse(Reviews);
        Prompt prompt = new() { Instruction = "Sort." };

        Assert.Equal("Sort.\n\nReview:", template.Prefix(prompt));
        Assert.Equal(" It broke after a day.\nKind:", template.Suffix(prompt, Item));
    }

    [Fact]
    public void Continuation_LineEndBeforeTheAnswer_StaysInTheText()
    {
        PromptTemplate template = PromptTemplate.Parse("{text}\n{label}");

        Assert.Equal("It broke after a day.\n", template.Render(new(), Item));
        Assert.Equal("praise", template.Continuation("praise"));
    }

    /// <summary>The text of a candidate, taken apart by an independent reading of the template, is the locked text byte for byte.</summary>
    [Fact]
    public void Render_AnyPrompt_LeavesLockedTextByteIdentical()
    {
        Gen<string> text = Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, Gen.Const(' '), Gen.Const('\n'), Gen.Const('{'), Gen.Const('}'), Gen.Const('é')), 0, 12];
        Gen<Demonstration> demonstration = Gen.Select(text, text, Gen.OneOf(Gen.Const("a"), Gen.Const("b")), (x, y, label) => new Demonstration([new("x", x), new("y", y)], label));
        Gen<Prompt> prompt = Gen.Select(text, demonstration.Array[0, 4], text, text, (instruction, demonstrations, a, b) => new Prompt
        {
            Instruction = instruction,
            Demonstrations = [.. demonstrations],
            Labels = [new("a", a), new("b", b)],
        });

        Gen.Select(prompt, text, text, text, text, text).Sample((p, locked1, locked2, locked3, x, y) =>
        {
            string l1 = locked1.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
            string l2 = locked2.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
            string l3 = locked3.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
            PromptTemplate template = PromptTemplate.Parse($"{l1}{{instruction}}{{demonstrations}}{l2}{{x}}{l3}{{y}}: {{label}}");

            StringBuilder expected = new(locked1);
            expected.Append(p.Instruction.Length == 0 ? "" : p.Instruction + "\n\n");
            foreach (Demonstration d in p.Demonstrations)
            {
                expected.Append($"{locked2}{d.Fields[0].Value}{locked3}{d.Fields[1].Value}: {p.WordingOf(d.Answer)}\n\n");
            }

            expected.Append($"{locked2}{x}{locked3}{y}:");
            Assert.Equal(expected.ToString(), template.Render(p, new Dictionary<string, string> { ["x"] = x, ["y"] = y }));
            Assert.DoesNotMatch(@"[ \t]\z", template.Prefix(p));
        });
    }

    [Theory]
    [InlineData("Sort it.", "The prompt's template has no hole; it must end with the hole of the answer, as in \"{instruction}{demonstrations}Review: {text}\\nKind: {label}\".")]
    [InlineData("{text} {label}.", "The prompt's template ends with the text \".\" (character 15); it must end with the hole of the answer, such as {label}.")]
    [InlineData("{text} {instruction}", "The prompt's template ends with {instruction} (character 8); it must end with the hole of the answer, such as {label}.")]
    [InlineData("{instruction}: {label}", "The prompt's template shows no column of the data before the answer {label}; write one, such as {text}, where the item shall stand.")]
    [InlineData("{instruction}{text}{instruction}{label}", "The prompt's template has {instruction} a second time (character 20); each slot may stand once.")]
    [InlineData("{text}{demonstrations}{label}", "The prompt's template has {demonstrations} after a column of the data (character 7); they must stand before the item.")]
    [InlineData("{label}: {text} {label}", "The prompt's template shows the answer {label} already before its end (character 1), so every item would contain its own answer.")]
    [InlineData("{text} {label", "The prompt's template has a { at character 8 that is never closed; write {name} for a hole, or {{ for a brace.")]
    [InlineData("{text}} {label}", "The prompt's template has a } that closes nothing at character 7; write }} for a brace.")]
    [InlineData("{text}{ }{label}", "The prompt's template has a hole without a name at character 7; write a column of the data in it, or {{}} for two braces.")]
    public void Parse_NoTemplate_SaysWhereAndWhy(string text, string message)
    {
        InputException error = Assert.Throws<InputException>(() => PromptTemplate.Parse(text));

        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("Review: {txt}\nKind: {label}", "The prompt's template has the hole {txt} (character 9), which is no column of the data; its columns are: text, stars.")]
    [InlineData("Review: {text}\nKind: {kind}", "The prompt's template ends with {kind}, but the answers stand in the column \"label\"; end it with {label}.")]
    public void CheckColumns_UnknownHole_NamesTheColumns(string text, string message)
    {
        PromptTemplate template = PromptTemplate.Parse(text);

        InputException error = Assert.Throws<InputException>(() => template.CheckColumns(["text", "stars"], "label"));

        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("{instruction}{demonstrations}Review: {text}\nKind: {label}", "Do it.\n\nReview: Works.\nKind: good", "Review: It broke.\nKind:")]
    [InlineData("You sort.\n{instruction\n}{demonstrations}Review: {text}\nKind: {label}", "You sort.\nDo it.\nReview: Works.\nKind: good", "Review: It broke.\nKind:")]
    [InlineData("You sort. {instruction}The review: {text} {label}", "You sort. Do it.", "The review: It broke.")]
    [InlineData("{demonstrations}{instruction}Review: {text} {label}", "Do it.\n\nReview: Works. good", "Do it.\n\nReview: It broke.")]
    public void InstructionsAndMessage_SlotsBeforeTheItem_AreTheWholeTextInTwo(string text, string instructions, string message)
    {
        PromptTemplate template = PromptTemplate.Parse(text);
        Prompt prompt = new() { Instruction = "Do it.", Demonstrations = [new([new("text", "Works.")], "praise")], Labels = [new("praise", "good")] };
        Dictionary<string, string> item = new() { ["text"] = "It broke." };

        Assert.True(template.CanInstruct);
        Assert.Equal((instructions, message), (template.Instructions(prompt), template.Message(prompt, item)));
        Assert.StartsWith(instructions, template.Render(prompt, item), StringComparison.Ordinal);
        Assert.EndsWith(message, template.Render(prompt, item), StringComparison.Ordinal);
    }

    [Fact]
    public void Instructions_InstructionInTheItemWithoutExamples_IsTheInstruction()
    {
        PromptTemplate template = PromptTemplate.Parse("{demonstrations}{instruction}Review: {text} {label}");

        Assert.Equal(("Do it.", "Review: It broke after a day."), (template.Instructions(new() { Instruction = "Do it." }), template.Message(new() { Instruction = "Do it." }, Item)));
    }

    [Theory]
    [InlineData("Review: {text}\nKind: {label}")]
    [InlineData("Review: {text}\n{instruction}Kind: {label}")]
    public void Instructions_NoSlotBeforeTheItem_CannotBe(string text)
    {
        PromptTemplate template = PromptTemplate.Parse(text);

        Assert.False(template.CanInstruct);
        Assert.Throws<InvalidOperationException>(() => template.Instructions(new()));
        Assert.Throws<InvalidOperationException>(() => template.Message(new(), Item));
    }
}
