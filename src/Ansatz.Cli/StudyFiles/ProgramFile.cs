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

    [Description("What a program may spend on one input before it counts as endless: about a unit for each node of its syntax tree that is run, or a nanosecond or two. Default: a hundred times what the start program needs, between 10 million and 1 billion.")]
    [Range(1_000, 1_000_000_000_000), Example("100000000")]
    public long? Fuel { get; set; }

    [Description("How many programs are scored at once, at most as many as search.window asks for. Your scorer must be safe to call from as many threads. It decides how long a study takes, never what comes out. Default: 1.")]
    [Range(1, 1024), Example("2")]
    public int? Workers { get; set; }
}
