using Ansatz.Language;
using Spectre.Console;

namespace Ansatz.Cli;

/// <summary>What commands see of the world: a process has one, a test makes its own.</summary>
internal sealed record Surroundings
{
    /// <summary>Where results go.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Where errors and remarks go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Where lines are typed.</summary>
    public required TextReader Input { get; init; }

    /// <summary>The current folder: paths are relative to it, and ansatz.db and runs/ lie in it.</summary>
    public required string Folder { get; init; }

    /// <summary>A terminal that can be redrawn; none where output is redirected, or must stay plain.</summary>
    public IAnsiConsole? Screen { get; init; }

    /// <summary>Whether lines are typed by a person.</summary>
    public bool IsTyped { get; init; }

    /// <summary>The models by name.</summary>
    public required Endpoints Endpoints { get; init; }

    /// <summary>How this program is called from the current folder, for commands that are printed.</summary>
    public string Program { get; init; } = "ansatz";

    /// <summary>Whether a bug shows its stack trace.</summary>
    public bool IsDebug { get; init; }

    /// <summary>The clock of what is shown.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The most columns of a line of text.</summary>
    public int Width => Screen is { } screen ? Math.Max(20, screen.Profile.Width) : 80;

    /// <summary>A path as it is typed, from the current folder.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, Folder);

    /// <summary>A path as it is shown: from the current folder where it lies below that.</summary>
    public string Shown(string path)
    {
        string relative = Path.GetRelativePath(Folder, FullPath(path));
        return relative.StartsWith("..", StringComparison.Ordinal) ? FullPath(path) : relative;
    }

    /// <summary>A command of this program as it can be typed in the current folder.</summary>
    public string CommandLine(params ReadOnlySpan<string> words)
    {
        List<string> quoted = [Program];
        foreach (string word in words)
        {
            bool isPlain = word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or '\\' or ':' or ',');
            quoted.Add(isPlain ? word : OperatingSystem.IsWindows() ? $"\"{word}\"" : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'");
        }

        return string.Join(' ', quoted);
    }
}
