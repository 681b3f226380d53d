using System.Text.Json.Serialization;

namespace Ansatz.Bench.Sandbox;

/// <summary>All that a run measured.</summary>
/// <param name="Machine">Where.</param>
/// <param name="Cells">What took how long.</param>
/// <param name="Agreement">How often interpreter and module agreed.</param>
/// <param name="Fuzz">What became of mutants.</param>
/// <param name="Attacks">What came of the attack table.</param>
internal sealed record Results(string Machine, IReadOnlyList<Cell> Cells, AgreementCount Agreement, FuzzCount? Fuzz = null, AttackCount? Attacks = null);

/// <summary>The attack table, run once, and the lock's start-up check, each time in a process of its own.</summary>
/// <param name="Machine">Where.</param>
/// <param name="IsRoot">Whether as root.</param>
/// <param name="Rows">Every row: profile, wall and attack, and what came of it, with walls and without.</param>
/// <param name="Seconds">How long the table took.</param>
/// <param name="CheckMilliseconds">The first child of a host, started and locked: one number a host.</param>
/// <param name="LockMilliseconds">Further children of one host, started and locked.</param>
/// <param name="AnswerMilliseconds">A program of one line, compiled before, from starting its process to its answer.</param>
/// <param name="CompileMilliseconds">Compiling it in the process that is kept, and checking what came of it.</param>
internal sealed record AttackCount(
    string Machine, bool IsRoot, IReadOnlyList<AttackOutcome> Rows, double Seconds, IReadOnlyList<double> CheckMilliseconds,
    IReadOnlyList<double> LockMilliseconds, IReadOnlyList<double> AnswerMilliseconds, IReadOnlyList<double> CompileMilliseconds);

/// <summary>A row of the attack table.</summary>
internal sealed record AttackOutcome(string Profile, string Wall, string Attack, string Actual, string? Control, bool Holds, bool IsEscape);

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

/// <summary>Mutants of random programs.</summary>
internal sealed record FuzzCount
{
    /// <summary>How many.</summary>
    public int Mutants { get; init; }

    /// <summary>Those that the reader took for candidates.</summary>
    public int Compiled { get; init; }

    /// <summary>Those that it refused without a reason.</summary>
    public int NoReason { get; init; }

    /// <summary>Of the compiled: those whose module imports more than the door to its host.</summary>
    public int ImportsOutside { get; init; }

    /// <summary>Of the compiled: those that are no ordinary C#.</summary>
    public int NoCSharp { get; init; }

    /// <summary>Of the compiled: those that use a member of another type than Math, numbers and arrays, compiled as ordinary C#.</summary>
    public int MembersOutside { get; init; }

    /// <summary>Of the compiled: those on which interpreter and module disagree.</summary>
    public int Disagreed { get; init; }

    /// <summary>Compiled mutants that a forbidden member was put into.</summary>
    public int Planted { get; init; }

    /// <summary>Of these: those in which the oracle found it.</summary>
    public int PlantedFound { get; init; }

    /// <summary>Of these: those that the reader refused.</summary>
    public int PlantedRefused { get; init; }

    /// <summary>Both together.</summary>
    public static FuzzCount operator +(FuzzCount a, FuzzCount b) => new()
    {
        Mutants = a.Mutants + b.Mutants,
        Compiled = a.Compiled + b.Compiled,
        NoReason = a.NoReason + b.NoReason,
        ImportsOutside = a.ImportsOutside + b.ImportsOutside,
        NoCSharp = a.NoCSharp + b.NoCSharp,
        MembersOutside = a.MembersOutside + b.MembersOutside,
        Disagreed = a.Disagreed + b.Disagreed,
        Planted = a.Planted + b.Planted,
        PlantedFound = a.PlantedFound + b.PlantedFound,
        PlantedRefused = a.PlantedRefused + b.PlantedRefused,
    };
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Results))]
internal sealed partial class ResultsJson : JsonSerializerContext;
