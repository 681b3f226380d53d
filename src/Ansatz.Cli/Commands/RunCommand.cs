using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Ansatz.Cli.Screen;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Prompts;

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
        Option<bool> allow = new("--allow-rejected") { Description = "Goes on although every answer was rejected so far." };
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
        read.Study.Data.SkipBadRows |= options.SkipBadRows;
        string name = NameOf(read, path);
        RetryRemarks retries = new(options.IsJson ? surroundings with { Screen = null } : surroundings); // lines of JSON draw no screen
        List<OpenAiEndpoint> opened = [];
        using PromptStudy prompt = PromptStudy.Load(read, Path.GetDirectoryName(path)!, surroundings.Endpoints, e =>
        {
            opened.Add(e);
            return e.Open(retries.Add, surroundings.Clock);
        });
        await SayOfDataAsync(prompt, surroundings).ConfigureAwait(false);
        foreach (string line in opened.Where(e => e.HasKey).Select(e => $"The key in {e.KeyFrom} goes to {e.Url.Authority}.").Distinct()) // the file may be somebody else's
        {
            await surroundings.Error.WriteLineAsync(PlainText.Printable(line)).ConfigureAwait(false);
        }

        if (isDry)
        {
            return await DryRun.TellAsync(prompt, name, options, cancellationToken).ConfigureAwait(false);
        }

        name = options.IsFork ? await ForkNameAsync(prompt, name, database, surroundings).ConfigureAwait(false) : name;
        Study<Prompt> study = prompt.Open(database, name, surroundings.Clock, options.AllowRejected);
        await using (study.ConfigureAwait(false))
        {
            RunView view = new(prompt.Header(study, options.Again()), surroundings.Clock);
            retries.View = view;
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
            PromptReport.Write(prompt, study.Journal, view.Verdict!, options.Again(), report);
            if (!options.IsJson)
            {
                await TellEndAsync(prompt, study, view, retries, report, options).ConfigureAwait(false);
            }
        }

        return App.Done;
    }

    private static Task FollowAsync(IAsyncEnumerable<StudyEvent> events, RunView view, RunOptions options, CancellationToken cancellationToken) =>
        options.IsJson ? RunReaders.JsonAsync(events, view, options.Surroundings.Output, cancellationToken)
        : options.Surroundings.Screen is { } screen ? RunReaders.LiveAsync(events, view, screen, cancellationToken)
        : RunReaders.LinesAsync(events, view, options.Surroundings.Output, cancellationToken);

    private static async Task TellEndAsync(PromptStudy prompt, Study<Prompt> study, RunView view, RetryRemarks retries, string report, RunOptions options)
    {
        Surroundings surroundings = options.Surroundings;
        TextWriter output = surroundings.Output;
        int width = Math.Min(surroundings.Width, 100);
        Verdict verdict = view.Verdict!;
        FoundPrompt found = FoundPrompt.Of(prompt, study.Journal, verdict);
        await output.WriteLineAsync().ConfigureAwait(false);
        await output.WriteLineAsync(VerdictText.Render(verdict, width)).ConfigureAwait(false);
        await output.WriteLineAsync().ConfigureAwait(false);
        foreach (string line in VerdictText.Wrap(PlainText.Printable(found.Sentence), width))
        {
            await output.WriteLineAsync(line).ConfigureAwait(false);
        }

        TimeSpan computed = FoundPrompt.Computed(study.Journal, study.Name);
        await output.WriteLineAsync().ConfigureAwait(false);
        foreach (string line in ((string?[])[VerdictText.Spent(verdict, computed), SavedInWords(view.Saved), retries.Sum()])
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

    private static async Task SayOfDataAsync(PromptStudy prompt, Surroundings surroundings)
    {
        int skipped = prompt.Data.Skipped.Length;
        if (skipped > 0)
        {
            await surroundings.Error.WriteLineAsync(PlainText.Printable(string.Create(
                CultureInfo.InvariantCulture, $"{skipped:N0} bad {PlainText.Plural(skipped, "row was", "rows were")} left out, the first of them: {prompt.Data.Skipped[0]}"))).ConfigureAwait(false);
        }
    }

    /// <summary>The name in the file; without one the file's name, or its folder's where the file is called study.json.</summary>
    private static string NameOf(ReadStudyFile read, string path)
    {
        if (read.Study.Name is { } name)
        {
            return name.Trim().Length > 0 && name.Length <= 100 && !name.Any(char.IsControl)
                ? name
                : throw read.Wrong("name", "name must be a text of 1 to 100 characters on one line, such as \"reviews\".");
        }

        string file = Path.GetFileNameWithoutExtension(path);
        return file.Equals("study", StringComparison.OrdinalIgnoreCase) && Path.GetFileName(Path.GetDirectoryName(path)) is { Length: > 0 } folder ? folder : file;
    }

    /// <summary>The first name-2, name-3, ... that is free, or that this very version began with these very settings.</summary>
    private static async Task<string> ForkNameAsync(PromptStudy prompt, string name, string database, Surroundings surroundings)
    {
        string version = typeof(Study).Assembly.GetName().Version!.ToString(3);
        for (int n = 2; ; n++)
        {
            string fork = string.Create(CultureInfo.InvariantCulture, $"{name}-{n}");
            try
            {
                Study<Prompt> study = prompt.Open(database, fork, surroundings.Clock);
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

/// <summary>What a run would do and cost.</summary>
internal static class DryRun
{
    private const int ProbeItems = 20;

    public static async Task<int> TellAsync(PromptStudy prompt, string name, RunOptions options, CancellationToken cancellationToken)
    {
        Surroundings surroundings = options.Surroundings;
        Arm<Prompt> search = new("found", ArmRole.Search, prompt.Optimizer(), prompt.Budget);
        IReadOnlyList<Arm<Prompt>> controls = prompt.Controls(search);
        long validation = prompt.Splits.Validation.Length, test = prompt.Splits.Test.Length;
        long controlled = controls.Sum(c => c.Optimizer switch { FixedFilling<Prompt> => validation, OneStep or SearchControl => prompt.MostRollouts, _ => 0 });
        long judged = (controls.Count + 1) * test;
        long all = prompt.MostRollouts + controlled + judged;
        List<Bill> bills = Bills(prompt, all);
        ModelFile? proposer = PromptStudy.HasProposer(prompt.File.Search.Use) ? prompt.File.Search.Proposer ?? prompt.File.Model : null;
        bool isProposerBilled = proposer is { IsEndpoint: true }, isFree = bills.Count == 0 && !isProposerBilled;
        double? rate = bills.Count == 0 ? await RateAsync(prompt, cancellationToken).ConfigureAwait(false) : null; // it asks the model and the grader: never one that is paid
        if (options.IsJson)
        {
            JsonObject plan = new()
            {
                ["study"] = name,
                ["train"] = prompt.Splits.Train.Length,
                ["validation"] = prompt.Splits.Validation.Length,
                ["test"] = prompt.Splits.Test.Length,
                ["searchRollouts"] = prompt.MostRollouts,
                ["controlRollouts"] = controlled,
                ["verdictRollouts"] = judged,
                ["seconds"] = rate is { } r ? Math.Round(all / r) : null,
                ["calls"] = bills.Count > 0 ? bills.Sum(b => b.Most.Calls) : null,
                ["tokensAtLeast"] = bills.Count > 0 ? bills.Sum(b => b.Least.InputTokens + b.Least.OutputTokens) : null,
                ["tokensAtMost"] = bills.Count > 0 ? bills.Sum(b => b.Most.InputTokens + b.Most.OutputTokens) : null,
                ["moneyAtLeast"] = bills.Count > 0 && bills.All(b => b.Most.UnpricedCalls == 0) ? bills.Sum(b => b.Least.Money) : null,
                ["moneyAtMost"] = bills.Count > 0 && bills.All(b => b.Most.UnpricedCalls == 0) ? bills.Sum(b => b.Most.Money) : null,
                ["proposerComesOnTop"] = isProposerBilled,
            };
            await surroundings.Output.WriteLineAsync(plan.ToJsonString()).ConfigureAwait(false);
            return App.Done;
        }

        foreach (string line in (string[])
        [
            $"{name}: {prompt.About}",
            $"model: {prompt.ModelInWords}, seed {prompt.File.Seed.ToString(CultureInfo.InvariantCulture)}",
            $"data: {prompt.DataInWords}",
            string.Create(CultureInfo.InvariantCulture, $"search: {prompt.File.Search.Candidates:N0} candidates, at most {prompt.MostRollouts:N0} rollouts"),
            string.Create(CultureInfo.InvariantCulture, $"controls: {prompt.ControlsInWords(controls)}: at most {controlled:N0} rollouts"),
            string.Create(CultureInfo.InvariantCulture, $"verdict: {judged:N0} rollouts"),
            .. bills.Count > 0 ? (string[])[] : [TimeInWords(all, rate) + (isFree ? "; cost: free" : "")],
            .. bills.Select(b => b.InWords),
            .. isProposerBilled ? (string[])[$"what its proposer is asked, {proposer!.Name} at {proposer.BaseUrl}, comes on top"] : [],
            "Nothing was spent or kept.",
        ])
        {
            await surroundings.Output.WriteLineAsync(PlainText.Printable(line)).ConfigureAwait(false);
        }

        return App.Done;
    }

    private static string TimeInWords(long rollouts, double? rate) => rate is { } perSecond
        ? string.Create(CultureInfo.InvariantCulture, $"time: about {VerdictText.Duration(TimeSpan.FromSeconds(rollouts / perSecond))} at {perSecond:0} rollouts a second on this machine")
        : "time: not known before the first run";

    // What so many rollouts cost, for each endpoint that they ask, at its own price: at least a token for four bytes and one a reply, at most a token a byte
    // and every reply at its limit.
    private static List<Bill> Bills(PromptStudy prompt, long rollouts)
    {
        StudyFile file = prompt.File;
        Prompt filling = prompt.Part.Draw(new Rng(file.Seed, "dry-run"));
        TextItem[] items = [.. prompt.Splits.Train.Take(ProbeItems)];
        Cost both = prompt.Objective.Solver.AtMost(filling, items), grading = items.Aggregate(Cost.Zero, (sum, item) => sum + prompt.Scorer.AtMost(item));
        List<Bill> bills = [];
        if (file.Model.IsEndpoint)
        {
            long input = both.InputTokens - grading.InputTokens;
            bills.Add(Of("", file.Model, input / 4, input, both.OutputTokens - grading.OutputTokens));
        }

        if (prompt.Scorer is GradedScorer scorer && file.Scorer.Grader is { IsEndpoint: true } grader)
        {
            bills.Add(Of("its grader ", grader, items.Sum(i => (long)scorer.PromptFor("", i).Length) / 4, grading.InputTokens, grading.OutputTokens));
        }

        return bills;

        Bill Of(string role, ModelFile model, long leastInput, long mostInput, long mostOutput)
        {
            Price price = PromptStudy.PriceOf(file, model);
            return new($"{role}{model.Name} at {model.BaseUrl}", Times(price.Of(leastInput / items.Length, 1)), Times(price.Of(mostInput / items.Length, mostOutput / items.Length)));
        }

        Cost Times(Cost one) => new()
        {
            Calls = rollouts,
            InputTokens = rollouts * one.InputTokens,
            OutputTokens = rollouts * one.OutputTokens,
            Money = rollouts * one.Money,
            UnpricedCalls = rollouts * one.UnpricedCalls,
        };
    }

    // A few items under a filling that nobody chose: computed here, not kept.
    private static async Task<double?> RateAsync(PromptStudy prompt, CancellationToken cancellationToken)
    {
        Prompt filling = prompt.Part.Draw(new Rng(prompt.File.Seed, "dry-run"));
        TextItem[] items = [.. prompt.Part.Scorable(filling).Take(ProbeItems).Select(i => prompt.Splits.Train[i])];
        if (items.Length == 0)
        {
            return null;
        }

        long start = TimeProvider.System.GetTimestamp();
        await prompt.Objective.Solver.EvaluateAsync(filling, items, Replies.None, cancellationToken).ConfigureAwait(false);
        return items.Length / Math.Max(1e-3, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
    }
}

/// <summary>What one endpoint may be asked, and bill.</summary>
internal sealed record Bill(string Who, Cost Least, Cost Most)
{
    /// <summary>The same in a line.</summary>
    public string InWords
    {
        get
        {
            string money = Most.UnpricedCalls > 0
                ? "their price is not known; say it under \"prices\""
                : string.Create(CultureInfo.InvariantCulture, $"{Least.Money:0.00##} to {Most.Money:0.00##} of money");
            return string.Create(
                CultureInfo.InvariantCulture,
                $"calls: at most {Most.Calls:N0} of {Who}: {Least.InputTokens + Least.OutputTokens:N0} to {Most.InputTokens + Most.OutputTokens:N0} tokens, {money}");
        }
    }
}
