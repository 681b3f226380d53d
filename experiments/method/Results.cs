using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ansatz.Experiments.Method;

/// <summary>The raw results of one task: a file of JSON lines, one verdict a seed.</summary>
internal sealed class Results
{
    private readonly string _path;
    private readonly SortedDictionary<int, Verdict> _bySeed = [];

    public Results(string path)
    {
        _path = path;
        if (File.Exists(path))
        {
            foreach (string line in File.ReadLines(path))
            {
                SeedVerdict result = JsonSerializer.Deserialize(line, ResultsJson.Default.SeedVerdict)!;
                _bySeed.Add(result.Seed, result.Verdict);
            }
        }
    }

    public IReadOnlyDictionary<int, Verdict> BySeed => _bySeed;

    public bool Has(int seed) => _bySeed.ContainsKey(seed);

    public void Add(int seed, Verdict verdict)
    {
        _bySeed.Add(seed, verdict);
        File.WriteAllLines(_path + ".new", _bySeed.Select(r => JsonSerializer.Serialize(new(r.Key, r.Value), ResultsJson.Default.SeedVerdict)));
        File.Move(_path + ".new", _path, overwrite: true);
    }
}

internal sealed record SeedVerdict(int Seed, Verdict Verdict);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(SeedVerdict))]
internal sealed partial class ResultsJson : JsonSerializerContext;
