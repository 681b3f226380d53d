using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Ansatz.Cli.Screen;
using Ansatz.Cli.StudyFiles;
using Ansatz.Prompts;

namespace Ansatz.Cli;

/// <summary>A series file made real: a study for each search and seed, all with the same test items; the studies of one seed share train and validation items, too. Or a study for each search and task.</summary>
/// <remarks>The first search's studies have all controls; those of the others have yours and their own, since the rest would only be measured again.</remarks>
internal sealed class SeriesRun : IDisposable
{
    private readonly Surroundings _surroundings;
    private const int UsualSeeds = 10;

    private readonly string _database;
    private readonly string _path; // of the series file
    private readonly SeriesFile _file;
    private readonly JsonText _text; // what it was read from
    private readonly Member[] _members;
    private readonly EndpointRemarks _remarks;
    private readonly Purse? _purse; // one for all members
    private bool _isPipeline;
    private LoadedStudy? _open; // the member whose turn it is: one model at a time

    private SeriesRun(Surroundings surroundings, string database, string name, string path, SeriesFile file, JsonText text, Member[] members)
    {
        (_surroundings, _database, Name, _path, _file, _text, _members) = (surroundings, database, name, path, file, text, members);
        _remarks = new(surroundings with { Screen = null }); // nothing is redrawn here
        _purse = file.Money is { } money ? new(money) : null;
    }

    /// <summary>The series' name.</summary>
    public string Name { get; }

    /// <summary>The names of the searches, the one in question first.</summary>
    public IEnumerable<string> Searches => _file.Searches.Keys;

    /// <summary>Reads a series and checks all its searches; nothing is spent.</summary>
    /// <exception cref="InputException">Something does not fit; the message says where.</exception>
    public static SeriesRun Read(Surroundings surroundings, string file, string database)
    {
        string path = surroundings.FullPath(file);
        (SeriesFile series, JsonText text) = StudyFileReader.ReadSeries(path, surroundings.Shown(path));
        if (series.Searches.Count == 0)
        {
            throw new InputException($"{surroundings.Shown(path)}: searches is empty; it must hold at least one, such as {{ \"few-shot\": {{ \"use\": \"few-shot-search\" }} }}.");
        }

        if (series.Searches.Keys.FirstOrDefault(n => n.Length == 0 || n.AsSpan().ContainsAny(":/") || n is "yours" or PromptPart.NoInstruction or PipelinePart.NoInstructions or "majority class") is { } taken)
        {
            throw new InputException($"{surroundings.Shown(path)}: a search cannot be called \"{PlainText.Printable(taken)}\"; give it a name of its own, without \":\" and \"/\".");
        }

        if (series.Name is { } own && !StudyFile.IsName(own))
        {
            throw new InputException($"{surroundings.Shown(path)}: name must be a text of 1 to 100 characters on one line, such as \"methods\".");
        }

        Member[] members = MembersOf(series, path, surroundings);
        if (series.Searches.FirstOrDefault(s => s.Value.Use == OptimizerFile.FunSearch) is { Key: { } ofPrograms })
        {
            throw new InputException($"{surroundings.Shown(path)}: the search \"{PlainText.Printable(ofPrograms)}\" is fun-search, and a series compares searches of prompts.");
        }

        SeriesRun run = new(surroundings, surroundings.FullPath(database), series.Name ?? Path.GetFileNameWithoutExtension(path), path, series, text, members);
        Scale? scale = null;
        foreach ((Member member, string search) in run.Distinct.SelectMany(m => run.Searches.Select(s => (m, s))))
        {
            try
            {
                using LoadedStudy first = run.Load(search, member);
                if (scale is not null && (first.Scale != scale || first is PipelineStudy != run._isPipeline))
                {
                    throw new InputException($"{surroundings.Shown(member.StudyPath)} is a study of another kind than {surroundings.Shown(members[0].StudyPath)}: its scores, or its open part, are others, so that no mean can be taken over the two.");
                }

                (scale, run._isPipeline) = (first.Scale, first is PipelineStudy);
            }
            catch (InputException e) when (!e.Message.StartsWith($"{surroundings.Shown(path)}(", StringComparison.Ordinal))
            {
                throw new InputException($"{surroundings.Shown(path)}, search \"{search}\": {e.Message}", e);
            }
        }

        return run;
    }

    // The seeds of one study, or one of each of several.
    private static Member[] MembersOf(SeriesFile series, string path, Surroundings surroundings)
    {
        string shown = surroundings.Shown(path), folder = Path.GetDirectoryName(path)!;
        if ((series.Study is null) == (series.Studies is null))
        {
            throw new InputException($"{shown}: {(series.Study is null ? "study is missing; it must be given, such as \"study.json\", or else \"studies\", a list" : "there are both study and studies; keep one of them")}.");
        }

        if (series.Studies is null)
        {
            int seeds = series.Seeds ?? UsualSeeds;
            return [.. Enumerable.Range(1, seeds).Select(seed => new Member(Path.GetFullPath(series.Study!, folder), seed.ToString(CultureInfo.InvariantCulture), seed, seeds))];
        }

        Member[] tasks = [.. series.Studies.Select(s => new Member(Path.GetFullPath(s, folder), Path.GetFileNameWithoutExtension(s), null, 1))];
        return series.Seeds is not null ? throw new InputException($"{shown}: seeds belongs to a single study, and there are studies, each of which is run once; leave it out.")
            : tasks.Length < 2 ? throw new InputException($"{shown}: studies has {tasks.Length} of the two that a series needs at least; for seeds of one take study.")
            : tasks.Select(t => t.Name).Distinct(StringComparer.Ordinal).Count() < tasks.Length ? throw new InputException($"{shown}: two of the studies have the same file name, by which they are told apart; rename one.")
            : tasks;
    }

    /// <summary>What the series would do and cost: each search's study of the first seed, times the seeds; or of each task. Spends as little as it can, and keeps nothing.</summary>
    public async Task<StudyPlan> PlanAsync(CancellationToken cancellationToken)
    {
        List<string> lines = [];
        JsonArray plans = [];
        foreach ((Member member, string search) in Distinct.SelectMany(m => Searches.Select(s => (m, s))))
        {
            using LoadedStudy study = Load(search, member);
            StudyPlan plan = await study.PlanAsync(member.Seed is null ? $"{member.Name}, {search}" : search, cancellationToken).ConfigureAwait(false);
            lines.AddRange(plan.Lines.SkipLast(1).Append("")); // that nothing was spent is said at the end
            plans.Add(plan.Json);
        }

        JsonObject json = new() { ["series"] = Name, [_members[0].Seed is null ? "studies" : "seeds"] = _members.Length, ["searches"] = plans };
        json["rollouts"] = Sum("searchRollouts") + Sum("controlRollouts") + Sum("verdictRollouts");
        foreach (string sum in (string[])["seconds", "calls", "tokensLow", "tokensHigh", "moneyLow", "moneyHigh"])
        {
            json[sum] = plans.Any(p => p![sum] is null) ? null : Sum(sum);
        }

        string time = json["seconds"] is { } seconds ? $", about {VerdictText.Duration(TimeSpan.FromSeconds((double)seconds.GetValue<decimal>()))}" : "";
        string cost = json["calls"] is { } calls
            ? string.Create(CultureInfo.InvariantCulture, $", {calls.GetValue<decimal>():N0} calls, {json["tokensLow"]!.GetValue<decimal>():N0} to {json["tokensHigh"]!.GetValue<decimal>():N0} tokens, ")
                + (json["moneyHigh"] is { } money ? string.Create(CultureInfo.InvariantCulture, $"{json["moneyLow"]!.GetValue<decimal>():0.00##} to {money.GetValue<decimal>():0.00##} of money") : "at a price that is not known")
            : "";
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Name}: {_members.Length:N0} studies for each of {_file.Searches.Count:N0} {PlainText.Plural(_file.Searches.Count, "search", "searches")}, at most {json["rollouts"]!.GetValue<decimal>():N0} rollouts{time}{cost}"));
        if (_purse is not null)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"money: {_purse.Most:0.00##} for all of them together; the series pauses where that does not cover its next step"));
        }

        lines.Add("Nothing was spent or kept.");
        return new(lines, json);

        decimal Sum(string field) => _members.Length / Distinct.Count() * plans.Sum(p => decimal.Parse(p![field]!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture)); // whatever type the number was made of
    }

    /// <summary>Runs the study of each seed, or task, and search.</summary>
    public async IAsyncEnumerable<SeriesEvent> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CountSpentAsync().ConfigureAwait(false);
        await foreach (SeriesEvent happened in (_isPipeline ? Series.RunAsync(Members<Pipeline>(), cancellationToken) : Series.RunAsync(Members<Prompt>(), cancellationToken)).ConfigureAwait(false))
        {
            yield return happened;
        }
    }

    /// <summary>The verdict over all seeds or tasks, each search under its own name and its control beside it.</summary>
    /// <param name="verdicts">One a member, in order.</param>
    public SeriesVerdict Judge(IReadOnlyList<Verdict> verdicts)
    {
        bool isOneKind = verdicts.Select(v => v.Noun).Distinct(StringComparer.Ordinal).Count() == 1;
        return SeriesVerdict.Of([.. verdicts.Chunk(_file.Searches.Count).Select(Merged).Select(v => isOneKind ? v : v with { Noun = "items" })]);
    }

    /// <inheritdoc />
    public void Dispose() => _open?.Dispose();

    private Verdict Merged(Verdict[] ofOne, int index)
    {
        string[] names = [.. Searches];
        return ofOne[0] with
        {
            Study = string.Create(CultureInfo.InvariantCulture, $"{Name}/{_members[index].Name}"),
            JudgedBefore = ofOne.Max(v => v.JudgedBefore),
            Rows = [.. ofOne.SelectMany((verdict, k) => verdict.Rows
                .Where(row => k == 0 || row.Role == ArmRole.Search || (row.Role == ArmRole.Control && !row.IsBaseline))
                .Select(row => row.Role switch
                {
                    ArmRole.Search => row with { Name = names[k], Role = k == 0 ? ArmRole.Search : ArmRole.Control },
                    ArmRole.Control when !row.IsBaseline && row.Name is not (PromptPart.NoInstruction or PipelinePart.NoInstructions) => row with { Name = $"{names[k]}: {row.Name}" },
                    _ => row,
                }))],
        };
    }

    // What earlier runs took for members whose turn comes later is spent, too.
    private async Task CountSpentAsync()
    {
        if (_purse is null || new FileInfo(_database) is not { Exists: true, Length: > 0 })
        {
            return;
        }

        Journal journal = Journal.OpenToRead(_database, _surroundings.Clock);
        await using (journal.ConfigureAwait(false))
        {
            foreach (string name in _members.SelectMany(member => Searches.Select(search => NameOf(search, member))))
            {
                if (journal.Find(name) is { } stored)
                {
                    _purse.Count(journal, stored);
                }
            }
        }
    }

    private string NameOf(string search, Member member) => $"{Name}/{search}/{member.Name}";

    // By seed or task, then by search.
    private Func<Study<T>>[] Members<T>() => [.. _members.SelectMany(member => Searches.Select(search => (Func<Study<T>>)(() => Open<T>(search, member))))];

    // Those that differ in more than their items.
    private IEnumerable<Member> Distinct => _members.DistinctBy(m => m.StudyPath, StringComparer.Ordinal);

    private Study<T> Open<T>(string search, Member member)
    {
        _open?.Dispose();
        _open = Load(search, member);
        return ((LoadedStudy<T>)_open).OpenStudy(_database, NameOf(search, member), _surroundings.Clock);
    }

    private LoadedStudy Load(string search, Member member)
    {
        ReadStudyFile read = StudyFileReader.Read(member.StudyPath, _surroundings.Shown(member.StudyPath));
        StudyFile study = read.Study;
        if (study.Program is not null)
        {
            throw read.Wrong("program", "a series compares searches of prompts, and this study has a program.");
        }

        DataFile data = study.Data!;
        SearchFile how = _file.Searches[search];
        string folder = Path.GetDirectoryName(member.StudyPath)!;
        study.Search = how with
        {
            Rollouts = how.Rollouts ?? _file.Rollouts,
            Proposer = how.Proposer is { File: { } model } proposer ? proposer with { File = Path.GetRelativePath(folder, Path.GetFullPath(model, Path.GetDirectoryName(_path)!)) } : how.Proposer,
        };
        if (study.Money is not null)
        {
            throw read.Wrong("money", "money is for this study alone; in a series the series file says what all members may spend together, so leave it out here.");
        }

        study.Money = _file.Money;
        read = read with { InSeries = (_text, search, _surroundings.Shown(_path)) };
        StudyFileKinds.Check(read);
        study.Series = Name;
        study.Seed += (member.Seed ?? 1) - 1;
        study.Controls = search == Searches.First() || study.Controls == ControlsFile.Yours ? study.Controls : ControlsFile.Search;
        if (data.Split is null && member.Seed is not null)
        {
            throw read.Wrong("data", "data.split is missing; a series needs it, so that all its studies have the same test items, such as \"split\": { \"train\": 40, \"validation\": 80, \"test\": 300 }.");
        }

        if (member.Seed is { } set)
        {
            (data.Split!.Sets, data.Split.Set) = (member.Of, set);
        }

        LoadedStudy loaded = LoadedStudy.Load(read, folder, _surroundings.Endpoints, _remarks.Open);
        loaded.SharedPurse = _purse;
        return loaded;
    }

    /// <summary>What every search is run on.</summary>
    /// <param name="StudyPath">The study file.</param>
    /// <param name="Name">What tells it from the others.</param>
    /// <param name="Seed">Which seed of the study; none where it is one of several studies.</param>
    /// <param name="Of">How many there are of the study.</param>
    private sealed record Member(string StudyPath, string Name, int? Seed, int Of);
}
