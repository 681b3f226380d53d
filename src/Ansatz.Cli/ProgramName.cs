namespace Ansatz.Cli;

/// <summary>Finds out how this program was called, so that the commands that it prints work where they are printed.</summary>
internal static class ProgramName
{
    /// <summary>"ansatz" where that is on the path; else the way to this very program from the current folder.</summary>
    public static string Find()
    {
        string library = typeof(ProgramName).Assembly.Location, process = Environment.ProcessPath ?? "";
        return Path.GetFileNameWithoutExtension(process) switch
        {
            "ansatz" => IsOnPath(process) ? "ansatz" : Relative(process),
            "dotnet" when IsTool(library) => IsOnPath("ansatz") ? "ansatz" : $"dotnet {Relative(library)}",
            "dotnet" => $"dotnet {Relative(library)}",
            _ when Project(library) is { } project => $"dotnet run{Configuration(library)} --project {Relative(project)} --",
            _ => Relative(process),
        };
    }

    // A library under bin/<configuration>/<framework> of its project's folder was built there.
    private static string? Project(string library)
    {
        for (DirectoryInfo? folder = Directory.GetParent(library); folder is not null; folder = folder.Parent)
        {
            if (folder.GetFiles("Ansatz.Cli.csproj").Length > 0)
            {
                return folder.FullName;
            }
        }

        return null;
    }

    private static string Configuration(string library) =>
        library.Split(Path.DirectorySeparatorChar).Contains("Release", StringComparer.OrdinalIgnoreCase) ? " -c Release" : "";

    private static bool IsTool(string library) => library.Split(Path.DirectorySeparatorChar).Contains("tools", StringComparer.Ordinal);

    private static bool IsOnPath(string program)
    {
        string name = Path.GetFileNameWithoutExtension(program) + (OperatingSystem.IsWindows() ? ".exe" : "");
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return found is not null && (!Path.IsPathRooted(program) || Path.GetFullPath(found) == Path.GetFullPath(program));
    }

    private static string Relative(string path)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        string shown = relative.StartsWith("..", StringComparison.Ordinal) ? path
            : relative.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) || relative == "." ? relative
            : Path.Combine(".", relative);
        return shown.Contains(' ', StringComparison.Ordinal) ? $"\"{shown}\"" : shown;
    }
}
