using System.Collections.Immutable;

namespace Ansatz.Testing;

/// <summary>Runs studies to their history, whole or in pieces.</summary>
public static class StudyRunner
{
    /// <summary>Runs a study, and judges it where asked; returns its history.</summary>
    public static async Task<ImmutableArray<string>> HistoryAsync<T>(Study<T> study, bool judge = false)
    {
        await using (study)
        {
            await foreach (StudyEvent _ in judge ? study.JudgingAsync(TestContext.Current.CancellationToken) : study.RunAsync(TestContext.Current.CancellationToken))
            {
            }

            return [.. study.Journal.History(study.Journal.Find(study.Name)!)];
        }
    }

    /// <summary>Runs a study until it has told <paramref name="events"/> events that were not replayed, then leaves it as a stopped program does. True if it ended before.</summary>
    public static async Task<bool> StopAfterAsync<T>(Study<T> study, int events, bool judge = false)
    {
        await using (study)
        {
            int told = 0;
            await foreach (StudyEvent e in judge ? study.JudgingAsync(TestContext.Current.CancellationToken) : study.RunAsync(TestContext.Current.CancellationToken))
            {
                if (e is BlockEvaluated { IsReplayed: false } or CallAnswered { IsReplayed: false } && ++told == events)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
