using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz.Experiments.OproPaper;

/// <summary>Raw results: a file of JSON lines. What it holds is not run again. Thread-safe.</summary>
internal sealed class Results<TRow>(string path, JsonTypeInfo<TRow> codec, Func<TRow, string> order)
{
    private readonly Lock _writing = new();
    private readonly List<TRow> _rows = File.Exists(path) ? [.. File.ReadLines(path).Select(line => JsonSerializer.Deserialize(line, codec)!)] : [];

    public IReadOnlyList<TRow> Rows => _rows;

    /// <summary>Adds a row and writes the file anew, in an order that does not depend on which run ended first.</summary>
    public void Add(TRow row)
    {
        lock (_writing)
        {
            _rows.Add(row);
            _rows.Sort((a, b) => string.CompareOrdinal(order(a), order(b)));
            File.WriteAllLines(path + ".new", _rows.Select(r => JsonSerializer.Serialize(r, codec)));
            File.Move(path + ".new", path, overwrite: true);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LevelARun))]
[JsonSerializable(typeof(ResumedRun))]
[JsonSerializable(typeof(LineRow))]
[JsonSerializable(typeof(TourRow))]
internal sealed partial class ResultsJson : JsonSerializerContext;
