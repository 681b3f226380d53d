using System.Text.Json.Serialization;

namespace Ansatz.Bench.Sandbox;

/// <summary>All that a run measured.</summary>
/// <param name="Machine">Where.</param>
/// <param name="Cells">What took how long.</param>
/// <param name="Agreement">How often interpreter and module agreed.</param>
internal sealed record Results(string Machine, IReadOnlyList<Cell> Cells, AgreementCount Agreement);

/// <summary>One thing timed in every round.</summary>
/// <param name="What">What.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Sandbox">A value a round.</param>
/// <param name="Native">The same as a native delegate; empty where there is no such thing.</param>
internal sealed record Cell(string What, string Unit, IReadOnlyList<double> Sandbox, IReadOnlyList<double> Native);

/// <summary>Random programs, run by interpreter and module.</summary>
/// <param name="Programs">How many.</param>
/// <param name="Calls">How often they were called.</param>
/// <param name="Agreed">Calls with the same result or trap, to the bit, and the same fuel left.</param>
/// <param name="Outcomes">What the calls gave: a result, or a trap by its cause.</param>
/// <param name="QuarterMiB">The process's memory after a quarter of the programs.</param>
/// <param name="EndMiB">The process's memory after all.</param>
internal sealed record AgreementCount(int Programs, int Calls, int Agreed, IReadOnlyDictionary<string, int> Outcomes, double QuarterMiB, double EndMiB);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Results))]
internal sealed partial class ResultsJson : JsonSerializerContext;
