using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ansatz.Experiments.Tasks;

/// <summary>The raw results of one task: a file of JSON lines, one verdict a seed.</summary>
public sealed class SeedVerdicts
{
    private readonly string _path;
    private readonly SortedDictionary<int, SeedVerdict> _bySeed = [];

    /// <summary>The results of a file; none yet where there is none.</summary>
    public SeedVerdicts(string path)
    {
        _path = path;
        if (File.Exists(path))
        {
            foreach (string line in File.ReadLines(path))
            {
                SeedVerdict result = JsonSerializer.Deserialize(line, SeedVerdictsJson.Default.SeedVerdict)!;
                _bySeed.Add(result.Seed, result);
            }
        }
    }

    /// <summary>What has been measured.</summary>
    public IReadOnlyDictionary<int, SeedVerdict> BySeed => _bySeed;

    /// <summary>Keeps a result; the file is whole at any time.</summary>
    public void Add(SeedVerdict result)
    {
        ArgumentNullException.ThrowIfNull(result);
        _bySeed.Add(result.Seed, result);
        File.WriteAllLines(_path + ".new", _bySeed.Values.Select(r => JsonSerializer.Serialize(r, SeedVerdictsJson.Default.SeedVerdict)));
        File.Move(_path + ".new", _path, overwrite: true);
    }
}

/// <summary>A line of such a file.</summary>
/// <param name="Seed">From 1.</param>
/// <param name="Verdict">What the judge said.</param>
/// <param name="Arms">What became of its arms; none where nobody asked.</param>
/// <param name="Elsewhere">What its instructions gave on another task; none where nobody tried.</param>
public sealed record SeedVerdict(int Seed, Verdict Verdict, ImmutableArray<ArmCount>? Arms = null, ImmutableArray<Moved>? Elsewhere = null);

/// <summary>An arm when it ended.</summary>
/// <param name="Arm">Its name.</param>
/// <param name="Ended">"done", or where its budget stopped it.</param>
/// <param name="Candidates">How many different prompts it scored.</param>
/// <param name="Calls">How many replies of its proposer it got.</param>
public sealed record ArmCount(string Arm, string Ended, int Candidates, int Calls);

/// <summary>An instruction in the prompt of another task.</summary>
/// <param name="Arm">Whose it is.</param>
/// <param name="Instruction">The instruction.</param>
/// <param name="Home">Its mean on the validation items that chose it.</param>
/// <param name="Score">Its mean on as many of the other task's validation items.</param>
public sealed record Moved(string Arm, string Instruction, double Home, double Score);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(SeedVerdict))]
internal sealed partial class SeedVerdictsJson : JsonSerializerContext;
