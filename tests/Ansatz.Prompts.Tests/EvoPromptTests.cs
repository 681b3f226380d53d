using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Language;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

public sealed class EvoPromptGaContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new EvoPromptGa(World.Proposer(OproLayout.Chat)) { Population = 4, Generations = 3 };
}

public sealed class EvoPromptDeContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new EvoPromptDe(World.Proposer(OproLayout.Chat)) { Population = 4, Generations = 3 };
}

public sealed class EvoPromptGaControlContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new EvoPromptGa(World.Proposer(OproLayout.Chat)) { Population = 4, Generations = 3 }.Control;
}

public sealed class EvoPromptDeControlContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new EvoPromptDe(World.Proposer(OproLayout.Chat)) { Population = 4, Generations = 3 }.Control;
}

public sealed class EvoPromptTests
{
    private const int Words = 30, Helpful = 12; // of 30 words 12 help

    private static readonly OpenSlots InstructionOpen = new() { Instruction = new() };

    /// <summary>Each of 12 helpful words is worth 5 points, each of 18 others costs 3; a scripted proposer mixes the words of its parents and now and then adds one of the 30.</summary>
    [Theory]
    [InlineData("ga")]
    [InlineData("de")]
    public async Task Search_ProposerThatMixesWords_BeatsNoSelectionBy5PointsOver6Seeds(string method)
    {
        PromptPart part = World.Part(InstructionOpen, new() { Instruction = "w0 w20 w21" }, World.Splits(train: 60, validation: 80));
        PlantedSkill objective = new(part, p => 0.5 + p.Instruction.Split(' ').Distinct().Sum(w => Number(w) < Helpful ? 0.05 : -0.03));
        Optimizer<Prompt> search = method == "ga" ? new EvoPromptGa(Mixing()) { Simplify = null } : new EvoPromptDe(Mixing()) { Simplify = null };
        (string name, Optimizer<Prompt> control) = Searches.ControlOf(part, search);

        ImmutableArray<double> gains = await Searches.GainsAsync(objective, search, control, seeds: 6);

        Assert.Equal("no selection", name);
        Searches.AssertGain(gains, 0.05);
    }

    [Theory]
    [InlineData("ga", WritingStyle.Chat)]
    [InlineData("ga", WritingStyle.Plain)]
    [InlineData("de", WritingStyle.Chat)]
    [InlineData("de", WritingStyle.Plain)]
    public async Task Search_Prompts_ReadLikeThis(string method, WritingStyle style)
    {
        using TempFolder folder = new();
        OpenSlots open = new() { Instruction = new() { Options = ["Think carefully.", "Is it praise?"] } };
        Transcript transcript = new(request => Spliced(request, style));
        Writing writing = new() { Style = style, Temperature = 0.5f };
        Optimizer<Prompt> search = method == "ga"
            ? new EvoPromptGa(transcript.Proposer) { Population = 4, Generations = 2, Finalists = 2, Writing = writing, Simplify = null }
            : new EvoPromptDe(transcript.Proposer) { Population = 4, Generations = 2, Finalists = 2, Writing = writing, Simplify = null };
        await using Study<Prompt> study = await Searches.RunAsync(folder, World.Objective(open), search);

        transcript.Verify($"evoprompt-{method}-{style.ToString().ToLowerInvariant()}.txt", study);
    }

    [Fact]
    public async Task Ga_Generations_KeepTheBestOfOldAndNew()
    {
        using TempFolder folder = new();
        List<string> asked = [];
        Proposer proposer = new(new(), (request, _) =>
        {
            lock (asked)
            {
                asked.Add(request.Text);
            }

            return Task.FromResult(new ProposerReply($"<INS>Version {request.Seed}{(request.Seed % 2 == 0 ? ", carefully" : "")}.</INS>"));
        });
        await using Study<Prompt> study = await Searches.RunAsync(
            folder, World.Objective(InstructionOpen), new EvoPromptGa(proposer) { Population = 4, Generations = 3, Simplify = null });

        // The parents of the last generation are among the best 4 of all that came before it.
        Trial<Prompt>[] before = [.. study.Trials("found").Where(t => t.Candidate.Origin != "generation 3")];
        string[] best = [.. Selection.Ranked(before.Select(t => t.Blocks[0])).Take(4).Select(b => b.Ask.Candidate.Value.Instruction)];
        (string First, string Second)[] parents = [.. asked[^4..].Select(Parents)];
        Assert.All(parents, p => Assert.Contains(p.First, best));
        Assert.All(parents, p => Assert.Contains(p.Second, best));

        static (string First, string Second) Parents(string text)
        {
            string[] lines = text.Split("Now with these.")[1].Split('\n');
            return (lines.Single(l => l.StartsWith("First: ", StringComparison.Ordinal))[7..], lines.Single(l => l.StartsWith("Second: ", StringComparison.Ordinal))[8..]);
        }
    }

    [Theory]
    [InlineData(WritingStyle.Chat, "Crossed: a\nMutated: <INS>Sort it.</INS>", "Sort it.")]
    [InlineData(WritingStyle.Chat, "I put it between <INS> and </INS>: <INS>**Sort it.**", "Sort it.")]
    [InlineData(WritingStyle.Chat, "Here it is:\n\n\"Sort it.\"\n", "Sort it.")]
    [InlineData(WritingStyle.Chat, "Sort it.</INS>", "Sort it.")]
    [InlineData(WritingStyle.Chat, "<INS> </INS>", null)]
    [InlineData(WritingStyle.Chat, " \n", null)]
    [InlineData(WritingStyle.Plain, " Sort it.\nFirst: more", "Sort it.")]
    [InlineData(WritingStyle.Plain, " ", null)]
    public void Read_Reply_IsTheInstruction(WritingStyle style, string reply, string? instruction) =>
        Assert.Equal(instruction, InstructionWriter.Read(style, reply));

    [Fact]
    public async Task Search_NothingToBeginWith_IsRefused()
    {
        using TempFolder folder = new();
        InputException error = await Assert.ThrowsAsync<InputException>(
            () => Searches.RunAsync(folder, World.Objective(InstructionOpen, new()), new EvoPromptGa(World.Proposer(OproLayout.Chat))));
        Assert.Equal("EvoPrompt makes new instructions out of old ones, but yours is empty and there are no options. Write at least one for it to begin with.", error.Message);
    }

    /// <summary>
    /// Keeps two of three words of what it is shown; asked for a differential, four of five of the best instruction's, half of the old one's, and few of those in which the others differ. One time in two
    /// another word besides. At most 15 words.
    /// </summary>
    private static Proposer Mixing() => new(new(), (request, _) =>
    {
        Rng rng = new(request.Seed, "mix");
        string[] lines = request.Text[Math.Max(0, request.Text.LastIndexOf("Now with these.", StringComparison.Ordinal))..].Split('\n');
        string[] words =
        [
            .. lines.SelectMany(line =>
            {
                double kept = line.Split(": ")[0] switch { "Best" => 0.8, "Old" => 0.5, "A" or "B" => 0.1, _ => 0.67 };
                return line.Split(' ').Where(w => Number(w) < Words && rng.NextDouble() < kept).ToArray();
            }).Distinct(),
        ];
        rng.Shuffle<string>(words);
        string[] child = [.. words.Take(15), .. rng.Next(2) == 0 ? [string.Create(CultureInfo.InvariantCulture, $"w{rng.Next(Words)}")] : Array.Empty<string>()];
        return Task.FromResult(new ProposerReply($"<INS>{string.Join(' ', child)}</INS>"));
    });

    private static int Number(string word) => word.Length > 1 && word[0] == 'w' && int.TryParse(word[1..], NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : int.MaxValue;

    /// <summary>The first half of the first instruction that it is shown last and the second half of the last, in the form that was asked for.</summary>
    private static string Spliced(ProposerRequest request, WritingStyle style)
    {
        string[] labels = ["Instruction: ", "First: ", "Second: ", "A: ", "B: ", "Best: ", "Old: "];
        string[] shown = [.. request.Text.Split('\n').Where(l => labels.Any(x => l.StartsWith(x, StringComparison.Ordinal))).Select(l => l[(l.IndexOf(": ", StringComparison.Ordinal) + 2)..])];
        int count = request.Text.Contains("Old: ", StringComparison.Ordinal) ? 4 : request.Text.Contains("Second: ", StringComparison.Ordinal) ? 2 : 1;
        string[] first = shown[^count].TrimEnd('.', '?').Split(' '), last = shown[^1].TrimEnd('.', '?').Split(' ');
        string text = $"{string.Join(' ', first[..((first.Length + 1) / 2)])} {string.Join(' ', last[(last.Length / 2)..])} {request.Seed % 10}.";
        return style == WritingStyle.Plain ? $" {text}" : $"Crossed: as asked\nMutated: <INS>{text}</INS>";
    }
}
