using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ansatz.Sandbox;

/// <summary>What the attacks are after: a marked key in the environment, a file, a descriptor that children inherit, a listening socket. All of it is taken away at the end.</summary>
internal sealed class Reach : IDisposable
{
    /// <summary>The variable with the marked key.</summary>
    public const string Variable = "ANSATZ_SELFTEST_KEY";

    /// <summary>The marked key.</summary>
    public const string Key = "marked-7f3a";

    private readonly string _folder = Directory.CreateTempSubdirectory("ansatz-selftest-").FullName;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Reach()
    {
        System.IO.File.WriteAllText(File, "a file beside the study");
        _listener.Start();
        Environment.SetEnvironmentVariable(Variable, Key);
        nint path = Marshal.StringToCoTaskMemUTF8(File);
        Descriptor = SystemCalls.Call(257 /* openat */, -100 /* from the current folder */, path, 0, 0, 0, 0); // without O_CLOEXEC
        Marshal.FreeCoTaskMem(path);
    }

    /// <summary>A file that is there.</summary>
    public string File => Path.Combine(_folder, "study.txt");

    /// <summary>One that is not.</summary>
    public string NewFile => Path.Combine(_folder, "new.txt");

    /// <summary>The file, open for reading, in every child.</summary>
    public long Descriptor { get; }

    /// <summary>Where something listens on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        SystemCalls.Call(3 /* close */, Descriptor, 0, 0, 0, 0, 0);
        Environment.SetEnvironmentVariable(Variable, null);
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
