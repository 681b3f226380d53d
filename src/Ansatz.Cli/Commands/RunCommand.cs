using System.CommandLine;
using System.Globalization;
using Ansatz.Cli.Screen;
using Ansatz.Cli.StudyFiles;
using Ansatz.Web;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz run: runs a study, or goes on with it, to its verdict and its report.</summary>
internal static class RunCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> file = new("FILE") { Description = "The study file." };
        Option<string> database = Shared.DatabaseOption();
        Option<bool> fork = new("--fork") { Description = "Begins the study again under a name of its own (reviews-2), or goes on with that." };
        Option<bool> dryRun = new("--dry-run") { Description = "Says what would be done and about how long it would take; spends and keeps nothing." };
        Option<bool> json = new("--json") { Description = "Writes one JSON object a line: the study's events." };
        Option<bool> skip = new("--skip-bad-rows") { Description = "Leaves bad rows of the data out instead of stopping at the first." };
        Option<bool> allow = new("--allow-rejected") { Description = "Goes on although every answer, or every reply of the proposer, was unusable so far." };
        Command command = new("run", "Runs a study, or goes on with it: search, controls, verdict, report.") { file, database, fork, dryRun, json, skip, allow };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new(
                surroundings,
                parsed.GetRequiredValue(file),
                parsed.GetRequiredValue(database),
                parsed.GetValue(fork),
                parsed.GetValue(json),
                parsed.GetValue(skip),
                parsed.GetValue(allow)),
            parsed.GetValue(dryRun),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(RunOptions options, bool isDry, CancellationToken cancellationToken)
    {
        Surroundings surroundings = options.Surroundings;
        string path = surroundings.FullPath(options.File), database = surroundings.FullPath(options.Database);
        ReadStudyFile read = StudyFileReader.Read(path, surroundings.Shown(path));
        SkipBadRows(read, options.SkipBadRows);
        string name = NameOf(read, path);
        EndpointRemarks remarks = new(options.IsJson ? surroundings with { Screen = null } : surroundings); // lines of JSON draw no screen
        using LoadedStudy loaded = await Task.Run(() => LoadedStudy.Load(read, Path.GetDirectoryName(path)!, surroundings.Endpoints, remarks.Open), CancellationToken.None)
            .WaitAsync(cancellationToken).ConfigureAwait(false); // code of the user's may run on: nobody waits for it
        foreach (string line in loaded.Remarks)
        {
            await surroundings.Error.WriteLineAsync(PlainText.Printable(line)).ConfigureAwait(false);
        }

        if (isDry)
        {
            StudyPlan plan;
            Task<StudyPlan> planning = Task.Run(() => loaded.PlanAsync(name, cancellationToken), CancellationToken.None);
            try
            {
                plan = await planning.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAny(planning, Task.Delay(2_000, CancellationToken.None)).ConfigureAwait(false); // time to delete what it rehearsed
                throw;
            }

            foreach (string line in options.IsJson ? [plan.Json.ToJsonString()] : plan.Lines.Select(PlainText.Printable))
            {
                await surroundings.Output.WriteLineAsync(line).ConfigureAwait(false);
            }

            return App.Done;
        }

        name = options.IsFork ? await ForkNameAsync(loaded, name, database, surroundings).ConfigureAwait(false) : name;
        OpenStudy study = loaded.Open(database, name, surroundings.Clock, options.AllowRejected);
        await using (study.ConfigureAwait(false))
        {
            RunView view = new(study.Header(options.Again()), surroundings.Clock);
            remarks.View = view;
            try
            {
                await FollowAsync(study.JudgingAsync(cancellationToken), view, options, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await surroundings.Error.WriteLineAsync($"Stopped. Everything so far is kept in {surroundings.Shown(database)}; the same command goes on: {options.Again()}").ConfigureAwait(false);
                return App.Interrupted;
            }
            catch (FaultException e)
            {
                throw new FaultException($"{e.Message}\nEverything so far is kept in {surroundings.Shown(database)}; the same command goes on: {options.Again()}", e);
            }

            string report = Path.Combine(Shared.RunFolder(surroundings, name), "report.html");
            ReportPage.Write(loaded.ReportOf(study.Journal, view.Verdict!, options.Again()), report);
            if (!options.IsJson)
            {
                await TellEndAsync(loaded, study, view, remarks, report, options).ConfigureAwait(false);
            }
        }

        return App.Done;
    }

    private static Task FollowAsync(IAsyncEnumerable<StudyEvent> events, RunView view, RunOptions options, CancellationToken cancellationToken) =>
        options.IsJson ? RunReaders.JsonAsync(events, view, options.Surroundings.Output, cancellationToken)
        : options.Surroundings.Screen is { } screen ? RunReaders.LiveAsync(events, view, screen, cancellationToken)
        : RunReaders.LinesAsync(events, view, options.Surroundings.Output, cancellationToken);

    private static async Task TellEndAsync(LoadedStudy loaded, OpenStudy study, RunView view, EndpointRemarks remarks, string report, RunOptions options)
    {
        Surroundings surroundings = options.Surroundings;
        TextWriter output = surroundings.Output;
        int width = Math.Min(surroundings.Width, 100);
        Verdict verdict = view.Verdict!;
        await output.WriteLineAsync().ConfigureAwait(false);
        await output.WriteLineAsync(VerdictText.Render(verdict, width)).ConfigureAwait(false);
        await output.WriteLineAsync().ConfigureAwait(false);
        foreach (string line in VerdictText.Wrap(PlainText.Printable(loaded.FoundInWords(study.Journal, verdict)), width))
        {
            await output.WriteLineAsync(line).ConfigureAwait(false);
        }

        TimeSpan computed = StoredBlock.Computed(study.Journal, study.Name);
        await output.WriteLineAsync().ConfigureAwait(false);
        foreach (string line in ((string?[])[VerdictText.Spent(verdict, computed), SavedInWords(view.Saved), remarks.Sum()])
            .OfType<string>().SelectMany(s => VerdictText.Wrap(PlainText.Printable(s), width)))
        {
            await output.WriteLineAsync(line).ConfigureAwait(false);
        }

        string[] words = Shared.DatabaseWords(surroundings, options.Database);
        await output.WriteLineAsync($"   report    {surroundings.Shown(report)}").ConfigureAwait(false);
        await output.WriteLineAsync($"   try it    {surroundings.CommandLine(["try", study.Name, .. words])}").ConfigureAwait(false);
        await output.WriteLineAsync($"   take it   {surroundings.CommandLine(["export", study.Name, .. words, "--as", "csharp"])}").ConfigureAwait(false);
    }

    // What the journal answered and nobody paid for again.
    private static string? SavedInWords(Cost saved) => saved.Calls == 0 ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"Of these, the journal answered {saved.Calls:N0} calls{(saved.Money > 0 ? $", {saved.Money:0.00##} of the money" : "")}: paid for in an earlier run, and not again in this one.");

    private static void SkipBadRows(ReadStudyFile read, bool isAsked)
    {
        if (isAsked)
        {
            (read.Study.Data ?? throw new InputException("--skip-bad-rows leaves out rows of data, and the inputs of a program are no rows.")).SkipBadRows = true;
        }
    }

    /// <summary>The name in the file; without one the file's name, or its folder's where the file is called study.json.</summary>
    private static string NameOf(ReadStudyFile read, string path)
    {
        if (read.Study.Name is { } name)
        {
            return StudyFile.IsName(name)
                ? name
                : throw read.Wrong("name", "name must be a text of 1 to 100 characters on one line, such as \"reviews\".");
        }

        string file = Path.GetFileNameWithoutExtension(path);
        return file.Equals("study", StringComparison.OrdinalIgnoreCase) && Path.GetFileName(Path.GetDirectoryName(path)) is { Length: > 0 } folder ? folder : file;
    }

    /// <summary>The first name-2, name-3, ... that is free, or that this very version began with these very settings.</summary>
    private static async Task<string> ForkNameAsync(LoadedStudy loaded, string name, string database, Surroundings surroundings)
    {
        string version = Study.Version;
        for (int n = 2; ; n++)
        {
            string fork = string.Create(CultureInfo.InvariantCulture, $"{name}-{n}");
            try
            {
                OpenStudy study = loaded.Open(database, fork, surroundings.Clock);
                await using (study.ConfigureAwait(false))
                {
                    if (study.Journal.Find(fork) is not { } begun || begun.Version == version)
                    {
                        return fork;
                    }
                }
            }
            catch (InputException) when (n < 1000)
            {
                // Begun with other settings: the next number.
            }
        }
    }
}

/// <summary>What run was told.</summary>
internal sealed record RunOptions(Surroundings Surroundings, string File, string Database, bool IsFork, bool IsJson, bool SkipBadRows, bool AllowRejected)
{
    /// <summary>The same command.</summary>
    public string Again() => Surroundings.CommandLine([
        "run", File,
        .. Shared.DatabaseWords(Surroundings, Database),
        .. IsFork ? (string[])["--fork"] : [],
        .. IsJson ? (string[])["--json"] : [],
        .. SkipBadRows ? (string[])["--skip-bad-rows"] : [],
        .. AllowRejected ? (string[])["--allow-rejected"] : [],
    ]);
}
