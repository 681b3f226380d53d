using System.Text.Json;

namespace Ansatz.Cli.Tests.Programs;

/// <summary>Study files about the holes of this assembly, which is built already.</summary>
internal static class ProgramStudies
{
    private static readonly string Assembly = typeof(ProgramStudies).Assembly.Location;

    /// <summary>A study of a hole of <see cref="Holes"/>.</summary>
    public static string Of(string type, string search = "\"evaluations\": 120") => $$"""
        {
          "name": "line",
          "program": { "project": {{JsonSerializer.Serialize(Assembly)}}, "hole": "Ansatz.Cli.Tests.Holes.{{type}}.F" },
          "search": { {{search}} },
          "seed": 1
        }
        """;

    public static Cli Cli(string type = "Line", string search = "\"evaluations\": 120")
    {
        Cli cli = new();
        cli.Write("study.json", Of(type, search));
        return cli;
    }
}
