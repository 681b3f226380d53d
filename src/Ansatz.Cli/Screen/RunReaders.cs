using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Ansatz.Cli.Screen;

/// <summary>The three ways to follow a run: redrawn in place, one line an event, one JSON object a line. Each reads the same events to their end.</summary>
internal static class RunReaders
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);

    /// <summary>One screen, redrawn in place; gone at the end, or left as it was where the run breaks off.</summary>
    public static async Task LiveAsync(IAsyncEnumerable<StudyEvent> events, RunView view, IAnsiConsole console, CancellationToken cancellationToken)
    {
        bool isDone = false;
        try
        {
            await console.Live(RunScreen.Render(view, console.Profile.Width)).AutoClear(true).StartAsync(async context =>
            {
                IAsyncEnumerator<StudyEvent> enumerator = events.GetAsyncEnumerator(cancellationToken);
                await using (enumerator.ConfigureAwait(false))
                {
                    long drawn = 0;
                    while (true)
                    {
                        Task<bool> next = enumerator.MoveNextAsync().AsTask();
                        while (!next.IsCompleted)
                        {
                            await Task.WhenAny(next, Task.Delay(Redraw, CancellationToken.None)).ConfigureAwait(false);
                            Draw();
                        }

                        if (!await next.ConfigureAwait(false))
                        {
                            break;
                        }

                        view.Apply(enumerator.Current);
                        if (Environment.TickCount64 - drawn > Redraw.TotalMilliseconds)
                        {
                            Draw();
                        }
                    }

                    void Draw()
                    {
                        drawn = Environment.TickCount64;
                        context.UpdateTarget(RunScreen.Render(view, console.Profile.Width, Math.Clamp(console.Profile.Height - 13, 3, 5)));
                    }
                }
            }).ConfigureAwait(false);
            isDone = true;
        }
        finally
        {
            if (!isDone)
            {
                console.Write(RunScreen.Render(view, console.Profile.Width));
            }
        }
    }

    /// <summary>One line an event that is new, without control characters.</summary>
    public static async Task LinesAsync(IAsyncEnumerable<StudyEvent> events, RunView view, TextWriter output, CancellationToken cancellationToken)
    {
        RunHeader header = view.Header;
        foreach (string line in (string[])
        [
            $"{header.Name}: {header.About}",
            string.Create(CultureInfo.InvariantCulture, $"{header.ModelLabel}: {header.Model}, seed {header.Seed}"),
            $"data: {header.Data}",
            $"controls: {header.Controls}",
        ])
        {
            await output.WriteLineAsync(PlainText.Printable(line)).ConfigureAwait(false);
        }

        ScoreFormat format = ScoreFormat.Of(header.Scale, [1]);
        ProgramLines? programs = header.Programs is null ? null : new(view);
        bool isReplaying = false;
        await foreach (StudyEvent happened in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            int before = view.Replayed;
            view.Apply(happened);
            if (view.Replayed > before)
            {
                isReplaying = true;
                continue;
            }

            if (isReplaying && happened is BlockEvaluated or CallAnswered or StudyJudged)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{view.ReplayedRollouts:N0} rollouts were in the journal and were not run again")).ConfigureAwait(false);
                isReplaying = false;
            }

            if ((programs is null ? Words(happened, format) : programs.Words(happened)) is not { } words)
            {
                continue;
            }

            await output.WriteLineAsync(PlainText.Printable(words)).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One JSON object a line: the events as they are.</summary>
    public static async Task JsonAsync(IAsyncEnumerable<StudyEvent> events, RunView view, TextWriter output, CancellationToken cancellationToken)
    {
        await foreach (StudyEvent happened in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            view.Apply(happened);
            await output.WriteLineAsync(JsonSerializer.Serialize(happened, StudyEventJson.Default.StudyEvent)).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>An event in words; none where it is not worth a line.</summary>
    internal static string? Words(StudyEvent happened, ScoreFormat format) => happened switch
    {
        BlockEvaluated { Split: Split.Test } => null, // its row follows
        BlockEvaluated e => string.Create(
            CultureInfo.InvariantCulture,
            $"{e.Arm}: trial {e.Trial}, {e.Items} {e.Split.ToString().ToLowerInvariant()} items, {(e.Mean is { } mean ? format.Number(mean) : "no number")}{(e.Rejected > 0 ? $", {e.Rejected} rejected" : "")}: {e.Description}"),
        CallAnswered { Arm: not "judge" } e => string.Create(CultureInfo.InvariantCulture, $"{e.Arm}: call {e.Effect} answered"),
        ArmEnded { How: "done", Spent.Rollouts: 0 } => null, // a draw that nobody chose: the verdict has its row
        ArmEnded e => string.Create(CultureInfo.InvariantCulture, $"{e.Arm}: {e.How}, {e.Spent.Rollouts:N0} rollouts"),
        JudgingStarted e => string.Create(CultureInfo.InvariantCulture, $"verdict: {e.Rows} rows on {e.Items} items that no search saw"),
        RowJudged e => $"verdict: {e.Name}, {format.Number(e.Mean)}",
        _ => null,
    };
}
