using Ansatz.Cli.Screen;

namespace Ansatz.Cli;

/// <summary>A study open in its database, whatever its open part.</summary>
internal abstract class OpenStudy : IAsyncDisposable
{
    /// <summary>The study's name.</summary>
    public abstract string Name { get; }

    /// <summary>The journal that holds it.</summary>
    public abstract Journal Journal { get; }

    /// <summary>What stands above a run.</summary>
    /// <param name="goOn">The command that goes on.</param>
    public abstract RunHeader Header(string goOn);

    /// <summary>Runs what has not yet been run, and judges.</summary>
    public abstract IAsyncEnumerable<StudyEvent> JudgingAsync(CancellationToken cancellationToken);

    /// <summary>As <see cref="JudgingAsync"/>, for the verdict alone.</summary>
    public abstract Task<Verdict> JudgeAsync(CancellationToken cancellationToken);

    /// <summary>Measures the winner again.</summary>
    /// <param name="elsewhere">The same study on another model; none: its own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public abstract Task<Check> CheckAsync(LoadedStudy? elsewhere, CancellationToken cancellationToken);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}

/// <summary>A study open in its database.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <param name="loaded">The study as its file has it.</param>
/// <param name="study">The study.</param>
internal sealed class OpenStudy<T>(LoadedStudy<T> loaded, Study<T> study) : OpenStudy
{
    /// <inheritdoc />
    public override string Name => study.Name;

    /// <inheritdoc />
    public override Journal Journal => study.Journal;

    /// <inheritdoc />
    public override RunHeader Header(string goOn) => loaded.Header(study, goOn);

    /// <inheritdoc />
    public override IAsyncEnumerable<StudyEvent> JudgingAsync(CancellationToken cancellationToken) => study.JudgingAsync(cancellationToken);

    /// <inheritdoc />
    public override async Task<Verdict> JudgeAsync(CancellationToken cancellationToken) => (await study.JudgeAsync(cancellationToken).ConfigureAwait(false)).Summary;

    /// <inheritdoc />
    public override Task<Check> CheckAsync(LoadedStudy? elsewhere, CancellationToken cancellationToken) => study.CheckAsync((elsewhere as LoadedStudy<T>)?.Goal, cancellationToken);

    /// <inheritdoc />
    public override ValueTask DisposeAsync() => study.DisposeAsync();
}
