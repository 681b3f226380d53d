using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Ansatz.Bench.Evaluations;

/// <summary>What one process did, and what it took.</summary>
/// <param name="Kind">One of <see cref="Worker.Kinds"/>.</param>
/// <param name="Outcomes">How many.</param>
/// <param name="Seconds">From the first to the last, without start and warm-up.</param>
/// <param name="HeapBytes">Managed memory that is alive at the end, with all outcomes known to the search, beyond what was alive before the first.</param>
/// <param name="AllocatedBytes">Managed memory that was allocated on the way.</param>
/// <param name="PeakBytes">The largest working set of the whole process.</param>
/// <param name="DiskBytes">Size of the database at the end, write-ahead log included.</param>
internal sealed record Measurement(string Kind, int Outcomes, double Seconds, long HeapBytes, long AllocatedBytes, long PeakBytes, long DiskBytes)
{
    public int Round { get; init; }
}

/// <summary>All rounds, and where they ran.</summary>
internal sealed record Results(string Machine, string Runtime, int Outcomes, ImmutableArray<Measurement> Measurements);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(Results))]
internal sealed partial class BenchJson : JsonSerializerContext;
