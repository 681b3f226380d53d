using System.Globalization;
using System.Text.Json.Nodes;
using Ansatz.Cli.Screen;
using Ansatz.Cli.StudyFiles;
using Ansatz.Prompts;

namespace Ansatz.Cli;

/// <summary>A series file made real: a study for each search and seed, all with the same test items; the studies of one seed share train and validation items, too.</summary>
/// <remarks>The first search's studies have all controls; those of the others have yours and their own, since the rest would only be measured again.</remarks>
internal sealed class SeriesRun : IDisposable
{
    private readonly Surroundings _surroundings;
    private readonly string _database, _studyPath;
    private readonly SeriesFile _file;
    private readonly EndpointRemarks _remarks;
    private bool _isPipeline;
    private LoadedStudy? _open; // the member whose turn it is: one model at a time

    private SeriesRun(Surroundings surroundings, string database, string name, SeriesFile file, string studyPath)
    {
        (_surroundings, _database, Name, _file, _studyPath) = (surroundings, database, name, file, studyPath);
        _remarks = new(surroundings with { Screen = null }); // nothing is redrawn here
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
        SeriesFile series = StudyFileReader.ReadSeries(path, surroundings.Shown(path));
        if (series.Searches.Count == 0)
        {
            throw new InputException($"{surroundings.Shown(path)}: searches is empty; it must hold at least one, such as {{ \"few-shot\": {{ \"use\": \"few-shot-search\" }} }}.");
        }

        if (series.Searches.Keys.FirstOrDefault(n => n.Length == 0 || n.AsSpan().ContainsAny(":/") || n is "yours" or PromptPart.NoInstruction or PipelinePart.NoInstructions or "majority class") is { } taken)
        {
            throw new InputException($"{surroundings.Shown(path)}: a search cannot be called \"{PlainText.Printable(taken)}\"; give it a name of its own, without \":\" and \"/\".");
        }

        string studyPath = Path.GetFullPath(series.Study, Path.GetDirectoryName(path)!);
        if (series.Searches.FirstOrDefault(s => s.Value.Use == OptimizerFile.FunSearch) is { Key: { } ofPrograms })
        {
            throw new InputException($"{surroundings.Shown(path)}: the search \"{PlainText.Printable(ofPrograms)}\" is fun-search, and a series compares searches of prompts.");
        }

        SeriesRun run = new(surroundings, surroundings.FullPath(database), series.Name ?? Path.GetFileNameWithoutExtension(path), series, studyPath);
        foreach (string search in run.Searches)
        {
            try
            {
                using LoadedStudy first = run.Load(search, 1);
                run._isPipeline = first is PipelineStudy;
            }
            catch (InputException e)
            {
                throw new InputException($"{surroundings.Shown(path)}, search \"{search}\": {e.Message}", e);
            }
        }

        return run;
    }

    /// <summary>What the series would do and cost: each search's study of the first seed, times the seeds. Spends as little as it can, and keeps nothing.</summary>
    public async Task<StudyPlan> PlanAsync(CancellationToken cancellationToken)
    {
        List<string> lines = [];
        JsonArray plans = [];
        foreach (string search in Searches)
        {
            using LoadedStudy study = Load(search, 1);
            StudyPlan plan = await study.PlanAsync(search, cancellationToken).ConfigureAwait(false);
            lines.AddRange(plan.Lines.SkipLast(1).Append("")); // that nothing was spent is said at the end
            plans.Add(plan.Json);
        }

        JsonObject json = new() { ["series"] = Name, ["seeds"] = _file.Seeds, ["searches"] = plans };
        json["rollouts"] = Sum("searchRollouts") + Sum("controlRollouts") + Sum("verdictRollouts");
        foreach (string sum in (string[])["seconds", "calls", "tokensAtLeast", "tokensAtMost", "moneyAtLeast", "moneyAtMost"])
        {
            json[sum] = plans.Any(p => p![sum] is null) ? null : Sum(sum);
        }

        string time = json["seconds"] is { } seconds ? $", about {VerdictText.Duration(TimeSpan.FromSeconds((double)seconds.GetValue<decimal>()))}" : "";
        string cost = json["calls"] is { } calls
            ? string.Create(CultureInfo.InvariantCulture, $", {calls.GetValue<decimal>():N0} calls, {json["tokensAtLeast"]!.GetValue<decimal>():N0} to {json["tokensAtMost"]!.GetValue<decimal>():N0} tokens, ")
                + (json["moneyAtMost"] is { } money ? string.Create(CultureInfo.InvariantCulture, $"{json["moneyAtLeast"]!.GetValue<decimal>():0.00##} to {money.GetValue<decimal>():0.00##} of money") : "at a price that is not known")
            : "";
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Name}: {_file.Seeds:N0} studies for each of {_file.Searches.Count:N0} {PlainText.Plural(_file.Searches.Count, "search", "searches")}, at most {json["rollouts"]!.GetValue<decimal>():N0} rollouts{time}{cost}"));
        lines.Add("Nothing was spent or kept.");
        return new(lines, json);

        decimal Sum(string field) => _file.Seeds * plans.Sum(p => decimal.Parse(p![field]!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture)); // whatever type the number was made of
    }

    /// <summary>Runs the study of each seed and search.</summary>
    public IAsyncEnumerable<SeriesEvent> RunAsync(CancellationToken cancellationToken) =>
        _isPipeline ? Series.RunAsync(Members<Pipeline>(), cancellationToken) : Series.RunAsync(Members<Prompt>(), cancellationToken);

    /// <summary>The verdict over all seeds, each search under its own name and its control beside it.</summary>
    /// <param name="verdicts">One a member, in order.</param>
    public SeriesVerdict Judge(IReadOnlyList<Verdict> verdicts) => SeriesVerdict.Of([.. verdicts.Chunk(_file.Searches.Count).Select(Merged)]);

    /// <inheritdoc />
    public void Dispose() => _open?.Dispose();

    private Verdict Merged(Verdict[] ofOneSeed, int seed)
    {
        string[] names = [.. Searches];
        return ofOneSeed[0] with
        {
            Study = string.Create(CultureInfo.InvariantCulture, $"{Name}/{seed + 1}"),
            JudgedBefore = ofOneSeed.Max(v => v.JudgedBefore),
            Rows = [.. ofOneSeed.SelectMany((verdict, k) => verdict.Rows
                .Where(row => k == 0 || row.Role == ArmRole.Search || (row.Role == ArmRole.Control && !row.IsBaseline))
                .Select(row => row.Role switch
                {
                    ArmRole.Search => row with { Name = names[k], Role = k == 0 ? ArmRole.Search : ArmRole.Control },
                    ArmRole.Control when !row.IsBaseline && row.Name is not (PromptPart.NoInstruction or PipelinePart.NoInstructions) => row with { Name = $"{names[k]}: {row.Name}" },
                    _ => row,
                }))],
        };
    }

    // By seed, then by search.
    private Func<Study<T>>[] Members<T>() => [.. Enumerable.Range(1, _file.Seeds).SelectMany(seed => Searches.Select(search => (Func<Study<T>>)(() => Open<T>(search, seed))))];

    private Study<T> Open<T>(string search, int seed)
    {
        _open?.Dispose();
        _open = Load(search, seed);
        return ((LoadedStudy<T>)_open).OpenStudy(_database, string.Create(CultureInfo.InvariantCulture, $"{Name}/{search}/{seed}"), _surroundings.Clock);
    }

    private LoadedStudy Load(string search, int seed)
    {
        ReadStudyFile read = StudyFileReader.Read(_studyPath, _surroundings.Shown(_studyPath));
        StudyFile study = read.Study;
        if (study.Program is not null)
        {
            throw read.Wrong("program", "a series compares searches of prompts, and this study has a program.");
        }

        DataFile data = study.Data!;
        SearchFile how = _file.Searches[search];
        study.Search = how with { Rollouts = how.Rollouts ?? _file.Rollouts };
        study.Series = Name;
        study.Seed += seed - 1;
        study.Controls = search == Searches.First() || study.Controls == ControlsFile.Yours ? study.Controls : ControlsFile.Search;
        if (data.Split is null)
        {
            throw read.Wrong("data", "data.split is missing; a series needs it, so that all its studies have the same test items, such as \"split\": { \"train\": 40, \"validation\": 80, \"test\": 300 }.");
        }

        (data.Split.Sets, data.Split.Set) = (_file.Seeds, seed);
        return LoadedStudy.Load(read, Path.GetDirectoryName(_studyPath)!, _surroundings.Endpoints, _remarks.Open);
    }
}
