using System.Collections.Immutable;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

public sealed class GripsContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new Grips { Iterations = 4, PerIteration = 3, PhraseWords = 2 };
}

public sealed class GripsControlContractTests : OptimizerContract<Prompt>
{
    protected override Objective<Prompt> Objective() => World.Objective();

    protected override Optimizer<Prompt> Optimizer() => new Grips { Iterations = 4, PerIteration = 3, PhraseWords = 2 }.Control;
}

public sealed class GripsTests
{
    private static readonly string[] Good = ["think carefully about", "read every word,", "look for praise."];
    private static readonly string[] Bad = ["answer very quickly,", "guess at random,", "ignore the tone,"];
    private static readonly OpenSlots InstructionOpen = new() { Instruction = new() };

    [Theory]
    [InlineData("Look closely, then decide: is it praise or a complaint?", new[] { "Look closely,", "then decide:", "is it praise", "or a complaint?" })]
    [InlineData("Sort.", new[] { "Sort." })]
    [InlineData("one two three four", new[] { "one two three", "four" })]
    [InlineData("  one \n two ", new[] { "one two" })]
    public void Phrases_Instruction_EndAtPunctuationOrAfterThreeWords(string instruction, string[] phrases) =>
        Assert.Equal(phrases, new Grips().Phrases(instruction));

    /// <summary>Helpful phrases are worth 8 points, harmful ones cost 10; the user's instruction has three of each, .44 in all, and deleting the harmful ones gives .74.</summary>
    [Fact]
    public async Task Search_HelpfulAndHarmfulPhrases_BeatsItsRandomWalkBy5PointsOver8Seeds()
    {
        Prompt yours = new() { Instruction = string.Join(' ', Bad.Zip(Good).SelectMany(p => new[] { p.First, p.Second })) };
        PromptPart part = World.Part(InstructionOpen, yours, World.Splits(train: 60, validation: 80));
        PlantedSkill objective = new(part, p => 0.5 + (0.08 * Good.Count(p.Instruction.Contains)) - (0.1 * Bad.Count(p.Instruction.Contains)));
        Grips grips = new() { Simplify = null };
        (string name, Optimizer<Prompt> control) = Searches.ControlOf(part, grips);

        ImmutableArray<double> gains = await Searches.GainsAsync(objective, grips, control, seeds: 8);

        Assert.Equal("random walk", name);
        Searches.AssertGain(gains, 0.05);
    }

    [Fact]
    public async Task Search_Edits_ReadLikeThis()
    {
        using TempFolder folder = new();
        PromptPart part = World.Part(InstructionOpen, new() { Instruction = "Guess at random, but think carefully about it." });
        PlantedSkill objective = new(part, p => 0.6 - (p.Instruction.Contains("Guess", StringComparison.Ordinal) ? 0.3 : 0) + (p.Instruction.Contains("carefully", StringComparison.Ordinal) ? 0.2 : 0));
        await using Study<Prompt> study = await Searches.RunAsync(folder, objective, new Grips { Iterations = 4, PerIteration = 3, Finalists = 2, Simplify = null });

        GoldenFile.Equal("Transcripts/grips.txt", Transcript.Tried(study));
    }

    [Fact]
    public async Task Search_EveryEdit_IsMadeOfPhrasesOfTheUsersInstruction()
    {
        using TempFolder folder = new();
        await using Study<Prompt> study = await Searches.RunAsync(folder, World.Objective(InstructionOpen), new Grips { Edits = 2, Simplify = null });

        string[] words = World.Yours.Instruction.Split(' ');
        Trial<Prompt>[] trials = [.. study.Trials("found")];
        Assert.True(trials.Length > 10);
        Assert.All(trials, t => Assert.True(t.Candidate.Value.Instruction.Split(' ').Length <= words.Length, t.Candidate.Value.Instruction)); // what was deleted is put back once
        Assert.All(trials, t => Assert.All(t.Candidate.Value.Instruction.Split(' '), w => Assert.Contains(w, words)));
        Assert.All(trials, t => Assert.NotEqual("", t.Candidate.Value.Instruction));
    }

    [Fact]
    public async Task Search_NoInstructionToEdit_IsRefused()
    {
        using TempFolder folder = new();
        InputException error = await Assert.ThrowsAsync<InputException>(() => Searches.RunAsync(folder, World.Objective(InstructionOpen, new()), new Grips()));
        Assert.Equal("GrIPS edits an instruction, but yours is empty and there are no options. Write one for it to begin with.", error.Message);
    }
}
