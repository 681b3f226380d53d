using System.Collections.Immutable;
using Ansatz.Language;
using Ansatz.Testing;
using CsCheck;

namespace Ansatz.Prompts.Tests;

public sealed class PromptPartTests
{
    [Fact]
    public void Draw_AnySeed_FillsOpenSlotsBalancedAndWithoutDuplicates()
    {
        PromptPart part = World.Part();
        Gen.Long.Sample(seed =>
        {
            Prompt prompt = part.Draw(new Rng(seed, "test"));

            Assert.Contains(prompt.Instruction, part.Instructions);
            Assert.Equal(8, prompt.Demonstrations.Length);
            Assert.Equal(4, prompt.Demonstrations.Count(d => d.Answer == "praise"));
            Assert.Equal(8, prompt.Demonstrations.Select(d => TextItem.Normalise(d.Fields[0].Value)).Distinct().Count());
            Assert.All(prompt.Demonstrations, d => Assert.Equal(part.Train[d.Item!.Value].Fields["text"], d.Fields[0].Value));
            Assert.NotEqual(prompt.WordingOf("praise"), prompt.WordingOf("complaint"));

            // No item that it may be scored on is one that it holds.
            Assert.DoesNotContain(part.Scorable(prompt), i => part.Contains(prompt, part.Train[i]));
            Assert.InRange(part.Scorable(prompt).Length, 40 - 16, 40 - 8);
        });
    }

    [Fact]
    public void Draw_ManySeeds_ReachesEveryChoice()
    {
        PromptPart part = World.Part();
        Prompt[] drawn = [.. Enumerable.Range(0, 400).Select(n => part.Draw(new Rng(1, "test", n)))];

        Assert.Equal(5, drawn.Select(p => p.Instruction).Distinct().Count());
        Assert.Equal(8, drawn.Select(p => p.WordingOf("praise") + "/" + p.WordingOf("complaint")).Distinct().Count()); // 3 x 3 without good/good
        Assert.Equal(40, drawn.SelectMany(p => p.Demonstrations).Select(d => d.Item).Distinct().Count());
    }

    [Fact]
    public void Draw_ClosedSlots_StayYours()
    {
        Prompt yours = World.Yours with { Labels = [new("praise", "good")] };
        Prompt drawn = World.Part(new() { Demonstrations = new() { UpTo = 3 } }, yours).Draw(new Rng(1, "test"));

        Assert.Equal(yours.Instruction, drawn.Instruction);
        Assert.Equal(yours.Labels, drawn.Labels);
        Assert.Equal(3, drawn.Demonstrations.Length);
    }

    [Theory]
    [InlineData("Praise or complaint? Think carefully about each review.", null)]
    [InlineData("It is good, sure 0 means praise.", "It quotes a training item with its answer: \"It is good, sure 0. -> praise\".")]
    [InlineData("Say it is good, sure 0.", null)]
    public void Leak_ShortItems_OnlyWithTheirAnswer(string instruction, string? leak) => Assert.Equal(leak, World.Part().Leak(instruction));

    [Theory]
    [InlineData("Note: the battery died on me after only TWO weeks!", "It quotes a training item: \"the battery died on me after only two\".")]
    [InlineData("If the battery died on me after a week, complain.", null)]
    [InlineData("A lovely little phone that makes me smile daily", "It quotes an item that no search may see.")]
    public void Leak_LongItems_By8Words(string instruction, string? leak)
    {
        DataSplits splits = DataSplits.Of(
            Dataset.FromRows([("The battery died on me after only two weeks.", "complaint"), ("Nice.", "praise"), ("Bad.", "complaint")], "train"),
            Dataset.FromRows([("A lovely little phone that makes me smile daily.", "praise")], "validation"),
            Dataset.FromRows([("Fine.", "praise")], "test"));

        Assert.Equal(leak, new PromptPart(PromptTemplate.Parse("{instruction}{text}\n{answer}"), splits).Leak(instruction));
    }

    [Theory]
    [InlineData("Think of the Eiffel tower.", "It holds the answer of a training item: \"the eiffel tower\".")]
    [InlineData("The result is 1234.", "It holds the answer of a training item: \"1234\".")]
    [InlineData("Think of Paris, and of 12.", null)] // one word, a small number: ordinary speech
    [InlineData("The answer is 12345.", null)]
    public void Leak_FreeAnswers_OfTwoWordsOrThreeDigits(string instruction, string? leak)
    {
        DataSplits splits = DataSplits.Of(
            Dataset.FromRows([("Who is tall?", "The Eiffel Tower"), ("Where is it?", "Paris"), ("3 * 4?", "12"), ("617 * 2?", "1234")], "train"),
            Dataset.FromRows([("5 * 7?", "35")], "validation"),
            Dataset.FromRows([("2 * 8?", "16")], "test"));

        Assert.Equal(leak, new PromptPart(PromptTemplate.Parse("{instruction}{text}\n{answer}"), splits).Leak(instruction));
    }

    [Fact]
    public void Create_TextsThatDifferOnlyInAColumnThatIsNotShown_AreRefusedBeforeAnythingIsSpent()
    {
        using TempFolder folder = new();
        Dataset Rows(string name, string row) => Dataset.FromCsv(folder.Write(name, $"id,text,answer\n{row}\n9,Only in {name},b\n"), ["id", "text"], "answer");
        DataSplits splits = DataSplits.Of(Rows("train.csv", "1,The same text,a"), Rows("validation.csv", "2,Another,a"), Rows("test.csv", "3,The same text,a"));

        InputException error = Assert.Throws<InputException>(() => new PromptPart(PromptTemplate.Parse("{demonstrations}{text}\n{answer}"), splits));

        Assert.Contains("test.csv(2): what the template shows of", error.Message, StringComparison.Ordinal);
        Assert.Contains("the only input columns", error.Message, StringComparison.Ordinal);
        Assert.NotNull(new PromptPart(PromptTemplate.Parse("{demonstrations}{id} {text}\n{answer}"), splits));
    }

    [Fact]
    public void Controls_FewShotSearch_AreYoursNoInstructionAndEightDraws()
    {
        Arm<Prompt> search = new("found", ArmRole.Search, new FewShotSearch(), Budget.Rollouts(100));

        Assert.Equal(
            ["yours", "no instruction", .. Enumerable.Range(1, 8).Select(n => $"draw {n}")], World.Part().Controls(search).Select(a => a.Name));
        Assert.Equal(8, World.Part().Controls(search).Count(a => a.Role == ArmRole.Draw));
        Assert.Equal(["majority class", "naive Bayes on the same 100 labels"], World.Objective().Baselines.Select(b => b.Name));
    }

    [Fact]
    public void Controls_OproOnAnInstructionAlone_AreYoursNoInstructionAndItsOneStepAtTheSameBudget()
    {
        Arm<Prompt> search = new("found", ArmRole.Search, new Opro(World.Proposer(OproLayout.Chat)), Budget.Rollouts(100));
        IReadOnlyList<Arm<Prompt>> controls = World.Part(new() { Instruction = new() }).Controls(search);

        Assert.Equal(["yours", "no instruction", "one step"], controls.Select(a => a.Name));
        Assert.Equal(search.Budget, controls[2].Budget);
    }

    [Fact]
    public void Describe_Prompts_InAFewWords()
    {
        PromptPart part = World.Part();

        Assert.Equal("the template alone", part.Describe(new()));
        Assert.Equal("\"Decide whether each review is praise...\"", part.Describe(World.Yours));
        Assert.Equal(
            "\"Sort it.\" + labels good/complaint + 1 example",
            part.Describe(new() { Instruction = "Sort it.", Labels = [new("praise", "good")], Demonstrations = [part.Demonstrate(0)] }));
    }

    public static TheoryData<Prompt, OpenSlots, string> Misfits() => new()
    {
        { World.Yours, new() { Demonstrations = new() { UpTo = 40 } }, "Up to 40 demonstrations of 30 different training items leave none to score; allow at most 29, better a quarter of them." },
        { World.Yours with { Labels = [new("prise", "good")] }, new(), "The label \"prise\" is not one of: praise, complaint. Did you mean \"praise\"?" },
        {
            World.Yours,
            new() { Labels = new() { Wordings = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("praise", [" "]) } },
            "The label \"praise\" has an empty wording; give it at least one, each with at least one letter."
        },
        {
            World.Yours with { Demonstrations = [new([new("text", "it is GOOD, sure 2000")], "praise")] },
            new(),
            "rows2000(1): your prompt contains an item of the validation or test split, \"It is good, sure 2000. -> praise\": its score would mean nothing. Take it out of the prompt, or out of the data."
        },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Constructor_PartsThatDoNotFit_SaysWhatIsWrong(Prompt yours, OpenSlots open, string message) =>
        Assert.Equal(message, Assert.Throws<InputException>(() => World.Part(open, yours)).Message);

    [Fact]
    public void Constructor_SlotWithoutHole_SaysWhichHole()
    {
        PromptTemplate template = PromptTemplate.Parse("{text} {label}");

        Assert.Equal(
            "The instruction is open, but the template has no hole {instruction} for it.",
            Assert.Throws<InputException>(() => new PromptPart(template, World.Splits(), open: new() { Instruction = new() })).Message);
        Assert.Equal(
            "The prompt has demonstrations, but the template has no hole {demonstrations} for them.",
            Assert.Throws<InputException>(() => new PromptPart(template, World.Splits(), open: new() { Demonstrations = new() })).Message);
    }
}
