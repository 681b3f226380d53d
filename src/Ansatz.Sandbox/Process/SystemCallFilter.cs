namespace Ansatz.Sandbox;

/// <summary>The filter of system calls as a program for the kernel's BPF machine, for Linux on x64.</summary>
/// <remarks>
/// Allowed is what the runtime needs to compute, allocate, compile methods and wait for its own threads. What takes a descriptor may take only the two pipes, memory
/// is never a file's, nor such as no limit counts, a signal goes only to the process itself. Calls that no computation makes end the process; everything else fails with EPERM, which a runtime
/// that tries it (a thread, a file of its own) survives.
/// Each instruction is a struct sock_filter: 16 bits code, 8 + 8 bits jumps, 32 bits operand.
/// </remarks>
internal static class SystemCallFilter
{
    public const uint Allow = 0x7fff0000, Refuse = 0x00050000 | 1 /* EPERM */, Kill = 0x80000000;

    // offsets in struct seccomp_data: nr, arch, instruction pointer, six arguments of 64 bits
    private const uint Number = 0, Architecture = 4, FirstArgument = 16;
    private const uint X64 = 0xc000003e, X32Numbers = 0x40000000;
    private const ushort Load = 0x20, JumpIfEqual = 0x15, JumpIfAtLeast = 0x35, JumpIfAnyBit = 0x45, Return = 0x06;

    // MAP_PRIVATE, FIXED, ANONYMOUS, NORESERVE, STACK (means nothing), FIXED_NOREPLACE. RLIMIT_DATA does not count what is shared, or grows down.
    private const uint PrivateMemory = 0x02 | 0x10 | 0x20 | 0x4000 | 0x20000 | 0x100000;

    // MAP_SHARED and ANONYMOUS: the runtime lays out in it an image that it is given as bytes.
    private const uint SharedMemory = 0x01 | 0x20, SharedBytes = 8 << 20;

    private static readonly int[] Free =
    [
        10 /* mprotect */, 11 /* munmap */, 12 /* brk */, 27 /* mincore */, 3 /* close */,
        13 /* rt_sigaction */, 14 /* rt_sigprocmask */, 15 /* rt_sigreturn */, 127 /* rt_sigpending */, 128 /* rt_sigtimedwait */, 131 /* sigaltstack */,
        202 /* futex */, 324 /* membarrier */, 24 /* sched_yield */, 204 /* sched_getaffinity */, 309 /* getcpu */, 39 /* getpid */, 186 /* gettid */, 98 /* getrusage */,
        273 /* set_robust_list */, 274 /* get_robust_list */, 334 /* rseq */, 7 /* poll */, 271 /* ppoll */, 219 /* restart_syscall */,
        35 /* nanosleep */, 230 /* clock_nanosleep */, 228 /* clock_gettime */, 229 /* clock_getres */, 96 /* gettimeofday */, 201 /* time */,
        60 /* exit */, 231 /* exit_group */,
    ];

    // Sockets, other processes and their memory, other users, other roots, and the doors behind which the kernel does all of it at once.
    private static readonly int[] Deadly =
    [
        41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 53, 54, 288, 299, 307, // socket, connect, accept, sendto, recvfrom, sendmsg, recvmsg, shutdown, bind, listen, socketpair, setsockopt, accept4, recvmmsg, sendmmsg
        57, 58, 59, 322, // fork, vfork, execve, execveat; clone is what a thread is made with
        62, 129, 200, 297, 424, 434, 438, // kill, rt_sigqueueinfo, tkill, rt_tgsigqueueinfo, pidfd_send_signal, pidfd_open, pidfd_getfd
        101, 310, 311, 440, // ptrace, process_vm_readv, process_vm_writev, process_madvise
        105, 106, 113, 114, 116, 117, 119, 126, // setuid, setgid, setreuid, setregid, setgroups, setresuid, setresgid, capset
        155, 161, 165, 166, 272, 308, // pivot_root, chroot, mount, umount2, unshare, setns
        298, 321, 323, 425, 426, 427, // perf_event_open, bpf, userfaultfd, io_uring_setup, io_uring_enter, io_uring_register
    ];

    /// <summary>The program.</summary>
    /// <param name="process">The id of the process that it is for.</param>
    /// <param name="mayDrawRandomBytes">Whether getrandom is allowed: the compiler's hashes come from a library that wants it.</param>
    public static ulong[] Create(int process, bool mayDrawRandomBytes)
    {
        List<ulong> program =
        [
            Instruction(Load, Architecture), Instruction(JumpIfEqual, X64, onTrue: 1), Instruction(Return, Kill),
            Instruction(Load, Number), Instruction(JumpIfAtLeast, X32Numbers, onFalse: 1), Instruction(Return, Kill),
        ];
        foreach (int number in mayDrawRandomBytes ? [.. Free, 318 /* getrandom */] : Free)
        {
            program.AddRange([Instruction(JumpIfEqual, (uint)number, onFalse: 1), Instruction(Return, Allow)]);
        }

        // The kernel looks at 32 bits of a descriptor, a process, flags and advice, so the filter does.
        AddIf(program, 0 /* read */, Is(0, 0));
        AddIf(program, 1 /* write */, Is(0, 1));
        AddIf(program, 234 /* tgkill */, Is(0, (uint)process));
        AddIf(program, 9 /* mmap, of no descriptor */, Is(4, uint.MaxValue), new(3, JumpIfAnyBit, ~PrivateMemory, Holds: false));
        AddIf(program, 9, Is(4, uint.MaxValue), Is(3, SharedMemory), new(1, JumpIfAtLeast, SharedBytes, Holds: false), Is(1, 0) with { IsUpper = true });

        // What is shared counts while it is mapped and touched: nothing may keep it otherwise.
        AddIf(program, 25 /* mremap */, new(1, JumpIfAtLeast, 1, Holds: true), Is(3, 1 /* MREMAP_MAYMOVE */));
        foreach (uint advice in (uint[])[8 /* MADV_FREE */, 14 /* HUGEPAGE */, 16 /* DONTDUMP */, 17 /* DODUMP */])
        {
            AddIf(program, 28 /* madvise */, Is(2, advice));
        }

        foreach (int number in Deadly)
        {
            program.AddRange([Instruction(JumpIfEqual, (uint)number, onFalse: 1), Instruction(Return, Kill)]);
        }

        program.Add(Instruction(Return, Refuse));
        return [.. program];
    }

    // Allows a call if all of it holds; if not, what comes after has its say.
    private static void AddIf(List<ulong> program, uint number, params Condition[] all)
    {
        program.Add(Instruction(JumpIfEqual, number, onFalse: (byte)((2 * all.Length) + 2)));
        for (int i = 0; i < all.Length; i++)
        {
            byte end = (byte)((2 * (all.Length - 1 - i)) + 1);
            program.AddRange(
            [
                Instruction(Load, FirstArgument + (8 * all[i].Argument) + (all[i].IsUpper ? 4u : 0)),
                Instruction(all[i].Jump, all[i].Operand, onTrue: all[i].Holds ? (byte)0 : end, onFalse: all[i].Holds ? end : (byte)0),
            ]);
        }

        program.AddRange([Instruction(Return, Allow), Instruction(Load, Number)]);
    }

    private static Condition Is(uint argument, uint value) => new(argument, JumpIfEqual, value, Holds: true);

    /// <summary>Of 32 bits of an argument.</summary>
    /// <param name="Argument">Which, from 0.</param>
    /// <param name="Jump">The comparison.</param>
    /// <param name="Operand">With what.</param>
    /// <param name="Holds">Whether it has to hold.</param>
    private readonly record struct Condition(uint Argument, ushort Jump, uint Operand, bool Holds)
    {
        /// <summary>Whether the upper 32 bits are meant.</summary>
        public bool IsUpper { get; init; }
    }

    private static ulong Instruction(ushort code, uint operand, byte onTrue = 0, byte onFalse = 0) =>
        code | ((ulong)onTrue << 16) | ((ulong)onFalse << 24) | ((ulong)operand << 32);
}
