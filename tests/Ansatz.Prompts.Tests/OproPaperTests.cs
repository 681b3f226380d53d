using System.Globalization;
using Ansatz.Language;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

/// <summary>OPRO against the loop of its paper, written a second time as plainly as possible, and against transcripts that were read by eye.</summary>
public sealed class OproPaperTests
{
    private static readonly string[] Script =
    [
        "<INS>look for blame</INS>", "Sure! <INS>Read carefully, then **decide**.</INS> Good luck.", "<INS>Look for blame</INS>", "<INS></INS>",
        "<INS>Say what the customer felt, carefully.</INS>", "no tags at all", "<INS>read carefully, then decide!</INS>", "<INS>Sort it",
        "<INS>Is it carefully praised?</INS>", "<INS>a <INS> b</INS>", "<INS>Say praise or complaint, carefully chosen.</INS>", "<INS>Find the verdict</INS>",
    ];

    private static readonly string[] Proposals = ["look for blame", "Read carefully, then **decide**.", "Say what the customer felt, carefully.", "is it blame?"];

    /// <summary>The paper's loop over the replies that the search got: H ascending by a stable sort, the last K shown, k replies parsed, polished, new ones scored.</summary>
    [Fact]
    public async Task Search_ScriptedReplies_GivesTheHistoryOfThePapersLoop()
    {
        using TempFolder folder = new();
        const int T = 3, K = 4, PerStep = 4;
        List<string> prompts = [];
        await using Study<Prompt> study = await RunAsync(
            folder, new Opro(Scripted(Script, prompts)) { Steps = T, PerStep = PerStep, Shown = K, Exemplars = 2, Simplify = null }, World.Template);
        Block<Prompt>[] scored = [.. study.Trials("found").Select(t => t.Blocks[0]).Where(b => b.Ask.Split == Split.Train)];
        Dictionary<string, double> s = scored.ToDictionary(b => b.Ask.Candidate.Value.Instruction, b => b.Mean!.Value);

        List<string> history = [World.Yours.Instruction, ""];
        HashSet<string> seen = [.. history.Select(Plain)];
        for (int t = 0; t < T; t++)
        {
            IEnumerable<string> entries = history.OrderBy(i => s[i]).TakeLast(K)
                .Select(i => string.Create(CultureInfo.InvariantCulture, $"\ntext:\n{i}\nscore:\n{Math.Round(100 * s[i])}\n"));
            Assert.Contains($"from 0 to 100.\n{string.Concat(entries)}\nSome tasks;", prompts[t * PerStep], StringComparison.Ordinal);
            Assert.Single(prompts.Skip(t * PerStep).Take(PerStep).Distinct()); // k independent calls with the same meta-prompt
            foreach (string reply in Script.Skip(t * PerStep).Take(PerStep))
            {
                string candidate = reply.Contains("<INS>", StringComparison.Ordinal) ? reply.Split("<INS>", 2)[1] : reply;
                candidate = candidate.Split("</INS>", 2)[0].Replace("**", "", StringComparison.Ordinal).Trim();
                if (candidate.Length > 0 && !candidate.Contains("INS", StringComparison.Ordinal) && seen.Add(Plain(candidate)))
                {
                    history.Add(char.ToUpperInvariant(candidate[0]) + candidate[1..]);
                }
            }
        }

        Assert.Equal(history, scored.Select(b => b.Ask.Candidate.Value.Instruction));
        Assert.Equal(10, history.Count); // two starts, and of twelve replies two repeat another, one is empty and one holds a mark

        static string Plain(string text) => string.Concat(text.ToUpperInvariant().Where(char.IsLetterOrDigit));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("tuned")]
    [InlineData("pretrained")]
    [InlineData("chat-answer-begin")]
    [InlineData("pretrained-answer-begin")]
    [InlineData("chat-descending-20-buckets")]
    [InlineData("chat-random-no-scores")]
    [InlineData("tuned-no-scores-k0")]
    [InlineData("chat-k0")]
    [InlineData("copro")]
    public async Task Search_ScriptedModel_SendsThePromptsOfItsTranscript(string name)
    {
        using TempFolder folder = new();
        (OproLayout layout, PromptTemplate template) = (
            name.StartsWith("tuned", StringComparison.Ordinal) ? OproLayout.Tuned : name.StartsWith("pretrained", StringComparison.Ordinal) ? OproLayout.Pretrained : OproLayout.Chat,
            name.Contains("answer-begin", StringComparison.Ordinal) ? OproPlacement.AnswerBegin.Template("text", "label") : World.Template);
        string mark = template.InstructionBeginsAnswer ? "Start" : "INS";
        string[] script =
        [
            .. Proposals.Select(i => layout switch { OproLayout.Chat => $"<{mark}>{i}</{mark}>", OproLayout.Tuned => $"[{i}]", _ => $" {i}" }),
        ];
        List<string> prompts = [];
        Opro opro = new(Scripted(script, prompts)) { Steps = 2, PerStep = 2, Exemplars = 2, Layout = layout, MaxCharacters = 200 };
        opro = name switch
        {
            "chat-descending-20-buckets" => Varied(opro, HistoryOrder.Descending, ScoreDisplay.TwentyBuckets, 20),
            "chat-random-no-scores" => Varied(opro, HistoryOrder.Random, ScoreDisplay.None, 20),
            "tuned-no-scores-k0" => Varied(opro, HistoryOrder.Ascending, ScoreDisplay.None, 0),
            "chat-k0" => Varied(opro, HistoryOrder.Ascending, ScoreDisplay.Points, 0),
            "copro" => Opro.Copro(Scripted([.. script, .. Enumerable.Range(0, 26).Select(i => $"<INS>Variant {i}</INS>")], prompts)),
            _ => opro,
        };
        await using Study<Prompt> study = await RunAsync(folder, opro, template);

        string transcript = string.Concat(prompts.Distinct().Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"===== step {i + 1}\n{p}\n")));
        GoldenFile.Equal($"Opro/{name}.txt", transcript);

        Opro Varied(Opro of, HistoryOrder order, ScoreDisplay display, int shown) => new(Scripted(script, prompts))
        {
            Steps = of.Steps,
            PerStep = of.PerStep,
            Exemplars = of.Exemplars,
            Layout = of.Layout,
            MaxCharacters = of.MaxCharacters,
            Order = order,
            Display = display,
            Shown = shown,
        };
    }

    /// <summary>On the scale real a score is shown as it is, and a plain language model is asked for a better one, whatever its size and sign.</summary>
    [Theory]
    [InlineData(OproLayout.Pretrained, new[] { -12.0, -3.2 }, "Instructions for one task, each with its score. The higher the score, the better the instruction.\n\nScore: -12\nInstruction: a\n\nScore: -3.2\nInstruction: b\n\nScore: -2.76\nInstruction:")]
    [InlineData(OproLayout.Pretrained, new[] { 250.0, 250.0 }, "Instructions for one task, each with its score. The higher the score, the better the instruction.\n\nScore: 250\nInstruction: a\n\nScore: 250\nInstruction: b\n\nScore: 262.5\nInstruction:")]
    [InlineData(OproLayout.Chat, new[] { -12.0, 0.123456 }, "Write one new instruction for a solver model. Earlier instructions follow, worst first, each with its score.\n\ntext:\na\nscore:\n-12\n\ntext:\nb\nscore:\n0.1235\n")]
    [InlineData(OproLayout.Tuned, new[] { -12.0, 7.0 }, "Texts that tell a model what to do follow, each with its score. They stand in ascending order; a higher score is better.\n\ntext:\na\nscore:\n-12\n\ntext:\nb\nscore:\n7\n")]
    public void Write_ScaleReal_ShowsScoresAsTheyAre(OproLayout layout, double[] scores, string begin) =>
        Assert.StartsWith(begin, new MetaPrompt(layout) { IsReal = true }.Write([("a", scores[0]), ("b", scores[1])], []), StringComparison.Ordinal);

    private static Proposer Scripted(string[] replies, List<string> prompts)
    {
        int next = 0;
        return new(new(), (request, _) =>
        {
            prompts.Add(request.Text);
            return Task.FromResult(new ProposerReply(replies[next++]));
        });
    }

    private static async Task<Study<Prompt>> RunAsync(TempFolder folder, Optimizer<Prompt> optimizer, PromptTemplate template)
    {
        PromptObjective objective = new(
            new(template, World.Splits(), World.Yours, new() { Instruction = new() }), new Ansatz.Language.LabelScorer(), new PlantedModel(), "reviews");
        Study<Prompt> study = Study.Open(folder.File("a.db"), objective, optimizer, Budget.Unlimited, options: new() { Controls = [Arm<Prompt>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        return study;
    }
}
