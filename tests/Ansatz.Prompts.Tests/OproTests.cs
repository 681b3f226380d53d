using Ansatz.Language;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

public sealed class OproTests
{
    private static readonly (string, double)[] Shown = [("", 0.5), ("Sort it.", 0.525), ("Is it praise?\nSay so.", 0.6)];

    private static readonly (string, string)[] Exemplars =
    [
        ("<INS>\n\nReview: It is good, sure 16.\nKind:", "praise"),
        ("<INS>\n\nReview: It is bad, sure 2.\nKind:", "bad"),
    ];

    [Fact]
    public void MetaPrompt_Chat_ReadsLikeThis() => Assert.Equal(
        """
        Write one new instruction for a solver model. Earlier instructions follow, worst first, each with its score from 0 to 100.

        text:

        score:
        50

        text:
        Sort it.
        score:
        52

        text:
        Is it praise?
        Say so.
        score:
        60

        Some tasks; <INS> marks where your instruction will be inserted.

        Problem:
        <INS>

        Review: It is good, sure 16.
        Kind:

        Expected answer:
        praise

        Problem:
        <INS>

        Review: It is bad, sure 2.
        Kind:

        Expected answer:
        bad

        Give an instruction unlike every one above that should score higher than all of them. Keep it short, at most 500 characters, and valid for every task of this kind. Put it between <INS> and </INS>.
        """,
        MetaPrompt.Write(OproLayout.Chat, Shown, Exemplars, 500));

    [Fact]
    public void MetaPrompt_Tuned_ReadsLikeThis() => Assert.Equal(
        """
        Texts that tell a model what to do follow, each with its score from 0 to 100. They stand in ascending order; a higher score is better.

        text:

        score:
        50

        text:
        Sort it.
        score:
        52

        text:
        Is it praise?
        Say so.
        score:
        60

        A text is used like this: it is put in the place of <INS>, the model reads the whole input and writes an output. The output is right if it is the one given here.

        input:
        <INS>

        Review: It is good, sure 16.
        Kind:
        output:
        praise

        input:
        <INS>

        Review: It is bad, sure 2.
        Kind:
        output:
        bad

        Write a new text of at most 200 characters that differs from the ones above and scores as high as possible. Write it in square brackets.
        """,
        MetaPrompt.Write(OproLayout.Tuned, Shown, Exemplars, 200));

    [Fact]
    public void MetaPrompt_Pretrained_ReadsLikeThis() => Assert.Equal(
        """
        Instructions for one task, each with its score from 0 to 100. The higher the score, the better the instruction.

        Score: 52
        Instruction: Sort it.

        Score: 60
        Instruction: Is it praise? Say so.

        Score: 65
        Instruction:
        """,
        MetaPrompt.Write(OproLayout.Pretrained, Shown, [], 500));

    [Theory]
    [InlineData(OproLayout.Chat, "Sure: <INS> sort **it**. </INS> Good luck!", "Sort it.")]
    [InlineData(OproLayout.Chat, "sort it", "Sort it")]
    [InlineData(OproLayout.Chat, "sort it</INS>", "Sort it")]
    [InlineData(OproLayout.Chat, "<INS>\"Sort it.\"", "Sort it.")]
    [InlineData(OproLayout.Chat, "<INS></INS>", null)]
    [InlineData(OproLayout.Chat, "<INS>Put <INS> first</INS>", null)]
    [InlineData(OproLayout.Tuned, "[sort it] or [not]", "Sort it")]
    [InlineData(OproLayout.Tuned, "sort it", null)]
    [InlineData(OproLayout.Pretrained, " sort it.\n\nScore: 70\nInstruction: more", "Sort it.")]
    [InlineData(OproLayout.Pretrained, "  \n ", null)]
    public void Parse_Reply_IsTheInstruction(OproLayout layout, string reply, string? instruction) =>
        Assert.Equal(instruction, MetaPrompt.Parse(layout, reply));

    [Fact]
    public async Task Search_Steps_ShowTheBestKAscendingWithTheirTrueScores()
    {
        using TempFolder folder = new();
        List<ProposerRequest> asked = [];
        Opro opro = new(World.Proposer(OproLayout.Chat, asked)) { Steps = 4, PerStep = 5, Shown = 3, Exemplars = 2 };
        await using Study<Prompt> study = await RunAsync(folder, opro);

        Assert.Equal(20, asked.Count);
        Assert.Equal(20, asked.Select(a => a.Seed).Distinct().Count());
        Assert.Equal(4, asked.Select(a => a.Text).Distinct().Count());
        Trial<Prompt>[] trials = [.. study.Trials("found").Where(t => t.Candidate.Parents.IsEmpty || t.Candidate.Parents.Length == 3)];
        string[] lines = asked[^1].Text.Split("Some tasks;")[0].Split('\n');
        (string Text, int Score)[] shown =
        [
            .. lines.Index().Where(l => l.Item == "text:").Select(l => (lines[l.Index + 1], int.Parse(lines[l.Index + 3], System.Globalization.CultureInfo.InvariantCulture))),
        ];
        Assert.Equal(3, shown.Length);
        Assert.Equal(shown.Select(s => s.Score).Order(), shown.Select(s => s.Score));
        Assert.All(shown, s =>
        {
            Block<Prompt> block = trials.First(t => t.Candidate.Value.Instruction == s.Text).Blocks[0];
            Assert.Equal((int)Math.Round(100 * block.Mean!.Value, MidpointRounding.ToEven), s.Score);
            Assert.Equal(40, block.Outcomes.Length);
        });
        Assert.Equal(2, asked[^1].Text.Split("Problem:").Length - 1);
    }

    [Fact]
    public async Task Search_ProposalsSeenTooLongOrLeaking_AreNotScored()
    {
        using TempFolder folder = new();
        string leak = "It is good, sure 0. That is praise.";
        string[] replies = ["Sort it.", "  sort   IT!", "**Sort it**", new('x', 501), leak, "<INS></INS>", "Say praise or complaint."];
        int next = 0;
        Proposer proposer = new(new(), (_, _) => Task.FromResult(new ProposerReply(replies[next++])));
        await using Study<Prompt> study = await RunAsync(folder, new Opro(proposer) { Steps = 1, PerStep = replies.Length, Simplify = null });

        Assert.Equal(
            ["Decide whether each review is praise or a complaint.", "", "Sort it.", "Say praise or complaint."],
            study.Trials("found").Select(t => t.Candidate.Value.Instruction));
    }

    [Fact]
    public async Task Search_MetaPromptOutgrowsItsModel_IsTheUsersMistakeInOneSentence()
    {
        using TempFolder folder = new();
        Proposer proposer = new(new(), (_, _) => throw new ContextOverflowException("The prompt has 2100 tokens; the model takes 2048.", 0, 2100));

        InputException mistake = await Assert.ThrowsAsync<InputException>(() => RunAsync(folder, new Opro(proposer) { Steps = 1 }));

        Assert.Equal(
            "The proposer's meta-prompt no longer fits its model's context: The prompt has 2100 tokens; the model takes 2048. Show fewer or shorter examples and instructions, or use a proposer with a larger context.",
            mistake.Message);
    }

    [Theory]
    [InlineData(ExemplarChoice.Random)]
    [InlineData(ExemplarChoice.Constant)]
    [InlineData(ExemplarChoice.MostMissed)]
    [InlineData(ExemplarChoice.EverMissed)]
    public async Task Search_ExemplarChoice_ShowsTheItemsItNames(ExemplarChoice choice)
    {
        using TempFolder folder = new();
        List<ProposerRequest> asked = [];
        Opro opro = new(World.Proposer(OproLayout.Chat, asked)) { Steps = 3, PerStep = 2, Shown = 100, ExemplarChoice = choice };
        await using Study<Prompt> study = await RunAsync(folder, opro);

        string[][] shown = [.. asked.Select(a => a.Text).Distinct().Select(t => t.Split("Review: ")[1..].Select(r => r.Split('\n')[0]).ToArray())];
        Assert.All(shown, s => Assert.Equal(3, s.Distinct().Count()));
        Assert.Equal(choice == ExemplarChoice.Constant, shown.Select(s => string.Join('|', s)).Distinct().Count() == 1);

        // Before the last step, the starts and two steps are known.
        Block<Prompt>[] known = [.. study.Trials("found").Where(t => t.Candidate.Origin is not "step 3").Select(t => t.Blocks[0]).Where(b => b.Ask.Split == Split.Train)];
        int[] misses = [.. Enumerable.Range(0, 40).Select(i => known.Count(b => b.Outcomes[i].ScoreOn(Scale.Binary) == 0))];
        int[] last = [.. shown[^1].Select(s => World.Splits().Train.Select(t => t.Fields["text"]).ToList().IndexOf(s))];
        int fewest = choice switch
        {
            ExemplarChoice.MostMissed => misses.OrderDescending().ElementAt(2),
            ExemplarChoice.EverMissed => 1,
            _ => 0,
        };
        Assert.All(last, i => Assert.True(misses[i] >= fewest));
    }

    [Fact]
    public async Task OneStep_AsManyProposals_NeverSeesWhatCameOfOne()
    {
        using TempFolder folder = new();
        List<ProposerRequest> asked = [];
        Opro opro = new(World.Proposer(OproLayout.Pretrained, asked)) { Steps = 3, PerStep = 4, Layout = OproLayout.Pretrained };
        await using Study<Prompt> study = await RunAsync(folder, new OneStep(opro));

        Assert.Equal(12, asked.Count);
        Assert.Equal(12, asked.Select(a => a.Seed).Distinct().Count());
        Assert.Single(asked.Select(a => a.Text).Distinct());
        Assert.DoesNotContain("Version", asked[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneStep_ExemplarsThatWereEverMissed_AreChosenWithoutWhatCameOfProposals()
    {
        string[][] asked = [.. await Task.WhenAll(AskedAsync("Say the colour."), AskedAsync("Say nothing at all, ever."))];
        Assert.Equal(asked[0], asked[1]);

        static async Task<string[]> AskedAsync(string proposal)
        {
            using TempFolder folder = new();
            List<string> texts = [];
            Proposer proposer = new(new() { ["scripted"] = proposal }, (request, _) =>
            {
                texts.Add(request.Text);
                return Task.FromResult(new ProposerReply($"<INS>{proposal} ({request.Seed})</INS>"));
            });
            Opro opro = new(proposer) { Steps = 4, PerStep = 2, Layout = OproLayout.Chat, ExemplarChoice = ExemplarChoice.EverMissed };
            await using Study<Prompt> study = await RunAsync(folder, new OneStep(opro));
            return [.. texts];
        }
    }

    [Fact]
    public async Task Search_InstructionClosed_IsRefused()
    {
        using TempFolder folder = new();
        Opro opro = new(World.Proposer(OproLayout.Chat));
        await using Study<Prompt> study = Study.Open(
            folder.File("a.db"), World.Objective(new() { Demonstrations = new() }), opro, Budget.Unlimited, options: new() { Controls = [Arm<Prompt>.OfYours()] });

        InputException error = await Assert.ThrowsAsync<InputException>(async () =>
        {
            await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
            {
            }
        });
        Assert.Equal("OPRO writes instructions, but the instruction of this prompt is closed. Open it, or search with few-shot search.", error.Message);
    }

    private static async Task<Study<Prompt>> RunAsync(TempFolder folder, Optimizer<Prompt> optimizer)
    {
        Study<Prompt> study = Study.Open(
            folder.File("a.db"),
            World.Objective(new() { Instruction = new() }),
            optimizer,
            Budget.Unlimited,
            options: new() { Controls = [Arm<Prompt>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        return study;
    }
}
