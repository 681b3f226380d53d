using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Ansatz.Cli.StudyFiles;

/// <summary>The open part: a method of the user's own program.</summary>
internal sealed record ProgramFile
{
    [Description("Where the program is: a project, a single file, or an assembly that is built already. It is built, and its scorer runs in this process, so it is trusted; the programs that a search writes are not. Relative to this file.")]
    [Example("\"Packing.csproj\"")]
    public required string Project { get; set; }

    [Description("The method that is left open, with its type and namespace. Default: the only one that is marked [Open].")]
    [Example("\"Heuristics.Priority\"")]
    public string? Hole { get; set; }

    [Description("Where the programs of a search run. hole: in this process, in a subset of C# that can only compute; on every system, and every run gives the same. program: as any C#, with texts, collections, LINQ, lambdas and types of their own inside, each input in a locked process of its own, some 0.1 s; on Linux x64, and CPU time and memory decide, so a run may differ. Default: hole.")]
    public SandboxFile? Sandbox { get; set; }

    [Description("For the sandbox hole: what a program may spend on one input before it counts as endless: about a unit for each node of its syntax tree that is run, or a nanosecond or two. Default: a hundred times what the start program needs, between 10 million and 1 billion.")]
    [Range(1_000, 1_000_000_000_000), Example("100000000")]
    public long? Fuel { get; set; }

    [Description("For the sandbox hole: how many seconds your scorer may take on one input before the study stops and says so; it decides no score. Default: a minute, or a thousand times what the start program takes, or ten times what all fuel takes, whichever is most.")]
    [Range(1, 1_000_000), Example("600")]
    public int? GuardSeconds { get; set; }

    [Description("How many programs are scored at once, at most as many as search.window asks for. Your scorer must be safe to call from as many threads. It decides how long a study takes, never what comes out. Default: 1.")]
    [Range(1, 1024), Example("2")]
    public int? Workers { get; set; }
}

/// <summary>Where candidates run.</summary>
internal enum SandboxFile
{
    Hole,
    Program,
}
