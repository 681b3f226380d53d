namespace Ansatz.Testing;

/// <summary>A folder of its own for one test, gone afterwards: in memory where there is room, since a journal writes through to the disk at every step, and much of the time of the tests went there.</summary>
public sealed class TempFolder : IDisposable
{
    private const string Memory = "/dev/shm";
    private const long Room = 4L << 30; // bytes

    private static readonly string s_root = HasRoom() ? Memory : Path.GetTempPath();

    private readonly DirectoryInfo _folder = Directory.CreateDirectory(Path.Combine(s_root, $"ansatz-test-{Guid.NewGuid():N}"));

    /// <summary>The path of a file in the folder.</summary>
    public string File(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Writes a text file and returns its path.</summary>
    public string Write(string name, string text)
    {
        string path = File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Delete(recursive: true);

    // A container's is often small, or nothing may be run from it.
    private static bool HasRoom() =>
        Directory.Exists(Memory)
        && new DriveInfo(Memory).AvailableFreeSpace > Room
        && System.IO.File.ReadLines("/proc/mounts").Select(m => m.Split(' ')).Any(m => m[1] == Memory && !m[3].Split(',').Contains("noexec"));
}
