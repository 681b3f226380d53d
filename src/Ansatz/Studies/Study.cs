using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Ansatz;

/// <summary>Opens studies.</summary>
public static class Study
{
    /// <summary>The version of this library, which a study that is begun keeps.</summary>
    public static string Version { get; } = typeof(Study).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Opens a study: begins it, or goes on with the one of the same name in the journal.</summary>
    /// <typeparam name="T">The type of the open part.</typeparam>
    /// <param name="database">The journal's file, made where there is none.</param>
    /// <param name="objective">What is climbed.</param>
    /// <param name="optimizer">The search.</param>
    /// <param name="budget">What the search may spend.</param>
    /// <param name="seed">All chance comes from it.</param>
    /// <param name="options">The rest.</param>
    /// <exception cref="InputException">A study of this name was begun with other settings; the message names the first.</exception>
    public static Study<T> Open<T>(
        string database, Objective<T> objective, Optimizer<T> optimizer, Budget budget, long seed = 1, StudyOptions<T>? options = null)
    {
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(budget);
        options ??= new();
        Journal journal = Journal.Open(database, options.Clock);
        try
        {
            return new(journal, objective, new Arm<T>("found", ArmRole.Search, optimizer, budget), seed, options);
        }
        catch
        {
            journal.DisposeAsync().AsTask().GetAwaiter().GetResult(); // nothing waits in it
            throw;
        }
    }
}

/// <summary>One search with its controls, a journal, and a verdict at the end.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <remarks>
/// A study can be stopped anywhere, also by killing its process; the same <see cref="Study.Open{T}"/> and <see cref="RunAsync"/> go on to the
/// same history. One run at a time, in one process; not thread-safe.
/// </remarks>
public sealed class Study<T> : IAsyncDisposable
{
    private readonly Objective<T> _objective;
    private readonly StudyOptions<T> _options;
    private readonly long _seed;
    private readonly JsonObject _settings;
    private readonly Dictionary<string, ArmSearch<T>> _searches = []; // arms that ended in this process
    private StudyHold? _hold;

    internal Study(Journal journal, Objective<T> objective, Arm<T> search, long seed, StudyOptions<T> options)
    {
        (Journal, _objective, _seed, _options) = (journal, objective, seed, options);
        Name = options.Name ?? Path.GetFileNameWithoutExtension(journal.Path);
        IReadOnlyList<Arm<T>> controls = options.Controls ?? objective.Open.Controls(search);
        Arms = [search, .. controls];
        Runs = IsOverSeeds
            ? [.. Enumerable.Range(0, options.Seeds).SelectMany(s => Arms.Select(a => new ArmRun<T>(a, seed + s, string.Create(CultureInfo.InvariantCulture, $"{a.Name} (seed {seed + s})"))))]
            : [.. Arms.Select(a => new ArmRun<T>(a, seed, a.Name))];
        if (Arms.Select(a => a.Name).Append(Journal.JudgeArm).Distinct().Count() != Arms.Length + 1 || Arms.Any(a => a.Name.StartsWith(Journal.CheckArm + " ", StringComparison.Ordinal)))
        {
            throw new ArgumentException("The arms of a study need different names, and none may be called \"judge\", or begin with \"check \".");
        }

        if (Arms.Count(a => a.Role == ArmRole.Search) != 1 || Arms.Count(a => a.Role == ArmRole.Yours) != 1)
        {
            throw new ArgumentException("A study compares one search with the user's own filling: its controls need exactly one arm of yours (Arm<T>.OfYours()), and no second search.");
        }

        _settings = new()
        {
            ["seed"] = seed,
            ["description"] = options.Description?.DeepClone(),
            ["objective"] = objective.Identity.DeepClone(),
            ["seeds"] = IsOverSeeds ? options.Seeds : 1,
            ["arms"] = new JsonArray([.. Arms.Select(a => new JsonObject
            {
                ["name"] = a.Name,
                ["role"] = a.Role.ToString(),
                ["optimizer"] = a.Optimizer.Settings.DeepClone(),
            })]),
        };
        if (options.Series is not null)
        {
            _settings["series"] = options.Series;
        }

        if (options.Circumstances is not null)
        {
            _settings[StudySettings.Circumstances] = options.Circumstances.DeepClone();
        }

        StoredStudy? stored = journal.Find(Name);
        Refuse(stored);
        if (stored is not null)
        {
            options.Purse?.Count(journal, stored);
        }
    }

    /// <summary>The study's name in its journal.</summary>
    public string Name { get; }

    /// <summary>The journal that holds it.</summary>
    public Journal Journal { get; }

    /// <summary>The search, then what it has to beat.</summary>
    public ImmutableArray<Arm<T>> Arms { get; }

    /// <summary>Whether the verdict is over seeds alone, since the objective has no test items.</summary>
    public bool IsOverSeeds => _objective.Count(Split.Test) == 0;

    internal ImmutableArray<ArmRun<T>> Runs { get; }

    internal Objective<T> Objective => _objective;

    internal StudyOptions<T> Options => _options;

    internal long Seed => _seed;

    /// <summary>Runs all arms, or goes on with them. What an earlier run has committed is replayed and not asked again.</summary>
    /// <exception cref="FaultException">The world failed; the same call goes on later.</exception>
    /// <exception cref="InputException">Every answer, or every reply of the proposer, was unusable (see <see cref="StudyOptions{T}.AllowRejected"/>), or a limit of money cannot be kept without a price.</exception>
    /// <exception cref="ReplayException">This program asks differently from the one that began the study.</exception>
    public IAsyncEnumerable<StudyEvent> RunAsync(CancellationToken cancellationToken = default) =>
        TellAsync((events, token) => RunArmsAsync(events, willBeJudged: false, token), cancellationToken);

    /// <summary>As <see cref="RunAsync"/>, but ends with an exception where an arm leaves nothing to judge, before the others spend anything.</summary>
    internal IAsyncEnumerable<StudyEvent> RunToJudgeAsync(CancellationToken cancellationToken) =>
        TellAsync((events, token) => RunArmsAsync(events, willBeJudged: true, token), cancellationToken);

    /// <summary>Judges the winner and the controls on the test split, once: this seals the search. Runs what has not yet been run.</summary>
    /// <returns>The events, the last one being <see cref="StudyJudged"/>.</returns>
    public IAsyncEnumerable<StudyEvent> JudgingAsync(CancellationToken cancellationToken = default) => TellAsync(
        async (events, token) =>
        {
            if (_searches.Count < Runs.Length)
            {
                await RunArmsAsync(events, willBeJudged: true, token).ConfigureAwait(false);
            }

            Verdict verdict = await new Judge<T>(this, await BeginAsync().ConfigureAwait(false), events).JudgeAsync(token).ConfigureAwait(false);
            events.TryWrite(new StudyJudged(verdict));
        },
        cancellationToken);

    /// <summary>Judges the winner and the controls on the test split, once: this seals the search. Runs what has not yet been run.</summary>
    public async Task<Verdict<T>> JudgeAsync(CancellationToken cancellationToken = default)
    {
        Verdict? verdict = null;
        await foreach (StudyEvent e in JudgingAsync(cancellationToken).ConfigureAwait(false))
        {
            verdict = (e as StudyJudged)?.Verdict ?? verdict;
        }

        return new(verdict!, Winner(Arms[0].Name)!);
    }

    /// <summary>Measures the winner of a judged study again on its test items: has the model, or the server behind it, changed since?</summary>
    /// <remarks>Chooses nothing, and is committed like everything else: a check that was cut off goes on, an ended one stays.</remarks>
    /// <param name="elsewhere">An objective over the same test items, to check on another model; none: the study's own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InputException">The study has no verdict over items yet, or <paramref name="elsewhere"/> has other test items.</exception>
    public async Task<Check> CheckAsync(Objective<T>? elsewhere = null, CancellationToken cancellationToken = default) =>
        await new Afterwards<T>(this, await BeginAsync().ConfigureAwait(false), elsewhere).CheckAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Measures a filling that was found elsewhere on the test items of this judged study, beside the user's own: does it transfer?</summary>
    /// <remarks>Chooses nothing, and is committed like everything else: what was measured once is not asked again.</remarks>
    /// <param name="value">The filling.</param>
    /// <param name="elsewhere">An objective over the same test items, to measure both on another model; none: the study's own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InputException">The study has no verdict over items yet, or <paramref name="elsewhere"/> has other test items.</exception>
    public async Task<Transfer> TransferAsync(T value, Objective<T>? elsewhere = null, CancellationToken cancellationToken = default) =>
        await new Afterwards<T>(this, await BeginAsync().ConfigureAwait(false), elsewhere).TransferAsync(value, cancellationToken).ConfigureAwait(false);

    /// <summary>The candidate of an arm that went, or goes, to the judge; known once the arm has run in this process.</summary>
    /// <param name="arm">The arm's name; with several seeds, that of its first.</param>
    public Candidate<T>? Winner(string arm) => SearchOf(Runs.First(r => r.Arm.Name == arm)).Winner();

    /// <summary>The trials of an arm; known once the arm has run in this process, and, where there are thousands, as long as the study is not disposed of: they are read from its journal.</summary>
    /// <param name="arm">The arm's name; with several seeds, that of its first.</param>
    public IReadOnlyList<Trial<T>> Trials(string arm) => SearchOf(Runs.First(r => r.Arm.Name == arm)).Trials;

    /// <summary>Lets go of the study and closes the journal.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_hold is not null)
            {
                await _hold.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await Journal.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal ArmSearch<T> SearchOf(ArmRun<T> run) =>
        _searches.TryGetValue(run.Name, out ArmSearch<T>? search)
            ? search
            : throw new InvalidOperationException($"The arm \"{run.Name}\" has not run in this process; await RunAsync first.");

    /// <summary>Makes sure that there is something to judge, before a test item is looked at.</summary>
    /// <exception cref="InputException">The search, or the arm of yours, ended without a candidate.</exception>
    internal void RequireWinners()
    {
        foreach (ArmRun<T> run in Runs)
        {
            RequireWinner(run);
        }
    }

    private void RequireWinner(ArmRun<T> run)
    {
        if (run.Arm.Role is not (ArmRole.Search or ArmRole.Yours))
        {
            return;
        }

        // Where a budget ends a search before validation, what it had in mind was chosen by nothing that a verdict could be about.
        ArmSearch<T> search = SearchOf(run);
        if (search.Winner() is not { } winner || (run.Arm.Role == ArmRole.Search && search.SelectionMean(winner) is null))
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"There is nothing to judge in \"{Name}\": the arm \"{run.Name}\" ended after {search.Spent.Rollouts:N0} rollouts{Paid(search.Spent)}, before what it would have chosen was evaluated on all validation items without a rejected number. ")
                + "Give it a larger budget; the same command then goes on.");
        }

        static string Paid(Cost spent) => spent.Calls == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {spent.Calls:N0} calls and {spent.InputTokens + spent.OutputTokens:N0} tokens{(spent.Money > 0 ? string.Create(CultureInfo.InvariantCulture, $", for {spent.Money:0.00##}") : "")}");
    }

    /// <summary>Runs a producer of events in the background; it ends with the reader.</summary>
    private static async IAsyncEnumerable<StudyEvent> TellAsync(
        Func<ChannelWriter<StudyEvent>, CancellationToken, Task> produce, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<StudyEvent> events = Channel.CreateUnbounded<StudyEvent>();
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task producer = Task.Run(
            async () =>
            {
                try
                {
                    await produce(events.Writer, leaving.Token).ConfigureAwait(false);
                }
                finally
                {
                    events.Writer.Complete();
                }
            },
            CancellationToken.None);
        bool isRead = false;
        try
        {
            await foreach (StudyEvent e in events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return e;
            }

            isRead = true;
        }
        finally
        {
            if (!isRead)
            {
                await leaving.CancelAsync().ConfigureAwait(false);
                await producer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await producer.ConfigureAwait(false);
    }

    private async Task RunArmsAsync(ChannelWriter<StudyEvent> events, bool willBeJudged, CancellationToken cancellationToken)
    {
        StoredStudy study = await BeginAsync().ConfigureAwait(false);
        foreach (ArmRun<T> run in Runs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            events.TryWrite(new ArmStarted(run.Name, run.Arm.Role, run.Arm.Budget));
            ArmSearch<T> search = new(
                _objective,
                Journal,
                study,
                run.Name,
                run.Arm.Budget,
                (purpose, index) => new Rng(run.Seed, $"{run.Arm.Name}/{purpose}", index),
                _options.Workers,
                mayTest: false,
                study.IsSealed,
                events,
                Journal.Arms(study).First(a => a.Name == run.Name).Ended,
                needsScores: run.Arm.Role == ArmRole.Search && !_options.AllowRejected,
                sharedStream: (purpose, index) => new Rng(run.Seed, $"/{purpose}", index), // no arm's name is empty
                callWorkers: _options.CallWorkers,
                purse: _options.Purse);
            string? spent = null;
            try
            {
                await run.Arm.Optimizer.SearchAsync(search, cancellationToken).ConfigureAwait(false);
            }
            catch (BudgetSpentException e)
            {
                spent = e.Message;
            }

            search.RequireUse(isDone: spent is null);
            string how = spent ?? search.HowEnded;
            await search.FlushAsync().ConfigureAwait(false);
            await Journal.WriteAsync(t => t.Execute(
                "UPDATE arm SET ended = $how WHERE study = $study AND name = $name", ("$how", how), ("$study", study.Id), ("$name", run.Name))).ConfigureAwait(false);
            _searches[run.Name] = search;
            events.TryWrite(new ArmEnded(run.Name, how, search.Spent, search.Winner()?.Id));
            if (willBeJudged && study.Verdict is null)
            {
                RequireWinner(run); // before the controls are paid for
            }
        }
    }

    /// <summary>Takes hold of the study, and writes its row where it is new, or its larger budget where that has grown.</summary>
    private async Task<StoredStudy> BeginAsync()
    {
        if (_hold is not null)
        {
            return Journal.Find(Name)!;
        }

        await Journal.WriteAsync(t =>
        {
            t.Execute(
                "INSERT OR IGNORE INTO study (name, version, settings, created) VALUES ($name, $version, $settings, $created)",
                ("$name", Name),
                ("$version", Study.Version),
                ("$settings", _settings.ToJsonString()),
                ("$created", Journal.Clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)));
        }).ConfigureAwait(false);
        StudyHold hold = await StudyHold.TakeAsync(Journal, Journal.Find(Name)!.Id, Name).ConfigureAwait(false);
        try
        {
            StoredStudy study = Journal.Find(Name)!; // as it is now that nobody else can change it
            Refuse(study);
            Dictionary<string, Budget> budgets = Journal.Arms(study).ToDictionary(a => a.Name, a => a.Budget);
            await Journal.WriteAsync(t =>
            {
                t.Execute("UPDATE study SET settings = $settings WHERE id = $study AND settings <> $settings", ("$study", study.Id), ("$settings", _settings.ToJsonString())); // in other circumstances
                for (int i = 0; i < Runs.Length; i++)
                {
                    if (budgets.GetValueOrDefault(Runs[i].Name) == Runs[i].Arm.Budget)
                    {
                        continue;
                    }

                    // A budget that has grown takes the arm's stop away; its old effects stay a prefix.
                    t.Execute(
                        """
                        INSERT INTO arm (study, name, position, role, budget) VALUES ($study, $name, $position, $role, $budget)
                        ON CONFLICT (study, name) DO UPDATE SET budget = excluded.budget, ended = NULL
                        """,
                        ("$study", study.Id),
                        ("$name", Runs[i].Name),
                        ("$position", i),
                        ("$role", Runs[i].Arm.Role.ToString()),
                        ("$budget", JsonSerializer.Serialize(Runs[i].Arm.Budget, JournalJson.Default.Budget)));
                }
            }).ConfigureAwait(false);
            _options.Purse?.Count(Journal, study); // another process may have gone on meanwhile
            _hold = hold;
            return study;
        }
        catch
        {
            await hold.DisposeAsync().ConfigureAwait(false); // the same call refuses again, or goes on
            throw;
        }
    }

    /// <summary>Refuses to go on with a study that was begun with other settings.</summary>
    private void Refuse(StoredStudy? stored)
    {
        if (stored is null)
        {
            return;
        }

        if (stored.Settings["forgotten"] is { } date)
        {
            throw new InputException($"The texts of the study \"{Name}\" were erased on {date}, so it cannot go on; its numbers are kept. Run it under another name.") { WaysOn = WaysOn.AnotherName };
        }

        if (StudySettings.FirstDifference(stored.Settings, _settings) is { } difference)
        {
            // What a face describes has the names that its user wrote.
            string path = difference.Path.StartsWith("description.", StringComparison.Ordinal) ? difference.Path["description.".Length..] : difference.Path;
            throw new InputException(
                $"The study \"{Name}\" was begun with {path} {difference.Stored}; now it is {difference.Now}. "
                + (stored.IsSealed
                    ? "Put it back, or begin it again under another name: the same test items will then count as judged twice."
                    : "Put it back, or begin it again under another name; what was asked so far is then asked again."))
            { WaysOn = WaysOn.AnotherName };
        }

        Dictionary<string, StoredArm> arms = Journal.Arms(stored).ToDictionary(a => a.Name);
        foreach (ArmRun<T> run in Runs)
        {
            if (!arms.TryGetValue(run.Name, out StoredArm? arm) || arm.Budget == run.Arm.Budget)
            {
                continue;
            }

            string what = run.Arm.Budget.FirstDifference(arm.Budget);
            if (stored.IsSealed)
            {
                throw new InputException($"The study \"{Name}\" has been judged, so its search is over: {what} cannot change. To search on, begin it again under another name; the same test items will then count as judged twice.") { WaysOn = WaysOn.AnotherName };
            }

            if (run.Arm.Budget.Plateau != arm.Budget.Plateau)
            {
                throw new InputException($"The study \"{Name}\" was begun with another plateau: {(run.Arm.Budget with { MaxRollouts = null, MaxCalls = null, MaxTokens = null, MaxMoney = null, MaxTime = null }).FirstDifference(new() { Plateau = arm.Budget.Plateau })}. It says where a search turns from trying to choosing, so it cannot change; put it back, or begin the study again under another name.") { WaysOn = WaysOn.AnotherName };
            }

            if (!run.Arm.Budget.IsAtLeast(arm.Budget))
            {
                throw new InputException($"The study \"{Name}\" was begun with a larger budget: {what}. A budget can grow, not shrink; put it back, or begin the study again under another name.") { WaysOn = WaysOn.AnotherName };
            }
        }
    }
}

/// <summary>An arm under one seed.</summary>
internal sealed record ArmRun<T>(Arm<T> Arm, long Seed, string Name);
