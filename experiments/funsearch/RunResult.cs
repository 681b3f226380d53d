using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ansatz.Experiments.ProgramSearch;

/// <summary>One study of the experiment: a line of a results file.</summary>
/// <param name="Task">What was searched: "weibull".</param>
/// <param name="Variant">With what settings: "default".</param>
/// <param name="Seed">With what seed.</param>
/// <param name="Scores">By arm, the score of its winner on the test inputs; on the train inputs where there are no others; minus infinity where it fails on one.</param>
/// <param name="Curves">By arm, the best train score after 1/32, 2/32 ... of its evaluations.</param>
/// <param name="Programs">By arm, its winner.</param>
/// <param name="Figures">Whatever else was measured, by name.</param>
internal sealed record RunResult(
    string Task,
    string Variant,
    int Seed,
    ImmutableSortedDictionary<string, double> Scores,
    ImmutableSortedDictionary<string, ImmutableArray<double>> Curves,
    ImmutableSortedDictionary<string, string> Programs,
    ImmutableSortedDictionary<string, double> Figures)
{
    /// <summary>Of all that the search scored, what no smaller program beats on the train inputs; the smallest first. None where it was not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<FrontProgram> Front { get; init; }
}

/// <summary>A program of the front of score and size.</summary>
/// <param name="Size">Characters of its body, without white space.</param>
/// <param name="Train">Its mean score on the train inputs, by which it is here.</param>
/// <param name="Test">On the test inputs; none where it fails on one.</param>
/// <param name="Program">Its text.</param>
internal sealed record FrontProgram(int Size, double Train, double? Test, string Program);

/// <summary>The raw results: a file of JSON lines a task.</summary>
internal sealed class Results(string folder)
{
    private readonly Dictionary<string, List<RunResult>> _tasks = [];

    public IReadOnlyList<RunResult> Of(string task)
    {
        if (!_tasks.TryGetValue(task, out List<RunResult>? results))
        {
            string path = PathOf(task);
            string text = File.Exists(path) ? File.ReadAllText(path) : "";
            int whole = text.LastIndexOf('\n') + 1;
            if (whole < text.Length)
            {
                File.WriteAllText(path, text[..whole]); // what a run that was killed left of a line
            }

            results = [.. text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize(l, RunResultJson.Default.RunResult)!)];
            _tasks.Add(task, results);
        }

        return results;
    }

    public bool Has(string task, string variant, int seed) => Of(task).Any(r => r.Variant == variant && r.Seed == seed);

    public void Add(RunResult result)
    {
        Of(result.Task);
        _tasks[result.Task].Add(result);
        Directory.CreateDirectory(folder);
        File.AppendAllText(PathOf(result.Task), JsonSerializer.Serialize(result, RunResultJson.Default.RunResult) + "\n");
    }

    /// <summary>The results of a folder within this one.</summary>
    public Results Within(string name) => new(Path.Combine(folder, name));

    private string PathOf(string task) => Path.Combine(folder, $"{task}.jsonl");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunResult))]
internal sealed partial class RunResultJson : JsonSerializerContext;
