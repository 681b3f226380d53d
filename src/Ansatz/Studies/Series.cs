using System.Runtime.CompilerServices;

namespace Ansatz;

/// <summary>
/// Studies that have their arms in common and differ in seed or task. One study says something about its winner; together they say something
/// about the methods.
/// </summary>
/// <remarks>
/// Give all of them the same <see cref="StudyOptions{T}.Series"/>. Sets of train and validation items should be disjoint, so that the values are
/// independent, and the test items the same, or the tasks of one kind.
/// </remarks>
public static class Series
{
    /// <summary>Runs the searches of all members, and only then judges them, one after the other: while a test item is looked at, nobody searches any more.</summary>
    /// <remarks>Like a study, a series goes on where it was stopped. A member is opened when its turn comes, and let go of after it.</remarks>
    /// <typeparam name="T">The type of the open part.</typeparam>
    /// <param name="members">Opens each member; called twice.</param>
    /// <param name="cancellationToken">Stops the member that runs.</param>
    public static async IAsyncEnumerable<SeriesEvent> RunAsync<T>(
        IReadOnlyList<Func<Study<T>>> members, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(members);
        foreach (Func<Study<T>> open in members)
        {
            Study<T> study = open();
            await using (study.ConfigureAwait(false))
            {
                if (study.Journal.Find(study.Name)?.IsSealed == true)
                {
                    continue;
                }

                await foreach (StudyEvent happened in study.RunToJudgeAsync(cancellationToken).ConfigureAwait(false))
                {
                    yield return new(study.Name, happened);
                }
            }
        }

        foreach (Func<Study<T>> open in members)
        {
            Study<T> study = open();
            await using (study.ConfigureAwait(false))
            {
                if (study.Journal.Find(study.Name)?.Verdict is { } verdict)
                {
                    yield return new(study.Name, new StudyJudged(verdict));
                    continue;
                }

                await foreach (StudyEvent happened in study.JudgingAsync(cancellationToken).ConfigureAwait(false))
                {
                    yield return new(study.Name, happened);
                }
            }
        }
    }
}

/// <summary>What a member of a series told.</summary>
/// <param name="Study">The member's name.</param>
/// <param name="Event">What it told.</param>
public sealed record SeriesEvent(string Study, StudyEvent Event);
