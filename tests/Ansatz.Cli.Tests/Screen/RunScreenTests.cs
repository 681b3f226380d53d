using System.Text.Json;
using Ansatz.Cli.Screen;
using Spectre.Console;
using Spectre.Console.Testing;

namespace Ansatz.Cli.Tests.Screen;

/// <summary>The screen is compared with checked-in pictures. After a change on purpose: ANSATZ_WRITE_SCREENS=tests/Ansatz.Cli.Tests/Screen writes them anew.</summary>
public sealed class RunScreenTests
{
    private static readonly RunHeader Header = new(
        "reviews",
        "sort customer reviews into praise and complaint",
        "SmolLM2-135M-Instruct.Q4_1 (embedded, q8_0, avx2)",
        1,
        "40 train, 80 validation, 300 test (sealed until the end)",
        "yours, no instruction, 8 random draws, majority, naive Bayes",
        11,
        Scale.Binary,
        3320,
        "ansatz run study.json");

    [Theory]
    [InlineData(80, 4)]
    [InlineData(80, 9)]
    [InlineData(200, 9)]
    [InlineData(80, 13)]
    [InlineData(80, 17)]
    [InlineData(200, 17)]
    public async Task Render_AfterSomeEvents_IsAsChecked(int width, int events)
    {
        FixedClock clock = new();
        RunView view = new(Header, clock);
        foreach (StudyEvent happened in Events().Take(events))
        {
            view.Apply(happened);
            clock.Seconds++;
        }

        string screen = Drawn(view, width);

        string name = $"screen-{width}-{events}.txt";
        if (Environment.GetEnvironmentVariable("ANSATZ_WRITE_SCREENS") is { } folder)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), screen, TestContext.Current.CancellationToken);
            return;
        }

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine("Screen", name), TestContext.Current.CancellationToken), screen);
    }

    [Fact]
    public void Render_HostileTexts_StayText()
    {
        RunView view = new(Header with { About = "[red]x[/] \e[2J\u202E\n\nnew" }, new FixedClock());
        view.Apply(new ArmStarted("found", ArmRole.Search, Budget.Unlimited));
        view.Apply(Block("found", 1, "[/] \e]0;title\a \u200Fmarkup[bold", Split.Validation, 80, 0.5, 80));

        string screen = Drawn(view, 80);

        Assert.Contains("[red]x[/]", screen, StringComparison.Ordinal);
        Assert.DoesNotContain(screen, c => char.IsControl(c) && c != '\n');
        Assert.All(screen.Split('\n'), l => Assert.True((l + "^C").Length < 80)); // what the terminal echoes must not wrap
    }

    [Fact]
    public async Task LinesAsync_NoTerminal_OneLineAnEventWithoutControlCharacters()
    {
        using StringWriter output = new();

        await RunReaders.LinesAsync(Events().ToAsyncEnumerable(), new(Header, new FixedClock()), output, TestContext.Current.CancellationToken);

        string[] lines = output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.DoesNotContain(output.ToString(), c => char.IsControl(c) && c is not ('\n' or '\r'));
        Assert.Contains("found: trial 3, 40 train items, 60.0: 8 examples", lines);
        Assert.Contains("80 rollouts were in the journal and were not run again", lines);
        Assert.Contains("verdict: 11 rows on 300 items that no search saw", lines);
    }

    [Fact]
    public async Task JsonAsync_EveryEvent_IsOneLine()
    {
        using StringWriter output = new();

        await RunReaders.JsonAsync(Events().ToAsyncEnumerable(), new(Header, new FixedClock()), output, TestContext.Current.CancellationToken);

        StudyEvent[] read = [.. output.ToString().Trim().Split('\n').Select(l => JsonSerializer.Deserialize(l, StudyEventJson.Default.StudyEvent)!)];
        Assert.Equal(Events(), read);
    }

    [Fact]
    public async Task LiveAsync_ToTheEnd_LeavesNothingBehindTheCursor()
    {
        using TestConsole console = new();
        console.Profile.Width = 80;
        console.EmitAnsiSequences();
        RunView view = new(Header, new FixedClock());

        await RunReaders.LiveAsync(Events().ToAsyncEnumerable(), view, console, TestContext.Current.CancellationToken);

        Assert.Equal("done", view.SearchEnded);
        Assert.EndsWith("\e[?25h", console.Output, StringComparison.Ordinal); // the cursor is back
    }

    private static string Drawn(RunView view, int width)
    {
        using TestConsole console = new();
        console.Profile.Width = width;
        console.Write(RunScreen.Render(view, width));
        return string.Join('\n', console.Output.ReplaceLineEndings("\n").Split('\n').Select(l => l.TrimEnd()));
    }

    private static IReadOnlyList<StudyEvent> Events() =>
    [
        new ArmStarted("found", ArmRole.Search, Budget.Rollouts(5000)),
        Block("found", 0, "\"Decide whether each review is praise or...\"", Split.Train, 40, 0.5, 40, isReplayed: true),
        Block("found", 1, "labels positive/negative + 8 examples", Split.Train, 40, 0.875, 80, isReplayed: true),
        Block("found", 2, "\"Is the customer pleased?\" + labels good/bad + 8 examples", Split.Train, 40, 0.75, 120),
        Block("found", 3, "8 examples", Split.Train, 40, 0.6, 160),
        new TrialPruned("found", 3),
        Block("found", 1, "labels positive/negative + 8 examples", Split.Validation, 80, 0.9125, 240),
        Block("found", 2, "\"Is the customer pleased?\" + labels good/bad + 8 examples", Split.Validation, 80, 0.85, 320),
        Block("found", 4, "labels positive/negative + 4 examples", Split.Validation, 80, 0.9, 400),
        new ArmEnded("found", "done", new Cost { Rollouts = 400 }, "a"),
        new ArmStarted("yours", ArmRole.Yours, Budget.Unlimited),
        Block("yours", 0, "\"Decide whether each review is praise or...\"", Split.Validation, 80, 0.5, 80),
        new ArmEnded("yours", "done", new Cost { Rollouts = 80 }, "b"),
        new ArmStarted("no instruction", ArmRole.Control, Budget.Unlimited),
        new ArmEnded("no instruction", "done", new Cost { Rollouts = 80 }, "c"),
        new JudgingStarted(11, 300, 0),
        Block("judge", 0, "labels positive/negative + 4 examples", Split.Test, 300, 0.91, 300),
        new RowJudged("found", 0.91, false),
    ];

    private static BlockEvaluated Block(string arm, int trial, string what, Split split, int items, double mean, long spent, bool isReplayed = false) =>
        new(arm, spent, trial, "id", what, "draw", split, items, mean, 0, isReplayed, new Cost { Rollouts = spent });

    private sealed class FixedClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
