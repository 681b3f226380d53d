using System.Text.Json.Serialization;

namespace Ansatz.Bench.Engine;

/// <summary>What is measured: one cell of a table.</summary>
/// <param name="What">"alone", "one by one", "batches", "batches, bare": rollouts of the prompts in <see cref="Workload"/>. "decode", "decode, bare": tokens generated. "study": rollouts of a search.</param>
/// <param name="Weights">"q4_1" as shipped, "q8_0" re-quantised.</param>
/// <param name="Kernels">"avx2" or "fastest".</param>
/// <param name="Size">Prefix "short" or "long"; how many texts are generated at once.</param>
internal sealed record Cell(string What, string Weights, string Kernels, string Size);

/// <summary>One measurement.</summary>
/// <param name="Cell">What.</param>
/// <param name="Round">In which round.</param>
/// <param name="Count">How many rollouts or tokens.</param>
/// <param name="Seconds">In how long.</param>
/// <param name="EngineSeconds">Of a study: how long the model computed meanwhile.</param>
internal sealed record Measurement(Cell Cell, int Round, int Count, double Seconds, double? EngineSeconds = null)
{
    /// <summary>Rollouts or tokens a second.</summary>
    [JsonIgnore]
    public double Rate => Count / Seconds;
}

/// <summary>All of a run, as it is stored.</summary>
/// <param name="Machine">Processor, cores, system.</param>
/// <param name="FastestKernels">What "fastest" was on it.</param>
/// <param name="LLamaSharp">Its version.</param>
/// <param name="PrefixTokens">Tokens of the short and of the long prefix.</param>
/// <param name="ItemTokens">Mean tokens of an item.</param>
/// <param name="Measurements">In the order in which they were made.</param>
internal sealed record SpeedResults(
    string Machine, string FastestKernels, string LLamaSharp, IReadOnlyDictionary<string, int> PrefixTokens, double ItemTokens, IReadOnlyList<Measurement> Measurements);

[JsonSourceGenerationOptions(WriteIndented = false, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SpeedResults))]
[JsonSerializable(typeof(WorkerOrder))]
[JsonSerializable(typeof(WorkerHello))]
[JsonSerializable(typeof(Measurement))]
internal sealed partial class SpeedJson : JsonSerializerContext;
