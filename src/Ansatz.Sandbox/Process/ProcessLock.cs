using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ansatz.Sandbox;

/// <summary>Locks the process that it is called in, for good. Called on the thread that will run what nobody trusts. Linux on x64.</summary>
internal static class ProcessLock
{
    private const int NetworkIpcAndHostName = 0x40000000 | 0x08000000 | 0x04000000; // CLONE_NEWNET, NEWIPC, NEWUTS
    private const uint Nobody = 65534;
    private const int SetParentDeathSignal = 1, SetNoNewPrivileges = 38, KillSignal = 9;

    /// <summary>Engages the walls, in the order in which each still can be.</summary>
    /// <param name="walls">Which ones.</param>
    /// <param name="parent">The process without which this one must not live.</param>
    /// <param name="cpuSeconds">CPU time of the whole process, beyond what it has used; none for ever.</param>
    /// <param name="memoryBytes">Memory beyond what it has now.</param>
    /// <param name="mayDrawRandomBytes">See <see cref="SystemCallFilter"/>.</param>
    /// <returns>What holds, in words.</returns>
    /// <exception cref="InvalidOperationException">What is missing, in words.</exception>
    [MethodImpl(MethodImplOptions.NoOptimization)]
    public static string Engage(Walls walls, int parent, int? cpuSeconds, long memoryBytes, bool mayDrawRandomBytes)
    {
        List<string> holds = [];
        bool isRoot = SystemCalls.EffectiveUser() == 0;
        if (walls.HasFlag(Walls.Limits))
        {
            Limit(cpuSeconds, memoryBytes);
            holds.Add("limits");
        }

        if (walls.HasFlag(Walls.Namespaces) && isRoot && SystemCalls.Unshare(NetworkIpcAndHostName) == 0)
        {
            holds.Add("namespaces");
        }

        if (walls.HasFlag(Walls.User) && isRoot)
        {
            Need(SystemCalls.SetGroups(0, 0), "dropping root's groups");
            Need(SystemCalls.SetGroup(Nobody, Nobody, Nobody), "dropping root's group");
            Need(SystemCalls.SetUser(Nobody, Nobody, Nobody), "dropping root");
            holds.Add("user");
        }

        // After the change of user, which would take it back. The parent may have gone before.
        Need(SystemCalls.Control(SetParentDeathSignal, KillSignal, 0, 0, 0), "ending with the parent");
        if (SystemCalls.Parent() != parent)
        {
            SystemCalls.Exit(1);
        }

        if ((walls & (Walls.Landlock | Walls.Seccomp)) != 0)
        {
            Need(SystemCalls.Control(SetNoNewPrivileges, 1, 0, 0, 0), "no_new_privs");
        }

        if (walls.HasFlag(Walls.Landlock) && Landlock() is { } version)
        {
            holds.Add($"landlock {version}");
        }

        if (walls.HasFlag(Walls.Limits))
        {
            Set(7 /* NOFILE */, 0, "NOFILE"); // what is open stays open; Landlock's rules had to be
        }

        if (walls.HasFlag(Walls.Seccomp))
        {
            Filter(SystemCallFilter.Create(Environment.ProcessId, mayDrawRandomBytes));
            holds.Add("seccomp");
        }

        return string.Join(", ", holds);
    }

    [MethodImpl(MethodImplOptions.NoOptimization)]
    private static void Limit(int? cpuSeconds, long memoryBytes)
    {
        if (cpuSeconds is { } seconds)
        {
            ulong all = (ulong)(seconds + Math.Ceiling(Environment.CpuUsage.TotalTime.TotalSeconds));
            Need(SystemCalls.SetLimit(0 /* CPU */, new(all, all + 1)), "the limit CPU"); // at the first it is told so, by SIGXCPU, at the second killed
        }

        Set(1 /* FSIZE */, 0, "FSIZE");
        Set(2 /* DATA */, (ulong)(Bytes("VmData:") + memoryBytes), "DATA");
        Set(3 /* STACK */, 1 << 20, "STACK"); // of the first thread, which waits
        Set(9 /* AS */, (ulong)(Bytes("VmSize:") + memoryBytes), "AS"); // what is only read takes page tables, which count as nobody's
        Set(4 /* CORE */, 0, "CORE");
        Set(6 /* NPROC */, 0, "NPROC");
        Set(12 /* MSGQUEUE */, 0, "MSGQUEUE");
    }

    private static void Set(int resource, ulong value, string name) => Need(SystemCalls.SetLimit(resource, new(value, value)), $"the limit {name}");

    // A runtime reserves and writes a good deal before it has run anything.
    [MethodImpl(MethodImplOptions.NoOptimization)]
    private static long Bytes(string field)
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan(field.Length, line.Length - field.Length - " kB".Length).Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Every right that the kernel's Landlock knows, handled, and none granted.</summary>
    /// <returns>Its version; null where there is none.</returns>
    [MethodImpl(MethodImplOptions.NoOptimization)]
    private static unsafe int? Landlock()
    {
        const int create = 444, restrict = 446;
        long version = SystemCalls.Call(create, 0, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */, 0, 0, 0);
        if (version < 1)
        {
            return null;
        }

        ulong* rights = stackalloc ulong[3];
        rights[0] = (1UL << (version switch { 1 => 13, 2 => 14, < 5 => 15, _ => 16 })) - 1; // files
        rights[1] = version < 4 ? 0UL : 3; // TCP: bind, connect
        rights[2] = version < 6 ? 0UL : 1; // abstract Unix sockets. Not signals: the runtime sends itself some, and the filter allows no others.
        int size = version switch { < 4 => 8, < 6 => 16, _ => 24 };
        long rules = SystemCalls.Call(create, (nint)rights, size, 0, 0, 0, 0);
        Need(rules, "Landlock's rules");
        Need(SystemCalls.Call(restrict, rules, 0, 0, 0, 0, 0), "Landlock");
        Need(SystemCalls.Call(3 /* close */, rules, 0, 0, 0, 0, 0), "Landlock's rules");
        return (int)version;
    }

    [MethodImpl(MethodImplOptions.NoOptimization)]
    private static unsafe void Filter(ulong[] program)
    {
        fixed (ulong* instructions = program)
        {
            KernelProgram given = new() { Length = (ushort)program.Length, Instructions = instructions };
            long result = SystemCalls.Call(317 /* seccomp */, 1 /* SECCOMP_SET_MODE_FILTER */, 1 /* SECCOMP_FILTER_FLAG_TSYNC */, (nint)(&given), 0, 0, 0);
            Need(result, "seccomp");
            if (result > 0)
            {
                throw new InvalidOperationException("seccomp: a thread has another filter");
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoOptimization)]
    private static void Need(long result, string what)
    {
        if (result < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new InvalidOperationException($"{what}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})");
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct KernelProgram
    {
        public ushort Length;
        public ulong* Instructions;
    }
}
