using System.Reflection;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Programs;
using Ansatz.Sandbox;

namespace Ansatz.Cli;

/// <summary>The user's own program with its hole: what a search of programs is about.</summary>
/// <param name="Hole">The method that is left open.</param>
/// <param name="Objective">Its objective.</param>
/// <param name="Sandbox">Where candidates run in processes of their own; none where they do not.</param>
internal sealed record UserProgram(MethodInfo Hole, ProgramObjective Objective, ProgramSandbox? Sandbox) : IDisposable
{
    private const BindingFlags Methods = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>The hole with its type: "Heuristics.Priority".</summary>
    public string Name => NameOf(Hole);

    /// <summary>The file in which the hole stands.</summary>
    public string File => Hole.GetCustomAttribute<OpenAttribute>()!.File;

    /// <summary>The line of its mark in that file, from 1.</summary>
    public int Line => Hole.GetCustomAttribute<OpenAttribute>()!.Line;

    /// <summary>The class that holds the hole, its scorer and its inputs.</summary>
    public Type Holder => Hole.DeclaringType!;

    /// <summary>Builds and loads it, and runs the start program.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="folder">What its paths are relative to.</param>
    /// <exception cref="InputException">It does not build, has no such hole, or its start program does not work.</exception>
    public static UserProgram Load(ReadStudyFile read, string folder)
    {
        Assembly assembly = UserAssembly.Load(read, folder);
        MethodInfo hole = Find(read, assembly);
        ProgramSandbox? sandbox = null;
        bool isMade = false;
        try
        {
            sandbox = SandboxOf(read);
            UserProgram made = new(hole, MarkedHole.Of(hole.DeclaringType!, read.Study.Program!.Fuel is { } fuel ? new() { Fuel = fuel } : null, RowsOf(read.Study.Data, folder), sandbox, read.Study.Program.GuardSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null), sandbox);
            isMade = true;
            return made;
        }
        catch (InputException e)
        {
            // What is wrong with the data has its place in them, or in the study file.
            throw ReadStudyFile.HasPlace(e.Message) ? e
                : read.Study.Data is { } data && e.Message.Contains(Path.GetFileName(data.File), StringComparison.Ordinal) ? read.Wrong("data", e.Message)
                : At(hole, e.Message, e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or FaultException or OutOfMemoryException))
        {
            Exception cause = e is TypeInitializationException { InnerException: { } inner } ? inner : e;
            throw At(hole, $"the program's own code threw {cause.GetType().Name} while it was made ready: {cause.Message}", e);
        }
        finally
        {
            if (!isMade)
            {
                sandbox?.Dispose();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => Sandbox?.Dispose();

    /// <summary>The marked methods of its class.</summary>
    /// <typeparam name="T">The mark.</typeparam>
    public IEnumerable<(MethodInfo Method, T Mark)> Marked<T>()
        where T : Attribute => Holder.GetMethods(Methods).Select(m => (m, m.GetCustomAttribute<T>()!)).Where(m => m.Item2 is not null);

    // It is locked once before anything else, so that a machine that cannot do that says so first.
    private static ProgramSandbox? SandboxOf(ReadStudyFile read)
    {
        ProgramFile program = read.Study.Program!;
        if (program.Sandbox != SandboxFile.Program)
        {
            return null;
        }

        if (program.GuardSeconds is not null)
        {
            throw read.Wrong("program.guardSeconds", "program.guardSeconds belongs to the sandbox hole; in the sandbox program a process has a limit of its own, on the clock too.");
        }

        if (program.Fuel is not null)
        {
            throw read.Wrong("program.fuel", "program.fuel belongs to the sandbox hole; in the sandbox program CPU time is limited, to 2 s an input.");
        }

        return ProgramSandbox.OpenAsync().GetAwaiter().GetResult();
    }

    private static InputRows? RowsOf(DataFile? data, string folder) => data is not { Split: { } split } ? null
        : new(Path.GetFullPath(data.File, Path.GetFullPath(folder)), split.Train, split.Validation, split.Test) { Seed = split.Seed, Sets = split.Sets, Set = split.Set, SkipBadRows = data.SkipBadRows };

    private static MethodInfo Find(ReadStudyFile read, Assembly assembly)
    {
        MethodInfo[] open;
        try
        {
            open = [.. assembly.GetTypes().SelectMany(t => t.GetMethods(Methods)).Where(m => m.IsDefined(typeof(OpenAttribute)))];
        }
        catch (ReflectionTypeLoadException e)
        {
            throw new InputException(read.Wrong("program.project", $"{assembly.GetName().Name} cannot be loaded: {e.LoaderExceptions.FirstOrDefault()?.Message ?? e.Message}").Message, e);
        }

        string project = read.Study.Program!.Project;
        if (open.Length == 0)
        {
            throw read.Wrong("program.project", $"{project} has no method marked [Open]: mark the one that a search may fill.");
        }

        string[] names = [.. open.Select(NameOf).Distinct()];
        if (read.Study.Program.Hole is { } wanted)
        {
            return open.FirstOrDefault(m => NameOf(m) == wanted)
                ?? throw read.Wrong("program.hole", $"{project} has no method \"{PlainText.Printable(wanted)}\" marked [Open]; marked {PlainText.Plural(names.Length, "is", "are")}: {string.Join(", ", names)}.{Nearest.Question(wanted, names)}");
        }

        return names.Length == 1 || open.Select(m => m.DeclaringType).Distinct().Count() == 1
            ? open[0]
            : throw read.Wrong("program", $"{project} has {names.Length} methods marked [Open], {string.Join(" and ", names)}; name one of them in program.hole.");
    }

    private static string NameOf(MethodInfo method) => $"{method.DeclaringType!.FullName!.Replace('+', '.')}.{method.Name}";

    private static InputException At(MethodInfo hole, string message, Exception inner)
    {
        OpenAttribute open = hole.GetCustomAttribute<OpenAttribute>()!;
        return new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{open.File}({open.Line}): {message}"), inner);
    }
}
