namespace Ansatz.Sandbox;

/// <summary>The filter of system calls as a program for the kernel's BPF machine, for Linux on x64.</summary>
/// <remarks>
/// Allowed is what the runtime needs to compute, allocate, compile methods and wait for its own threads. What takes a descriptor may take only the two pipes, memory
/// is never a file's, a signal goes only to the process itself. Calls that no computation makes end the process; everything else fails with EPERM, which a runtime
/// that tries it (a thread, a file of its own) survives.
/// Each instruction is a struct sock_filter: 16 bits code, 8 + 8 bits jumps, 32 bits operand.
/// </remarks>
internal static class SystemCallFilter
{
    public const uint Allow = 0x7fff0000, Refuse = 0x00050000 | 1 /* EPERM */, Kill = 0x80000000;

    // offsets in struct seccomp_data: nr, arch, instruction pointer, six arguments of 64 bits
    private const uint Number = 0, Architecture = 4, FirstArgument = 16;
    private const uint X64 = 0xc000003e, X32Numbers = 0x40000000;
    private const ushort Load = 0x20, JumpIfEqual = 0x15, JumpIfAtLeast = 0x35, Return = 0x06;

    private static readonly int[] Free =
    [
        10 /* mprotect */, 11 /* munmap */, 12 /* brk */, 25 /* mremap */, 27 /* mincore */, 28 /* madvise */, 3 /* close */,
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

        // The kernel looks at 32 bits of each of these arguments, so the filter does.
        AddIfArgument(program, 0 /* read */, 0, 0);
        AddIfArgument(program, 1 /* write */, 0, 1);
        AddIfArgument(program, 9 /* mmap */, 4, uint.MaxValue); // no descriptor
        AddIfArgument(program, 234 /* tgkill */, 0, (uint)process);
        foreach (int number in Deadly)
        {
            program.AddRange([Instruction(JumpIfEqual, (uint)number, onFalse: 1), Instruction(Return, Kill)]);
        }

        program.Add(Instruction(Return, Refuse));
        return [.. program];
    }

    private static void AddIfArgument(List<ulong> program, uint number, uint argument, uint value) => program.AddRange(
    [
        Instruction(JumpIfEqual, number, onFalse: 4),
        Instruction(Load, FirstArgument + (8 * argument)), Instruction(JumpIfEqual, value, onFalse: 1), Instruction(Return, Allow),
        Instruction(Return, Refuse),
    ]);

    private static ulong Instruction(ushort code, uint operand, byte onTrue = 0, byte onFalse = 0) =>
        code | ((ulong)onTrue << 16) | ((ulong)onFalse << 24) | ((ulong)operand << 32);
}
