using Ansatz.Language;
using Ansatz.Testing;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts.Tests;

public sealed class OproTests
{
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
        Assert.Equal(instruction, new MetaPrompt(layout).Parse(reply));

    [Theory]
    [InlineData("<Start>so, sorted</Start>", "So, sorted")]
    [InlineData("so, sorted", "So, sorted")]
    [InlineData("<INS>so, sorted</INS>", null)] // the other mark: a mistake, not a sentence
    [InlineData("<Start>So <Start> sorted</Start>", null)]
    public void Parse_SentenceThatBeginsTheAnswer_HasAMarkOfItsOwn(string reply, string? sentence) =>
        Assert.Equal(sentence, new MetaPrompt(OproLayout.Chat) { BeginsAnswer = true }.Parse(reply));

    [Fact]
    public void Reaches_LastOfSeveralIsOpen_IsNot()
    {
        Assert.False(new ProposerReply("<INS>A.</INS> Or better: <INS>B, half") { IsCutOff = true }.Reaches("</INS>", "<INS>"));
        Assert.True(new ProposerReply("<INS>A.</INS> Or bett") { IsCutOff = true }.Reaches("</INS>", "<INS>"));
        Assert.True(new ProposerReply("<INS>A.") { IsCutOff = false }.Reaches("</INS>", "<INS>"));
    }

    /// <summary>A model that thinks aloud until its last token has not said what it proposes.</summary>
    [Fact]
    public async Task Search_RepliesCutOffBeforeTheirEnd_AreNoProposals()
    {
        using TempFolder folder = new();
        int replies = 0;
        ScriptedChat chat = new(_ => ++replies % 2 == 0 ? $"<INS>Sort them, way {replies}.</INS> That is because" : $"<INS>Sort them, way {replies}, and then take") { Finish = ChatFinishReason.Length };
        await using Study<Prompt> study = await RunAsync(folder, new Opro(Proposer.OfChat(chat, Price.Free)) { Steps = 1, PerStep = 6 });

        Assert.Equal(["Sort them, way 2.", "Sort them, way 4.", "Sort them, way 6."], study.Trials("found").Select(t => t.Candidate.Value.Instruction).Where(i => i.StartsWith("Sort them", StringComparison.Ordinal)).Order());
    }

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

    [Theory]
    [InlineData(HistoryOrder.Ascending)]
    [InlineData(HistoryOrder.Descending)]
    [InlineData(HistoryOrder.Random)]
    public async Task Search_Order_ShowsTheSameEntriesInIt(HistoryOrder order)
    {
        using TempFolder folder = new();
        List<ProposerRequest> asked = [];
        Opro opro = new(World.Proposer(OproLayout.Pretrained, asked)) { Steps = 6, PerStep = 6, Shown = 12, Layout = OproLayout.Pretrained, Order = order };
        await using Study<Prompt> study = await RunAsync(folder, opro);

        string[] shown = ShownIn(asked[^1].Text);
        string[] ascending =
        [
            .. study.Trials("found").Where(t => t.Candidate.Origin != "step 6" && t.Blocks[0].Ask.Split == Split.Train)
                .OrderBy(t => t.Blocks[0].Mean).TakeLast(12).Select(t => t.Candidate.Value.Instruction).Where(i => i.Length > 0),
        ];
        Assert.True(ascending.Length > 6);
        Assert.Equal(ascending.Order(), shown.Order());
        Assert.Equal(order == HistoryOrder.Ascending, ascending.SequenceEqual(shown));
        Assert.Equal(order == HistoryOrder.Descending, ascending.Reverse().SequenceEqual(shown));
    }

    [Fact]
    public async Task Search_RandomOrder_IsDrawnAnewEachStep()
    {
        using TempFolder folder = new();
        List<ProposerRequest> asked = [];
        string[] options = [.. Enumerable.Range(0, 6).Select(i => $"Option {(char)('a' + i)}.")];
        Proposer silent = new(new(), (request, _) =>
        {
            asked.Add(request);
            return Task.FromResult(new ProposerReply(asked.Count < 5 ? "<INS></INS>" : "<INS>Another one.</INS>")); // H does not change before the last step
        });
        Opro opro = new(silent) { Steps = 5, PerStep = 1, Order = HistoryOrder.Random, Exemplars = 0 };
        await using Study<Prompt> study = await RunAsync(folder, opro, new() { Instruction = new() { Options = [.. options] } });

        Assert.Equal(5, asked.Select(a => a.Text).Distinct().Count());
    }

    [Fact]
    public async Task Search_K0_ShowsNoEntryAndSpeaksOfNone()
    {
        using TempFolder folder = new();
        List<ProposerRequest> asked = [];
        await using Study<Prompt> study = await RunAsync(folder, new Opro(World.Proposer(OproLayout.Chat, asked)) { Steps = 3, PerStep = 4, Shown = 0 });

        Assert.All(asked, a => Assert.DoesNotContain("text:", a.Text, StringComparison.Ordinal));
        Assert.All(asked, a => Assert.DoesNotContain("above", a.Text, StringComparison.Ordinal));
        Assert.All(study.Trials("found").Where(t => t.Candidate.Origin.StartsWith("step", StringComparison.Ordinal)), t => Assert.Empty(t.Candidate.Parents));
    }

    [Fact]
    public async Task Search_MinScoreShown_HidesWhatScoresLess()
    {
        using TempFolder folder = new();
        List<ProposerRequest> asked = [];
        await using Study<Prompt> study = await RunAsync(
            folder, new Opro(World.Proposer(OproLayout.Pretrained, asked)) { Steps = 5, PerStep = 6, Layout = OproLayout.Pretrained, MinScoreShown = 0.55 });

        Trial<Prompt>[] before = [.. study.Trials("found").Where(t => t.Candidate.Origin != "step 5" && t.Blocks[0].Ask.Split == Split.Train)];
        Assert.Contains(before, t => t.Blocks[0].Mean < 0.55);
        Assert.Equal(
            before.Where(t => t.Blocks[0].Mean >= 0.55 && t.Candidate.Value.Instruction.Length > 0).Select(t => t.Candidate.Value.Instruction).Order(),
            ShownIn(asked[^1].Text).Order());
    }

    [Theory]
    [InlineData(null, new[] { 1f, 1f, 1f, 1f })]
    [InlineData(2f, new[] { 1f, 1.25f, 1.5f, 1.75f })] // τ₀ + t/T (τ₁ − τ₀), t = 0 .. T − 1
    [InlineData(0f, new[] { 1f, 0.75f, 0.5f, 0.25f })]
    public async Task Search_FinalTemperature_IsApproachedInAStraightLine(float? final, float[] temperatures)
    {
        using TempFolder folder = new();
        List<ProposerRequest> asked = [];
        await using Study<Prompt> study = await RunAsync(
            folder, new Opro(World.Proposer(OproLayout.Chat, asked)) { Steps = 4, PerStep = 2, FinalTemperature = final });

        Assert.Equal(temperatures, asked.Chunk(2).Select(step => step[0].Temperature));
    }

    [Fact]
    public async Task Copro_ThreeRoundsOfTen_ShowTheBestTenAndNoExemplars()
    {
        using TempFolder folder = new();
        List<ProposerRequest> asked = [];
        await using Study<Prompt> study = await RunAsync(folder, Opro.Copro(World.Proposer(OproLayout.Chat, asked)));

        Assert.Equal(30, asked.Count);
        Assert.All(asked, a => Assert.Equal(1.4f, a.Temperature));
        Assert.Equal([2, 10, 10], asked.Chunk(10).Select(step => step[0].Text.Split("text:").Length - 1));
        Assert.All(asked, a => Assert.DoesNotContain("Problem:", a.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_EveryPublicSetting_IsStored()
    {
        // A setting that is not stored could be changed between two runs of one study.
        Proposer proposer = World.Proposer(OproLayout.Chat);
        Opro[] variants =
        [
            new(proposer) { Steps = 7 }, new(proposer) { PerStep = 7 }, new(proposer) { Shown = 7 }, new(proposer) { Order = HistoryOrder.Random },
            new(proposer) { Display = ScoreDisplay.None }, new(proposer) { MinScoreShown = 0.3 }, new(proposer) { Exemplars = 7 },
            new(proposer) { ExemplarChoice = ExemplarChoice.Constant }, new(proposer) { Layout = OproLayout.Tuned }, new(proposer) { Temperature = 0.7f },
            new(proposer) { FinalTemperature = 0.7f }, new(proposer) { TopP = 0.7f }, new(proposer) { MaxTokens = 7 }, new(proposer) { MaxCharacters = 7 },
            new(proposer) { Finalists = 7 }, new(proposer) { Simplify = null },
        ];

        Assert.Equal(typeof(Opro).GetProperties().Count(p => p.SetMethod is not null), variants.Length);
        Assert.Equal(variants.Length + 1, variants.Append(new(proposer)).Select(v => v.Settings.ToJsonString()).Distinct().Count());
    }

    private static string[] ShownIn(string list) => [.. list.Split("Instruction: ")[1..].Select(i => i.Split('\n')[0])];

    private static async Task<Study<Prompt>> RunAsync(TempFolder folder, Optimizer<Prompt> optimizer, OpenSlots? open = null)
    {
        Study<Prompt> study = Study.Open(
            folder.File("a.db"),
            World.Objective(open ?? new() { Instruction = new() }),
            optimizer,
            Budget.Unlimited,
            options: new() { Controls = [Arm<Prompt>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        return study;
    }
}
