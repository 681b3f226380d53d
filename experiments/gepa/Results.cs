using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ansatz.Experiments.Reflective;

/// <summary>The raw results: a file of JSON lines, one a run.</summary>
internal sealed class Results
{
    private readonly string _path;
    private readonly List<Result> _all = [];

    public Results(string path)
    {
        _path = path;
        if (File.Exists(path))
        {
            _all.AddRange(File.ReadLines(path).Select(line => JsonSerializer.Deserialize(line, ResultJson.Default.Result)!));
        }
    }

    public bool Has(string world, string arm, int seed) => _all.Any(r => r.World == world && r.Arm == arm && r.Seed == seed);

    /// <summary>The runs of an arm in a world, by seed.</summary>
    public Result[] Of(string world, string arm) => [.. _all.Where(r => r.World == world && r.Arm == arm).OrderBy(r => r.Seed)];

    public void Add(Result result)
    {
        _all.Add(result);
        File.AppendAllText(_path, JsonSerializer.Serialize(result, ResultJson.Default.Result) + "\n");
    }
}

/// <summary>One run.</summary>
/// <param name="World">How much an instruction holds.</param>
/// <param name="Arm">The search.</param>
/// <param name="Seed">Which rules, items and chance.</param>
/// <param name="Test">The winner's share of right test items.</param>
/// <param name="Validation">Its share of right validation items.</param>
/// <param name="Rollouts">Spent by the search.</param>
/// <param name="Calls">Model calls spent by the search.</param>
/// <param name="Completed">Candidates that were run on all validation items.</param>
/// <param name="Spread">Share of validation items on which two of them differ, over all pairs.</param>
/// <param name="MergeGains">For each accepted merge, its test share minus that of the parent that is better on validation.</param>
internal sealed record Result(
    string World, string Arm, int Seed, double Test, double Validation, long Rollouts, long Calls, int Completed, double? Spread, ImmutableArray<double> MergeGains);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Result))]
internal sealed partial class ResultJson : JsonSerializerContext;
