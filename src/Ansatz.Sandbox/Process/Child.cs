using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Ansatz.Sandbox;

/// <summary>
/// What this library is when it is started as a program: a child that locks itself before it is given anything, and then either compiles sources or runs one program.
/// With tiered compilation off (no thread may be born after the lock) every method is optimised at its first call; those that it passes on its way to the lock are marked not to be. It reads from descriptor 0 and writes to descriptor 1; the console's own streams duplicate theirs and would not get through the lock.
/// </summary>
internal static class Child
{
    /// <summary>Compiles sources until it is ended.</summary>
    public const string Compile = "compile";

    /// <summary>Compiles sources against the whole framework, unsafe code allowed, until it is ended: for the attack table.</summary>
    public const string CompileAnything = "compile-anything";

    /// <summary>Runs one program on its inputs and ends.</summary>
    public const string Run = "run";

    private const int StackBytes = 16 << 20;

    [MethodImpl(MethodImplOptions.NoOptimization)]
    private static int Main(string[] args)
    {
        if (args.Length != 5 || args[0] is not (Compile or CompileAnything or Run))
        {
            Console.Error.WriteLine("This library runs programs for Ansatz, which starts it.");
            return 2;
        }

        Thread thread = new(() => Work(args), StackBytes);
        thread.Start();
        thread.Join();
        SystemCalls.Exit(0); // nothing is left to tidy up, and nothing that a program may have left gets to run
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoOptimization)]
    private static void Work(string[] args)
    {
        string task = args[0];
        int parent = int.Parse(args[1], CultureInfo.InvariantCulture);
        Walls walls = (Walls)int.Parse(args[2], CultureInfo.InvariantCulture);
        int? cpuSeconds = args[3] == "-" ? null : int.Parse(args[3], CultureInfo.InvariantCulture);
        long memoryBytes = long.Parse(args[4], CultureInfo.InvariantCulture);
        using FileStream input = new(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read);
        using FileStream output = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        CompilerHost? compiler = null;
        try
        {
            if (task == Run)
            {
                ProgramHost.WarmUp();
            }
            else
            {
                compiler = new(isAnythingAllowed: task == CompileAnything);
                compiler.WarmUp();
            }

            Pipes.Write(output, Pipes.Locked, ProcessLock.Engage(walls, parent, cpuSeconds, memoryBytes, mayDrawRandomBytes: task != Run));
        }
        catch (InvalidOperationException e)
        {
            Pipes.Write(output, Pipes.Unlocked, e.Message);
            return;
        }

        try
        {
            if (compiler is null)
            {
                ProgramHost.Run(input, output);
            }
            else
            {
                compiler.Serve(input, output);
            }
        }
        catch (EndOfStreamException)
        {
            // the host has gone, or wants no more
        }
    }
}
