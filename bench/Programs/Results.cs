using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Ansatz.Bench.Programs;

/// <summary>A round of bin packing.</summary>
/// <param name="Candidates">How many programs the studies scored, each on five instances of 5,000 items.</param>
/// <param name="OneWorkerSeconds">A study of them, one program at a time.</param>
/// <param name="TwoWorkersSeconds">The same study, two at a time.</param>
/// <param name="CompileSeconds">Their trees, checked, compiled and started, without a study.</param>
/// <param name="PureSeconds">The same programs, compiled before, on the same instances: the evaluation alone.</param>
/// <param name="ProcessSeconds">A fresh .NET process that compiles one of them and scores it: the mean of some.</param>
internal sealed record PackingMeasurement(int Candidates, double OneWorkerSeconds, double TwoWorkersSeconds, double CompileSeconds, double PureSeconds, double ProcessSeconds);

/// <summary>What a process holds at a moment of a long search.</summary>
/// <param name="Candidates">Programs scored so far.</param>
/// <param name="Seconds">Since it began.</param>
/// <param name="HeapBytes">Managed memory that is alive.</param>
/// <param name="WorkingSetBytes">All of its memory.</param>
/// <param name="Descriptors">Files, pipes and the like that are open; a library that the runtime loads as it goes counts only where it is open more often than any is at the beginning.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="Children">Processes that it has started and that are not gone, zombies among them.</param>
internal sealed record Footprint(int Candidates, double Seconds, long HeapBytes, long WorkingSetBytes, int Descriptors, int Threads, int Children)
{
    private const int OfALibrary = 2; // descriptors that the runtime keeps

    /// <summary>This process now.</summary>
    public static Footprint Now(int candidates, double seconds)
    {
        long heap = GC.GetTotalMemory(forceFullCollection: true);
        using Process self = Process.GetCurrentProcess();
        string id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        string[] open = [.. Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(f => new FileInfo(f).LinkTarget).OfType<string>()]; // one may be gone by now
        int descriptors = open.GroupBy(f => f).Sum(g => g.Key.EndsWith(".dll", StringComparison.Ordinal) ? Math.Max(0, g.Count() - OfALibrary) : g.Count());
        int children = Directory.EnumerateDirectories("/proc").Count(p => IsChild(p, id));
        return new(candidates, seconds, heap, self.WorkingSet64, descriptors, self.Threads.Count, children);
    }

    // The fourth field of stat, after the name in brackets and the state, is the parent.
    private static bool IsChild(string process, string parent)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "stat")) is var stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [_, var its, ..] && its == parent;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // no process, or gone meanwhile
        }
    }
}

/// <summary>All rounds, and where they ran: the long search may have run elsewhere.</summary>
internal sealed record Results(string Machine, string Runtime, ImmutableArray<PackingMeasurement> Packing, string ManyMachine, ImmutableArray<Footprint> Many, ImmutableArray<Footprint> Processes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NewLine = "\n")]
[JsonSerializable(typeof(Results))]
internal sealed partial class BenchJson : JsonSerializerContext;
