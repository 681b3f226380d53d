using Ansatz.Cli.Screen;
using Ansatz.Programs;
using Spectre.Console.Testing;

namespace Ansatz.Cli.Tests.Screen;

/// <summary>What a search of programs shows while it runs.</summary>
public sealed class ProgramScreenTests
{
    private static readonly RunHeader Header = new(
        "packing", "pack items", "the grammar", 1, "5 train, 5 validation, 5 test instances (sealed until the end)", "yours, first fit", 3, Scale.Real, 40_000, "ansatz run study.json", "written by", 8_000);

    [Fact]
    public void Render_ProgramsScoredRefusedRejected_CountsEachOnce()
    {
        using TestConsole console = new();
        console.Profile.Width = 80;
        RunView view = new(Header, TimeProvider.System);
        foreach (StudyEvent happened in Events().SkipLast(1)) // the search goes on
        {
            view.Apply(happened);
        }

        console.Write(RunScreen.Render(view, 80));

        Assert.Contains(" written by the grammar   seed 1", console.Output, StringComparison.Ordinal);
        Assert.Contains(" programs   2 scored, 1 refused, 1 rejected, 1 dropped", console.Output, StringComparison.Ordinal);
        Assert.Contains("  5 / 8,000", console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LinesAsync_ManyPrograms_TellNewBestsAlone()
    {
        using StringWriter output = new();

        await RunReaders.LinesAsync(Events().ToAsyncEnumerable(), new(Header, TimeProvider.System), output, TestContext.Current.CancellationToken);

        string[] lines = output.ToString().ReplaceLineEndings("\n").Split('\n');
        Assert.Equal(2, lines.Count(l => l.StartsWith("found: trial ", StringComparison.Ordinal))); // the start, and the one that is better
    }

    private static IReadOnlyList<StudyEvent> Events() =>
    [
        new ArmStarted("found", ArmRole.Search, Budget.Unlimited),
        Block(0, -4, null),
        Block(1, null, ProgramObjective.Refused + "line 1: no."),
        Block(2, null, "On Train input 0: it ran out of fuel."),
        Block(3, -3, null),
        Block(3, -3, null), // a later stage of the same program
        Block(4, -5, null),
        new TrialPruned("found", 4),
        new ArmEnded("found", "done", new Cost { Rollouts = 25 }, "id"),
    ];

    private static BlockEvaluated Block(int trial, double? mean, string? reason) =>
        new("found", trial, trial, "id", "item - bin", "crossover", Split.Train, 5, mean, mean is null ? 5 : 0, false, new Cost { Rollouts = 5 * (trial + 1) }) { Reason = reason };
}
