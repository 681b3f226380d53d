using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using LLama.Exceptions;
using LLama.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ansatz.LocalModels;

/// <summary>What a process has only one of: llama.cpp's library with its kernels, its log, and the turn to compute.</summary>
internal static partial class NativeEngine
{
    /// <summary>The NuGet package's version, part of every model's identity: the assembly itself does not carry it.</summary>
    public const string Version = "0.30.0";

    private static readonly Lock s_gate = new();
    private static readonly NativeLogConfig.LLamaLogCallback s_log = Log; // native code calls it: it must never be collected
    private static ILogger s_logger = NullLogger.Instance;
    private static Kernels? s_chosen;

    [ThreadStatic]
    private static string? t_firstError;

    /// <summary>
    /// Whoever computes holds it. Two computations at once, each spinning on as many threads as there are cores, stall each other, so one
    /// works at a time in the whole process, in order of arrival.
    /// </summary>
    public static SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Loads the library, once; says which kernels compute: "avx2", "avx512", "arm64".</summary>
    /// <exception cref="InputException">Other kernels were chosen before in this process.</exception>
    /// <exception cref="FaultException">The library cannot be loaded.</exception>
    public static string Start(Kernels kernels, ILogger? logger)
    {
        lock (s_gate)
        {
            if (s_chosen is { } chosen && chosen != kernels)
            {
                throw new InputException(
                    $"This process already computes with the kernels \"{chosen.ToString().ToLowerInvariant()}\"; kernels are chosen once a process. Use the same ones, or another process.");
            }

            s_logger = logger ?? NullLogger.Instance;
            try
            {
                if (s_chosen is null)
                {
                    Configure(kernels);
                }

                NativeApi.llama_empty_call(); // loads the library; the quantizer, called first, would look for it under a wrong name
                NativeLogConfig.llama_log_set(s_log); // without one the library writes to the console
            }
            catch (Exception e) when (e is TypeInitializationException or RuntimeError or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
            {
                throw CannotLoad(e);
            }

            s_chosen = kernels;
            return RuntimeInformation.ProcessArchitecture == Architecture.X64
                ? NativeApi.GetLoadedNativeLibrary(NativeLibraryName.LLama)?.Metadata?.AvxLevel.ToString().ToLowerInvariant() ?? "unknown"
                : RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        }
    }

    /// <summary>The first thing that the library complained of on this thread since <see cref="ForgetErrors"/>: often the only reason that it gives. Empty: nothing.</summary>
    public static string FirstError => t_firstError ?? "";

    public static void ForgetErrors() => t_firstError = null;

    internal static FaultException CannotLoad(Exception cause)
    {
        string remedy = OperatingSystem.IsLinux()
            ? "On Debian or Ubuntu `apt-get install libgomp1` provides what minimal containers lack; a program of your own also needs the package LLamaSharp.Backend.Cpu."
            : "A program of your own needs the package LLamaSharp.Backend.Cpu.";
        return new FaultException($"The native library of the embedded model (llama.cpp) cannot be loaded. {remedy}", cause);
    }

    private static void Configure(Kernels kernels)
    {
        if (NativeLibraryConfig.LLama.LibraryHasLoaded)
        {
            return; // the program around us uses LLamaSharp too: its choice stands, and the identity says which
        }

        LetThreadsWaitBriefly();
        NativeLibraryConfig.All.WithLogCallback(s_log);
        if (kernels == Kernels.Avx2 && Avx2.IsSupported && Fma.IsSupported)
        {
            NativeLibraryConfig.All.WithAvx(AvxLevel.Avx2);
        }
    }

    // The threads that compute wait for each other at every step, tens of thousands of times a second. OpenMP lets them spin for milliseconds, which beside
    // any other busy process costs most of the speed; put to sleep at once, they cost an idle machine as much. A thousand turns, some microseconds, lose
    // little either way (tokens a second of one text on two cores, idle and beside one busy neighbour: asleep at once 28 and 38, a thousand turns 74 and 30,
    // twenty thousand 84 and 9). "Active" makes the turns count for every thread that asks for a computation; otherwise the library, which keeps helpers for
    // each of them, takes the machine for overloaded. It reads both when it is loaded, and a .NET process changes its native environment only through libc.
    // A user's own choice stands.
    private static void LetThreadsWaitBriefly()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null && Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") is null)
        {
            _ = SetEnvironment("OMP_WAIT_POLICY", "active", overwrite: 0);
            _ = SetEnvironment("GOMP_SPINCOUNT", "1000", overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    private static void Log(LLamaLogLevel level, string message)
    {
        string text = message.TrimEnd();
        if (level == LLamaLogLevel.Error)
        {
            t_firstError ??= text;
        }

        switch (level)
        {
            case LLamaLogLevel.Error:
                LogError(s_logger, text);
                break;
            case LLamaLogLevel.Warning:
                LogWarning(s_logger, text);
                break;
            default:
                LogDebug(s_logger, text); // llama.cpp informs in hundreds of lines
                break;
        }
    }

    [LoggerMessage(LogLevel.Error, "{Text}")]
    private static partial void LogError(ILogger logger, string text);

    [LoggerMessage(LogLevel.Warning, "{Text}")]
    private static partial void LogWarning(ILogger logger, string text);

    [LoggerMessage(LogLevel.Debug, "{Text}")]
    private static partial void LogDebug(ILogger logger, string text);
}
