using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using Ansatz.Cli.StudyFiles;

namespace Ansatz.Cli;

/// <summary>The user's own code: built where it is source, and loaded into this process. It is trusted.</summary>
internal static class UserAssembly
{
    /// <summary>Builds and loads what a study file names.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="folder">What its paths are relative to.</param>
    /// <exception cref="InputException">There is no such file, or it does not build: the compiler's own words follow the place.</exception>
    /// <exception cref="FaultException">There is no SDK to build it.</exception>
    public static Assembly Load(ReadStudyFile read, string folder)
    {
        string project = read.Study.Program!.Project, path = Path.GetFullPath(project, Path.GetFullPath(folder));
        if (!File.Exists(path))
        {
            throw read.Wrong("program.project", $"the program {project} does not exist{(Path.IsPathRooted(project) ? "" : $" in {Path.GetFullPath(folder)}")}.");
        }

        string target = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".DLL" => path,
            ".CSPROJ" or ".CS" => Build(read, project, path),
            _ => throw read.Wrong("program.project", $"the program {project} is neither a project (.csproj), nor a single file (.cs), nor an assembly that is built already (.dll)."),
        };
        try
        {
            return new Context(target).LoadFromAssemblyPath(target);
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or FileNotFoundException)
        {
            throw new InputException(read.Wrong("program.project", $"{target} cannot be loaded: {e.Message}").Message, e);
        }
    }

    private static string Build(ReadStudyFile read, string project, string path)
    {
        bool isFile = path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase);
        (int exitCode, string output, string error) = Run(
        [
            "build", path, "-c", "Release", "-v:quiet", "-nologo", "-t:Build", "-getProperty:TargetPath",
            "-p:CopyLocalLockFileAssemblies=true", // a library's packages go beside it, or nobody would find them here
            $"-p:AnsatzFolder={AppContext.BaseDirectory}", // of projects that `new --program` wrote
            .. isFile ? (string[])["-p:OutputType=Library"] : [], // a single file needs no Main for this
        ]);
        string target = output.Trim();
        return exitCode != 0 ? throw read.Wrong("program.project", $"{project} does not build:\n{(error.Trim().Length > 0 ? error : output).Trim()}")
            : File.Exists(target) ? target
            : throw read.Wrong("program.project", $"{project} builds, but names no one assembly that comes of it; has it several target frameworks? Name the built assembly instead (.dll).");
    }

    private static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string variable in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(variable); // this process may itself be the child of a build
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // nothing stays behind
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            process.WaitForExit();
            return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            throw new FaultException($"{start.FileName} cannot be started ({e.Message}), and a program has to be built: install the .NET SDK, or name an assembly that is built already (.dll) in program.project.", e);
        }
    }

    /// <summary>Where the user's assemblies live: of Ansatz they get what runs here, of everything else what lies beside them.</summary>
    private sealed class Context(string path) : AssemblyLoadContext(Path.GetFileName(path))
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            Running(assemblyName) ?? (_resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null);

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;

        private static Assembly? Running(AssemblyName assemblyName)
        {
            if (assemblyName.Name is not { } name || !(name == "Ansatz" || name.StartsWith("Ansatz.", StringComparison.Ordinal)))
            {
                return null;
            }

            try
            {
                return Default.LoadFromAssemblyName(new(name)); // whatever its version
            }
            catch (FileNotFoundException)
            {
                return null; // the user's own, by that name
            }
        }
    }
}
