using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using LLama;
using LLama.Native;

namespace Ansatz.LocalModels;

/// <summary>The file that is computed with.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Sha256">The hash of its content.</param>
/// <param name="IsTemporary">Whether it goes once it has been used.</param>
internal sealed record ModelWeights(string Path, string Sha256, bool IsTemporary)
{
    /// <summary>The model that is shipped.</summary>
    public const string ShippedName = "SmolLM2-135M-Instruct.Q4_1.gguf";

    private const string ShippedSha256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

    // Within a process one makes the copy; the others find it.
    private static readonly Lock s_copying = new();

    /// <summary>Finds the file that the settings name, checks it, and makes or finds its Q8_0 copy.</summary>
    /// <exception cref="InputException">The file that the settings name is absent, cut short or no model.</exception>
    /// <exception cref="FaultException">The shipped file is absent or damaged, or its copy can be written nowhere.</exception>
    public static ModelWeights Find(EmbeddedModelSettings settings)
    {
        bool shipped = settings.ModelFile is null;
        string path = settings.ModelFile ?? System.IO.Path.Combine(AppContext.BaseDirectory, "Models", ShippedName);
        if (shipped && !File.Exists(path))
        {
            throw new FaultException($"The embedded model's file {path} is missing. Build or install Ansatz again, or name another GGUF file.");
        }

        GgufFile.Check(path);
        string sha256 = Sha256Of(path);
        if (shipped && sha256 != ShippedSha256)
        {
            throw new FaultException($"The embedded model's file {path} is damaged: its content is not the one that was shipped. Build or install Ansatz again.");
        }

        return settings.Requantize ?? shipped
            ? Requantized(path, sha256, settings.CacheFolder ?? UserCacheFolder())
            : new(path, sha256, IsTemporary: false);
    }

    /// <summary>
    /// The copy's name carries the hash of its own content and that of its source, so renaming it into place is all that commits it, and whoever finds it can
    /// tell whether it is whole. Two processes at once make the same file twice; one killed in the middle leaves a file that no one takes for the copy.
    /// </summary>
    private static ModelWeights Requantized(string source, string sourceSha256, string? cacheFolder)
    {
        string stem = $"{System.IO.Path.GetFileNameWithoutExtension(source)}.{sourceSha256[..16]}.q8_0-{NativeEngine.Version}";
        lock (s_copying)
        {
            if (cacheFolder is not null)
            {
                try
                {
                    Directory.CreateDirectory(cacheFolder);
                    return FindCopy(cacheFolder, stem) ?? MakeCopy(source, cacheFolder, stem);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // read-only, full, or not ours: a temporary file does as well, once
                }
            }

            try
            {
                string temporary = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"ansatz-{Guid.NewGuid():N}.gguf");
                Quantize(source, temporary);
                return new(temporary, Sha256Of(temporary), IsTemporary: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new FaultException(
                    $"The faster copy of the embedded model (some 145 MB) can be written neither to {cacheFolder ?? "a cache folder, since the user has none"} nor to {System.IO.Path.GetTempPath()}. Make room in one of them.", e);
            }
        }
    }

    private static ModelWeights? FindCopy(string folder, string stem)
    {
        foreach (string path in Directory.EnumerateFiles(folder, stem + ".*.gguf"))
        {
            string sha256 = Sha256Of(path);
            if (System.IO.Path.GetFileName(path) == CopyName(stem, sha256))
            {
                return new(path, sha256, IsTemporary: false);
            }
        }

        return null;
    }

    private static ModelWeights MakeCopy(string source, string folder, string stem)
    {
        DeleteLeftovers(folder);
        string unfinished = System.IO.Path.Combine(folder, $"{stem}.{Environment.MachineName}.{Environment.ProcessId}.tmp");
        try
        {
            Quantize(source, unfinished);
            string sha256 = Sha256Of(unfinished);
            string finished = System.IO.Path.Combine(folder, CopyName(stem, sha256));
            try
            {
                File.Move(unfinished, finished, overwrite: true);
            }
            catch (IOException) when (File.Exists(finished))
            {
                // Windows: another process made the same file meanwhile and has it open
            }

            return new(finished, sha256, IsTemporary: false);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static string CopyName(string stem, string sha256) => $"{stem}.{sha256[..16]}.gguf";

    private static void Quantize(string source, string target)
    {
        try
        {
            NativeEngine.ForgetErrors();
            if (!LLamaQuantizer.Quantize(source, target, LLamaFtype.MOSTLY_Q8_0, Environment.ProcessorCount, allowRequantize: true))
            {
                throw new IOException($"llama.cpp could not write {target}: {NativeEngine.FirstError}");
            }

            using FileStream written = File.Open(target, FileMode.Open, FileAccess.ReadWrite);
            written.Flush(flushToDisk: true); // a name must not outlive a power cut that its content did not
        }
        catch
        {
            File.Delete(target);
            throw;
        }
    }

    // What killed processes of this machine left. The folder may be shared with other machines, whose processes cannot be seen from here.
    private static void DeleteLeftovers(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, $"*.{Environment.MachineName}.*.tmp"))
        {
            if (int.TryParse(System.IO.Path.GetFileName(path).Split('.')[^2], CultureInfo.InvariantCulture, out int process) && !IsRunning(process))
            {
                File.Delete(path);
            }
        }

        static bool IsRunning(int id)
        {
            try
            {
                using Process process = Process.GetProcessById(id);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }

    private static string Sha256Of(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    // Null where the user has no home, as in some containers.
    private static string? UserCacheFolder()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg && System.IO.Path.IsPathRooted(xdg) ? xdg
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : home.Length == 0 ? ""
            : System.IO.Path.Combine(home, OperatingSystem.IsMacOS() ? "Library/Caches" : ".cache");
        return root.Length == 0 ? null : System.IO.Path.Combine(root, "ansatz", "models");
    }
}
